"""RNN step by step: what one recurrent layer keeps in its hidden state while it reads a sequence."""

from functools import partial

import streamlit as st

from engine.sequence import on_paper, rnn, rnn_weights, rnn_words, sequences
from ui import tables
from ui.lesson import Frame
from ui.scenes.timeline import rnn as unrolled

MATRICES, VECTORS = {"U": "U (input)", "W": "W (past)", "V": "V (out)"}, {"b": "b (bias)", "h0": "h₀ (start)"}
TYPING = "A sentence, or values: one per step (1, 2, 0.5) or several (1 0; 0 1). Targets after an arrow: 1, 2 -> 2, 3."
ROWS = "Numbers apart by spaces, a row per unit, rows apart by semicolons: 0.5 0.1; 0 0.4. Or: random."
EACH = "One number for all units, or one per unit, apart by spaces."
CODES = "One-hot: a 1 at the word's own place, else 0. Random vectors: 4 numbers per word, drawn from the seed."
FORMULA = r"h_t = f(U\,x_t + W\,h_{t-1} + b) \qquad \hat y_t = V\,h_t"
LOSS = r" \qquad L_t = \tfrac12(\hat y_t - y_t)^2"
DEFAULTS = {
    "sequence": sequences.NUMBERS, "text": "", "encoding": sequences.ENCODINGS[0], "length": 2, "units": 1,
    "activation": "tanh", "U": "0.5", "W": "0.4", "V": "0.3", "b": "0", "h0": "0",
    "gain": 1.0, "seed": 0, "decimals": 2,
}  # fmt: skip
DRAWN = dict.fromkeys("UWV", rnn.RANDOM)
WORDS, PULSE = "the cat saw the dog", "1, 0, 0, 0, 0, 0, 0, 0"
EXAMPLES = {sequences.SENTENCE: WORDS, sequences.TYPED: PULSE}
ECHO = {"sequence": sequences.TYPED, "text": PULSE, "length": 8, "activation": "linear", "U": "1", "V": "1"}
PRESETS = {
    "Class example": {},
    "Count to 8": {"length": 8},
    "Fading echo": {**ECHO, "W": "0.7"},
    "Growing echo": {**ECHO, "W": "1.5"},
    "Two units": {"sequence": sequences.TYPED, "text": "1, -1, 0.5, 0, 0, 1", "length": 6, "units": 2,
                  "U": "0.8; -0.4", "W": "0.5 -0.6; 0.6 0.5", "V": "1 0.5"},
    "Same word": {"sequence": sequences.SENTENCE, "text": WORDS, "length": 20, "units": 4, **DRAWN},
    "Sine, 32 units": {"sequence": sequences.SINE, "length": 60, "units": 32, **DRAWN},
    "200 steps": {"sequence": sequences.SINE, "length": 200, "units": 32, "seed": 5, **DRAWN},
}  # fmt: skip

frame = Frame("rnn-step-by-step", DEFAULTS, PRESETS)


def begin_sequence() -> None:
    """Another kind of input: an example of it where something is to be typed, and weights to fit."""
    st.session_state["text"] = EXAMPLES.get(st.session_state["sequence"], "")
    st.session_state["length"] = max(st.session_state["length"], 8)
    draw_weights()


def draw_weights() -> None:
    """Another number of units or inputs: typed weights no longer fit, so all are drawn anew."""
    st.session_state.update({**DRAWN, "b": "0", "h0": "0"})


def write_weights(traced: rnn.RNNTrace) -> None:
    """Put the drawn weights into the fields, to be changed there."""
    st.session_state.update(rnn_weights.written(traced.weights))


def doubled(traced: rnn.RNNTrace) -> dict[str, object] | None:
    """Return all settings of the moment with W doubled, for the picture to show after the question about it."""
    changes = on_paper.doubled(traced)
    return {**{key: st.session_state[key] for key in DEFAULTS}, **changes} if changes else None


@frame.show
def lesson() -> None:
    """Draw controls, picture and words: all that a moved control changes."""
    with frame.controls:
        sequence = frame.select("Input sequence", "sequence", sequences.KINDS, on_change=begin_sequence)
        text = frame.text(
            "Sentence or values", "text", disabled=sequence not in EXAMPLES, on_change=draw_weights, help=TYPING
        )
        length = frame.slider("Steps, at most" if sequence in EXAMPLES else "Steps", "length", 1, sequences.MAX_STEPS)
        units = frame.slider("Units", "units", 1, rnn.MAX_UNITS, on_change=draw_weights)
        few, several = units <= rnn.EDITABLE_UNITS, units > 1
        if not few:  # a link may come without them, and the typed ones of the class example are not used here
            st.session_state.update(DRAWN)
        above = st.container() if several else None  # a matrix needs the whole width, a number half of it
        beside = st.container(horizontal=True, gap="small")
        with above or beside:
            activation = frame.select("Activation", "activation", rnn.ACTIVATIONS)
            typed = {
                name: frame.text(label, name, disabled=not few, placeholder=rnn.RANDOM, help=ROWS if several else None)
                for name, label in MATRICES.items()
            }
        with beside:
            typed |= {name: frame.text(label, name, help=EACH if several else None) for name, label in VECTORS.items()}
        typed |= {} if few else DRAWN
        drawn = rnn_weights.are_drawn(typed)
        with st.expander("More", key="more", on_change="ignore"):
            numbers = sequence != sequences.SENTENCE
            encoding = frame.select("Words as", "encoding", sequences.ENCODINGS, disabled=numbers, help=CODES)
            vectors = not numbers and encoding == sequences.ENCODINGS[1]
            gain = frame.slider("Random W times", "gain", 0.0, rnn.MAX_GAIN, 0.1, disabled="W" not in drawn)
            seed = frame.number("Seed", "seed", 0, 9999, disabled=not drawn and not vectors)
            decimals = frame.slider("Decimals kept by hand", "decimals", 1, 6, disabled=several)
            spell_out = st.empty()

    traced = frame.ask(rnn.trace, sequence, length, text, encoding, units, activation, seed, gain, **typed)
    question = partial(on_paper.question, traced, frame.round)  # it may run the whole sequence again
    asked = question()[1] if frame.asking else None

    with frame.picture:
        unrolled.show("timeline", traced, asked)
    formula = FORMULA + LOSS * (traced.losses is not None) + rnn_words.matrices(traced)
    frame.formula(r"\begin{aligned} & " + formula + r"\end{aligned}")
    if few and traced.drawn:
        spell_out.button("Write the random weights into the fields", on_click=write_weights, args=(traced,))
    if not asked and on_paper.suits(traced):
        title = f"By hand: after every step h and L keep {decimals} decimal{'s' * (decimals > 1)}, ŷ {decimals + 1}"
        with st.expander(title, key="by-hand", icon=":material/edit:", expanded=True):
            st.markdown(tables.markdown(*on_paper.table(traced, decimals)))

    frame.notice(*rnn_words.notices(traced, not asked, decimals))
    frame.predict(lambda: question()[0], show=None if asked else doubled(traced))
    frame.recipe(**rnn_words.recipe_settings(traced))
    frame.checked(traced.check)
