"""One GRU layer as arrays: its weights and one pass through a sequence with everything kept.

Keras keeps the three parts side by side in the order z, r, h: kernel K (features, 3 units), recurrent kernel R (units,
3 units). With `reset_after=True`, its default, the bias is (2, 3 units): one row beside x K, one beside h R, and the
reset gate acts on what comes out of h R. With `reset_after=False` the bias is (3 units,) and the gate acts on h before.
Keras's z is the share that is *kept*; so it is in Cho et al. 2014; elsewhere z is often what is new.
"""

from dataclasses import dataclass

import numpy as np

from engine.sequence.lstm_layer import sigmoid

PARTS = "zrh"  # Keras's order


@dataclass(frozen=True, eq=False)
class Cell:
    """The weights of one GRU layer."""

    kernel: np.ndarray  # (features, 3 * units)
    recurrent_kernel: np.ndarray  # (units, 3 * units)
    bias: np.ndarray  # (2, 3 * units) with reset_after, else (3 * units,)

    @property
    def units(self) -> int:
        """How many numbers the state has."""
        return self.recurrent_kernel.shape[0]

    @property
    def reset_after(self) -> bool:
        """Whether the reset gate acts after the recurrent kernel."""
        return self.bias.ndim == 2


@dataclass(frozen=True, eq=False)
class GRUPass:
    """Everything that happens in the layer while it reads one sequence."""

    x: np.ndarray  # (T, features)
    cell: Cell
    from_input: np.ndarray  # (T, 3 * units) x_t K
    from_state: np.ndarray  # (T, 3 * units) h_{t-1} R; its last third (r h_{t-1}) R_h without reset_after
    z: np.ndarray  # (T, units) the share that is kept
    r: np.ndarray  # (T, units) how much of the past the candidate sees
    candidate: np.ndarray  # (T, units)
    hidden: np.ndarray  # (T + 1, units) h_0, ..., h_T

    @property
    def kept(self) -> np.ndarray:
        """What of the old state stays, z h_{t-1}: (T, units)."""
        return self.z * self.hidden[:-1]

    @property
    def written(self) -> np.ndarray:
        """What is added, (1 - z) candidate: (T, units)."""
        return (1 - self.z) * self.candidate


def read(x: np.ndarray, cell: Cell) -> GRUPass:
    """Run through a sequence in NumPy, keeping everything: h_t = z h_{t-1} + (1 - z) candidate.

    With `reset_after` the candidate is tanh(x K_h + b_0 + r (h R_h + b_1)), else tanh(x K_h + (r h) R_h + b).

    Parameters
    ----------
    x : np.ndarray
        (T, features).
    cell : Cell
        The weights.

    Returns
    -------
    GRUPass
        Gates and candidate (T, units), states (T + 1, units).

    References
    ----------
    Cho et al. 2014; https://keras.io/api/layers/recurrent_layers/gru/

    Examples
    --------
    >>> half = Cell(np.array([[0, 0, 1.0]]), np.zeros((1, 3)), np.zeros((2, 3)))
    >>> read(np.ones((2, 1)), half).hidden.ravel().round(4).tolist()
    [0.0, 0.3808, 0.5712]
    """
    units = cell.units
    from_input = x @ cell.kernel
    from_state, hidden = np.zeros_like(from_input), np.zeros((len(x) + 1, units), x.dtype)
    z, r, candidate = (np.zeros((len(x), units), x.dtype) for _ in range(3))
    beside_x, beside_h = cell.bias if cell.reset_after else (cell.bias, np.zeros_like(cell.bias))
    recurrent, last = cell.recurrent_kernel, slice(2 * units, None)
    for t in range(len(x)):
        from_state[t] = hidden[t] @ recurrent
        own, past = from_input[t] + beside_x, from_state[t] + beside_h
        z[t], r[t] = np.split(sigmoid(own + past)[: 2 * units], 2)
        if not cell.reset_after:
            from_state[t, last] = (r[t] * hidden[t]) @ recurrent[:, last]
        seen = r[t] * past[last] if cell.reset_after else from_state[t, last]
        candidate[t] = np.tanh(own[last] + seen)
        hidden[t + 1] = z[t] * hidden[t] + (1 - z[t]) * candidate[t]
    return GRUPass(x, cell, from_input, from_state, z, r, candidate, hidden)


def turned(cell: Cell) -> Cell:
    """Let the reset gate act at the other place, with the same kernels: the two rows of the bias become one, or back.

    Examples
    --------
    >>> turned(Cell(np.ones((1, 3)), np.ones((1, 3)), np.ones((2, 3)))).bias.tolist()
    [2.0, 2.0, 2.0]
    """
    bias = cell.bias.sum(0) if cell.reset_after else np.stack([cell.bias, np.zeros_like(cell.bias)])
    return Cell(cell.kernel, cell.recurrent_kernel, bias)
