"""A face as numbers: one plane of it, and the same plane with fewer pixels. uint8 in, float32 0 to 255 out."""

from dataclasses import dataclass

import cv2
import numpy as np

from engine.checks import Check, compare

PLANES = ("grey", "red", "green", "blue")
SIZES = ("48", "32", "25", "16", "12")


@dataclass(frozen=True, eq=False)
class PixelTrace:
    """One plane of a face, and what is left of it with fewer pixels."""

    plane: np.ndarray  # (side, side, 1) float32
    block: int  # pixels a side that become one
    small: np.ndarray  # (size, size, 1) float32: the mean of each block
    kernel: np.ndarray  # (block, block, 1, 1) float32: what every pixel of a block counts
    histogram: np.ndarray  # (16,) int: pixels by value, 16 values to a bar
    lost: float  # root mean square difference of the enlarged small picture from the plane, 0 to 255
    check: Check


def trace(face: np.ndarray, plane: str = "grey", size: int = 25) -> PixelTrace:
    """Look at a face as numbers, and make it smaller: every new pixel is the mean of a block of old ones.

    Parameters
    ----------
    face : np.ndarray
        (96, 96, 3) uint8, RGB.
    plane : str
        "grey" (OpenCV's weights .299 R + .587 G + .114 B), "red", "green" or "blue".
    size : int
        Pixels a side of the small picture: 48, 32, 25, 16 or 12. For 25 the face is first enlarged to 100 pixels, so
        that blocks of 4 x 4 fit.

    Returns
    -------
    PixelTrace
        The small picture is checked against OpenCV's `INTER_AREA`.

    Raises
    ------
    ValueError
        If the plane or the size is not one of those.

    Examples
    --------
    >>> trace(np.full((96, 96, 3), 7, np.uint8), "red", 48).small[0, 0, 0]
    np.float32(7.0)
    """
    if plane not in PLANES:
        raise ValueError(f"there is no plane {plane!r}; use one of {', '.join(PLANES)}")
    if str(size) not in SIZES:
        raise ValueError(f"size {size} is not offered; use one of {', '.join(SIZES)}")
    values = cv2.cvtColor(face, cv2.COLOR_RGB2GRAY) if plane == "grey" else face[:, :, PLANES.index(plane) - 1]
    side = -(-len(values) // size) * size
    values = np.asarray(values if side == len(values) else cv2.resize(values, (side, side)), "float32")
    block = side // size
    small = values.reshape(size, block, size, block).mean(axis=(1, 3))
    back = np.kron(small, np.ones((block, block), "float32"))
    check = compare(
        "cv2.resize(face, INTER_AREA)", small, cv2.resize(values, (size, size), interpolation=cv2.INTER_AREA)
    )
    histogram = np.histogram(values, bins=16, range=(0, 256))[0]
    kernel = np.full((block, block, 1, 1), 1 / block**2, "float32")
    lost = float(np.sqrt(((back - values) ** 2).mean()))
    return PixelTrace(values[:, :, None], block, small[:, :, None], kernel, histogram, lost, check)
