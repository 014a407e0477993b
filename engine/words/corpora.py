"""The texts a word model is trained on: our grammar, two real corpora inside gensim, and what the learner brings.

Real text and typed text are in lower case; the words of a text are its runs of letters and digits, and its emoji.
Chinese is written without spaces: there each character counts as a word.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from engine.words import grammar

GRAMMAR, WIKIPEDIA, LEE, OWN = "royal-family grammar", "Wikipedia extract", "Lee news", "own text"
NAMES = (GRAMMAR, WIKIPEDIA, LEE, OWN)
WORDS = {WIKIPEDIA: 452_944, LEE: 59_890}  # for estimates
MAX_CHARACTERS = 500_000
MAX_BYTES = 2_000_000
PIECE = 1_000  # words: the extract has no sentences, and gensim cuts off what goes beyond 10,000 words
WIKIPEDIA_FILE = "enwiki-latest-pages-articles1.xml-p000000010p000030302-shortened.bz2"

_HAN = "\u3400-\u9fff"
# Vowel signs and accents that Python's \w leaves out: general, Hebrew, Arabic, Indic, Thai and Lao, Burmese, Khmer
_SIGNS = "\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0900-\u0963\u0966-\u0df3\u0e31-\u0ecd\u102b-\u103e\u17b4-\u17d3"
_RUN = rf"(?:[^\W_{_HAN}]|[{_SIGNS}]){{1,40}}"  # longer ones are no words: they are cut
_WORD = re.compile(rf"[{_HAN}]|{_RUN}(?:['’-]{_RUN}){{,3}}|[☀-➿\U0001F300-\U0001FAFF]")
_SENTENCE = re.compile(r"[.!?…]+\s|[。！？।]+|\n+")


@dataclass(frozen=True)
class Text:
    """Which text; small and hashable, so that it can travel to a worker with every step of a training."""

    name: str = GRAMMAR
    count: int = grammar.DEFAULT_SENTENCES  # sentences of the grammar
    seed: int = 0  # of the grammar
    typed: str = ""  # the learner's own

    def __post_init__(self) -> None:
        if self.name not in NAMES:
            raise ValueError(f"there is no corpus {self.name}; use one of {', '.join(NAMES)}")

    @property
    def words(self) -> int:
        """About how many words the text has."""
        return WORDS.get(self.name) or (8 * self.count if self.name == GRAMMAR else 1 + len(self.typed) // 6)


def load(text: Text) -> list[list[str]]:
    """Give a text as sentences of words.

    Parameters
    ----------
    text : Text
        Its name and settings.

    Returns
    -------
    list of list of str
        The sentences.

    Raises
    ------
    ValueError
        If the learner's own text is too long or has too few different words.

    Examples
    --------
    >>> load(Text(OWN, typed="The cat sat. The dog ran!"))
    [['the', 'cat', 'sat'], ['the', 'dog', 'ran']]
    """
    return own(text.typed) if text.name == OWN else _kept(text)


@lru_cache(maxsize=3)
def _kept(text: Text) -> list[list[str]]:
    if text.name == GRAMMAR:
        return grammar.sentences(text.count, text.seed)
    return wikipedia() if text.name == WIKIPEDIA else lee()


def wikipedia() -> list[list[str]]:
    """Read the 106 Wikipedia articles inside gensim as its WikiCorpus does, in pieces of 1,000 words.

    Returns
    -------
    list of list of str
        The pieces; 452,944 words in all.

    Notes
    -----
    The parts of WikiCorpus one after the other: itself it starts processes, which a spawned worker cannot.
    """
    import bz2

    from gensim.corpora.wikicorpus import ARTICLE_MIN_WORDS, IGNORED_NAMESPACES, extract_pages, process_article
    from gensim.test.utils import datapath

    with bz2.BZ2File(datapath(WIKIPEDIA_FILE)) as file:
        articles = [process_article((text, title, page))[:2] for title, text, page in extract_pages(file, ("0",))]
    ignored = tuple(f"{name}:" for name in IGNORED_NAMESPACES)
    kept = [words for words, title in articles if len(words) >= ARTICLE_MIN_WORDS and not title.startswith(ignored)]
    return [words[k : k + PIECE] for words in kept for k in range(0, len(words), PIECE)]


def lee() -> list[list[str]]:
    """Read the 300 news items of the Lee corpus (Lee, Pincombe and Welsh 2005) inside gensim, one a sentence.

    Returns
    -------
    list of list of str
        The items' words in lower case.
    """
    from gensim.test.utils import datapath

    lines = Path(datapath("lee_background.cor")).read_text("utf-8").splitlines()
    return [_WORD.findall(line.lower()) for line in lines]


def own(typed: str) -> list[list[str]]:
    """Cut a person's own text into sentences and words.

    Parameters
    ----------
    typed : str, up to 500,000 characters
        Any text; a sentence ends at a full stop, question or exclamation mark, or at the end of a line.

    Returns
    -------
    list of list of str
        Sentences of at least one word, in lower case.

    Raises
    ------
    ValueError
        If it is too long, or has fewer than three different words.

    Examples
    --------
    >>> own("Smile 😀 please")
    [['smile', '😀', 'please']]
    """
    if len(typed) > MAX_CHARACTERS:
        raise ValueError(f"the text has {len(typed):,} characters; use at most {MAX_CHARACTERS:,}")
    found = [_WORD.findall(part) for part in _SENTENCE.split(typed.lower())]
    found = [sentence for sentence in found if sentence]
    different = len({word for sentence in found for word in sentence})
    if different < 3:
        count = {0: "no words", 1: "only one word", 2: "only two different words"}[different]
        raise ValueError(
            f"the text has {count}; a map needs three different words at least, and neighbours a few pages"
        )
    return found


def decode(raw: bytes) -> str:
    """Turn an uploaded file into text, or say why it is none.

    Parameters
    ----------
    raw : bytes
        The file, up to 2 MB: UTF-8, UTF-16 with its mark, or Windows-1252.

    Returns
    -------
    str
        The text.

    Raises
    ------
    ValueError
        If it is too large, empty or no text.

    Examples
    --------
    >>> decode("naïve".encode())
    'naïve'
    """
    if len(raw) > MAX_BYTES:
        raise ValueError(f"the file has {len(raw) / 1e6:.1f} MB; use a text of at most {MAX_BYTES / 1e6:.0f} MB")
    if not raw.strip():
        raise ValueError("the file is empty; use a text file")
    encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        text = raw.decode("cp1252", errors="replace")
    odd = sum(not (letter.isprintable() or letter.isspace()) or letter == "\ufffd" for letter in text)
    if odd > 0.01 * len(text):
        raise ValueError("the file is not a text; save it as plain text (.txt, UTF-8) first")
    return text
