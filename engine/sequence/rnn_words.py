"""What to say of a run of the simple recurrent layer: what the picture shows, and the settings of the recipe."""

from typing import Any

import numpy as np

from engine.sequence import on_paper
from engine.sequence.rnn import EDITABLE_UNITS, RNNTrace


def notices(traced: RNNTrace, told: bool, decimals: int = 2) -> list[str]:
    """What this run shows; its results only when they may be told."""
    features = traced.sequence.x.shape[1]
    weights = traced.units * (features + traced.units + 1)
    found = [f"Every step uses the same U, W and b: {weights} numbers, however long the sequence is."]
    if told and on_paper.suits(traced):
        _, mean = on_paper.by_hand(traced, decimals)
        found.append(f"By hand, with {decimals} decimal{'s' * (decimals > 1)} after every step, the mean loss comes to "
                     f"{mean:.{decimals}f}; without rounding it is {traced.mean_loss:.4f}. Rounding is the whole "
                     "difference: keep more decimals, and it goes.")  # fmt: skip
    if again := on_paper.repeated(traced):
        found.append(_again(*again, told))
    if beyond := _beyond(traced):
        found.append(f"Too large for a 32-bit float: {beyond}.")
    found.append(LIMITS[traced.activation](traced, told))
    return found[:4]


def _again(first: int, second: int, apart: float, told: bool) -> str:
    same = f"The input of steps {first + 1} and {second + 1} is the same"
    if not told:
        return f"{same}: compare what their states are made of."
    if apart < on_paper.SAME:
        return f"{same}, and so is the state, to four decimals: nothing of the past has come through."
    return f"{same}, the state is not: it differs by up to {apart:.4f}, because h also holds what came before."


def _beyond(traced: RNNTrace) -> str:
    """Tell what is beyond float32 and from which step on: the loss, being a square, comes first."""
    found = []
    if traced.losses is not None and not np.isfinite(traced.losses).all():
        found.append(f"the loss from step {np.isfinite(traced.losses).argmin() + 1} on")
    if traced.finite < len(traced.outputs):
        found.append(f"the state or the output from step {traced.finite + 1} on")
    return ", ".join(found)


def _bounded(traced: RNNTrace, told: bool) -> str:
    """What tanh or sigmoid keep the state within, and with it the output."""
    low, h = "−1" if traced.activation == "tanh" else "0", traced.hidden
    said = f"{traced.activation} keeps every number in h between {low} and 1"
    said += f"; here they lie between {h.min():.4f} and {h.max():.4f}." if told else "."
    reach = float(np.abs(traced.weights.V).sum())
    if np.abs(traced.targets).max(initial=0) <= reach:
        return said
    far = next(float(target) for target in traced.targets if abs(target) > reach)
    return f"{said} So ŷ stays within ±{reach:.3g}: a target such as {far:g} is out of its reach."


def _zeros(traced: RNNTrace, told: bool) -> str:
    """How often ReLU let nothing through."""
    said = "ReLU makes every sum below zero into 0"
    if not told:
        return f"{said}."
    count, size = int((traced.pre < 0).sum()), traced.pre.size
    if count == size:
        return f"{said}: here it does so at every step, so h stays 0, and ŷ with it. The layer is dead."
    return f"{said}: {count} of {size} here. Upwards, nothing bounds h."


def _factor(traced: RNNTrace, _: bool) -> str:
    """What W does to the past where no activation bounds it: its number, or the largest of its eigenvalues."""
    W = traced.weights.W
    size = float(np.abs(np.linalg.eigvals(W)).max())
    then = "keeps its size" if abs(size - 1) < 1e-3 else "fades" if size < 1 else "grows"
    if traced.units == 1:
        turns = ", and changes its sign every time" * bool(W[0, 0] < 0)
        return f"Nothing bounds h: at every step the past is multiplied by W = {W[0, 0]:g}, so it {then}{turns}."
    return f"Nothing bounds h: W multiplies the past by {size:.2f} a step in the long run, so it {then}."


LIMITS = {"tanh": _bounded, "sigmoid": _bounded, "relu": _zeros, "linear": _factor}  # what an activation does to h


def matrices(traced: RNNTrace) -> str:
    """Write U, W and V as a further line in LaTeX where there are several units, but few enough to be read."""
    if not (1 < traced.units <= EDITABLE_UNITS and traced.sequence.x.shape[1] <= EDITABLE_UNITS):
        return ""
    found = []
    for name in "UWV":
        rows = (" & ".join(f"{value:.3g}" for value in row) for row in getattr(traced.weights, name))
        found.append(rf"{name} = \begin{{bmatrix}}" + r" \\ ".join(rows) + r"\end{bmatrix}")
    return r" \\[6pt] & " + r"\quad ".join(found)


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
