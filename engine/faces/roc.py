"""What every threshold of a distance accepts: the ROC curve, its area and the equal error rate."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Roc:
    """What every threshold does: distances up to the threshold are accepted."""

    thresholds: np.ndarray  # (K,) rising, the first below all distances
    false_accepts: np.ndarray  # (K,) share of the different pairs that are accepted
    true_accepts: np.ndarray  # (K,) share of the same pairs that are accepted
    auc: float
    eer: float  # where false accepts and false rejects are equally frequent
    eer_threshold: float


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
