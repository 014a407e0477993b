"""Word vectors made by hand: the class example in two dimensions, and a table of four features."""

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


def feature_table(rows: dict[str, tuple[float, ...]] | None = None) -> WordVectors:
    """Give words by their hand-made features.

    Parameters
    ----------
    rows : dict of str to tuple of float, optional
        Gender, royal, age and food of each word, each -1 to 1; ours unless given.

    Returns
    -------
    WordVectors
        Four dimensions.

    Raises
    ------
    ValueError
        If a word has no direction at all, or there are fewer than three words.

    Examples
    --------
    >>> feature_table().vectors.shape
    (13, 4)
    """
    table = {word.strip().lower(): values for word, values in (TABLE if rows is None else rows).items() if word.strip()}
    if len(table) < 3:
        raise ValueError(f"the table has {len(table)} words; a map needs three at least")
    vectors = np.array(list(table.values()), float)
    if not np.isfinite(vectors).all() or np.abs(vectors).max() > 1:
        raise ValueError("every feature needs a number from -1 to 1")
    empty = [word for word, row in zip(table, vectors, strict=True) if not row.any()]
    if empty:
        raise ValueError(f"{empty[0]} has 0 for every feature, so it has no direction; give it one number")
    return WordVectors(tuple(table), vectors, np.ones(len(table), int))
