"""An LSTM of one unit whose gates are set by hand: it reads numbers, or words as good (+1), bad (-1) or neither (0).

Each gate gets no weight but a bias, so it stands where it was set; only the forget gate may listen to one thing, a
contrast word (but, however, yet). That is the textbook's story of the forget gate, made true by construction.
"""

import re
from dataclasses import dataclass

import numpy as np

from engine.sequence import reviews

CERTAIN = 120.0  # a sigmoid of this is exactly 1 in 32-bit numbers, of its negative exactly 0
LARGEST = 1e6
LIKED = {word for pair in (*reviews.VERBS, *reviews.PAST) for word in pair[:1]}
HATED = {word for pair in (*reviews.VERBS, *reviews.PAST) for word in pair[1:]}
PRAISE, BLAME = (*reviews.GOOD, *reviews.KIND, *LIKED), (*reviews.BAD, *reviews.CRUEL, *HATED)
WORTH = dict.fromkeys(PRAISE, 1.0) | dict.fromkeys(BLAME, -1.0)


@dataclass(frozen=True)
class HandGates:
    """Where the gates stand, 0 (shut) to 1 (open), and the weight of the input in the candidate."""

    f: float = 1.0
    f_at_contrast: float = 1.0
    i: float = 1.0
    o: float = 1.0
    w: float = 0.1  # g = tanh(w x)


def weights(hand: HandGates) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Write the gates as the weights of a Keras layer: kernel (2, 4), recurrent kernel (1, 4) and bias (4,).

    A gate at 0.9 is a bias of log(0.9 / 0.1) = 2.197; 0 and 1 are -120 and 120, at which a sigmoid is exactly that.

    Raises
    ------
    ValueError
        If a gate is not between 0 and 1, or the weight not between -3 and 3.

    Examples
    --------
    >>> kernel, _, bias = weights(HandGates(f=0.9, i=1, o=0.5, w=2))
    >>> [round(float(b), 3) for b in bias], kernel[0].tolist()
    ([120.0, 2.197, 0.0, 0.0], [0.0, 0.0, 2.0, 0.0])
    """
    for name in ("f", "f_at_contrast", "i", "o"):
        if not 0 <= getattr(hand, name) <= 1:
            raise ValueError(f"the gate {name} cannot be {getattr(hand, name):g}; use 0 (shut) to 1 (open)")
    if not -3 <= hand.w <= 3:
        raise ValueError(f"the weight w cannot be {hand.w:g}; use -3 to 3")
    kernel = np.zeros((2, 4), np.float32)
    kernel[0, 2] = hand.w
    kernel[1, 1] = logit(hand.f_at_contrast) - logit(hand.f)
    bias = np.array([logit(hand.i), logit(hand.f), 0, logit(hand.o)], np.float32)
    return kernel, np.zeros((1, 4), np.float32), bias


def logit(p: float) -> float:
    """Where the sigmoid is p: log(p / (1 - p)), within -120 to 120.

    Examples
    --------
    >>> logit(0.5), logit(1.0)
    (0.0, 120.0)
    """
    if p in (0, 1):
        return CERTAIN if p else -CERTAIN
    return float(np.log(p / (1 - p)))


def numbers(text: str) -> tuple[str, ...]:
    """Read numbers apart by commas, semicolons or spaces, as they were typed; empty if the text is anything else.

    Raises
    ------
    ValueError
        If a number is larger than a million.

    Examples
    --------
    >>> numbers("1, 2.5 -3"), numbers("4 years")
    (('1', '2.5', '-3'), ())
    """
    parts = tuple(part for part in re.split(r"[\s,;]+", text.replace("−", "-").strip()) if part)
    if not all(re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)", part, re.ASCII) for part in parts):
        return ()
    for part in parts:
        if abs(float(part)) > LARGEST:
            raise ValueError(f"{part[:20]} is too large; use numbers from -1,000,000 to 1,000,000")
    return parts


def features(tokens: tuple[str, ...]) -> np.ndarray:
    """Write tokens as two numbers each, (T, 2): the number or the word's worth, and whether it is a contrast word.

    Examples
    --------
    >>> features(("good", "but", "bad")).tolist()
    [[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0]]
    """
    typed = [numbers(token) for token in tokens]
    values = [float(found[0]) if found else WORTH.get(token, 0.0) for found, token in zip(typed, tokens, strict=True)]
    contrast = [token in reviews.CONTRAST_WORDS for token in tokens]
    return np.stack([values, contrast], axis=1).astype(np.float32)
