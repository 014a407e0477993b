"""Backpropagation through time: how the error of every step travels back, and what each step adds to the gradients.

Shapes as in `rnn`: a row per unit. The losses are (output - target)² / 2, and L is their mean, their sum or the last.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from engine.checks import Check, compare
from engine.compute import task
from engine.sequence import oracles, rnn, sequences
from engine.sequence.oracles import Gradients, flat
from engine.sequence.rnn import RNNTrace, Weights

KINDS = (sequences.NUMBERS, sequences.SINE, sequences.TYPED)  # those with targets
MEAN, SUM, LAST = "mean of all", "sum of all", "last step only"
LOSSES = (MEAN, SUM, LAST)
MAX_UNITS = rnn.EDITABLE_UNITS
MAX_RATE = 10.0


@dataclass(frozen=True, eq=False)
class BPTTTrace:
    """The way back through one sequence: every factor, and the part of every step in every gradient."""

    forward: RNNTrace
    loss: str
    cut: int  # the way back ends after so many steps; T: it is not cut
    shares: np.ndarray  # (T,) how much the loss of each step counts in L
    own: np.ndarray  # (T,) dL_t / doutput_t
    errors: np.ndarray  # (T,) dL / doutput_t
    slopes: np.ndarray  # (T, units) f'(a_t), where a_t = U x_t + W h_{t-1} + b
    direct: np.ndarray  # (T, units) what reaches h_t from the step's own output
    arriving: np.ndarray  # (T, units) what reaches h_t from step t + 1
    reaching: np.ndarray  # (T, units) dL / dh_t, both together
    deltas: np.ndarray  # (T, units) dL / da_t
    factors: np.ndarray  # (T, units, units) dh_t / dh_{t-1}
    products: np.ndarray  # (T, units, units) dh_T / dh_t along the way that is not cut
    parts: Gradients  # of every step: each with a first axis T
    gradients: Gradients  # their sums
    tape: Gradients  # tf.GradientTape through the Keras layers
    measured: Gradients  # central differences; NaN where the loss has no slope there
    whole: Gradients  # the gradients when nothing is cut
    total: float  # L
    updated: Weights  # after one step of gradient descent
    new_total: float  # L with these
    learning_rate: float
    checks: tuple[Check, ...]

    @property
    def steps(self) -> int:
        """T, the number of time steps."""
        return len(self.errors)

    @property
    def lost(self) -> float:
        """How far the gradient with cuts is from the whole one: 0 is equal, 1 as far as no gradient at all."""
        ours, whole = flat(self.gradients), flat(self.whole)
        size = float(np.linalg.norm(whole))
        return float(np.linalg.norm(ours - whole)) / size if size else 0.0


@task
def trace(loss: str = MEAN, cut: int = 0, learning_rate: float = 0.1, **settings: Any) -> BPTTTrace:
    """Send the error back: dL/dh_t = V' dL/dy_t + W' dL/da_{t+1}, and dL/da_t = f'(a_t) dL/dh_t.

    Parameters
    ----------
    loss : str
        L: "mean of all", "sum of all" or "last step only".
    cut : int
        Truncation: after so many steps the state is handed on but no error comes back; 0 for never.
    learning_rate : float
        Of the one step of gradient descent, 0 to 10.
    **settings
        The forward run, as `rnn.trace` takes them, with 1 to 3 units and a sequence that has targets.

    Returns
    -------
    BPTTTrace
        errors (T,), reaching and deltas (T, units), the parts of every step and their sums.

    Raises
    ------
    ValueError
        If a setting is out of range, the sequence has no targets, or a number outgrows a 32-bit float.

    References
    ----------
    P. Werbos, Backpropagation through time: what it does and how to do it, Proc. IEEE 78 (1990).

    Examples
    --------
    >>> class_example = trace(U="0.5", W="0.4", V="0.3")
    >>> round(float(class_example.own[1]), 4)
    -2.7513
    >>> [round(class_example.gradients[name].item(), 4) for name in "VWU"]
    [-1.5705, -0.0597, -0.5184]
    """
    _refuse(loss, cut, learning_rate, settings)
    forward = rnn.trace(**settings)
    if forward.losses is None:
        raise ValueError("the typed values need targets; write them after an arrow, for example 1, 2 -> 2, 3")
    if forward.finite < len(forward.outputs):
        step = forward.finite + 1
        raise ValueError(f"from step {step} on the forward run outgrows a 32-bit float; use fewer steps or a smaller W")
    cut = cut or len(forward.outputs)
    return _assemble(forward, loss, min(cut, len(forward.outputs)), learning_rate)


def _refuse(loss: str, cut: int, learning_rate: float, settings: dict[str, Any]) -> None:
    if loss not in LOSSES:
        raise ValueError(f"the loss {loss!r} is not known; use {', '.join(LOSSES)}")
    if not 0 <= cut <= sequences.MAX_STEPS:
        raise ValueError(f"a cut after {cut} steps is out of range; use 0 (never) to {sequences.MAX_STEPS}")
    if not 0 <= learning_rate <= MAX_RATE:
        raise ValueError(f"learning rate {learning_rate:g} is out of range; use 0 to {MAX_RATE:g}")
    if not 1 <= settings.get("units", 1) <= MAX_UNITS:
        raise ValueError(f"units {settings['units']} is out of range here; use 1 to {MAX_UNITS}")


def _assemble(forward: RNNTrace, loss: str, cut: int, learning_rate: float) -> BPTTTrace:
    steps = len(forward.outputs)
    shares = {MEAN: np.full(steps, 1 / steps), SUM: np.ones(steps), LAST: np.eye(steps)[-1]}[loss]
    way = way_back(forward, shares, cut)
    gradients = {name: part.sum(0) for name, part in way["parts"].items()}
    whole = gradients if cut == steps else {k: v.sum(0) for k, v in way_back(forward, shares, steps)["parts"].items()}
    total, tape = oracles.tape(forward, forward.weights, shares, cut)
    if not np.isfinite(flat(tape)).all():
        raise ValueError("on the way back the numbers outgrow a 32-bit float: the gradient explodes; use a smaller W")
    measured = oracles.central(forward, shares, cut)
    updated = update(forward.weights, gradients, learning_rate)
    new_total, _ = oracles.tape(forward, updated, shares, steps)
    new_total = new_total if np.isfinite(new_total) else float("inf")
    return BPTTTrace(
        forward, loss, cut, shares, **way, gradients=gradients, tape=tape, measured=measured, whole=whole,
        total=total, updated=updated, new_total=new_total,
        learning_rate=learning_rate, checks=_checks(gradients, tape, measured),
    )  # fmt: skip


def way_back(forward: RNNTrace, shares: np.ndarray, cut: int) -> dict[str, Any]:
    """Walk from the last step to the first and keep every factor: the fields of BPTTTrace from `own` to `parts`."""
    weights, states = forward.weights, forward.states.astype(np.float64)
    slopes, own = slope(forward.activation, states[1:]), forward.outputs.astype(np.float64) - forward.targets
    errors = shares * own + 0.0  # no -0 where a step has no share
    direct = errors[:, None] * weights.V.astype(np.float64) + 0.0
    arriving, deltas = np.zeros_like(direct), np.zeros_like(direct)
    factors, products = slopes[:, :, None] * weights.W, np.zeros((*slopes.shape, slopes.shape[1]))
    product = np.eye(slopes.shape[1])
    with np.errstate(over="ignore", invalid="ignore"):  # an explosion is refused where the tape shows it
        for t in reversed(range(len(errors))):
            if t + 1 < len(errors):
                open_way = (t + 1) % cut != 0
                arriving[t] = weights.W.T @ deltas[t + 1] * open_way
                product = product @ factors[t + 1] * open_way
            deltas[t] = slopes[t] * (direct[t] + arriving[t])
            products[t] = product
    return {
        "own": own, "errors": errors, "slopes": slopes, "direct": direct, "arriving": arriving,
        "reaching": direct + arriving, "deltas": deltas, "factors": factors, "products": products,
        "parts": _parts(errors, deltas, states, forward.sequence.x),
    }  # fmt: skip


def _parts(errors: np.ndarray, deltas: np.ndarray, states: np.ndarray, x: np.ndarray) -> Gradients:
    """What every step adds to each gradient."""
    found = {
        "V": errors[:, None, None] * states[1:, None, :],
        "W": deltas[:, :, None] * states[:-1, None, :],
        "U": deltas[:, :, None] * x[:, None, :],
        "b": deltas,
    }
    return {name: part + 0.0 for name, part in found.items()}  # no -0


def slope(activation: str, hidden: np.ndarray) -> np.ndarray:
    """The derivative f'(a) of an activation, from its value h = f(a); ReLU's at zero is 0, as in TensorFlow.

    Examples
    --------
    >>> slope("tanh", np.array([0.0, 0.5])).tolist()
    [1.0, 0.75]
    """
    if activation == "tanh":
        return 1 - hidden**2
    if activation == "sigmoid":
        return hidden * (1 - hidden)
    return (hidden > 0) * 1.0 if activation == "relu" else np.ones_like(hidden)


def update(weights: Weights, gradients: Gradients, learning_rate: float) -> Weights:
    """One step of gradient descent: every weight minus the learning rate times its gradient."""
    moved = {name: getattr(weights, name) - learning_rate * gradients[name] for name in oracles.NAMES}
    return replace(weights, **{name: array.astype(np.float32) for name, array in moved.items()})


def _checks(gradients: Gradients, tape: Gradients, measured: Gradients) -> tuple[Check, ...]:
    found = [compare("tf.GradientTape on keras.layers.SimpleRNN", flat(gradients), flat(tape))]
    steep = flat(measured)
    sound = np.isfinite(steep)
    if sound.any():
        against = (
            "central differences" if sound.all() else f"central differences of {sound.sum()} of {sound.size} weights"
        )
        found.append(compare(against, flat(gradients)[sound], steep[sound]))
    return tuple(found)
