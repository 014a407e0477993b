"""The Keras layers of a network that writes: to train them, to draw their weights, and to check the steps in NumPy."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from engine.checks import Check, compare
from engine.sequence import fed
from engine.sequence.char_steps import GRU, LSTM, SIMPLE, Weights, begin

GATES = {LSTM: 4, GRU: 3, SIMPLE: 1}  # parts that lie side by side in a kernel


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


def initial(cell: str, units: int, size: int, seed: int = 0) -> Weights:
    """Draw the weights of `layers`, without building them.

    Parameters
    ----------
    cell, units, size, seed
        As for `layers`.

    Returns
    -------
    Weights
        The same to the last bit.

    Examples
    --------
    >>> [array.shape for array in initial("GRU", 2, 5).arrays]
    [(5, 6), (2, 6), (2, 6), (2, 5), (5,)]
    """
    from keras.initializers import GlorotUniform, Orthogonal

    wide = GATES[cell] * units
    kernel, recurrent = GlorotUniform(seed)((size, wide)), Orthogonal(seed=seed + 1)((units, wide))
    bias = np.zeros((2, wide) if cell == GRU else wide, np.float32)
    if cell == LSTM:
        bias[units : 2 * units] = 1  # of the forget gate, as Keras begins
    dense = GlorotUniform(seed + 2)((units, size))
    arrays = (kernel, recurrent, bias, dense, np.zeros(size, np.float32))
    return Weights(cell, *(np.array(array) for array in arrays))


@cache
def _call(cell: str) -> Any:
    """Compile the layers, once for every number of units and every alphabet."""
    import tensorflow as tf

    matrix, row, codes = fed.spec(None, None), fed.spec(None), fed.spec(None, dtype="int32")
    layer, dense = fed.make(cell, return_sequences=True), fed.dense()
    weights = [matrix, matrix, fed.spec(2, None) if cell == GRU else row, matrix, row]

    @tf.function(autograph=False, input_signature=[codes, [fed.spec(1, None)] * (2 if cell == LSTM else 1), weights])
    def run(codes: Any, start: Any, weights: Any) -> list[Any]:
        *recurrent, dense.kernel, dense.bias = weights
        read = tf.one_hot(codes, tf.shape(recurrent[0])[0])[None]
        states = fed.feed(layer, recurrent)(read, initial_state=start)
        return [states[0], dense(states)[0]]

    return run


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
    start, fixed = fed.numbers(*begin(weights, 1)), fed.numbers(*weights.arrays)
    theirs = [part.numpy().ravel() for part in _call(weights.cell)(codes.astype(np.int32), start, fixed)]
    ours = np.concatenate([hidden.ravel(), logits.ravel()])
    return compare(f"keras.layers.{weights.cell} and Dense", ours, np.concatenate(theirs))
