"""Convolution: a kernel slides over a picture, and every cell of the feature map shows where it came from."""

import streamlit as st

from engine.vision import convolution, images, kernels
from ui.lesson import Frame
from ui.scenes import pad, window

UPLOAD, DRAW = "upload a picture", "draw a picture"
DEFAULTS = {
    "image": "camera", "size": 28, "colour": False, "kernel": "vertical edge", "cells": "1 0 -1; 1 0 -1; 1 0 -1",
    "k": 3, "also": [], "stride": 1, "padding": "valid", "bias": 0.0, "relu": False, "flip": False,
}  # fmt: skip
PRESETS = {
    "Vertical edges": {},
    "Horizontal edges": {"kernel": "horizontal edge"},
    "Sobel": {"image": "coins", "size": 48, "kernel": "Sobel x", "also": ["Sobel y"], "padding": "same"},
    "Blur": {"image": "astronaut", "size": 48, "kernel": "Gaussian", "k": 5, "padding": "same"},
    "Several maps": {
        "image": "flower",
        "size": 64,
        "also": ["horizontal edge", "Laplacian", "sharpen"],
        "padding": "same",
    },
    "Class example": {"image": "class 6×6"},
    "Half bright": {"image": "half-bright 6×6"},
}

frame = Frame("convolution", DEFAULTS, PRESETS)


def edit_kernel() -> None:
    """A cell was typed in the picture, which shows the kernel as it is laid on: the kernel becomes a custom one."""
    cells = st.session_state["window"].kernel
    st.session_state["cells"] = kernels.turn(cells) if st.session_state["flip"] else cells
    st.session_state["kernel"] = kernels.CUSTOM


@frame.show
def lesson() -> None:
    """Draw controls, picture and words: all that a moved control changes."""
    with frame.controls:
        image = frame.select("Image", "image", (*images.SAMPLES, UPLOAD, DRAW))
        source: object = image
        if image == UPLOAD:
            file = st.file_uploader("Picture", ["png", "jpg", "jpeg", "webp"], key="file")
            source = file.getvalue() if file else None
        elif image == DRAW:
            source = pad.show("drawing")
        size = frame.slider(
            "Size (pixels a side)", "size", images.MIN_SIZE, images.MAX_SIZE, disabled=image in images.GRIDS
        )
        name = frame.select("Kernel", "kernel", kernels.NAMES)
        custom = name == kernels.CUSTOM
        k = frame.slider("Kernel size", "k", 1, kernels.MAX_SIZE, disabled=custom)
        stride = frame.slider("Stride", "stride", 1, 4)
        padding = frame.choose("Padding", "padding", convolution.PADDINGS)
        with st.expander("More settings", key="more", on_change="ignore"):
            typed = frame.text(
                "Cells of a custom kernel",
                "cells",
                max_chars=700,
                disabled=not custom,
                help="Rows separated by ; and cells by spaces.",
            )
            also = frame.pills("Further kernels, one more map each", "also", list(kernels.SHAPES))
            colour = frame.toggle("Colour (red, green, blue)", "colour",
                                  help="Flower, astronaut and your own pictures have colours.")  # fmt: skip
            bias = frame.number("Bias", "bias", -500.0, 500.0, 10.0)
            relu = frame.toggle("ReLU", "relu", help="Negative values become 0.")
            flip = frame.toggle("True convolution (kernel turned by 180°)", "flip",
                                help="Networks compute the cross-correlation, without turning the kernel.")  # fmt: skip

    if source is None:
        frame.refuse("Choose a picture file; it stays in this session." if image == UPLOAD else
                     "Draw something on the black pad; the picture follows.")  # fmt: skip
    cells = typed if custom else kernels.write(frame.ask_privately(kernels.make, name, k))
    ask = frame.ask if isinstance(source, str) else frame.ask_privately
    trace = ask(convolution.trace, source, size, colour, cells, tuple(also), stride, padding, bias, relu, flip)
    question, hidden = convolution.question(trace, frame.round)

    rows, columns = trace.maps.shape[:2]
    height, width = trace.picture.shape[:2]
    with frame.picture:
        window.show(
            "window",
            trace.padded,
            labels={
                "input": f"input {height} × {width}", "kernel": "kernel {} × {}".format(*trace.kernels.shape),
                "output": f"feature map {rows} × {columns}", "cell": "the feature map at",
            },
            strides=(stride, stride), pads=trace.pads, kernels=trace.kernels, sums=trace.sums, maps=trace.maps,
            names=(name, *also), bias=bias, relu=relu, masked=hidden if frame.asking else None, on_edit=edit_kernel,
        )  # fmt: skip
    total = r"\sum_{i,j,ch} x_{r\,s+i,\;c\,s+j,\;ch}\; w_{i,j,ch} + b"
    total = rf"\max\big(0,\; {total}\big)" if relu else total
    frame.formula(rf"\text{{map}}_{{r,c}} = {total} \qquad s = {stride}")

    frame.notice(
        f"The kernel stops at {rows} × {columns} places of the {height} × {width} picture: that is the map's size.",
        "The same weights are used at every stop: the map says *where* the kernel's pattern is, whatever the place.",
        f"The {name} map runs from {trace.maps[..., 0].min():.4g} to {trace.maps[..., 0].max():.4g}: blue is above "
        "zero, vermilion below, the page's colour is zero.",
        "True convolution turns the kernel by 180° first; networks learn their weights, so they do without."
        if not flip
        else "The kernel is turned by 180°: that is what mathematics calls convolution.",
    )
    frame.predict(question)
    frame.recipe(**convolution.recipe_settings(source, size, colour, trace, padding))
    frame.checked(trace.check)
