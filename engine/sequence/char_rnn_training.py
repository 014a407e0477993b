"""The training of a network that writes, live or shipped: Keras, Adam, windows of 64 characters, 32 side by side."""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from engine.compute import submit, task, wait
from engine.keras_training import KerasJob
from engine.sequence import char_novelty, char_rnn, char_units, texts
from engine.sequence.char_layers import initial, layers, read_off
from engine.sequence.char_novelty import NOT_COUNTED, Novelty
from engine.sequence.char_rnn import Trace, Writing
from engine.sequence.char_steps import LSTM, Weights, mean_loss, one_thread, stack
from engine.sequence.char_units import Expert
from engine.sequence.texts import BATCH, END, Corpus, Text, windows
from engine.training import Snapshot

SHIPPED = Path(__file__).resolve().parents[2] / "data" / "char_rnn.npz"
NAMES = ("kernel", "recurrent", "bias", "dense", "dense_bias")
SNAPSHOTS = 50
LIMITS: dict[str, tuple[float, float]] = {
    "units": (4, 128),
    "steps": (50, 3000),
    "rate": (0.0001, 0.05),
    "seed": (0, 9999),
}
MOMENTS = 12  # of a training to scrub through
SECONDS = 60.0  # the time limit of writing
HELD_ROWS = 32  # windows of the held-out text, at most


@dataclass(frozen=True, kw_only=True)
class CharJob(KerasJob):
    """Learns the next character of a text: minimises -mean ln p(next), from zero states, with Adam and clipnorm 1.

    Parameters
    ----------
    text : Text
        What it reads.
    cell : str
        "LSTM", "GRU" or "SimpleRNN".
    units : int
        4 to 128.
    rate : float
        Adam's, .0001 to .05.
    steps : int
        Batches of 32 windows, 50 to 3000.
    further : bool
        Begin with the shipped weights, if they fit, not at chance.
    """

    text: Text = Text()  # noqa: RUF009  (frozen)
    cell: str = LSTM
    units: int = 64
    rate: float = 0.004
    steps: int = 1500
    further: bool = False
    batch_size: int = BATCH

    @property
    def private(self) -> bool:
        """Whether the text is the learner's own."""
        return bool(self.text.typed)

    def build(self) -> Any:
        """Make the compiled Keras model; see `KerasJob`."""
        import keras

        model = layers(self.cell, self.units, len(texts.load(self.text).alphabet), self.seed)
        if self.further:
            model.set_weights([model.get_weights()[0], *shipped()[-1].arrays])
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile(keras.optimizers.Adam(self.rate, clipnorm=1.0), loss)
        return model

    @property
    def steps_per_epoch(self) -> int:
        """All steps make one epoch: every batch is drawn afresh."""
        return self.steps

    def batch(self, step: int) -> tuple[np.ndarray, np.ndarray]:
        """Draw the windows of one step: (32, 64) codes, and the codes that follow each of them."""
        rows = windows(texts.load(self.text), np.random.default_rng((self.seed, step)))
        return rows[:, :-1], rows[:, 1:]

    def snapshot(self, model: Any, step: int, losses: np.ndarray) -> dict[str, Any]:
        """Keep the weights, and the loss on text that was and that was not trained on."""
        weights = Weights(self.cell, *read_off(model))
        return measured(self.text, weights) | dict(zip(NAMES, weights.arrays, strict=True))


def job(text: Text, settings: Mapping[str, Any]) -> CharJob:
    """Make a training, or refuse its settings.

    Parameters
    ----------
    text : Text
        What it reads.
    settings : mapping
        cell, units, rate, steps, seed, further.

    Returns
    -------
    CharJob
        To be trained by `engine.training.advance`.

    Raises
    ------
    ValueError
        For a number out of its limits.
    """
    for name, (low, high) in LIMITS.items():
        if not low <= settings[name] <= high:
            raise ValueError(f"{name} {settings[name]:g} is out of range; use {low:g} to {high:g}")
    made = CharJob(text=text, snapshot_every=max(1, int(settings["steps"]) // SNAPSHOTS), **settings)
    if made.further and not fits(text, settings):
        raise ValueError(
            f"the shipped weights are of an LSTM with {CharJob.units} units on {texts.NAMES}; begin at chance"
        )
    return made


def fits(text: Text, settings: Mapping[str, Any]) -> bool:
    """Whether the shipped weights have the shape of these settings and know the text's alphabet."""
    return (text.name, settings["cell"], settings["units"]) == (texts.NAMES, LSTM, CharJob.units)


@functools.cache
def shipped_job() -> CharJob:
    """The training whose outcome comes with the project."""
    return job(Text(), {"cell": LSTM, "units": 64, "rate": 0.004, "steps": 1500, "seed": 0, "further": False})


def _tests(text: Text) -> tuple[np.ndarray, np.ndarray | None]:
    """The windows on which the losses are measured: of the training text, and of the held-out text if there is any."""
    corpus, random = texts.load(text), np.random.default_rng(texts.SEED)
    seen = windows(corpus, random, HELD_ROWS)
    if not corpus.held:
        return seen, None
    pieces = (END.join(corpus.held),) if corpus.prose else corpus.held
    return seen, windows(Corpus(corpus.alphabet, pieces, (), corpus.prose), random, HELD_ROWS)


_tests_kept = functools.lru_cache(maxsize=8)(_tests)


def measured(text: Text, weights: Weights) -> dict[str, float]:
    """Measure the loss on text that the training sees, and on text held out from it (NaN: there is none)."""
    seen, held = (_tests if text.typed else _tests_kept)(text)  # own texts are not kept
    with one_thread():
        return {"seen": mean_loss(weights, seen), "held": math.nan if held is None else mean_loss(weights, held)}


# ---- snapshots ---------------------------------------------------------------------------------------------------


def weights(values: Mapping[str, Any], cell: str) -> Weights:
    """Read the weights of a snapshot."""
    return Weights(cell, *(values[name] for name in NAMES))


@dataclass(frozen=True, eq=False)
class Curve:
    """How the perplexity, exp(loss), fell."""

    steps: np.ndarray  # (S,)
    perplexities: np.ndarray  # (S, 2) on the training text and on the held-out text; NaN: none is held out


def curve(snapshots: Sequence[Snapshot]) -> Curve:
    """Collect the perplexities of snapshots."""
    steps = np.array([snapshot.step for snapshot in snapshots])
    return Curve(steps, np.exp([[snapshot.values["seen"], snapshot.values["held"]] for snapshot in snapshots]))


@functools.cache
def _file() -> dict[str, np.ndarray]:
    with np.load(SHIPPED, allow_pickle=False) as file:
        return {name: file[name] for name in file.files}


@functools.cache
def shipped() -> tuple[Weights, ...]:
    """Load the weights that come with the project, of several moments of their training, oldest first."""
    file = _file()
    moments = zip(*(file[name].astype(np.float32) for name in NAMES), strict=True)
    return tuple(Weights(LSTM, *arrays) for arrays in moments)


@functools.cache
def shipped_curve() -> tuple[np.ndarray, Curve]:
    """Give the steps of the shipped moments (F,), and how the perplexity fell."""
    file = _file()
    return file["moments"], Curve(file["steps"], file["perplexities"])


@dataclass(frozen=True, eq=False)
class _Known:
    """What of a network does not depend on what it is to write."""

    moments: tuple[Weights, ...]
    experts: tuple[Expert, ...]
    curve: Curve


def _untrained(text: Text, cell: str, units: int, seed: int) -> _Known:
    """Draw the weights that a training begins with, and look at them."""
    corpus = texts.load(text)
    weights = initial(cell, units, len(corpus.alphabet), seed)
    with one_thread():
        experts = char_units.experts(weights, corpus)
    return _Known((weights,), experts, curve([Snapshot(0, measured(text, weights))]))


_untrained_kept = functools.lru_cache(maxsize=32)(_untrained)


@functools.cache
def _trained() -> _Known:
    with one_thread():
        return _Known(shipped(), char_units.experts(shipped()[-1], texts.load(Text())), shipped_curve()[1])


@functools.lru_cache(maxsize=64)
def _fresh(known: _Known, text: Text, temperature: float) -> Novelty:
    """What `char_rnn.trace` would find again for everything that is to be written at one temperature."""
    with one_thread():
        return char_novelty.novelty(stack(known.moments), texts.load(text), temperature)


@task(seconds=SECONDS)
def trace_untrained(text: Text, cell: str, units: int, seed: int, writing: Writing) -> tuple[Trace, Curve]:
    """Write with the weights that a training begins with, and give their perplexity; see `char_rnn.trace`."""
    if text.typed:  # the learner's own: nothing of it is kept
        known = _untrained(text, cell, units, seed)
        return char_rnn.trace(text, known.moments, writing, known.experts), known.curve
    known = _untrained_kept(text, cell, units, seed)
    return _written(known, text, writing), known.curve


def trace_shipped(writing: Writing) -> Trace:
    """Write with the weights that come with the project, and let another worker count meanwhile what is new."""
    char_rnn.refuse(writing)
    fresh = submit(fresh_shipped, writing.temperature)
    written = write_shipped(writing)
    return replace(written, **wait(fresh, SECONDS)._asdict())


@task(seconds=SECONDS)
def fresh_shipped(temperature: float) -> Novelty:
    """How much of what the shipped weights write at a temperature is new."""
    return _fresh(_trained(), Text(), temperature)


@task(seconds=SECONDS)
def write_shipped(writing: Writing) -> Trace:
    """Write with the shipped weights, and count nothing yet."""
    known = _trained()
    return char_rnn.trace(Text(), known.moments, writing, known.experts, NOT_COUNTED)


def _written(known: _Known, text: Text, writing: Writing) -> Trace:
    char_rnn.refuse(writing)
    return char_rnn.trace(text, known.moments, writing, known.experts, _fresh(known, text, writing.temperature))
