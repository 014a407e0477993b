"""What the generators of sentences share: one of several options, and as many different things as are asked for."""

from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar

import numpy as np

T = TypeVar("T")


def one(rng: np.random.Generator, options: Sequence[T]) -> T:
    """Draw one of several options, each as likely as the others."""
    return options[int(rng.integers(len(options)))]


def different(count: int, most: int, things: str, draw: Callable[[int], T], key: Callable[[T], Hashable]) -> list[T]:
    """Draw until there are so many that differ.

    Parameters
    ----------
    count : int, 1 to `most`
        How many.
    most : int
        More are refused.
    things : str
        What they are called when they are refused.
    draw : callable
        Draws one; gets how many there are already.
    key : callable
        What they must differ in.

    Returns
    -------
    list
        In the order in which they came: the first of many are the same as when few are asked for.

    Raises
    ------
    ValueError
        If `count` is out of its range.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> sorted(different(3, 5, "digits", lambda _: int(rng.integers(3)), key=abs))
    [0, 1, 2]
    """
    if not 1 <= count <= most:
        raise ValueError(f"{count} {things} are not possible here; use 1 to {most:,}")
    found: dict[Hashable, T] = {}
    while len(found) < count:
        drawn = draw(len(found))
        found.setdefault(key(drawn), drawn)
    return list(found.values())
