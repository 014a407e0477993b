"""Which hidden unit of a network that writes tells what: vowels, capitals, the end of a word, the place in it."""

from dataclasses import dataclass

import numpy as np

from engine.sequence import texts
from engine.sequence.char_steps import Weights, read
from engine.sequence.texts import END, Corpus

VOWELS, CAPITALS, ENDS, PLACE = "vowels", "capitals", "end of a word", "place in a word"
TRAITS = (PLACE, ENDS, VOWELS, CAPITALS)


@dataclass(frozen=True)
class Expert:
    """The unit that tells a trait best."""

    trait: str
    unit: int  # 0, 1, ...
    score: float  # of the place |correlation|, else the area under the ROC curve, .5 to 1
    name: str  # of the score


def experts(network: Weights, corpus: Corpus) -> tuple[Expert, ...]:
    """Let a network read 32 windows of its training text and find the unit that goes with each trait best.

    Parameters
    ----------
    network : Weights
        One network.
    corpus : Corpus
        Its text.

    Returns
    -------
    tuple of Expert
        For each of `TRAITS` that the text has.
    """
    codes = texts.windows(corpus, np.random.default_rng(texts.SEED))
    hidden = read(network, codes[:, :-1]).swapaxes(0, 1).reshape(-1, network.units)  # (rows * T, units)
    ranks, found = ranked(hidden), []
    for trait, values in traits(corpus, codes).items():
        if values.min() == values.max():
            continue
        scores = correlations(hidden, values) if trait == PLACE else areas(ranks, values > 0)
        best = int(scores.argmax())
        found.append(Expert(trait, best, float(scores[best]), "correlation" if trait == PLACE else "AUC"))
    return tuple(found)


def traits(corpus: Corpus, codes: np.ndarray) -> dict[str, np.ndarray]:
    """Say of every character but the last of each row what it is (rows * T,).

    Examples
    --------
    >>> corpus = texts.load(texts.Text(texts.OWN, "Oh no! " * 3))
    >>> found = traits(corpus, corpus.encode("Oh no!")[None])
    >>> found[VOWELS].tolist(), found[PLACE].tolist(), found[ENDS].tolist()
    ([1, 0, 0, 0, 1], [1, 2, 0, 1, 2], [0, 1, 0, 0, 0])
    """
    letters = corpus.alphabet
    apart = np.array([letter in (END, " ") for letter in letters])[codes]
    place = np.zeros(codes.shape, int)
    for t in range(codes.shape[1]):
        place[:, t] = np.where(apart[:, t], 0, (place[:, t - 1] if t else 0) + 1)
    is_vowel = np.array([letter.lower() in "aeiou" for letter in letters])
    is_capital = np.array([letter.isupper() for letter in letters])
    found = {
        PLACE: place[:, :-1],
        ENDS: apart[:, 1:] & ~apart[:, :-1],
        VOWELS: is_vowel[codes[:, :-1]],
        CAPITALS: is_capital[codes[:, :-1]],
    }
    return {name: values.astype(int).ravel() for name, values in found.items()}


def correlations(hidden: np.ndarray, values: np.ndarray) -> np.ndarray:
    """|Pearson's r| of every unit (n, units) with values (n,); 0 for a unit that never changes."""
    a, b = hidden - hidden.mean(0), values - values.mean()
    size = np.sqrt((a**2).sum(0) * (b**2).sum())
    return np.abs(b @ a) / np.where(size > 0, size, 1)


def ranked(hidden: np.ndarray) -> np.ndarray:
    """Give every value (n, units) its rank among those of its unit, from 1; equal ones share theirs.

    Examples
    --------
    >>> ranked(np.array([[0.3], [0.1], [0.3], [0.9]]))[:, 0].tolist()
    [2.5, 1.0, 2.5, 4.0]
    """
    ranks = np.empty(hidden.shape)
    for unit, values in enumerate(np.ascontiguousarray(hidden.T)):
        _, place, count = np.unique(values, return_inverse=True, return_counts=True)
        ranks[:, unit] = (count.cumsum() - (count - 1) / 2)[place]  # the middle of those that are equal
    return ranks


def areas(ranks: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Area under the ROC curve of every unit for a yes (n,): how often a yes is larger, or smaller.

    Parameters
    ----------
    ranks : np.ndarray
        (n, units) from `ranked`, once for several questions.
    wanted : np.ndarray
        (n,) true for yes.

    Examples
    --------
    >>> hidden = np.array([[0.1, 3.0], [0.2, 1.0], [0.3, 2.0]])
    >>> areas(ranked(hidden), np.array([False, False, True])).tolist()
    [1.0, 0.5]
    """
    yes, no = wanted.sum(), (~wanted).sum()
    area = (ranks[wanted].sum(0) - yes * (yes + 1) / 2) / (yes * no)
    return np.maximum(area, 1 - area)
