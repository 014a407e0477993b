"""Sums of words, king - man + woman, ranked as gensim's ``most_similar`` ranks them."""

import re
from dataclasses import dataclass

import numpy as np

from engine.checks import Check, compare
from engine.compute import task
from engine.words.vectors import WordVectors, keyed_vectors, unit

NOTHING = 1e-5  # a sum of vectors of length 1 that is shorter is rounding


@dataclass(frozen=True, eq=False)
class Sum:
    """A sum of words."""

    plus: tuple[int, ...]  # numbers of the words that are added
    minus: tuple[int, ...]  # and of those that are taken away
    target: np.ndarray  # (vector_size,) the sum of the words' vectors at length 1, with their signs
    plain: np.ndarray  # (vector_size,) the sum of the vectors as they are


@dataclass(frozen=True, eq=False)
class Ranking:
    """The words nearest to a sum of words."""

    asked: Sum
    words: tuple[str, ...]  # nearest first
    cosines: np.ndarray  # (len(words),)
    given: tuple[bool, ...]  # whether the word was in the question


def parse(question: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Read "king - man + woman" as words to add and words to take away.

    Parameters
    ----------
    question : str
        One to six words with + or - before each but the first; a sign stands apart from the words around it.

    Returns
    -------
    tuple of str, tuple of str
        Added and taken words.

    Raises
    ------
    ValueError
        If it cannot be read.

    Examples
    --------
    >>> parse("king - man + woman")
    (('king', 'woman'), ('man',))
    """
    text = question.strip()
    parts = re.split(r"(?:^|\s)([+\-−–])\s", text if re.match(r"[+\-−–]\s", text) else f"+ {text}")[1:]
    terms = list(zip(parts[::2], (part.strip() for part in parts[1::2]), strict=True))
    readable = 0 < len(terms) <= 6 and all(re.fullmatch(r"\S+", word) and word not in "+-−–" for _, word in terms)
    if not readable:
        raise ValueError(f"“{question[:60]}” cannot be read as a sum; write up to six words such as king - man + woman")
    plus = tuple(word for sign, word in terms if sign == "+")
    return plus, tuple(word for sign, word in terms if sign != "+")


def total(model: WordVectors, question: str) -> Sum:
    """Add and take away the vectors of a question's words.

    Parameters
    ----------
    model : WordVectors
        The words.
    question : str
        Such as ``king - man + woman``.

    Returns
    -------
    Sum
        Of the vectors at length 1, as gensim adds them, and of the vectors as they are.

    Raises
    ------
    ValueError
        If the question cannot be read, has an unknown word, or comes to nothing.
    """
    plus, minus = (tuple(model.find(word) for word in words) for words in parse(question))
    asked = add(model, plus, minus)
    if np.linalg.norm(asked.target) < NOTHING:
        raise ValueError(f"{written(model, asked)} comes to nothing, and no word is nearest to nothing; leave one out")
    return asked


def add(model: WordVectors, plus: tuple[int, ...], minus: tuple[int, ...]) -> Sum:
    """Do as `total` does, for words that are given by their numbers."""
    rows = model.vectors[[*plus, *minus]]  # not `model.unit`: of many snapshots it would be large
    target, plain = (part[: len(plus)].sum(0) - part[len(plus) :].sum(0) for part in (unit(rows), rows))
    return Sum(plus, minus, target, plain)


def known(model: WordVectors, question: str) -> bool:
    """Tell whether a question can be read and the model has all its words."""
    try:
        total(model, question)
    except ValueError:
        return False
    return True


def written(model: WordVectors, asked: Sum) -> str:
    """Write a sum of words as it is read: the model's own spelling, signs apart."""
    terms = [("+", k) for k in asked.plus[:1]] + [("-", k) for k in asked.minus] + [("+", k) for k in asked.plus[1:]]
    return " ".join(f"{sign} {model.words[k]}" for sign, k in terms).removeprefix("+ ")


def rank(model: WordVectors, question: str, exclude: bool = True, count: int = 8) -> Ranking:
    r"""Rank all words by their cosine with a sum of words, as gensim's ``most_similar`` does.

    .. math:: \cos(w, \textstyle\sum_{+} \hat u - \sum_{-} \hat u), \quad \hat u = u / \|u\|

    Parameters
    ----------
    model : WordVectors
        The words.
    question : str
        Such as ``king - man + woman``.
    exclude : bool
        Leave out the words of the question, as gensim does; with False they usually come first.
    count : int
        How many words.

    Returns
    -------
    Ranking
        The nearest words with cosines.

    Raises
    ------
    ValueError
        If the question cannot be read or has an unknown word.
    """
    asked = total(model, question)
    cosines = model.unit @ unit(asked.target)
    given = np.isin(np.arange(len(model.words)), asked.plus + asked.minus)
    order = np.argsort(-cosines, kind="stable")
    best = (order[~given[order]] if exclude else order)[:count]
    words = tuple(model.words[k] for k in best)
    return Ranking(asked, words, cosines[best], tuple(bool(given[k]) for k in best))


@task(seconds=20)
def check(model: WordVectors, question: str, count: int = 8) -> Check:
    """Compare our cosines with ``gensim.models.KeyedVectors.most_similar``: the question's and five words'.

    Parameters
    ----------
    model : WordVectors
        The words.
    question : str
        A sum of words.
    count : int
        How many nearest words to compare.

    Returns
    -------
    Check
        The largest difference of a cosine.
    """
    keyed = keyed_vectors(model)
    some = [model.words[k] for k in np.linspace(0, len(model.words) - 1, 5, dtype=int)]
    ours, theirs = [], []
    for text in dict.fromkeys((*some, question) if known(model, question) else some):
        ranking = rank(model, text, count=count)
        plus, minus = ([model.words[k] for k in numbers] for numbers in (ranking.asked.plus, ranking.asked.minus))
        answer = keyed.most_similar(plus, minus, topn=len(ranking.words))
        ours.append(ranking.cosines)
        theirs.append([value for _, value in answer])
    return compare("gensim.models.KeyedVectors.most_similar", np.concatenate(ours), np.concatenate(theirs))
