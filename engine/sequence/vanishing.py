"""How large the gradient is at every step on its way back: real recurrent layers, their Jacobians and a bound.

The loss is the cross-entropy of the answer after the last step (see `remember`). All sizes are measured in 64-bit
floats: a 32-bit float, in which the layers are trained, holds nothing between zero and 1.4e-45, nothing beyond 3.4e38.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.checks import Check, compare
from engine.compute import task
from engine.sequence import cells, remember
from engine.sequence.cells import CELLS, Setup

SEQUENCES = 32  # over which the sizes are averaged
MAX_UNITS, MAX_SCALE, MAX_BIAS = 64, 2.0, 5.0
SHARE = 0.01  # of the last gradient: what counts as gone
BACK = 4  # steps of the check that is made with every picture


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
    weights = [cells.initial_weights(cell, setup) for cell in setup.cells]
    x, y = remember.sequences(SEQUENCES, setup.length, setup.seed)
    checks = tuple(check(cell, w, x, y) for cell, w in zip(setup.cells, weights, strict=True))
    return VanishingTrace(setup, remember.spell(x[0]), measure(setup, weights), checks)


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
    rows = [_measured(cell, setup, w) for cell, w in zip(setup.cells, weights, strict=True)]
    return Gradients(*(np.array(column) for column in zip(*rows, strict=True)))


def _measured(cell: str, setup: Setup, weights: list[np.ndarray]) -> tuple[Any, ...]:
    """Measure one cell: hidden, carry, bound, largest, smallest (T,) and the norm of W."""
    nothing = np.full(setup.length, np.nan)
    if not all(np.isfinite(array).all() for array in weights):
        return (nothing,) * 5 + (np.nan,)
    x, y = remember.sequences(SEQUENCES, setup.length, setup.seed)
    with np.errstate(over="ignore", invalid="ignore"):
        found = cells.probe(cell, weights, *_batch(x, y, setup.units))
        hidden = sizes(found.hidden[:, :SEQUENCES]).mean(1)
        carry = nothing if found.carry is None else sizes(found.carry[:, :SEQUENCES]).mean(1)
        values = _singular(found.hidden[:, SEQUENCES:])
        norm = float(np.linalg.norm(weights[1].astype(np.float64), 2))
        steepest = cells.STEEPEST.get(cell, np.nan)
        bound = hidden[-1] * (norm * steepest) ** np.arange(setup.length - 1, -1, -1.0)
    return hidden, carry, bound, values[:, 0], values[:, -1], norm


def _batch(x: np.ndarray, y: np.ndarray, units: int) -> tuple[np.ndarray, ...]:
    """Put the first sequence once per unit behind the others, so that one pass back gives its Jacobians too."""
    repeated = np.concatenate([x, np.repeat(x[:1], units, 0)])
    weigh = np.repeat([1.0, 0.0], [len(x), units])
    push = np.concatenate([np.zeros((len(x), units)), np.eye(units)])
    return repeated, np.concatenate([y, np.repeat(y[:1], units)]), weigh, push


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


def check(cell: str, weights: list[np.ndarray], x: np.ndarray, y: np.ndarray) -> Check:
    """Compare with Keras's whole layer: let it start from the state a few steps before the end, and watch that state.

    Parameters
    ----------
    cell, weights, x, y
        As for `cells.probe`.

    Returns
    -------
    Check
        The gradient with respect to that state, relative to its largest number.
    """
    import tensorflow as tf

    units, back = weights[1].shape[0], min(BACK, x.shape[1] - 1)
    with_loss = np.ones(len(x)), np.zeros((len(x), units))
    ours = cells.probe(cell, weights, x, y, *with_loss).hidden[-1 - back]
    before = cells.probe(cell, weights, x[:, :-back], y, *with_loss).states
    whole, dense = _whole(cell, units)
    whole.set_weights(weights[:3])
    dense.set_weights(weights[3:])
    states = [tf.constant(state) for state in before]
    with tf.GradientTape() as tape:
        tape.watch(states)
        last = whole(tf.constant(x[:, -back:], tf.float64), initial_state=states)
        loss = tf.reduce_sum(tf.nn.sparse_softmax_cross_entropy_with_logits(y, dense(last)))
    theirs = tape.gradient(loss, states)[0].numpy()
    scale = np.abs(theirs).max() or 1.0
    return compare(f"tf.GradientTape through keras.layers.{cell.split()[0]}", ours / scale, theirs / scale)


@functools.lru_cache(maxsize=40)
def _whole(cell: str, units: int) -> tuple[Any, Any]:
    setup = Setup((cell,), remember.MIN_STEPS, units)
    return cells.layer(cell, setup, "float64"), cells.reader(setup, "float64")


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
