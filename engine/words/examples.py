"""Word vectors made by hand: the class example in two dimensions, and a table of four features."""

from collections.abc import Iterable, Sequence

import numpy as np

from engine.words.vectors import WordVectors

CLASS = {"king": (0.30, 0.70), "man": (0.20, 0.20), "woman": (0.60, 0.30), "queen": (0.70, 0.80)}
FEATURES = ("gender", "royal", "age", "food")
# gender -1 male, 1 female; age 0 young, 1 old: a person may put other numbers
TABLE = {
    "man": (-1.0, 0.0, 0.6, 0.0), "woman": (1.0, 0.0, 0.6, 0.0),
    "king": (-1.0, 1.0, 0.7, 0.0), "queen": (1.0, 1.0, 0.7, 0.0),
    "boy": (-1.0, 0.0, 0.1, 0.0), "girl": (1.0, 0.0, 0.1, 0.0),
    "prince": (-1.0, 1.0, 0.2, 0.0), "princess": (1.0, 1.0, 0.2, 0.0),
    "grandfather": (-1.0, 0.0, 1.0, 0.0), "grandmother": (1.0, 0.0, 1.0, 0.0),
    "apple": (0.0, 0.0, 0.1, 1.0), "orange": (0.0, 0.0, 0.1, 0.9), "bread": (0.0, 0.0, 0.1, 0.8),
}  # fmt: skip


def class_example() -> WordVectors:
    """Give the four words of the class example.

    Returns
    -------
    WordVectors
        king (.30, .70), man (.20, .20), woman (.60, .30), queen (.70, .80).

    Examples
    --------
    >>> rows = class_example().vectors
    >>> (rows[0] - rows[1] + rows[2]).round(2).tolist()
    [0.7, 0.8]
    """
    return WordVectors(tuple(CLASS), np.array(list(CLASS.values())), np.ones(len(CLASS), int))


def feature_table(rows: Iterable[tuple[str, Sequence[float]]] = TABLE.items()) -> WordVectors:
    """Give words by their hand-made features.

    Parameters
    ----------
    rows : iterable of (str, sequence of float), optional
        Each word with its gender, royal, age and food, each -1 to 1; ours unless given. Rows without a word are left
        out.

    Returns
    -------
    WordVectors
        Four dimensions.

    Raises
    ------
    ValueError
        If a word stands twice, is two words, lacks a number or has no direction at all, or if there are fewer than
        three words.

    Examples
    --------
    >>> feature_table().vectors.shape
    (13, 4)
    """
    table: dict[str, np.ndarray] = {}
    for written, numbers in rows:
        word, row = written.strip().lower(), np.array(numbers, float)
        if not word:
            continue
        if len(word.split()) > 1:
            raise ValueError(f"“{word}” cannot be asked for in a sum of words; write it as one, such as ice-cream")
        if word in table:
            raise ValueError(f"{word} stands twice in the table; take one row out")
        if not (np.abs(row) <= 1).all():  # also where there is none
            raise ValueError(f"{word} needs a number from -1 to 1 for every feature")
        if not row.any():
            raise ValueError(f"{word} has 0 for every feature, so it has no direction; give it one number")
        table[word] = row
    if len(table) < 3:
        raise ValueError(f"the table has {len(table)} words; a map needs three at least")
    return WordVectors(tuple(table), np.array(list(table.values())), np.ones(len(table), int))
