"""What of the forecasting page follows its series and its training: upload, picture, samples, recipe."""

from typing import Any

import numpy as np
import streamlit as st

from engine import compute
from engine.checks import Check
from engine.run import Run
from engine.sequence import car_sales, forecasting, series, series_csv
from engine.sequence.forecasting import Forecast
from engine.sequence.forecasting_training import ForecastJob
from engine.sequence.series import Series
from engine.training import Snapshot
from ui import training
from ui.lesson import Frame, plain
from ui.scenes.timeline import forecast as scene
from ui.scenes.timeline.forecast import Moment

FORECASTS = r"\hat y_{\text{naive}} = v_{t-1} \qquad \hat y_{\text{linear}} = b + \sum_{j} w_j\,v_{t-n+j}"
ERRORS = r"\text{RMSE} = \sqrt{\tfrac1m\sum (\hat y - y)^2} \quad\; \text{MAE} = \tfrac1m\sum |\hat y - y|"


def choose(frame: Frame, kind: str, length: int, seed: int) -> Series:
    """Return one of the series that come with the app, or ask for a file: it stays in this session."""
    if kind == series.CARS:
        return _downloaded(frame)
    if kind != series.OWN:
        return frame.ask_privately(series.named, kind, length, seed)
    file = st.file_uploader("A CSV file", ["csv", "txt", "tsv"], key="csv", help="It stays in this session.")
    if file is None:
        frame.refuse("Upload a CSV file on the left: a row per month, week or day, oldest first, with a column of "
                     "numbers. It stays in this session.")  # fmt: skip
    table = frame.ask_privately(series_csv.read_csv, file.getvalue())
    name = st.selectbox("Column", [table.names[k] for k in table.numeric], key="csv-column")
    chosen = frame.ask_privately(series_csv.column, table, name)
    with frame.picture:
        for note in chosen.notes:
            st.caption(f":material/info: {plain(note)}")
    return chosen


def _downloaded(frame: Frame) -> Series:
    """Fetch a series when it is asked for; it stays in this session."""
    st.caption(f"{plain(car_sales.WHAT)}. From {car_sales.SOURCE}.")
    kept = "car sales" in st.session_state.get("kept results", {})
    if not st.button("Download 2 kB", key="download", disabled=kept, icon=":material/download:") and not kept:
        frame.refuse("This series is not part of Glassbox. The button on the left fetches 2 kB from the internet; "
                     "every other series works without a connection.")  # fmt: skip
    return training.remember("car sales", None, lambda: frame.ask_privately(car_sales.fetch))


def show(made: Forecast, job: ForecastJob, run: Run | None, *, whole: bool, hidden: bool) -> None:
    """Mount the series with the forecasts of the run's moments; without a run the networks have none."""
    end = job.batches * job.epochs
    if run is None:
        none = np.full(len(job.networks), np.nan)
        curve = [Moment(step, np.tile(none, (len(made.y), 1)), none, none) for step in (0, end)]
        moments, now = curve[:1], 0
    else:
        snapshots, now = training.frames(run)
        moments = [_moment(snapshot) for snapshot in snapshots]
        curve = [_moment(snapshot) for snapshot in run.snapshots]
    scene.show("forecasts", made, job.networks, moments, curve, end=end, now=now, whole=whole, hidden=hidden)


def _moment(snapshot: Snapshot) -> Moment:
    return Moment(snapshot.step, snapshot.values["forecasts"], snapshot.values["rmse"], snapshot.values["mae"])


def samples(made: Forecast) -> None:
    """Show every sample as a row: its window, the value after it, and the part that it belongs to."""
    title = f"The samples: {made.train} to learn from, {made.test} to test on"
    with st.expander(title, key="samples", icon=":material/table_rows:", on_change="rerun") as panel:
        if not panel.open:
            return
        digits = scene.places(made)
        n = made.n_steps
        parts = ["train"] * made.train + ["test"] * made.test
        columns = {"sample": np.arange(1, len(made.y) + 1), "part": parts, "time": made.series.labels[n:]}
        windows = {f"x{j + 1}": column for j, column in enumerate(made.x.T.round(digits))}
        st.dataframe({**columns, **windows, "y": made.y.round(digits)}, height=248, hide_index=True)


def checks(made: Forecast, fitted_on: str) -> tuple[Check, ...]:
    """Compare with Keras and scikit-learn, once for every setting in this session."""
    key = (made.series.values, made.n_steps, made.test, fitted_on)
    try:
        return training.remember("forecast checks", key, lambda: forecasting.check(*key))
    except (compute.TimeLimit, compute.WorkerDied) as late:
        st.caption(plain(str(late)))
        return ()


def recipe(made: Forecast, job: ForecastJob, run: Run | None) -> dict[str, Any]:
    """The settings of this moment, the series itself included."""
    done = run.position if run and not run.playing else 0
    return {
        "values": list(made.series.values), "n_steps": made.n_steps, "test": made.test,
        "leak": job.fitted_on == forecasting.EVERYTHING, "networks": list(job.networks), "units": job.units,
        "learning_rate": job.learning_rate, "batches": done, "seed": job.seed,
    }  # fmt: skip
