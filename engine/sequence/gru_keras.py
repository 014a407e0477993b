"""Real Keras layers for the variations: weights drawn from a seed, and the states that the layers themselves return."""

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any

import numpy as np

from engine.sequence import fed
from engine.sequence.gru import Cell

GRU, LSTM = "GRU", "LSTM"
BIAS_SPREAD = 0.5  # Keras starts a bias at 0; these are drawn, so that what they do can be seen


@lru_cache(maxsize=256)
def drawn(kind: str, units: int, features: int, seed: int, reset_after: bool = True) -> tuple[np.ndarray, ...]:
    """Draw weights as a Keras layer does: kernel Glorot uniform, recurrent kernel orthogonal, bias normal.

    Parameters
    ----------
    kind : str
        "GRU" or "LSTM" (which draws no forget bias: it stays 1).
    units, features : int
        Its size, 1 to 16, and that of its input.
    seed : int
        Of the kernel; the recurrent kernel and the bias take the next two.
    reset_after : bool
        Of a GRU.

    Returns
    -------
    tuple of np.ndarray
        kernel, recurrent_kernel, bias, as in `Cell` or as in `lstm_layer.Layer`.
    """
    from keras.initializers import GlorotUniform, Orthogonal, RandomNormal

    gates = 3 if kind == GRU else 4
    kernel = GlorotUniform(seed)((features, gates * units))
    recurrent = Orthogonal(seed=seed + 1)((units, gates * units))
    bias = RandomNormal(stddev=BIAS_SPREAD, seed=seed + 2)
    if kind == LSTM:
        drawn_bias = np.concatenate([bias((units,)), np.ones(units, "float32"), bias((2 * units,))])
    else:
        drawn_bias = bias((2, 3 * units) if reset_after else (3 * units,))
    return np.array(kernel), np.array(recurrent), np.array(drawn_bias)


def states(x: np.ndarray, cells: Sequence[Cell]) -> list[np.ndarray]:
    """Let keras.layers.GRU, one on top of the other, read x (T, features): the states of each layer (T, units)."""
    call = _stack(len(cells), cells[0].reset_after)
    return [found.numpy()[0] for found in call(*_arguments(x, cells))]


def both_ways(x: np.ndarray, forward: Cell, backward: Cell) -> np.ndarray:
    """Let keras.layers.Bidirectional read x (T, features): (T, 2 units), the forward state first."""
    return _bidirectional(forward.reset_after)(*_arguments(x, (forward, backward))).numpy()[0]


def weights(cell: Cell) -> list[np.ndarray]:
    """List a cell's weights as Keras does."""
    return [cell.kernel, cell.recurrent_kernel, cell.bias]


def _arguments(x: np.ndarray, cells: Sequence[Cell]) -> list[Any]:
    """The sequence as a batch of one, the state before it, and all weights."""
    start = np.zeros((1, cells[0].units))
    return fed.numbers(x[None], start, *(array for cell in cells for array in weights(cell)))


def _signature(count: int, reset_after: bool) -> list[Any]:
    bias = fed.spec(2, None) if reset_after else fed.spec(None)
    return [fed.spec(1, None, None), fed.spec(1, None), *[fed.spec(None, None), fed.spec(None, None), bias] * count]


@cache
def _stack(count: int, reset_after: bool) -> Any:
    """Compile layers on top of one another, once for sequences and layers of any size."""
    import tensorflow as tf

    layers = [fed.make("GRU", return_sequences=True, reset_after=reset_after) for _ in range(count)]

    @tf.function(input_signature=_signature(count, reset_after))
    def run(x: Any, start: Any, *weights: Any) -> list[Any]:
        found = []
        for k, layer in enumerate(layers):
            x = fed.feed(layer, weights[3 * k : 3 * k + 3])(x, initial_state=start)
            found.append(x)
        return found

    return run


@cache
def _bidirectional(reset_after: bool) -> Any:
    import tensorflow as tf

    layer = fed.both_ways(fed.make("GRU", return_sequences=True, reset_after=reset_after))

    @tf.function(input_signature=_signature(2, reset_after))
    def run(x: Any, start: Any, *weights: Any) -> Any:
        return fed.feed(layer, weights)(x, initial_state=[start, start])

    return run
