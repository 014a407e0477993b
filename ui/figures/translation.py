"""A chart of translators: what they get right by length, or how that grew while they learned."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from ui import palette

Curves = Mapping[str, tuple[np.ndarray, np.ndarray]]  # name -> places and shares
COLOURS = [palette.COLOURS[role] for role in ("weight", "h", "input", "result")]


def exact(curves: Curves, axis: str, *, trained: float | None = None) -> dict[str, Any]:
    """Return a Vega-Lite chart of shares of exact translations, a line for each network.

    Parameters
    ----------
    curves : mapping
        Name of each network -> places on the axis (n,) and shares (n,), 0 to 1.
    axis : str
        What the places are.
    trained : float, optional
        The largest length of the training; beyond it a rule marks what it was never shown.
    """
    rows = [
        {"network": name, "place": round(float(place), 5), "share": round(float(share), 5)}
        for name, (places, shares) in curves.items()
        for place, share in zip(places, shares, strict=True)
    ]
    layers = [
        {"data": {"values": rows}, "mark": {"type": "line", "point": {"size": 28}}, "encoding": _encoding(curves, axis)}
    ]
    if trained is not None:
        layers.append(
            {
                "data": {"values": [{"x": trained + 0.5}]},
                "mark": {"type": "rule", "strokeDash": [4, 4], "color": palette.COLOURS["plain"]},
                "encoding": {"x": {"field": "x", "type": "quantitative"}},
            }
        )
    description = f"Share of exact translations by {axis}: {', '.join(curves)}"
    return {"layer": layers, "width": "container", "height": 320, "description": description}


def _encoding(curves: Curves, axis: str) -> dict[str, Any]:
    number = {"type": "quantitative"}
    share = {"field": "share", **number, "axis": {"format": "%"}, "scale": {"domain": [0, 1]}}
    return {
        "x": {"field": "place", **number, "title": axis},
        "y": {**share, "title": "exact translations"},
        "color": {
            "field": "network",
            "type": "nominal",
            "scale": {"domain": list(curves), "range": COLOURS[: len(curves)]},
            "legend": {"orient": "top", "title": None, "columns": 2, "labelLimit": 260},
        },
        "tooltip": [
            {"field": "network", "type": "nominal"},
            {"field": "place", **number, "title": axis},
            {"field": "share", **number, "format": ".1%", "title": "exact translations"},
        ],
    }
