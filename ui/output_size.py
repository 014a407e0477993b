"""The words beside the pictures of the lesson on output sizes: captions, legends, and the table of a stack."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.vision.axis import CAUSAL, View, view
from engine.vision.output_size import OutputSizeTrace, Settings
from engine.vision.stacks import StackTrace, Stage
from ui.scenes import window


def show_layer(trace: OutputSizeTrace) -> None:
    """Mount the picture of one layer: its grid with the padding, the stops, who sees what."""
    shown, transposed = trace.view, trace.settings.transposed
    two = trace.settings.dimensions == 2
    sizes = [f"{rows} × {columns}" if two else f"{columns}" for rows, columns in (
        (trace.settings.height, trace.settings.width), trace.output)]  # fmt: skip
    padded, causal = any(shown.pads), trace.settings.padding == CAUSAL
    flat = shown.grid[0] == 1  # the scene calls what stands in one row samples
    cell = "sample" if flat else "pixel"
    words = _transposed_words(sizes, padded) if transposed else _words(sizes, padded, cell)
    reached, cells = ("written by", "cell") if transposed else ("seen by", cell)
    marks = [
        *_legend(shown, reached, "window", "windows", cells),
        ("stop", f"{'start' if flat else 'corner'} of each window"),
    ]
    if padded:
        marks.append(("edge", _border("cut off" if transposed else "padding", shown.pads if two else shown.pads[2:])))
    if flat:
        marks.append(("hint", _standing(transposed, causal)))
    marks.append(("hint", "point at any cell"))
    window.show_views(
        "window", [shown], labels=[words], legends=[marks], stops=True, transposed=transposed, causal=causal
    )


def _standing(transposed: bool, causal: bool) -> str:
    """Say where the samples of one strip stand below or above those of the other."""
    if transposed:
        return "each input stands over the middle of what it writes"
    return f"each output stands under the {'last sample' if causal else 'middle'} of its window"


def _border(what: str, pads: Sequence[int]) -> str:
    """Say how many cells stand on each side: top, bottom, left, right, or the last two alone."""
    if len(set(pads)) == 1:
        return f"{what}: {pads[0]} on {'every side' if len(pads) > 2 else 'both sides'}"
    names = ("top", "bottom", "left", "right")[-len(pads) :]
    return f"{what}: {', '.join(f'{n} {name}' for n, name in zip(pads, names, strict=True) if n)}"


def show_stack(trace: StackTrace) -> None:
    """Mount the picture of a stack: its layers in a table, and what a cell of the chosen one sees of the picture."""
    height, width, _ = trace.input
    words = {
        "input": f"picture {height} × {width}", "cell": "cell", "sees": "sees", "grid": "picture", "counted": "pixels",
        "pixel": "pixel", "feeds": "is seen by", "one": "cell", "many": "cells",
    }  # fmt: skip
    shown = [
        (f"after {stage.layer}: {stage.output[0]} × {stage.output[1]}", stage.view)
        for stage in trace.stages
        if stage.view
    ]
    if not shown:  # no windows at all
        shown = [("every unit", view(np.ones((1, height), bool), np.ones((1, width), bool)))]
    labels = [words | {"output": caption} for caption, _ in shown]
    views = [one for _, one in shown]
    hint = ("hint", "point at a layer or a cell")
    legends = [[*_legend(one, "seen by", "cell", "cells", "pixel"), hint] for one in views]
    window.show_views("window", views, labels=labels, legends=legends, table=_table(trace))


def _words(sizes: list[str], padded: bool, cell: str) -> dict[str, str]:
    return {
        "input": f"input {sizes[0]} · windows that see each {cell}",
        "output": f"output {sizes[1]} · {cell}s each window sees",
        "cell": "output", "sees": "sees", "grid": "padded input" if padded else "input",
        "counted": f"real {cell}s" if padded else f"{cell}s",
        "pixel": "pixel" if cell == "pixel" else "input", "border": "a padding cell", "feeds": "is seen by",
        "one": "window", "many": "windows",
    }  # fmt: skip


def _transposed_words(sizes: list[str], padded: bool) -> dict[str, str]:
    return {
        "input": f"output {sizes[1]} · windows in each cell",
        "output": f"input {sizes[0]} · cells each one writes",
        "cell": "input", "sees": "writes", "grid": "output before it is cut" if padded else "output",
        "counted": "kept cells" if padded else "cells",
        "pixel": "output", "border": "a cell that is cut off", "feeds": "is the sum of",
        "one": "window", "many": "windows",
    }  # fmt: skip


def controls(settings: Settings) -> dict[str, Any]:
    """Return the values of the page's controls that show `settings`."""
    number = isinstance(settings.padding, int)
    return {
        "data": f"{settings.dimensions}-D", "transposed": settings.transposed,
        "height": settings.height, "width": settings.width,
        "rows": settings.kernel_size[0], "columns": settings.kernel_size[1], "stride": settings.strides,
        "dilation": settings.dilation_rate, "padding": "number" if number else settings.padding,
        "p": settings.padding if number else 1, "fill": settings.fill,
    }  # fmt: skip


def _legend(shown: View, reached: str, one: str, many: str, cell: str) -> list[tuple[str, str]]:
    low, high = int(shown.real.min()), int(shown.real.max())
    lost = int((shown.real == 0).sum())
    reach = f"{max(low, 1):,} to {high:,} {many}" if high > max(low, 1) else f"{high:,} {one if high == 1 else many}"
    marks = [("seen", f"{reached} {reach}")]
    if lost:
        marks.append(("unseen", f"by none: {lost:,} {cell if lost == 1 else f'{cell}s'}"))
    return marks


def _table(trace: StackTrace) -> dict[str, Any]:
    rows: list[dict[str, Any]] = []
    views = 0
    for stage in trace.stages:
        rows.append({"cells": _cells(stage), "view": views if stage.view is not None else None})
        views += stage.view is not None
    rows.append(
        {"cells": ["total", "", "", f"{trace.parameters:,}", f"{trace.multiply_adds:,}"], "view": None, "total": True}
    )
    return {"columns": ["layer", "output", "sees", "parameters", "multiply–adds"], "rows": rows}


def _cells(stage: Stage) -> list[str]:
    output = " × ".join(f"{n:,}" if len(stage.output) == 1 else f"{n}" for n in stage.output)
    field = " × ".join(map(str, stage.field))
    costs = [f"{number:,}" if number else "–" for number in (stage.parameters, stage.multiply_adds)]
    return [str(stage.layer), output, field, *costs]
