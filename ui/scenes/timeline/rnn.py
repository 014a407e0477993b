"""A simple recurrent layer in the timeline: its rows, its unrolled network and the arithmetic of one step."""

import numpy as np

from engine.sequence.rnn import RNNTrace
from ui.scenes import timeline
from ui.scenes.timeline import Layer, Line, Link, Row, Strip, Token, each, given, label, sym, value

FEW = 3  # up to so many units or inputs every product is written out
SHORT = 12  # up to so many steps numbers are written into cells, beyond they become curves

STRIP = Strip(
    layers=(Layer("outputs", "ŷ"), Layer("hidden", "h"), Layer("x", "x")),
    links=(Link("x", "hidden", "U"), Link("hidden", "hidden", "W", dt=1), Link("hidden", "outputs", "V")),
)


def show(key: str, traced: RNNTrace, hide_from: int | None = None) -> None:
    """Mount the timeline of a run; from step `hide_from` on its results are question marks."""
    hidden = np.arange(len(traced.outputs)) >= (len(traced.outputs) if hide_from is None else hide_from)
    arrays, masked = _arrays(traced, hidden)
    words = traced.sequence.targets is None and not traced.sequence.labels[0].isdigit()
    timeline.show(
        key, traced.sequence.labels, rows(traced, hidden), strip=STRIP, lines=lines(traced), arrays=arrays, masked=masked,
        select={"t": _first(traced, hide_from)}, step_name="step" if words else "t",
    )  # fmt: skip


def _first(traced: RNNTrace, hide_from: int | None) -> int:
    """The step to open at: the hidden one, else the first that has a past."""
    return min(1, len(traced.outputs) - 1) if hide_from is None else hide_from


def _arrays(traced: RNNTrace, hidden: np.ndarray) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Return the numbers of the lines, and which of them a question hides."""
    names = ("states", "from_input", "from_state", "pre")
    arrays = {name: getattr(traced, name) for name in names}
    arrays |= {name: getattr(traced.weights, name) for name in ("U", "W", "V", "b")}
    wide = np.repeat(hidden[:, None], traced.units, axis=1)
    masked = {"states": np.concatenate([np.zeros_like(wide[:1]), wide]), "pre": wide}
    if _written_out(traced):  # then the parts would give the answer away; else they are what there is to reason with
        masked |= {"from_input": wide, "from_state": wide}
    if traced.losses is not None:
        arrays |= {"targets": traced.sequence.targets, "mean": np.array([traced.mean_loss])}
        masked |= {"mean": np.array([hidden.any()])}
    return arrays, masked


def _written_out(traced: RNNTrace) -> bool:
    return traced.units <= FEW and traced.sequence.x.shape[1] <= FEW


def rows(traced: RNNTrace, hidden: np.ndarray) -> list[Row]:
    """The rows x, h, ŷ and, where there are targets, y and the loss."""
    x, short, h_scale = traced.sequence.x, len(traced.outputs) <= SHORT, _scale(traced)
    many = x.shape[1] > 1
    found = [
        Row("x", "x", "input", x, "input", "cells" if short or many else "line", axis="f", units=traced.sequence.features, height=46),
        Row("hidden", "h", "hidden state", traced.hidden, "h", scale=h_scale[0], limit=h_scale[1], start=traced.weights.h0, masked=hidden),
        Row("outputs", "ŷ", "output", traced.outputs, "result", "cells" if short else "line", masked=hidden, height=46,
            targets=None if short else traced.sequence.targets),
    ]  # fmt: skip
    if traced.losses is not None:
        found += [Row("y", "y", "target", traced.sequence.targets, "input")] if short else []
        found.append(Row("losses", "L", "loss", traced.losses, "gradient", "cells" if short else "bars", "magnitude", masked=hidden, height=34))
    return found


def _scale(traced: RNNTrace) -> tuple[str, float | None]:
    """Scale and limit of the state's heat map: fixed where the activation has bounds."""
    return {"tanh": ("signed", 1.0), "sigmoid": ("unit", 1.0), "relu": ("magnitude", None), "linear": ("signed", None)}[traced.activation]


def lines(traced: RNNTrace) -> list[Line]:
    """The arithmetic of one step of one unit, of its output and of its loss."""
    units, features = traced.units, traced.sequence.x.shape[1]
    u = ("u",) if units > 1 else ()
    f, end = ("", "") if traced.activation == "linear" else (f"{traced.activation}(", ")")
    found: list[Line] = [[
        sym("h", "t", *u, role="h"), f" = {f}", sym("U", *u, role="weight"), "·", sym("x", "t", role="input"), " + ",
        sym("W", *u, role="weight"), "·", sym("h", "t-1", role="h"), " + ", sym("b", *u, role="weight"), end,
    ]]  # fmt: skip
    if _written_out(traced):
        found.append([f" = {f}", *_products(units, features), " + ", given("b", "u", role="weight"), end])
    else:
        found[0] += [" for the input ", label(role="input")] if traced.sequence.targets is None else []
    result = [" = ", value("states", "t+1", "u", role="result")]
    parts: list[Token] = [value("from_input", "t", "u"), " + ", value("from_state", "t", "u"), " + ", given("b", "u", role="weight")]
    found.append([f" = {f}", *parts, end, *([f" = {f}", value("pre", "t", "u"), end] if f else []), *result])
    found.append([
        sym("ŷ", "t", role="result"), " = ", sym("V", role="weight"), "·", sym("h", "t", role="h"), " = ", _output(units),
        " = ", value("outputs", "t", 0, role="result"),
    ])  # fmt: skip
    return found + (_loss(len(traced.outputs)) if traced.losses is not None else [])


def _products(units: int, features: int) -> list[Token]:
    """U x_t + W h_{t-1} of one unit, product by product."""
    own = [given("U", "u", "j", role="weight"), "·", given("x", "t", "j", role="input")]
    past = [given("W", "u", "j", role="weight"), "·", value("states", "t", "j", role="h")]
    return [each(own, over="j", stop=features), " + ", each(past, over="j", stop=units)]


def _output(units: int) -> Token:
    return each([given("V", 0, "j", role="weight"), "·", value("states", "t+1", "j", role="h")], over="j", stop=units, most=3)


def _loss(steps: int) -> list[Line]:
    at = [sym("L", "t", role="gradient"), " = ½(", sym("ŷ", "t", role="result"), " − ", sym("y", "t", role="input"), ")² = ½("]
    numbers = [value("outputs", "t", 0), " − ", given("targets", "t", role="input"), ")² = ", value("losses", "t", 0, role="gradient")]
    return [[*at, *numbers, f",   mean of all {steps}: ", value("mean", 0, role="gradient")]]
