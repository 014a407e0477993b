"""What a recurrent network reads: numbers or words as one vector per time step."""

import re
import unicodedata
from dataclasses import dataclass

import numpy as np

NUMBERS, SINE, TYPED, SENTENCE = "the class numbers", "a sine", "typed values", "a sentence"
KINDS = (NUMBERS, SENTENCE, SINE, TYPED)
ENCODINGS = ("words, one-hot", "words, random vectors", "characters, one-hot")
MAX_STEPS = 200
MAX_FEATURES = 64  # different words or characters in one sentence
MAX_TYPED = 8  # numbers in one typed step
VECTOR_SIZE = 4
WORD = r'[.,;:!?"()]|[^\s.,;:!?"()]+'  # of any script, and emoji: a punctuation mark, or all between two of them
LARGEST = 1e6
PERIOD = 12  # steps in one turn of the sine


@dataclass(frozen=True, eq=False)
class Sequence:
    """One vector per time step, and what a prediction of the next step should say."""

    labels: tuple[str, ...]  # (T,) what stands over each step: a token or the step's number
    x: np.ndarray  # (T, features)
    features: tuple[str, ...]  # (features,) what each number of a step says
    targets: np.ndarray | None  # (T,) the number that should come out of each step; None for words


def make(kind: str, length: int, text: str = "", encoding: str = ENCODINGS[0], seed: int = 0) -> Sequence:
    """Make a sequence of at most `length` steps: x_1, ..., x_T, one vector each.

    Parameters
    ----------
    kind : str
        "the class numbers": 1, 2, 3, ... with the next number as target. "a sine": sin(2 pi t / 12) with the next value
        as target. "typed values": the numbers in `text`. "a sentence": the tokens of `text`.
    length : int
        Steps, 1 to 200; a text that is shorter gives fewer.
    text : str
        Typed values: steps apart by commas or spaces (`1, 2, 0.5`), or by semicolons when a step has several numbers
        (`1 0; 0 1`, and `1 0;` for one step). After `->`, the targets. A sentence: any text; what stands between
        spaces and punctuation is a word.
    encoding : str
        How tokens become vectors. One-hot: a 1 at the token's own place. Random vectors: 4 numbers per word, drawn from
        `seed`, the same word always the same.
    seed : int
        Of the random vectors.

    Returns
    -------
    Sequence
        labels (T,), x (T, features), targets (T,) or None.

    Raises
    ------
    ValueError
        If the text holds no step, or a number that cannot be read (its place is named).

    Examples
    --------
    >>> make("the class numbers", 2).x.ravel().tolist(), make("the class numbers", 2).targets.tolist()
    ([1.0, 2.0], [2.0, 3.0])
    >>> make("a sentence", 9, "the cat saw the dog").x[:, 0].tolist()
    [1.0, 0.0, 0.0, 1.0, 0.0]
    """
    if not 1 <= length <= MAX_STEPS:
        raise ValueError(f"a sequence of {length} steps is not possible here; use 1 to {MAX_STEPS}")
    if kind == SENTENCE:
        return _sentence(text, length, encoding, seed)
    if kind == TYPED:
        return _typed(text, length)
    if kind not in KINDS:
        raise ValueError(f"the sequence {kind!r} is not known; use {', '.join(KINDS)}")
    ahead = np.arange(1, length + 2, dtype=np.float32)
    wave = np.sin(2 * np.pi * (ahead.astype(np.float64) - 1) / PERIOD).round(6) + 0.0  # no -0 and no 1e-16
    values = ahead if kind == NUMBERS else wave.astype(np.float32)
    return Sequence(_numbered(length), values[:-1, None], ("x",), values[1:])


def parse(text: str, name: str, rows: int, columns: int, meaning: str = "") -> np.ndarray:
    """Read a matrix of numbers, rows apart by semicolons: "0.5 0.1; 0 0.4" is [[0.5, 0.1], [0, 0.4]].

    Parameters
    ----------
    text : str
        Numbers apart by spaces or commas, rows apart by semicolons. A vector may stand in one row.
    name : str
        What the matrix is called in a complaint.
    rows, columns : int
        The size it must have.
    meaning : str
        What a row and a column stand for, said when the size is wrong.

    Returns
    -------
    np.ndarray
        float32 (rows, columns).

    Raises
    ------
    ValueError
        If the size is wrong or an entry is no number: the sentence names row and column.

    Examples
    --------
    >>> parse("0.5 0.1; 0 0.4", "W", 2, 2).tolist()[1]
    [0.0, 0.4000000059604645]
    """
    lines = [_entries(line) for line in text.strip(" ;,").split(";")]
    if not any(lines):
        raise ValueError(f"{name} is empty; write for example 0.5")
    if columns == 1 and len(lines) == 1 and len(lines[0]) == rows:
        lines = [[entry] for entry in lines[0]]  # a column typed as a row
    note = f" ({meaning})" if meaning else ""
    if len(lines) != rows:
        wanted, there = f"{_count(rows, 'row')} of {_count(columns, 'number')}", _count(len(lines), "row")
        raise ValueError(f"{name} needs {wanted}{note} but has {there}; rows are set apart by semicolons")
    for r, line in enumerate(lines, 1):
        if len(line) != columns:
            raise ValueError(f"{name} needs {_count(columns, 'number')} in each row{note}, but row {r} has {len(line)}")
    places = [[f"{name}, row {r}, column {c}" for c in range(1, columns + 1)] for r in range(1, rows + 1)]
    return np.array([list(map(_number, *row)) for row in zip(lines, places, strict=True)], np.float32)


def _entries(line: str) -> list[str]:
    return re.findall(r"[^,\s]+", line)


def _number(entry: str, place: str) -> float:
    try:
        value = float(entry.replace("−", "-"))  # the minus sign of the picture, where a number was copied from it
    except ValueError:
        value = np.nan
    if not abs(value) <= LARGEST:  # also catches "nan"
        raise ValueError(f"{place}: {entry[:20]!r} is not a number between −1e6 and 1e6; write for example 0.5")
    return value


def _typed(text: str, length: int) -> Sequence:
    values, arrow, wanted = text.replace("→", "->").partition("->")
    x = _steps(values, "the typed values")
    if x.shape[1] > MAX_TYPED:
        raise ValueError(f"a step of {x.shape[1]} numbers is too wide to show; use at most {MAX_TYPED}")
    targets = None
    if arrow:
        targets = _steps(wanted, "the targets")
        if targets.shape != (len(x), 1):
            there = f"{_count(len(x), 'step')} but {_count(targets.size, 'target')}"
            raise ValueError(f"there are {there}; write one number after -> for each step")
        targets = targets[:length, 0]
    x = x[:length]
    return Sequence(_numbered(len(x)), x, tuple(f"x{k + 1}" for k in range(x.shape[1])), targets)


def _steps(text: str, name: str) -> np.ndarray:
    """Read one step per row, or one number per step where there are no semicolons."""
    steps = [_entries(line) for line in text.strip(" ;,").split(";")]
    if not any(steps):
        raise ValueError(f"{name} are empty; write numbers such as 1, 2, 0.5")
    if ";" not in text:
        steps = [[entry] for entry in steps[0]]
    width = len(steps[0])
    for t, entries in enumerate(steps, 1):
        if len(entries) != width:
            there = f"step 1 has {_count(width, 'number')} but step {t} has {len(entries)}"
            raise ValueError(f"{name}: {there}; semicolons set steps apart, and each needs as many numbers")
    numbers = [[_number(entry, f"{name}, step {t}") for entry in step] for t, step in enumerate(steps, 1)]
    return np.array(numbers, np.float32)


def _sentence(text: str, length: int, encoding: str, seed: int) -> Sequence:
    if encoding not in ENCODINGS:
        raise ValueError(f"the encoding {encoding!r} is not known; use {', '.join(ENCODINGS)}")
    lower = unicodedata.normalize("NFC", " ".join(text.lower().split()))  # é is one character, however it was typed
    tokens = list(lower) if encoding == ENCODINGS[2] else re.findall(WORD, lower)
    tokens = tokens[:length]
    if not tokens:
        raise ValueError("the sentence is empty; write at least one word")
    vocabulary = tuple(dict.fromkeys(tokens))  # in order of first appearance
    if encoding != ENCODINGS[1] and len(vocabulary) > MAX_FEATURES:
        raise ValueError(f"{len(vocabulary)} different tokens are too many; use at most {MAX_FEATURES}, or fewer steps")
    labels = tuple(token.replace(" ", "␣") for token in tokens)
    if encoding == ENCODINGS[1]:
        x = np.stack([vector(token, seed) for token in tokens])
        return Sequence(labels, x, tuple(f"x{k + 1}" for k in range(VECTOR_SIZE)), None)
    x = np.eye(len(vocabulary), dtype=np.float32)[[vocabulary.index(token) for token in tokens]]
    return Sequence(labels, x, tuple(token.replace(" ", "␣") for token in vocabulary), None)


def vector(token: str, seed: int) -> np.ndarray:
    """Draw a word's vector from its letters and the seed, so that it is the same in every sentence."""
    return np.random.default_rng([seed, *token.encode()]).normal(size=VECTOR_SIZE).round(2).astype(np.float32)


def _numbered(length: int) -> tuple[str, ...]:
    return tuple(str(t) for t in range(1, length + 1))


def _count(n: int, what: str) -> str:
    return f"{n} {what}" if n == 1 else f"{n} {what}s"
