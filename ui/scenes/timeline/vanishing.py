"""Gradients along time in the timeline: a curve per cell, bounds, the Jacobians' singular values, and the strip."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from engine.sequence import cells
from engine.sequence.cells import Setup
from engine.sequence.strip import StripTrace
from engine.sequence.vanishing import Gradients
from ui.scenes import timeline
from ui.scenes.timeline import Frames, Layer, Line, Link, Row, Strip, power, sym, value

SHORT = {cells.TANH: "RNN tanh", cells.RELU: "RNN ReLU", cells.SIGMOID: "RNN σ", cells.LSTM: "LSTM", cells.GRU: "GRU"}
ROLES = {cells.TANH: "gradient", cells.RELU: "g", cells.SIGMOID: "weight", cells.LSTM: "input", cells.GRU: "i"}
CARRY = "h"  # the colour of what goes through c
SMALLEST, LARGEST = -46, 39  # powers of ten that a 32-bit float holds, and a little more: the ends of the axes
ROW_HEIGHTS = 190, 92


@dataclass(frozen=True, eq=False)
class Past:
    """What a training came to so far."""

    steps: Sequence[int] = (0,)  # (S,)
    accuracy: np.ndarray = field(default_factory=lambda: np.empty((1, 0)))  # (S, cells)
    end: int = 0
    level: float = cells.CHANCE


def show(
    key: str, setup: Setup, moments: Sequence[Gradients], places: Sequence[int], past: Past, *, now: int = 0,
    carry: bool = False, ratio: bool = False, hidden: int | None = None,
) -> None:  # fmt: skip
    """Mount the curves of the moments; those of cell number `hidden` are question marks but for the last step."""
    lines = _Lines(setup, carry, ratio)
    each = [lines.arrays(moment) for moment in moments]
    arrays = {name: np.stack([moment[name] for moment in each]) for name in each[0]}
    present = {name: array[now] for name, array in arrays.items()}
    rows = lines.rows(arrays, present)
    frames = Frames(
        places, arrays, past.end, np.array(past.steps), _curves(past, setup), [ROLES[cell] for cell in setup.cells],
        [SHORT[cell] for cell in setup.cells], "accuracy on the task", now, "step", past.level, "chance",
        "Train, and it grows here",
    )  # fmt: skip
    timeline.show(
        key, [str(t) for t in range(1, setup.length + 1)], rows, lines=lines.text(), arrays=present,
        masked=lines.masks(hidden), select={"t": 0}, backward=True, frames=frames,
    )  # fmt: skip


def _curves(past: Past, setup: Setup) -> np.ndarray:
    return past.accuracy if past.accuracy.size else np.full((len(past.steps), len(setup.cells)), np.nan)


@dataclass(frozen=True, eq=False)
class _Lines:
    """Which lines there are, in which order."""

    setup: Setup
    carry: bool
    ratio: bool

    @property
    def through_c(self) -> list[int]:
        return [k for k, cell in enumerate(self.setup.cells) if self.carry and cell == cells.LSTM]

    @property
    def simple(self) -> list[int]:
        return [k for k, cell in enumerate(self.setup.cells) if cell in cells.STEEPEST]

    def arrays(self, at: Gradients) -> dict[str, np.ndarray]:
        """Powers of ten of one moment: rows (T, lines), then what the text needs."""
        last = at.hidden[:, -1:]
        divide = last if self.ratio else np.ones_like(last)
        drawn = [at.hidden / divide, (at.carry / divide)[self.through_c], (at.bound / divide)[self.simple]]
        return {
            "gradients": exponents(np.concatenate(drawn)).T,
            "singular": exponents(np.concatenate([at.largest, at.smallest])).T,
            "sizes": exponents(np.concatenate([at.hidden, at.carry[self.through_c]])).T,
            "shares": exponents(np.concatenate([at.hidden / last, (at.carry / last)[self.through_c]])).T,
            "bounds": exponents(at.bound).T,
            **{f"alive {k}": np.full(self.setup.length, np.isfinite(norm)) for k, norm in enumerate(at.norm)},
        }

    def rows(self, arrays: Mapping[str, np.ndarray], present: Mapping[str, np.ndarray]) -> list[Row]:
        names = [SHORT[cell] for cell in self.setup.cells]
        roles = [ROLES[cell] for cell in self.setup.cells]
        gradients = Row(
            "gradients", "∂L/∂h", "÷ last" if self.ratio else "size", present["gradients"],
            units=[*names, *("LSTM, c" for _ in self.through_c), *("bound" for _ in self.simple)],
            roles=[*roles, *(CARRY for _ in self.through_c), *(roles[k] for k in self.simple)],
            dashed=[False] * (len(names) + len(self.through_c)) + [True] * len(self.simple),
            **_axis(arrays["gradients"], 0),
        )  # fmt: skip
        jacobians = Row(
            "singular", "σ", "Jacobian", present["singular"],
            units=["largest", *[""] * (len(names) - 1), "smallest", *[""] * (len(names) - 1)],
            roles=[*roles, *roles], dashed=[False] * len(names) + [True] * len(names), **_axis(arrays["singular"], 1),
        )  # fmt: skip
        return [gradients, jacobians]

    def masks(self, hidden: int | None) -> dict[str, np.ndarray]:
        """Hide one cell's curve, and all that would tell it, at every step but the last."""
        if hidden is None:
            return {}
        many, T = len(self.setup.cells), self.setup.length
        cells_and_c = many + len(self.through_c)
        own = [hidden, *(many + j for j, k in enumerate(self.through_c) if k == hidden)]
        bound = [cells_and_c + j for j, k in enumerate(self.simple) if k == hidden]
        columns = {
            "gradients": (cells_and_c + len(self.simple), [*own, *bound]), "sizes": (cells_and_c, own),
            "shares": (cells_and_c, own), "singular": (2 * many, [hidden, many + hidden]), "bounds": (many, [hidden]),
        }  # fmt: skip
        masks = {name: np.zeros((T, count), bool) for name, (count, _) in columns.items()}
        for name, (_, places) in columns.items():
            masks[name][:-1, places] = True
        return masks

    def text(self) -> list[Line]:
        """One line of text per curve, for the selected step."""
        found: list[Line] = []
        for k, cell in enumerate(self.setup.cells):
            bound = [" ≤ ", power("bounds", "t", k)] if k in self.simple else []
            broken = [sym(SHORT[cell], role=ROLES[cell]), " exploded: its weights are no numbers any more"]
            found.append(timeline.only(f"alive {k}", _said(f"{SHORT[cell]} ", "h", k, ROLES[cell], bound), broken))
        for j, _ in enumerate(self.through_c):
            found.append(_said("LSTM, c ", "c", len(self.setup.cells) + j, CARRY))
        return found


def _said(name: str, state: str, k: int, role: str, bound: Sequence[Any] = ()) -> list[Any]:
    return [
        sym(name, role=role), "|∂L/∂", sym(state, "t"), "| = ", power("sizes", "t", k, role=role), *bound, ", ",
        power("shares", "t", k), " × the last",
    ]  # fmt: skip


def exponents(numbers: np.ndarray) -> np.ndarray:
    """Powers of ten; of zero: minus infinity."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.log10(numbers)


def _axis(numbers: np.ndarray, place: int) -> dict[str, Any]:
    """Ends of an axis that holds all moments, so that it stays where it is while they are scrubbed through."""
    finite = numbers[np.isfinite(numbers)]
    low, high = (float(np.floor(finite.min())), float(np.ceil(finite.max()))) if finite.size else (-1.0, 0.0)
    low, high = max(low, SMALLEST), min(max(high, 0.0), LARGEST)
    look: dict[str, Any] = {"kind": "line", "scale": "exponent", "axis": "", "role": "gradient"}
    return {**look, "height": ROW_HEIGHTS[place], "limit": high, "floor": min(low, high - 1)}


# ---- the strip -------------------------------------------------------------------------------------------------------


def show_strip(key: str, traced: StripTrace) -> None:
    """Mount the strip: a SimpleRNN of one unit and the gradient on its way back."""
    T = len(traced.x)
    steps = np.arange(T)
    rows = [
        Row("x", "x", "input", traced.x, "input"),
        Row("hidden", "h", "state", traced.hidden, "h", limit=1.0),
        Row("factors", "1−h²", "factor", traced.factors, "weight", scale="unit"),
        Row("gradients", "∂L/∂h", "gradient", traced.gradients, "gradient", scale="magnitude"),
    ]
    strip = Strip(
        (Layer("gradients", "∂L/∂h"), Layer("hidden", "h"), Layer("x", "x")),
        (
            Link("x", "hidden", "U"),
            Link("hidden", "hidden", "W", dt=1),
            Link("gradients", "gradients", dt=-1, role="gradient"),
        ),
    )
    gradient = ["∂L/∂", sym("h", "t", role="gradient"), " = "]
    product = [
        *gradient, "∂L/∂", sym("h", "t+1", role="gradient"), " · (1 − ", sym("h", "t+1", role="h"), "²) = ",
        value("gradients", "t+1", 0, role="gradient"), " · ", value("factors", "t+1", 0, role="weight"), " = ",
        value("gradients", "t", 0, role="result"),
    ]  # fmt: skip
    factor = value("factors", "j", 0, role="weight")
    factors = timeline.each([factor], over="j", start="t+1", stop="T", join=" · ", most=12)
    whole = [" = ", value("gradients", T - 1, 0, role="gradient"), " · ", factors, ": every factor since the end"]
    last = [*gradient, value("gradients", "t", 0, role="result"), ": where the loss is, before any factor"]
    timeline.show(
        key, [str(t) for t in range(1, T + 1)], rows, strip=strip,
        lines=[timeline.only("before", product, last), timeline.only("before", whole)],
        arrays={"before": (steps < T - 1).astype(np.int32)}, select={"t": max(0, T - 2)}, backward=True,
    )  # fmt: skip
