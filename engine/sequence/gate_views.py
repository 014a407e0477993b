"""What of an LSTM's two passes the picture shows: one unit or all, before a change, after it, or the difference."""

from dataclasses import dataclass

import numpy as np

from engine.sequence.gate_units import UnitScores
from engine.sequence.lstm import LSTMTrace
from engine.sequence.lstm_layer import PARTS, Pass

AFTER, BEFORE, DIFFERENCE = "after", "before", "change"
SIDES = (AFTER, BEFORE, DIFFERENCE)


@dataclass(frozen=True, eq=False)
class View:
    """Arrays as they are drawn, units sorted."""

    tokens: tuple[str, ...]  # (T,)
    known: np.ndarray  # (T,)
    ends: tuple[int, ...]
    changed: tuple[int, ...]
    whole: bool  # all units, not one
    difference: bool
    place: int  # of the selected unit in the order
    names: tuple[str, ...]  # (units,) with their scores
    arrays: dict[str, np.ndarray]  # f, i, g, o (T, units), c, h (T + 1, units), their parts; see `arrays`
    largest: float  # cell state of the selected unit, or of any, in either pass, rounded up to the next half
    probability: np.ndarray | None  # (T,) at clause ends, not a number elsewhere
    probability_before: np.ndarray | None  # (T,) the same before the change; None where there is none


def view(trace: LSTMTrace, scores: UnitScores | None, place: int = 0, whole: bool = False, side: str = AFTER) -> View:
    """Sort the units of a trace and choose what is shown.

    Parameters
    ----------
    trace : LSTMTrace
        The two passes.
    scores : UnitScores or None
        The order of the units; None for a layer of one unit.
    place : int
        The selected unit's place in that order, from 0.
    whole : bool
        All units, or the selected one.
    side : str
        "after", "before" or "change" (after - before).

    Returns
    -------
    View
        What `ui.scenes.timeline.gates` draws.

    Raises
    ------
    ValueError
        If there is no such side.
    """
    if side not in SIDES:
        raise ValueError(f"there is no side {side!r}; use {', '.join(SIDES)}")
    order = np.arange(1) if scores is None else scores.order
    before, after = arrays(trace.before, order), arrays(trace.after, order)
    shown = {AFTER: after, BEFORE: before}.get(side) or _differ(before, after)
    run = trace.before if side == BEFORE else trace.after
    cells = np.concatenate([before["c"], after["c"]])
    sizes = np.abs(shown["c"] if side == DIFFERENCE else cells)[:, slice(None) if whole else place]
    told = {name: _at_ends(getattr(trace, name)) for name in ("before", "after")}
    return View(
        run.tokens, run.known, run.ends, () if side == BEFORE else trace.changed, whole, side == DIFFERENCE, place,
        _names(order, scores), shown, float(np.ceil(2 * sizes.max()) / 2) or 1.0, *_probabilities(trace, side, **told),
    )  # fmt: skip


def _probabilities(
    trace: LSTMTrace, side: str, before: np.ndarray | None, after: np.ndarray | None
) -> tuple[np.ndarray | None, np.ndarray | None]:
    """Return the verdicts of the chosen side, and those before the change to mark beside them."""
    if before is None or after is None:
        return None, None
    if side == DIFFERENCE:
        return after - before, None
    if side == BEFORE:
        return before, None
    return after, None if trace.after is trace.before else before


def arrays(run: Pass, order: np.ndarray) -> dict[str, np.ndarray]:
    """Name every number of a pass, units in this order.

    Returns
    -------
    dict of str to np.ndarray
        "f", "i", "g", "o" and "kept", "erased", "written", "tanh c" (T, units); "c", "h" (T + 1, units), the first
        before the first step; the parts of each sum, "x f" from the input, "h f" from the state (T, units), "b f" the
        bias (units,), and so on for the other gates.
    """
    found = {"c": run.cell, "h": run.hidden, "tanh c": np.tanh(run.cell[1:])} | run.gates
    found |= {"kept": run.kept, "erased": run.erased, "written": run.written}
    for letter, sums in (("x", run.from_input), ("h", run.from_state), ("b", run.layer.bias)):
        found |= {f"{letter} {part}": array for part, array in zip(PARTS, np.split(sums, 4, axis=-1), strict=True)}
    return {name: array[..., order] for name, array in found.items()}


def _differ(before: dict[str, np.ndarray], after: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Keep both sides beside the difference."""
    found = {name: after[name] - before[name] for name in "figoch"}
    for side, numbers in (("before", before), ("after", after)):
        found |= {f"{name} {side}": numbers[name] for name in "figoch"}
    return found


def _at_ends(run: Pass) -> np.ndarray | None:
    if run.probability is None:
        return None
    return np.where(np.isin(np.arange(len(run.tokens)), run.ends), run.probability, np.nan)


def _names(order: np.ndarray, scores: UnitScores | None) -> tuple[str, ...]:
    if scores is None or np.isnan(scores.auc).any():
        return tuple(f"unit {u + 1}" for u in order)
    return tuple(f"unit {u + 1} · {scores.auc[u]:.2f}".replace(" 0.", " .") for u in order)  # room for 13 signs
