"""The task of remembering the first symbol: one of four signal letters, then distractors, then "which one was it?"."""

import numpy as np

SIGNALS, DISTRACTORS = "ABCD", "wxyz"
LETTERS = SIGNALS + DISTRACTORS
CHANCE = 1 / len(SIGNALS)
MIN_STEPS, MAX_STEPS = 5, 200
STAGES = (10, 20, 50, 100, 200)  # lengths of a curriculum, up to the wanted one


def sequences(count: int, length: int, seed: int, step: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Draw sequences: the first letter is the answer, the others say nothing.

    Parameters
    ----------
    count : int
        Sequences.
    length : int
        Letters in each, 5 to 200.
    seed, step : int
        The same two give the same sequences.

    Returns
    -------
    x : np.ndarray
        (count, length, 8) float32, one-hot in the order ABCDwxyz.
    y : np.ndarray
        (count,) int32, the place of the first letter, 0 to 3.

    Raises
    ------
    ValueError
        If the length is out of range.

    Examples
    --------
    >>> x, y = sequences(2, 5, seed=0)
    >>> x.shape, bool((x[:, 0].argmax(1) == y).all()), bool((x[:, 1:].argmax(2) >= 4).all())
    ((2, 5, 8), True, True)
    """
    if not MIN_STEPS <= length <= MAX_STEPS:
        raise ValueError(f"sequences of {length} letters are not possible here; use {MIN_STEPS} to {MAX_STEPS}")
    rng = np.random.default_rng((seed, step))
    places = rng.integers(len(SIGNALS), len(LETTERS), (count, length))
    places[:, 0] = rng.integers(0, len(SIGNALS), count)
    return np.eye(len(LETTERS), dtype=np.float32)[places], places[:, 0].astype(np.int32)


def spell(x: np.ndarray) -> str:
    """Write one sequence (length, 8) in letters.

    Examples
    --------
    >>> spell(np.eye(8)[[2, 4, 7]])
    'Cwz'
    """
    return "".join(LETTERS[place] for place in x.argmax(-1))


def lengths(total: int, steps: int, curriculum: bool) -> list[tuple[int, int]]:
    """Say how long the sequences of a training are: (first step, length), oldest first.

    Parameters
    ----------
    total : int
        The length that is wanted in the end.
    steps : int
        Steps of the training.
    curriculum : bool
        Begin with 10 letters and go on to 20, 50, 100, each for an equal part of the training.

    Returns
    -------
    list of (int, int)
        One entry without a curriculum.

    Examples
    --------
    >>> lengths(50, 600, True), lengths(50, 600, False)
    ([(0, 10), (200, 20), (400, 50)], [(0, 50)])
    """
    stages = [*(length for length in STAGES if length < total), total] if curriculum else [total]
    return [(steps * k // len(stages), length) for k, length in enumerate(stages)]
