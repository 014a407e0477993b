"""A sentence read by a GRU, by a GRU and an LSTM, in two directions, and by layers on top of one another.

The words become vectors and the layers get weights from one seed; nothing was trained, so the numbers say how the
layers work, not what the sentence means.
"""

from dataclasses import dataclass

import numpy as np

from engine.checks import Check, compare
from engine.compute import task
from engine.sequence import gru, gru_keras, lstm_layer, reviews, sequences
from engine.sequence.gru import Cell, GRUPass

MAX_WORDS, MAX_UNITS, MAX_LAYERS, MAX_SEED = 200, 16, 3, 9999
FEATURES = sequences.VECTOR_SIZE
SENTENCE = "the bank by the river was closed"


@dataclass(frozen=True)
class Settings:
    """What is read, by layers of which size, and which word is changed."""

    text: str = SENTENCE
    units: int = 3
    seed: int = 0
    reset_after: bool = True
    layers: int = 3  # of a stack
    edit: int = 0  # number of the changed word, from 1; 0: none
    into: str = ""  # what stands in its place


@dataclass(frozen=True, eq=False)
class GRUTrace:
    """One GRU, and the same with its reset gate at the other place."""

    tokens: tuple[str, ...]
    run: GRUPass
    other: GRUPass
    check: Check


@dataclass(frozen=True, eq=False)
class BesideTrace:
    """A GRU and an LSTM of the same size on the same words."""

    tokens: tuple[str, ...]
    run: GRUPass
    lstm: lstm_layer.Pass
    check: Check


@task
def read_gru(settings: Settings) -> GRUTrace:
    """Read a sentence with keras.layers.GRU: h_t = z_t h_{t-1} + (1 - z_t) candidate_t, with both kinds of reset.

    Parameters
    ----------
    settings : Settings
        text of 1 to 200 words, units 1 to 16, seed 0 to 9999, reset_after.

    Returns
    -------
    GRUTrace
        Both passes; the check compares each with its own Keras layer.

    Raises
    ------
    ValueError
        If there is nothing to read, too much, or a setting is out of range.

    References
    ----------
    Cho et al. 2014; https://keras.io/api/layers/recurrent_layers/gru/

    Examples
    --------
    >>> trace = read_gru(Settings(text="it is not good", units=2))
    >>> trace.run.z.shape, trace.run.hidden.shape, trace.check.passed
    ((4, 2), (5, 2), True)
    """
    words, x = _read(settings)
    own = cell(settings)
    run, other = (gru.read(x, one) for one in (own, gru.turned(own)))
    both = (run, other)
    ours = np.concatenate([one.hidden[1:] for one in both])
    theirs = np.concatenate([gru_keras.states(x, [one.cell])[0] for one in both])
    return GRUTrace(words, run, other, compare("h of keras.layers.GRU, reset_after True and False", ours, theirs))


@task
def read_beside(settings: Settings) -> BesideTrace:
    """Read a sentence with keras.layers.GRU and keras.layers.LSTM: two gates and one state, three gates and two states.

    Parameters
    ----------
    settings : Settings
        As in `read_gru`.

    Returns
    -------
    BesideTrace
        Both passes; the check compares h of both and c with Keras's own.

    Raises
    ------
    ValueError
        As in `read_gru`.

    Examples
    --------
    >>> trace = read_beside(Settings(text="it is good", units=2))
    >>> sorted(trace.lstm.gates), trace.check.passed
    (['f', 'g', 'i', 'o'], True)
    """
    words, x = _read(settings)
    run = gru.read(x, cell(settings))
    kernel, recurrent, bias = gru_keras.drawn(gru_keras.LSTM, settings.units, FEATURES, _seed(settings, 5))
    layer = lstm_layer.Layer(kernel, recurrent, bias)
    lstm = lstm_layer.read(words, (), x, np.ones(len(words), bool), layer)
    hidden, carry = lstm_layer.keras_states(x, layer)
    ours = np.concatenate([run.hidden[1:], lstm.hidden[1:], lstm.cell[1:]])
    theirs = np.concatenate([gru_keras.states(x, [run.cell])[0], hidden, carry])
    return BesideTrace(words, run, lstm, compare("h of keras.layers.GRU, h and c of keras.layers.LSTM", ours, theirs))


def cell(settings: Settings, number: int = 0, features: int = FEATURES) -> Cell:
    """Draw the weights of GRU number 0, 1 or 2 of these settings, each from a seed of its own."""
    seed = _seed(settings, number)
    return Cell(*gru_keras.drawn(gru_keras.GRU, settings.units, features, seed, settings.reset_after))


def _seed(settings: Settings, number: int) -> int:
    return 100 * settings.seed + 10 * number


def tokens(settings: Settings) -> tuple[str, ...]:
    """Cut the text into words, and refuse what cannot be read.

    Examples
    --------
    >>> tokens(Settings(text="It is good!"))
    ('it', 'is', 'good')
    """
    for name, value, low, high in (("units", settings.units, 1, MAX_UNITS), ("layers", settings.layers, 1, MAX_LAYERS),
                                   ("seed", settings.seed, 0, MAX_SEED)):  # fmt: skip
        if not low <= value <= high:
            raise ValueError(f"{name} {value} is out of range; use {low} to {high}")
    words = reviews.read(settings.text)[0]
    if not words:
        raise ValueError(f"there is no word to read; write a sentence, such as: {SENTENCE}")
    if len(words) > MAX_WORDS:
        raise ValueError(f"{len(words):,} words are too many to show step by step; use at most {MAX_WORDS}")
    return words


def vectors(words: tuple[str, ...], seed: int) -> np.ndarray:
    """Draw four numbers per word from its letters and the seed: (T, 4). Every word has a vector, emoji as well.

    Examples
    --------
    >>> bool((vectors(("a", "b", "a"), 0)[0] == vectors(("a",), 0)[0]).all())
    True
    """
    return np.stack([sequences.vector(word, seed) for word in words])


def _read(settings: Settings) -> tuple[tuple[str, ...], np.ndarray]:
    words = tokens(settings)
    return words, vectors(words, settings.seed)
