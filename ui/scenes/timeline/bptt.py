"""The way back through a recurrent layer in the timeline: errors travel from the last step to the first."""

from dataclasses import replace

import numpy as np

from engine.sequence.bptt import MEAN, BPTTTrace
from ui.scenes import timeline
from ui.scenes.timeline import Layer, Line, Link, Row, Strip, Token, each, given, only, sym, value

SHORT = 12  # up to so many steps numbers are written into cells, beyond they become bars
READABLE = 15  # px: a cell with its number
DERIVATIVES = {"tanh": "1 − h²", "sigmoid": "h·(1 − h)", "relu": "1 if h > 0", "linear": "1"}


def show(key: str, traced: BPTTTrace, hide: str = "", until: int | None = None) -> None:
    """Mount the timeline of a way back.

    `hide` names what an open question keeps back: "reaching", all that follows from dL/dh of step `until` (from 0) and
    the steps before it; "parts", what the steps add to the gradients.
    """
    hidden = np.arange(traced.steps) <= (traced.steps if until is None else until)
    masked = _masked(hide, hidden)
    marks = dict.fromkeys(range(traced.cut - 1, traced.steps - 1, traced.cut), "the way back is cut here")
    rows = [replace(row, masked=masked.get(row.name)) for row in _rows(traced)]
    timeline.show(
        key, traced.forward.sequence.labels, rows, strip=_strip(traced, bool(hide)), lines=_lines(traced),
        arrays=_arrays(traced), masked={k: v for k, v in masked.items() if k not in {row.name for row in rows}},
        marks=marks, select={"t": traced.steps - 1 if until is None else until}, backward=True, height=190,
    )  # fmt: skip


def _masked(hide: str, hidden: np.ndarray) -> dict[str, np.ndarray]:
    if not hide:
        return {}
    parts = ("dV", "dW", "dU", "part V", "part W", "part U", "sum V", "sum W", "sum U")
    everywhere = {name: hidden if name[:3] != "sum" else hidden[:1] | True for name in parts}
    if hide == "parts":
        return everywhere | {"deltas": hidden}
    handed_on = np.concatenate([[False], hidden[:-1]])  # what a hidden step gets is not hidden, what it hands on is
    return everywhere | dict.fromkeys(("reaching", "deltas"), hidden) | {"arriving": handed_on}


def _rows(traced: BPTTTrace) -> list[Row]:
    """h and the factors, then what each step adds to V, W and U."""
    steps, units = traced.slopes.shape
    scale = ("unit", 1.0) if traced.forward.activation != "sigmoid" else ("magnitude", 0.25)
    kind = "cells" if steps <= SHORT else "bars"
    h = "signed", 1.0 if traced.forward.activation in ("tanh", "sigmoid") else None
    found = [
        Row("hidden", "h", "state, forward", traced.forward.hidden, "h", scale=h[0], limit=h[1],
            start=traced.forward.weights.h0),
        Row("slopes", "f′", f"= {DERIVATIVES[traced.forward.activation]}", traced.slopes, "weight", scale=scale[0],
            limit=scale[1]),
        Row("errors", "∂L/∂ŷ", "error", traced.errors, "gradient", kind, height=34),
        Row("reaching", "∂L/∂h", "arrives", traced.reaching, "gradient", kind if units == 1 else "cells", height=34),
    ]  # fmt: skip
    roomy = kind == "cells" and traced.forward.sequence.x.shape[1] == 1  # so that only W has four numbers
    for name, axis in (("V", "u"), ("W", "w"), ("U", "v")):
        part = traced.parts[name].reshape(steps, -1)
        own = kind if part.shape[1] == 1 else "cells"
        cell = READABLE if part.shape[1] == 4 and roomy else None
        found.append(Row(f"d{name}", f"∂L/∂{name}", "added", part, "result", own, axis=axis, height=34, cell=cell,
                         units=_names(name, traced.parts[name].shape[1:])))  # fmt: skip
    return found


def _names(name: str, shape: tuple[int, ...]) -> list[str]:
    if name == "V":
        return []
    return [f"{name} {row + 1},{column + 1}" for row in range(shape[0]) for column in range(shape[1])]


def _strip(traced: BPTTTrace, bare: bool) -> Strip:
    """Errors come down from the outputs and go back to the left; a missing arrow is a cut."""
    one, steps = traced.slopes.shape[1] == 1, traced.steps
    size = (lambda array: array[:, 0]) if one else (lambda array: np.linalg.norm(array, axis=1))
    down, back = size(traced.direct), np.concatenate([[0], size(traced.arriving)[:-1]])
    back[np.arange(steps) % traced.cut == 0] = np.nan
    uncut = traced.cut >= steps
    return Strip(
        layers=(Layer("errors", "∂L/∂ŷ"), Layer("reaching", "∂L/∂h"), Layer("hidden", "h")),
        links=(
            Link("errors", "reaching", "V", role="gradient", values=None if bare else down),
            Link("reaching", "reaching", "W·f′", -1, "gradient", values=None if bare and uncut else back),
            Link("hidden", "hidden", "W", dt=1),
        ),
    )


def _arrays(traced: BPTTTrace) -> dict[str, np.ndarray]:
    forward, steps = traced.forward, traced.steps
    arrays = {name: getattr(traced, name) for name in ("own", "shares", "direct", "arriving", "deltas", "factors")}
    arrays |= {f"part {name}": array for name, array in traced.parts.items()}
    arrays |= {f"sum {name}": array for name, array in traced.gradients.items()}
    arrays |= {name: getattr(forward.weights, name) for name in ("U", "W", "V")}
    open_way = np.append(np.arange(1, steps) % traced.cut != 0, False)
    return arrays | {"states": forward.states, "x": forward.sequence.x, "outputs": forward.outputs,
                     "targets": forward.targets, "open": open_way * 1, "slope": traced.slopes}  # fmt: skip


def _lines(traced: BPTTTrace) -> list[Line]:
    """The way of the error through one step, with its numbers."""
    units, features = traced.slopes.shape[1], traced.forward.sequence.x.shape[1]
    u = ("u",) if units > 1 else ()
    return [_error(traced), *_reaching(u, units), _slope(u), *_parts(u, units, features)]


def _error(traced: BPTTTrace) -> Line:
    share = {True: f" ÷ {traced.steps}"}.get(traced.loss == MEAN, " · ")
    weight: list[Token] = [share] if traced.loss == MEAN else [" · ", given("shares", "t")]
    return [
        "∂", sym("L", "t"), "/∂", sym("ŷ", "t"), " = ", sym("ŷ"), " − ", sym("y", role="input"), " = ",
        value("outputs", "t"), " − ", given("targets", "t", role="input"), " = ", value("own", "t", role="gradient"),
        " ⇒ ∂L/∂", sym("ŷ", "t"), " = ", value("own", "t"), *weight, " = ", value("errors", "t", 0, role="result"),
    ]  # fmt: skip


def _reaching(u: tuple[str, ...], units: int) -> list[Line]:
    h, upper = sym("h", "t", *u, role="h"), sym("a", "t+1")
    one = units == 1  # else the formula under the picture must do, and the numbers fit one line
    own: list[Token] = [given("V", 0, "u", role="weight"), "·", value("errors", "t", 0, role="gradient")]
    back = each([given("W", "j", "u", role="weight"), "·", value("deltas", "t+1", "j", role="gradient")],
                over="j", stop=units)  # fmt: skip
    from_output: list[Token] = [sym("V", role="weight"), "·∂L/∂", sym("ŷ", "t")]
    from_later: list[Token] = [" + ", sym("W", role="weight"), "·∂L/∂", upper, " = "]
    begin: list[Token] = ["∂L/∂", h, " = "]
    end: list[Token] = [" = ", value("reaching", "t", "u", role="result")]
    later = [*begin, *(from_output + from_later if one else []), *own, " + ", back, *end]
    return [only("open", later, [*begin, *from_output, " (nothing comes back from a later step) = ", *own, *end])]


def _slope(u: tuple[str, ...]) -> Line:
    """From h to the sum before the activation, and the whole factor from one state to the one before it."""
    slope = value("slope", "t", "u", role="weight")
    line: list[Token] = [
        "∂L/∂", sym("a", "t", *u), " = ", sym("f′", "t", *u), "·∂L/∂", sym("h", "t", *u, role="h"), " = ", slope, "·",
        value("reaching", "t", "u", role="gradient"), " = ", value("deltas", "t", "u", role="result"),
    ]  # fmt: skip
    if u:
        return line
    ratio: list[Token] = [", ∂", sym("h", "t", role="h"), "/∂", sym("h", "t-1", role="h"), " = "]
    factor: list[Token] = [slope, "·", given("W", 0, 0, role="weight")]  # f′·W, as the formula says
    return [*line, *ratio, *factor, " = ", value("factors", "t", 0, 0, role="result")]


def _parts(u: tuple[str, ...], units: int, features: int) -> list[Line]:
    """What the step adds: to V, to W and to U."""
    delta = value("deltas", "t", "u", role="gradient")
    to_v: list[Token] = [
        "adds to ", sym("V", *u, role="weight"), ": ", value("errors", "t", 0, role="gradient"), "·",
        value("states", "t+1", "u", role="h"), " = ", value("part V", "t", 0, "u", role="result"),
    ]  # fmt: skip
    before, x = value("states", "t", "j", role="h"), given("x", "t", "j", role="input")
    to_w = [sym("W", *u, role="weight"), ": ", delta, "·", *_products(before, "part W", units)]
    to_u = [sym("U", *u, role="weight"), ": ", delta, "·", *_products(x, "part U", features)]
    if features == 1:
        return [[*to_v, ", to ", *to_u], ["to ", *to_w]]
    return [to_v, ["to ", *to_w], ["to ", *to_u]]


def _products(factor: Token, part: str, count: int) -> list[Token]:
    """One number times `factor`, or times every one of several: (a, b, c) = (d, e, f)."""
    result = value(part, "t", "u", "j", role="result")
    if count == 1:
        return [each([factor], over="j", stop=1), " = ", each([result], over="j", stop=1)]
    several = [each([token], over="j", stop=count, join=", ", most=3) for token in (factor, result)]
    return ["(", several[0], ") = (", several[1], ")"]
