"""The loss of a training as a line that keeps its place in the page while it grows."""

from typing import Any

import numpy as np

from ui import palette
from ui.figures.rows import packed


def line(epochs: np.ndarray, losses: np.ndarray, *, last: float, title: str = "loss") -> dict[str, Any]:
    """Return a Vega-Lite chart of losses over epochs.

    Parameters
    ----------
    epochs, losses : np.ndarray, (S,)
        One point a snapshot.
    last : float
        The epoch that the axis ends with, so that it does not jump while the line grows.
    title : str
        Of the vertical axis.
    """
    colour = palette.COLOURS["result"]
    rows = [{"epoch": round(float(x), 3), "loss": round(float(y), 5)} for x, y in zip(epochs, losses, strict=True)]
    return {
        "datasets": {"losses": packed(rows)},
        "data": {"name": "losses"},
        "mark": {"type": "line", "color": colour, "point": {"color": colour, "size": 30}},
        "encoding": {
            "x": {"field": "epoch", "type": "quantitative", "scale": {"domain": [0, last]}, "title": "epoch"},
            "y": {"field": "loss", "type": "quantitative", "scale": {"zero": False}, "title": title},
            "tooltip": [
                {"field": "epoch", "type": "quantitative", "format": ".2f"},
                {"field": "loss", "type": "quantitative", "format": ".4f"},
            ],
        },
        "width": "container",
        "height": 150,
        "description": f"{title} by epoch",
    }
