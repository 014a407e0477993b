"""Why order matters: two sentences of the same words before a layer that counts and a layer that reads."""

from collections import Counter
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import numpy as np

from engine.checks import Check, compare
from engine.compute import task
from engine.sequence import fed
from engine.sequence import kinds_data as data

MAX_UNITS, MAX_WORDS = 8, 12


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
    sentences = _two(first, second, units, seed)
    words = tuple(dict.fromkeys([*sentences[0], *sentences[1]]))
    counts = np.array([[Counter(sentence)[word] for word in words] for sentence in sentences], np.float32)
    x = np.zeros((2, max(map(len, sentences)), len(words)), np.float32)
    for k, sentence in enumerate(sentences):
        x[k, np.arange(len(sentence)), [words.index(word) for word in sentence]] = 1
    drawn = _drawn(len(words), units, seed)
    dense, hidden = (found.numpy() for found in _layers()(*fed.numbers(counts, x, np.zeros((2, units)), *drawn)))
    by_hand = np.append(np.tanh(counts.astype(np.float64) @ drawn[0]), _stepped(x, *drawn[1:]))
    check = compare("Dense and SimpleRNN, step by step in NumPy", np.append(dense, hidden), by_hand)
    hidden[~x.any(2)] = np.nan  # nothing is read behind the end of the shorter one
    return OrderTrace(sentences, words, counts, dense, hidden, seed, check)


def _two(first: str, second: str, units: int, seed: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Split both sentences, and refuse what cannot be shown."""
    sentences = tuple(data.words(first)), tuple(data.words(second))
    for sentence in sentences:
        if not 1 <= len(sentence) <= MAX_WORDS:
            raise ValueError(f"a sentence of {len(sentence)} words cannot be shown here; use 1 to {MAX_WORDS} words")
    if not 1 <= units <= MAX_UNITS or not 0 <= seed <= 9999:
        raise ValueError(f"units {units}, seed {seed}: use 1 to {MAX_UNITS} units and a seed from 0 to 9999")
    return sentences


def _stepped(x: np.ndarray, kernel: np.ndarray, recurrent: np.ndarray) -> np.ndarray:
    """The states of a SimpleRNN without a bias in NumPy, from x (n, T, V): (n, T, units)."""
    states = [np.zeros((len(x), len(recurrent)))]
    for step in x.swapaxes(0, 1):
        states.append(np.tanh(step @ kernel + states[-1] @ recurrent))
    return np.stack(states[1:], axis=1)


@lru_cache(maxsize=64)
def _drawn(words: int, units: int, seed: int) -> tuple[np.ndarray, ...]:
    """Draw the kernel of Dense and both of SimpleRNN, as the layers of the recipe draw them."""
    from keras.initializers import GlorotUniform, Orthogonal

    kernels = [GlorotUniform(seed + shift)((words, units)) for shift in (0, 1)]
    return tuple(np.array(kernel) for kernel in (*kernels, Orthogonal(1.0, seed + 2)((units, units))))


@cache
def _layers() -> Any:
    """Compile Dense and SimpleRNN, once for all sizes."""
    import tensorflow as tf

    dense = fed.dense(activation="tanh", use_bias=False)
    rnn = fed.make("SimpleRNN", use_bias=False, return_sequences=True)
    matrix = fed.spec(None, None)

    @tf.function(input_signature=[matrix, fed.spec(None, None, None), *[matrix] * 4])
    def read(counts: Any, x: Any, start: Any, weights: Any, kernel: Any, recurrent: Any) -> Any:
        dense.kernel = weights
        return dense(counts), fed.feed(rnn, (kernel, recurrent, None))(x, initial_state=start)

    return read
