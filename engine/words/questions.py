"""Questions about a map: which word is nearest, and what a sum of words comes to when nothing is left out."""

import numpy as np

from engine.quiz import Question
from engine.words import grammar, sums
from engine.words.vectors import WordVectors


def ask(model: WordVectors, number: int) -> Question:
    """Ask about the vectors as they are now.

    Parameters
    ----------
    model : WordVectors
        The words.
    number : int
        Which question; the same number, the same question.

    Returns
    -------
    Question
        Odd numbers ask for a sum of words if the model has the grammar's pairs, all others for a neighbour.
    """
    rng = np.random.default_rng(number)
    pairs = [pair for family in (grammar.ROYAL, grammar.PEOPLE) for pair in grammar.pairs(family)]
    pairs = [pair for pair in pairs if all(word in model.index for word in pair)]
    return _sum(model, pairs, rng) if number % 2 and len(pairs) > 1 else _neighbour(model, rng)


def _neighbour(model: WordVectors, rng: np.random.Generator) -> Question:
    known = grammar.groups()
    asked = (
        [w for w in model.words[:400] if w in known]
        or [w for w in model.words[30:400] if w.isalnum()]
        or list(model.words)
    )
    word = str(rng.choice(asked))
    ranking = sums.rank(model, word, count=len(model.words))
    others = rng.permutation(np.arange(1, len(ranking.words)))[:3]
    choices = [ranking.words[0], *(ranking.words[k] for k in others)]
    values = ", ".join(f"{ranking.words[k]} {ranking.cosines[k]:.3f}" for k in (0, *sorted(others)))
    return Question(
        f"Which of these words is nearest to “{word}” in this model, by cosine?", choices[0],
        f"The cosines with “{word}” are: {values}.", choices=tuple(str(c) for c in rng.permutation(choices)),
    )  # fmt: skip


def _sum(model: WordVectors, pairs: list[tuple[str, str]], rng: np.random.Generator) -> Question:
    (b, d_from), (a, expected) = (pairs[k] for k in rng.choice(len(pairs), 2, replace=False))
    text = f"{a} - {b} + {d_from}"
    everything = sums.rank(model, text, exclude=False, count=3)
    answer = everything.words[0]
    values = ", ".join(f"{word} {value:.3f}" for word, value in zip(everything.words, everything.cosines, strict=True))
    choices = list(dict.fromkeys((answer, expected, a, b, d_from)))
    trap = (
        expected,
        "That is what gensim answers, because it leaves out the words of the question. Here nothing is left out.",
    )
    return Question(
        f"Which word has the highest cosine with {text.replace(' - ', ' − ')}, when no word is left out?", answer,
        f"The highest cosines are: {values}.", choices=tuple(str(c) for c in rng.permutation(choices)),
        traps=() if expected == answer else (trap,),
    )  # fmt: skip
