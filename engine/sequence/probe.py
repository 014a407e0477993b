"""A recurrent layer's states on the way through a batch of sequences, and their gradients on the way back.

Forward, Keras's own cell takes one step after the other, in one compiled function per kind of cell, for any number of
steps, sequences and units, in 64-bit floats; all that its activations return is kept. Back, those numbers give every
slope (of a sigmoid s it is s(1 - s), of a tanh a 1 - a^2), and a step multiplies by the slopes and the recurrent
weights: that is backpropagation through time, factor by factor.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from engine.sequence import fed
from engine.sequence.cells import ACTIVATIONS, GRU, LSTM, SIGMOID, TANH
from engine.sequence.remember import LETTERS

TAIL = 4  # steps of `tail`


@dataclass(frozen=True, eq=False)
class Probed:
    """What one pass through a layer and back gives."""

    states: list[np.ndarray]  # h and, of an LSTM, c after every step: (T, batch, units) each
    hidden: np.ndarray  # (T, batch, units) gradients of the loss with respect to h_t
    carry: np.ndarray | None  # (T, batch, units) with respect to c_t, of an LSTM
    jacobians: np.ndarray  # (T, units, units) dh_T/dh_t of the first sequence


def probe(cell: str, weights: list[np.ndarray], x: np.ndarray, y: np.ndarray) -> Probed:
    """Take the gradient of the loss with respect to every state, for each sequence of a batch.

    Parameters
    ----------
    cell : str
        One of `CELLS`.
    weights : list of np.ndarray
        As from `cells.initial_weights`.
    x : np.ndarray
        (batch, T, 8).
    y : np.ndarray
        (batch,) the right answers.

    Returns
    -------
    Probed
        States and gradients of every step.
    """
    steps, *fixed = fed.numbers(x.transpose(1, 0, 2), *weights, dtype="float64")
    found = _forward(cell)(steps, *fed.numbers(y, dtype="int32"), *fixed)
    parts, last = (np.asarray(tensor) for tensor in found)  # no copy is made of them
    with np.errstate(over="ignore", invalid="ignore"):
        hidden, carry = _back(cell, parts, weights, last)
    states, batch = list(parts[:, -2 if cell == LSTM else -1 :].transpose(1, 0, 2, 3)), len(x)
    return Probed(states, hidden[:, :batch], carry[:, :batch] if cell == LSTM else None, hidden[:, batch:])


def tail(cell: str, weights: list[np.ndarray], states: list[np.ndarray], x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Let Keras's whole layer read the rest of some sequences, and take the gradient of the loss by `tf.GradientTape`.

    Parameters
    ----------
    cell, weights, y
        As for `probe`.
    states : list of np.ndarray
        h and, of an LSTM, c before these steps: (batch, units) each.
    x : np.ndarray
        (batch, TAIL, 8).

    Returns
    -------
    np.ndarray
        (batch, units) with respect to the h of `states`.
    """
    x, *fixed = fed.numbers(x, *states, *weights, dtype="float64")
    return _tail(cell)(x, *fed.numbers(y, dtype="int32"), *fixed).numpy()


def _signature(cell: str, states: int = 0) -> list[Any]:
    """The steps, the answers, matrices for the states, and the weights."""
    matrix = fed.spec(None, None, dtype="float64")
    row, bias = (fed.spec(*shape, dtype="float64") for shape in ((None,), (2, None) if cell == GRU else (None,)))
    steps, answers = fed.spec(None, None, None, dtype="float64"), fed.spec(None, dtype="int32")
    return [steps, answers, *[matrix] * states, matrix, matrix, bias, matrix, row]


def _settings(cell: str) -> tuple[str, dict[str, Any]]:
    """The class of a cell and what it is made with."""
    activation = {"activation": ACTIVATIONS[cell]} if cell in ACTIVATIONS else {}
    return cell.split()[0], {"dtype": "float64", **activation}


def _loss(y: Any, h: Any, kernel: Any, bias: Any) -> Any:
    """The cross-entropy of every sequence (batch,), read off h as a Dense layer does."""
    import tensorflow as tf

    return tf.nn.sparse_softmax_cross_entropy_with_logits(y, h @ kernel + bias)


@cache
def _forward(cell: str) -> Any:
    """Compile the way through x (T, batch, 8): (T, parts, batch, units) of what activations return, states; dL/dh_T."""
    import tensorflow as tf

    kind, settings = _settings(cell)
    own, found = _watched(fed.make(f"{kind}Cell", **settings))

    @tf.function(autograph=False, input_signature=_signature(cell))
    def run(x: Any, y: Any, *weights: Any) -> Any:
        fed.feed(own, weights[:3])

        def body(t: Any, states: list[Any], kept: Any) -> Any:
            found.clear()
            states = list(own.call(tf.gather(x, t), states)[1])
            return t + 1, states, kept.write(t, tf.stack([*found, *states]))

        T, zero = tf.shape(x)[0], tf.zeros((tf.shape(x)[1], own.units), tf.float64)
        kept = tf.TensorArray(tf.float64, T, element_shape=(None, None, None))
        start = [0, [zero] * (2 if cell == LSTM else 1), kept]
        _, states, kept = tf.while_loop(lambda t, *_: t < T, body, start, parallel_iterations=1)
        with tf.GradientTape() as tape:
            tape.watch(states[0])
            loss = tf.reduce_sum(_loss(y, states[0], *weights[3:]))
        return kept.stack(), tape.gradient(loss, states[0])

    return run.get_concrete_function()  # to call it needs no search for the right one


def _watched(cell: Any) -> tuple[Any, list[Any]]:
    """Let a cell leave in a list what its activations return: i, f, g, o, tanh c of an LSTM, z, r, h~ of a GRU."""
    found: list[Any] = []

    def watched(activation: Callable) -> Callable:
        def call(z: Any) -> Any:
            found.append(activation(z))
            return found[-1]

        return call

    for name in ("activation", "recurrent_activation"):
        if hasattr(cell, name):
            setattr(cell, name, watched(getattr(cell, name)))
    return cell, found


def _back(cell: str, parts: np.ndarray, weights: list[np.ndarray], last: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Take gradients with respect to h_T (batch, units) back to every h_t and, of an LSTM, c_t.

    Behind the sequences the first one is repeated, with the unit vectors for gradients: they become its Jacobians.
    """
    (batch, units), (recurrent, bias) = last.shape, (array.astype(np.float64) for array in weights[1:3])
    rows, back = np.concatenate([np.arange(batch), np.zeros(units, int)]), np.ascontiguousarray(recurrent.T)
    first = np.eye(units) + 0 * last[:1]  # no numbers either where the loss is none
    h, c = np.concatenate([last, first]), np.zeros((len(rows), units))
    hidden, carry = np.empty((len(parts), *h.shape)), np.empty((len(parts) if cell == LSTM else 0, *h.shape))
    for t in reversed(range(len(parts))):
        before = parts[t - 1, -1] if t else np.zeros_like(last)
        gates, *past = (slopes.take(rows, 0) for slopes in _slopes(cell, parts[t], before, recurrent, bias))
        hidden[t] = through = h
        if cell == LSTM:
            carry[t] = through = c + h * past[1]
            c = through * past[0]
        gates[:, :-1] *= through[:, None]
        gates[:, -1] *= h
        arriving = gates.reshape(len(rows), -1) @ back
        h = arriving + h * past[0] if cell == GRU else arriving
    return hidden, carry


def _slopes(
    cell: str, parts: np.ndarray, before: np.ndarray, recurrent: np.ndarray, bias: np.ndarray
) -> tuple[np.ndarray, ...]:
    """Take a step's slopes from the values of its gates and states, and from its last state before (batch, units).

    First those of the new state in what the recurrent weights hand to each gate (batch, gates, units): an LSTM's o is
    for h, its other gates for c. Then of an LSTM c in the c before and h in c, of a GRU h in the h before, past the
    gates.
    """
    if cell == LSTM:
        i, f, g, o, a = parts[:5]
        gates = g * i * (1 - i), before * f * (1 - f), i * (1 - g * g), a * o * (1 - o)
        return np.stack(gates, 1), f, o * (1 - a * a)
    if cell == GRU:
        z, r, new = parts[:3]
        units, candidate = z.shape[1], r * (1 - z) * (1 - new * new)
        reset = before @ recurrent[:, -units:] + bias[1, -units:]
        return np.stack([(before - new) * z * (1 - z), reset * (1 - r) * candidate, candidate], 1), z
    h = parts[-1]
    slope = 1 - h * h if cell == TANH else h * (1 - h) if cell == SIGMOID else np.sign(h)
    return (slope[:, None],)


@cache
def _tail(cell: str) -> Any:
    import tensorflow as tf

    kind, settings = _settings(cell)
    whole, count = fed.make(kind, unroll=True, **settings), 2 if cell == LSTM else 1
    _, *more = _signature(cell, count)

    @tf.function(autograph=False, input_signature=[fed.spec(None, TAIL, len(LETTERS), dtype="float64"), *more])
    def run(x: Any, y: Any, *more: Any) -> Any:
        states, weights = list(more[:count]), more[count:]
        with tf.GradientTape() as tape:
            tape.watch(states)
            last = fed.feed(whole, weights[:3])(x, initial_state=states)
            total = tf.reduce_sum(_loss(y, last, *weights[3:]))
        return tape.gradient(total, states)[0]

    return run.get_concrete_function()
