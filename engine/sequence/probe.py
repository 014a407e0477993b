"""A recurrent layer's states on the way through a batch of sequences, and their gradients on the way back.

Forward, Keras's own cell takes one step after the other. Back, `tf.GradientTape` takes the gradient through the cell at
each step, from the last to the first: that is backpropagation through time, factor by factor. All of it is one compiled
function per kind of cell, for any number of steps, sequences and units, in 64-bit floats.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from engine.sequence import fed
from engine.sequence.cells import ACTIVATIONS, GRU, LSTM

BACK = 4  # steps from the end where the states are handed out, and a layer's last steps begin


@dataclass(frozen=True, eq=False)
class Probed:
    """What one pass through a layer and back gives."""

    states: list[np.ndarray]  # h and, of an LSTM, c as they are `BACK` steps before the end: (batch, units) each
    hidden: np.ndarray  # (T, batch, units) gradients with respect to h_t
    carry: np.ndarray | None  # (T, batch, units) with respect to c_t, of an LSTM
    jacobians: np.ndarray  # (T, units, units) of h_T with respect to h_t, of the first sequence


def probe(cell: str, weights: list[np.ndarray], x: np.ndarray, y: np.ndarray) -> Probed:
    """Take the gradient of the loss with respect to every state, for each sequence of a batch.

    Parameters
    ----------
    cell : str
        One of `CELLS`.
    weights : list of np.ndarray
        As from `cells.initial_weights`.
    x : np.ndarray
        (batch, T, 8), T more than `BACK`.
    y : np.ndarray
        (batch,) the right answers.

    Returns
    -------
    Probed
        Gradients of every step.
    """
    import tensorflow as tf

    steps, *fixed = fed.numbers(x.transpose(1, 0, 2), *weights, dtype="float64")
    states, parts = _probe(cell)(steps, tf.constant(y), *fixed)
    hidden, *carry = [part.numpy() for part in parts]
    own = [part[:, : len(y)] for part in (hidden, *carry)]
    return Probed([state.numpy() for state in states], own[0], own[1] if carry else None, hidden[:, len(y) :])


def tail(cell: str, weights: list[np.ndarray], states: list[np.ndarray], x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Let Keras's whole layer read the rest of some sequences, and take the gradient of the loss by `tf.GradientTape`.

    Parameters
    ----------
    cell, weights, y
        As for `probe`.
    states : list of np.ndarray
        h and, of an LSTM, c before these steps: (batch, units) each.
    x : np.ndarray
        (batch, BACK, 8).

    Returns
    -------
    np.ndarray
        (batch, units) with respect to the h of `states`.
    """
    import tensorflow as tf

    x, *fixed = fed.numbers(x, *states, *weights, dtype="float64")
    return _tail(cell)(x, tf.constant(y), *fixed).numpy()


def _signature(cell: str, steps: Any, states: int = 0) -> list[Any]:
    """The steps, the answers, matrices for the states, and the weights."""
    matrix = fed.spec(None, None, dtype="float64")
    row, bias = (fed.spec(*shape, dtype="float64") for shape in ((None,), (2, None) if cell == GRU else (None,)))
    return [steps, fed.spec(None, dtype="int32"), *[matrix] * states, matrix, matrix, bias, matrix, row]


def _settings(cell: str) -> tuple[str, dict[str, Any]]:
    """The class of a cell and what it is made with."""
    activation = {"activation": ACTIVATIONS[cell]} if cell in ACTIVATIONS else {}
    return cell.split()[0], {"dtype": "float64", **activation}


def _loss(y: Any, h: Any, kernel: Any, bias: Any) -> Any:
    """The cross-entropy of every sequence (batch,), read off h as a Dense layer does."""
    import tensorflow as tf

    return tf.nn.sparse_softmax_cross_entropy_with_logits(y, h @ kernel + bias)


@cache
def _probe(cell: str) -> Any:
    import tensorflow as tf

    own = _nudged_lstm() if cell == LSTM else fed.make(f"{_settings(cell)[0]}Cell", **_settings(cell)[1])

    @tf.function(autograph=False, input_signature=_signature(cell, fed.spec(None, None, None, dtype="float64")))
    def run(x: Any, y: Any, *weights: Any) -> Any:
        fed.feed(own, weights[:3])
        batch, units = tf.shape(y)[0], tf.shape(weights[1])[0]
        states = _forward(own, x, [tf.zeros((batch, units), tf.float64)] * (2 if cell == LSTM else 1))
        last = states[0][-1]
        with tf.GradientTape() as tape:
            tape.watch(last)
            total = tf.reduce_sum(_loss(y, last, *weights[3:]))
        # The first sequence stands once per unit behind the others: a unit vector e_k in place of the gradient of the
        # loss gives row k of the Jacobian of h_T on the same way back.
        rows = tf.concat([tf.range(batch), tf.zeros(units, tf.int32)], 0)
        start = tf.concat([tape.gradient(total, last), tf.eye(units, dtype=tf.float64)], 0)
        found = _back(own, tf.gather(x, rows, axis=1), [tf.gather(state, rows, axis=1) for state in states], start)
        return [state[-1 - BACK] for state in states], found

    return run.get_concrete_function()


def _nudged_lstm() -> Any:
    """Make Keras's LSTM cell with a nudge of c between the gates that make it and all that uses it."""
    import keras

    class NudgedLSTMCell(keras.layers.LSTMCell):
        nudge: Any = 0.0

        def _compute_carry_and_output_fused(self, z: Any, c_tm1: Any) -> Any:
            c, o = super()._compute_carry_and_output_fused(z, c_tm1)
            return c + self.nudge, o

    return NudgedLSTMCell(1, dtype="float64")


def _step(cell: Any, x: Any, states: list[Any]) -> list[Any]:
    new = cell.call(x, states)[1]
    return list(new) if isinstance(new, (list, tuple)) else [new]


def _forward(cell: Any, x: Any, start: list[Any]) -> list[Any]:
    """Read x (T, batch, 8) from the first step to the last: states (T + 1, batch, units), the first `start`."""
    import tensorflow as tf

    cell.nudge = 0.0

    def body(t: Any, states: list[Any], kept: list[Any]) -> Any:
        new = _step(cell, x[t], states)
        return t + 1, new, [array.write(t + 1, state) for array, state in zip(kept, new, strict=True)]

    T = tf.shape(x)[0]
    kept = [tf.TensorArray(tf.float64, T + 1, element_shape=(None, None)).write(0, state) for state in start]
    arrays = tf.while_loop(lambda t, *_: t < T, body, [0, start, kept], parallel_iterations=1)[2]
    return [array.stack() for array in arrays]


def _back(cell: Any, x: Any, states: list[Any], last: Any) -> list[Any]:
    """Take the gradient with respect to h_T (batch, units) back to every h_t and, of an LSTM, c_t: (T, batch, units).

    The gradient with respect to c_t is that of the nudge: what c_{t+1} hands back, and what comes through h_t.
    """
    import tensorflow as tf

    T, zero = tf.shape(x)[0], tf.zeros_like(last)

    def body(t: Any, arriving: list[Any], kept: list[Any]) -> Any:
        before, nudges = [state[t] for state in states], [tf.identity(zero)] * (len(states) - 1)
        with tf.GradientTape() as tape:
            tape.watch([*before, *nudges])
            cell.nudge = nudges[0] if nudges else 0.0
            new = _step(cell, x[t], before)
        found = tape.gradient(new, [*before, *nudges], output_gradients=arriving)
        parts = [arriving[0], *found[len(states) :]]
        return t - 1, found[: len(states)], [array.write(t, part) for array, part in zip(kept, parts, strict=True)]

    kept = [tf.TensorArray(tf.float64, T, element_shape=(None, None)) for _ in states]
    start = [T - 1, [last, *[zero] * (len(states) - 1)], kept]
    arrays = tf.while_loop(lambda t, *_: t >= 0, body, start, parallel_iterations=1)[2]
    return [array.stack() for array in arrays]


@cache
def _tail(cell: str) -> Any:
    import tensorflow as tf

    kind, settings = _settings(cell)
    whole, count = fed.make(kind, unroll=True, **settings), 2 if cell == LSTM else 1

    @tf.function(autograph=False, input_signature=_signature(cell, fed.spec(None, BACK, None, dtype="float64"), count))
    def run(x: Any, y: Any, *more: Any) -> Any:
        states, weights = list(more[:count]), more[count:]
        with tf.GradientTape() as tape:
            tape.watch(states)
            last = fed.feed(whole, weights[:3])(x, initial_state=states)
            total = tf.reduce_sum(_loss(y, last, *weights[3:]))
        return tape.gradient(total, states)[0]

    return run.get_concrete_function()
