"""How often each value occurs."""

import altair as alt
import numpy as np
import pandas as pd

from ui.palette import COLOURS


def pixels(counts: np.ndarray) -> alt.Chart:
    """Bars of 16 pixel values each: `counts` (16,) of the values 0 to 255."""
    starts = np.arange(len(counts)) * 256 // len(counts)
    frame = pd.DataFrame({"from": starts, "to": np.append(starts[1:], 256), "pixels": counts})
    return (
        alt.Chart(frame, height=110)
        .mark_bar(color=COLOURS["input"])
        .encode(
            x=alt.X("from:Q", title="pixel value", scale=alt.Scale(domain=[0, 256], nice=False)),
            x2="to:Q",
            y=alt.Y("pixels:Q", title="pixels"),
            tooltip=["from", "to", "pixels"],
        )
        .properties(description="How many pixels of the face have each value, 0 to 255")
    )
