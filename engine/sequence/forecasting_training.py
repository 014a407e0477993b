"""Networks that learn to forecast, trained side by side on the same batches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.keras_training import KerasJob
from engine.sequence import forecasting
from engine.sequence.series import Series

DENSE, NETWORKS = "Dense", ("Dense", "SimpleRNN", "LSTM", "GRU")
MAX_UNITS, MAX_EPOCHS = 64, 500
BATCH, FRAMES = 16, 60


@dataclass(frozen=True, kw_only=True)
class ForecastJob(KerasJob):
    """Trains every chosen network on the same windows: minimises the mean squared error of the scaled next value.

    The networks share their batches and nothing else: the loss is the sum of theirs, so each has its own gradient, and
    Adam treats every weight by itself.

    Parameters
    ----------
    values : tuple of float
        The series.
    n_steps, test, fitted_on
        As for `forecasting.trace`.
    networks : tuple of str
        Some of "Dense", "SimpleRNN", "LSTM", "GRU".
    units : int
        Of the hidden layer of each, 1 to 64.
    learning_rate : float
        Of Adam, 0.0001 to 0.1.
    """

    values: tuple[float, ...]
    n_steps: int
    test: int = 12
    fitted_on: str = forecasting.TRAINING
    networks: tuple[str, ...] = ("LSTM",)
    units: int = 16
    learning_rate: float = 0.01
    batch_size: int = BATCH

    @property
    def private(self) -> bool:
        """True: the values may be a learner's own."""
        return True

    @property
    def batches(self) -> int:
        """Batches in an epoch."""
        return -(-(len(self.values) - self.n_steps - self.test) // self.batch_size)

    def data(self) -> tuple[np.ndarray, np.ndarray]:
        """Give the training samples, scaled: x (train, n_steps, 1), y (train, 1)."""
        x, y, made = self._scaled()
        return x[: made.train], y[: made.train]

    def _scaled(self) -> tuple[np.ndarray, np.ndarray, forecasting.Forecast]:
        made = forecasting.trace(Series("", self.values, ()), self.n_steps, self.test, self.fitted_on)
        x, y = ((part - made.mean) / made.std for part in (made.x, made.y))
        return x[..., None].astype(np.float32), y[:, None].astype(np.float32), made

    def build(self) -> Any:
        """Make one model with an output per network; see `KerasJob`."""
        import keras

        inputs = keras.Input((self.n_steps, 1))
        outputs = [_network(name, inputs, self.units, self.seed) for name in self.networks]
        model = keras.Model(inputs, keras.layers.Concatenate()(outputs) if len(outputs) > 1 else outputs[0])
        model.compile(keras.optimizers.Adam(self.learning_rate), loss=_summed)
        return model

    def snapshot(self, model: Any, step: int, losses: np.ndarray) -> dict[str, Any]:
        """Give forecasts (S, networks) in the units of the series, and their errors on the test part (networks,)."""
        x, _, made = self._scaled()
        forecasts = np.asarray(model(x), np.float64) * made.std + made.mean
        tested = [(made.y[-self.test :], forecast[-self.test :]) for forecast in forecasts.T]
        return {
            "forecasts": forecasts.astype(np.float32),
            "rmse": np.array([forecasting.rmse(*pair) for pair in tested]),
            "mae": np.array([forecasting.mae(*pair) for pair in tested]),
        }


def job(
    series: Series, n_steps: int, test: int, fitted_on: str, networks: tuple[str, ...], **training: Any
) -> ForecastJob:
    """Make the job of these settings.

    Parameters
    ----------
    series, n_steps, test, fitted_on
        As for `forecasting.trace`.
    networks : tuple of str
        One or more of `NETWORKS`.
    **training
        units, learning_rate, epochs (1 to 500), seed.

    Returns
    -------
    ForecastJob
        Sixty snapshots long.

    Raises
    ------
    ValueError
        If a setting is out of range.
    """
    forecasting.refuse(len(series.values), n_steps, test, fitted_on)
    if not networks:
        raise ValueError(f"no network is chosen; choose one or more of {', '.join(NETWORKS)}")
    if unknown := set(networks) - set(NETWORKS):
        raise ValueError(f"the network {unknown.pop()!r} is not known; use {', '.join(NETWORKS)}")
    ranges = {"units": (1, MAX_UNITS), "epochs": (1, MAX_EPOCHS), "learning_rate": (0.0001, 0.1), "seed": (0, 9999)}
    for name, (low, high) in ranges.items():
        if not low <= (value := training.get(name, low)) <= high:
            raise ValueError(f"{name} {value:g} is out of range; use {low} to {high}")
    steps = training.get("epochs", 1) * -(-(len(series.values) - n_steps - test) // BATCH)
    chosen = tuple(name for name in NETWORKS if name in networks)
    return ForecastJob(
        values=series.values, n_steps=n_steps, test=test, fitted_on=fitted_on, networks=chosen,
        snapshot_every=max(1, steps // FRAMES), **training,
    )  # fmt: skip


def _summed(y: Any, forecasts: Any) -> Any:
    """Sum over the networks of the squared error: the mean over the batch is Keras's."""
    from keras import ops

    return ops.sum(ops.square(forecasts - y), axis=-1)


def _network(name: str, inputs: Any, units: int, seed: int) -> Any:
    import keras

    first = keras.initializers.GlorotUniform(seed)
    if name == DENSE:
        hidden = keras.layers.Flatten()(inputs)
        hidden = keras.layers.Dense(units, "relu", kernel_initializer=first)(hidden)
    else:
        layer = getattr(keras.layers, name)
        again = keras.initializers.Orthogonal(seed=seed + 1)
        hidden = layer(units, kernel_initializer=first, recurrent_initializer=again)(inputs)
    return keras.layers.Dense(1, kernel_initializer=keras.initializers.GlorotUniform(seed + 2))(hidden)
