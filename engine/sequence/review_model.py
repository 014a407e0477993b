"""The LSTM that reads reviews: its weights as shipped, its vocabulary, and the reviews it was never shown.

Embedding -> LSTM -> Dense(1, sigmoid), told the verdict at the end of every clause and nowhere else.
`engine/sequence/make_lstm_reviews.py` trains it.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from engine.sequence.reviews import Review

SHIPPED = Path(__file__).parents[2] / "data" / "lstm_reviews.npz"
UNITS = 16
TRAINING, HELD_OUT = 8000, 1000  # reviews of seed 0: the first to learn from, the next to test with
UNKNOWN = 0  # the place of every word outside the vocabulary, and of nothing where reviews are shorter than the longest


@dataclass(frozen=True, eq=False)
class ReviewModel:
    """Weights in Keras's own form and order."""

    vocabulary: tuple[str, ...]  # (words,) the first stands for every unknown word
    embedding: np.ndarray  # (words, features)
    kernel: np.ndarray  # (features, 4 * units) gates i, f, g, o
    recurrent_kernel: np.ndarray  # (units, 4 * units)
    bias: np.ndarray  # (4 * units,)
    dense: np.ndarray  # (units,)
    dense_bias: float
    held_out: "Batch"


@dataclass(frozen=True, eq=False)
class Batch:
    """Reviews side by side, filled up with unknown words to the longest."""

    ids: np.ndarray  # (reviews, T) places in the vocabulary
    lengths: np.ndarray  # (reviews,)
    verdicts: np.ndarray  # (reviews, T) 1 good, 0 bad at the ends of clauses with a verdict, -1 elsewhere


@cache
def load() -> ReviewModel:
    """Read the shipped weights.

    Examples
    --------
    >>> load().kernel.shape, load().recurrent_kernel.shape
    ((16, 64), (16, 64))
    """
    with np.load(SHIPPED, allow_pickle=False) as kept:
        parts = {name: kept[name] for name in kept.files}
    batch = Batch(parts["ids"].astype(int), parts["lengths"].astype(int), parts["verdicts"].astype(int))
    names = ("embedding", "kernel", "recurrent_kernel", "bias", "dense")
    weights = {name: parts[name] for name in names}
    return ReviewModel(
        tuple(map(str, parts["vocabulary"])), **weights, dense_bias=float(parts["dense_bias"]), held_out=batch
    )


def encode(words: tuple[str, ...], vocabulary: tuple[str, ...]) -> np.ndarray:
    """Look words up: their places in the vocabulary (T,), 0 where a word is unknown.

    Examples
    --------
    >>> encode(("good", "submarine"), ("", "bad", "good")).tolist()
    [2, 0]
    """
    places = {word: k for k, word in enumerate(vocabulary) if k}
    return np.array([places.get(word, UNKNOWN) for word in words])


def batch(found: list[Review], vocabulary: tuple[str, ...]) -> Batch:
    """Set reviews side by side.

    Parameters
    ----------
    found : list of Review
        At least one.
    vocabulary : tuple of str
        As in `ReviewModel`.

    Returns
    -------
    Batch
        ids and verdicts (reviews, T), T the length of the longest.
    """
    lengths = np.array([len(review.words) for review in found])
    ids = np.full((len(found), lengths.max()), UNKNOWN)
    verdicts = np.full(ids.shape, -1)
    for row, review in enumerate(found):
        ids[row, : lengths[row]] = encode(review.words, vocabulary)
        verdicts[row, list(review.ends)] = review.verdicts
    return Batch(ids, lengths, verdicts)
