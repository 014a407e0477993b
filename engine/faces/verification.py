"""One moment of a network, verified: pairs of unseen or seen classes, and whose each picture is; beside raw pixels."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from engine.checks import Check, compare
from engine.compute import task
from engine.faces import rates, triplets
from engine.faces import roc as curve
from engine.faces.pairs import Pairs, distances, pairs
from engine.faces.rates import Rate
from engine.faces.roc import Roc
from engine.faces.triplets import Pictures

UNSEEN, SEEN = "unseen", "seen"  # classes
RAW = "raw pixels"


@dataclass(frozen=True)
class Choice:
    """On what a network is verified."""

    on: str  # UNSEEN or SEEN
    pairs: int  # at most, see `engine.faces.pairs`
    references: int  # known pictures of each class
    draw: int  # seed of the pairs


@dataclass(frozen=True, eq=False)
class Verified:
    """Distances of the pairs, what every threshold does with them, and recognition."""

    drawn: Pairs
    squared: np.ndarray  # (M,) by the network
    raw: np.ndarray  # (M,) by the pixels
    curves: dict[str, Roc]  # UNSEEN and SEEN by the network, where there are such pictures; RAW on the chosen ones
    now: Roc  # the network's on the chosen pictures
    recognised: Rate  # one to many, by the network
    raw_recognised: Rate
    checks: tuple[Check, ...]

    def rates(self, threshold: float) -> tuple[Rate, Rate]:
        """Give the network's false accepts and false rejects at a threshold."""
        return rates.rates(self.squared, self.drawn.same, threshold)

    def raw_rates(self, threshold: float) -> tuple[Rate, Rate]:
        """Give those of raw pixels at their own threshold, which accepts as many different pairs as the network's."""
        accepts = self.rates(threshold)[0].count
        fair = rates.same_false_accepts(self.raw, self.drawn.same, accepts)
        return rates.rates(self.raw, self.drawn.same, fair)


@task
def verify(pictures: Pictures, points: np.ndarray, choice: Choice) -> Verified:
    """Verify a network by the points that it gives to all pictures.

    Parameters
    ----------
    pictures : Pictures
        N of them.
    points : np.ndarray, (N, d)
        Their embeddings.
    choice : Choice
        What to verify on; unseen classes must exist to be chosen.

    Returns
    -------
    Verified
        Checked against SciPy's distances and scikit-learn's area.

    Raises
    ------
    ValueError
        If there are too few pictures for a pair.

    Examples
    --------
    >>> pixels = triplets.digits()
    >>> round(verify(pixels, pixels.grey, Choice(UNSEEN, 260, 1, 0)).now.auc, 3)
    0.823
    """
    labels, grey, groups = np.array(pictures.labels), pictures.grey, _groups(pictures)
    drawn = {name: _pairs(pictures.labels, pictures.seen, name, choice.pairs, choice.draw) for name in groups}
    squared = {name: distances(points, chosen) for name, chosen in drawn.items()}
    curves = {name: curve.roc(squared[name], chosen.same) for name, chosen in drawn.items()}
    chosen, now = drawn[choice.on], curves[choice.on]
    raw = distances(grey, chosen)
    curves[RAW] = curve.roc(raw, chosen.same)
    known, raw_known = (
        rates.recognise(x, labels, groups[choice.on], choice.references)[0] for x in (points, grey)
    )  # fmt: skip
    compared = checks(points, chosen, now)
    return Verified(chosen, squared[choice.on], raw, curves, now, known, raw_known, compared)


def _groups(pictures: Pictures) -> dict[str, np.ndarray]:
    parts = triplets.parts(pictures)
    return {name: among for name, among in ((UNSEEN, parts.unseen), (SEEN, parts.seen)) if len(among)}


@lru_cache(maxsize=64)
def _pairs(labels: tuple[int, ...], seen: int, on: str, most: int, seed: int) -> Pairs:
    parts = triplets.parts_of(labels, seen)
    return pairs(np.array(labels), parts.unseen if on == UNSEEN else parts.seen, most, seed)


def checks(points: np.ndarray, drawn: Pairs, found: Roc) -> tuple[Check, ...]:
    """Compare the distances with SciPy's and the area under the curve with scikit-learn's.

    Parameters
    ----------
    points : np.ndarray, (N, d)
        Embeddings.
    drawn : Pairs
        Pairs of them.
    found : Roc
        Made from their distances.

    Returns
    -------
    tuple of Check
        Two.
    """
    from scipy.spatial.distance import cdist
    from sklearn.metrics import roc_auc_score

    first, second = (points[numbers].astype(float) for numbers in (drawn.first, drawn.second))
    theirs = np.diagonal(cdist(first, second, "sqeuclidean"))
    ours = distances(points, drawn)
    area = roc_auc_score(drawn.same, -ours)
    return (
        compare("scipy.spatial.distance.cdist", ours, theirs, 1e-9),
        compare("sklearn.metrics.roc_auc_score", np.array([found.auc]), np.array([area]), 1e-9),
    )
