"""The scene `map`: labelled points, the true neighbours of the one pointed at, and how the points move in time."""

from collections.abc import Mapping, Sequence
from hashlib import blake2b

import numpy as np

from ui import scenes

MOST = 10_000  # points


def show(
    key: str,
    labels: Sequence[str],  # N
    positions: np.ndarray,  # (F, N + M, 2 or 3), one layer per snapshot; the last M are marks, not points
    *,
    width: int,  # of the space the neighbours are found in
    neighbours: np.ndarray | None = None,  # (G, N, K) true neighbours, nearest first
    cosines: np.ndarray | None = None,  # (G, N, K)
    neighbour_frames: Sequence[int] = (),  # the G snapshots that the neighbours belong to
    groups: np.ndarray | None = None,  # (N,) which of group_names
    group_names: Sequence[str] = (),
    group_colours: Sequence[str] = (),
    order: np.ndarray | None = None,  # (N,) point numbers, the most important label first
    marks: Sequence[str] = (),  # M names of further places, drawn as squares
    arrows: Sequence[tuple[int, int]] = (),  # from, to; numbers of points and marks
    stars: Sequence[int] = (),  # points whose labels come before all others
    frames: Sequence[str] = ("",),  # F names of the snapshots
    current: int = -1,  # the snapshot shown first
    axes: Mapping[str, object] | None = None,  # x, y: words at the axes; zero: draw the lines through 0
    noun: str = "words",
    singular: str = "word",
    waiting: str = "",  # said in place of neighbours that are not there yet
    timeline: bool = True,  # keep room for the snapshots' transport
    height: int = 400,
) -> None:
    """Mount the map; pointing, searching, zooming and scrubbing happen in the browser."""
    positions = np.asarray(positions, "float32")
    if len(labels) > MOST:
        raise ValueError(f"{len(labels)} {noun} are too many for the map; show at most {MOST:,}")
    if positions.shape[:2] != (len(frames), len(labels) + len(marks)):
        raise ValueError(
            f"positions {positions.shape} do not fit {len(frames)} frames of {len(labels) + len(marks)} places"
        )
    header = {
        "labels": list(labels), "marks": list(marks), "arrows": [list(pair) for pair in arrows], "stars": list(stars),
        "frames": list(frames),
        "current": current % len(frames), "neighbourFrames": list(neighbour_frames), "groupNames": list(group_names),
        "groupColours": list(group_colours), "axes": dict(axes or {}), "noun": noun, "singular": singular,
        "width": width, "waiting": waiting, "timeline": timeline, "height": height,
    }  # fmt: skip
    optional = {"neighbours": neighbours, "cosines": cosines, "group": groups, "order": order}
    arrays = {"positions": positions} | {name: array for name, array in optional.items() if array is not None}
    # The same data again is not a new picture: the browser keeps the snapshot and the view that are on the screen.
    header["id"] = blake2b(scenes.pack(header, arrays), digest_size=8).hexdigest()
    scenes.scene("map")(key=key, data=scenes.pack(header, arrays))
