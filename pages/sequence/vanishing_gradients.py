"""Vanishing gradients: how large the error still is when it comes back to the beginning, in real recurrent layers."""

import streamlit as st

from engine.run import Run
from engine.sequence import cells, strip, vanishing, vanishing_training, vanishing_words
from engine.sequence.cells import Setup
from engine.sequence.vanishing_training import RememberJob
from engine.training import Snapshot
from ui import training, vanishing_gradients
from ui.lesson import Frame
from ui.scenes.timeline import vanishing as scene

LAYERS, STRIP = "Real layers", "Factors"
DEFAULTS = {
    "picture": LAYERS, "cells": [cells.TANH, cells.LSTM, cells.GRU], "length": 50, "scale": 1.0, "units": 32,
    "forget": 1.0, "update": 0.0, "carry": True, "ratio": False, "steps": 400, "optimizer": "adam", "rate": 0.003,
    "clip": 0.0, "curriculum": False, "seed": 0, "strip": strip.CLASS,
}  # fmt: skip
EXPLODING = {"cells": [cells.RELU], "length": 20, "scale": 2.0, "optimizer": "sgd", "rate": 0.1, "steps": 40}
KEPT = {"forget": 3.0, "update": 3.0}
PRESETS = {
    "Three cells": {},
    "Class strip": {"picture": STRIP},
    "Open gates": {"length": 100, **KEPT},
    "Scale 0.5": {"scale": 0.5},
    "Scale 2": {"scale": 2.0},
    "tanh, ReLU, σ": {"cells": [cells.TANH, cells.RELU, cells.SIGMOID], "length": 20},
    "Exploding": EXPLODING,
    "Clipped": {**EXPLODING, "clip": 1.0},
    "Curriculum": {"length": 100, **KEPT, "curriculum": True, "steps": 600},
}  # fmt: skip
BEFORE = "Not trained yet. **Train** teaches all cells at once, live, to name the first letter after the last."

frame = Frame("vanishing-gradients", DEFAULTS, PRESETS)


@frame.show
def lesson() -> None:
    """Draw controls, picture and words: all that a moved control changes."""
    with frame.controls:
        layers = frame.choose("Picture", "picture", (LAYERS, STRIP)) == LAYERS
        numbers = frame.text("Strip, the last step first", "strip", disabled=layers)
        chosen = frame.pills("Cells", "cells", cells.CELLS, disabled=not layers, wrap=True)
        length = frame.slider("Letters in a sequence", "length", 5, 200, disabled=not layers)
        scale = frame.slider("Recurrent scale", "scale", 0.1, 2.0, 0.1, disabled=not layers,
                             help="Orthogonal recurrent weights times this: the spectral radius.")  # fmt: skip
        no_lstm, no_gru = (not layers or cell not in chosen for cell in (cells.LSTM, cells.GRU))
        forget = frame.slider("LSTM forget bias", "forget", -1.0, 5.0, 0.5, disabled=no_lstm,
                              help="Keras starts with 1. More keeps more of c.")  # fmt: skip
        update = frame.slider("GRU update bias", "update", -1.0, 5.0, 0.5, disabled=no_gru,
                              help="Keras starts with 0. In Keras a large z keeps the past.")  # fmt: skip
        carry = frame.toggle("Also ∂L/∂c of the LSTM", "carry", disabled=no_lstm)
        ratio = frame.toggle("÷ the last", "ratio", disabled=not layers, help="Shapes, when the loss has become small.")
        with st.expander("More: units, training, seed", key="more", on_change="ignore"):
            units = frame.slider("Units", "units", 2, 64, disabled=not layers)
            clip = frame.slider("Clip norm (0: off)", "clip", 0.0, 10.0, 0.5, disabled=not layers)
            optimizer = frame.choose("Optimizer", "optimizer", vanishing_training.OPTIMIZERS, disabled=not layers)
            rate = frame.number("Learning rate", "rate", 0.0001, 1.0, 0.001, format="%g", disabled=not layers)
            steps = frame.slider("Training steps", "steps", 20, 2000, 20, disabled=not layers)
            curriculum = frame.toggle("Curriculum: short ones first", "curriculum", disabled=not layers)
            seed = frame.number("Seed", "seed", 0, 9999, disabled=not layers)

    if not layers:
        made = frame.ask(strip.trace, numbers)
        with frame.picture:
            scene.show_strip("factors", made)
        frame.formula(
            r"\frac{\partial L}{\partial h_t} = \frac{\partial L}{\partial h_T}\prod_{k=t+1}^{T} W\,(1 - h_k^2)"
        )
        frame.notice(*vanishing_words.strip_notices(made))
        frame.predict(vanishing_words.strip_question(made, frame.round))
        frame.recipe(strip=list(made.strip))
        frame.checked(*made.checks)
        return

    setup = Setup(tuple(cell for cell in cells.CELLS if cell in chosen), length, units, scale, forget, update, seed)
    job = RememberJob(setup, steps, optimizer, rate, clip, curriculum)
    traced = frame.ask(vanishing.trace, setup)
    frame.ask_privately(vanishing_training.refuse, job)
    question, asked = vanishing_words.question(traced, frame.round)
    hidden = asked if frame.asking else None

    def describe(snapshot: Snapshot, rate: float) -> str:
        """How far the training is, in one line."""
        return vanishing_words.describe(job, snapshot, rate)

    def draw(run: Run | None) -> None:
        """The curves: of the untrained layers, or of the training's moments."""
        shown = None if frame.asking else run
        vanishing_gradients.show(traced, shown, carry=carry, ratio=ratio, hidden=hidden, end=steps)

    with frame.picture:
        run = training.show(job, draw, describe, shipped=True, before=BEFORE)
    frame.formula(vanishing_gradients.PRODUCT)
    frame.formula(vanishing_gradients.BOUND)
    shown = None if frame.asking else run
    frame.notice(*vanishing_gradients.notices(traced, shown, carry=carry, hidden=hidden))
    frame.predict(question)
    frame.recipe(**vanishing_gradients.recipe(job, run))
    frame.checked(*traced.checks)
