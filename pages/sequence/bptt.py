"""Backpropagation through time: the error travels from the last step to the first, with every factor in numbers."""

from collections.abc import Callable

import streamlit as st

from engine.sequence import bptt, bptt_words, rnn, sequences
from ui import tables
from ui.lesson import Frame
from ui.scenes.timeline import bptt as unrolled

FIELDS = {"U": "U (input)", "W": "W (past)", "V": "V (out)", "b": "b (bias)", "h0": "h₀ (start)"}
TYPING = "One number per step (1, 2, 0.5) or several (1 0; 0 1), then the targets after an arrow: 1, 2 -> 2, 3."
WRITING = "Numbers apart by spaces, a row per unit, rows apart by semicolons: 0.5 0.1; 0 0.4. For U, W, V also: random."
FORMULA = (
    r"\begin{aligned} & \frac{\partial L}{\partial h_t} = V^{\!\top}\frac{\partial L}{\partial\hat y_t}"
    r" + W^{\!\top}\frac{\partial L}{\partial a_{t+1}}"
    r" \qquad \frac{\partial L}{\partial a_t} = f'(a_t)\odot\frac{\partial L}{\partial h_t}"
    r" \\[4pt] & \frac{\partial h_t}{\partial h_{t-1}} = \operatorname{diag}(f'(a_t))\,W \end{aligned}"
)
ROWS = 12  # of a table that is shown whole
DEFAULTS = {
    "sequence": sequences.NUMBERS, "text": "", "length": 2, "units": 1, "activation": "tanh",
    "U": "0.5", "W": "0.4", "V": "0.3", "b": "0", "h0": "0", "loss": bptt.MEAN, "cut": 0, "rate": 0.1,
    "gain": 1.0, "seed": 0,
}  # fmt: skip
DRAWN = dict.fromkeys("UWV", rnn.RANDOM)
TYPED = "1, 0, 0, 0, 0, 0 -> 0, 0, 0, 0, 0, 1"
LONG = {"length": 8, "loss": bptt.LAST}
PRESETS = {
    "Class example": {},
    "One error, 8 steps back": {**LONG, "W": "0.9", "U": "0.1"},
    "Cut every 2 steps": {**LONG, "W": "0.9", "U": "0.1", "cut": 2},
    "It explodes": {**LONG, "sequence": sequences.TYPED, "text": TYPED, "activation": "linear",
                    "W": "2", "U": "1", "V": "1"},
    "Step too long": {"rate": 10.0},
    "Two units": {"sequence": sequences.TYPED, "text": "1, -1, 0.5, 0 -> 0.5, 0, 1, 0", "length": 4, "units": 2,
                  "U": "0.8; -0.4", "W": "0.5 -0.6; 0.6 0.5", "V": "1 0.5"},
    "Sine, 3 units": {"sequence": sequences.SINE, "length": 60, "units": 3, "cut": 12, **DRAWN},
}  # fmt: skip

frame = Frame("bptt", DEFAULTS, PRESETS)


def begin_sequence() -> None:
    """Another kind of input: an example where something is to be typed, and enough steps to see it."""
    st.session_state["text"] = TYPED if st.session_state["sequence"] == sequences.TYPED else ""
    st.session_state["length"] = max(st.session_state["length"], 6)
    draw_weights()


def draw_weights() -> None:
    """Another number of units or inputs: typed weights no longer fit, so all are drawn anew."""
    st.session_state.update({**DRAWN, "b": "0", "h0": "0"})


def update_weights(traced: bptt.BPTTTrace) -> None:
    """Put the weights after the update into the fields: the next way back begins there."""
    st.session_state.update(bptt_words.written(traced))


def table(title: str, small: bool, columns: Callable[[], bptt_words.Table]) -> None:
    """Draw a table: as text where it is small, else with bars to scroll, made for who opens it."""
    if small:
        st.markdown(f"#### {title}\n\n{tables.by_columns(columns())}")
        return
    with st.expander(title, key=title, icon=":material/table_rows:", on_change="rerun") as panel:
        if panel.open:
            st.dataframe(columns(), hide_index=True, height=420)


@frame.show
def lesson() -> None:
    """Draw controls, picture and words: all that a moved control changes."""
    with frame.controls:
        sequence = frame.select("Input sequence", "sequence", bptt.KINDS, on_change=begin_sequence)
        text = frame.text(
            "Values and targets", "text", disabled=sequence != sequences.TYPED, on_change=draw_weights, help=TYPING
        )
        length = frame.slider("Steps", "length", 1, sequences.MAX_STEPS)
        loss = frame.select("Loss L", "loss", bptt.LOSSES)
        cut = frame.slider("Cut the way back after … steps (0: never)", "cut", 0, 20)
        rate = frame.slider("Learning rate", "rate", 0.0, bptt.MAX_RATE, 0.05)
        updating = st.empty()
        with st.expander("Weights, units, activation", key="more", on_change="ignore"):
            units = frame.slider("Units", "units", 1, bptt.MAX_UNITS, on_change=draw_weights)
            activation = frame.select("Activation", "activation", rnn.ACTIVATIONS)
            with st.container(horizontal=True, gap="small"):
                typed = {name: frame.text(label, name, width=96, help=WRITING) for name, label in FIELDS.items()}
            random = rnn.RANDOM in typed.values()
            gain = frame.slider("Random W times", "gain", 0.0, 3.0, 0.1, disabled=not random)
            seed = frame.number("Seed", "seed", 0, 9999, disabled=not random)

    settings = {"sequence": sequence, "length": length, "text": text, "units": units, "activation": activation}
    traced = frame.ask(bptt.trace, loss, cut, rate, **settings, seed=seed, gain=gain, **typed)
    question, hidden, until = bptt_words.question(traced, frame.round)
    hidden = hidden if frame.asking else ""

    with frame.picture:
        unrolled.show("timeline", traced, hidden, until if frame.asking else None)
    frame.formula(FORMULA)
    updating.button("Take this step", on_click=update_weights, args=(traced,), icon=":material/trending_down:",
                    help="Writes the updated weights into the fields")  # fmt: skip

    if hidden:
        st.info("The tables come back after your answer.", icon=":material/visibility_off:")
    else:
        short, wide = traced.steps <= ROWS, traced.slopes.shape[1]
        table("Every factor, step by step", short and wide == 1, lambda: bptt_words.factors(traced))
        table("What every step adds to the gradients", short and wide < 3, lambda: bptt_words.contributions(traced))
        table("One step of gradient descent", True, lambda: bptt_words.totals(traced))
    frame.notice(*bptt_words.notices(traced)[: 1 if hidden else None])
    frame.predict(question)
    frame.recipe(**bptt_words.recipe_settings(traced))
    frame.checked(*traced.checks)
