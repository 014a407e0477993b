"""GRU and variations: two gates, an LSTM beside them, both directions, and layers on top of one another."""

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from engine.sequence import directions, gate_words, variation_questions, variation_sizes, variation_words, variations
from engine.sequence.directions import Trace
from engine.sequence.variations import MAX_LAYERS, MAX_SEED, MAX_UNITS, MAX_WORDS, SENTENCE, Settings
from ui import tables
from ui.lesson import Frame
from ui.scenes.timeline import variations as picture

GATES, BESIDE, BOTH, STACKED = "GRU gates", "GRU beside LSTM", "two directions", "stacked"
READ: dict[str, Callable[[Settings], Trace]] = {
    GATES: variations.read_gru, BESIDE: variations.read_beside, BOTH: directions.read_both_ways,
    STACKED: directions.read_stack,
}  # fmt: skip
LAST = len(SENTENCE.split())
DEFAULTS = {
    "view": GATES, "text": SENTENCE, "units": 3, "unit": 1, "reset": True, "layers": 3, "edit": 5, "into": "market",
    "seed": 0,
}  # fmt: skip
PRESETS: dict[str, dict[str, Any]] = {
    "GRU gates": {},
    "Reset before": {"reset": False},
    "Beside LSTM": {"view": BESIDE},
    "Two directions": {"view": BOTH},
    "First word": {"view": BOTH, "edit": 1, "into": "another"},
    "Last word": {"view": BOTH, "edit": LAST, "into": "muddy"},
    "Three layers": {"view": STACKED},
    "Negation": {"view": BOTH, "text": "it is not good but it is for my sister 👍", "edit": 3, "into": "very"},
}  # fmt: skip
FORMULAS = {
    True: r"\tilde h_t = \tanh(x_t K_h + b_h + r_t \odot (h_{t-1} R_h + b'_h))",
    False: r"\tilde h_t = \tanh(x_t K_h + b_h + (r_t \odot h_{t-1})\, R_h)",
}
GATE = r"z_t, r_t = \sigma(x_t K + h_{t-1} R + b)"
STATE = r"h_t = z_t \odot h_{t-1} + (1 - z_t) \odot \tilde h_t"
LSTM = r"\\ c_t = f_t \odot c_{t-1} + i_t \odot g_t \quad h_t = o_t \odot \tanh(c_t)"
MORE = {
    GATES: "", BESIDE: LSTM,
    BOTH: r"\quad y_t = [\overrightarrow{h}_t, \overleftarrow{h}_t]",
    STACKED: r"\quad x^{(l)}_t = h^{(l-1)}_t",
}  # fmt: skip

frame = Frame("gru-bidirectional-deep", DEFAULTS, PRESETS)


@frame.show
def lesson() -> None:
    """Draw controls, picture and words: all that a moved control changes."""
    with frame.controls:
        view = frame.select("View", "view", tuple(READ))
        text = frame.text_area("Sentence", "text", max_chars=8000, height=72)
        several = view in (BOTH, STACKED)
        with st.container(horizontal=True, gap="small"):
            edit = frame.number("Word no.", "edit", 0, MAX_WORDS, 1, disabled=not several, width=96)
            into = frame.text("into", "into", 40, disabled=not several, width=92, help="Word number 0 changes none.")
        units = frame.slider("Units", "units", 1, MAX_UNITS)
        unit = frame.slider(
            "Unit that is shown", "unit", 1, MAX_UNITS, help="Of several layers: also a click in the rows."
        )
        layers = frame.slider("Layers", "layers", 1, MAX_LAYERS, disabled=view != STACKED)
        reset_after = frame.toggle("reset_after", "reset", help="Keras's default: r acts on h·R, not on h.")
        seed = frame.number("Seed of weights and words", "seed", 0, MAX_SEED, 1)
        if unit > units:
            st.caption(f"There are {units} units: unit {units} is shown.")

    shown = min(unit, units) - 1
    now = {
        "view": view,
        "text": text,
        "units": units,
        "unit": unit,
        "reset": reset_after,
        "layers": layers,
        "seed": seed,
    }
    settings = Settings(text, units, seed, reset_after, layers, edit if several else 0, into if several else "")
    traced = frame.ask(READ[view], settings)
    asked = variation_questions.NOTHING
    if frame.asking:
        asked = frame.ask_privately(variation_questions.question, traced, settings, shown, frame.round)

    with frame.picture:
        picture.show("timeline", traced, shown, asked.hide_from)
    frame.formula(rf"\begin{{array}}{{l}} {GATE} \\ {FORMULAS[reset_after]} \\ {STATE}{MORE[view]} \end{{array}}")
    sizes = partial(
        frame.ask, variation_sizes.sizes, units, layers, reset_after
    )  # Keras builds eight layers to count them
    with st.expander("How many weights is that?", key="sizes", icon=":material/scale:", on_change="rerun") as counts:
        if counts.open:
            st.markdown(tables.by_columns(gate_words.sizes_table(sizes()), text=(0, 1, 2)))

    frame.notice(*variation_words.notices(traced, shown, sizes, frame.asking))
    frame.predict(asked.question, now | asked.show if asked.show else None)
    frame.recipe(**variation_words.recipe_settings(settings, traced))
    frame.checked(traced.check)
