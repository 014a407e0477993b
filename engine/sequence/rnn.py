"""One simple recurrent layer, step by step: what comes from the input, what from the past, and what comes out.

Weights have one row per unit, as in the formula: `U` (units, features), `W` (units, units), `V` (1, units). Keras keeps
them transposed, as `kernel`, `recurrent_kernel` and the kernel of a `Dense(1)`.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from engine.checks import Check, compare
from engine.compute import task
from engine.sequence import fed, rnn_weights, sequences
from engine.sequence.rnn_weights import RANDOM, Weights
from engine.sequence.sequences import Sequence

ACTIVATIONS = ("tanh", "relu", "sigmoid", "linear")
MAX_UNITS, MAX_GAIN = 32, 3.0
EDITABLE_UNITS = 3  # up to here every weight can be typed


@dataclass(frozen=True, eq=False)
class RNNTrace:
    """Everything that happens in one layer while it reads one sequence."""

    sequence: Sequence
    activation: str
    weights: Weights
    drawn: tuple[str, ...]  # which of U, W, V were drawn, not typed
    seed: int
    gain: float
    states: np.ndarray  # (T + 1, units) h_0, h_1, ..., h_T; all but the first from keras.layers.SimpleRNN
    from_input: np.ndarray  # (T, units) U x_t
    from_state: np.ndarray  # (T, units) W h_{t-1}
    pre: np.ndarray  # (T, units) U x_t + W h_{t-1} + b
    outputs: np.ndarray  # (T,) V h_t, from keras.layers.Dense
    losses: np.ndarray | None  # (T,) (output - target)² / 2; None without targets
    finite: int  # steps before a state or an output outgrew float32; T when none did
    check: Check

    @property
    def hidden(self) -> np.ndarray:
        """h_1, ..., h_T: (T, units)."""
        return self.states[1:]

    @property
    def units(self) -> int:
        """How many numbers the state has."""
        return self.states.shape[1]

    @property
    def targets(self) -> np.ndarray:
        """The number that should come out of each step (T,); empty without targets."""
        return np.empty(0, np.float32) if self.sequence.targets is None else self.sequence.targets

    @property
    def mean_loss(self) -> float:
        """The mean of the losses of all steps; not a number without targets."""
        return float("nan") if self.losses is None else float(self.losses.mean())


@task
def trace(
    sequence: str = sequences.NUMBERS, length: int = 2, text: str = "", encoding: str = sequences.ENCODINGS[0],
    units: int = 1, activation: str = "tanh", seed: int = 0, gain: float = 1.0,
    U: str = RANDOM, W: str = RANDOM, V: str = RANDOM, b: str = "0", h0: str = "0",
) -> RNNTrace:  # fmt: skip
    """Read a sequence with a simple recurrent layer: h_t = f(U x_t + W h_{t-1} + b), output_t = V h_t.

    Parameters
    ----------
    sequence, length, text, encoding
        As in `sequences.make`.
    units, activation : int, 1 to 32, and "tanh", "relu", "sigmoid" or "linear"
        Numbers in the hidden state, and f.
    seed, gain : int, 0 to 9999, and float, 0 to 3
        Of the weights that are not typed: U and V Glorot uniform, W orthogonal times the gain, as Keras draws them.
    U, W, V, b, h0 : str
        Rows as `sequences.parse` reads them; "random" for a drawn U, W or V; one number for all units of b and h0.

    Returns
    -------
    RNNTrace
        states (T + 1, units), from_input, from_state, pre (T, units), outputs and losses (T,).

    Raises
    ------
    ValueError
        If a setting is out of range or a typed number cannot be read.

    References
    ----------
    https://keras.io/api/layers/recurrent_layers/simple_rnn/

    Examples
    --------
    >>> class_example = trace(U="0.5", W="0.4", V="0.3")
    >>> [round(float(h), 4) for h in class_example.hidden.ravel()]
    [0.4621, 0.829]
    """
    _refuse(units, activation, seed, gain)
    read = sequences.make(sequence, length, text, encoding, seed)
    typed = {"U": U, "W": W, "V": V, "b": b, "h0": h0}
    weights = rnn_weights.read(typed, units, read.x.shape[1], seed, gain)
    drawn = rnn_weights.are_drawn(typed)
    return RNNTrace(read, activation, weights, drawn, seed, gain, **_run(read, activation, weights))


def _run(read: Sequence, activation: str, weights: Weights) -> dict[str, Any]:
    """Let the layers read, and take their states apart."""
    hidden, outputs = _read(read.x, weights, activation)
    states = np.concatenate([weights.h0[None], hidden])
    with np.errstate(over="ignore", invalid="ignore"):  # linear and ReLU states may outgrow float32: shown as they are
        parts = _take_apart(read, activation, weights, states, outputs)
    return parts | {"states": states, "outputs": outputs}


def _refuse(units: int, activation: str, seed: int, gain: float) -> None:
    if not 1 <= units <= MAX_UNITS:
        raise ValueError(f"units {units} is out of range; use 1 to {MAX_UNITS}")
    if activation not in ACTIVATIONS:
        raise ValueError(f"the activation {activation!r} is not known; use {', '.join(ACTIVATIONS)}")
    if not 0 <= seed <= 9999:
        raise ValueError(f"seed {seed} is out of range; use 0 to 9999")
    if not 0 <= gain <= MAX_GAIN:
        raise ValueError(f"gain {gain:g} is out of range; use 0 to {MAX_GAIN:g}")


@cache
def _layers(activation: str) -> Any:
    """Compile SimpleRNN and Dense for one sequence, once for all sizes."""
    import keras
    import tensorflow as tf

    # TensorFlow's graph optimizer stumbles over a ReLU inside the loop and says so in the log: max(z, 0) is the same.
    f = (lambda z: keras.ops.maximum(z, 0)) if activation == "relu" else activation
    layer, dense = fed.make("SimpleRNN", activation=f, return_sequences=True), fed.dense(use_bias=False)
    matrix = fed.spec(None, None)

    @tf.function(input_signature=[fed.spec(1, None, None), matrix, matrix, matrix, fed.spec(None), matrix])
    def call(x: Any, start: Any, U: Any, W: Any, b: Any, V: Any) -> Any:
        hidden = fed.feed(layer, (U, W, b))(x, initial_state=start)
        dense.kernel = V
        return hidden, dense(hidden)

    return call


def _read(x: np.ndarray, weights: Weights, activation: str) -> tuple[np.ndarray, np.ndarray]:
    """Let the Keras layers read x (T, features): hidden states (T, units) and outputs (T,)."""
    w = weights
    arguments = fed.numbers(x[None], w.h0[None], w.U.T, w.W.T, w.b, w.V.T)
    hidden, outputs = _layers(activation)(*arguments)
    return hidden.numpy()[0], outputs.numpy()[0, :, 0]


def _take_apart(
    read: Sequence, activation: str, weights: Weights, states: np.ndarray, outputs: np.ndarray
) -> dict[str, Any]:
    """Say of each state what came from the input and what from the past, and check that they make it."""
    from_input, from_state = read.x @ weights.U.T, states[:-1] @ weights.W.T
    pre = from_input + from_state + weights.b
    losses = None if read.targets is None else (outputs - read.targets) ** 2 / 2
    sound = np.isfinite(states[1:]).all(1) & np.isfinite(pre).all(1) & np.isfinite(outputs)
    finite = len(sound) if sound.all() else int(sound.argmin())
    check = _check(read.x, weights, states, outputs, activate(activation, pre), finite)
    parts = {"from_input": from_input, "from_state": from_state, "pre": pre, "losses": losses}
    return parts | {"finite": finite, "check": check}


def _check(
    x: np.ndarray, weights: Weights, states: np.ndarray, outputs: np.ndarray, hidden: np.ndarray, finite: int
) -> Check:
    """Compare the states and outputs that the shown terms make with those of Keras, as long as they are finite.

    Every step is measured by the size of its own terms: beside the end of a run that grows, a fault at its beginning
    would vanish.
    """
    w, (before, after) = weights, (states[:-1], states[1:])
    terms = abs(x) @ abs(w.U.T) + abs(before) @ abs(w.W.T) + abs(w.b)
    sizes = np.maximum(1, np.column_stack([terms, abs(after) @ abs(w.V.T)]).max(1, keepdims=True))[:finite]
    ours, theirs = np.column_stack([hidden, after @ w.V.T])[:finite], np.column_stack([after, outputs])[:finite]
    return compare("h of keras.layers.SimpleRNN, ŷ of keras.layers.Dense", ours / sizes, theirs / sizes)


def activate(activation: str, pre: np.ndarray) -> np.ndarray:
    """Apply tanh, relu, sigmoid or linear to an array of any shape.

    Examples
    --------
    >>> activate("relu", np.array([-1.0, 2.0])).tolist()
    [0.0, 2.0]
    """
    if activation == "sigmoid":
        return (1 + np.tanh(pre / 2)) / 2  # 1 / (1 + e^-x) without its overflow
    if activation == "relu":
        return np.maximum(pre, 0)
    return np.tanh(pre) if activation == "tanh" else pre


def unroll(x: np.ndarray, weights: Weights, activation: str) -> np.ndarray:
    """Read x (T, features) in NumPy, one step after the other: the states h_1, ..., h_T (T, units).

    Examples
    --------
    >>> one = Weights(*map(np.array, ([[0.5]], [[0.4]], [[0.3]], [0.0], [0.0])))
    >>> unroll(np.array([[1.0], [2.0]]), one, "tanh").round(4).tolist()
    [[0.4621], [0.829]]
    """
    states = [weights.h0]
    with np.errstate(over="ignore", invalid="ignore"):
        for step in x:
            states.append(activate(activation, weights.U @ step + weights.W @ states[-1] + weights.b))
    return np.array(states[1:])
