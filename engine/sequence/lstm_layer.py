"""One LSTM layer as arrays: its weights, one pass through a sequence with everything kept, and Keras's own states.

Keras keeps the four parts side by side in the order i, f, g (which it calls c), o: kernel K (features, 4 units),
recurrent kernel R (units, 4 units), bias b (4 units,).
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from engine.sequence import fed
from engine.sequence.gates_by_hand import CERTAIN

PARTS = "ifgo"  # Keras's order
NO_GATE = "none"
GATES = {"forget": "f", "input": "i", "output": "o"}
FORCES = (NO_GATE, *(f"{gate} {state}" for gate in GATES for state in ("open", "shut")))


@dataclass(frozen=True, eq=False)
class Layer:
    """The weights of one LSTM layer, and of the sigmoid unit that reads it, if there is one."""

    kernel: np.ndarray  # (features, 4 * units)
    recurrent_kernel: np.ndarray  # (units, 4 * units)
    bias: np.ndarray  # (4 * units,)
    dense: np.ndarray | None = None  # (units,)
    dense_bias: float = 0.0

    @property
    def units(self) -> int:
        """How many cells there are."""
        return self.recurrent_kernel.shape[0]


@dataclass(frozen=True, eq=False)
class Pass:
    """Everything that happens in the layer while it reads one sequence."""

    tokens: tuple[str, ...]  # (T,)
    known: np.ndarray  # (T,) false for words outside the vocabulary of the trained network
    ends: tuple[int, ...]  # places of the last words of clauses; none for numbers
    x: np.ndarray  # (T, features) what the layer reads
    layer: Layer
    from_input: np.ndarray  # (T, 4 * units) x_t K
    from_state: np.ndarray  # (T, 4 * units) h_{t-1} R
    gates: dict[str, np.ndarray]  # "i", "f", "g", "o": (T, units)
    cell: np.ndarray  # (T + 1, units) c_0, ..., c_T
    hidden: np.ndarray  # (T + 1, units) h_0, ..., h_T
    probability: np.ndarray | None  # (T,) that the verdict is good; None for gates set by hand

    @property
    def kept(self) -> np.ndarray:
        """What of the old cell state stays, f c: (T, units)."""
        return self.gates["f"] * self.cell[:-1]

    @property
    def erased(self) -> np.ndarray:
        """What of the old cell state is lost, (1 - f) c: (T, units)."""
        return self.cell[:-1] - self.kept

    @property
    def written(self) -> np.ndarray:
        """What is added, i g: (T, units)."""
        return self.gates["i"] * self.gates["g"]


def read(tokens: tuple[str, ...], ends: tuple[int, ...], x: np.ndarray, known: np.ndarray, layer: Layer) -> Pass:
    """Run through a sequence in NumPy, keeping everything: z = x K + h R + b, then gates, cell and hidden state.

    Parameters
    ----------
    tokens, ends, x, known, layer
        As in `Pass`.

    Returns
    -------
    Pass
        The gates (T, units), c and h (T + 1, units) and, where a sigmoid unit reads h, its probability (T,).

    Examples
    --------
    >>> adder = Layer(np.array([[0, 0, 1.0, 0]]), np.zeros((1, 4)), np.array([120.0, 120, 0, 120]))
    >>> run = read(("1", "1"), (), np.ones((2, 1)), np.ones(2, bool), adder)
    >>> run.cell.ravel().round(4).tolist()
    [0.0, 0.7616, 1.5232]
    """
    from_input = x @ layer.kernel
    from_state, gates = np.zeros_like(from_input), {part: np.zeros((len(x), layer.units), x.dtype) for part in PARTS}
    cell, hidden = (np.zeros((len(x) + 1, layer.units), x.dtype) for _ in range(2))
    for t in range(len(x)):
        from_state[t] = hidden[t] @ layer.recurrent_kernel
        now = activate(from_input[t] + from_state[t] + layer.bias)
        for part in PARTS:
            gates[part][t] = now[part]
        cell[t + 1] = now["f"] * cell[t] + now["i"] * now["g"]
        hidden[t + 1] = now["o"] * np.tanh(cell[t + 1])
    probability = None if layer.dense is None else sigmoid(hidden[1:] @ layer.dense + layer.dense_bias)
    return Pass(tokens, known, ends, x, layer, from_input, from_state, gates, cell, hidden, probability)


def activate(z: np.ndarray) -> dict[str, np.ndarray]:
    """Turn the sums z (..., 4 units) into gates i, f, o = sigmoid(z) and candidate g = tanh(z), each (..., units).

    Examples
    --------
    >>> {part: float(value[0]) for part, value in activate(np.zeros(4)).items()}
    {'i': 0.5, 'f': 0.5, 'g': 0.0, 'o': 0.5}
    """
    parts = dict(zip(PARTS, np.split(z, 4, axis=-1), strict=True))
    return {part: np.tanh(sums) if part == "g" else sigmoid(sums) for part, sums in parts.items()}


def sigmoid(z: np.ndarray) -> np.ndarray:
    """1 / (1 + e^-z), written so that nothing overflows.

    Examples
    --------
    >>> sigmoid(np.array([-1000.0, 0.0])).tolist()
    [0.0, 0.5]
    """
    small = np.exp(-np.abs(z))
    return np.where(z < 0, small, 1) / (1 + small)


def forced(layer: Layer, force: str, unit: int) -> Layer:
    """Hold one gate of one unit open or shut: its weights become 0 and its bias so large that nothing else can be.

    Parameters
    ----------
    layer : Layer
        The layer as it is.
    force : str
        As in `trace`.
    unit : int
        From 0.

    Returns
    -------
    Layer
        The layer with that gate at 1 or 0 at every step, all else unchanged.

    Examples
    --------
    >>> one = Layer(np.ones((1, 4)), np.ones((1, 4)), np.zeros(4))
    >>> forced(one, "forget shut", 0).bias.tolist()
    [0.0, -120.0, 0.0, 0.0]
    """
    if force == NO_GATE:
        return layer
    gate, state = force.split()
    column = PARTS.index(GATES[gate]) * layer.units + unit
    kernel, recurrent_kernel, bias = map(np.array, (layer.kernel, layer.recurrent_kernel, layer.bias))
    for array in (kernel, recurrent_kernel):
        array[:, column] = 0
    bias[column] = CERTAIN if state == "open" else -CERTAIN
    return Layer(kernel, recurrent_kernel, bias, layer.dense, layer.dense_bias)


def keras_states(x: np.ndarray, layer: Layer) -> tuple[np.ndarray, np.ndarray]:
    """Let keras.layers.LSTM read x (T, features), and return its own h and c after every step, (T, units) each.

    The layer returns c only at the end, so it reads one step at a time, from the two states it returned before.
    """
    start = np.zeros((1, layer.units))
    arguments = fed.numbers(x, start, layer.kernel, layer.recurrent_kernel, layer.bias)
    hidden, cell = (found.numpy()[:, 0] for found in _keras_lstm()(*arguments))
    return hidden, cell


@cache
def _keras_lstm() -> Any:
    """Compile the loop over the steps, once for layers and sequences of any size."""
    import tensorflow as tf

    lstm = fed.make("LSTM", return_state=True, unroll=True)
    matrix, state = fed.spec(None, None), fed.spec(1, None)

    @tf.function(autograph=False, input_signature=[matrix, state, matrix, matrix, fed.spec(None)])
    def run(x: Any, start: Any, *weights: Any) -> Any:
        fed.feed(lstm, weights)

        def read_one(states: Any, step: Any) -> Any:
            return tuple(lstm(step[None, None], initial_state=list(states))[1:])

        return tf.scan(read_one, x, (start, start))

    return run


def keras_dense(hidden: np.ndarray, dense: np.ndarray, bias: float) -> np.ndarray:
    """Let keras.layers.Dense with a sigmoid read hidden states (T, units): (T,)."""
    return _keras_dense()(*fed.numbers(hidden, dense[:, None], np.array([bias]))).numpy()[:, 0]


@cache
def _keras_dense() -> Any:
    import tensorflow as tf

    layer = fed.dense(activation="sigmoid")

    @tf.function(input_signature=[fed.spec(None, None), fed.spec(None, None), fed.spec(None)])
    def run(hidden: Any, kernel: Any, bias: Any) -> Any:
        layer.kernel, layer.bias = kernel, bias
        return layer(hidden)

    return run
