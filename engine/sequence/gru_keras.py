"""Real Keras layers for the variations: weights drawn from a seed, and the states that the layers themselves return."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from engine.sequence.gru import Cell

GRU, LSTM = "GRU", "LSTM"
BIAS_SPREAD = 0.5  # Keras starts a bias at 0; these are drawn, so that what they do can be seen


@lru_cache(maxsize=256)
def drawn(kind: str, units: int, features: int, seed: int, reset_after: bool = True) -> tuple[np.ndarray, ...]:
    """Let a Keras layer draw its weights: kernel Glorot uniform, recurrent kernel orthogonal, bias normal.

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
    import keras

    make = keras.initializers
    layer = getattr(keras.layers, kind)(
        units,
        kernel_initializer=make.GlorotUniform(seed),
        recurrent_initializer=make.Orthogonal(seed=seed + 1),
        bias_initializer=make.RandomNormal(stddev=BIAS_SPREAD, seed=seed + 2),
        **({"reset_after": reset_after} if kind == GRU else {}),
    )
    layer.build((None, None, features))
    return tuple(np.array(weight) for weight in layer.get_weights())


def states(x: np.ndarray, cells: Sequence[Cell]) -> list[np.ndarray]:
    """Let keras.layers.GRU, one on top of the other, read x (T, features): the states of each layer (T, units)."""
    layers, call = _stack(len(cells), cells[0].units, x.shape[1], cells[0].reset_after)
    for layer, cell in zip(layers, cells, strict=True):
        layer.set_weights(weights(cell))
    return [found.numpy()[0] for found in call(_batch(x))]


def both_ways(x: np.ndarray, forward: Cell, backward: Cell) -> np.ndarray:
    """Let keras.layers.Bidirectional read x (T, features): (T, 2 units), the forward state first."""
    layer, call = _bidirectional(forward.units, x.shape[1], forward.reset_after)
    layer.set_weights([array for cell in (forward, backward) for array in weights(cell)])
    return call(_batch(x))[0].numpy()[0]


def weights(cell: Cell) -> list[np.ndarray]:
    """List a cell's weights as Keras does."""
    return [cell.kernel, cell.recurrent_kernel, cell.bias]


def _batch(x: np.ndarray) -> Any:
    import tensorflow as tf

    return tf.constant(np.ascontiguousarray(x[None], "float32"))


@lru_cache(maxsize=24)
def _stack(count: int, units: int, features: int, reset_after: bool) -> tuple[list[Any], Any]:
    """Build the layers once per shape, with a compiled call for sequences of any length."""
    import keras

    layers = [keras.layers.GRU(units, return_sequences=True, reset_after=reset_after) for _ in range(count)]
    for k, layer in enumerate(layers):
        layer.build((None, None, units if k else features))

    def run(x: Any) -> list[Any]:
        found = [layers[0](x)]
        for layer in layers[1:]:
            found.append(layer(found[-1]))
        return found

    return layers, _compiled(run, features)


@lru_cache(maxsize=24)
def _bidirectional(units: int, features: int, reset_after: bool) -> tuple[Any, Any]:
    import keras

    layer = keras.layers.Bidirectional(keras.layers.GRU(units, return_sequences=True, reset_after=reset_after))
    layer.build((None, None, features))
    return layer, _compiled(lambda x: [layer(x)], features)


def _compiled(run: Any, features: int) -> Any:
    import tensorflow as tf

    return tf.function(run, input_signature=[tf.TensorSpec((1, None, features))]).get_concrete_function()
