"""How often one threshold is wrong, and how often the nearest reference names the right class; with intervals."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Rate:
    """A count with its 95 % Wilson interval."""

    count: int
    of: int
    low: float
    high: float

    @property
    def share(self) -> float:
        return self.count / self.of


def rates(squared: np.ndarray, same: np.ndarray, threshold: float) -> tuple[Rate, Rate]:
    """Count false accepts among different pairs and false rejects among same pairs.

    Parameters
    ----------
    squared : np.ndarray, (M,)
        Squared distances.
    same : np.ndarray, (M,) bool
        Which pairs are of one class.
    threshold : float
        Distances up to this are accepted as the same.

    Returns
    -------
    Rate, Rate
        False accepts, false rejects.
    """
    accepted = squared <= threshold
    return rate(int((accepted & ~same).sum()), int((~same).sum())), rate(int((~accepted & same).sum()), int(same.sum()))


def rate(count: int, of: int) -> Rate:
    r"""Give a share its 95 % interval by Wilson.

    :math:`(\hat p + z^2/2n \pm z\sqrt{\hat p(1-\hat p)/n + z^2/4n^2}) / (1 + z^2/n)`

    Parameters
    ----------
    count : int
        0 to `of`.
    of : int
        1 or more independent trials.

    Returns
    -------
    Rate
        With z = 1.96. Source: Wilson 1927.

    Examples
    --------
    >>> found = rate(5, 100)
    >>> round(found.low, 3), round(found.high, 3)
    (0.022, 0.112)
    """
    z, share = 1.959963984540054, count / of
    middle, wide = share + z * z / (2 * of), z * np.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    low, high = ((middle + sign * wide) / (1 + z * z / of) for sign in (-1, 1))
    return Rate(count, of, float(max(0, low)) if count else 0.0, float(min(1, high)) if count < of else 1.0)


def same_false_accepts(squared: np.ndarray, same: np.ndarray, count: int) -> float:
    """Find the threshold that accepts `count` different pairs: how two measures of distance are compared fairly.

    Parameters
    ----------
    squared : np.ndarray, (M,)
        Squared distances.
    same : np.ndarray, (M,) bool
        Which pairs are of one class.
    count : int
        False accepts, 0 to the number of different pairs.

    Returns
    -------
    float
        Just below the next different pair: no other threshold with as few false accepts rejects fewer same pairs.
    """
    others = np.sort(squared[~same])
    return float(np.nextafter(others[count], -1)) if count < len(others) else float(squared.max())


def recognise(points: np.ndarray, labels: np.ndarray, among: np.ndarray, references: int) -> tuple[Rate, np.ndarray]:
    """Find whose each picture is: the class of the nearest reference picture.

    Parameters
    ----------
    points : np.ndarray, (N, d)
        Embeddings or pixels.
    labels : np.ndarray, (N,)
        Classes.
    among : np.ndarray, (P,)
        Pictures; the first `references` of each class are known, all others are asked about.
    references : int
        Known pictures of each class, 1 or more; one picture of each class is left to ask about.

    Returns
    -------
    Rate, np.ndarray
        How many were recognised, and (C, C) counts: true class by answered class.
    """
    from scipy.spatial.distance import cdist

    classes = np.unique(labels[among])
    own = [among[labels[among] == k] for k in classes]
    known = [rows[: min(references, len(rows) - 1)] for rows in own]
    asked = np.setdiff1d(among, np.concatenate(known))
    to = np.concatenate(known)
    squared = cdist(points[asked], points[to], "sqeuclidean")
    answered = labels[to[squared.argmin(1)]]
    table = np.zeros((len(classes), len(classes)), int)
    np.add.at(table, (np.searchsorted(classes, labels[asked]), np.searchsorted(classes, answered)), 1)
    return rate(int((answered == labels[asked]).sum()), len(asked)), table
