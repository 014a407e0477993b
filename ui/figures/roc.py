"""How well distances tell same from different: ROC curves, and the distances themselves with a threshold."""

from collections.abc import Mapping

import altair as alt
import numpy as np
import pandas as pd

from ui.palette import COLOURS

BINS = 32


def curves(
    points: Mapping[str, tuple[np.ndarray, np.ndarray]], now: tuple[float, float], eer: float, height: int = 240
) -> alt.Chart:
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
    rows = pd.concat(
        pd.DataFrame({"false accepts": far, "true accepts": tar, "curve": name, "at": np.arange(len(far))})
        for name, (far, tar) in points.items()
    )
    share = alt.Scale(domain=[0, 1], nice=False)
    axis = alt.Axis(format="%", tickCount=5, titlePadding=4)
    x = alt.X("false accepts:Q", title="different pairs accepted", scale=share, axis=axis)
    y = alt.Y("true accepts:Q", title="same accepted", scale=share, axis=axis)
    colour = alt.Color(
        "curve:N", scale=alt.Scale(domain=list(points), range=colours),
        legend=alt.Legend(title="ROC area", orient="bottom-right", labelLimit=220, padding=4, rowPadding=0, offset=2),
    )  # fmt: skip
    lines = alt.Chart(rows).mark_line(interpolate="linear").encode(x, y, colour, order="at:Q")
    diagonal = alt.Chart(pd.DataFrame({"x": [0, 1], "y": [1, 0]})).mark_line(
        strokeDash=[3, 3], color=COLOURS["plain"], opacity=0.4
    )
    here = pd.DataFrame({"x": [now[0], eer], "y": [now[1], 1 - eer], "what": ["at the threshold", "equal error rate"]})
    marks = alt.Chart(here).mark_point(size=80, filled=True, opacity=1).encode(
        alt.X("x:Q", scale=share), alt.Y("y:Q", scale=share),
        shape=alt.Shape("what:N", scale=alt.Scale(range=["circle", "diamond"]), legend=None),
        color=alt.value(COLOURS["gradient"]),
        tooltip=["what:N", alt.Tooltip("x:Q", format=".1%"), alt.Tooltip("y:Q", format=".1%")],
    )  # fmt: skip
    cross = diagonal.encode(alt.X("x:Q", scale=share), alt.Y("y:Q", scale=share))
    return (cross + lines + marks).properties(
        height=height, width="container", description="ROC: same pairs accepted against different pairs accepted"
    )


def distances(squared: np.ndarray, same: np.ndarray, threshold: float, height: int = 240) -> alt.Chart:
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
    rows = pd.concat(
        pd.DataFrame({"from": edges[:-1], "to": edges[1:], "pairs": np.histogram(values, edges)[0], "kind": kind})
        for kind, values in kinds.items()
    )
    colour = alt.Color(
        "kind:N", scale=alt.Scale(domain=list(kinds), range=[COLOURS["result"], COLOURS["gradient"]]),
        legend=alt.Legend(title=None, orient="top-right", padding=2),
    )  # fmt: skip
    axis, scale = alt.Axis(tickCount=5, titlePadding=4), alt.Scale(domain=[0, 4], nice=False)
    x = alt.X("from:Q", bin="binned", title="squared distance", axis=axis, scale=scale)
    y = alt.Y("pairs:Q", stack=None, title="pairs", axis=axis)
    bars = (
        alt.Chart(rows)
        .mark_bar(opacity=0.55)
        .encode(x, alt.X2("to:Q"), y, colour, tooltip=["kind", "from", "to", "pairs"])
    )
    line = alt.Chart(pd.DataFrame({"t": [threshold]})).mark_rule(size=2, color=COLOURS["input"]).encode(x="t:Q")
    return (bars + line).properties(
        height=height, width="container", description="Squared distances of same and of different pairs"
    )
