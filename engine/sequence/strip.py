"""A gradient as a product of factors: any falling strip of numbers, made by a real recurrent layer of one unit.

With U = W = 1 the factor of a step is dh_t/dh_{t-1} = 1 - h_t^2, the slope of tanh. The inputs are chosen so that every
slope is the wanted one: h_t = sqrt(1 - factor), x_t = atanh(h_t) - h_{t-1}.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from engine.checks import Check, compare
from engine.compute import task

CLASS = "1.0, 0.8, 0.5, 0.1, 0.01, 0.0001"
MAX_STEPS = 12
FIRST = 0.5  # h_1, which has no factor to make


@dataclass(frozen=True, eq=False)
class StripTrace:
    """A run whose gradients are the strip, the last step's first."""

    strip: tuple[float, ...]  # as typed, from the last step back
    x: np.ndarray  # (T,) inputs
    hidden: np.ndarray  # (T,) h_t from keras.layers.SimpleRNN
    factors: np.ndarray  # (T,) dh_t/dh_{t-1} = 1 - h_t^2; not a number at t = 1
    gradients: np.ndarray  # (T,) dL/dh_t with L = strip[0] h_T, by tf.GradientTape
    checks: tuple[Check, ...]


def parse(text: str) -> tuple[float, ...]:
    """Read a strip of falling positive numbers.

    Parameters
    ----------
    text : str
        2 to 12 numbers apart by commas or spaces, none larger than the one before, none smaller than a millionth of it.

    Returns
    -------
    tuple of float
        The numbers.

    Raises
    ------
    ValueError
        If a number cannot be read, or a factor is not possible for the slope of tanh.

    Examples
    --------
    >>> parse("1.0, 0.8, 0.5")
    (1.0, 0.8, 0.5)
    """
    words = [word for word in re.split(r"[,;\s]+", text.strip()) if word]
    if not 2 <= len(words) <= MAX_STEPS:
        raise ValueError(f"the strip has {len(words)} numbers; write 2 to {MAX_STEPS}, for example {CLASS}")
    numbers = []
    for place, word in enumerate(words, 1):
        try:
            numbers.append(float(word))
        except ValueError:
            raise ValueError(f"number {place} of the strip, {word[:20]!r}, is not a number; write {CLASS}") from None
        if not 1e-30 <= numbers[-1] <= 1e6:  # also catches "nan"
            raise ValueError(f"number {place} of the strip is {word[:20]}; use numbers between 1e-30 and 1e6")
    for before, after in pairwise(numbers):
        if not 1e-6 <= after / before <= 1:
            raise ValueError(
                f"{after:g} after {before:g} is a factor of {after / before:.3g}, but with W = 1 a factor is the slope "
                "of tanh, more than 0 and at most 1; let no number be larger than the one before it or a million times "
                "smaller"
            )
    return tuple(numbers)


@task
def trace(text: str = CLASS) -> StripTrace:
    """Run a SimpleRNN of one unit whose gradients, from the last step back, are the numbers of the strip.

    Parameters
    ----------
    text : str
        As `parse` reads it.

    Returns
    -------
    StripTrace
        Arrays (T,), oldest step first.

    Raises
    ------
    ValueError
        As from `parse`.

    Examples
    --------
    >>> trace("1, 0.5, 0.1").gradients.round(6).tolist()
    [0.1, 0.5, 1.0]
    """
    strip = parse(text)
    x = inputs(strip)
    hidden, gradients = _run(x, strip[0])
    factors = 1 - hidden**2
    factors[0] = np.nan
    wanted = np.array(strip[::-1])
    from_factors = strip[0] * np.append(np.cumprod(factors[:0:-1])[::-1], 1.0)
    against = ("the product of the factors 1 − h²", from_factors), ("the strip as it was written", wanted)
    checks = tuple(compare(name, gradients / wanted, other / wanted) for name, other in against)
    return StripTrace(strip, x, hidden, factors, gradients, checks)


def inputs(strip: tuple[float, ...]) -> np.ndarray:
    """Choose the inputs (T,) that make every slope of tanh the quotient of two neighbours of the strip."""
    slopes = np.array(strip[1:]) / np.array(strip[:-1])
    h = np.append(FIRST, np.sqrt(1 - slopes[::-1]))
    return np.arctanh(h) - np.append(0.0, h[:-1])


def _run(x: np.ndarray, last: float) -> tuple[np.ndarray, np.ndarray]:
    """Run Keras's layer and take dL/dh_t with the tape, cell by cell."""
    import keras
    import tensorflow as tf

    layer = keras.layers.SimpleRNN(1, dtype="float64")
    layer.build((None, None, 1))
    layer.set_weights([np.ones((1, 1)), np.ones((1, 1)), np.zeros(1)])
    states = [tf.zeros((1, 1), tf.float64)]
    with tf.GradientTape() as tape:
        for number in x:
            states.append(layer.cell(tf.constant([[number]], tf.float64), [states[-1]])[0])
            tape.watch(states[-1])
        loss = last * states[-1][0, 0]
    gradients = tape.gradient(loss, states[1:])
    return np.array([float(h[0, 0]) for h in states[1:]]), np.array([float(g[0, 0]) for g in gradients])
