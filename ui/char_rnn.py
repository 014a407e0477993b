"""The parts of the char-RNN page that follow a training: which moments write, the picture, the words, the recipe."""

from dataclasses import dataclass
from typing import Any

import streamlit as st

from engine.compute import TimeLimit, WorkerDied
from engine.run import Run
from engine.sequence import char_rnn, char_rnn_training, char_rnn_words, char_units, texts
from engine.sequence.char_rnn import Trace, Writing
from engine.sequence.char_rnn_training import CharJob, Curve
from engine.sequence.moments import spread
from engine.training import Snapshot
from ui import training
from ui.lesson import Frame, Refused, cached, capital, plain
from ui.scenes import writing as scene

LIKELIHOOD, NUMBER = "likelihood", "unit by number"
UNITS = {trait: f"unit: {trait}" for trait in char_units.TRAITS}
COLOURS = (*UNITS.values(), NUMBER, LIKELIHOOD)
FURTHER = "Trained beforehand. **Train** goes on from these weights, live."
CHANCE = "Not trained yet: what it writes is chance. **Train** teaches it, live."
FORMULA = (
    r"h_t = \text{CELL}(x_t, h_{t-1}) \qquad z = V h_t + b \qquad "
    r"p(\text{next} = k) = \frac{e^{z_k/\tau}}{\sum_j e^{z_j/\tau}} \qquad \text{perplexity} = e^{-\frac1N\sum\ln p}"
)


def own_text(frame: Frame) -> texts.Text:
    """Ask for a text of the learner's own: it stays in this session, and is no part of the address."""
    typed = st.text_area("Your text", key="own-letters", max_chars=20_000, height=110,
                         placeholder="Many short lines are a list of names; anything else is prose.")  # fmt: skip
    if not typed.strip():
        frame.refuse(
            "Type or paste a text on the left: a list of names, one a line, or some pages of prose. "
            "It stays in this session."
        )
    frame.ask_privately(texts.own, typed)
    return texts.Text(texts.OWN, typed)


@dataclass(frozen=True, eq=False)
class View:
    """What is drawn now."""

    traced: Trace
    past: scene.Past
    curve: Curve

    @property
    def now(self) -> int:
        """The moment that is looked at."""
        return self.past.now % len(self.past.places)

    @property
    def step(self) -> int:
        """Its step in the training."""
        return int(self.past.places[self.now])


def view(job: CharJob, run: Run | None, writing: Writing) -> View:
    """Let the moments of the session's training write, or what there is before it: shipped weights, or chance."""
    if run is None:
        return _before(job, writing)
    kept, now = training.frames(run)
    chosen = spread(len(kept), now, char_rnn_training.MOMENTS)
    shown = [kept[k] for k in chosen]
    weights = [char_rnn_training.weights(moment.values, job.cell) for moment in shown]
    key = (job, writing, tuple(moment.step for moment in shown))
    traced = training.remember("written", key, lambda: char_rnn.trace(job.text, weights, writing))
    return _view(traced, [m.step for m in shown], char_rnn_training.curve(run.snapshots), chosen.index(now), job)


def begins_with_shipped(job: CharJob) -> bool:
    """Whether the weights that come with the project are what this training begins with, or its very outcome."""
    return job.further or job == char_rnn_training.shipped_job()


def _before(job: CharJob, writing: Writing) -> View:
    """What is written before any training; all sessions share it, but for what comes of a person's own text."""
    if begins_with_shipped(job):
        places, curve = char_rnn_training.shipped_curve()
        key, write = (writing,), lambda: cached(char_rnn_training.trace_shipped)(writing)
        return _view(training.remember("shipped", key, write), places, curve, len(places) - 1, job)
    settings = (job.text, job.cell, job.units, job.seed, writing)
    untrained = char_rnn_training.trace_untrained if job.private else cached(char_rnn_training.trace_untrained)
    traced, curve = training.remember("untrained", settings, lambda: untrained(*settings))
    return _view(traced, [0], curve, 0, job)


def _view(traced: Trace, places: Any, curve: Curve, now: int, job: CharJob) -> View:
    said = [char_rnn_words.said(curve, place, traced, k, job.text.name) for k, place in enumerate(places)]
    return View(
        traced,
        scene.Past(places, max(job.steps, int(curve.steps[-1])), curve.steps, curve.perplexities, said, now),
        curve,
    )


def show(at: View, colour: str, unit: int, asking: bool, round: int) -> None:
    """Mount the text."""
    traced = at.traced
    _, step, stops = char_rnn_words.question(traced, at.now, round)
    notes = [scene.Note(e.unit, f"best at: {e.trait} ({e.name} {e.score:.2f})") for e in traced.experts]
    units = {UNITS[e.trait]: e.unit for e in traced.experts} | {NUMBER: unit - 1}
    first = min(traced.start + 3, traced.codes.shape[1] - 1)
    scene.show(
        "writing", traced, at.past, unit=units.get(colour, 0), by_unit=colour != LIKELIHOOD, notes=notes,
        select=(step - 1 if stops else step) if asking else first, stop=step if asking and stops else None,
    )  # fmt: skip


def said_instead(show_it: Any) -> Any:
    """Call it; what the engine refuses is said in place of the picture."""
    try:
        return show_it()
    except (ValueError, TimeLimit, WorkerDied) as refusal:
        st.warning(plain(capital(str(refusal))), icon=":material/info:")
        return None


def view_or_stop(job: CharJob, run: Run | None, writing: Writing) -> View:
    """Give what is drawn, for the words under it; where there is nothing, that has been said."""
    try:
        return view(job, run, writing)
    except (ValueError, TimeLimit, WorkerDied) as refusal:
        raise Refused(str(refusal)) from None


def before(job: CharJob) -> str:
    """What the bar says before any training."""
    if job.further:
        return FURTHER
    return training.SHIPPED if begins_with_shipped(job) else CHANCE


def describe(job: CharJob, snapshot: Snapshot, rate: float) -> str:
    """How far the training is, in one line."""
    perplexity = float(char_rnn_training.curve([snapshot]).perplexities[0, 0])
    left = f" · {rate:.0f} steps a second, {max(0, job.steps - snapshot.step) / rate:.0f} s left" if rate else ""
    return f"Step {snapshot.step} of {job.steps} · perplexity {perplexity:.1f}{left}"


def speed(at: View) -> str:
    """How fast it wrote."""
    moments, _ = at.traced.codes.shape
    each = f": {at.traced.writing.characters} at each of {moments} moments" if moments > 1 else ""
    return f"Written at {at.traced.rate:,.0f} characters a second{each}."


def shown_unit(at: View, colour: str, unit: int) -> str:
    """Say which unit is shown in place of one that the layer does not have."""
    units = at.traced.weights.units
    if colour != NUMBER or unit <= units:
        return ""
    return f" This layer has {units} units: unit {units} is shown, not {unit}."


def recipe(job: CharJob, run: Run | None, at: View) -> dict[str, Any]:
    """What the recipe needs to write the same text: the shipped weights, or so many steps of the same training."""
    writing = at.traced.writing
    begins = run is None or job.further
    return {
        "source": job.text.name, "own_text": job.text.typed, "cell": job.cell, "units": job.units, "seed": job.seed,
        "rate": job.rate, "weights": "data/char_rnn.npz" if begins else None,
        "steps": 0 if run is None else at.step, "prefix": writing.prefix, "characters": writing.characters,
        "temperature": writing.temperature, "draw_seed": writing.seed,
    }  # fmt: skip
