"""Under the picture of the encoder-decoder page: what the networks get right on inputs they were not trained on."""

import numpy as np
import streamlit as st

from engine.run import Run
from engine.sequence import tagger_training, translation_training
from engine.sequence.signs import DATES, SPOKEN
from engine.sequence.tagger_training import Scores, TaggerJob
from engine.sequence.translation_training import ByLength, TranslatorJob
from engine.sequence.translation_words import short
from ui import tables, training
from ui.figures import translation as figures
from ui.lesson import Frame

Curves = dict[str, tuple[np.ndarray, np.ndarray]]
OWN = "this training"
HEADS = ("network", "kind", "right", "marked", "true", "precision", "recall", "F1")


def show(frame: Frame, job: TranslatorJob | TaggerJob, run: Run | None) -> None:
    """Compare the shipped networks, and the session's own once it has learned something and rests."""
    own = run if run is not None and run.position and not (run.playing or run.busy) else None
    if isinstance(job, TaggerJob):
        _tag_scores(frame, job, own)
        return
    task = job.spec.task
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown("#### Exact translations by length")
        axis = "letters of the date" if task == DATES else "digits; beyond the dashed line longer than in training"
        trained = translation_training.LONGEST if task == SPOKEN else None
        st.vega_lite_chart(figures.exact(_lengths(frame, job, own), axis, trained=trained), key="by-length")
    with right:
        st.markdown("#### While it learned")
        st.vega_lite_chart(figures.exact(_learning(job, run), "epoch"), key="learning")


def _shipped(task: str) -> dict[str, translation_training.Trained]:
    """The shipped translators of a task that are compared, by their short names."""
    found = translation_training.shipped()
    return {short(name): kept for name, kept in found.items() if kept.job.spec.task == task and kept.job.spec.mask}


def _lengths(frame: Frame, job: TranslatorJob, own: Run | None) -> Curves:
    counts = {name: kept.by_length for name, kept in _shipped(job.spec.task).items()}
    if own is not None:
        counts[OWN] = _own_lengths(frame, job, own)
    return {name: (counted.lengths, counted.right / counted.asked) for name, counted in counts.items()}


def _own_lengths(frame: Frame, job: TranslatorJob, own: Run) -> ByLength:
    assert own.snapshot is not None
    weights = own.snapshot.values["weights"]
    return training.remember(
        "lengths",
        (job, own.snapshot.step),
        lambda: frame.ask_privately(translation_training.by_length, job.spec, weights),
    )


def _learning(job: TranslatorJob, run: Run | None) -> Curves:
    curves = {name: (kept.epochs, kept.exact) for name, kept in _shipped(job.spec.task).items()}
    if run is not None:
        kept, per_epoch = run.snapshots, translation_training.EXAMPLES / job.batch_size
        curves[OWN] = np.array([s.step / per_epoch for s in kept]), np.array([s.values["exact"] for s in kept])
    return curves


def _tag_scores(frame: Frame, job: TaggerJob, own: Run | None) -> None:
    networks = {name: found for name, (_, found) in tagger_training.shipped().items()}
    if own is not None:
        networks[OWN] = _own_scores(frame, job, own)
    rows = [
        (name, k.kind, f"{k.right}", f"{k.marked}", f"{k.true}", f"{k.precision:.3f}", f"{k.recall:.3f}", f"{k.f1:.3f}")
        for name, scores in networks.items()
        for k in scores.kinds
    ]
    said = " · ".join(f"{name} **{scores.open:.2f}**" for name, scores in networks.items())
    st.markdown(
        "#### Whole entities found in 1,000 sentences that were not in the training\n\n"
        f"{tables.markdown(HEADS, rows, text=(0, 1))}\n\n"
        f"First words that only their right context decides, share tagged right: {said}"
    )


def _own_scores(frame: Frame, job: TaggerJob, own: Run) -> Scores:
    assert own.snapshot is not None
    weights = own.snapshot.values["weights"]
    return training.remember(
        "scores",
        (job, own.snapshot.step),
        lambda: frame.ask_privately(tagger_training.scores, job.units, job.both_ways, weights),
    )
