"""The loss of a training as a line that keeps its place in the page while it grows."""

import altair as alt
import numpy as np
import pandas as pd

from ui import palette


def line(epochs: np.ndarray, losses: np.ndarray, *, last: float, title: str = "loss") -> alt.Chart:
    """Draw losses over epochs.

    Parameters
    ----------
    epochs, losses : np.ndarray, (S,)
        One point a snapshot.
    last : float
        The epoch that the axis ends with, so that it does not jump while the line grows.
    title : str
        Of the vertical axis.
    """
    rows = pd.DataFrame({"epoch": epochs, "loss": losses})
    base = alt.Chart(rows, height=150).encode(
        alt.X("epoch:Q").scale(domain=(0, last)).title("epoch"),
        alt.Y("loss:Q").scale(zero=False).title(title),
        [alt.Tooltip("epoch:Q", format=".2f"), alt.Tooltip("loss:Q", format=".4f")],
    )
    colour = palette.COLOURS["result"]
    return (base.mark_line(color=colour) + base.mark_point(color=colour, filled=True, size=30)).properties(
        width="container"
    )
