r"""One step of a network that writes, in NumPy with the weights of its Keras layers, and the layers themselves.

A step in Keras takes thirty times as long; `check` compares the two. With z the network's outputs and τ the
temperature, p = softmax(z / τ).
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.checks import Check, compare

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


# ---- the same in Keras --------------------------------------------------------------------------------------------


def layers(cell: str, units: int, size: int, seed: int = 0) -> Any:
    """Build the Keras model: characters one-hot, a recurrent layer, a Dense layer; every weight drawn from a seed.

    Parameters
    ----------
    cell : str
        "LSTM", "GRU" or "SimpleRNN".
    units, size : int
        Of the layer; of the alphabet.
    seed : int
        Of the weights.

    Returns
    -------
    keras.Sequential
        Codes (batch, T) in, z (batch, T, size) out.
    """
    import keras

    kind = {LSTM: keras.layers.LSTM, GRU: keras.layers.GRU, SIMPLE: keras.layers.SimpleRNN}[cell]
    return keras.Sequential([
        keras.Input((None,), dtype="int32"),
        keras.layers.Embedding(size, size, embeddings_initializer="identity", trainable=False, name="one_hot"),
        kind(
            units, return_sequences=True, name="recurrent",
            kernel_initializer=keras.initializers.GlorotUniform(seed),
            recurrent_initializer=keras.initializers.Orthogonal(seed=seed + 1),
        ),
        keras.layers.Dense(size, kernel_initializer=keras.initializers.GlorotUniform(seed + 2), name="z"),
    ])  # fmt: skip


def read_off(model: Any) -> tuple[np.ndarray, ...]:
    """The trained arrays of a model of `layers`: kernel, recurrent kernel, bias, Dense kernel, Dense bias."""
    return tuple(model.get_weights()[1:])


@functools.lru_cache(maxsize=8)
def _compiled(cell: str, units: int, size: int) -> tuple[Any, Any, Any]:
    import keras
    import tensorflow as tf

    model = layers(cell, units, size)
    both = keras.Model(model.inputs, [model.get_layer("recurrent").output, model.outputs[0]])
    call = tf.function(lambda codes: both(codes), input_signature=[tf.TensorSpec((1, None), tf.int32)])
    return model, call, threading.Lock()


def check(weights: Weights, codes: np.ndarray, hidden: np.ndarray, logits: np.ndarray) -> Check:
    """Let the Keras layers read a whole text at once: their states and outputs must be ours.

    Parameters
    ----------
    weights : Weights
        Of the network.
    codes : np.ndarray
        (T,) what it reads, the first of them a new line.
    hidden, logits : np.ndarray
        (T, units) and (T, V), step by step.

    Returns
    -------
    Check
        Of all of them.
    """
    model, call, lock = _compiled(weights.cell, weights.units, len(weights.dense_bias))
    with lock:
        model.set_weights([model.get_weights()[0], *weights.arrays])
        theirs = [part.numpy()[0].ravel() for part in call(codes[None].astype(np.int32))]
    ours = np.concatenate([hidden.ravel(), logits.ravel()])
    return compare(f"keras.layers.{weights.cell} and Dense", ours, np.concatenate(theirs))
