"""Several GRU layers at once, two directions or a stack, before and after one word is changed."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine.checks import Check, compare
from engine.compute import task
from engine.sequence import gru, gru_keras, reviews, variations
from engine.sequence.gru import Cell, GRUPass
from engine.sequence.variations import FEATURES, Settings

Reading = tuple[list[GRUPass], np.ndarray]  # each layer's pass, and the states by word from Keras (L, T, units)


@dataclass(frozen=True, eq=False)
class LayersTrace:
    """The same layers reading a sentence and the sentence with one word changed; without a change both are equal."""

    tokens: tuple[str, ...]  # (T,) after the change
    old: tuple[str, ...]  # (T,) as typed
    place: int | None  # of the changed word, from 0
    reads: tuple[GRUPass, ...]  # (L,) each in the order in which it reads, after the change
    backward: tuple[bool, ...]  # (L,) which of them read from the last word to the first
    before: np.ndarray  # (L, T, units) states by word, from Keras
    after: np.ndarray  # (L, T, units)
    check: Check

    @property
    def change(self) -> np.ndarray:
        """By how much the state at a word differs at most: (L, T). Exactly 0 where the change cannot be known."""
        return np.abs(self.after - self.before).max(-1)

    @property
    def last(self) -> np.ndarray:
        """What comes out without return_sequences: each direction's state after its last step, or the top layer's."""
        if any(self.backward):
            return np.concatenate([self.after[0, -1], self.after[1, 0]])
        return self.after[-1, -1]

    @property
    def noticed(self) -> np.ndarray:
        """At how many words each layer's state differs: (L,)."""
        return (self.change > 0).sum(1)


Trace = variations.GRUTrace | variations.BesideTrace | LayersTrace


@task
def read_both_ways(settings: Settings) -> LayersTrace:
    """Read a sentence with Bidirectional(GRU): the forward state knows words 1 to t, the backward state words t to T.

    Parameters
    ----------
    settings : Settings
        As in `variations.read_gru`; edit and into name the changed word.

    Returns
    -------
    LayersTrace
        Layer 0 reads forward, layer 1 backward.

    Raises
    ------
    ValueError
        If a setting is out of range, or a word is to be changed that is not there.

    References
    ----------
    Schuster and Paliwal 1997; https://keras.io/api/layers/recurrent_layers/bidirectional/

    Examples
    --------
    >>> read_both_ways(Settings("it is not good", edit=4, into="bad")).noticed.tolist()
    [1, 4]
    """
    cells = [variations.cell(settings, number) for number in (0, 1)]

    def read(x: np.ndarray) -> Reading:
        every = gru_keras.both_ways(x, *cells)
        return [gru.read(x, cells[0]), gru.read(x[::-1], cells[1])], np.stack(np.split(every, 2, axis=1))

    return _compared(settings, read, (False, True), "keras.layers.Bidirectional(GRU) at every word")


@task
def read_stack(settings: Settings) -> LayersTrace:
    """Read a sentence with GRU layers on top of one another: layer l reads the states of layer l - 1.

    Parameters
    ----------
    settings : Settings
        As in `read_both_ways`; layers 1 to 3.

    Returns
    -------
    LayersTrace
        Layer 0 reads the words.

    Raises
    ------
    ValueError
        As in `read_both_ways`.

    Examples
    --------
    >>> read_stack(Settings("it is not good", layers=2, edit=3, into="so")).noticed.tolist()
    [2, 2]
    """
    variations.tokens(settings)  # refuses, before weights are drawn
    count = settings.layers
    cells = [variations.cell(settings, k, settings.units if k else FEATURES) for k in range(count)]

    def read(x: np.ndarray) -> Reading:
        return _through(x, cells), np.stack(gru_keras.states(x, cells))

    return _compared(settings, read, (False,) * count, f"{count} stacked keras.layers.GRU at every word")


def _through(x: np.ndarray, cells: list[Cell]) -> list[GRUPass]:
    passes: list[GRUPass] = []
    for one in cells:
        passes.append(gru.read(passes[-1].hidden[1:] if passes else x, one))
    return passes


def _compared(
    settings: Settings, read: Callable[[np.ndarray], Reading], backward: tuple[bool, ...], against: str
) -> LayersTrace:
    """Read the sentence as it is and as it is changed, and hold both against NumPy."""
    old = variations.tokens(settings)
    place, new = changed(old, settings.edit, settings.into)
    sentences = (old,) if new == old else (old, new)
    results = [read(variations.vectors(words, settings.seed)) for words in sentences]
    ours = [by_word(run.hidden[1:], back) for passes, _ in results for run, back in zip(passes, backward, strict=True)]
    check = compare(against, np.stack(ours), np.concatenate([states for _, states in results]))
    passes, after = results[-1]
    return LayersTrace(new, old, place, tuple(passes), backward, results[0][1], after, check)


def by_word(array: np.ndarray, backward: bool) -> np.ndarray:
    """Turn what a backward layer did step by step into the order of the words.

    Examples
    --------
    >>> by_word(np.array([3, 2, 1]), True).tolist()
    [1, 2, 3]
    """
    return array[::-1] if backward else array


def changed(words: tuple[str, ...], edit: int, into: str) -> tuple[int | None, tuple[str, ...]]:
    """Put another word in the place of word number `edit`, counted from 1; 0, no word or the same word changes nothing.

    Raises
    ------
    ValueError
        If there is no such word, or several are to stand in its place.

    Examples
    --------
    >>> changed(("it", "is", "good"), 3, "bad")
    (2, ('it', 'is', 'bad'))
    """
    new = reviews.read(into)[0]
    if len(new) > 1:
        raise ValueError(f"{into.strip()[:40]!r} is {len(new)} words; change one word into one word")
    if edit > len(words) or edit < 0:
        raise ValueError(f"there is no word {edit} to change: the sentence has {len(words)}; use 0 to {len(words)}")
    if not new or not edit or new[0] == words[edit - 1]:
        return None, words
    return edit - 1, (*words[: edit - 1], new[0], *words[edit:])
