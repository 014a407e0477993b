"""A grammar of short reviews with negation and contrast, in which the verdict after every clause is known.

The verdict so far is that of the latest opinion, with one exception: a clause that concedes ("even though the screen is
nice") does not change it, nor does a clause without opinion. So the last opinion word alone is not enough: a reader has
to keep a verdict over several words, to turn it at a negation and to leave it alone while something is conceded.
"""

import re
import unicodedata
from dataclasses import dataclass

import numpy as np

from engine.sequence.drawing import different, one

GOOD = ["good", "great", "nice", "amazing", "excellent", "lovely", "wonderful", "fantastic", "perfect", "brilliant"]
BAD = ["bad", "terrible", "awful", "boring", "poor", "horrible", "disappointing", "dreadful", "useless", "mediocre"]
KIND, CRUEL = (
    ["nice", "kind", "honest", "brave", "generous", "friendly"],
    ["evil", "cruel", "rude", "selfish", "greedy", "nasty"],
)
THINGS = [
    "phone",
    "product",
    "camera",
    "screen",
    "battery",
    "movie",
    "film",
    "book",
    "story",
    "plot",
    "food",
    "service",
    "room",
    "laptop",
    "keyboard",
    "hotel",
    "restaurant",
    "acting",
    "music",
    "ending",
]
PARTS = (
    "camera quality",
    "first half of the movie",
    "second half of the movie",
    "first half",
    "second half",
    "battery life",
)
NAMES = ["bob", "dan", "ann", "mary", "tom"]
VERBS = (("like", "hate"), ("love", "dislike"), ("enjoy", "regret"), ("recommend", "despise"))
PAST = (("liked", "hated"), ("loved", "disliked"), ("enjoyed", "regretted"))
EVENTS = (("works very well", "stopped working yesterday"), ("was worth every penny", "broke after one day"),
          ("made my day", "was a waste of money"), ("helped me a lot", "never worked"))  # fmt: skip
PLAIN = (
    "i bought it last week",
    "it came on monday",
    "my brother has one too",
    "we went there in may",
    "it arrived in a box",
    "he told me over the phone",
    "he had served the navy for 4 long years",
    "she knows swimming",
    "he knows swimming",
    "he fought with the enemy",
    "he died for his country",
    "i read it on the train",
    "they live in the city",
    "it is for my sister",
)
STARTS = ("after using it for two weeks", "after a few days", "in the end", "so far", "to me")
DEGREES = ("", "", "", "very", "really", "quite", "so")
CONTRASTS = ("but", "but", "but", "however", "yet")
WRITERS, REFUSALS = ("i", "we"), ("didn't", "don't", "did not", "never")
NO_OPINION = 0.3  # of the clauses after a contrast word: "it is great, but it is for my sister"
CONCESSIONS = ("although", "even though", "though")
NEGATIONS = frozenset(
    ["not", "never", "don't", "didn't", "isn't", "wasn't", "doesn't", "wouldn't", "no", "nothing", "cannot", "can't"]
)
CONTRAST_WORDS = frozenset(["but", "however", "yet"])
# Vowel signs and accents that Python's \w leaves out: general, Hebrew, Arabic, Indic, Thai, Burmese, Khmer; joiners
SIGNS = r"\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0900-\u0963\u0966-\u0df3\u0e31-\u0ecd\u102b-\u103e\u17b4-\u17d3"
LETTERS = rf"[^\W_](?:[^\W_]|[{SIGNS}\u200c\u200d])*"
EMOJI = r"[^\w\s](?:[\ufe0f\U0001f3fb-\U0001f3ff]|\u200d[^\w\s])*"  # one sign with its colour and what is joined to it
WORD = re.compile(rf"_+|{LETTERS}(?:['-]{LETTERS})*|{EMOJI}")
JOINING = CONTRAST_WORDS | {"although", "though", "even", "and", "while"}  # a clause may end before these


@dataclass(frozen=True)
class Review:
    """One review, word by word."""

    words: tuple[str, ...]
    ends: tuple[int, ...]  # places of the last words of clauses
    verdicts: tuple[int, ...]  # at each end: 1 good, 0 bad, -1 no opinion yet


def reviews(count: int, seed: int = 0) -> list[Review]:
    """Write reviews, all different.

    Parameters
    ----------
    count : int, 1 to 20,000
        How many.
    seed : int
        The same seed writes the same reviews; the first of many are the same as when few are asked for.

    Returns
    -------
    list of Review
        2 to about 40 words each, with the verdict so far at the end of every clause.

    Raises
    ------
    ValueError
        If `count` is out of its range.

    Examples
    --------
    >>> first = reviews(3, seed=1)[0]
    >>> len(first.ends) == len(first.verdicts), first.ends[-1] == len(first.words) - 1
    (True, True)
    """
    rng = np.random.default_rng(seed)
    return different(count, 20_000, "reviews", lambda _: _review(rng), key=lambda review: review.words)


def split(text: str) -> list[str]:
    """Cut a text into words and clause marks: lower case, apostrophes made straight, any other sign a word by itself.

    Examples
    --------
    >>> split("I didn’t like it, but 👍 ___")
    ['i', "didn't", 'like', 'it', ',', 'but', '👍', '___']
    """
    plain = unicodedata.normalize("NFC", text.lower()).replace("’", "'").replace("…", ".")
    return WORD.findall(plain)


def read(text: str) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Read a text as the grammar writes its own: its words, and the places where clauses end.

    A clause ends before . , ; : ! ? and before a word that joins clauses with more words to come. Those marks, brackets
    and quotation marks are no words.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    (tuple of str, tuple of int)
        The words; the places, from 0, of the last words of clauses. The last word always ends one.

    Examples
    --------
    >>> words, ends = read("It was good but the end was boring.")
    >>> [words[k] for k in ends]
    ['good', 'boring']
    """
    words: list[str] = []
    ends: set[int] = set()
    for sign in split(text):
        if sign in ".,;:!?":
            if words and words[-1] not in JOINING:  # "However, it ..." has not said anything yet
                ends.add(len(words) - 1)
        elif sign not in "()[]{}\"'“”«»-–—":
            if sign in JOINING and _may_end(words, ends):
                ends.add(len(words) - 1)
            words.append(sign)
    return tuple(words), tuple(sorted((ends | {len(words) - 1}) - {-1}))


def _may_end(words: list[str], ends: set[int]) -> bool:
    """Whether a joining word begins a clause here: at least two words after the last end, and not 'even though'."""
    last = max(ends, default=-1)
    return len(words) - 1 - last >= 2 and words[-1] not in JOINING


def _review(rng: np.random.Generator) -> Review:
    words: list[str] = []
    ends, verdicts = [], []
    verdict = 0  # +1 good, -1 bad, 0 no opinion yet
    for join in _joins(rng):
        opinion = _next_opinion(rng, join, verdict)
        words += _clause(rng, join, opinion)
        verdict = verdict if join == "concede" and verdict else opinion or verdict
        ends.append(len(words) - 1)
        verdicts.append({1: 1, -1: 0, 0: -1}[verdict])
    return Review(tuple(words), tuple(ends), tuple(verdicts))


def _joins(rng: np.random.Generator) -> list[str]:
    """How each clause of a review hangs on the ones before."""
    count = int(rng.choice([1, 2, 3, 4], p=[0.15, 0.4, 0.3, 0.15]))
    first = str(rng.choice(["first", "plain", "concede"], p=[0.65, 0.2, 0.15])) if count > 1 else "first"
    later = rng.choice(["contrast", "concede", "and", "next", "plain"], count - 1, p=[0.35, 0.2, 0.15, 0.15, 0.15])
    return [first, *map(str, later)]


def _next_opinion(rng: np.random.Generator, join: str, verdict: int) -> int:
    """What the next clause says: 1 good, -1 bad, 0 nothing. What follows a contrast word is often no opinion at all."""
    if join == "plain" or (join == "contrast" and rng.random() < NO_OPINION):
        return 0
    if verdict and join not in ("first", "next"):
        return verdict if join == "and" else -verdict
    return int(rng.choice([-1, 1]))


def _clause(rng: np.random.Generator, join: str, opinion: int) -> list[str]:
    aside = join == "contrast" and opinion != 0 and rng.random() < 0.15
    openings = {"contrast": () if aside else CONTRASTS, "concede": CONCESSIONS, "and": ("and",)}.get(join, ())
    opening = one(rng, openings) if openings else ""
    if not opinion:
        return f"{opening} {one(rng, PLAIN)}".split()
    start = one(rng, STARTS) if join != "concede" and rng.random() < 0.2 else ""
    body = _person(rng, opinion, aside) if aside or rng.random() < 0.15 else _opinion(rng, opinion)
    return f"{opening} {start} {body}".split()


def _person(rng: np.random.Generator, opinion: int, aside: bool) -> str:
    """Bob is a nice person; Dan, on the other hand, is evil."""
    negated = rng.random() < 0.25
    word = one(rng, KIND if (opinion > 0) != negated else CRUEL)
    tail = one(rng, (f"a {word} person", word))
    return f"{one(rng, NAMES)} {'on the other hand' if aside else ''} is {'not' if negated else ''} {tail}"


def _opinion(rng: np.random.Generator, opinion: int) -> str:
    kind = rng.random()
    thing = one(rng, (f"the {one(rng, THINGS)}", f"the {one(rng, THINGS)}", f"the {one(rng, PARTS)}", "it", "it"))
    negated = rng.random() < 0.4
    side = 0 if (opinion > 0) != negated else 1  # which word of a pair (good, bad) says it
    if kind < 0.2:
        return f"{thing} {one(rng, EVENTS)[0 if opinion > 0 else 1]}"
    if kind < 0.5 and negated:
        return f"{one(rng, WRITERS)} {one(rng, REFUSALS)} {one(rng, VERBS)[side]} {thing}"
    if kind < 0.5:
        return f"{one(rng, WRITERS)} {one(rng, PAST + VERBS)[side]} {thing}"
    verb = one(rng, ("isn't", "wasn't", "is not", "was not", "was never") if negated else ("is", "was"))
    return f"{thing} {verb} {one(rng, DEGREES)} {one(rng, (GOOD, BAD)[side])}"
