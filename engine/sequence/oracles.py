"""Two ways to a gradient that know nothing of backpropagation by hand: TensorFlow's tape and central differences."""

from functools import cache
from typing import Any

import numpy as np

from engine.sequence import fed
from engine.sequence.rnn import RNNTrace, Weights, activate

Gradients = dict[str, np.ndarray]  # by name: V (1, units), W (units, units), U (units, features), b (units,)
NAMES = ("V", "W", "U", "b")  # in the order in which the error meets them
STEP = 1e-5  # of a weight of size 1
AGREE = 1e-6  # two measurements with different steps: else the loss is too crooked there


def central(forward: RNNTrace, shares: np.ndarray, cut: int) -> Gradients:
    """Measure dL/dw = (L(w + s) - L(w - s)) / 2s for every weight w, all in one run.

    Parameters
    ----------
    forward : RNNTrace
        The run whose loss is measured, with targets.
    shares : np.ndarray, (T,)
        How much the loss of each step counts.
    cut : int
        Every so many steps the state of the unchanged run is handed on.

    Returns
    -------
    Gradients
        V, W, U and b, shaped as the weights; NaN where two sizes of s disagree, as at the corner of a ReLU.
    """
    weights = {name: getattr(forward.weights, name).astype(np.float64) for name in NAMES}
    theta = np.concatenate([weights[name].ravel() for name in NAMES])
    step = STEP * np.maximum(1, np.abs(theta))
    moves = np.diag(step)
    runs = np.concatenate([theta + sign * moves for sign in (1, -1, 2, -2)] + [theta[None]])
    with np.errstate(over="ignore", invalid="ignore"):
        totals, signs = _totals(runs, forward, shares, cut)
        plus, minus, far_plus, far_minus = totals[:-1].reshape(4, -1)
        slopes, wide = (plus - minus) / (2 * step), (far_plus - far_minus) / (4 * step)
        scale = max(1.0, float(np.nanmax(np.abs(slopes), initial=0)))
        crooked = ~(np.abs(slopes - wide) <= AGREE * scale)
    if forward.activation == "relu":
        crooked |= (signs[:-1].reshape(4, len(theta), -1) != signs[-1]).any((0, 2))
    known = float(shares @ (forward.outputs.astype(np.float64) - forward.targets) ** 2 / 2)
    # Where a run in 64 bits leaves the one in 32 bits, its slope is that of another run.
    crooked |= not abs(totals[-1] - known) <= 1e-5 * max(1.0, abs(known))
    return _shaped(np.where(crooked, np.nan, slopes), weights)


def _totals(runs: np.ndarray, forward: RNNTrace, shares: np.ndarray, cut: int) -> tuple[np.ndarray, np.ndarray]:
    """L for every row of weights (runs, weights): (runs,), and the signs of all sums (runs, T * units)."""
    shapes = {name: getattr(forward.weights, name) for name in NAMES}
    V, W, U, b = (
        part.reshape(len(runs), *shapes[name].shape) for name, part in zip(NAMES, _split(runs, shapes), strict=True)
    )
    hidden, totals, signs = np.zeros((len(runs), len(forward.weights.h0))), np.zeros(len(runs)), []
    for t, x in enumerate(forward.sequence.x):
        if t % cut == 0:
            hidden = np.broadcast_to(forward.states[t].astype(np.float64), hidden.shape)
        pre = U @ x + (W @ hidden[:, :, None])[:, :, 0] + b
        signs.append(np.sign(pre))
        hidden = activate(forward.activation, pre)
        outputs = (V @ hidden[:, :, None])[:, 0, 0]
        totals += shares[t] * (outputs - forward.targets[t]) ** 2 / 2
    return totals, np.concatenate(signs, axis=1)


def _split(rows: np.ndarray, shapes: dict[str, np.ndarray]) -> list[np.ndarray]:
    return np.split(rows, np.cumsum([shapes[name].size for name in NAMES])[:-1], axis=-1)


def _shaped(flat: np.ndarray, weights: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {name: part.reshape(weights[name].shape) for name, part in zip(NAMES, _split(flat, weights), strict=True)}


def flat(gradients: Gradients) -> np.ndarray:
    """All gradients in one row."""
    return np.concatenate([gradients[name].ravel() for name in NAMES])


def tape(forward: RNNTrace, weights: Weights, shares: np.ndarray, cut: int) -> tuple[float, Gradients]:
    """Let Keras read the sequence with these weights and TensorFlow differentiate its loss.

    Each stretch between two cuts is one sequence of a batch. It begins with the state that the one before handed on in
    `forward`, as a constant: that is what a cut means.

    Parameters
    ----------
    forward : RNNTrace
        The run with its sequence and targets.
    weights : Weights
        Its own, or others when nothing is cut.
    shares : np.ndarray, (T,)
        How much the loss of each step counts.
    cut : int
        Steps between two cuts, 1 to T.

    Returns
    -------
    (float, Gradients)
        The loss, and its gradients shaped as the weights.
    """
    steps = len(shares)
    count = -(-steps // cut)

    def stretches(array: np.ndarray) -> np.ndarray:
        padded = np.zeros((count * cut, *array.shape[1:]), np.float32)  # what is added at the end has no share
        padded[:steps] = array
        return padded.reshape(count, cut, *array.shape[1:])

    parts = [stretches(array) for array in (forward.sequence.x, forward.targets, shares)]
    fixed = [weights.U.T, weights.W.T, weights.b, weights.V.T]
    total, found = _differentiator(forward.activation)(*fed.numbers(*parts, forward.states[:-1:cut], *fixed))
    arrays = dict(zip(("U", "W", "b", "V"), (array.numpy().T for array in found), strict=True))
    return float(total), arrays


@cache
def _differentiator(activation: str) -> Any:
    """Compile SimpleRNN and Dense, the loss and its gradients, once for all sizes."""
    import tensorflow as tf

    layer, dense = fed.make("SimpleRNN", activation=activation, return_sequences=True), fed.dense(use_bias=False)
    matrix = fed.spec(None, None)

    @tf.function(input_signature=[fed.spec(None, None, None), *[matrix] * 5, fed.spec(None), matrix])
    def differentiate(x: Any, targets: Any, shares: Any, starts: Any, *weights: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(weights)
            dense.kernel = weights[3]
            outputs = dense(fed.feed(layer, weights[:3])(x, initial_state=starts))[:, :, 0]
            total = tf.reduce_sum(shares * (outputs - targets) ** 2 / 2)
        return total, tape.gradient(total, weights)

    return differentiate
