"""What a network learns to write from: place names, words and news that come inside gensim, or the learner's own text.

A list (names, words) is read in a new order every time; prose is read in windows at random places. Some of it is held
out, to see what the network makes of text that it was never trained on. Every piece ends with a new line.
"""

import functools
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

NAMES, WORDS, LEE, OWN = "place names", "Wikipedia words", "Lee news", "own text"
KINDS = (NAMES, WORDS, LEE, OWN)
END = "\n"
SECTIONS = ("capital-common-countries", "capital-world", "city-in-state")  # of gensim's file of analogies
MIN_COUNT = 5  # times that a word stands in the Wikipedia extract
LONGEST = 24  # characters of a word; beyond are chemistry and addresses
MIN_CHARACTERS, MAX_CHARACTERS, MAX_LETTERS = 20, 200_000, 200
LINES, LINE = 8, 40  # from so many lines, none longer than this, an own text is a list
HELD_OUT = 0.1
LENGTH, BATCH = 64, 32  # characters of a window, windows of a batch
SEED = 0  # of what is held out: the same for every training


@dataclass(frozen=True)
class Text:
    """Which text; small and hashable, so that it can travel to a worker with every step of a training."""

    name: str = NAMES
    typed: str = ""  # the learner's own

    def __post_init__(self) -> None:
        if self.name not in KINDS:
            raise ValueError(f"there is no text {self.name!r}; use one of {', '.join(KINDS)}")


@dataclass(frozen=True, eq=False)
class Corpus:
    """A text as a network reads it."""

    alphabet: tuple[str, ...]  # the characters in order; a character's code is its place
    training: tuple[str, ...]  # pieces: names, words, or one long prose
    held: tuple[str, ...]  # pieces that no training sees; empty when there is too little text
    prose: bool

    @functools.cached_property
    def known(self) -> frozenset[str]:
        """The names or words that the training sees."""
        return frozenset(word for piece in self.training for word in (piece.split() if self.prose else [piece]))

    @functools.cached_property
    def held_words(self) -> frozenset[str]:
        """The names or words that only the held-out part has."""
        return (
            frozenset(word for piece in self.held for word in (piece.split() if self.prose else [piece])) - self.known
        )

    @functools.cached_property
    def encoded(self) -> list[np.ndarray]:
        """The codes of every training piece and its end."""
        return [self.encode(piece + END) for piece in self.training]

    def encode(self, text: str) -> np.ndarray:
        """Turn characters into codes (len(text),) int32; all must be in the alphabet."""
        codes = {letter: code for code, letter in enumerate(self.alphabet)}
        return np.array([codes[letter] for letter in text], np.int32)

    def decode(self, codes: np.ndarray) -> str:
        """Turn codes into text."""
        return "".join(map(self.alphabet.__getitem__, codes.tolist()))


def load(text: Text) -> Corpus:
    """Give a text with its alphabet, its training pieces and its held-out pieces.

    Parameters
    ----------
    text : Text
        Which one.

    Returns
    -------
    Corpus
        Of 2 to 200 different characters, the new line included.

    Raises
    ------
    ValueError
        If the learner's own text is too short, too long, or has too few or too many different characters.

    Examples
    --------
    >>> corpus = load(Text(OWN, "one fish two fish red fish"))
    >>> corpus.decode(corpus.encode("fish")), corpus.prose, corpus.alphabet[0]
    ('fish', True, '\\n')
    """
    return own(text.typed) if text.name == OWN else _shipped(text.name)


@functools.lru_cache(maxsize=3)
def _shipped(name: str) -> Corpus:
    if name == NAMES:
        return _corpus(place_names(), prose=False)
    return _corpus(words(), prose=False) if name == WORDS else _corpus(lee(), prose=True)


def place_names() -> list[str]:
    """Read the 325 countries, capitals, cities and states of Google's analogy questions, which gensim brings along.

    Returns
    -------
    list of str
        In alphabetical order.
    """
    from gensim.test.utils import datapath

    names: set[str] = set()
    with Path(datapath("questions-words.txt")).open(encoding="utf-8") as lines:
        inside = False
        for line in lines:
            if line.startswith(":"):
                inside = line[1:].strip() in SECTIONS
            elif inside:
                names.update(line.split())
    return sorted(names)


def words() -> list[str]:
    """Give the words of gensim's Wikipedia extract that it has at least five times, of the letters a to z.

    Returns
    -------
    list of str
        In alphabetical order.
    """
    from collections import Counter

    from engine.words import corpora

    counts = Counter(word for piece in corpora.wikipedia() for word in piece)
    fits = re.compile(rf"[a-z]{{3,{LONGEST}}}")
    return sorted(word for word, count in counts.items() if count >= MIN_COUNT and fits.fullmatch(word))


def lee() -> list[str]:
    """Read the 300 news items of the Lee corpus (Lee, Pincombe and Welsh 2005) inside gensim.

    Returns
    -------
    list of str
        The items as they were written, ASCII only.
    """
    from gensim.test.utils import datapath

    with Path(datapath("lee_background.cor")).open(encoding="utf-8") as lines:
        return [re.sub(r"\s+", " ", re.sub(r"[^ -~]", "", line)).strip() for line in lines]


def own(typed: str) -> Corpus:
    """Prepare a person's own text; many short lines are a list, anything else is prose.

    Parameters
    ----------
    typed : str
        20 to 200,000 characters, of 2 to 200 different kinds.

    Returns
    -------
    Corpus
        Its pieces.

    Raises
    ------
    ValueError
        If it is too short, too long, or has too few or too many different characters.
    """
    lines = [" ".join(line.split()) for line in typed.splitlines()]
    lines = [line for line in lines if line]
    size, letters = sum(map(len, lines)), len(set("".join(lines)))
    if not MIN_CHARACTERS <= size <= MAX_CHARACTERS:
        counted = f"{size:,} character" + "s" * (size != 1)
        raise ValueError(
            f"the text has {counted}; use {MIN_CHARACTERS} to {MAX_CHARACTERS:,}: a page or more gives words"
        )
    if not 2 <= letters < MAX_LETTERS:
        counted = f"{letters} different character" + "s" * (letters != 1)
        raise ValueError(f"the text has {counted}; use one with 2 to {MAX_LETTERS - 1}, such as an alphabet's letters")
    return _corpus(lines, prose=len(lines) < LINES or max(map(len, lines)) > LINE)


def _corpus(pieces: list[str], *, prose: bool) -> Corpus:
    alphabet = (END, *sorted(set("".join(pieces)) - {END}))
    order = np.random.default_rng(SEED).permutation(len(pieces))
    count = round(HELD_OUT * len(pieces)) if len(pieces) >= 2 * LINES else 0
    held = tuple(pieces[k] for k in sorted(order[:count]))
    rest = [pieces[k] for k in sorted(order[count:])]
    if not prose:
        return Corpus(alphabet, tuple(dict.fromkeys(rest)), held, prose)
    return Corpus(alphabet, (END.join(rest),), held, prose)


def windows(corpus: Corpus, random: np.random.Generator, rows: int = BATCH, length: int = LENGTH) -> np.ndarray:
    """Cut windows out of a text.

    Parameters
    ----------
    corpus : Corpus
        A list, whose pieces come in a new order in every row; or prose, cut at random places.
    random : np.random.Generator
        The source of chance.
    rows, length : int
        How many windows; of so many characters and the one after.

    Returns
    -------
    np.ndarray
        (rows, length + 1) int32 codes; a row of a list begins with a new line, as writing does.
    """
    pieces = corpus.encoded
    if corpus.prose:
        stream = pieces[0]
        while len(stream) < length + 2:
            stream = np.concatenate([stream, stream])
        starts = random.integers(0, len(stream) - length, rows)
        return stream[starts[:, None] + np.arange(length + 1)]
    found = np.zeros((rows, length + 1), np.int32)  # the first code is a new line
    for row in found:
        filled = 1
        while filled <= length:
            piece = pieces[random.integers(len(pieces))]
            part = piece[: length + 1 - filled]
            row[filled : filled + len(part)] = part
            filled += len(part)
    return found
