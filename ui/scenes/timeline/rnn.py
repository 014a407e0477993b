"""A simple recurrent layer in the timeline: its rows, its unrolled network and the arithmetic of one step."""

import numpy as np

from engine.sequence.rnn import RNNTrace
from ui.scenes import timeline
from ui.scenes.timeline import Layer, Line, Link, Row, Strip, Token, each, given, label, sym, value

FEW = 3  # up to so many units or inputs every product is written out
SHORT = 12  # up to so many steps numbers are written into cells, beyond they become curves
LONGEST = 12  # letters of a word over a column

STRIP = Strip(
    layers=(Layer("outputs", "ŷ"), Layer("hidden", "h"), Layer("x", "x")),
    links=(Link("x", "hidden", "U"), Link("hidden", "hidden", "W", dt=1), Link("hidden", "outputs", "V")),
)


def show(key: str, traced: RNNTrace, asked: tuple[int, int] | None = None) -> None:
    """Mount the timeline of a run; what a question asks about, and all after its step, are question marks."""
    labels, steps = _cut(traced.sequence.labels), len(traced.outputs)
    hidden = np.arange(steps) >= (asked[0] if asked else steps)
    arrays, masked = _arrays(traced, hidden)
    numbered = labels == tuple(str(t + 1) for t in range(steps))
    first = {"t": min(1, steps - 1)}  # that has a past
    timeline.show(
        key, labels, rows(traced, hidden), strip=STRIP, lines=lines(traced), arrays=arrays, masked=masked,
        select={"t": asked[0], "u": asked[1]} if asked else first, step_name="t" if numbered else "step",
    )  # fmt: skip


def _arrays(traced: RNNTrace, hidden: np.ndarray) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Return the numbers of the lines, and which of them a question hides."""
    names = ("states", "from_input", "from_state", "pre")
    arrays = {name: getattr(traced, name) for name in names}
    arrays |= {name: getattr(traced.weights, name) for name in ("U", "W", "V", "b")}
    masked = {"states": np.concatenate([hidden[:1] & False, hidden]), "pre": hidden}
    # The parts of the hidden step give its answer away where they are written out, else they are what there is to
    # reason with; what comes after it is made of the answer.
    parts = hidden if _written_out(traced) else np.concatenate([hidden[:1] & False, hidden[:-1]])
    masked |= {"from_input": parts, "from_state": parts}
    if traced.losses is not None:
        arrays |= {"targets": traced.targets, "mean": np.array([traced.mean_loss])}
        masked |= {"mean": np.array([hidden.any()])}
    return arrays, masked


def _written_out(traced: RNNTrace) -> bool:
    return traced.units <= FEW and traced.sequence.x.shape[1] <= FEW


def rows(traced: RNNTrace, hidden: np.ndarray) -> list[Row]:
    """The rows x, h, ŷ and, where there are targets, y and the loss."""
    short, scored = len(traced.outputs) <= SHORT, traced.losses is not None
    kind = "cells" if short else "line"
    both = (traced.outputs[~hidden], traced.targets)  # what is hidden must not show in the scale
    limit = _largest(*both) if short else None  # one scale for what comes out and what should
    found = [
        _input(traced, kind),
        _state(traced, hidden),
        Row("outputs", "ŷ", "output", traced.outputs, kind=kind, limit=limit, masked=hidden, height=46,
            targets=None if short or not scored else traced.targets),
    ]  # fmt: skip
    if scored and short:
        found.append(Row("y", "y", "target", traced.targets, "input", limit=limit))
    if traced.losses is not None:
        kind = "cells" if short else "bars"
        found.append(Row("losses", "L", "loss", traced.losses, "gradient", kind, "magnitude", masked=hidden, height=34))
    return found


def _input(traced: RNNTrace, kind: str) -> Row:
    """The row of x: a curve of single numbers, cells of vectors; words have their names beside their cells."""
    x, names = traced.sequence.x, _cut(traced.sequence.features)
    axis = "" if set(names) & set(_cut(traced.sequence.labels)) else "f"
    return Row("x", "x", "input", x, "input", "cells" if x.shape[1] > 1 else kind, axis=axis, units=names, height=46)


def _cut(names: tuple[str, ...]) -> tuple[str, ...]:
    """Shorten long words, which would be squeezed into their columns until nobody can read them."""
    return tuple(name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…" for name in names)


def _state(traced: RNNTrace, hidden: np.ndarray) -> Row:
    """The row of h; its colours are fixed where the activation has bounds."""
    scales = {
        "tanh": ("signed", 1.0),
        "sigmoid": ("unit", 1.0),
        "relu": ("magnitude", None),
        "linear": ("signed", None),
    }
    scale, limit = scales[traced.activation]
    start = traced.weights.h0
    return Row("hidden", "h", "hidden state", traced.hidden, "h", scale=scale, limit=limit, start=start, masked=hidden)


def _largest(*arrays: np.ndarray) -> float:
    """The largest finite size in any of the arrays."""
    sizes = np.abs(np.concatenate(arrays))
    return float(sizes[np.isfinite(sizes)].max(initial=0.0))


def lines(traced: RNNTrace) -> list[Line]:
    """The arithmetic of one step of one unit, of its output and of its loss."""
    units, features = traced.units, traced.sequence.x.shape[1]
    f, end = ("", "") if traced.activation == "linear" else (f"{traced.activation}(", ")")
    named = [] if traced.sequence.targets is not None else [" for the input ", label(role="input")]
    bias = given("b", "u", role="weight")
    found: list[Line] = [_formula(f, end, ("u",) if units > 1 else ()) + ([] if _written_out(traced) else named)]
    if _written_out(traced):
        found.append([f" = {f}", *_products(units, features), " + ", bias, end])
    parts = [value("from_input", "t", "u"), " + ", value("from_state", "t", "u"), " + ", bias]
    total = [f" = {f}", value("pre", "t", "u"), end] if f else []
    found.append([f" = {f}", *parts, end, *total, " = ", value("states", "t+1", "u", role="result")])
    found.append(_output(units))
    return found if traced.losses is None else [*found, _loss(len(traced.outputs))]


def _formula(f: str, end: str, u: tuple[str, ...]) -> list[Token]:
    return [
        sym("h", "t", *u, role="h"), f" = {f}", sym("U", *u, role="weight"), "·", sym("x", "t", role="input"), " + ",
        sym("W", *u, role="weight"), "·", sym("h", "t-1", role="h"), " + ", sym("b", *u, role="weight"), end,
    ]  # fmt: skip


def _products(units: int, features: int) -> list[Token]:
    """U x_t + W h_{t-1} of one unit, product by product."""
    own = [given("U", "u", "j", role="weight"), "·", given("x", "t", "j", role="input")]
    past = [given("W", "u", "j", role="weight"), "·", value("states", "t", "j", role="h")]
    return [each(own, over="j", stop=features), " + ", each(past, over="j", stop=units)]


def _output(units: int) -> list[Token]:
    terms = each(
        [given("V", 0, "j", role="weight"), "·", value("states", "t+1", "j", role="h")], over="j", stop=units, most=3
    )
    product = [sym("V", role="weight"), "·", sym("h", "t", role="h")]
    return [sym("ŷ", "t", role="result"), " = ", *product, " = ", terms, " = ", value("outputs", "t", 0, role="result")]


def _loss(steps: int) -> list[Token]:
    loss = sym("L", "t", role="gradient")
    error = ["½(", sym("ŷ", "t", role="result"), " − ", sym("y", "t", role="input"), ")²"]
    numbers = ["½(", value("outputs", "t", 0), " − ", given("targets", "t", role="input"), ")²"]
    mean = [f" · mean of all {steps}: " if steps > 1 else " · mean: ", value("mean", 0, role="gradient")]
    return [loss, " = ", *error, " = ", *numbers, " = ", value("losses", "t", 0, role="gradient"), *mean]
