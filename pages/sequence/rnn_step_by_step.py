"""RNN step by step: what one recurrent layer keeps in its hidden state while it reads a sequence."""

import streamlit as st

from engine.sequence import on_paper, rnn, sequences
from ui.lesson import Frame
from ui.scenes.timeline import rnn as unrolled

FIELDS = ("U", "W", "V", "b", "h0")
MEANINGS = {"U": "input", "W": "past", "V": "output", "b": "bias", "h0": "initial state"}
DEFAULTS = {
    "sequence": sequences.NUMBERS, "sentence": "the cat saw the dog", "encoding": sequences.ENCODINGS[0],
    "values": "1, 0, 0, 0, 0, 0, 0, 0", "length": 2, "units": 1, "activation": "tanh", "gain": 1.0, "seed": 0,
    "U": "0.5", "W": "0.4", "V": "0.3", "b": "0", "h0": "0", "decimals": 2,
}  # fmt: skip
DRAWN = {name: rnn.RANDOM for name in "UWV"}
PRESETS = {
    "The class example": {},
    "Counting to eight": {"length": 8},
    "An echo that fades": {"sequence": sequences.TYPED, "length": 8, "U": "1", "W": "0.7", "V": "1", "activation": "linear"},
    "An echo that grows": {"sequence": sequences.TYPED, "length": 8, "U": "1", "W": "1.5", "V": "1", "activation": "linear"},
    "Two units": {"sequence": sequences.TYPED, "values": "1, -1, 0.5, 0, 0, 1", "length": 6, "units": 2,
                  "U": "0.8; -0.4", "W": "0.5 -0.6; 0.6 0.5", "V": "1 0.5"},
    "The same word twice": {"sequence": sequences.SENTENCE, "length": 20, "units": 4, **DRAWN},
    "A sine, 32 units": {"sequence": sequences.SINE, "length": 60, "units": 32, **DRAWN},
    "200 steps": {"sequence": sequences.SINE, "length": 200, "units": 32, "seed": 5, **DRAWN},
}  # fmt: skip

frame = Frame("rnn-step-by-step", DEFAULTS, PRESETS)


def draw_weights() -> None:
    """Another number of units or inputs: typed weights no longer fit, so all are drawn anew."""
    st.session_state.update({**DRAWN, "b": "0", "h0": "0"})


def write_weights(traced: rnn.RNNTrace) -> None:
    """Put the drawn weights into the fields, to be changed there."""
    st.session_state.update(rnn.written(traced.weights))


def notices(traced: rnn.RNNTrace) -> list[str]:
    """What this run shows."""
    steps, features = traced.sequence.x.shape
    found = [f"Every arrow W holds the same {'number' if traced.units == 1 else 'numbers'}, and so do U and V: "
             f"{traced.units * (features + traced.units + 1)} weights make all {steps} states, however long the sequence."]  # fmt: skip
    if on_paper.suits(traced):
        found.append(f"By hand, rounding to two decimals after every step, the mean loss comes to {on_paper.by_hand(traced)[-1][2]:g}; "
                     f"without rounding it is {traced.mean_loss:.4f}. Rounding is the whole difference.")  # fmt: skip
    if again := on_paper.repeated(traced):
        found.append(f"The input of steps {again[1] + 1} and {again[2] + 1} is the same, the state is not: it differs by up to "
                     f"{again[3]:.3f}, because h also holds what came before.")  # fmt: skip
    if traced.finite < steps:
        found.append(f"From step {traced.finite + 1} on the numbers are too large for a 32-bit float: W multiplies the state at every step.")
    if traced.activation == "tanh":
        found.append(f"tanh keeps the state between −1 and 1; here it reaches {abs(traced.hidden).max():.4f}.")
    return found[:4]


with frame.controls:
    sequence = frame.select("Input sequence", "sequence", sequences.KINDS, on_change=draw_weights)
    text, encoding = "", DEFAULTS["encoding"]
    if sequence == sequences.SENTENCE:
        text = frame.text("Sentence", "sentence", on_change=draw_weights)
        encoding = frame.select("As", "encoding", sequences.ENCODINGS, on_change=draw_weights)
    elif sequence == sequences.TYPED:
        text = frame.text("Values", "values", help="One number per step: 1, 2, 0.5. With several numbers per step: 1 0; 0 1. "
                          "Targets after an arrow: 1, 2 -> 2, 3.")  # fmt: skip
    length = frame.slider("Steps, at most" if text else "Steps", "length", 1, sequences.MAX_STEPS)
    units = frame.slider("Units", "units", 1, rnn.MAX_UNITS, on_change=draw_weights)
    activation = frame.select("Activation", "activation", rnn.ACTIVATIONS)
    typed = dict(DRAWN)
    if units <= rnn.EDITABLE_UNITS:
        fields = st.container(horizontal=True, gap="small")
        with fields:
            typed = {name: frame.text(f"{name.replace('h0', 'h₀')} ({MEANINGS[name]})", name, width=118) for name in FIELDS}
    seed, gain = DEFAULTS["seed"], DEFAULTS["gain"]
    if rnn.RANDOM in typed.values():
        gain = frame.slider("Random W times", "gain", 0.0, 3.0, 0.1)
        seed = frame.number("Seed", "seed", 0, 9999)

traced = frame.ask(rnn.trace, sequence, length, text, encoding, units, activation, seed, gain, **typed)
question, hide_from = on_paper.question(traced, frame.round)

with frame.picture:
    unrolled.show("timeline", traced, hide_from if frame.asking else None)
frame.formula(r"h_t = f(U\,x_t + W\,h_{t-1} + b) \qquad \hat y_t = V\,h_t" + (r" \qquad L_t = \tfrac12(\hat y_t - y_t)^2" if traced.losses is not None else ""))
if units <= rnn.EDITABLE_UNITS and traced.drawn:
    frame.controls.button("Write the random weights into the fields", on_click=write_weights, args=(traced,))

if on_paper.suits(traced):
    with st.expander("By hand: round after every step", key="by-hand", icon=":material/edit:", expanded=True):
        decimals = frame.slider("Decimals kept", "decimals", 1, 6, width=260)
        st.table(on_paper.table(traced, decimals))

frame.notice(*notices(traced))
frame.predict(question)
frame.recipe(**rnn.recipe_settings(traced))
frame.checked(traced.check)
