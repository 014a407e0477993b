"""Forecasting one step ahead: windows that slide over a series, the split in time, and two simple forecasts to beat.

Sample i is made of `n_steps` values and the one after them. The last samples are the test part; whatever is fitted
(the scaling, the linear forecast, the networks) sees the samples before them only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from engine.checks import Check, compare
from engine.compute import task
from engine.sequence.series import Series

MAX_STEPS, MIN_TEST, MAX_TEST = 60, 4, 60
FEWEST = 4  # training samples
TRAINING, EVERYTHING = "training", "all: a leak"
FITTED_ON = (TRAINING, EVERYTHING)


@dataclass(frozen=True, eq=False)
class Forecast:
    """What comes of a series: samples and simple forecasts. S samples, the last `test` of them to test on."""

    series: Series
    n_steps: int
    test: int
    x: np.ndarray  # (S, n_steps) windows, in the units of the series
    y: np.ndarray  # (S,) the value after each
    mean: float  # of the scaling (v - mean) / std
    std: float
    naive: np.ndarray  # (S,) the last value of each window
    linear: np.ndarray  # (S,) x w + b, fitted on the training samples
    w: np.ndarray  # (n_steps,)
    b: float

    @property
    def train(self) -> int:
        """How many samples there are to learn from."""
        return len(self.y) - self.test


def windows(values: np.ndarray, n_steps: int) -> tuple[np.ndarray, np.ndarray]:
    """Slide a window over a series: N values give N - n_steps samples (v_i ... v_{i+n_steps-1}) -> v_{i+n_steps}.

    Parameters
    ----------
    values : np.ndarray
        (N,) the series.
    n_steps : int
        Values in a window, 1 to N - 1.

    Returns
    -------
    x : np.ndarray
        (N - n_steps, n_steps).
    y : np.ndarray
        (N - n_steps,).

    Raises
    ------
    ValueError
        If the window leaves no value to forecast.

    Examples
    --------
    >>> x, y = windows(np.array([10, 20, 30, 40, 50]), 3)
    >>> x.tolist(), y.tolist()
    ([[10, 20, 30], [20, 30, 40]], [40, 50])
    """
    if not 1 <= n_steps < len(values):
        raise ValueError(f"n_steps {n_steps} leaves no value to forecast of {len(values)}; use 1 to {len(values) - 1}")
    return np.lib.stride_tricks.sliding_window_view(values, n_steps)[:-1].copy(), values[n_steps:].copy()


def trace(series: Series, n_steps: int, test: int = 12, fitted_on: str = TRAINING) -> Forecast:
    """Make the samples, split them in time, and forecast each by its last value and by least squares.

    Parameters
    ----------
    series : Series
        12 to 1000 values.
    n_steps : int
        Values in a window, 1 to 60.
    test : int
        Samples of the test part, 4 to 60: the last ones.
    fitted_on : str
        What the scaling is fitted on: the "training" part, or "all: a leak".

    Returns
    -------
    Forecast
        Windows (S, n_steps) and forecasts (S,), S = N - n_steps.

    Raises
    ------
    ValueError
        If a setting is out of range or too little is left to learn from.

    References
    ----------
    R. Hyndman, G. Athanasopoulos: Forecasting: Principles and Practice. 3rd ed., 2021, chapter 5.

    Examples
    --------
    >>> from engine.sequence.series import named
    >>> made = trace(named("Monthly sales", 108), n_steps=5)
    >>> len(made.y), made.train, made.test
    (103, 91, 12)
    """
    refuse(len(series.values), n_steps, test, fitted_on)
    values = np.array(series.values)
    x, y = windows(values, n_steps)
    seen = values if fitted_on == EVERYTHING else values[:-test]
    w, b = least_squares(x[:-test], y[:-test])
    spread = float(seen.std()) or 1.0
    return Forecast(series, n_steps, test, x, y, float(seen.mean()), spread, x[:, -1].copy(), x @ w + b, w, b)


def refuse(count: int, n_steps: int, test: int, fitted_on: str = TRAINING) -> None:
    """Raise ValueError for settings that are out of range or leave too little to learn from."""
    if fitted_on not in FITTED_ON:
        raise ValueError(f"the scaling cannot be fitted on {fitted_on!r}; use {' or '.join(FITTED_ON)}")
    for name, value, low, high in (("n_steps", n_steps, 1, MAX_STEPS), ("test", test, MIN_TEST, MAX_TEST)):
        if not low <= value <= high:
            raise ValueError(f"{name} {value} is out of range; use {low} to {high}")
    if count - n_steps - test < FEWEST:
        left = max(0, count - n_steps - test)
        raise ValueError(f"{count} values with windows of {n_steps} and {test} test samples leave "
                         f"{left} sample{'' if left == 1 else 's'} to learn from; use windows and test samples of "
                         f"{count - FEWEST} together at most")  # fmt: skip


def least_squares(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, float]:
    """Fit y = x w + b with the smallest squared error; of several such w the shortest.

    Parameters
    ----------
    x : np.ndarray
        (S, n_steps).
    y : np.ndarray
        (S,).

    Returns
    -------
    w : np.ndarray
        (n_steps,).
    b : float
        The bias.

    Examples
    --------
    >>> w, b = least_squares(np.array([[0.0], [1.0], [2.0]]), np.array([1.0, 3.0, 5.0]))
    >>> w.round(6).tolist(), round(b, 6)
    ([2.0], 1.0)
    """
    middle = x.mean(0)
    w = np.linalg.lstsq(x - middle, y - y.mean(), rcond=None)[0]
    return w, float(y.mean() - middle @ w)


def rmse(y: np.ndarray, forecast: np.ndarray) -> float:
    """Root of the mean squared error, in the units of the series: sqrt(mean (y - ŷ)²).

    Examples
    --------
    >>> rmse(np.array([1.0, 2.0]), np.array([1.0, 4.0])) ** 2
    2.0000000000000004
    """
    return float(np.sqrt(np.mean((y - forecast) ** 2)))


def mae(y: np.ndarray, forecast: np.ndarray) -> float:
    """Mean absolute error, in the units of the series: mean |y - ŷ|.

    Examples
    --------
    >>> mae(np.array([1.0, 2.0]), np.array([1.0, 4.0]))
    1.0
    """
    return float(np.mean(np.abs(y - forecast)))


@dataclass(frozen=True)
class Leaks:
    """What three faults would have claimed, and what is true."""

    honest: float  # RMSE of the linear forecast on the last samples
    shuffled: float  # mean RMSE of the linear forecast over 20 shuffles before the split
    scaled: float  # the naive forecast's RMSE in units of the training part's standard deviation
    scaled_leak: float  # in units of the standard deviation of all values
    past_fit: float  # RMSE of the linear forecast on the samples that it was fitted on


def rounding(made: Forecast) -> float:
    """Say which errors are nothing but rounding: those of a straight line that is forecast by a straight line."""
    values = np.array(made.series.values)
    return float(1e-9 * values.std() + 1e-14 * np.abs(values).max())


def leaks(made: Forecast) -> Leaks:
    """Compute what a shuffled split and a scaling fitted on everything would have claimed.

    Parameters
    ----------
    made : Forecast
        As from `trace`.

    Returns
    -------
    Leaks
        Errors with and without the fault.
    """
    shuffled = []
    for seed in range(20):
        order = np.random.default_rng(seed).permutation(len(made.y))
        learn, test = order[: made.train], order[made.train :]
        w, b = least_squares(made.x[learn], made.y[learn])
        shuffled.append(rmse(made.y[test], made.x[test] @ w + b))
    values, error = np.array(made.series.values), rmse(made.y[-made.test :], made.naive[-made.test :])
    past = rmse(made.y[: made.train], made.linear[: made.train])
    seen, honest = float(values[: -made.test].std()) or 1.0, rmse(made.y[-made.test :], made.linear[-made.test :])
    return Leaks(honest, float(np.mean(shuffled)), error / seen, error / float(values.std()), past)


@task
def check(values: Sequence[float], n_steps: int, test: int, fitted_on: str = TRAINING) -> tuple[Check, ...]:
    """Compare windows, the linear forecast and the error with Keras and scikit-learn.

    Parameters
    ----------
    values : sequence of float
        The series.
    n_steps, test, fitted_on
        As for `trace`.

    Returns
    -------
    tuple of Check
        Windows, linear forecast, RMSE, scaling; in units of the series' standard deviation.
    """
    from sklearn.linear_model import LinearRegression
    from sklearn.metrics import root_mean_squared_error
    from sklearn.preprocessing import StandardScaler

    made = trace(Series("", tuple(values), ()), n_steps, test, fitted_on)
    array, unit = np.array(values), float(np.std(values))
    ours, theirs = np.column_stack([made.x, made.y]) / unit, array[_places(len(array), n_steps)] / unit
    fitted = LinearRegression().fit(made.x[:-test], made.y[:-test])
    linear = fitted.predict(made.x)
    scaler = StandardScaler().fit(array[:, None] if fitted_on == EVERYTHING else array[:-test, None])
    # Rounding weighs more, the less the windows determine the weights.
    return (
        compare("keras.utils.timeseries_dataset_from_array", ours, theirs),
        compare("sklearn.linear_model.LinearRegression", made.linear / unit, linear / unit, 1e-5),
        compare("sklearn.metrics.root_mean_squared_error", np.array([rmse(made.y[-test:], made.linear[-test:]) / unit]),
                np.array([root_mean_squared_error(made.y[-test:], linear[-test:]) / unit])),
        compare("sklearn.preprocessing.StandardScaler", np.array([made.mean / unit, made.std / unit]),
                np.array([scaler.mean_[0] / unit, scaler.scale_[0] / unit])),
    )  # fmt: skip


@lru_cache(maxsize=16)
def _places(count: int, n_steps: int) -> np.ndarray:
    """Let Keras cut windows with the value after each out of 0, 1, 2, ...: places that are the same for all series."""
    import keras

    places, samples = np.arange(count, dtype="int32"), count - n_steps
    batches = keras.utils.timeseries_dataset_from_array(places, None, n_steps + 1, batch_size=samples)
    return batches.get_single_element().numpy()  # type: ignore[no-any-return]  # an iterator takes as long again
