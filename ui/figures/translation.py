"""Two charts of translators: what they get right by length, and how that grew while they learned."""

from collections.abc import Mapping

import altair as alt
import numpy as np
import pandas as pd

from ui import palette

Curves = Mapping[str, tuple[np.ndarray, np.ndarray]]  # name -> places and shares
COLOURS = [palette.COLOURS[role] for role in ("weight", "h", "input", "result")]


def exact(curves: Curves, axis: str, *, trained: float | None = None) -> alt.LayerChart:
    """Draw shares of exact translations, a line for each network.

    Parameters
    ----------
    curves : mapping
        Name of each network -> places on the axis (n,) and shares (n,), 0 to 1.
    axis : str
        What the places are.
    trained : float, optional
        The largest length of the training; beyond it a rule marks what it was never shown.
    """
    rows = pd.concat([pd.DataFrame({"place": x, "share": y, "network": name}) for name, (x, y) in curves.items()])
    base = alt.Chart(rows).encode(
        alt.X("place:Q").title(axis),
        alt.Y("share:Q").scale(domain=(0, 1)).axis(format="%").title("exact translations"),
        alt.Color("network:N")
        .scale(domain=list(curves), range=COLOURS[: len(curves)])
        .legend(orient="top", title=None, columns=2, labelLimit=260),
        [alt.Tooltip("network:N"), alt.Tooltip("place:Q", title=axis), alt.Tooltip("share:Q", format=".1%")],
    )
    layers = [base.mark_line(), base.mark_point(filled=True, size=28)]
    if trained is not None:
        layers.append(alt.Chart(pd.DataFrame({"x": [trained + 0.5]})).mark_rule(strokeDash=[4, 4]).encode(x="x:Q"))
    return alt.LayerChart(layer=layers).properties(width="container", height=320)
