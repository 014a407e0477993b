"""Word vectors: cosines, nearest words, and sums of words, computed as gensim's KeyedVectors computes them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from engine.compute import task

NEAREST = 10
BLOCK = 1_000  # words whose cosines with all others are in memory at once


@dataclass(frozen=True, eq=False)
class WordVectors:
    """Words and their vectors, the most frequent first."""

    words: tuple[str, ...]  # V
    vectors: np.ndarray  # (V, vector_size)
    counts: np.ndarray  # (V,) how often each word was read

    @cached_property
    def index(self) -> dict[str, int]:
        """Where each word is."""
        return {word: k for k, word in enumerate(self.words)}

    @cached_property
    def unit(self) -> np.ndarray:
        """The vectors at length 1, (V, vector_size)."""
        return unit(self.vectors)

    def first(self, count: int) -> "WordVectors":
        """Keep the `count` most frequent words."""
        return WordVectors(self.words[:count], self.vectors[:count], self.counts[:count])

    def only(self, words: Sequence[str]) -> "WordVectors":
        """Keep some words, in their order here."""
        wanted = set(words)
        keep = [k for k, word in enumerate(self.words) if word in wanted]
        return WordVectors(tuple(self.words[k] for k in keep), self.vectors[keep], self.counts[keep])

    def find(self, word: str) -> int:
        """Give a word's number, or say which words there are."""
        at = self.index.get(word.strip(), self.index.get(word.strip().lower()))
        if at is None:
            shown = np.linspace(0, len(self.words) - 1, min(6, len(self.words)), dtype=int)
            some = ", ".join(self.words[k][:40] for k in shown)
            raise ValueError(
                f"“{word.strip()[:40]}” is not among the {len(self.words):,} words of this model, such as {some}"
            )
        return at


@dataclass(frozen=True, eq=False)
class Cosine:
    """The cosine of two words, with every term."""

    words: tuple[str, str]
    a: np.ndarray  # (vector_size,)
    b: np.ndarray  # (vector_size,)
    products: np.ndarray  # (vector_size,) a · b, term by term
    dot: float
    norms: tuple[float, float]
    cosine: float


def unit(vectors: np.ndarray) -> np.ndarray:
    """Bring vectors to length 1; a zero vector stays zero."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return (vectors / np.where(lengths == 0, 1, lengths)).astype("float32")


def nearest(vectors: np.ndarray, count: int = NEAREST) -> tuple[np.ndarray, np.ndarray]:
    r"""Find each word's nearest words by cosine, :math:`\cos(a, b) = a \cdot b / (\|a\| \|b\|)`.

    Parameters
    ----------
    vectors : np.ndarray, (V, vector_size)
        One row a word.
    count : int
        How many neighbours at most; a quarter of the words if those are fewer, but two.

    Returns
    -------
    np.ndarray, np.ndarray
        Neighbours int32 and cosines float32, both (V, count), the nearest first.

    Examples
    --------
    >>> nearest(np.array([[1.0, 0], [2, 0.1], [0, 1]]), 1)[0].ravel()
    array([1, 0, 1], dtype=int32)
    """
    rows = unit(vectors)
    count = min(count, max(2, len(rows) // 4), len(rows) - 1)
    indices, cosines = np.empty((len(rows), count), "int32"), np.empty((len(rows), count), "float32")
    for start in range(0, len(rows), BLOCK):
        block = rows[start : start + BLOCK] @ rows.T
        own = np.arange(len(block))
        block[own, start + own] = -np.inf
        best = largest(block, count)
        found = np.take_along_axis(block, best, 1)
        order = np.argsort(-found, axis=1, kind="stable")
        indices[start : start + BLOCK] = np.take_along_axis(best, order, 1)
        cosines[start : start + BLOCK] = np.take_along_axis(found, order, 1)
    return indices, cosines


def largest(numbers: np.ndarray, count: int) -> np.ndarray:
    """Find where the `count` largest numbers of each row are, in any order.

    Each row is laid out as a few short lines one below the other. The largest numbers stand in the columns with the
    largest maxima, so only those are looked through.

    Parameters
    ----------
    numbers : np.ndarray, (R, V)
        Without NaN.
    count : int
        0 to V.

    Returns
    -------
    np.ndarray, (R, count)
        Their columns.

    Examples
    --------
    >>> np.sort(largest(np.array([[3, 1, 4, 1, 5, 9, 2, 6.0]]), 3))
    array([[4, 5, 7]])
    """
    rows, size = numbers.shape
    lines = math.isqrt(size // count) if count else 1
    if lines < 2:
        return np.argpartition(numbers, size - count, axis=1)[:, size - count :] if count else np.empty((rows, 0), int)
    wide = size // lines
    tops = numbers[:, : lines * wide].reshape(rows, lines, wide).max(1)
    columns = largest(tops, count)
    looked = (columns[:, None] + np.arange(lines)[:, None] * wide).reshape(rows, -1)
    rest = np.broadcast_to(np.arange(lines * wide, size), (rows, size - lines * wide))
    looked = np.concatenate([looked, rest], 1)
    best = np.argpartition(np.take_along_axis(numbers, looked, 1), -count, axis=1)[:, -count:]
    return np.take_along_axis(looked, best, 1)


@task(seconds=20)
def nearest_of_many(vectors: np.ndarray, count: int = NEAREST) -> tuple[np.ndarray, np.ndarray]:
    """Do as `nearest` does, in a worker: for more than two thousand words it takes a while."""
    return nearest(vectors, count)


def cosine(model: WordVectors, first: str, second: str) -> Cosine:
    """Work out the cosine of two words with every term.

    Parameters
    ----------
    model : WordVectors
        The words.
    first, second : str
        Two of them.

    Returns
    -------
    Cosine
        The vectors, products, lengths and the cosine.

    Raises
    ------
    ValueError
        For a word that the model does not have.

    Examples
    --------
    >>> model = WordVectors(("a", "b"), np.array([[3.0, 4], [4, 3]]), np.ones(2))
    >>> round(cosine(model, "a", "b").cosine, 2)
    0.96
    """
    i, j = model.find(first), model.find(second)
    a, b = model.vectors[i].astype(float), model.vectors[j].astype(float)
    lengths = float(np.linalg.norm(a)), float(np.linalg.norm(b))
    dot = float(a @ b)
    return Cosine((model.words[i], model.words[j]), a, b, a * b, dot, lengths, dot / (lengths[0] * lengths[1] or 1))


def parallel(model: WordVectors, pairs: Sequence[tuple[str, str]]) -> np.ndarray:
    r"""Compare the steps from the first to the second word of each pair: do they point the same way?

    Parameters
    ----------
    model : WordVectors
        The words.
    pairs : sequence of (str, str), two or more
        Such as (man, woman), (king, queen); pairs with an unknown word are left out.

    Returns
    -------
    np.ndarray, (pairs * (pairs - 1) / 2,)
        Cosines of :math:`\hat b_i - \hat a_i` and :math:`\hat b_j - \hat a_j` for all i < j.

    Examples
    --------
    >>> square = WordVectors(tuple("abcd"), np.array([[1.0, 1], [1, -1], [-1, 1], [-1, -1]]), np.ones(4))
    >>> parallel(square, [("a", "b"), ("c", "d")])
    array([1.], dtype=float32)
    """
    known_pairs = [pair for pair in pairs if all(word in model.index for word in pair)]
    steps = unit(np.array([model.unit[model.index[b]] - model.unit[model.index[a]] for a, b in known_pairs]))
    return (steps @ steps.T)[np.triu_indices(len(steps), 1)]


def two(text: str) -> tuple[str, str]:
    """Read two words apart by a comma or a space.

    Parameters
    ----------
    text : str
        Such as ``king, queen``.

    Returns
    -------
    str, str
        The words.

    Raises
    ------
    ValueError
        If there are not two.

    Examples
    --------
    >>> two("king, queen")
    ('king', 'queen')
    """
    found = text.replace(",", " ").split()
    if len(found) != 2:
        raise ValueError(f"“{text[:60]}” is not two words; write two, such as king, queen")
    return found[0], found[1]


def keyed_vectors(model: WordVectors) -> Any:
    """Give the words to gensim, as its KeyedVectors."""
    from gensim.models import KeyedVectors

    keyed = KeyedVectors(model.vectors.shape[1])
    keyed.add_vectors(list(model.words), model.vectors.astype("float32"))
    return keyed
