"""How large the gradient is at every step on its way back: real recurrent layers, their Jacobians and a bound.

The loss is the cross-entropy of the answer after the last step (see `remember`). All sizes are measured in 64-bit
floats: a 32-bit float, in which the layers are trained, holds nothing between zero and 1.4e-45, nothing beyond 3.4e38.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from engine.checks import Check, compare
from engine.compute import task
from engine.sequence import cells, probe, remember
from engine.sequence.cells import CELLS, Setup
from engine.sequence.probe import BACK, Probed

SEQUENCES = 32  # over which the sizes are averaged
MAX_UNITS, MAX_SCALE, MAX_BIAS = 64, 2.0, 5.0
SHARE = 0.01  # of the last gradient: what counts as gone

Row = tuple[Any, ...]  # of one cell, in the order of `Gradients`


@dataclass(frozen=True, eq=False)
class Gradients:
    """Sizes at every step, a row per cell; not a number where there is none."""

    hidden: np.ndarray  # (cells, T) mean over the sequences of |dL/dh_t|
    carry: np.ndarray  # (cells, T) of |dL/dc_t|; LSTM only
    bound: np.ndarray  # (cells, T) mean |dL/dh_T| (|W| max|f'|)^(T-t); simple layers only
    largest: np.ndarray  # (cells, T) largest singular value of dh_T/dh_t
    smallest: np.ndarray  # (cells, T) smallest
    norm: np.ndarray  # (cells,) |W|, the largest singular value of the recurrent weights


@dataclass(frozen=True, eq=False)
class VanishingTrace:
    """Layers as they are drawn, before any training."""

    setup: Setup
    example: str  # the sequence whose Jacobians are taken, in letters
    gradients: Gradients
    checks: tuple[Check, ...]  # one per cell


@task
def trace(setup: Setup) -> VanishingTrace:
    """Measure |dL/dh_t| at every t for several untrained layers: dL/dh_t = dL/dh_T dh_T/dh_{T-1} ... dh_{t+1}/dh_t.

    Parameters
    ----------
    setup : Setup
        One to five of the cells, length 5 to 200, units 2 to 64, scale 0.1 to 2, biases -1 to 5, seed 0 to 9999.

    Returns
    -------
    VanishingTrace
        Sizes (cells, T).

    Raises
    ------
    ValueError
        If a setting is out of range.

    References
    ----------
    R. Pascanu, T. Mikolov, Y. Bengio: On the difficulty of training recurrent neural networks. ICML 2013.

    Examples
    --------
    >>> sizes = trace(Setup(("SimpleRNN tanh",), 20, units=8)).gradients
    >>> bool((sizes.hidden <= sizes.bound * (1 + 1e-9)).all()), sizes.largest.shape
    (True, (1, 20))
    """
    refuse(setup)
    x, _ = _sequences(setup.length, setup.seed)
    rows, checks = zip(*(_untrained(cell, _own(cell, setup)) for cell in setup.cells), strict=True)
    return VanishingTrace(setup, remember.spell(x[0]), _gradients(rows), checks)


def _own(cell: str, setup: Setup) -> Setup:
    """Leave out what does not concern a cell, so that another bias of the LSTM finds the other cells remembered."""
    forget = setup.forget_bias if cell == cells.LSTM else 0.0
    update = setup.update_bias if cell == cells.GRU else 0.0
    return replace(setup, cells=(cell,), forget_bias=forget, update_bias=update)


@functools.lru_cache(maxsize=100)
def _untrained(cell: str, setup: Setup) -> tuple[Row, Check]:
    """Measure and check one cell as it is drawn."""
    weights = cells.initial_weights(cell, setup)
    found = _probed(cell, setup, weights)
    return _measured(cell, weights, found), check(cell, setup, weights, found)


def refuse(setup: Setup) -> None:
    """Raise ValueError for a setting that is out of range."""
    if not setup.cells:
        raise ValueError("no cell is chosen; choose one or more")
    if unknown := set(setup.cells) - set(CELLS):
        raise ValueError(f"the cell {unknown.pop()!r} is not known; use {', '.join(CELLS)}")
    ranges = {
        "length": (remember.MIN_STEPS, remember.MAX_STEPS), "units": (2, MAX_UNITS), "scale": (0.1, MAX_SCALE),
        "forget_bias": (-1, MAX_BIAS), "update_bias": (-1, MAX_BIAS), "seed": (0, 9999),
    }  # fmt: skip
    for name, (low, high) in ranges.items():
        if not low <= (value := getattr(setup, name)) <= high:
            raise ValueError(f"{name} {value:g} is out of range; use {low} to {high}")


def measure(setup: Setup, weights: list[list[np.ndarray]]) -> Gradients:
    """Measure layers with any weights, trained or not, on the same sequences.

    Parameters
    ----------
    setup : Setup
        Cells, length and seed.
    weights : list of list of np.ndarray
        Of each cell, as from `cells.initial_weights`. Where one is not finite, so are the sizes.

    Returns
    -------
    Gradients
        Sizes (cells, T).
    """
    finite = [all(np.isfinite(array).all() for array in own) for own in weights]
    nothing = (*[np.full(setup.length, np.nan)] * 5, np.nan)
    rows = [_measured(cell, own, _probed(cell, setup, own)) if sound else nothing
            for cell, own, sound in zip(setup.cells, weights, finite, strict=True)]  # fmt: skip
    return _gradients(rows)


def _gradients(rows: Sequence[Row]) -> Gradients:
    return Gradients(*(np.array(column) for column in zip(*rows, strict=True)))


def _probed(cell: str, setup: Setup, weights: list[np.ndarray]) -> Probed:
    return probe.probe(cell, weights, *_sequences(setup.length, setup.seed))


@functools.lru_cache(maxsize=1)
def _sequences(length: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw what all cells read."""
    return remember.sequences(SEQUENCES, length, seed)


def _measured(cell: str, weights: list[np.ndarray], found: Probed) -> Row:
    """Take the sizes of one cell's gradients."""
    T, nothing = len(found.hidden), np.full(len(found.hidden), np.nan)
    with np.errstate(over="ignore", invalid="ignore"):
        hidden = sizes(found.hidden).mean(1)
        carry = nothing if found.carry is None else sizes(found.carry).mean(1)
        values = _singular(found.jacobians)
        norm = float(np.linalg.norm(weights[1].astype(np.float64), 2))
        steepest = cells.STEEPEST.get(cell, np.nan)
        bound = hidden[-1] * (norm * steepest) ** np.arange(T - 1, -1, -1.0)
    return hidden, carry, bound, values[:, 0], values[:, -1], norm


def sizes(gradients: np.ndarray) -> np.ndarray:
    """Take the Euclidean norm along the last axis, also of numbers whose squares no float holds.

    Examples
    --------
    >>> sizes(np.array([[3e-200, 4e-200]])).tolist()
    [5e-200]
    """
    largest = np.abs(gradients).max(-1, keepdims=True)
    scale = np.where((largest > 0) & np.isfinite(largest), largest, 1.0)
    return np.linalg.norm(gradients / scale, axis=-1) * scale[..., 0]


def _singular(jacobians: np.ndarray) -> np.ndarray:
    """Singular values (T, units) of dh_T/dh_t (T, units, units), where they are finite."""
    values = np.full(jacobians.shape[:2], np.nan)
    finite = np.isfinite(jacobians).all((1, 2))
    values[finite] = np.linalg.svd(jacobians[finite], compute_uv=False)
    return values


def check(cell: str, setup: Setup, weights: list[np.ndarray], found: Probed) -> Check:
    """Compare with Keras's whole layer: let it start from the state a few steps before the end, and watch that state.

    Parameters
    ----------
    cell, setup, weights
        What was measured.
    found : Probed
        Its states and gradients.

    Returns
    -------
    Check
        The gradient with respect to that state, relative to its largest number.
    """
    x, y = _sequences(setup.length, setup.seed)
    ours, theirs = found.hidden[-1 - BACK], probe.tail(cell, weights, found.states, x[:, -BACK:], y)
    scale = np.abs(theirs).max() or 1.0
    kind, *activation = cell.split()
    layer = f"keras.layers.{kind}" + "".join(f"(activation={name.lower()!r})" for name in activation)
    return compare(f"tf.GradientTape through the last {BACK} steps of {layer}", ours / scale, theirs / scale)


def gone_at(values: np.ndarray) -> int:
    """Find the last step, from 1, at which a gradient is below 1 % of its last value; 0 if there is none.

    Parameters
    ----------
    values : np.ndarray
        (T,) sizes of the gradient.

    Returns
    -------
    int
        The first such step on the way back from the end.

    Examples
    --------
    >>> gone_at(np.array([0.0001, 0.01, 0.1, 0.5, 0.8, 1.0])), gone_at(np.ones(6))
    (1, 0)
    """
    below = np.flatnonzero(values < SHARE * values[-1])
    return int(below[-1]) + 1 if below.size else 0
