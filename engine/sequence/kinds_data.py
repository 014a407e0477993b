"""What the five small networks learn from: scanned digits and sentences that a grammar of our own makes.

Every sentence is in lower case. Place 0 of a vocabulary is padding; of letters and Spanish words, 1 begins and 2 ends.
"""

import itertools
import re
from functools import lru_cache

import numpy as np

from engine.sequence.reviews import LETTERS as RUN  # letters of any script with their signs

PAD, BEGIN, END = "∅", "▸", "▪"
DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
LETTERS = (PAD, BEGIN, END, *sorted(set("".join(DIGITS))))
TRAINED = 1400  # digits that were trained on; the rest are shown
SHOWN = 397
TAGS = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC")

GOOD, BAD = ("good", "great", "funny", "clever"), ("bad", "dull", "sad", "boring")
FIRST, LAST = ("anna", "bob", "clara", "david", "emma", "omar"), ("berg", "stone", "lee", "silva")
PLACES = ("paris", "rome", "oslo", "new york", "san diego", "los angeles")
TALES = ("P lives in L", "P flew from L to L", "P met P in L", "L is far from L", "P and P left L", "in L P met P")
VERBS = {"": "", "i see": "veo", "you want": "quieres", "we have": "tenemos", "she sees": "ve"}
NOUNS = {"car": ("coche", 0), "dog": ("perro", 0), "book": ("libro", 0), "house": ("casa", 1), "apple": ("manzana", 1),
         "table": ("mesa", 1)}  # fmt: skip
ADJECTIVES = {"": ("", ""), "red": ("rojo", "roja"), "white": ("blanco", "blanca"), "small": ("pequeño", "pequeña"),
              "old": ("viejo", "vieja"), "new": ("nuevo", "nueva")}  # fmt: skip
ARTICLES = {"the": ("el", "la"), "a": ("un", "una")}


def words(text: str) -> list[str]:
    """Split a sentence into lower-case words.

    Examples
    --------
    >>> words("Man eats hot-dog!")
    ['man', 'eats', 'hot-dog']
    """
    return re.findall(rf"{RUN}(?:['’-]{RUN})*", text.lower())


def short(word: str, letters: int = 12) -> str:
    """A word as it fits over a column or into a table.

    Examples
    --------
    >>> short("incomprehensible")
    'incomprehen…'
    """
    return word if len(word) <= letters else f"{word[: letters - 1]}…"


@lru_cache(maxsize=1)
def digits() -> tuple[np.ndarray, np.ndarray]:
    """The scanned digits of scikit-learn: pixels (1797, 64) from 0 to 1, and what they are (1797,)."""
    from sklearn.datasets import load_digits

    images, labels = load_digits(return_X_y=True)
    return (images / 16).astype(np.float32), labels


@lru_cache(maxsize=1)
def reviews() -> list[tuple[tuple[str, ...], int]]:
    """Short reviews and whether they are kind: "not" turns a word round, and after "but" only the end counts."""
    clauses = [
        ((*turn, word), (word in GOOD) != bool(turn)) for word in GOOD + BAD for turn in ((), ("not",), ("not", "very"))
    ]
    clauses += [(("very", word), word in GOOD) for word in GOOD + BAD]
    found = [((*opening, *clause), kind) for clause, kind in clauses for opening in ((), ("the", "film", "was"))]
    for (first, a), (second, b) in itertools.product(clauses, clauses):
        if a == b:
            found.append(((*first, "and", *second), b))
        else:
            found.append(((*first, "but", *second), b))
            found.append((("the", "film", "was", *first, "but", *second), b))
    found += [((x, "not", y), (x in GOOD)) for x in GOOD + BAD for y in GOOD + BAD if (x in GOOD) != (y in GOOD)]
    return [(sentence, int(kind)) for sentence, kind in found]


@lru_cache(maxsize=1)
def tagged() -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Sentences with people and places, and a tag for every word."""
    rng, found = np.random.default_rng(0), {}
    people = [*FIRST, *(f"{first} {last}" for first in FIRST for last in LAST)]
    for _ in range(1500):
        sentence: list[str] = []
        tags: list[str] = []
        for part in TALES[rng.integers(len(TALES))].split():
            filled = {"P": people, "L": PLACES}.get(part)
            names = [part] if filled is None else filled[int(rng.integers(len(filled)))].split()
            sentence += names
            kind = {"P": "PER", "L": "LOC"}.get(part)
            tags += [f"{'I' if k else 'B'}-{kind}" if kind else "O" for k in range(len(names))]
        found[tuple(sentence)] = tuple(tags)
    return list(found.items())


@lru_cache(maxsize=1)
def translated() -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """English phrases and their Spanish: the adjective goes behind the noun and both follow its gender."""
    found = []
    for (verb, verbo), (article, el), (adjective, adjetivo), (noun, (nombre, gender)) in itertools.product(
        VERBS.items(), ARTICLES.items(), ADJECTIVES.items(), NOUNS.items()
    ):
        english = f"{verb} {article} {adjective} {noun}".split()
        found.append((tuple(english), tuple(f"{verbo} {el[gender]} {nombre} {adjetivo[gender]}".split())))
    return found


def vocabulary(sentences: list[tuple[str, ...]], *special: str) -> tuple[str, ...]:
    """All words of the sentences in alphabetical order, behind padding and the special ones."""
    return (PAD, *special, *sorted({word for sentence in sentences for word in sentence}))


@lru_cache(maxsize=1)
def review_words() -> tuple[str, ...]:
    """The words of the reviews, behind padding."""
    return vocabulary([sentence for sentence, _ in reviews()])


@lru_cache(maxsize=1)
def tagged_words() -> tuple[str, ...]:
    """The words of the sentences with tags, behind padding."""
    return vocabulary([sentence for sentence, _ in tagged()])


@lru_cache(maxsize=1)
def english_words() -> tuple[str, ...]:
    """The words of the English phrases, behind padding."""
    return vocabulary([sentence for sentence, _ in translated()])


@lru_cache(maxsize=1)
def spanish_words() -> tuple[str, ...]:
    """The words of the Spanish phrases, behind padding and the signs of a beginning and an end."""
    return vocabulary([sentence for _, sentence in translated()], BEGIN, END)


def places(sentence: list[str], known: tuple[str, ...], longest: int = 12) -> np.ndarray:
    """The place of every word in a vocabulary (T,).

    Raises
    ------
    ValueError
        If there is no word, too many, or one that the network has never seen.
    """
    if not sentence:
        raise ValueError(f"there is no sentence; write some of these words: {', '.join(known[3:11])}")
    if len(sentence) > longest:
        raise ValueError(f"a sentence of {len(sentence)} words is too long here; use at most {longest}")
    if missing := [word for word in sentence if word not in known[1:]]:
        rest = ", ".join(word for word in known if word.isalpha())
        raise ValueError(f"this small network was never shown the word {missing[0]!r:.30}; it knows {rest}")
    return np.array([known.index(word) for word in sentence])


def padded(rows: list[np.ndarray], *, before: bool = False) -> np.ndarray:
    """Stack rows of unequal length, with zeros after them or before them (n, longest)."""
    longest = max(map(len, rows))
    gaps = [(longest - len(row), 0) if before else (0, longest - len(row)) for row in rows]
    return np.stack([np.pad(row, gap) for row, gap in zip(rows, gaps, strict=True)])


def picture(pixels: np.ndarray) -> np.ndarray:
    """A scanned digit (64,), dark on white and enlarged (112, 112), uint8."""
    return np.kron(255 * (1 - pixels.reshape(8, 8)), np.ones((14, 14))).astype(np.uint8)
