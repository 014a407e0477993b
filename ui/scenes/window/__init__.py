"""The `window` scene: input, kernel and output planes with a window that slides between them."""

from collections.abc import Callable, Sequence

import numpy as np

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


def _ignore() -> None:
    """A scene that is not editable has nothing to tell."""
