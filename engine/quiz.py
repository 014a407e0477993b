"""Predict, then reveal: a question whose right answer the engine has computed, and how an answer is graded."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Question:
    """One question about what the picture will show next."""

    text: str  # Markdown
    answer: float | str  # computed by the engine from the current settings
    why: str  # what leads to the answer; shown after a right and after an unexplained wrong answer
    tolerance: float = 0.0  # how far a number may be from the answer and still be right
    choices: tuple[str, ...] = ()  # when the answer is one of several words
    traps: tuple[tuple[float | str, str], ...] = ()  # (tempting wrong answer, why it is wrong)


@dataclass(frozen=True)
class Verdict:
    """What came of an answer."""

    right: bool
    reason: str  # Markdown


def grade(question: Question, given: float | str) -> Verdict:
    """Grade an answer: right within the tolerance, or wrong with the reason that fits the answer given.

    Parameters
    ----------
    question : Question
        The question with its computed answer.
    given : float or str
        What the learner answered; a str where the question has choices.

    Returns
    -------
    Verdict
        Right or wrong, with a reason in words.

    Examples
    --------
    >>> ask = Question("How wide?", 4, "6 - 3 + 1 = 4", traps=((6, "That is the size with padding 1."),))
    >>> grade(ask, 4).right, grade(ask, 6).reason
    (True, 'That is the size with padding 1. The answer is 4: 6 - 3 + 1 = 4')
    """
    if _same(given, question.answer, question.tolerance):
        return Verdict(True, question.why)
    answer = f"{question.answer:.5g}" if isinstance(question.answer, float) else str(question.answer)
    reveal = f"The answer is {answer}: {question.why}"
    for tempting, reason in question.traps:
        if _same(given, tempting, question.tolerance):
            return Verdict(False, f"{reason} {reveal}")
    return Verdict(False, reveal)


def _same(given: float | str, answer: float | str, tolerance: float) -> bool:
    if isinstance(given, str) or isinstance(answer, str):
        return str(given) == str(answer)
    return math.isclose(given, answer, rel_tol=1e-9, abs_tol=tolerance)
