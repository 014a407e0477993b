"""Sentences with people and places, a tag for every word, and how well tags find the entities.

Some names are both: jordan, paris, georgia. At the beginning of a sentence only the words to their right decide. Tags
are B-PER, B-LOC (an entity begins), I-LOC (it goes on: new york) and O (no entity).
"""

from dataclasses import dataclass

import numpy as np

from engine.sequence.drawing import different, one

TAGS = ("O", "B-PER", "B-LOC", "I-LOC")
PEOPLE = ["anna", "tom", "maria", "peter", "lucy", "omar", "ben", "nina", "carlos", "emma"]
PLACES = [
    *("berlin", "oslo", "france", "kenya", "lima", "tokyo", "rome", "spain"),
    *("new york", "los angeles", "cape town", "san jose"),
]
BOTH = ["jordan", "paris", "georgia", "chelsea", "florence", "austin", "victoria", "sydney"]
PERSON_DOES = (
    *(
        "laughed",
        "called {per}",
        "met {per} in {loc}",
        "flew to {loc}",
        "lives in {loc}",
        "plays the piano",
        "is tired",
    ),
    *("has two brothers", "wrote to {per}", "likes the food in {loc}", "smiled at {per}", "is the sister of {per}"),
)
PLACE_IS = (
    *("exports wine", "lies on a river", "has two airports", "is near {loc}", "has a new mayor", "borders {loc}"),
    *("is larger than {loc}", "welcomed {per}", "is in the south", "attracts tourists from {loc}"),
    "is famous for its bridges",
)
WHO = ["we", "they", "i", "she", "he"]
WITH_PERSON = ["met", "spoke with", "wrote to", "called", "laughed with"]
TO_PLACE = ["flew to", "moved to", "live near", "came from", "love the bridges of"]
WHEN = ("", "", "today", "in may", "last week")
BETWEEN = ("", "", "also", "really", "now also", "of course")
LONGEST = 16  # words of a sentence, at most
EXAMPLE = "jordan also exports wine"


@dataclass(frozen=True)
class Sentence:
    """Words with their tags."""

    words: tuple[str, ...]
    tags: tuple[str, ...]
    open: bool  # begins with a name that is both, so that only what follows decides


def sentences(count: int, seed: int = 0) -> list[Sentence]:
    """Write sentences, all different.

    Parameters
    ----------
    count : int, 1 to 8,000
        How many.
    seed : int
        The same seed writes the same sentences; the first of many are the same as when few are asked for.

    Returns
    -------
    list of Sentence
        About three in eight begin with a name that is both.

    Raises
    ------
    ValueError
        If `count` is out of its range.

    Examples
    --------
    >>> first = sentences(1, seed=0)[0]
    >>> len(first.words) == len(first.tags)
    True
    """
    rng = np.random.default_rng(seed)
    return different(
        count, 8000, "sentences", lambda k: _sentence(rng, person=k % 2 == 0), key=lambda sentence: sentence.words
    )


def _sentence(rng: np.random.Generator, person: bool) -> Sentence:
    """Write about a person or a place: as the subject, decided by what follows, or (one in four) after we, they, i."""
    both = bool(rng.random() < 0.5)
    name = one(rng, BOTH if both else PEOPLE if person else PLACES)
    if rng.random() < 0.25:
        parts = [
            (f"{one(rng, WHO)} {one(rng, WITH_PERSON if person else TO_PLACE)}", ""),
            (name, "PER" if person else "LOC"),
        ]
        parts.append((one(rng, WHEN), ""))
        return Sentence(*_tagged(parts), open=False)
    parts = [(name, "PER" if person else "LOC"), (one(rng, BETWEEN), "")]
    for word in one(rng, PERSON_DOES if person else PLACE_IS).split():
        names = {"{per}": PEOPLE + BOTH, "{loc}": PLACES + BOTH}.get(word)
        parts.append((one(rng, names), word[1:4].upper()) if names else (word, ""))
    return Sentence(*_tagged(parts), open=both)


def _tagged(parts: list[tuple[str, str]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Cut texts of one kind each into words with their tags."""
    pairs = [
        (word, f"{'I' if k else 'B'}-{kind}" if kind else "O")
        for text, kind in parts
        for k, word in enumerate(text.split())
    ]
    words, tags = zip(*pairs, strict=True)
    return words, tags


def words(text: str) -> tuple[str, ...]:
    """Cut a sentence into words: lower case, signs left out.

    Raises
    ------
    ValueError
        If there are none, or more than 16.

    Examples
    --------
    >>> words("Jordan laughed.")
    ('jordan', 'laughed')
    """
    found = tuple("".join(sign if sign.isalnum() else " " for sign in text.lower()).split())
    if not 1 <= len(found) <= LONGEST:
        raise ValueError(f"{len(found)} words cannot be tagged here; type 1 to {LONGEST}, for example {EXAMPLE}")
    return found


def spans(tags: tuple[str, ...] | list[str]) -> set[tuple[int, int, str]]:
    """Find the entities that tags mark: first word, word behind the last, kind.

    As in the CoNLL evaluation, an I- that continues nothing of its kind begins an entity.

    Examples
    --------
    >>> sorted(spans(["B-PER", "O", "B-LOC", "I-LOC"]))
    [(0, 1, 'PER'), (2, 4, 'LOC')]
    """
    found, begin = set(), -1
    for k, tag in enumerate([*tags, "O"]):
        goes_on = tag.startswith("I-") and begin >= 0 and tags[k - 1][2:] == tag[2:]
        if begin >= 0 and not goes_on:
            found.add((begin, k, tags[begin][2:]))
            begin = -1
        if begin < 0 and tag != "O":
            begin = k
    return found


@dataclass(frozen=True)
class Score:
    """How well entities of one kind are found: whole entities count, a part of one does not."""

    kind: str  # "PER", "LOC" or "all"
    right: int
    marked: int  # by the network
    true: int

    @property
    def precision(self) -> float:
        """Of the entities marked, the share that is right."""
        return self.right / self.marked if self.marked else 0.0

    @property
    def recall(self) -> float:
        """Of the true entities, the share that is found."""
        return self.right / self.true if self.true else 0.0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        return 2 * self.right / (self.marked + self.true) if self.marked + self.true else 0.0


def score(true: list[tuple[str, ...]], marked: list[tuple[str, ...]]) -> list[Score]:
    r"""Compare tags entity by entity: :math:`P = r/m`, :math:`R = r/t`, :math:`F_1 = 2PR/(P+R)`.

    Parameters
    ----------
    true, marked : list of tuple of str
        Tags of the same sentences.

    Returns
    -------
    list of Score
        Of PER, of LOC and of all.

    Examples
    --------
    >>> found = score([("B-PER", "O", "B-LOC", "I-LOC")], [("B-PER", "O", "B-LOC", "O")])
    >>> [(s.kind, s.precision, s.recall, s.f1) for s in found]
    [('PER', 1.0, 1.0, 1.0), ('LOC', 0.0, 0.0, 0.0), ('all', 0.5, 0.5, 0.5)]
    """
    pairs = [(spans(a), spans(b)) for a, b in zip(true, marked, strict=True)]

    def count(kind: str) -> Score:
        kept = [[{span for span in side if kind in ("all", span[2])} for side in pair] for pair in pairs]
        return Score(kind, sum(len(a & b) for a, b in kept), sum(len(b) for _, b in kept), sum(len(a) for a, _ in kept))

    return [count(kind) for kind in ("PER", "LOC", "all")]


def lists() -> dict[str, list[str]]:
    """Return the words that a script needs to write the same sentences."""
    return {
        "people": PEOPLE,
        "places": PLACES,
        "both": BOTH,
        "who": WHO,
        "with_person": WITH_PERSON,
        "to_place": TO_PLACE,
        "when": list(WHEN),
        "between": list(BETWEEN),
        "person_does": list(PERSON_DOES),
        "place_is": list(PLACE_IS),
    }
