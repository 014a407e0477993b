"""What a learner works out on paper: the run with rounded numbers, and questions about the next state."""

from dataclasses import replace
from decimal import ROUND_HALF_UP, Context, Decimal

import numpy as np

from engine.quiz import Question
from engine.sequence.rnn import MAX_GAIN, RNNTrace, activate, unroll
from engine.sequence.sequences import LARGEST

HAND_STEPS = 8  # nobody works out more on paper
LARGE = 1e4  # nor with larger numbers
SAME = 5e-5  # equal to four decimals
FURTHER, CLOSER, UNCHANGED = "further from zero", "closer to zero", "the same to four decimals"
POSITIVE, NEGATIVE, ZERO = "above zero", "below zero", "exactly zero"


def suits(traced: RNNTrace) -> bool:
    """Whether a run can be worked out on paper: one unit, single numbers with targets, few steps, no large numbers."""
    if traced.losses is None or traced.units > 1 or traced.sequence.x.shape[1] > 1 or len(traced.losses) > HAND_STEPS:
        return False
    return small_steps(traced) == len(traced.losses) and bool((traced.losses < LARGE**2).all())


def small_steps(traced: RNNTrace) -> int:
    """How many steps there are before a state or an output is large, but at least the first."""
    small = (np.abs(np.column_stack([traced.hidden, traced.outputs])) < LARGE).all(1)
    return len(small) if small.all() else max(1, int(small.argmin()))


def by_hand(traced: RNNTrace, decimals: int = 2) -> tuple[np.ndarray, float]:
    """Repeat a run of one unit as on paper, rounding after every step and going on with the rounded number.

    States and losses keep `decimals` places, outputs one more; halves go away from zero.

    Parameters
    ----------
    traced : RNNTrace
        A run of one unit on single numbers with targets.
    decimals : int
        Places kept, 1 to 6.

    Returns
    -------
    (np.ndarray, float)
        State, output and loss by hand (T, 3), and the mean loss.

    Raises
    ------
    ValueError
        If the run is not of that kind.
    """
    if not suits(traced):
        raise ValueError(f"by hand needs one unit, a number and a target per step, {HAND_STEPS} steps at most")
    w = {name: _decimal(getattr(traced.weights, name).item()) for name in ("U", "W", "V", "b", "h0")}
    h, rows = w["h0"], []
    for x, target in zip(traced.sequence.x[:, 0], traced.targets, strict=True):
        h = _rounded(_activated(traced.activation, w["U"] * _decimal(x) + w["W"] * h + w["b"]), decimals)
        output = _rounded(w["V"] * h, decimals + 1)
        rows.append((h, output, _rounded((output - _decimal(target)) ** 2 / 2, decimals)))
    mean = _rounded(sum((loss for *_, loss in rows), Decimal()) / len(rows), decimals)
    return np.array(rows, float), float(mean)


def _decimal(number: float) -> Decimal:
    """Return a float32 as it is written: by hand 0.7 is no 0.699999988, which a half would be rounded down for."""
    return Decimal(str(np.float32(number)))


def _activated(activation: str, total: Decimal) -> Decimal:
    if activation in ("linear", "relu"):
        return total if activation == "linear" else max(total, Decimal())
    return Decimal(repr(float(activate(activation, np.array(float(total))))))


def _rounded(value: Decimal, decimals: int) -> Decimal:
    """Round as one does by hand: halves away from zero."""
    return value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP, Context(prec=330))  # room for any float


def table(traced: RNNTrace, decimals: int) -> tuple[list[str], list[list[str]]]:
    """Set a run by hand beside the run at full precision: the heads, a row per step, and a last one of the mean."""
    more = max(4, decimals + 1)
    hand, mean = by_hand(traced, decimals)
    exact = np.column_stack([traced.hidden, traced.outputs, (traced.outputs - traced.targets) ** 2 / 2])

    def cells(exact: float, hand: float, places: int) -> list[str]:
        return [f"{exact:.{more}f}", f"{hand:.{places}f}", f"{hand - exact:+.{more}f}"]

    heads = ["t", *(head for name in ("hₜ", "ŷₜ", "Lₜ") for head in (name, "by hand", "difference"))]
    rows = [
        [str(t + 1), *(cell for k in range(3) for cell in cells(exact[t, k], hand[t, k], decimals + (k == 1)))]
        for t in range(len(hand))
    ]
    return heads, [*rows, ["mean", *[""] * 6, *cells(traced.mean_loss, mean, decimals)]]


def repeated(traced: RNNTrace) -> tuple[int, int, float] | None:
    """Find an input that comes twice: its two steps from 0, and how much the states differ there at most."""
    x, places = traced.sequence.x, dict[bytes, int]()
    for t, row in enumerate(map(bytes, x[: traced.finite])):
        if row in places and x[t].any():
            first = places[row]
            return first, t, float(np.abs(traced.hidden[t] - traced.hidden[first]).max())
        places.setdefault(row, t)
    return None


def question(traced: RNNTrace, seed: int) -> tuple[Question, tuple[int, int] | None]:
    """Ask about a state: its value, what a larger W does to it, or its sign, in turn.

    Parameters
    ----------
    traced : RNNTrace
        The run on the screen.
    seed : int
        Chooses the question, the step and the unit.

    Returns
    -------
    (Question, (int, int) or None)
        The question with its computed answer, and the step and unit (from 0) that it is about: the picture must hide
        its numbers from that step on. None where they do not tell.
    """
    rng = np.random.default_rng(seed)
    kinds = [_larger_w, _sign]
    if traced.units <= 3 and traced.sequence.x.shape[1] <= 3:
        kinds.insert(0, _value)
    return kinds[seed % len(kinds)](traced, rng)


def _at(traced: RNNTrace, rng: np.random.Generator) -> tuple[int, int, str]:
    """Choose a step before the numbers are large, a unit, and the name of that state."""
    t, u = int(rng.integers(small_steps(traced))), int(rng.integers(traced.units))
    return t, u, _name(traced, t, u)


def _name(traced: RNNTrace, t: int, u: int) -> str:
    return f"$h_{{{t + 1}}}$" + (f" of unit {u + 1}" if traced.units > 1 else "")


def _sum(traced: RNNTrace, t: int, u: int) -> str:
    a, c, b = traced.from_input[t, u], traced.from_state[t, u], traced.weights.b[u]
    return f"the input gives {a:.4f}, the past {c:.4f}, the bias {b:g}: together {traced.pre[t, u]:.4f}"


def _value(traced: RNNTrace, rng: np.random.Generator) -> tuple[Question, tuple[int, int]]:
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
    text = f"The picture hides everything from step {t + 1} on. What is {name} to two decimals?"
    return Question(text, answer, f"{_sum(traced, t, u)}{f}.", max(0.01, 0.01 * abs(answer)), traps=traps), (t, u)


def _larger_w(traced: RNNTrace, rng: np.random.Generator) -> tuple[Question, None]:
    _, u, _ = _at(traced, rng)
    last = small_steps(traced) - 1
    x = traced.sequence.x[: last + 1]
    now = unroll(x, traced.weights, traced.activation)[-1, u]
    then = unroll(x, replace(traced.weights, W=2 * traced.weights.W), traced.activation)[-1, u]
    change = abs(then) - abs(now)
    answer = UNCHANGED if abs(then - now) < SAME or abs(change) < SAME else CLOSER if change < 0 else FURTHER
    why = f"with W doubled it is {_digits(then)}, now it is {_digits(now)}."
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
    text = f"Double every number in W and leave the rest. Where does {_name(traced, last, u)} end up?"
    return Question(text, answer, why, choices=(FURTHER, CLOSER, UNCHANGED), traps=traps), None


def _digits(value: float) -> str:
    if not np.isfinite(value):
        return "too large for a 32-bit float"
    return f"{value:.4f}" if abs(value) < LARGE else f"{value:.3g}"


def doubled(traced: RNNTrace) -> dict[str, str | float]:
    """Return the settings with every number in W doubled; none where that is out of their range."""
    if "W" in traced.drawn:
        return {"gain": round(2 * traced.gain, 1)} if 2 * traced.gain <= MAX_GAIN else {}
    W = 2 * traced.weights.W
    if np.abs(W).max() > LARGEST:
        return {}
    return {"W": "; ".join(" ".join(f"{value:.7g}" for value in row) for row in W)}


def _sign(traced: RNNTrace, rng: np.random.Generator) -> tuple[Question, tuple[int, int]]:
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
    return Question(text, answer, why, choices=(POSITIVE, NEGATIVE, ZERO), traps=tuple(traps.items())), (t, u)


def _side(value: float) -> str:
    return ZERO if value == 0 else POSITIVE if value > 0 else NEGATIVE
