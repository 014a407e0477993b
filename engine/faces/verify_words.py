"""Questions about verification: one triplet, whose curve is best, what a higher threshold does."""

from dataclasses import dataclass

import numpy as np

from engine.faces import rates, triplets
from engine.faces.roc import Roc
from engine.quiz import Question

UP_DOWN = "more false accepts, fewer false rejects"
DOWN_UP = "fewer false accepts, more false rejects"
BOTH = "fewer of both"
NEITHER = "One error can only be bought with the other; only a better network lowers both."


@dataclass(frozen=True, eq=False)
class Seen:
    """What a question may be about."""

    curves: dict[str, Roc]  # by name
    squared: np.ndarray  # (M,) distances of the verified pairs
    same: np.ndarray  # (M,) bool
    threshold: float
    margin: float


def ask(seen: Seen, number: int) -> Question:
    """Ask about the network as it is now.

    Parameters
    ----------
    seen : Seen
        The curves and distances of the moment.
    number : int
        Which question; the same number, the same question.

    Returns
    -------
    Question
        In turn about a triplet, a threshold, and the curves. Faces may be told apart without a mistake: where the two
        best curves are equal a threshold is asked about, and a triplet where no threshold changes both errors.
    """
    rng = np.random.default_rng(number)
    return (_triplet, _threshold, _curves)[number % 3](seen, rng)


def _triplet(seen: Seen, rng: np.random.Generator) -> Question:
    positive = round(float(rng.uniform(0.1, 0.8)), 2)
    kind = int(rng.integers(3))
    step = (seen.margin + rng.uniform(0.1, 0.4), seen.margin * rng.uniform(0.3, 0.7), -rng.uniform(0.02, 0.08))[kind]
    negative = round(positive + float(step), 3)
    answer = triplets.LABELS[int(triplets.label(np.array([positive]), np.array([negative]), seen.margin)[0])]
    cost = float(triplets.loss(np.array([positive]), np.array([negative]), seen.margin)[0])
    why = (
        f"the loss is max({positive:g} − {negative:g} + {seen.margin:g}, 0) = {cost:.3f}. Easy: N is farther than P by "
        "the margin or more, so nothing is learned. Semi-hard: N is farther than P, but by less. Hard: N is no farther."
    )
    return Question(
        f"A triplet has ‖f(A)−f(P)‖² = {positive:g} and ‖f(A)−f(N)‖² = {negative:g}; the margin α is {seen.margin:g}. "
        "What is it?", answer, why, choices=triplets.LABELS,
    )  # fmt: skip


def _threshold(seen: Seen, rng: np.random.Generator) -> Question:
    upward = bool(rng.integers(2))
    farthest = float(seen.squared.max())
    middle = seen.threshold if 0 < seen.threshold < farthest else float(np.median(seen.squared))
    for low, high in ((round(middle / 2, 2), round(middle * 1.5, 2)), (0.0, round(farthest + 0.01, 2))):
        before, after = (low, high) if upward else (high, low)
        counts = [tuple(r.count for r in rates.rates(seen.squared, seen.same, t)) for t in (before, after)]
        (accepts, rejects), (accepts_after, rejects_after) = counts
        if accepts != accepts_after and rejects != rejects_after:
            break
    else:
        return _triplet(seen, rng)
    answer = UP_DOWN if upward else DOWN_UP
    return Question(
        f"The threshold moves from {before:g} to {after:g}. What happens on the verified pairs?", answer,
        f"false accepts go from {accepts} to {accepts_after}, false rejects from {rejects} to {rejects_after}: a "
        "higher threshold accepts more pairs, right ones and wrong ones.",
        choices=(UP_DOWN, DOWN_UP, BOTH), traps=((BOTH, NEITHER),),
    )  # fmt: skip


def _curves(seen: Seen, rng: np.random.Generator) -> Question:
    areas = {name: curve.auc for name, curve in seen.curves.items()}
    answer, rival = sorted(areas, key=lambda name: -areas[name])[:2]
    if f"{areas[answer]:.3f}" == f"{areas[rival]:.3f}":
        return _threshold(seen, rng)
    values = ", ".join(f"{name} {area:.3f}" for name, area in areas.items())
    return Question(
        "The network as it is now verifies new pictures of classes it was trained on (seen) and of classes it was not "
        "(unseen); raw pixels are compared without a network. Which ROC curve has the largest area?", answer,
        f"the areas are: {values}. A network is judged on classes it never saw, beside a baseline.",
        choices=tuple(str(name) for name in rng.permutation(list(areas))),
    )  # fmt: skip
