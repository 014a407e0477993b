"""Numbers as they are read out over a telephone, and the digits they stand for: double four seventy one -> 4471.

Sentences grow with the number, so the task shows how much one vector can carry. Words and digits keep their order, but
not their count: "double" and "seventy" need the next word, "twelve" makes two digits.
"""

import numpy as np

DIGITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
TEENS = ["ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
TENS = {"twenty": 2, "thirty": 3, "forty": 4, "fifty": 5, "sixty": 6, "seventy": 7, "eighty": 8, "ninety": 9}
TIMES = {"double": 2, "triple": 3}
WORDS = (*DIGITS, "oh", *TEENS, *TENS, *TIMES)
WRITTEN = tuple("0123456789")
MOST = 20  # digits in a number, at most
EXAMPLE = "double four seventy one three twelve oh nine"


def answer(text: str) -> str | None:
    """Write the digits of a number that was read out; None where the words make none, or more than 20 digits.

    Examples
    --------
    >>> answer("double four seventy one oh twelve"), answer("double double four")
    ('4471012', None)
    """
    words, found, k = text.split(), "", 0
    while k < len(words):
        word, after = words[k], words[k + 1] if k + 1 < len(words) else ""
        if word in TIMES:
            if (digit := _digit(after)) is None:
                return None
            found += TIMES[word] * str(digit)
        elif word in TENS:
            found += str(10 * TENS[word] + (DIGITS.index(after) if after in DIGITS[1:] else 0))
        elif word in TEENS:
            found += str(10 + TEENS.index(word))
        elif (digit := _digit(word)) is not None:
            found += str(digit)
        else:
            return None
        k += 2 if word in TIMES or (word in TENS and after in DIGITS[1:]) else 1
    return found if 1 <= len(found) <= MOST else None


def _digit(word: str) -> int | None:
    return 0 if word == "oh" else DIGITS.index(word) if word in DIGITS else None


def pairs(count: int, seed: int = 0, shortest: int = 1, longest: int = 12) -> tuple[list[str], list[str]]:
    """Draw numbers and read them out.

    Parameters
    ----------
    count : int, 1 to 20,000
        How many.
    seed : int
        The same seed draws the same numbers.
    shortest, longest : int, 1 to 20
        Digits in a number.

    Returns
    -------
    list of str, list of str
        What is said, and its digits.

    Raises
    ------
    ValueError
        If a number is out of its range.

    Examples
    --------
    >>> said, digits = pairs(3, seed=1, longest=5)
    >>> [answer(words) for words in said] == digits
    True
    """
    if not 1 <= count <= 20_000 or not 1 <= shortest <= longest <= MOST:
        raise ValueError(
            f"{count} numbers of {shortest} to {longest} digits are not possible; use 1 to 20,000 of 1 to {MOST}"
        )
    rng = np.random.default_rng(seed)
    lengths = rng.integers(shortest, longest + 1, count)
    said = [_say(int(length), rng) for length in lengths]
    return said, [str(answer(words)) for words in said]


def _say(length: int, rng: np.random.Generator) -> str:
    """Read out some digits, group by group."""
    words: list[str] = []
    while length:
        groups = [[_one(rng)], ["double", _one(rng)], [TEENS[rng.integers(10)]], [*_tens(rng)], ["triple", _one(rng)]]
        sizes = (1, 2, 2, 2, 3)
        group = int(rng.choice(5, p=(0.52, 0.14, 0.12, 0.16, 0.06)))
        open_ten = bool(words) and words[-1] in TENS  # then a single digit would belong to it
        if sizes[group] <= length and not (open_ten and groups[group][0] in DIGITS[1:]):
            words += groups[group]
            length -= sizes[group]
    return " ".join(words)


def _one(rng: np.random.Generator) -> str:
    digit = int(rng.integers(10))
    return "oh" if digit == 0 and rng.random() < 0.5 else DIGITS[digit]


def _tens(rng: np.random.Generator) -> list[str]:
    unit = int(rng.integers(10))
    return [list(TENS)[rng.integers(8)], *([DIGITS[unit]] if unit else [])]


def lists() -> dict[str, list[str]]:
    """Return the words that a script needs to say the same numbers."""
    return {"digits": DIGITS, "teens": TEENS, "tens": list(TENS)}
