"""Sentences of unequal length in one batch: filled up with zeros, and read with a mask or without."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from engine.checks import Check, compare
from engine.compute import task
from engine.sequence import fed, kinds_models
from engine.sequence import kinds_data as data
from engine.sequence.kinds_models import BY_HAND, MANY_TO_ONE

MAX_WORDS, MAX_SENTENCES = 12, 5
SIDES = ("after", "before")


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
    (table,) = kinds_models.weights(MANY_TO_ONE, "embedding")
    by_hand = _by_hand(ids, table, masked)
    ours = np.append(hidden, kind)
    check = compare(BY_HAND, ours, np.append(by_hand, kinds_models.put_out(MANY_TO_ONE, by_hand[:, -1])))
    return PaddingTrace(tuple(map(tuple, sentences)), ids, side, masked, table[ids], hidden, kind, alone, check)


def _read(ids: np.ndarray, masked: bool) -> tuple[np.ndarray, np.ndarray]:
    """Let the trained layers read a batch: states (n, T, units), kindness (n,)."""
    hidden, kind = _judge(masked)(np.asarray(ids, np.int32))
    return hidden.numpy(), kind.numpy()[:, 0]


@cache
def _judge(masked: bool) -> Any:
    """Compile the trained layers, the mask handed on or not."""
    import tensorflow as tf

    model, _ = kinds_models.trained(MANY_TO_ONE)
    embedding, rnn, dense = (model.get_layer(name) for name in ("embedding", "hidden", "output"))

    @tf.function(input_signature=[fed.spec(None, None, dtype="int32")])
    def read(ids: Any) -> Any:
        # A layer's output carries its mask along; a fresh tensor has none.
        found = embedding(ids) if masked else tf.identity(embedding(ids))
        hidden, last = rnn(found)
        return hidden, dense(last)

    return read


def _by_hand(ids: np.ndarray, table: np.ndarray, masked: bool) -> np.ndarray:
    """The states in NumPy: under a mask, padding leaves the state as it is."""
    kernel, recurrent, bias = kinds_models.weights(MANY_TO_ONE, "hidden")
    state, states = np.zeros((len(ids), len(bias))), []
    for step in ids.T:
        fresh = np.tanh(table[step] @ kernel + state @ recurrent + bias)
        state = np.where((step > 0)[:, None] | (not masked), fresh, state)
        states.append(state)
    return np.stack(states, axis=1)
