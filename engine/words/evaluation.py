"""How good word vectors are, by gensim's own two tests: people's similarity ratings and analogies."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from engine.compute import task
from engine.words.vectors import WordVectors, keyed_vectors


@dataclass(frozen=True, eq=False)
class Section:
    """One section of the analogy test."""

    name: str
    right: int
    asked: int  # questions whose four words the model has
    total: int  # questions in the section


@dataclass(frozen=True, eq=False)
class Evaluation:
    """The outcome of both tests."""

    rho: float  # Spearman's correlation with the ratings; NaN with fewer than three pairs
    pairs: int  # rated pairs whose two words the model has
    pairs_total: int
    sections: tuple[Section, ...]  # with at least one question asked
    failures: tuple[tuple[str, str, str, str, str], ...]  # a, b, c, right answer, the model's answer
    total: Section


@task(seconds=60)
def evaluate(model: WordVectors, examples: int = 5) -> Evaluation:
    r"""Test vectors with gensim's WordSim-353 file and its Google analogies.

    :math:`\rho` compares the order of cosines with the order of people's ratings; an analogy a : b = c : d is right
    if d is the nearest word to :math:`b - a + c`, the three left out.

    Parameters
    ----------
    model : WordVectors
        The words.
    examples : int
        How many failures to tell of.

    Returns
    -------
    Evaluation
        With coverage: words that the model does not have are left out and counted.

    Notes
    -----
    Both are KeyedVectors' own: `evaluate_word_pairs` (Finkelstein et al. 2002) and `evaluate_word_analogies`
    (Mikolov et al. 2013).
    """
    from gensim.test.utils import datapath

    keyed = keyed_vectors(model)
    rho, pairs, pairs_total = _similarity(keyed)
    _, answered = keyed.evaluate_word_analogies(datapath("questions-words.txt"), case_insensitive=True)
    sizes = _section_sizes()
    sections = [_section(part, sizes.get(part["section"], 0)) for part in answered[:-1]]
    wrong = [question for part in answered[:-1] for question in part["incorrect"]]
    some = sorted({round(k) for k in np.linspace(0, len(wrong) - 1, examples)}) if wrong else []
    total = Section("all", sum(s.right for s in sections), sum(s.asked for s in sections), sum(sizes.values()))
    return Evaluation(
        rho,
        pairs,
        pairs_total,
        tuple(s for s in sections if s.asked),
        tuple(_failure(keyed, wrong[k]) for k in some),
        total,
    )


def _similarity(keyed: Any) -> tuple[float, int, int]:
    from gensim.test.utils import datapath

    rated = [line.lower().split("\t")[:2] for line in _lines("wordsim353.tsv") if not line.startswith("#")]
    pairs = sum(all(word in keyed for word in pair) for pair in rated)
    if pairs < 3:
        return float("nan"), pairs, len(rated)
    _, spearman, _ = keyed.evaluate_word_pairs(datapath("wordsim353.tsv"), case_insensitive=True)
    return float(spearman[0]), pairs, len(rated)


def _section(part: dict[str, Any], size: int) -> Section:
    return Section(part["section"], len(part["correct"]), len(part["correct"]) + len(part["incorrect"]), size)


def _failure(keyed: Any, question: tuple[str, ...]) -> tuple[str, str, str, str, str]:
    a, b, c, d = (word.lower() for word in question)
    return a, b, c, d, keyed.most_similar([b, c], [a], topn=1)[0][0]


def _section_sizes() -> dict[str, int]:
    sizes: dict[str, int] = {}
    for line in _lines("questions-words.txt"):
        if line.startswith(":"):
            name = line[1:].strip()
            sizes[name] = 0
        else:
            sizes[name] += 1
    return sizes


def _lines(name: str) -> list[str]:
    from gensim.test.utils import datapath

    return [line for line in Path(datapath(name)).read_text("utf-8").splitlines() if line.strip()]
