"""Verification, one to one, and recognition, one to many: how often a distance between pictures is right."""

from dataclasses import dataclass

import numpy as np

from engine.checks import Check, compare

FEWEST_PAIRS, MOST_PAIRS = 20, 260  # with no digit in two of them


@dataclass(frozen=True, eq=False)
class Pairs:
    """Pairs of pictures, half of the same class."""

    first: np.ndarray  # (M,)
    second: np.ndarray  # (M,)
    same: np.ndarray  # (M,) bool
    apart: bool  # no picture stands in two pairs


@dataclass(frozen=True, eq=False)
class Roc:
    """What every threshold does: distances up to the threshold are accepted."""

    thresholds: np.ndarray  # (K,) rising, the first below all distances
    false_accepts: np.ndarray  # (K,) share of the different pairs that are accepted
    true_accepts: np.ndarray  # (K,) share of the same pairs that are accepted
    auc: float
    eer: float  # where false accepts and false rejects are equally frequent
    eer_threshold: float


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
    for number in numbers:
        match = next((k for k in waiting if (labels[k] == labels[number]) == same), None)
        if match is None:
            waiting.append(int(number))
        else:
            waiting.remove(match)
            found.append((match, int(number)))
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


def roc(squared: np.ndarray, same: np.ndarray) -> Roc:
    r"""Work out what every threshold accepts, the area under the curve and the equal error rate.

    The area is :math:`P(d_{same} < d_{other}) + \frac12 P(d_{same} = d_{other})`.

    Parameters
    ----------
    squared : np.ndarray, (M,)
        Squared distances.
    same : np.ndarray, (M,) bool
        Which pairs are of one class; both kinds must occur.

    Returns
    -------
    Roc
        One point for every distance that occurs; the equal error rate lies on the straight line between two of them.

    Raises
    ------
    ValueError
        If one kind of pairs is missing.

    Examples
    --------
    >>> curve = roc(np.array([0.1, 0.3, 0.2, 0.4]), np.array([True, True, False, False]))
    >>> curve.auc, curve.eer
    (0.75, 0.5)
    """
    if same.all() or not same.any():
        raise ValueError("a curve needs pairs of the same and of different classes; draw some of each")
    steps = np.unique(squared)
    thresholds = np.concatenate([[-1e-9], steps])
    far = np.searchsorted(np.sort(squared[~same]), thresholds, "right") / (~same).sum()
    tar = np.searchsorted(np.sort(squared[same]), thresholds, "right") / same.sum()
    area = float(np.sum(np.diff(far) * (tar[1:] + tar[:-1]) / 2))
    return Roc(thresholds, far, tar, area, *_equal(thresholds, far, 1 - tar))


def _equal(thresholds: np.ndarray, far: np.ndarray, frr: np.ndarray) -> tuple[float, float]:
    after = int(np.argmax(far >= frr))
    before = max(0, after - 1)
    gaps = (frr - far)[[before, after]]
    share = gaps[0] / (gaps[0] - gaps[1]) if gaps[0] != gaps[1] else 0.0
    rate, threshold = (x[before] + share * (x[after] - x[before]) for x in (far, thresholds))
    return float(rate), float(max(threshold, 0))


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
    classes = np.unique(labels[among])
    own = [among[labels[among] == k] for k in classes]
    known = [rows[: min(references, len(rows) - 1)] for rows in own]
    asked = np.setdiff1d(among, np.concatenate(known))
    to = np.concatenate(known)
    squared = ((points[asked].astype(float)[:, None] - points[to][None]) ** 2).sum(-1)
    answered = labels[to[squared.argmin(1)]]
    table = np.zeros((len(classes), len(classes)), int)
    np.add.at(table, (np.searchsorted(classes, labels[asked]), np.searchsorted(classes, answered)), 1)
    return rate(int((answered == labels[asked]).sum()), len(asked)), table


def checks(points: np.ndarray, drawn: Pairs, curve: Roc) -> list[Check]:
    """Compare the distances with SciPy's and the area under the curve with scikit-learn's.

    Parameters
    ----------
    points : np.ndarray, (N, d)
        Embeddings.
    drawn : Pairs
        Pairs of them.
    curve : Roc
        Made from their distances.

    Returns
    -------
    list of Check
        Two.
    """
    from scipy.spatial.distance import cdist
    from sklearn.metrics import roc_auc_score

    first, second = (points[numbers].astype(float) for numbers in (drawn.first, drawn.second))
    theirs = np.diagonal(cdist(first, second, "sqeuclidean"))
    ours = distances(points, drawn)
    area = roc_auc_score(drawn.same, -ours)
    return [
        compare("scipy.spatial.distance.cdist", ours, theirs, 1e-9),
        compare("sklearn.metrics.roc_auc_score", np.array([curve.auc]), np.array([area]), 1e-9),
    ]
