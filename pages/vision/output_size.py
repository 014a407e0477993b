"""Output size: where the window of a layer stops, what it sees, and how big is what comes out."""

import streamlit as st

from engine.vision import (
    axis,
    output_size,
    output_size_formula,
    output_size_quiz,
    output_size_words,
    stack_words,
    stacks,
)
from engine.vision.output_size import Settings
from ui import output_size as picture
from ui.lesson import Frame

LAYER, STACK = "one layer", "a stack"
LECTURE = "\n".join([*(f"conv {filters} 3x3\npool 2" for filters in (16, 32, 64, 64, 64)), "dense 512\ndense 1"])
FLOWERS = "\n".join(["conv 32 3x3\npool 2"] * 3 + ["dense 128\ndense 5"])
DEFAULTS = {
    "what": LAYER, "data": "2-D", "transposed": False, "height": 6, "width": 6, "rows": 3, "columns": 3, "stride": 1,
    "dilation": 1, "padding": "valid", "p": 1, "fill": "zeros",
    "stack": "conv 16 3x3\npool 2\nconv 32 3x3\npool 2\ndense 10", "tall": 64, "wide": 64, "channels": 3,
}  # fmt: skip
PRESETS = {
    "6 × 6": {},
    "Same": {"padding": "same"},
    "Uneven same": {"height": 8, "width": 8, "stride": 2, "padding": "same"},
    "Remainder": {"height": 8, "width": 10, "stride": 2},
    "Dilation": {"height": 11, "width": 11, "dilation": 3},
    "1-D causal": {"data": "1-D", "width": 16, "dilation": 2, "padding": "causal"},
    "Transposed": {"transposed": True, "height": 5, "width": 5, "stride": 2},
    "Lecture net": {"what": STACK, "stack": LECTURE, "tall": 300, "wide": 300},
    "Flower net": {"what": STACK, "stack": FLOWERS, "tall": 180, "wide": 180},
}
GRAMMAR = (
    "One layer after the other, on lines of their own or set off by semicolons: `conv 16 3x3`, `pool 2`, `average 2`, "
    "`global`, `dense 10`; behind conv and pool also `same`, `stride 2`, behind conv `dilation 2`."
)

frame = Frame("output-size", DEFAULTS, PRESETS)


@frame.show
def lesson() -> None:
    """Draw controls, picture and words: all that a moved control changes."""
    with frame.controls:
        what = frame.choose("What", "what", (LAYER, STACK), label_visibility="collapsed")
        single = what == LAYER
        layer_box = st.container(key="one-layer") if single else None
        stack_box = st.container(key="a-stack") if not single else st.expander("A stack of layers", key="stack-closed")
        layer_box = layer_box or st.expander("One layer", key="one-layer-closed")
    with layer_box:
        data = frame.choose("Data", "data", ("2-D", "1-D"), label_visibility="collapsed", disabled=not single)
        flat = data == "1-D"
        with st.container(horizontal=True, gap="small"):
            height = frame.number("Rows", "height", 1, output_size.MAX_SIZE, disabled=flat or not single)
            width = frame.number(
                "Samples" if flat else "Columns", "width", 1, output_size.MAX_SIZE, disabled=not single
            )
        with st.container(horizontal=True, gap="small"):
            rows = frame.slider("Kernel rows", "rows", 1, output_size.MAX_KERNEL, disabled=flat or not single)
            columns = frame.slider(
                "Kernel size" if flat else "Kernel cols", "columns", 1, output_size.MAX_KERNEL, disabled=not single
            )
        with st.container(horizontal=True, gap="small"):
            stride = frame.slider("Stride", "stride", 1, output_size.MAX_STRIDE, disabled=not single)
            dilation = frame.slider("Dilation", "dilation", 1, output_size.MAX_DILATION, disabled=not single)
        padding = frame.select("Padding", "padding", (*axis.PADDINGS, axis.CAUSAL), disabled=not single)
        transposed = st.session_state.get("transposed", False)  # drawn below
        with st.container(horizontal=True, gap="small"):
            p = frame.slider("Number p", "p", 0, axis.MAX_PADDING, disabled=not single or padding != "number")
            fill = frame.select(
                "Filled with", "fill", axis.FILLS, disabled=not single or transposed or padding == "valid"
            )
        transposed = frame.toggle("Transposed", "transposed", disabled=not single)
    with stack_box:
        text = frame.text_area("Layers", "stack", 600, help=GRAMMAR, height=310, disabled=single)
        with st.container(horizontal=True, gap="small"):
            tall = frame.number("Rows", "tall", 1, stacks.MAX_SIZE, disabled=single)
            wide = frame.number("Columns", "wide", 1, stacks.MAX_SIZE, disabled=single)
        channels = frame.number("Channels (3: colour)", "channels", 1, stacks.MAX_CHANNELS, disabled=single)

    if single:
        settings = Settings(
            height, width, (rows, columns), stride, p if padding == "number" else padding,
            "zeros" if transposed else fill, dilation, 1 if flat else 2, transposed,
        )  # fmt: skip
        trace = frame.ask(output_size.trace, settings)
        with frame.picture:
            picture.show_layer(trace)
        frame.formula(output_size_formula.formula(trace))
        frame.notice(*output_size_words.notes(trace))
        question, other = output_size_quiz.question(settings, frame.round)
        frame.predict(question, show=picture.controls(other))
        frame.recipe(**output_size.recipe_settings(settings))
        frame.checked(*trace.checks)
    else:
        network = frame.ask(stacks.trace, tall, wide, channels, text)
        with frame.picture:
            picture.show_stack(network)
        frame.formula(stack_words.formula(network))
        frame.notice(*stack_words.notes(network))
        question, side, layers = stack_words.question(tall, frame.round)
        frame.predict(question, show={"what": STACK, "tall": side, "wide": side, "stack": layers})
        frame.recipe(**stacks.recipe_settings(tall, wide, channels, text))
        frame.checked(*network.checks)
