"""What a learner works out on paper: the run with rounded numbers, and questions about the next state."""

from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

import numpy as np

from engine.quiz import Question
from engine.sequence.rnn import RNNTrace, activate, unroll

HAND_STEPS = 8  # nobody works out more on paper
SAME = 5e-5  # equal to four decimals
FURTHER, CLOSER, UNCHANGED = "further from zero", "closer to zero", "the same to four decimals"
POSITIVE, NEGATIVE, ZERO = "above zero", "below zero", "exactly zero"


def suits(traced: RNNTrace) -> bool:
    """Whether a run is small enough to be worked out on paper: one unit, single numbers, few steps, with targets."""
    single = traced.units == 1 and traced.sequence.x.shape[1] == 1 and traced.losses is not None
    return single and len(traced.outputs) <= HAND_STEPS and traced.finite == len(traced.outputs)


def by_hand(traced: RNNTrace, decimals: int = 2) -> list[tuple[str, float, float]]:
    """Repeat a run of one unit as on paper, rounding after every step and going on with the rounded number.

    States and losses keep `decimals` places, outputs one more; halves go up.

    Parameters
    ----------
    traced : RNNTrace
        A run of one unit on single numbers with targets.
    decimals : int
        Places kept, 1 to 6.

    Returns
    -------
    list of (str, float, float)
        Name of the quantity, its value at full precision, its value by hand; the mean loss is the last.

    Raises
    ------
    ValueError
        If the run is not of that kind.
    """
    if not suits(traced):
        raise ValueError(f"by hand needs one unit, one number and a target per step, and at most {HAND_STEPS} steps")
    w = {name: float(getattr(traced.weights, name).ravel()[0]) for name in ("U", "W", "V", "b", "h0")}
    rows: list[tuple[str, float, float]] = []
    h, losses, exact_losses = w["h0"], [], (traced.outputs - traced.targets) ** 2 / 2
    for t, (x, target) in enumerate(zip(traced.sequence.x[:, 0], traced.targets, strict=True)):
        h = half_up(float(activate(traced.activation, np.array(w["U"] * x + w["W"] * h + w["b"]))), decimals)
        output = half_up(w["V"] * h, decimals + 1)
        losses.append(half_up((output - float(target)) ** 2 / 2, decimals))
        exact = (traced.hidden[t, 0], traced.outputs[t], exact_losses[t])
        names = (f"h_{t + 1}", f"ŷ_{t + 1}", f"L_{t + 1}")
        rows += [(name, float(e), r) for name, e, r in zip(names, exact, (h, output, losses[-1]), strict=True)]
    mean = sum((Decimal(str(loss)) for loss in losses), Decimal()) / len(losses)
    return [*rows, ("mean loss", traced.mean_loss, half_up(mean, decimals))]


def table(traced: RNNTrace, decimals: int) -> dict[str, list[str]]:
    """Set a run by hand beside the run at full precision, a column per quantity."""
    rows = by_hand(traced, decimals)
    columns = {"": ["computed", "by hand", "difference"]}
    return columns | {name: [f"{exact:.7f}", f"{hand:g}", f"{hand - exact:+.4f}"] for name, exact, hand in rows}


def repeated(traced: RNNTrace) -> tuple[str, int, int, float] | None:
    """Find an input that comes twice: its label, its two steps from 0, and how much the states differ there at most."""
    x, places = traced.sequence.x, dict[bytes, int]()
    for t, row in enumerate(map(bytes, x[: traced.finite])):
        if row in places and x[t].any():
            first = places[row]
            return traced.sequence.labels[t], first, t, float(np.abs(traced.hidden[t] - traced.hidden[first]).max())
        places.setdefault(row, t)
    return None


def half_up(value: float | Decimal, decimals: int) -> float:
    """Round as one does by hand: halves away from zero.

    Examples
    --------
    >>> half_up(2.755, 2), round(2.755, 2)
    (2.76, 2.75)
    """
    exact = value if isinstance(value, Decimal) else Decimal(repr(value))
    return float(exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP))


def question(traced: RNNTrace, seed: int) -> tuple[Question, int | None]:
    """Ask about a state: its value, what a larger W does to it, or its sign, in turn.

    Parameters
    ----------
    traced : RNNTrace
        The run on the screen.
    seed : int
        Chooses the question, the step and the unit.

    Returns
    -------
    (Question, int or None)
        The question with its computed answer, and the step (from 0) from which on the picture must hide its numbers.
    """
    rng = np.random.default_rng(seed)
    kinds = [_larger_w, _sign]
    if traced.units <= 3 and traced.sequence.x.shape[1] <= 3:
        kinds.insert(0, _value)
    return kinds[seed % len(kinds)](traced, rng)


def _at(traced: RNNTrace, rng: np.random.Generator) -> tuple[int, int, str]:
    """Choose a step, a unit and the name of that state."""
    t, u = int(rng.integers(max(1, traced.finite))), int(rng.integers(traced.units))
    return t, u, _name(traced, t, u)


def _name(traced: RNNTrace, t: int, u: int) -> str:
    return f"$h_{{{t + 1}}}$" + (f", unit {u + 1}" if traced.units > 1 else "")


def _sum(traced: RNNTrace, t: int, u: int) -> str:
    a, c, b = traced.from_input[t, u], traced.from_state[t, u], traced.weights.b[u]
    return f"the input gives {a:.4f}, the past {c:.4f}, the bias {b:g}: together {traced.pre[t, u]:.4f}"


def _value(traced: RNNTrace, rng: np.random.Generator) -> tuple[Question, int]:
    t, u, name = _at(traced, rng)
    answer, bias = float(traced.hidden[t, u]), traced.weights.b[u]
    alone = [float(activate(traced.activation, part[t, u] + bias)) for part in (traced.from_input, traced.from_state)]
    f = "" if traced.activation == "linear" else f", and {traced.activation} of that is {answer:.4f}"
    traps = (
        (float(traced.pre[t, u]), f"That is the sum before {traced.activation}."),
        (alone[0], "That leaves out the past, W·h."),
        (alone[1], "That leaves out the input, U·x."),
        (-answer, "Check the signs."),
    )
    text = f"The picture hides everything from step {t + 1} on. What is {name}? (to two decimals)"
    return Question(text, answer, f"{_sum(traced, t, u)}{f}.", max(0.01, 0.01 * abs(answer)), traps=traps), t


def _larger_w(traced: RNNTrace, rng: np.random.Generator) -> tuple[Question, None]:
    _, u, _ = _at(traced, rng)
    last = traced.finite - 1
    x = traced.sequence.x[: last + 1]
    now = unroll(x, traced.weights, traced.activation)[-1, u]
    then = unroll(x, replace(traced.weights, W=2 * traced.weights.W), traced.activation)[-1, u]
    change = abs(then) - abs(now)
    answer = UNCHANGED if abs(then - now) < SAME or abs(change) < SAME else CLOSER if change < 0 else FURTHER
    why = f"with W doubled it is {then:.4f}, now it is {now:.4f}."
    nothing = not np.any(traced.weights.h0) and last == 0
    why += " W meets only the state before the first step, which is zero." if nothing else ""
    traps = (
        (
            FURTHER,
            "More of the past need not push outwards: it can pull against the input, or find the activation flat.",
        ),
        (CLOSER, "W only pulls towards zero where the past and the rest of the sum have opposite signs."),
        (UNCHANGED, "W is used at every step, so a larger W changes whatever the past contributes."),
    )
    text = f"Double every number in W and leave the rest. Where does the last state, {_name(traced, last, u)}, end up?"
    return Question(text, answer, why, choices=(FURTHER, CLOSER, UNCHANGED), traps=traps), None


def _sign(traced: RNNTrace, rng: np.random.Generator) -> tuple[Question, int]:
    t, u, name = _at(traced, rng)
    answer = _side(float(traced.hidden[t, u]))
    then = {
        "tanh": "tanh keeps the sign.",
        "linear": "nothing is done to it.",
        "sigmoid": "a sigmoid is always above zero.",
        "relu": "ReLU turns what is below zero into zero.",
    }
    why = f"{_sum(traced, t, u)}, and {then[traced.activation]}"
    traps = {
        _side(float(traced.from_state[t, u])): "That is the sign of what the past gives; the rest outweighs it.",
        _side(float(traced.from_input[t, u])): "That is the sign of what the input gives; the rest outweighs it.",
        _side(float(traced.pre[t, u])): "That is the sign of the sum, before the activation.",
    }
    text = f"The picture hides everything from step {t + 1} on. Where will {name} be?"
    return Question(text, answer, why, choices=(POSITIVE, NEGATIVE, ZERO), traps=tuple(traps.items())), t


def _side(value: float) -> str:
    return ZERO if value == 0 else POSITIVE if value > 0 else NEGATIVE
