r"""One step of a network that writes, in NumPy with the weights of its Keras layers.

A step in Keras takes thirty times as long; `char_layers.check` compares the two. With z the network's outputs and τ the
temperature, p = softmax(z / τ).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

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
    z = read + h @ weights.recurrent + weights.bias[..., None, :]
    if weights.cell == LSTM:
        i, f, g, o = np.split(z, 4, axis=-1)
        c = _sigmoid(f) * state[1] + _sigmoid(i) * np.tanh(g)
        return _sigmoid(o) * np.tanh(c), c
    return (np.tanh(z),)


def _gru(x: np.ndarray, past: np.ndarray, h: np.ndarray) -> np.ndarray:
    """Keras's GRU with reset_after=True: z keeps, r lets the past into the candidate."""
    (xz, xr, xg), (hz, hr, hg) = np.split(x, 3, axis=-1), np.split(past, 3, axis=-1)
    z = _sigmoid(xz + hz)
    return z * h + (1 - z) * np.tanh(xg + _sigmoid(xr + hr) * hg)


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
    scaled = np.asarray(logits, np.float64) / temperature
    powers = np.exp(scaled - scaled.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


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
    order = np.argsort(-p, axis=1, kind="stable")
    ends = np.take_along_axis(p, order, axis=1).cumsum(1)
    place = np.minimum((ends <= numbers[:, None]).sum(1), p.shape[1] - 1)
    return order[np.arange(len(p)), place]


def mean_loss(weights: Weights, codes: np.ndarray) -> float:
    """Cross-entropy a character, -mean ln p, over rows of codes (rows, T + 1); exp of it is the perplexity."""
    state, total = begin(weights, len(codes)), 0.0
    for t in range(codes.shape[1] - 1):
        state = step(weights, state, codes[:, t])
        p = probabilities(outputs(weights, state[0]))
        total -= np.log(np.maximum(p[np.arange(len(p)), codes[:, t + 1]], 1e-300)).mean()
    return float(total / (codes.shape[1] - 1))
