"""Pairs of pictures, half of them of the same class, and how far apart two pictures are."""

from dataclasses import dataclass

import numpy as np

FEWEST_PAIRS, MOST_PAIRS = 20, 260  # with no digit in two of them


@dataclass(frozen=True, eq=False)
class Pairs:
    """Pairs of pictures, half of the same class."""

    first: np.ndarray  # (M,)
    second: np.ndarray  # (M,)
    same: np.ndarray  # (M,) bool
    apart: bool  # no picture stands in two pairs


def pairs(labels: np.ndarray, among: np.ndarray, most: int, seed: int) -> Pairs:
    """Draw pairs, half of the same class and half of different classes.

    Parameters
    ----------
    labels : np.ndarray, (N,)
        Classes of all pictures.
    among : np.ndarray, (P,)
        The pictures to pair.
    most : int
        Pairs at most, 2 or more.
    seed : int
        Of the drawing.

    Returns
    -------
    Pairs
        With no picture in two pairs, so that pairs tell independent stories, where there are enough pictures; else
        (few faces) different pairs of recurring pictures.

    Raises
    ------
    ValueError
        If there are fewer than two classes, or no class has two pictures.

    Examples
    --------
    >>> drawn = pairs(np.arange(100) % 3, np.arange(100), 20, 0)
    >>> int(drawn.same.sum()), len(np.unique([drawn.first, drawn.second]))
    (10, 40)
    """
    rng, half = np.random.default_rng(seed), most // 2
    numbers = rng.permutation(among)
    same = _apart(labels, numbers, half, True)
    rest = np.setdiff1d(numbers, np.ravel(same))
    other = _apart(labels, rng.permutation(rest), half, False)
    if len(same) == half == len(other):
        return _joined(same, other, True)
    i, j = np.triu_indices(len(numbers), 1)
    alike = labels[numbers[i]] == labels[numbers[j]]
    every = np.stack([numbers[i], numbers[j]], 1)
    same, other = (rng.permutation(every[alike == wanted]) for wanted in (True, False))
    count = min(half, len(same), len(other))
    if not count:
        raise ValueError("there are no pairs; it takes two classes, and two pictures of one of them")
    return _joined(same[:count], other[:count], False)


def _apart(labels: np.ndarray, numbers: np.ndarray, count: int, same: bool) -> np.ndarray:
    found: list[tuple[int, int]] = []
    waiting: list[int] = []
    own = labels.tolist()
    for number in numbers.tolist():
        match = next((k for k in waiting if (own[k] == own[number]) == same), None)
        if match is None:
            waiting.append(number)
        else:
            waiting.remove(match)
            found.append((match, number))
        if len(found) == count:
            break
    return np.array(found, int).reshape(-1, 2)


def _joined(same: np.ndarray, other: np.ndarray, apart: bool) -> Pairs:
    both = np.concatenate([same, other])
    return Pairs(both[:, 0], both[:, 1], np.arange(len(both)) < len(same), apart)


def distances(points: np.ndarray, drawn: Pairs) -> np.ndarray:
    r"""Work out the squared distance :math:`\|f(a) - f(b)\|^2` of each pair.

    Parameters
    ----------
    points : np.ndarray, (N, d)
        Embeddings or pixels of all pictures.
    drawn : Pairs
        M of them.

    Returns
    -------
    np.ndarray, (M,)
        0 or more.

    Examples
    --------
    >>> distances(np.array([[0.0, 0], [3, 4]]), Pairs(np.array([0]), np.array([1]), np.array([True]), True))
    array([25.])
    """
    return ((points[drawn.first].astype(float) - points[drawn.second]) ** 2).sum(1)
