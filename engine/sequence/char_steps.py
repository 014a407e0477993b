r"""One step of a network that writes, in NumPy with the weights of its Keras layers.

A step in Keras takes thirty times as long; `char_layers.check` compares the two. With z the network's outputs and τ the
temperature, p = softmax(z / τ).
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from threadpoolctl import ThreadpoolController

LSTM, GRU, SIMPLE = "LSTM", "GRU", "SimpleRNN"
CELLS = (LSTM, GRU, SIMPLE)


@dataclass(frozen=True, eq=False)
class Weights:
    """A recurrent layer on one-hot characters and a Dense layer, as Keras keeps them.

    Several networks of one shape can be stacked: then every array has one more axis (F) in front, and so has the state.
    """

    cell: str
    kernel: np.ndarray  # (V, gates * units): a row per character
    recurrent: np.ndarray  # (units, gates * units)
    bias: np.ndarray  # (gates * units,); of a GRU (2, gates * units)
    dense: np.ndarray  # (units, V)
    dense_bias: np.ndarray  # (V,)

    @property
    def units(self) -> int:
        """How many numbers the state has."""
        return self.recurrent.shape[-2]

    @property
    def arrays(self) -> tuple[np.ndarray, ...]:
        """All of them, as `Layer.get_weights` gives them."""
        return self.kernel, self.recurrent, self.bias, self.dense, self.dense_bias


def stack(networks: Sequence[Weights]) -> Weights:
    """Put networks of one shape on top of each other."""
    arrays = zip(*(network.arrays for network in networks), strict=True)
    return Weights(networks[0].cell, *(np.stack(parts) for parts in arrays))


def begin(weights: Weights, batch: int) -> tuple[np.ndarray, ...]:
    """The state before the first character: zeros ([F,] batch, units), two of them for an LSTM."""
    zero = np.zeros((*weights.recurrent.shape[:-2], batch, weights.units), np.float32)
    return (zero, zero) if weights.cell == LSTM else (zero,)


def step(weights: Weights, state: tuple[np.ndarray, ...], codes: np.ndarray) -> tuple[np.ndarray, ...]:
    """Read one character per row of the batch and give the next state; its first part is h ([F,] batch, units).

    Parameters
    ----------
    weights : Weights
        Of one network or of F.
    state : tuple of np.ndarray
        As from `begin`.
    codes : np.ndarray
        ([F,] batch) what is read.

    Returns
    -------
    tuple of np.ndarray
        The state after it.

    Examples
    --------
    >>> one = Weights(SIMPLE, *map(np.array, ([[0.5], [1.0]], [[0.4]], [0.0], [[1.0, 0.0]], [0.0, 0.0])))
    >>> h = step(one, begin(one, 1), np.array([0]))
    >>> step(one, h, np.array([1]))[0].round(4).tolist()  # tanh(1.0 + 0.4 tanh(0.5))
    [[0.829]]
    """
    kernel, h = weights.kernel, state[0]
    read = kernel[codes] if kernel.ndim == 2 else kernel[np.arange(len(kernel))[:, None], codes]
    if weights.cell == GRU:
        return (_gru(read + weights.bias[..., :1, :], h @ weights.recurrent + weights.bias[..., 1:, :], h),)
    z = h @ weights.recurrent + read
    z += weights.bias[..., None, :]
    if weights.cell == LSTM:
        i, f, g, o = _parts(_gates(z), 4)
        c = f * state[1]
        c += i * g
        return o * np.tanh(c), c
    return (np.tanh(z, out=z),)


def _gates(z: np.ndarray) -> np.ndarray:
    """Sigmoid of i, f and o, tanh of g, in place and in one go: σ(z) = (1 + tanh(z / 2)) / 2."""
    half, one = _halves(z.shape[-1] // 4, z.dtype)
    z *= half
    np.tanh(z, out=z)
    z += one
    z *= half
    return z


@functools.cache
def _halves(units: int, dtype: np.dtype) -> tuple[np.ndarray, np.ndarray]:
    return np.repeat(np.array([0.5, 0.5, 1, 0.5], dtype), units), np.repeat(np.array([1, 1, 0, 1], dtype), units)


def _gru(x: np.ndarray, past: np.ndarray, h: np.ndarray) -> np.ndarray:
    """Keras's GRU with reset_after=True: z keeps, r lets the past into the candidate."""
    z, r, _ = _parts(_sigmoid(x + past), 3)
    return z * h + (1 - z) * np.tanh(_parts(x, 3)[2] + r * _parts(past, 3)[2])


def _parts(z: np.ndarray, count: int) -> list[np.ndarray]:
    """Cut what lies side by side; np.split takes longer than the arithmetic of a step."""
    units = z.shape[-1] // count
    return [z[..., k * units : (k + 1) * units] for k in range(count)]


def _sigmoid(z: np.ndarray) -> np.ndarray:
    return 0.5 * (1 + np.tanh(0.5 * z))


def outputs(weights: Weights, h: np.ndarray) -> np.ndarray:
    """z = h V + b: ([F,] batch, V)."""
    return h @ weights.dense + weights.dense_bias[..., None, :]


def probabilities(logits: np.ndarray, temperature: float = 1.0) -> np.ndarray:
    """Softmax(z / τ) along the last axis, in float64.

    Examples
    --------
    >>> probabilities(np.log([1.0, 3.0])).round(4).tolist(), probabilities(np.log([1.0, 3.0]), 0.5).round(4).tolist()
    ([0.25, 0.75], [0.1, 0.9])
    """
    return softmax(logits, temperature)[0]


def softmax(logits: np.ndarray, temperature: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The same with what it is made of: Σ exp(z / τ - m) and m, the largest z / τ, both (..., 1)."""
    powers = np.asarray(logits, np.float64) / temperature
    highest = powers.max(-1, keepdims=True)
    powers -= highest
    np.exp(powers, out=powers)
    total = powers.sum(-1, keepdims=True)
    powers /= total
    return powers, total, highest


def draw(p: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    """Lay the probabilities side by side from 0 to 1, the largest first, and take the one in which a number falls.

    Parameters
    ----------
    p : np.ndarray
        (batch, V).
    numbers : np.ndarray
        (batch,) 0 to 1.

    Returns
    -------
    np.ndarray
        (batch,) codes.

    Examples
    --------
    >>> draw(np.array([[0.2, 0.5, 0.3]] * 3), np.array([0.49, 0.51, 0.81])).tolist()
    [1, 2, 0]
    """
    rows, order = np.arange(len(p)), np.argsort(-p, axis=1, kind="stable")
    ends = p[rows[:, None], order].cumsum(1)
    ends[:, -1] = 1  # rounding may leave it below
    return order[rows, (ends > numbers[:, None]).argmax(1)]


def read(weights: Weights, codes: np.ndarray) -> np.ndarray:
    """Let one network read rows of codes (rows, T) from their first character on: h after each, (T, rows, units)."""
    state, found = begin(weights, len(codes)), []
    for column in codes.T:
        state = step(weights, state, column)
        found.append(state[0])
    return np.stack(found)


def mean_loss(weights: Weights, codes: np.ndarray) -> float:
    """Cross-entropy a character, -mean ln p, over rows of codes (rows, T + 1); exp of it is the perplexity."""
    p = probabilities(outputs(weights, read(weights, codes[:, :-1])))
    follows = np.take_along_axis(p, codes.T[1:, :, None], axis=2)
    return float(-np.log(np.maximum(follows, 1e-300)).mean())


@functools.cache
def _libraries() -> ThreadpoolController:
    return ThreadpoolController()  # walks through all libraries of the process, which takes as long as 100 steps


def one_thread() -> Any:
    """Keep NumPy's products in one thread, inside a with.

    More threads wait for one another in tight loops: on a busy machine a hundred times slower.
    """
    return _libraries().limit(limits=1)
