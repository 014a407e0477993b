"""The recurrent layers that are compared, drawn from a seed as Keras draws them."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.sequence.remember import CHANCE, LETTERS

TANH, RELU, SIGMOID, LSTM, GRU = "SimpleRNN tanh", "SimpleRNN ReLU", "SimpleRNN sigmoid", "LSTM", "GRU"
CELLS = (TANH, RELU, SIGMOID, LSTM, GRU)
ACTIVATIONS = {TANH: "tanh", RELU: "relu", SIGMOID: "sigmoid"}
STEEPEST = {TANH: 1.0, RELU: 1.0, SIGMOID: 0.25}  # max |f'|; the gated cells have no such bound
GATES = {LSTM: 4, GRU: 3}  # parts that lie side by side in a kernel; 1 of a simple layer
CLASSES = round(1 / CHANCE)


@dataclass(frozen=True)
class Setup:
    """What the layers are before any training."""

    cells: tuple[str, ...]
    length: int  # letters in a sequence, 5 to 200
    units: int = 32
    scale: float = 1.0  # of the orthogonal recurrent weights: a simple layer's spectral radius and norm
    forget_bias: float = 1.0  # of the LSTM; Keras's default
    update_bias: float = 0.0  # of the GRU, where large keeps the past; Keras's default
    seed: int = 0


def layer(cell: str, setup: Setup, dtype: str = "float32") -> Any:
    """Build the Keras layer of one cell: kernel Glorot uniform, recurrent kernel orthogonal times the scale.

    Parameters
    ----------
    cell : str
        One of `CELLS`.
    setup : Setup
        Units, scale, biases and seed.
    dtype : str
        "float32", as it is trained, or "float64".

    Returns
    -------
    keras.layers.RNN
        Built for 8 features; its output is the last state.
    """
    import keras

    kind = {LSTM: keras.layers.LSTM, GRU: keras.layers.GRU}.get(cell, keras.layers.SimpleRNN)
    built = kind(
        setup.units,
        **({"activation": ACTIVATIONS[cell]} if cell in ACTIVATIONS else {}),
        kernel_initializer=keras.initializers.GlorotUniform(setup.seed),
        recurrent_initializer=keras.initializers.Orthogonal(setup.scale, setup.seed + 1),
        dtype=dtype,
    )
    built.build((None, None, len(LETTERS)))
    built.set_weights(_biased(cell, setup, built.get_weights()))
    return built


def _biased(cell: str, setup: Setup, weights: list[np.ndarray]) -> list[np.ndarray]:
    """Set the bias of the gate that keeps the past: the second part of the LSTM's, the first of the GRU's."""
    bias = weights[2].copy()
    if cell == LSTM:
        bias[setup.units : 2 * setup.units] = setup.forget_bias
    if cell == GRU:
        bias[0, : setup.units] = setup.update_bias
    return [*weights[:2], bias]


def reader(setup: Setup, dtype: str = "float32") -> Any:
    """Build the Dense layer that reads the answer off the last state."""
    import keras

    dense = keras.layers.Dense(
        CLASSES, kernel_initializer=keras.initializers.GlorotUniform(setup.seed + 2), dtype=dtype
    )
    dense.build((None, setup.units))
    return dense


def initial_weights(cell: str, setup: Setup) -> list[np.ndarray]:
    """Draw the weights of a layer and of its reader: kernel, recurrent kernel, bias, Dense kernel, Dense bias.

    Parameters
    ----------
    cell : str
        One of `CELLS`.
    setup : Setup
        Units, scale, biases and seed.

    Returns
    -------
    list of np.ndarray
        Those of `layer` and `reader`, without building them.

    Examples
    --------
    >>> [array.shape for array in initial_weights("GRU", Setup(("GRU",), 5, units=2))]
    [(8, 6), (2, 6), (2, 6), (2, 4), (4,)]
    """
    gates = GATES.get(cell, 1)
    kernel, recurrent, dense = _drawn(gates, setup.units, setup.seed)
    bias = np.zeros((2, gates * setup.units) if cell == GRU else gates * setup.units, np.float32)
    scaled = [kernel, np.float32(setup.scale) * recurrent, bias]
    return [*_biased(cell, setup, scaled), dense, np.zeros(CLASSES, np.float32)]


@functools.lru_cache(maxsize=64)
def _drawn(gates: int, units: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Let Keras's initializers draw kernel, orthogonal recurrent kernel and Dense kernel."""
    from keras.initializers import GlorotUniform, Orthogonal

    kernel = GlorotUniform(seed)((len(LETTERS), gates * units))
    recurrent = Orthogonal(1.0, seed + 1)((units, gates * units))
    return np.array(kernel), np.array(recurrent), np.array(GlorotUniform(seed + 2)((units, CLASSES)))
