"""Keras's GRU in NumPy, and its weights as one vector: what the translators and taggers are compared with."""

from collections.abc import Sequence

import numpy as np


def split(weights: np.ndarray, shapes: list[tuple[int, ...]]) -> list[np.ndarray]:
    """Cut one vector into arrays of these shapes."""
    ends = np.cumsum([int(np.prod(shape)) for shape in shapes])
    return [part.reshape(shape) for part, shape in zip(np.split(weights, ends[:-1]), shapes, strict=True)]


def join(arrays: list[np.ndarray]) -> np.ndarray:
    """Lay arrays behind one another in one vector."""
    return np.concatenate([np.asarray(array, np.float32).ravel() for array in arrays])


def gru(x: np.ndarray, cell: Sequence[np.ndarray], state: np.ndarray) -> np.ndarray:
    """Run Keras's GRU (reset_after=True) in NumPy over x (T, features): states (T, units).

    Examples
    --------
    >>> gru(np.ones((2, 1)), [np.zeros((1, 3)), np.zeros((1, 3)), np.zeros((2, 3))], np.array([0.8])).tolist()
    [[0.4], [0.2]]
    """
    kernel, recurrent, bias = cell
    found = []
    for own in x @ kernel + bias[0]:
        (xz, xr, xh), (hz, hr, hh) = np.split(own, 3), np.split(state @ recurrent + bias[1], 3)
        keep, reset = sigmoid(xz + hz), sigmoid(xr + hr)
        state = keep * state + (1 - keep) * np.tanh(xh + reset * hh)
        found.append(state)
    return np.array(found)


def sigmoid(x: np.ndarray) -> np.ndarray:
    """1 / (1 + e^-x), without its overflow."""
    return (1 + np.tanh(x / 2)) / 2


def softmax(x: np.ndarray) -> np.ndarray:
    """Softmax along the last axis.

    Examples
    --------
    >>> softmax(np.array([1.0, 1.0])).tolist()
    [0.5, 0.5]
    """
    grown = np.exp(x - x.max(-1, keepdims=True))
    return grown / grown.sum(-1, keepdims=True)
