"""Convolution kernels: the classic ones at any size that they have, and kernels typed cell by cell."""

import numpy as np

CUSTOM = "custom"
MAX_SIZE = 7


def _vertical(size: int) -> np.ndarray:
    row = np.zeros(size)
    row[0], row[-1] = 1, -1
    return np.tile(row, (size, 1))


def _identity(size: int) -> np.ndarray:
    kernel = np.zeros((size, size))
    kernel[size // 2, size // 2] = 1
    return kernel


def _box(size: int) -> np.ndarray:
    return np.full((size, size), 1 / size**2)


def _sobel(size: int) -> np.ndarray:
    import cv2

    column, row = cv2.getDerivKernels(1, 0, size)
    return row @ column.T


def _laplacian(size: int) -> np.ndarray:
    import cv2

    if size == 3:
        return np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]])
    second, smooth = cv2.getDerivKernels(2, 0, size)
    return smooth @ second.T + second @ smooth.T


def _gaussian(size: int) -> np.ndarray:
    import cv2

    line = cv2.getGaussianKernel(size, 0)  # sigma 0: OpenCV derives it from the size
    return line @ line.T


def _sharpen(size: int) -> np.ndarray:
    if size == 3:
        return np.array([[0, -1, 0], [-1, 5, -1], [0, -1, 0]])
    return 2 * _identity(size) - _box(size)


def _emboss(size: int) -> np.ndarray:
    ramp = np.add.outer(np.arange(size), np.arange(size)) - (size - 1)
    return np.sign(ramp) * np.minimum(np.abs(ramp), 2) + _identity(size)


# name -> (kernel of a size, the sizes that exist)
SHAPES = {
    "vertical edge": (_vertical, range(2, 8)),
    "horizontal edge": (lambda size: _vertical(size).T, range(2, 8)),
    "Sobel x": (_sobel, (3, 5, 7)),
    "Sobel y": (lambda size: _sobel(size).T, (3, 5, 7)),
    "Laplacian": (_laplacian, (3, 5, 7)),
    "sharpen": (_sharpen, (3, 5, 7)),
    "box blur": (_box, range(1, 8)),
    "Gaussian": (_gaussian, (1, 3, 5, 7)),
    "emboss": (_emboss, (3, 5, 7)),
    "identity": (_identity, (1, 3, 5, 7)),
}
NAMES = (*SHAPES, CUSTOM)


def make(name: str, size: int) -> np.ndarray:
    """Return the kernel `name` with `size` cells a side.

    Parameters
    ----------
    name : str
        One of `SHAPES`. Sobel, Laplacian and Gaussian are OpenCV's.
    size : int
        Cells a side, 1 to 7; not every kernel exists at every size.

    Returns
    -------
    np.ndarray
        (size, size) float32, rows from top to bottom.

    Raises
    ------
    ValueError
        If the kernel is unknown or does not exist at that size; the message names the sizes that do.

    Examples
    --------
    >>> make("vertical edge", 3).tolist()
    [[1.0, 0.0, -1.0], [1.0, 0.0, -1.0], [1.0, 0.0, -1.0]]
    """
    if name not in SHAPES:
        raise ValueError(f"there is no kernel {name!r}; use one of {', '.join(SHAPES)}")
    build, sizes = SHAPES[name]
    if size not in sizes:
        known = ", ".join(map(str, sizes))
        raise ValueError(f"the {name} kernel does not exist with {size} × {size} cells; use size {known}")
    return build(size).astype("float32")


def parse(cells: str) -> np.ndarray:
    """Read a kernel typed as rows of numbers, "1 0 -1; 1 0 -1; 1 0 -1".

    Parameters
    ----------
    cells : str
        Rows separated by `;`, cells by spaces or commas; 1 to 7 rows of 1 to 7 cells, each within ±1000.

    Returns
    -------
    np.ndarray
        (rows, columns) float32.

    Raises
    ------
    ValueError
        If a cell is not a number or the rows differ in length; the message names the row and the column.

    Examples
    --------
    >>> parse("1 0; 0 1").tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    rows = [row.replace(",", " ").split() for row in cells.strip().strip(";").split(";")]
    values = [[_number(cell, r, c) for c, cell in enumerate(row, 1)] for r, row in enumerate(rows, 1)]
    lengths = {len(row) for row in values}
    if len(lengths) > 1:
        counts = ", ".join(str(len(row)) for row in values)
        raise ValueError(f"the rows of the kernel have {counts} cells; give every row the same number")
    if not 1 <= len(values) <= MAX_SIZE or not 1 <= min(lengths) <= max(lengths) <= MAX_SIZE:
        raise ValueError(
            f"a kernel of {len(values)} × {max(lengths)} cells does not fit here; use 1 to {MAX_SIZE} a side"
        )
    return np.array(values, "float32")


def write(kernel: np.ndarray) -> str:
    """Write a kernel the way `parse` reads it."""
    return "; ".join(" ".join(f"{cell:.6g}" for cell in row) for row in kernel)


def turn(cells: str) -> str:
    """Turn a kernel by 180° as it is typed, whatever is typed in it.

    >>> turn("1 2; 3 many")
    'many 3; 2 1'
    """
    return "; ".join(" ".join(row.split()[::-1]) for row in cells.split(";")[::-1])


def _number(cell: str, row: int, column: int) -> float:
    try:
        value = float(cell)
    except ValueError:
        raise ValueError(f"{cell!r} in row {row}, column {column} of the kernel is not a number") from None
    if not abs(value) <= 1000:  # also refuses nan
        raise ValueError(f"{cell} in row {row}, column {column} of the kernel is out of range; use -1000 to 1000")
    return value
