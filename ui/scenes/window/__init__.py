"""The `window` scene: input, kernel and output planes with a window that slides between them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from engine.vision.axis import View
from ui import scenes


def show(
    key: str,
    input: np.ndarray,  # (H, W, C) the input with its border, the name Keras gives it
    *,
    labels: dict[str, str],  # captions: input, kernel, output, and cell, the name of one output cell
    strides: tuple[int, int] = (1, 1),
    dilation: tuple[int, int] = (1, 1),
    pads: tuple[int, int, int, int] = (0, 0, 0, 0),  # top, bottom, left, right
    fill: str = "zeros",  # what the border holds: "zeros" is drawn empty, anything else as the input, paler
    input_scale: str = "grey",  # "grey" 0 to 255, "signed" or "magnitude"
    output_scale: str = "signed",
    kernel: tuple[int, int] | None = None,  # with `output`: the sizes alone, where there are no numbers to show
    output: tuple[int, int] | None = None,
    kernels: np.ndarray | None = None,  # (kh, kw, C, F)
    sums: np.ndarray | None = None,  # (R, K, F)
    maps: np.ndarray | None = None,  # (R, K, F)
    names: Sequence[str] = ("",),  # of the F maps
    bias: float = 0.0,
    relu: bool = False,
    masked: tuple[int, int] | None = None,  # output cell to hide
    on_edit: Callable[[], None] | None = None,  # called after a kernel cell was typed: session_state[key].kernel
) -> None:
    """Mount the scene; hover, stepping and playing happen in the browser, only an edited kernel cell comes back."""
    header = {
        "labels": labels, "strides": strides, "dilation": dilation, "pads": pads, "fill": fill,
        "inputScale": input_scale, "outputScale": output_scale, "kernel": kernel, "output": output,
        "names": list(names), "bias": bias, "relu": relu, "masked": masked, "editable": on_edit is not None,
    }  # fmt: skip
    arrays = {"input": input, "kernels": kernels, "sums": sums, "maps": maps}
    packed = scenes.pack(header, {name: array for name, array in arrays.items() if array is not None})
    scenes.scene("window")(key=key, data=packed, on_kernel_change=on_edit or _ignore)


def show_views(
    key: str,
    views: Sequence[View],
    *,
    labels: Sequence[Mapping[str, str]],  # per view, captions: input, output; words: cell, sees, grid, counted, …
    legends: Sequence[Sequence[tuple[str, str]]],  # per view: (seen, unseen, stop or edge; what it means)
    stops: bool = False,  # mark the cells where the corner of the window stops
    transposed: bool = False,  # the windows lie on what comes out
    causal: bool = False,  # 1-D: outputs stand under the last cell of their window, not under the middle one
    table: Mapping[str, Any] | None = None,  # columns and rows of a stack's table; each row: cells, view, total
) -> None:
    """Mount the scene with no values but counts: which cells each output sees, and by how many each cell is seen."""
    described = [
        {"grid": view.grid, "output": view.output, "pads": view.pads, "labels": words, "legend": marks}
        for view, words, marks in zip(views, labels, legends, strict=True)
    ]
    arrays = {f"rows{k}": view.row_bits for k, view in enumerate(views)}
    arrays |= {f"columns{k}": view.column_bits for k, view in enumerate(views)}
    header = {"views": described, "stops": stops, "transposed": transposed, "causal": causal, "table": table}
    scenes.scene("window")(key=key, data=scenes.pack(header, arrays), on_kernel_change=_ignore)


def _ignore() -> None:
    """A scene that is not editable has nothing to tell."""
