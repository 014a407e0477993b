"""Which moments of a training are shown where all of them are too many."""

import numpy as np


def spread(count: int, now: int, most: int) -> list[int]:
    """Choose about `most` of `count` moments: close together at the beginning, where most changes, and `now`.

    Examples
    --------
    >>> spread(51, 50, 12), spread(3, 0, 12)
    ([0, 1, 2, 3, 4, 6, 8, 12, 17, 25, 35, 50], [0, 1, 2])
    """
    places = {0, now, count - 1}
    for points in range(1, 4 * most):
        places |= set(np.geomspace(1, max(1, count - 1), points).round().astype(int).tolist())
        if len(places) >= min(most, count):
            break
        places = {0, now, count - 1}
    return sorted(places & set(range(count)))
