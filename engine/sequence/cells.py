"""The recurrent layers that are compared, drawn from a seed as Keras draws them, and a probe of their states.

`probe` runs a layer's own cell step by step in 64-bit floats and adds a nudge of zero to every state: the gradient with
respect to the nudge of step t, by `tf.GradientTape`, is the gradient with respect to the state of step t. So all steps
come out of one compiled loop, for sequences of any length.
"""

from __future__ import annotations

import functools
import threading
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.sequence.remember import CHANCE, LETTERS

TANH, RELU, SIGMOID, LSTM, GRU = "SimpleRNN tanh", "SimpleRNN ReLU", "SimpleRNN sigmoid", "LSTM", "GRU"
CELLS = (TANH, RELU, SIGMOID, LSTM, GRU)
ACTIVATIONS = {TANH: "tanh", RELU: "relu", SIGMOID: "sigmoid"}
STEEPEST = {TANH: 1.0, RELU: 1.0, SIGMOID: 0.25}  # max |f'|; the gated cells have no such bound
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
    """Draw the weights of a layer and of its reader: kernel, recurrent kernel, bias, Dense kernel, Dense bias."""
    return [*layer(cell, setup).get_weights(), *reader(setup).get_weights()]


@dataclass(frozen=True, eq=False)
class Probed:
    """What one pass through a layer and back gives."""

    states: list[np.ndarray]  # h and, of an LSTM, c after the last step: (batch, units) each
    hidden: np.ndarray  # (T, batch, units) gradients with respect to h_t
    carry: np.ndarray | None  # (T, batch, units) with respect to c_t, of an LSTM


def probe(
    cell: str, weights: list[np.ndarray], x: np.ndarray, y: np.ndarray, weigh: np.ndarray, push: np.ndarray
) -> Probed:
    """Take the gradient of weigh * loss + push . h_T with respect to every state, for each sequence of a batch.

    Parameters
    ----------
    cell : str
        One of `CELLS`.
    weights : list of np.ndarray
        As from `initial_weights`.
    x : np.ndarray
        (batch, T, 8).
    y : np.ndarray
        (batch,) the right answers.
    weigh : np.ndarray
        (batch,) 1 for the gradient of the cross-entropy of that sequence.
    push : np.ndarray
        (batch, units) a unit vector e_k gives row k of the Jacobian of h_T.

    Returns
    -------
    Probed
        Last states and gradients.
    """
    import tensorflow as tf

    machine = _machine(cell, weights[1].shape[0])
    with machine.lock:
        machine.cell.set_weights(weights[:3])
        machine.dense.set_weights(weights[3:])
        steps = tf.constant(np.ascontiguousarray(x.transpose(1, 0, 2), np.float64))
        states, gradients = machine.run(steps, tf.constant(y), tf.constant(weigh), tf.constant(push))
        hidden, *carry = [gradient.numpy() for gradient in gradients]
        return Probed([state.numpy() for state in states], hidden, carry[0] if carry else None)


@dataclass(frozen=True, eq=False)
class _Machine:
    cell: Any
    dense: Any
    run: Any
    lock: Any


@functools.lru_cache(maxsize=40)
def _machine(cell: str, units: int) -> _Machine:
    """Compile the loop of one kind of cell once; its weights are set before every run."""
    import keras

    setup = Setup((cell,), 5, units)
    own = _nudged_lstm(units) if cell == LSTM else layer(cell, setup, "float64").cell
    dense = reader(setup, "float64")
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="none", dtype="float64")
    return _Machine(own, dense, _compiled(own, dense, loss, units, 2 if cell == LSTM else 1), threading.Lock())


def _nudged_lstm(units: int) -> Any:
    """Build Keras's LSTM cell with a nudge of c between the gates that make it and all that uses it."""
    import keras

    class NudgedLSTMCell(keras.layers.LSTMCell):
        nudge: Any = 0.0

        def _compute_carry_and_output_fused(self, z: Any, c_tm1: Any) -> Any:
            c, o = super()._compute_carry_and_output_fused(z, c_tm1)
            return c + self.nudge, o

    cell = NudgedLSTMCell(units, dtype="float64")
    cell.build((None, len(LETTERS)))
    return cell


def _compiled(cell: Any, dense: Any, loss: Any, units: int, count: int) -> Any:
    import tensorflow as tf

    def spec(*shape: int | None, dtype: Any = tf.float64) -> Any:
        return tf.TensorSpec(shape, dtype)

    @tf.function(autograph=False, input_signature=[
        spec(None, None, len(LETTERS)), spec(None, dtype=tf.int32), spec(None), spec(None, units),
    ])  # fmt: skip
    def run(x: Any, y: Any, weigh: Any, push: Any) -> Any:
        nudges = [tf.zeros((tf.shape(x)[0], tf.shape(x)[1], units), tf.float64)] * count
        nudges = [tf.identity(nudge) for nudge in nudges]
        with tf.GradientTape() as tape:
            tape.watch(nudges)
            states = _unrolled(cell, x, nudges, units)
            total = tf.reduce_sum(weigh * loss(y, dense(states[0]))) + tf.reduce_sum(push * states[0])
        return states, tape.gradient(total, nudges)

    return run


def _unrolled(cell: Any, x: Any, nudges: list[Any], units: int) -> Any:
    """Apply the cell to every step of x (T, batch, 8), adding the nudges (T, batch, units) to its states."""
    import tensorflow as tf

    T = tf.shape(x)[0]
    steps, *parts = [tf.TensorArray(tf.float64, T, element_shape=(None, *a.shape[2:])).unstack(a) for a in (x, *nudges)]

    def body(t: Any, *states: Any) -> Any:
        if len(parts) > 1:
            cell.nudge = parts[1].read(t)
        _, new = cell.call(steps.read(t), list(states))
        h, *c = new if isinstance(new, (list, tuple)) else [new]
        return (t + 1, h + parts[0].read(t), *c)

    start = [tf.ensure_shape(tf.zeros((tf.shape(x)[1], units), tf.float64), (None, units)) for _ in parts]
    return tf.while_loop(lambda t, *_: t < T, body, (0, *start))[1:]
