"""What to say of a run of the simple recurrent layer: what the picture shows, and the settings of the recipe."""

from typing import Any

import numpy as np

from engine.sequence import on_paper
from engine.sequence.rnn import RNNTrace


def notices(traced: RNNTrace, told: bool) -> list[str]:
    """What this run shows; its results only when they may be told."""
    steps, features = traced.sequence.x.shape
    weights, most = traced.units * (features + traced.units + 1), abs(traced.hidden).max()
    found = [f"Every arrow W carries the same weights, and so do U and V: {weights} make all {steps} states."]
    if told and on_paper.suits(traced):
        hand = on_paper.by_hand(traced)[-1][2]
        found.append(f"By hand, rounding to two decimals after every step, the mean loss comes to {hand:g}; without "
                     f"rounding it is {traced.mean_loss:.4f}. Rounding is the whole difference.")  # fmt: skip
    if again := on_paper.repeated(traced):
        found.append(f"The input of steps {again[1] + 1} and {again[2] + 1} is the same, the state is not: it differs "
                     f"by up to {again[3]:.3f}, because h also holds what came before.")  # fmt: skip
    if traced.finite < steps:
        found.append(f"From step {traced.finite + 1} on the numbers are too large for a 32-bit float.")
    if traced.activation == "tanh":
        found.append("tanh keeps the state between −1 and 1" + f"; here it reaches {most:.4f}." * told)
    if traced.activation in ("linear", "relu"):
        found.append("Without a bound on h, W multiplies the past at every step: it fades or grows step by step.")
    return found[:4]


def recipe_settings(traced: RNNTrace) -> dict[str, Any]:
    """Return what the recipe needs to repeat a run: numbers as short as they are exact, None for what is drawn."""
    x, weights = traced.sequence.x, traced.weights
    one_hot = x.shape[1] > 1 and bool((x.sum(1) == 1).all() and np.isin(x, (0, 1)).all())
    matrices = {name: None if name in traced.drawn else _short(getattr(weights, name)) for name in "UWV"}
    return {
        "x": x.argmax(1).tolist() if one_hot and x.any(0).all() else _short(x),
        "targets": None if traced.sequence.targets is None else _short(traced.sequence.targets),
        "units": traced.units, "activation": traced.activation, "seed": traced.seed, "gain": traced.gain,
        **matrices, "b": _short(weights.b), "h0": _short(weights.h0),
    }  # fmt: skip


def _short(array: np.ndarray) -> list:
    """Turn float32 into Python numbers without the digits that float64 would add: 0.4, not 0.4000000059604645."""
    return np.array([float(str(value)) for value in array.ravel()], object).reshape(array.shape).tolist()
