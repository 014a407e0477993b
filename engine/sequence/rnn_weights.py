"""The weights of a simple recurrent layer: typed, or drawn as Keras draws them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from engine.sequence import sequences

RANDOM = "random"  # typed in place of a matrix: drawn from the seed


@dataclass(frozen=True, eq=False)
class Weights:
    """The weights of every step: the same U, W, V and b from the first to the last."""

    U: np.ndarray  # (units, features)
    W: np.ndarray  # (units, units)
    V: np.ndarray  # (1, units)
    b: np.ndarray  # (units,)
    h0: np.ndarray  # (units,) the state before the first step


def are_drawn(typed: Mapping[str, str]) -> tuple[str, ...]:
    """Tell which of U, W and V are not typed."""
    return tuple(name for name in "UWV" if typed[name].strip().lower() in ("", RANDOM))


def read(typed: Mapping[str, str], units: int, features: int, seed: int, gain: float) -> Weights:
    """Read what was typed and draw the rest.

    Parameters
    ----------
    typed : dict of str to str
        U, W, V, b and h0 as `rnn.trace` takes them.
    units, features : int
        Numbers in the state and in the input of a step.
    seed : int
        Of what is drawn.
    gain : float
        What a drawn W is multiplied by.

    Returns
    -------
    Weights
        With a row per unit.

    Raises
    ------
    ValueError
        If a number cannot be read, or there are too few or too many.

    Examples
    --------
    >>> read({"U": "1", "W": "0.5", "V": "2", "b": "0", "h0": "0"}, 1, 1, seed=0, gain=1).W.tolist()
    [[0.5]]
    """
    drawn = are_drawn(typed)
    found = dict(zip("UWV", _draw(units, features, seed, gain), strict=True)) if drawn else {}
    shapes = {
        "U": (units, features, "a row per unit, a column per input"),
        "W": (units, units, "a row per unit, a column per unit it listens to"),
        "V": (1, units, "a column per unit"),
    }
    for name in (name for name in shapes if name not in drawn):
        try:
            found[name] = sequences.parse(typed[name], name, *shapes[name])
        except ValueError as error:
            raise ValueError(f"{error}. Or write {RANDOM} in its place") from None
    vectors = [_vector(typed[name], name, units) for name in ("b", "h0")]
    return Weights(found["U"], found["W"], found["V"], *vectors)


def _vector(text: str, name: str, units: int) -> np.ndarray:
    """Read one number per unit, or one for all."""
    there = len(text.replace(";", " ").replace(",", " ").split())
    if there not in (0, 1, units):
        raise ValueError(f"{name} needs one number for all units, or {units}, one per unit, but has {there}")
    found = sequences.parse(text.replace(";", " "), name, max(1, there), 1)[:, 0]
    return np.repeat(found, units // len(found))


@lru_cache(maxsize=64)
def _draw(units: int, features: int, seed: int, gain: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draw U, W, V as Keras does, each with a seed of its own."""
    from keras.initializers import GlorotUniform, Orthogonal

    U = GlorotUniform(seed)((features, units))
    W = Orthogonal(gain, seed + 1)((units, units))
    V = GlorotUniform(seed + 2)((units, 1))
    return np.array(U).T, np.array(W).T, np.array(V).T


def written(weights: Weights) -> dict[str, str]:
    """Write weights as `rnn.trace` reads them, to three decimals: U, W, V, b, h0.

    Examples
    --------
    >>> written(Weights(*map(np.array, ([[0.5]], [[1.0]], [[0.3]], [0.0], [0.0]))))
    {'U': '0.5', 'W': '1', 'V': '0.3', 'b': '0', 'h0': '0'}
    """
    matrices = {name: np.atleast_2d(getattr(weights, name)) for name in ("U", "W", "V", "b", "h0")}
    return {name: "; ".join(" ".join(f"{value:.3f}".rstrip("0").rstrip(".") for value in row) for row in matrix)
            for name, matrix in matrices.items()}  # fmt: skip
