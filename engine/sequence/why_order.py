"""Why order matters: two sentences of the same words before a layer that counts and a layer that reads; and padding."""

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from engine.checks import Check, compare
from engine.compute import task
from engine.sequence import kinds
from engine.sequence import kinds_data as data

MAX_UNITS, MAX_WORDS, MAX_SENTENCES = 8, 12, 5
SIDES = ("after", "before")


@dataclass(frozen=True, eq=False)
class OrderTrace:
    """Two sentences before Dense on their counts and before SimpleRNN on their words."""

    sentences: tuple[tuple[str, ...], tuple[str, ...]]
    words: tuple[str, ...]  # (V,) all different words
    counts: np.ndarray  # (2, V) the bag of words
    dense: np.ndarray  # (2, units) what Dense makes of the bag
    hidden: np.ndarray  # (2, T, units) the states after every word; NaN behind the end of the shorter one
    seed: int
    check: Check

    @property
    def same_bag(self) -> bool:
        """Whether both sentences have the same words, each as often."""
        return bool((self.counts[0] == self.counts[1]).all())

    @property
    def last(self) -> np.ndarray:
        """The states after the last word (2, units)."""
        return np.stack(
            [states[len(sentence) - 1] for sentence, states in zip(self.sentences, self.hidden, strict=True)]
        )


@task
def compare_orders(first: str, second: str, units: int = 3, seed: int = 0) -> OrderTrace:
    """Give two sentences to Dense, which sees counts, and to SimpleRNN, which sees one word after the other.

    Parameters
    ----------
    first, second : str
        1 to 12 words each.
    units : int
        Numbers that each layer puts out, 1 to 8.
    seed : int
        Of the weights of both layers, 0 to 9999.

    Returns
    -------
    OrderTrace
        counts (2, V), dense (2, units), hidden (2, T, units).

    Raises
    ------
    ValueError
        If a setting is out of range or a sentence is empty or too long.

    Examples
    --------
    >>> found = compare_orders("Man eats hot-dog", "Hot-dog eats man")
    >>> found.same_bag, bool((found.dense[0] == found.dense[1]).all()), bool(np.allclose(*found.last))
    (True, True, False)
    """
    sentences = [data.words(first), data.words(second)]
    for sentence in sentences:
        if not 1 <= len(sentence) <= MAX_WORDS:
            raise ValueError(f"a sentence of {len(sentence)} words cannot be shown here; use 1 to {MAX_WORDS} words")
    if not 1 <= units <= MAX_UNITS or not 0 <= seed <= 9999:
        raise ValueError(f"units {units}, seed {seed}: use 1 to {MAX_UNITS} units and a seed from 0 to 9999")
    words = tuple(dict.fromkeys([*sentences[0], *sentences[1]]))
    counts = np.array([[Counter(sentence)[word] for word in words] for sentence in sentences], np.float32)
    dense, rnn = _layers(len(words), units, seed)
    hidden = np.full((2, max(map(len, sentences)), units), np.nan, np.float32)
    kernel, recurrent, bias = rnn.get_weights()
    again = np.full(hidden.shape, np.nan)
    for k, sentence in enumerate(sentences):
        read = np.eye(len(words), dtype=np.float32)[[words.index(word) for word in sentence]]
        hidden[k, : len(sentence)] = np.array(rnn(read[None]))[0]
        state = np.zeros(units)
        for t, x in enumerate(read):
            state = again[k, t] = np.tanh(x @ kernel + state @ recurrent + bias)
    there = ~np.isnan(hidden)
    check = compare("SimpleRNN, step by step in NumPy", hidden[there], again[there])
    return OrderTrace(tuple(map(tuple, sentences)), words, counts, np.array(dense(counts)), hidden, seed, check)  # type: ignore[arg-type]


@lru_cache(maxsize=32)
def _layers(words: int, units: int, seed: int) -> tuple[Any, Any]:
    """Dense and SimpleRNN, drawn from the seed as the recipe draws them."""
    import keras

    def drawn(shift: int) -> Any:
        return keras.initializers.GlorotUniform(seed + shift)

    dense = keras.layers.Dense(units, "tanh", kernel_initializer=drawn(0))
    rnn = keras.layers.SimpleRNN(
        units,
        kernel_initializer=drawn(1),
        recurrent_initializer=keras.initializers.Orthogonal(1.0, seed + 2),
        return_sequences=True,
    )
    dense.build((None, words))
    rnn.build((None, None, words))
    return dense, rnn


@dataclass(frozen=True, eq=False)
class PaddingTrace:
    """Reviews of unequal length in one batch, read with and without a mask."""

    sentences: tuple[tuple[str, ...], ...]
    ids: np.ndarray  # (n, T) places in the vocabulary; 0 is padding
    side: str
    masked: bool
    x: np.ndarray  # (n, T, 8) what each place is turned into
    hidden: np.ndarray  # (n, T, units)
    kind: np.ndarray  # (n,) how kind the review is, by the trained network
    alone: np.ndarray  # (n,) the same for each review alone, without any padding
    check: Check

    @property
    def real(self) -> np.ndarray:
        """(n, T) where there is a word."""
        return self.ids > 0


@task
def pad(text: str, side: str = SIDES[0], masked: bool = True) -> PaddingTrace:
    """Read reviews of unequal length as one batch, filled up with zeros.

    Parameters
    ----------
    text : str
        1 to 5 reviews apart by a slash, of 1 to 12 words that the network knows.
    side : str
        Padding "after" the words or "before" them.
    masked : bool
        Whether the recurrent layer passes over the padding.

    Returns
    -------
    PaddingTrace
        ids (n, T), hidden (n, T, units), kind and alone (n,).

    Raises
    ------
    ValueError
        If there are too many reviews, or a word was never trained on.

    Examples
    --------
    >>> found = pad("good / not good")
    >>> found.ids.shape, bool(np.allclose(found.kind, found.alone, atol=1e-6))
    ((2, 2), True)
    """
    if side not in SIDES:
        raise ValueError(f"padding {side!r} is not known; use {' or '.join(SIDES)}")
    sentences = [data.words(part) for part in text.split("/") if part.strip()]
    if not 1 <= len(sentences) <= MAX_SENTENCES:
        raise ValueError(f"{len(sentences)} reviews cannot be shown; write 1 to {MAX_SENTENCES}, apart by a slash")
    rows = [data.places(sentence, data.review_words(), MAX_WORDS) for sentence in sentences]
    ids = data.padded(rows, before=side == "before")
    hidden, kind = _read(ids, masked)
    alone = np.concatenate([_read(row[None], True)[1] for row in rows])
    check = compare("SimpleRNN, step by step in NumPy", hidden, _by_hand(ids, masked))
    table = kinds.trained(kinds.MANY_TO_ONE)[0].get_layer("embedding").get_weights()[0]
    return PaddingTrace(tuple(map(tuple, sentences)), ids, side, masked, table[ids], hidden, kind, alone, check)


def _read(ids: np.ndarray, masked: bool) -> tuple[np.ndarray, np.ndarray]:
    """Let the trained layers read a batch, the mask handed on or not: states (n, T, units), kindness (n,)."""
    model, _ = kinds.trained(kinds.MANY_TO_ONE)
    embedding, rnn, dense = (model.get_layer(name) for name in ("embedding", "hidden", "output"))
    # A layer's output carries its mask along; a fresh tensor has none.
    read = embedding(ids) if masked else np.array(embedding(ids))
    hidden, last = rnn(read)
    return np.array(hidden), np.array(dense(last))[:, 0]


def _by_hand(ids: np.ndarray, masked: bool) -> np.ndarray:
    """The states in NumPy: under a mask, padding leaves the state as it is."""
    model, _ = kinds.trained(kinds.MANY_TO_ONE)
    table = model.get_layer("embedding").get_weights()[0]
    kernel, recurrent, bias = model.get_layer("hidden").get_weights()
    state, states = np.zeros((len(ids), len(bias))), []
    for step in ids.T:
        fresh = np.tanh(table[step] @ kernel + state @ recurrent + bias)
        state = np.where((step > 0)[:, None] | (not masked), fresh, state)
        states.append(state)
    return np.stack(states, axis=1)
