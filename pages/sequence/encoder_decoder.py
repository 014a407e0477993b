"""Encoder and decoder: one network reads, another writes, with one vector between them or with attention."""

import streamlit as st

from engine.run import Run
from engine.sequence import dates, spoken, tagging, translation_words
from engine.sequence.signs import DATES, OWN, SPOKEN, TEACHER
from engine.training import Snapshot
from ui import encoder_decoder as parts
from ui import encoder_decoder_measures as measures
from ui import training
from ui.encoder_decoder import TAGS
from ui.lesson import Frame

EXAMPLES = {DATES: dates.EXAMPLE, SPOKEN: spoken.EXAMPLE, TAGS: tagging.EXAMPLE}
DEFAULTS = {
    "task": DATES, "text": dates.EXAMPLE, "reads": OWN, "attention": True, "units": 32, "both_ways": True, "mask": True,
    "epochs": 12, "learning_rate": 0.005, "seed": 0,
}  # fmt: skip
LONG = "nine oh double two seventeen forty six triple five one eight thirty"
NUMBER = {"task": SPOKEN, "text": spoken.EXAMPLE}
SENTENCE = {"task": TAGS, "text": tagging.EXAMPLE}
PRESETS = {
    "Date": {},
    "One vector": {"attention": False},
    "Padding": {"mask": False, "text": "17.03.2019"},
    "Number": NUMBER,
    "Number, one vector": {**NUMBER, "attention": False},
    "Fed answers": {**NUMBER, "attention": False, "reads": TEACHER},
    "Too long": {**NUMBER, "text": LONG},
    "Tags": SENTENCE,
    "One way": {**SENTENCE, "both_ways": False},
}

frame = Frame("encoder-decoder", DEFAULTS, PRESETS)


def begin_task() -> None:
    """Another task: an input that fits it."""
    st.session_state["text"] = EXAMPLES[st.session_state["task"]]


@frame.show
def lesson() -> None:
    """Draw controls, picture and words: all that a moved control changes."""
    with frame.controls:
        task = frame.select("Task", "task", parts.TASKS, on_change=begin_task)
        tags = task == TAGS
        text = frame.text("Input", "text", 120)
        reads = frame.choose("The decoder reads", "reads", [OWN, TEACHER], disabled=tags)
        attention = frame.toggle(
            "Attention", "attention", disabled=tags, help="Off: one vector is all the decoder gets."
        )
        both_ways = frame.toggle(
            "Both directions", "both_ways", disabled=not tags, help="A second GRU reads from the end."
        )
        units = frame.slider("Units", "units", 8, 64, 8)
        with st.expander("Training", key="settings", on_change="ignore"):
            mask = frame.toggle("Skip the padding", "mask", disabled=tags)
            settings = {
                "units": units,
                "epochs": frame.slider("Epochs", "epochs", 1, 40),
                "learning_rate": frame.slider("Learning rate", "learning_rate", 0.001, 0.02, 0.001, format="%.3f"),
                "seed": frame.number("Seed", "seed", 0, 999),
            }

    frame.ask_privately(parts.refuse, task, text, reads)
    job = parts.job(task, settings, attention=attention, mask=mask, both_ways=both_ways)
    if training.current(job) is None:  # wait for the workers outside of the part that a training redraws by itself
        frame.ask_privately(parts.view, job, None, text, reads)

    def draw(run: Run | None) -> None:
        """All that follows the training."""
        parts.draw(lambda: parts.view(job, run, text, reads), frame.asking)

    def describe(snapshot: Snapshot, rate: float) -> str:
        """How far the training is, in one line."""
        return translation_words.describe(job, snapshot, rate)

    with frame.picture:
        before = training.SHIPPED if job in parts.SHIPPED else parts.BEFORE
        run = training.show(job, draw, describe, shipped=True, before=before)

    shown = frame.ask_privately(parts.view, job, run, text, reads).now
    frame.formula(parts.TAG_FORMULA if tags else parts.FORMULA[attention])
    measures.show(frame, job, run)
    frame.notice(*parts.notices(shown, frame.asking))
    frame.predict(lambda: parts.question(shown, job, frame.round))
    frame.recipe(**parts.recipe(shown, job, text, reads))
    frame.checked(shown.check)
