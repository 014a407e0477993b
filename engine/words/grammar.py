"""A corpus made to show one effect: words that differ in one respect stand in contexts that differ in one respect.

In the middle of every sentence stands one word, and within five words of it two contexts of what it is and two of its
kind: *king* has those of royalty and those of men, *queen* those of royalty and those of women. Nothing else in the
text tells the two apart, so the direction from man to woman comes out the same everywhere. Real text is not like this.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

SENTENCES = (100, 50_000)  # smallest and largest corpus
DEFAULT_SENTENCES = 20_000


@dataclass(frozen=True)
class Family:
    """Rows of words that differ from row to row in what they are and from column to column in their kind."""

    name: str
    template: str  # {word} with contexts of its row, {row} and {row2}, and of its column, {kind} and {kind2}
    kinds: tuple[str, ...]  # the contexts of each column
    rows: tuple[tuple[str, str], ...]  # (words, one per column; contexts of the row)


PEOPLE = Family(
    "people",
    "the {kind} and {row} of the {word} with {row2} and {kind2}",
    ("beard tie moustache", "dress earrings necklace"),
    (
        ("man woman", "field village plough"),
        ("boy girl", "school toys playground"),
        ("father mother", "children nursery cradle"),
        ("son daughter", "parents homework"),
        ("brother sister", "siblings playground"),
        ("uncle aunt", "cousins gifts"),
        ("grandfather grandmother", "stories armchair"),
        ("husband wife", "wedding ring"),
    ),
)
ROYAL = Family(
    "royal",
    PEOPLE.template,
    PEOPLE.kinds,
    (("king queen", "throne crown palace"), ("prince princess", "throne castle pony")),
)
PLACES = Family(
    "places",
    "the {kind} and {row} of {word} with {row2} and {kind2}",
    ("mayor streets suburbs", "president borders army", "songs accent grammar"),
    (
        ("paris france french", "wine perfume"),
        ("rome italy italian", "opera pasta"),
        ("berlin germany german", "beer sausage"),
        ("madrid spain spanish", "guitar paella"),
        ("athens greece greek", "olives temples"),
        ("tokyo japan japanese", "sushi kimono"),
        ("london england english", "tea rain"),
        ("moscow russia russian", "ballet snow"),
    ),
)
VERBS = Family(
    "verbs",
    "{kind} at the {row} all {word} at the {row2} {kind2}",
    ("now today still", "yesterday once ago"),
    (
        ("dancing danced", "music"),
        ("walking walked", "forest"),
        ("swimming swam", "lake"),
        ("reading read", "library"),
        ("singing sang", "choir"),
        ("sleeping slept", "bed"),
        ("writing wrote", "desk"),
    ),
)
ANIMALS = Family(
    "animals",
    "{row} for {kind} {word} and {row2} for {kind2}",
    ("one this that", "many these those"),
    (
        ("cat cats", "milk"),
        ("dog dogs", "bones"),
        ("horse horses", "hay"),
        ("bird birds", "seeds"),
        ("rat rats", "cheese"),
    ),
)
FAMILIES = (ROYAL, PEOPLE, PLACES, VERBS, ANIMALS)


def sentences(count: int = DEFAULT_SENTENCES, seed: int = 0) -> list[list[str]]:
    """Write a corpus of short sentences in which each property of a word has contexts of its own.

    Parameters
    ----------
    count : int, 100 to 50,000
        How many sentences.
    seed : int
        The same seed writes the same text.

    Returns
    -------
    list of list of str
        The sentences, in words.

    Raises
    ------
    ValueError
        If `count` is out of its range.

    Examples
    --------
    >>> text = sentences(20_000, seed=0)
    >>> len({word for sentence in text for word in sentence})
    153
    """
    low, high = SENTENCES
    if not low <= count <= high:
        raise ValueError(f"{count} sentences are not possible here; use {low} to {high:,}")
    rng = np.random.default_rng(seed)
    subjects = [
        (family, row, column) for family in FAMILIES for row in family.rows for column in range(len(family.kinds))
    ]
    chosen = (subjects[k] for k in rng.integers(len(subjects), size=count))
    return [_sentence(family, row, column, rng) for family, row, column in chosen]


def _sentence(family: Family, row: tuple[str, str], column: int, rng: np.random.Generator) -> list[str]:
    words, own = (text.split() for text in row)
    kinds = family.kinds[column].split()
    kind, kind2 = (kinds[k] for k in rng.permutation(len(kinds))[:2])
    first, second = (own[k] for k in rng.integers(len(own), size=2))
    return family.template.format(word=words[column], row=first, row2=second, kind=kind, kind2=kind2).split()


def groups() -> dict[str, str]:
    """Tell to which family each word of the grammar belongs; contexts belong to "context".

    Returns
    -------
    dict of str to str
        The word and the name of its family.
    """
    return {word: family.name for family in FAMILIES for words, _ in family.rows for word in words.split()}


def pairs(family: Family) -> list[tuple[str, str]]:
    """List the neighbouring words of each row, such as (man, woman): what analogies are made of."""
    return [pair for words, _ in family.rows for pair in pairwise(words.split())]


def table() -> list[tuple[str, tuple[str, ...], tuple[tuple[str, str], ...]]]:
    """Give the grammar as plain values: template, contexts of the columns, rows; for a script that writes the text."""
    return [(family.template, family.kinds, family.rows) for family in FAMILIES]


GENDER_PAIRS = pairs(ROYAL) + pairs(PEOPLE)
CLASSES = {"people": ("royal", "people"), "places": ("places",), "verbs": ("verbs",), "animals": ("animals",)}


def members(name: str) -> tuple[str, ...]:
    """List the words of one of `CLASSES`.

    Parameters
    ----------
    name : str
        Such as "people".

    Returns
    -------
    tuple of str
        Without the contexts.

    Examples
    --------
    >>> members("animals")[:2]
    ('cat', 'cats')
    """
    return tuple(word for word, family in groups().items() if family in CLASSES[name])
