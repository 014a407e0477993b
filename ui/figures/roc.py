"""How well distances tell same from different: ROC curves, and the distances themselves with a threshold.

Vega-Lite as plain dictionaries. What changes is in `datasets`, so that the browser keeps the drawing and moves it.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from ui.figures.rows import packed
from ui.palette import COLOURS

BINS = 32
SHARE = {"domain": [0, 1], "nice": False}
AXIS = {"tickCount": 5, "titlePadding": 4}


def curves(
    points: Mapping[str, tuple[np.ndarray, np.ndarray]], now: tuple[float, float], eer: float, height: int = 240
) -> dict[str, Any]:
    """Draw ROC curves.

    Parameters
    ----------
    points : mapping of str to (K,) and (K,)
        By name: share of different pairs accepted, share of same pairs accepted; at most four, the last a baseline.
    now : tuple of float
        Where the threshold of the page lies.
    eer : float
        The equal error rate of the curve that is verified.
    """
    colours = [*[COLOURS["result"], COLOURS["input"], COLOURS["weight"]][: len(points) - 1], COLOURS["plain"]]
    steps = [
        {"x": round(float(x), 5), "y": round(float(y), 5), "curve": name, "nth": nth, "at": k}
        for nth, (name, (far, tar)) in enumerate(points.items())
        for k, (x, y) in enumerate(corners(far, tar))
    ]
    marks = [
        {"x": round(now[0], 5), "y": round(now[1], 5), "what": "at the threshold"},
        {"x": round(eer, 5), "y": round(1 - eer, 5), "what": "equal error rate"},
    ]
    diagonal = {
        "data": {"values": [{"x": 0, "y": 1}, {"x": 1, "y": 0}]},
        "mark": {"type": "line", "strokeDash": [3, 3], "color": COLOURS["plain"], "opacity": 0.4},
        "encoding": {"x": _share("x", "different pairs accepted"), "y": _share("y", "same accepted")},
    }
    lines = {
        "data": {"name": "curves"},
        "mark": {"type": "line"},
        "encoding": {
            "x": _share("x", "different pairs accepted"),
            "y": _share("y", "same accepted"),
            "order": {"field": "at", "type": "quantitative"},
            "color": {
                "field": "curve", "type": "nominal", "sort": {"field": "nth", "op": "min"},
                "scale": {"range": colours},
                "legend": {"title": "ROC area", "orient": "bottom-right", "labelLimit": 220, "padding": 4,
                           "rowPadding": 0, "offset": 2},
            },
        },
    }  # fmt: skip
    here = {
        "data": {"name": "marks"},
        "mark": {"type": "point", "size": 80, "filled": True, "opacity": 1, "color": COLOURS["gradient"]},
        "encoding": {
            "x": _share("x", "different pairs accepted"),
            "y": _share("y", "same accepted"),
            "shape": {"field": "what", "type": "nominal", "scale": {"range": ["circle", "diamond"]}, "legend": None},
            "tooltip": [
                {"field": "what", "type": "nominal", "title": "where"},
                {"field": "x", "type": "quantitative", "format": ".1%", "title": "different pairs accepted"},
                {"field": "y", "type": "quantitative", "format": ".1%", "title": "same accepted"},
            ],
        },
    }
    return {
        "datasets": {"curves": packed(steps), "marks": packed(marks)},
        "layer": [diagonal, lines, here],
        "height": height, "width": "container",
        "description": "ROC: same pairs accepted against different pairs accepted",
    }  # fmt: skip


def corners(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Leave out the points of a curve that lie on the straight line between their neighbours: (K,), (K,) to (C, 2)."""
    points = np.stack([x, y], 1)
    steps = np.diff(points, axis=0)
    turns = np.abs(steps[:-1, 0] * steps[1:, 1] - steps[:-1, 1] * steps[1:, 0]) > 1e-12
    return points[np.concatenate([[True], turns, [True]])]


def distances(squared: np.ndarray, same: np.ndarray, threshold: float, height: int = 240) -> dict[str, Any]:
    """Draw how often each squared distance occurs among same and different pairs, with the threshold.

    Parameters
    ----------
    squared : np.ndarray, (M,)
        Squared distances.
    same : np.ndarray, (M,) bool
        Which pairs are of one class.
    threshold : float
        Drawn as an upright line.
    """
    edges = np.linspace(0, 4, BINS + 1)
    kinds = {"same": squared[same], "different": squared[~same]}
    rows = [
        {"from": float(low), "to": float(low) + 4 / BINS, "pairs": int(count), "kind": kind}
        for kind, values in kinds.items()
        for low, count in zip(edges, np.histogram(values, edges)[0], strict=False)
        if count
    ]
    scale = {"domain": [0, 4], "nice": False}
    bars = {
        "data": {"name": "bars"},
        "mark": {"type": "bar", "opacity": 0.55},
        "encoding": {
            "x": {"field": "from", "type": "quantitative", "bin": "binned", "title": "squared distance",
                  "axis": AXIS, "scale": scale},
            "x2": {"field": "to"},
            "y": {"field": "pairs", "type": "quantitative", "stack": None, "title": "pairs", "axis": AXIS},
            "color": {
                "field": "kind", "type": "nominal",
                "scale": {"domain": list(kinds), "range": [COLOURS["result"], COLOURS["gradient"]]},
                "legend": {"title": None, "orient": "top-right", "padding": 2},
            },
            "tooltip": [
                {"field": "kind", "type": "nominal"},
                *({"field": name, "type": "quantitative"} for name in ("from", "to", "pairs")),
            ],
        },
    }  # fmt: skip
    line = {
        "data": {"name": "threshold"},
        "mark": {"type": "rule", "size": 2, "color": COLOURS["input"]},
        "encoding": {"x": {"field": "t", "type": "quantitative"}},
    }
    return {
        "datasets": {"bars": packed(rows), "threshold": packed([{"t": threshold}])},
        "layer": [bars, line],
        "height": height, "width": "container",
        "description": "Squared distances of same and of different pairs",
    }  # fmt: skip


def _share(field: str, title: str) -> dict[str, Any]:
    return {"field": field, "type": "quantitative", "title": title, "scale": SHARE, "axis": AXIS | {"format": "%"}}
