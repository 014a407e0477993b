"""LSTM gates: what every unit forgets, writes and shows while the network reads, and what a change does to it."""

import streamlit as st

from engine.sequence import gate_units, gate_views, gate_words, lstm, lstm_layer, lstm_questions, lstm_sizes
from engine.sequence.gates_by_hand import HandGates
from engine.sequence.review_model import UNITS
from ui import tables
from ui.lesson import Frame
from ui.scenes.timeline import gates

ONE, ALL = "one unit", "all units"
REVIEW = "I didn't like the product, but after using it for two weeks it is good"
PHONE = "The camera quality was amazing and the battery was great. However, it stopped working yesterday."
FORGET = "Bob is a nice person. Dan on the other hand is evil."
INPUT = "Bob knows swimming. He told me over the phone that he had served the navy for 4 long years."
OUTPUT = "Bob fought single handedly with the enemy and died for his country. For his contributions brave ___"
MOVIE = "The first half of the movie was good but the second half was quite boring"
DEFAULTS = {
    "text": REVIEW, "model": lstm.TRAINED, "show": ONE, "order": gate_units.VERDICT, "unit": 1,
    "swap": "", "into": "", "force": lstm_layer.NO_GATE, "side": gate_views.AFTER,
    "f": 1.0, "contrast": 1.0, "i": 1.0, "o": 1.0, "w": 0.1,
}  # fmt: skip
HAND = {"model": lstm.BY_HAND, "order": gate_units.NUMBER}
PRESETS = {
    "Class review": {},
    "All units": {"show": ALL},
    "Forget": {"text": FORGET},
    "Input": {"text": INPUT},
    "Output": {"text": OUTPUT},
    "Phone": {"text": PHONE},
    "Changed word": {"swap": "didn't", "into": "really"},
    "Never forget": {"force": "forget open"},
    "1, 2, 3, 4": {**HAND, "text": "1, 2, 3, 4"},
    "Textbook": {**HAND, "text": MOVIE, "contrast": 0.0, "w": 1.0},
}  # fmt: skip
SORTING = "What a unit reacts to, scored by AUC on reviews the network has never seen: 0.5 is chance, 1 is perfect."
GATE_HELP = "0 is shut, 1 is open."

frame = Frame("lstm-gates", DEFAULTS, PRESETS)


@frame.show
def lesson() -> None:
    """Draw controls, picture and words: all that a moved control changes."""
    with frame.controls:
        text = frame.text_area("Sentence or numbers", "text", max_chars=8000, height=96)
        model = frame.choose("Gates", "model", lstm.MODELS)
        trained = model == lstm.TRAINED
        show = frame.choose("Show", "show", (ONE, ALL), disabled=not trained)
        order = frame.select("Sort units by", "order", gate_units.ORDERS, disabled=not trained, help=SORTING)
        place = frame.slider("Unit, place in that order", "unit", 1, UNITS, disabled=not trained)
        which = st.empty()
        with st.container(horizontal=True, gap="small"):
            swap = frame.text("Change", "swap", 40, width=92)
            into = frame.text("into", "into", 40, width=92)
        force = frame.select("Force a gate of this unit", "force", lstm_layer.FORCES)
        side = frame.choose("Compare", "side", gate_views.SIDES)
        with st.expander("Gates set by hand", key="hand", on_change="ignore"):
            values = {
                "f": frame.slider("Forget gate f", "f", 0.0, 1.0, 0.05, disabled=trained, help=GATE_HELP),
                "f_at_contrast": frame.slider("f at but, however, yet", "contrast", 0.0, 1.0, 0.05, disabled=trained),
                "i": frame.slider("Input gate i", "i", 0.0, 1.0, 0.05, disabled=trained, help=GATE_HELP),
                "o": frame.slider("Output gate o", "o", 0.0, 1.0, 0.05, disabled=trained, help=GATE_HELP),
                "w": frame.slider("Candidate g = tanh(w·x), w", "w", -3.0, 3.0, 0.1, disabled=trained),
            }

    scores = frame.ask(gate_units.scores, order) if trained else None
    place, unit = (place - 1, int(scores.order[place - 1])) if scores else (0, 0)
    forced = 0 if force == lstm_layer.NO_GATE else unit  # else the run is the same whatever unit is shown
    traced = frame.ask(lstm.trace, model, text, swap, into, force, forced, None if trained else HandGates(**values))
    view = gate_views.view(traced, scores, place, trained and show == ALL, side)
    run = traced.before if side == gate_views.BEFORE else traced.after
    which.caption(gate_words.which(view.names[place]))
    question, hide_from = lstm_questions.question(run, unit, frame.round)

    with frame.picture:
        gates.show("timeline", view, gate_words.opening_step(traced), hide_from if frame.asking else None)
    frame.formula(
        r"\begin{aligned} f_t &= \sigma(W_f\,[h_{t-1}, x_t] + b_f) & i_t &= \sigma(W_i\,[h_{t-1}, x_t] + b_i) \\ "
        r"g_t &= \tanh(W_g\,[h_{t-1}, x_t] + b_g) & o_t &= \sigma(W_o\,[h_{t-1}, x_t] + b_o) \\ "
        r"c_t &= f_t \odot c_{t-1} + i_t \odot g_t & h_t &= o_t \odot \tanh(c_t) \end{aligned}"
    )
    if scores:
        reacts = "What every unit reacts to: its score on reviews the network has never seen"
        with st.expander(reacts, key="scores", icon=":material/leaderboard:", on_change="rerun") as every:
            if every.open:
                st.markdown(tables.by_columns(gate_words.table(scores), text=()))
    with st.expander("How many weights is that?", key="sizes", icon=":material/scale:", on_change="rerun") as counts:
        if counts.open:
            st.markdown(tables.by_columns(gate_words.sizes_table(frame.ask(lstm_sizes.sizes)), text=(0, 1, 2)))

    frame.notice(*gate_words.notices(traced, scores, unit, side, frame.asking))
    frame.predict(question)
    frame.recipe(**gate_words.recipe_settings(run))
    frame.checked(traced.check)
