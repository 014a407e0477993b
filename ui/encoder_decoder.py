"""The parts of the encoder-decoder page that follow a training: the weights shown, the picture, charts and words."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from engine.compute import TimeLimit, WorkerDied
from engine.quiz import Question
from engine.run import Run
from engine.sequence import (
    signs,
    spoken,
    tagger,
    tagger_training,
    tagging,
    translation_questions,
    translation_training,
    translator,
)
from engine.sequence.signs import DATES, OWN, SPOKEN, TEACHER
from engine.sequence.tagger import Tagged
from engine.sequence.tagger_training import TaggerJob
from engine.sequence.translation_training import TranslatorJob
from engine.sequence.translator import Translation
from ui import training
from ui.figures import translation as figures
from ui.lesson import Frame, cached, plain
from ui.scenes.timeline import translation as scene

TAGS = "entity tags"
TASKS = (DATES, SPOKEN, TAGS)
JOBS = {**translation_training.JOBS, **tagger_training.JOBS}
FORMULA = {
    True: r"e_{tj} = v \cdot \tanh(W s_t + U h_j) \quad \alpha_t = \mathrm{softmax}(e_t) \quad "
    r"c_t = \sum_j \alpha_{tj}\,h_j \quad p_t = \mathrm{softmax}(V[s_t; c_t] + b)",
    False: r"s_0 = h_S \qquad s_t = \mathrm{GRU}(s_{t-1}, [y_{t-1}; h_S]) \qquad "
    r"p_t = \mathrm{softmax}(V[s_t; h_S] + b)",
}
TAG_FORMULA = r"p_t = \mathrm{softmax}(V\,[h_t; h'_t] + b) \qquad F_1 = \frac{2PR}{P + R}"


@dataclass(frozen=True, eq=False)
class Moment:
    """The network that is shown now."""

    job: TranslatorJob | TaggerJob
    run: Run | None

    @property
    def shipped(self) -> str:
        """Its name among the shipped ones."""
        return next(name for name, job in JOBS.items() if job == self.job)

    @property
    def translator(self) -> TranslatorJob:
        """The job of a translator."""
        assert isinstance(self.job, TranslatorJob)
        return self.job

    @property
    def tagger(self) -> TaggerJob:
        """The job of a tagger."""
        assert isinstance(self.job, TaggerJob)
        return self.job

    @property
    def step(self) -> int:
        return self.run.snapshot.step if self.run and self.run.snapshot else -1

    @property
    def weights(self) -> np.ndarray:
        assert self.run is not None and self.run.snapshot is not None
        return self.run.snapshot.values["weights"]

    @property
    def resting(self) -> bool:
        return self.run is None or not (self.run.playing or self.run.busy)


def job(
    task: str, settings: dict[str, Any], *, attention: bool, mask: bool, both_ways: bool
) -> TranslatorJob | TaggerJob:
    """Turn the page's settings into a training."""
    units = settings.pop("units")
    if task == TAGS:
        return TaggerJob(units=units, both_ways=both_ways, **settings)
    return TranslatorJob(spec=signs.Spec(task, attention, units, mask), **settings)


def found(at: Moment, text: str, reads: str) -> Translation | Tagged:
    """Ask for everything that happens on the way of this input."""
    if isinstance(at.job, TaggerJob):
        if at.run is None:
            return cached(tagger_training.tag_shipped)(at.shipped, text)
        both_ways, units = at.job.both_ways, at.job.units
        return training.remember(
            "tags", (at.job, at.step, text), lambda: tagger.tag(units, both_ways, at.weights, text)
        )
    if at.run is None:
        return cached(translation_training.translate_shipped)(at.shipped, text, reads)
    spec, key = at.job.spec, (at.job, at.step, text, reads)
    return training.remember("translation", key, lambda: translator.translate(spec, at.weights, text, reads))


def draw(at: Moment, text: str, reads: str, asking: bool) -> None:
    """Show this moment of the training, or say why it cannot be shown.

    The frame is left alone here: a training redraws this part by itself, and what stands outside stays as it is.
    """
    try:
        shown = found(at, text, reads)
    except (ValueError, TimeLimit, WorkerDied) as refusal:
        st.warning(plain(str(refusal)), icon=":material/info:")
        return
    picture(shown, asking)
    scrub(at.run)


def picture(shown: Translation | Tagged, asking: bool) -> None:
    """Mount the timeline and say what came out."""
    if isinstance(shown, Tagged):
        st.markdown(_tagged_line(shown, asking))
        scene.show_tags("tags", shown, asking)
    else:
        st.markdown(_verdict(shown))
        scene.show("translation", shown, asking and shown.spec.attention)


def _verdict(shown: Translation) -> str:
    """One line, so that the picture keeps its place."""
    said = f"It writes **{plain(shown.text) or '(nothing)'}**"
    count = translation_questions.mistakes(shown)
    if count is None:
        return f"{said} · no rule knows the right answer to this"
    if count == 0:
        return f"{said} · :material/check: right"
    return f"{said} · :material/close: {count} sign{'s' * (count > 1)} wrong, right is {plain(str(shown.truth))}"


def _tagged_line(shown: Tagged, asking: bool) -> str:
    colours = {"O": "gray", "B-PER": "blue", "B-LOC": "green", "I-LOC": "green"}
    parts = [
        plain(word) + ("" if tag == "O" or asking else f" :{colours[tag]}-badge[{tag}]")
        for word, tag in zip(shown.words, shown.tags, strict=True)
    ]
    return " ".join(parts)


def scrub(run: Run | None) -> None:
    """Offer every moment of a training that rests."""
    if run is None or run.playing or len(run.snapshots) < 2:
        return
    if st.session_state.pop("moment moved", False):
        st.rerun()  # what stands outside of the training's part follows
    places = [snapshot.step for snapshot in run.snapshots]
    if run.position in places:
        st.session_state["moment"] = run.position
    st.select_slider("Batches learned from", places, key="moment", on_change=_seek, args=(run,))


def _seek(run: Run) -> None:
    run.seek(st.session_state["moment"])
    st.session_state["moment moved"] = True


# ---- under the picture -----------------------------------------------------------------------------------------------


def measures(frame: Frame, at: Moment) -> None:
    """Show what the networks get right on inputs that they were not trained on."""
    if isinstance(at.job, TaggerJob):
        _tag_scores(frame, at)
        return
    left, right = st.columns(2, gap="large")
    task = at.translator.spec.task
    with left:
        st.markdown("#### Exact translations by length")
        axis = "letters of the date" if task == DATES else "digits; beyond the dashed line longer than in training"
        trained = translation_training.LONGEST if task == SPOKEN else None
        st.altair_chart(figures.exact(lengths(frame, at), axis, trained=trained), key="by-length")
    with right:
        st.markdown("#### While it learned")
        st.altair_chart(figures.exact(_learning(at), "epoch"), key="learning")


def lengths(frame: Frame, at: Moment) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Count exact translations by length, of this network and of those shipped for the task."""
    curves = {}
    for name, other in translation_training.JOBS.items():
        if other.spec.task == at.translator.spec.task and other.spec.mask:
            counted = translation_training.shipped()[name].by_length
            curves[_short(name)] = (counted.lengths, counted.right / counted.asked)
    if at.run is not None and at.resting:
        counted = _own_lengths(frame, at)
        curves["this training"] = (counted.lengths, counted.right / counted.asked)
    return curves


def _own_lengths(frame: Frame, at: Moment) -> translation_training.ByLength:
    return training.remember(
        "lengths",
        (at.job, at.step),
        lambda: frame.ask_privately(translation_training.by_length, at.translator.spec, at.weights),
    )


def _short(name: str) -> str:
    return name.split(", ", 1)[1]


def _learning(at: Moment) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    jobs = translation_training.JOBS
    curves = {
        _short(name): (kept.epochs, kept.exact)
        for name, kept in translation_training.shipped().items()
        if jobs[name].spec.task == at.translator.spec.task and jobs[name].spec.mask
    }
    if at.run is not None:
        per_epoch = translation_training.EXAMPLES / at.job.batch_size
        seen = at.run.snapshots
        curves["this training"] = (
            np.array([s.step / per_epoch for s in seen]),
            np.array([s.values["exact"] for s in seen]),
        )
    return curves


def _tag_scores(frame: Frame, at: Moment) -> None:
    st.markdown("#### Whole entities found in 1,000 sentences that were not in the training")
    networks = {name: found for name, (_, found) in tagger_training.shipped().items()}
    if at.run is not None and at.resting:
        networks["this training"] = training.remember(
            "scores",
            (at.job, at.step),
            lambda: frame.ask_privately(tagger_training.scores, at.tagger.units, at.tagger.both_ways, at.weights),
        )
    rows = [
        (name, k.kind, k.right, k.marked, k.true, k.precision, k.recall, k.f1)
        for name, s in networks.items()
        for k in s.kinds
    ]
    table = pd.DataFrame(rows, columns=["network", "kind", "right", "marked", "true", "precision", "recall", "F1"])
    st.dataframe(table.style.format("{:.3f}", subset=["precision", "recall", "F1"]), hide_index=True)
    said = " · ".join(f"{name} **{s.open:.2f}**" for name, s in networks.items())
    st.markdown(f"First words that only their right context decides, share tagged right: {said}")


# ---- words -----------------------------------------------------------------------------------------------------------


def notice(at: Moment, shown: Translation | Tagged, asking: bool) -> list[str]:
    """What the picture shows now, but for what an open question hides."""
    if isinstance(shown, Tagged):
        return _notice_tags(shown)
    said = []
    if shown.spec.attention:
        said.append(
            "**Point at a step.** A step of the decoder shows where it looks; a step of the encoder shows "
            "who looks at it. Each row of α sums to 1."
        )
        said += [] if asking else _notice_alignment(shown)
    else:
        said.append(
            f"All that crosses the border is one vector of {shown.spec.units} numbers, for {len(shown.signs)} signs "
            "as for one."
        )
    count = translation_questions.mistakes(shown)
    fed = TEACHER if shown.fed[1:] == tuple(shown.truth or "") and shown.output[:-1] != shown.fed[1:] else ""
    if fed and count:
        said.append(
            "Here the decoder is fed the **right** answer, so each mistake stands alone; reading its own output, one "
            "mistake leads to the next."
        )
    return [*said, _notice_totals(at)][:4]


def _notice_alignment(shown: Translation) -> list[str]:
    seen = translation_questions.alignment(shown)
    said = []
    if seen.padding > 0.005:
        said.append(
            f"The padding is not skipped: **{seen.padding:.0%}** of the attention lies on it, and the encoder's last "
            f"state has read {shown.signs.count('')} signs of nothing."
        )
    if seen.year:
        places, peaks = (", ".join(map(str, p)) for p in (seen.year, seen.year_peaks))
        said.append(
            f"**No clean diagonal:** the year stands at signs {places}, and while writing it the decoder looks most at "
            f"{peaks}. The encoder runs ahead: a state holds all that was read before, so a later one is as good."
        )
    else:
        said.append(
            f"The largest weight of a row is {seen.peak:.2f} on average, not 1: neighbouring states know much the same."
        )
    return said


def _notice_totals(at: Moment) -> str:
    names = [n for n, j in translation_training.JOBS.items() if j.spec.task == at.translator.spec.task and j.spec.mask]
    totals = [
        f"{_short(n)} {translation_training.shipped()[n].by_length.total:.1%} (after {JOBS[n].epochs} epochs)"
        for n in names
    ]
    return f"Exact on inputs it has not seen: {'; '.join(totals)}."


def _notice_tags(shown: Tagged) -> list[str]:
    one, both = (found.open for _, found in tagger_training.shipped().values())
    said = [
        "As many outputs as inputs, each at its own word: no decoder is needed. Change a word on the right and see "
        "the first tag.",
        "jordan, paris, georgia can be both. Where only the words to the right decide, one direction is right in "
        f"**{one:.2f}**, a guess, and both directions in **{both:.2f}**.",
    ]
    if not shown.known.all():
        strange = ", ".join(word for word, known in zip(shown.words, shown.known, strict=True) if not known)
        said.append(
            f"It has never met {plain(strange)}: all such words share one vector, and only the context can tell."
        )
    return said


def question(shown: Translation | Tagged, job: TranslatorJob | TaggerJob, number: int) -> Question:
    """Ask about what the picture hides."""
    if isinstance(shown, Tagged):
        return translation_questions.ask_tags(shown, isinstance(job, TaggerJob) and job.both_ways, number)
    return translation_questions.ask_translation(shown, number)


def describe(job: TranslatorJob | TaggerJob) -> Any:
    """Return what says in one line how far a training is."""
    examples = tagger.EXAMPLES if isinstance(job, TaggerJob) else translation_training.EXAMPLES

    def line(snapshot: Any, rate: float) -> str:
        v = snapshot.values
        speed = f" · {rate * job.batch_size:,.0f} examples a second" if rate else ""
        loss = "" if np.isnan(v["loss"]) else f" · loss {v['loss']:.3f}"
        epoch = snapshot.step / -(-examples // job.batch_size)
        return (
            f"Epoch {epoch:.1f} of {job.epochs}{loss} · {v['exact']:.0%} of 200 unseen inputs without a mistake{speed}"
        )

    return line


def refuse(task: str, text: str, reads: str) -> None:
    """Raise the ValueError of an input that cannot be shown, before anything is trained on it."""
    if task == TAGS:
        tagging.words(text)
    elif signs.right_answer(signs.Spec(task), text) is None and reads == TEACHER:
        raise ValueError(signs.NO_ANSWER.format(text=text.strip()))


def recipe(shown: Translation | Tagged, at: Moment, text: str, reads: str) -> dict[str, Any]:
    """Return what the recipe needs to train this network and show this input."""
    settings: dict[str, Any] = {
        "units": at.job.units if isinstance(at.job, TaggerJob) else at.translator.spec.units,
        "epochs": at.job.epochs,
        "learning_rate": at.job.learning_rate,
        "seed": at.job.seed,
        "text": text,
    }
    if isinstance(shown, Tagged):
        return settings | {"task": TAGS, "both_ways": at.tagger.both_ways, "lists": tagging.lists()}
    lists = {"lists": spoken.lists()} if shown.spec.task == SPOKEN else {}
    return (
        settings
        | lists
        | {
            "task": shown.spec.task,
            "attention": shown.spec.attention,
            "mask": shown.spec.mask,
            "teacher": reads != OWN,
            "answer": shown.truth or "",
        }
    )
