"""Forecasting: windows slide over a series, and networks try to beat the last value and a straight line."""

import streamlit as st

from engine.run import Run
from engine.sequence import forecasting, forecasting_training, forecasting_words, series
from engine.training import Snapshot
from ui import forecasting as view
from ui import training
from ui.lesson import Frame

TEST_PART, ALL = "Test part", "All values"
DEFAULTS = {
    "series": series.SALES, "n_steps": 5, "test": 12, "networks": ["Dense", "LSTM"], "fitted_on": forecasting.TRAINING,
    "view": TEST_PART, "length": 108, "units": 16, "epochs": 60, "rate": 0.01, "seed": 0,
}  # fmt: skip
PRESETS = {
    "Class example": {},
    "A whole year": {"n_steps": 12},
    "All four networks": {"n_steps": 30, "networks": list(forecasting_training.NETWORKS)},
    "A stock": {"series": "Stock: AMZN", "test": 20, "networks": ["LSTM"], "seed": 1},
    "Where networks win": {"series": series.CHAOS, "networks": ["Dense", "GRU"], "n_steps": 3},
    "With a leak": {"series": "Stock: AAPL", "fitted_on": forecasting.EVERYTHING},
    "Too long a window": {"n_steps": 50, "view": ALL},
}
BEFORE = "The networks are not trained yet and have no forecast. **Train** teaches them all at once, live."

frame = Frame("forecasting", DEFAULTS, PRESETS)


@frame.show
def lesson() -> None:
    """Draw controls, picture and words: all that a moved control changes."""
    with frame.controls:
        kind = frame.select("Series", "series", series.KINDS)
        upload = st.container()
        n_steps = frame.slider("Window: n_steps", "n_steps", 1, forecasting.MAX_STEPS)
        test = frame.slider("Test samples, the last ones", "test", forecasting.MIN_TEST, forecasting.MAX_TEST)
        networks = frame.pills("Networks", "networks", forecasting_training.NETWORKS, wrap=True)
        fitted_on = frame.choose("Scaling fitted on", "fitted_on", forecasting.FITTED_ON)
        look = frame.choose("Show", "view", (TEST_PART, ALL))
        with st.expander("More: training, length, seed", key="more", on_change="ignore"):
            made_here = kind in (series.SALES, series.CHAOS)
            lengths = series.MIN_LENGTH, series.MAX_LENGTH
            length = frame.slider("Values of the series", "length", *lengths, disabled=not made_here)
            units = frame.slider("Units", "units", 1, forecasting_training.MAX_UNITS)
            epochs = frame.slider("Epochs", "epochs", 1, forecasting_training.MAX_EPOCHS)
            rate = frame.number("Learning rate (Adam)", "rate", 0.0001, 0.1, 0.001, format="%g")
            seed = frame.number("Seed", "seed", 0, 9999)

    with upload:
        chosen = view.choose(frame, kind, length, seed)
    made = frame.ask_privately(forecasting.trace, chosen, n_steps, test, fitted_on)
    job = frame.ask_privately(
        forecasting_training.job, chosen, n_steps, test, fitted_on, tuple(networks), units=units, epochs=epochs,
        learning_rate=rate, seed=seed,
    )  # fmt: skip

    def describe(snapshot: Snapshot, rate: float) -> str:
        """How far the training is, in one line; without its errors while a question asks for them."""
        return forecasting_words.describe(job, snapshot, rate, hidden=frame.asking)

    def draw(run: Run | None) -> None:
        """The series and its forecasts: at the training's moments, or without networks."""
        view.show(made, job, run, whole=look == ALL, hidden=frame.asking)

    with frame.picture:
        run = training.show(job, draw, describe, shipped=True, before=BEFORE)
    frame.formula(view.FORECASTS)  # a line each: on a phone one of both would be cut off
    frame.formula(view.ERRORS)
    snapshot = run.snapshot if run else None
    errors = forecasting_words.errors(made, snapshot, job.networks)
    trained = snapshot.step if snapshot else 0
    if frame.asking:
        st.caption("The samples and the errors come back when you have answered.")
    else:
        view.samples(made)
        frame.notice(*forecasting_words.notices(made, errors, trained))
    frame.predict(lambda: forecasting_words.question(made, errors, frame.round, trained))
    frame.recipe(**view.recipe(made, job, run))
    frame.checked(*view.checks(made, fitted_on))
