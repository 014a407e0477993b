"""Char-RNN: a network that reads one character at a time learns to write; every draw can be looked into."""

import streamlit as st

from engine.run import Run
from engine.sequence import char_rnn, char_rnn_training, char_rnn_words, char_steps, texts
from engine.sequence.char_rnn import Writing
from engine.training import Snapshot
from ui import char_rnn as parts
from ui import training
from ui.lesson import Frame

DEFAULTS = {
    "text": texts.NAMES, "prefix": "", "temperature": 0.8, "characters": 160, "seed": 0,
    "colour": parts.COLOURS[0], "unit": 1,
    "cell": char_steps.LSTM, "units": 64, "steps": 1500, "rate": 0.004, "weights": 0, "further": False,
}  # fmt: skip
PRESETS = {
    "Place names": {},
    "Begin with San": {"prefix": "San"},
    "Cool, 0.3": {"temperature": 0.3},
    "Hot, 1.6": {"temperature": 1.6},
    "End of a word": {"colour": parts.COLOURS[1]},
    "How likely": {"colour": parts.LIKELIHOOD},
    "Train further": {"further": True, "steps": 300, "rate": 0.001},
    "Words": {"text": texts.WORDS, "cell": char_steps.GRU, "units": 96},
    "News": {"text": texts.LEE, "units": 128, "steps": 2000, "characters": 200},
}

frame = Frame("char-rnn", DEFAULTS, PRESETS)


def write_another() -> None:
    """The same network, other random numbers."""
    st.session_state["seed"] = (st.session_state["seed"] + 1) % (char_rnn.LIMITS["seed"][1] + 1)


@frame.show
def lesson() -> None:
    """Draw controls, picture and words: all that a moved control changes."""
    with frame.controls:
        name = frame.select("Text to learn from", "text", texts.KINDS)
        text = parts.own_text(frame) if name == texts.OWN else texts.Text(name)
        prefix = frame.text("Begin with", "prefix", char_rnn.MAX_PREFIX, placeholder="a beginning of your own")
        temperature = frame.slider("Temperature τ", "temperature", *char_rnn.LIMITS["temperature"], 0.05)
        colour = frame.select("Colour the text by", "colour", parts.COLOURS)
        st.button("Write another", on_click=write_another, icon=":material/casino:", width="stretch")
        with st.expander("More: length, seed, unit", key="more", on_change="ignore"):
            characters = frame.slider("Characters to write", "characters", *char_rnn.LIMITS["characters"], 10)
            seed = frame.number("Seed of the draws", "seed", *char_rnn.LIMITS["seed"])
            unit = frame.number(
                "Number of the unit", "unit", 1, char_rnn_training.LIMITS["units"][1], disabled=colour != parts.NUMBER
            )
        with st.expander("Network and training", key="training", on_change="ignore"):
            settings = {"cell": frame.choose("Layer", "cell", char_steps.CELLS)}
            settings["units"] = frame.slider("Units", "units", *char_rnn_training.LIMITS["units"], 4)
            settings["steps"] = frame.slider("Training steps", "steps", *char_rnn_training.LIMITS["steps"], 50)
            settings["rate"] = frame.number(
                "Learning rate", "rate", *char_rnn_training.LIMITS["rate"], 0.001, format="%g"
            )
            settings["seed"] = frame.number("Seed of the weights", "weights", *char_rnn_training.LIMITS["seed"])
            settings["further"] = frame.toggle("Train the shipped weights further", "further",
                                               disabled=not char_rnn_training.fits(text, settings))  # fmt: skip

    settings["further"] = settings["further"] and char_rnn_training.fits(text, settings)
    job = frame.ask_privately(char_rnn_training.job, text, settings)
    writing = Writing(prefix, characters, temperature, seed)

    def describe(snapshot: Snapshot, rate: float) -> str:
        """How far the training is, in one line."""
        return parts.describe(job, snapshot, rate)

    def draw(run: Run | None) -> None:
        """What the network writes now."""
        if (at := parts.said_instead(lambda: parts.view(job, run, writing))) is not None:
            parts.show(at, colour, unit, frame.asking, frame.round)

    with frame.picture:
        run = training.show(job, draw, describe, shipped=True, before=parts.before(job))
    at = parts.view_or_stop(job, run, writing)
    frame.formula(parts.FORMULA.replace("CELL", job.cell))
    with frame.picture:
        st.caption(parts.speed(at) + parts.shown_unit(at, colour, unit))
    frame.notice(*char_rnn_words.notices(at.traced, at.now, at.curve, at.step, name))
    question, _, stops = char_rnn_words.question(at.traced, at.now, frame.round)
    frame.predict(question, None if stops else {"temperature": char_rnn.other(temperature)})
    frame.recipe(**parts.recipe(job, run, at))
    frame.checked(at.traced.check)
