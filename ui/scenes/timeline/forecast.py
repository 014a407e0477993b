"""Forecasts in the timeline: the series, what each forecast says of every value, and how far it is off."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.sequence import forecasting
from engine.sequence.forecasting import Forecast
from ui.scenes import timeline
from ui.scenes.timeline import Frames, Line, Row, each, label, only, sym, value

ROLES = {"naive": "plain", "linear": "weight", "Dense": "g", "SimpleRNN": "gradient", "LSTM": "result", "GRU": "h"}
HEIGHTS = 158, 78
TOLD = ("told", "rmse", "mae")  # arrays that only the text shows
SHOWN = 36  # columns of the view of the test part, at least
NUMBERS = 300_000  # of one array over all moments, at most


@dataclass(frozen=True, eq=False)
class Moment:
    """The networks at one step of their training."""

    step: int
    forecasts: np.ndarray  # (S, networks) in the units of the series
    rmse: np.ndarray  # (networks,)
    mae: np.ndarray  # (networks,)


def show(
    key: str, made: Forecast, networks: Sequence[str], moments: Sequence[Moment], curve: Sequence[Moment], *,
    end: int, now: int = 0, whole: bool = False, hidden: bool = False,
) -> None:  # fmt: skip
    """Mount the series with its forecasts; with `hidden` every forecast and error is a question mark."""
    view = _View(made, networks, whole)
    every = max(1, -(-len(moments) * view.count * (3 + len(networks)) // NUMBERS))
    kept = [k for k in range(len(moments)) if k % every == 0 or k in (now, len(moments) - 1)]
    each_moment = [view.arrays(moments[k]) for k in kept]
    arrays = {name: np.stack([moment[name] for moment in each_moment]) for name in each_moment[0]}
    present = {name: array[kept.index(now)] for name, array in arrays.items()}
    frames = Frames(
        [moments[k].step for k in kept], arrays, end, np.array([moment.step for moment in curve]),
        view.curves(curve, hidden), [ROLES[name] for name in view.names], view.names, "RMSE on the test part",
        kept.index(now), "batch", empty="Train, and it grows here", top=view.top,
    )  # fmt: skip
    timeline.show(
        key, made.series.labels[view.begin :], view.rows(present, hidden), lines=view.lines(),
        arrays={**view.fixed(bool(np.isfinite(moments[0].rmse).any())), **{name: present[name] for name in TOLD}},
        masked={name: np.ones(present[name].shape, bool) for name in TOLD if hidden},
        marks={view.first_test - 1: "the last value to learn from"}, select={"t": view.first_test},
        step_name="value", frames=frames, reach=(made.n_steps, max(0, made.n_steps - view.begin)),
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class _View:
    made: Forecast
    networks: Sequence[str]
    whole: bool

    @property
    def names(self) -> list[str]:
        return ["naive", "linear", *self.networks]

    @property
    def begin(self) -> int:
        """The first value that is shown."""
        values = len(self.made.series.values)
        return 0 if self.whole else max(0, values - max(SHOWN, 2 * self.made.test + self.made.n_steps))

    @property
    def count(self) -> int:
        return len(self.made.series.values) - self.begin

    @property
    def first_test(self) -> int:
        return self.count - self.made.test

    @property
    def shown(self) -> np.ndarray:
        return np.array(self.made.series.values[self.begin :])

    @property
    def top(self) -> float:
        """The upper end of the chart of errors: about twice the worse of the two simple forecasts, a round number."""
        wanted = 2 * max(self._error(forecast) for forecast in (self.made.naive, self.made.linear)) or 1.0
        power = 10.0 ** np.floor(np.log10(wanted))
        return float(power * next(n for n in (2, 4, 6, 8, 10) if n * power >= wanted))

    def _error(self, forecast: np.ndarray) -> float:
        return forecasting.rmse(self.made.y[-self.made.test :], forecast[-self.made.test :])

    def arrays(self, at: Moment) -> dict[str, np.ndarray]:
        """Numbers of one moment: told, errors (T, forecasts), forecast (T, 1 + forecasts), rmse, mae (forecasts,)."""
        tests = [forecast[-self.made.test :] for forecast in (self.made.naive, self.made.linear)]
        y = self.made.y[-self.made.test :]
        told = self._placed(np.column_stack([self.made.naive, self.made.linear, at.forecasts]))
        drawn = told.copy()
        drawn[: self.first_test] = np.nan
        return {
            "told": told,
            "errors": told - self.shown[:, None],
            "forecast": np.column_stack([self.shown, drawn]),
            "rmse": np.array([*(forecasting.rmse(y, test) for test in tests), *at.rmse]),
            "mae": np.array([*(forecasting.mae(y, test) for test in tests), *at.mae]),
        }

    def _placed(self, samples: np.ndarray) -> np.ndarray:
        """Put what belongs to samples under the values that they forecast; the first values have none."""
        before = np.full((self.made.n_steps, *samples.shape[1:]), np.nan)
        return np.concatenate([before, samples])[self.begin :]

    def fixed(self, trained: bool) -> dict[str, np.ndarray]:
        """What no training changes: the windows, at which values there is one, the linear forecast's weights."""
        has = np.arange(self.begin, self.begin + self.count) >= self.made.n_steps
        weights = {"w": self.made.w, "b": np.array([self.made.b])}
        yes = {"has": has.astype(np.int32), "trained": np.full(self.count, int(trained), np.int32)}
        return {"windows": self._placed(self.made.x), **yes, **weights}

    def curves(self, curve: Sequence[Moment], hidden: bool) -> np.ndarray:
        """The errors over the training (moments, forecasts); the simple ones do not change."""
        simple = [self._error(self.made.naive), self._error(self.made.linear)]
        found = np.array([[*simple, *moment.rmse] for moment in curve])
        return np.full_like(found, np.nan) if hidden else found

    def rows(self, present: dict[str, np.ndarray], hidden: bool) -> list[Row]:
        low, high = self.shown.min(), self.shown.max()
        room = 0.12 * (high - low) or 1.0
        # Both axes are made from the series and the simple forecasts: they stay while a training is scrubbed through.
        largest = 1.2 * (np.nanmax(np.abs(present["errors"][:, :2]), initial=0.0) or 1.0)
        top, bottom = _round_up(high + room, high - low), -_round_up(room - low, high - low)
        roles = [ROLES[name] for name in self.names]
        mask = np.zeros(present["forecast"].shape, bool)
        mask[:, 1:] = hidden
        return [
            Row("forecast", "ŷ", "forecasts", present["forecast"], "input", "line", "magnitude", top, "",
                ["the series", *self.names], height=HEIGHTS[0], floor=bottom, roles=["input", *roles], masked=mask),
            Row("errors", "ŷ − y", "off", present["errors"], "gradient", "line", limit=_round_up(largest, largest),
                axis="", units=[""] * len(roles), height=HEIGHTS[1], roles=roles, masked=mask[:, 1:]),
        ]  # fmt: skip

    def lines(self) -> list[Line]:
        """The window of the selected value, then a line per forecast with its errors."""
        decimals = places(self.made)
        number: dict[str, Any] = {"decimals": decimals}
        one = value("windows", "t", "j", role="input", **number)
        roomy = decimals < 3  # long numbers leave room for fewer of them
        most = 3 if not roomy else 5 if self.made.n_steps == 5 else 4
        window = each([one], over="j", stop=self.made.n_steps, join=", ", most=most)
        true = value("forecast", "t", 0, role="input", **number)
        found: list[Line] = [
            only("has", [label("t"), ": ", window, " → y = ", true],
                 [label("t"), f": one of the first {self.made.n_steps} values; there is no window before it"]),
        ]  # fmt: skip
        products = [value("w", "j", role="weight", decimals=3), "·", one]
        sums = each(products, over="j", stop=self.made.n_steps, most=2 if roomy else 1)
        for k, name in enumerate(self.names):
            line = [
                sym(name, role=ROLES[name]), " ", value("told", "t", k, **number), ", off ",
                value("errors", "t", k, **number), " · RMSE ",
                value("rmse", k, role="result", decimals=decimals + roomy), " · MAE ",
                value("mae", k, decimals=decimals + roomy),
            ]  # fmt: skip
            simple = name in ("naive", "linear")
            nothing = [sym(name, role=ROLES[name]), " has no forecast yet"]
            found.append(line if simple else only("trained", line, nothing))
        found.append(only("has", ["linear: ", sums, " + ", value("b", 0, role="weight", decimals=3), " = ",
                                   value("told", "t", 1, **number)]))  # fmt: skip
        return found


def _round_up(end: float, spread: float) -> float:
    """Round the end of an axis up to a number of few digits: to a tenth of the spread's power of ten."""
    unit = 10.0 ** (np.floor(np.log10(spread or 1.0)) - 1)
    return float(np.ceil(end / unit) * unit)


def places(made: Forecast) -> int:
    """How many decimals the values of a series need: about four digits of their spread."""
    return int(np.clip(2 - np.floor(np.log10(np.std(made.series.values) or 1.0)), 0, 6))
