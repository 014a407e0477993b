"""What the units of the trained LSTM react to: a score for each of them, on reviews that it was never shown."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from engine.compute import task
from engine.sequence import gates_by_hand, lstm_layer, review_model, reviews
from engine.sequence.review_model import Batch

NUMBER = "their number"
VERDICT, NEGATED, CONTRAST, OPINION = (
    "verdict so far (c)", "inside a negation (c)", "contrast word: forget gate low", "opinion word: input gate high",
)  # fmt: skip
ORDERS = (NUMBER, VERDICT, NEGATED, CONTRAST, OPINION)


@dataclass(frozen=True, eq=False)
class UnitScores:
    """How well each unit tells two kinds of moments apart, and the units sorted by it."""

    reacts_to: str
    auc: np.ndarray  # (units,) 0.5 says nothing, 1 tells every pair of moments apart; not a number: not asked
    rises: np.ndarray  # (units,) whether it is higher at the moments in question
    order: np.ndarray  # (units,) unit numbers from 0, the best first
    moments: tuple[int, int]  # of the kind in question, and of the other
    forget: np.ndarray  # (units,) mean of the forget gate over all words
    forget_at_contrast: np.ndarray  # (units,) the same over but, however, yet
    accuracy: float  # share of clause ends with the right verdict


@task
def scores(reacts_to: str = VERDICT) -> UnitScores:
    """Score every unit by the area under the curve (AUC): P(higher at a moment of this kind than at one of the other).

    Parameters
    ----------
    reacts_to : str
        "verdict so far (c)": cell state at every word from the first opinion on, good against bad, where the verdict is
        that of the clauses read so far. "inside a negation (c)": cell state at words of a clause from a negation on,
        against other words. "contrast word: forget gate low": forget gate at but, however, yet against all other words.
        "opinion word: input gate high": input gate at words that praise or blame.
        "their number": no score.

    Returns
    -------
    UnitScores
        One score per unit. For the first two either direction counts, so they are at least 0.5; for the gates only the
        direction in the name counts, and a score below 0.5 says that the opposite is true.

    Raises
    ------
    ValueError
        If there is no such question.

    Examples
    --------
    >>> found = scores("verdict so far (c)")
    >>> bool(found.auc[found.order[0]] == found.auc.max())
    True
    """
    if reacts_to not in ORDERS:
        raise ValueError(f"units cannot be sorted by {reacts_to!r}; use {', '.join(ORDERS)}")
    told = (*_forget(), accuracy()[0])
    if reacts_to == NUMBER:
        nothing = np.full(review_model.UNITS, np.nan)
        return UnitScores(reacts_to, nothing, nothing > 0, np.arange(review_model.UNITS), (0, 0), *told)
    yes, no = moments(reacts_to)
    high = np.array([area(yes[:, u], no[:, u]) for u in range(yes.shape[1])])
    auc = np.maximum(high, 1 - high) if reacts_to in (VERDICT, NEGATED) else 1 - high if reacts_to == CONTRAST else high
    return UnitScores(reacts_to, auc, high > 0.5, np.argsort(-auc, kind="stable"), (len(yes), len(no)), *told)


def moments(reacts_to: str) -> tuple[np.ndarray, np.ndarray]:
    """Collect the units' numbers at held-out moments of one kind and of the other, (moments, units) each."""
    states, words = _held_out(), _words()
    if reacts_to == VERDICT:
        told = _told(review_model.load().held_out)
        return states["c"][told == 1], states["c"][told == 0]
    there = _there(review_model.load().held_out)
    marks = {NEGATED: _after_negation, CONTRAST: _contrast, OPINION: _opinion}[reacts_to](words)
    numbers = states[{NEGATED: "c", CONTRAST: "f", OPINION: "i"}[reacts_to]]
    return numbers[there & marks], numbers[there & ~marks]


def area(yes: np.ndarray, no: np.ndarray) -> float:
    """Share of pairs in which the number of `yes` is the higher one, ties counted half: Mann and Whitney's U / (n m).

    Examples
    --------
    >>> area(np.array([3, 2]), np.array([1, 2]))
    0.875
    """
    ordered = np.sort(no)
    below, upto = (np.searchsorted(ordered, yes, side) for side in ("left", "right"))
    return float((below + upto).mean() / (2 * len(no)))


def accuracy() -> tuple[float, int]:
    """Return the share of held-out clause ends at which the verdict is right, and how many there are."""
    kept, hidden = review_model.load(), _held_out()["h"]
    told = kept.held_out.verdicts >= 0
    right = (hidden @ kept.dense + kept.dense_bias > 0) == kept.held_out.verdicts
    return float(right[told].mean()), int(told.sum())


@cache
def _held_out() -> dict[str, np.ndarray]:
    """Read all held-out reviews at once: gates, c and h, (reviews, T, units) each."""
    kept = review_model.load()
    return _read(kept.held_out, lstm_layer.Layer(kept.kernel, kept.recurrent_kernel, kept.bias), kept.embedding)


def _read(batch: Batch, layer: lstm_layer.Layer, embedding: np.ndarray) -> dict[str, np.ndarray]:
    from_input = embedding[batch.ids] @ layer.kernel + layer.bias
    h = c = np.zeros((len(batch.ids), layer.units), np.float32)
    found: dict[str, list[np.ndarray]] = {name: [] for name in "ifgoch"}
    for t in range(batch.ids.shape[1]):
        gates = lstm_layer.activate(from_input[:, t] + h @ layer.recurrent_kernel)
        c = gates["f"] * c + gates["i"] * gates["g"]
        h = gates["o"] * np.tanh(c)
        for name, array in (gates | {"c": c, "h": h}).items():
            found[name].append(array)
    return {name: np.stack(arrays, axis=1) for name, arrays in found.items()}


def _there(batch: Batch) -> np.ndarray:
    """Where there is a word, (reviews, T)."""
    return np.arange(batch.ids.shape[1]) < batch.lengths[:, None]


def _told(batch: Batch) -> np.ndarray:
    """The verdict of the clauses read so far at every word, (reviews, T): 1 good, 0 bad, -1 none or no word."""
    told = np.array(batch.verdicts)
    for t in range(1, told.shape[1]):
        told[:, t] = np.where(told[:, t] < 0, told[:, t - 1], told[:, t])
    return np.where(_there(batch), told, -1)


def _forget() -> tuple[np.ndarray, np.ndarray]:
    """Mean of every unit's forget gate over all words, and over contrast words."""
    forget, there = _held_out()["f"], _there(review_model.load().held_out)
    return forget[there].mean(0), forget[there & _contrast(_words())].mean(0)


@cache
def _words() -> np.ndarray:
    """The held-out reviews as words, (reviews, T)."""
    kept = review_model.load()
    return np.array(kept.vocabulary)[kept.held_out.ids]


def _contrast(words: np.ndarray) -> np.ndarray:
    return np.isin(words, list(reviews.CONTRAST_WORDS))


def _opinion(words: np.ndarray) -> np.ndarray:
    return np.isin(words, list(gates_by_hand.WORTH))


def _after_negation(words: np.ndarray) -> np.ndarray:
    """Words of a clause from its negation on."""
    found, on = np.zeros(words.shape, bool), np.zeros(len(words), bool)
    ends = np.roll(review_model.load().held_out.verdicts, 1, axis=1) >= 0  # a clause begins here
    for t in range(words.shape[1]):
        on = (on & ~ends[:, t]) | np.isin(words[:, t], list(reviews.NEGATIONS))
        found[:, t] = on
    return found
