"""What a translation or a tagged sentence shows: where it looks, and one question about it."""

import re
from dataclasses import dataclass

import numpy as np

from engine.quiz import Question
from engine.sequence.signs import DATES
from engine.sequence.tagger import Tagged
from engine.sequence.tagging import BOTH, TAGS
from engine.sequence.translator import Translation


@dataclass(frozen=True, eq=False)
class Alignment:
    """Where the decoder looks, in words of places that count from 1."""

    year: tuple[int, ...]  # places of the year's four digits in the input; empty where they are not all there
    year_peaks: tuple[int, ...]  # where it looks most while it writes them
    peak: float  # the mean over outputs of the largest weight; 1 would be one input alone
    padding: float  # share of all attention that lies on padding


def alignment(found: Translation) -> Alignment:
    """Measure an attention matrix.

    Parameters
    ----------
    found : Translation
        With attention.

    Returns
    -------
    Alignment
        Of a date also where its year stands and where the decoder looks while it writes the year.
    """
    peaks, blank = found.attention.argmax(1) + 1, np.array([sign == "" for sign in found.signs])
    year = re.search(r"\d{4}", "".join(found.signs)) if found.spec.task == DATES and len(found.output) >= 4 else None
    same = year and year[0] == "".join(found.output[:4])
    return Alignment(
        tuple(range(year.start() + 1, year.end() + 1)) if year and same else (),
        tuple(int(p) for p in peaks[:4]) if same else (),
        float(found.attention.max(1).mean()),
        float(found.attention[:, blank].sum() / len(found.output)),
    )


def mistakes(found: Translation) -> int | None:
    """Count the signs that differ from the right answer, its end included; None where there is no right answer."""
    if found.truth is None:
        return None
    right, written = [*found.truth, "end"], list(found.output)
    width = max(len(right), len(written))
    return sum(
        a != b
        for a, b in zip(right + [""] * (width - len(right)), written + [""] * (width - len(written)), strict=True)
    )


def ask_translation(found: Translation, number: int) -> Question:
    """Ask where the decoder looks, or how much it is given where it cannot look.

    Parameters
    ----------
    found : Translation
        What the page shows.
    number : int
        Which question of this visit it is.
    """
    if not found.spec.attention:
        units, signs = found.spec.units, len(found.signs)
        return Question(
            f"The encoder reads {signs} signs with {units} units. How many numbers does the decoder get from it?",
            units,
            f"only the last state, one vector of {units} numbers, however long the input is.",
            traps=(
                (units * signs, f"{signs} × {units} numbers are what attention could look at."),
                (signs, "That is how many signs there are; the state's size does not depend on it."),
            ),
        )
    k = (3 * number + 5) % len(found.output)
    order = np.argsort(-found.attention[k])
    names = [f"{j + 1}: “{'space' if s == ' ' else s or 'padding'}”" for j, s in enumerate(found.signs)]
    best, far = int(order[0]), [int(j) for j in order[len(order) // 2 :: max(1, len(order) // 8)]][:3]
    choices = sorted({best, *map(int, order[1:3]), *far})
    sign = found.output[k]
    return Question(
        f"The decoder's step {k + 1} writes “{sign}”. At which sign of the input does it look most?",
        names[best],
        f"its weight is {found.attention[k, best]:.3f}. The state there has read everything up to that place.",
        choices=tuple(names[j] for j in choices),
    )


def ask_tags(found: Tagged, both_ways: bool, number: int) -> Question:
    """Ask which tag the network gives to a word, first to one that could be a person or a place."""
    open_words = [k for k, word in enumerate(found.words) if word in BOTH] or list(range(len(found.words)))
    k = open_words[number % len(open_words)]
    word, tag = found.words[k], found.tags[k]
    why = f"p({tag}) is {found.probabilities[k].max():.3f}."
    if k == 0 and word in BOTH:
        why += (
            " The state from the right has read what follows."
            if both_ways
            else f" It has read nothing but “{word}”, so it says the same of every sentence that begins so."
        )
    return Question(f"Which tag does this network give to “{word}”, word {k + 1}?", tag, why, choices=TAGS)
