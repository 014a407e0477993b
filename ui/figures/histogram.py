"""How often each value occurs."""

from typing import Any

import numpy as np

from ui.figures.rows import packed
from ui.palette import COLOURS


def pixels(counts: np.ndarray) -> dict[str, Any]:
    """Bars of 16 pixel values each: `counts` (16,) of the values 0 to 255."""
    width = 256 // len(counts)
    rows = [{"from": width * k, "to": width * (k + 1), "pixels": int(count)} for k, count in enumerate(counts)]
    return {
        "datasets": {"counts": packed(rows)},
        "data": {"name": "counts"},
        "mark": {"type": "bar", "color": COLOURS["input"]},
        "encoding": {
            "x": {
                "field": "from", "type": "quantitative", "bin": "binned", "title": "pixel value",
                "scale": {"domain": [0, 256], "nice": False}, "axis": {"values": list(range(0, 257, 32))},
            },
            "x2": {"field": "to"},
            "y": {"field": "pixels", "type": "quantitative", "title": "pixels"},
            "tooltip": [{"field": name, "type": "quantitative"} for name in ("from", "to", "pixels")],
        },
        "height": 150, "width": "container",
        "description": "How many pixels of the face have each value, 0 to 255",
    }  # fmt: skip
