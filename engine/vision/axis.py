"""One axis of a layer that slides a window: how many stops, which cells each stop sees, where the padding goes.

Rows and columns of a picture are two such axes and do not influence each other, so everything is counted per axis.
"""

from dataclasses import dataclass

import numpy as np

PADDINGS = ("valid", "same", "full", "number")
MAX_PADDING = 32  # the largest number of cells that may be asked for
CAUSAL = "causal"  # all of the padding before the first sample: 1-D only
FILLS = ("zeros", "reflect", "replicate")
NUMPY_MODES = {"reflect": "reflect", "replicate": "edge"}  # np.pad's names


@dataclass(frozen=True, eq=False)
class Axis:
    """What one axis of a layer does: a grid of cells, and a window that stops on it."""

    size: int  # cells of the layer's input
    kernel_size: int
    strides: int
    dilation_rate: int
    before: int  # cells of padding in front; a transposed layer cuts that many off its output
    after: int
    output: int  # cells of the layer's output
    transposed: bool
    source: np.ndarray  # (grid,) int: the cell whose value a grid cell holds, -1 for a zero of the padding

    @property
    def span(self) -> int:
        """Cells from the window's first to its last, holes of the dilation included."""
        return span(self.kernel_size, self.dilation_rate)

    @property
    def grid(self) -> int:
        """Cells with the padding; for a transposed layer those of its output before it is cut."""
        return len(self.source)

    @property
    def reach(self) -> np.ndarray:
        """The grid cells that the window covers at each stop, (stops, grid) bool."""
        stops = np.arange(self.size if self.transposed else self.output)[:, None]
        reach = np.zeros((len(stops), self.grid), bool)
        reach[stops, stops * self.strides + np.arange(self.kernel_size) * self.dilation_rate] = True
        return reach

    @property
    def seen(self) -> np.ndarray:
        """How many windows cover each grid cell, (grid,)."""
        return self.reach.sum(axis=0)

    @property
    def influence(self) -> np.ndarray:
        """How many windows cover each real cell or one of its copies in the padding, (size,) of what is no padding."""
        real = self.source >= 0
        counts = np.bincount(self.source[real], self.seen[real], minlength=self.grid - self.before - self.after)
        return counts.astype(int)

    @property
    def dropped(self) -> int:
        """Grid cells behind the last window, where the division leaves a remainder."""
        return self.grid - int(np.flatnonzero(self.seen)[-1]) - 1


def span(kernel_size: int, dilation_rate: int) -> int:
    """Return how many cells a window spans: d (k - 1) + 1.

    Examples
    --------
    >>> span(3, 1), span(3, 2)
    (3, 5)
    """
    return dilation_rate * (kernel_size - 1) + 1


def plan(
    size: int,
    kernel_size: int,
    strides: int = 1,
    padding: str | int = "valid",
    dilation_rate: int = 1,
    fill: str = "zeros",
    transposed: bool = False,
) -> Axis:
    """Lay a window along one axis: output = floor((n + 2p - d(k-1) - 1) / s) + 1, transposed (n-1) s + d(k-1) + 1 - 2p.

    Parameters
    ----------
    size : int
        Cells of the input, n.
    kernel_size, strides, dilation_rate : int
        k, s and d, in cells, 1 or more.
    padding : {"valid", "same", "full", "causal"} or int
        None; so that the output is n / s rounded up, an odd cell behind; k' - 1 on both sides, where k' is the span;
        k' - 1 in front; or p cells on both sides. A transposed layer cuts them off its output instead.
    fill : {"zeros", "reflect", "replicate"}
        What the padding holds.
    transposed : bool
        Every input cell writes one window, s cells apart.

    Returns
    -------
    Axis
        Sizes, and which cells each stop sees.

    Raises
    ------
    ValueError
        If the window does not fit, nothing would be left, or there are too few cells to mirror.

    References
    ----------
    https://www.tensorflow.org/api_docs/python/tf/nn#notes_on_padding_2

    Examples
    --------
    >>> plan(6, 3).output, plan(6, 3).seen.tolist()
    (4, [1, 2, 3, 3, 2, 1])
    >>> uneven = plan(6, 3, strides=2, padding="same")
    >>> uneven.before, uneven.after, uneven.output
    (0, 1, 3)
    """
    reach = span(kernel_size, dilation_rate)
    before, after = _pads(size, reach, strides, padding, transposed)
    if transposed:
        grid = (size - 1) * strides + max(reach, strides)  # Keras ends on a whole stride
        source, output = _cut(grid, before, after)
    else:
        grid = size + before + after
        if reach > grid:
            raise ValueError(_too_large(size, kernel_size, dilation_rate, before, after))
        source, output = _source(size, before, after, fill), (grid - reach) // strides + 1
    return Axis(size, kernel_size, strides, dilation_rate, before, after, output, transposed, source)


def _cut(grid: int, before: int, after: int) -> tuple[np.ndarray, int]:
    """What is left of a transposed layer's output when its padding is cut off, and how much that is."""
    output = grid - before - after
    if output < 1:
        raise ValueError(f"cutting {before} + {after} cells off an output of {grid} leaves nothing; "
                         f"use padding <= {(grid - 1) // 2}")  # fmt: skip
    return np.pad(np.arange(output), (before, after), constant_values=-1), output


def _pads(size: int, reach: int, strides: int, padding: str | int, transposed: bool) -> tuple[int, int]:
    if padding == "same":
        total = reach - strides if transposed else (-(-size // strides) - 1) * strides + reach - size
        return max(total, 0) // 2, -(-max(total, 0) // 2)  # an odd cell goes behind: to the bottom, to the right
    if padding == "causal" and transposed:
        raise ValueError("padding causal is not for a transposed layer; use valid, same, full or a number")
    known = {"valid": (0, 0), "full": (reach - 1, reach - 1), "causal": (reach - 1, 0)}
    if isinstance(padding, int) and padding >= 0:
        return padding, padding
    if padding not in known:
        raise ValueError(f"padding {padding!r} is not known; use valid, same, full, causal or a number of cells")
    return known[str(padding)]


def _source(size: int, before: int, after: int, fill: str) -> np.ndarray:
    """Where the value of every grid cell comes from, -1 for a zero."""
    cells = np.arange(size)
    if fill == "zeros":
        return np.pad(cells, (before, after), constant_values=-1)
    if fill not in NUMPY_MODES:
        raise ValueError(f"fill {fill!r} is not known; use {', '.join(FILLS)}")
    if fill == "reflect" and max(before, after) >= size:
        others = "1 cell" if size == 2 else f"{size - 1} cells"
        raise ValueError(f"an input of {size} has {others} to mirror, not {max(before, after)}; "
                         f"use fill zeros or replicate, or padding <= {size - 1}")  # fmt: skip
    return np.pad(cells, (before, after), NUMPY_MODES[fill])  # type: ignore[call-overload,no-any-return]


def _too_large(size: int, kernel_size: int, dilation_rate: int, before: int, after: int) -> str:
    reach, holes = span(kernel_size, dilation_rate), ""
    if dilation_rate > 1:
        holes = f" with dilation_rate {dilation_rate} spans {reach} cells and"
    padding = f"{before}" if before == after else f"{before} + {after}"
    need = -(-(reach - size) // 2)
    fault = f"kernel_size {kernel_size}{holes} does not fit an input of {size} with padding {padding}"
    if need > MAX_PADDING:
        return f"{fault}; use padding same, a smaller kernel or less dilation"
    return f"{fault}; use padding >= {need}"


@dataclass(frozen=True, eq=False)
class View:
    """Which cells of a grid every output cell sees, as two axes: what a picture of windows is drawn from."""

    row_bits: np.ndarray  # (output rows, grid rows / 8) uint8, as np.packbits leaves them: small on the wire
    column_bits: np.ndarray  # (output columns, grid columns / 8) uint8
    grid: tuple[int, int]  # rows and columns, with the border
    pads: tuple[int, int, int, int]  # cells of the grid's border: top, bottom, left, right

    @property
    def rows(self) -> np.ndarray:
        """The grid rows that each output row sees, (output rows, grid rows) bool."""
        return np.unpackbits(self.row_bits, axis=1, count=self.grid[0]).astype(bool)

    @property
    def columns(self) -> np.ndarray:
        """The grid columns that each output column sees, (output columns, grid columns) bool."""
        return np.unpackbits(self.column_bits, axis=1, count=self.grid[1]).astype(bool)

    @property
    def output(self) -> tuple[int, int]:
        return len(self.row_bits), len(self.column_bits)

    @property
    def seen(self) -> np.ndarray:
        """How many output cells see each grid cell, (grid rows, grid columns)."""
        return np.outer(self.rows.sum(axis=0), self.columns.sum(axis=0))

    @property
    def real(self) -> np.ndarray:
        """The same without the border."""
        (height, width), (top, bottom, left, right) = self.grid, self.pads
        return self.seen[top : height - bottom, left : width - right]


def view(rows: np.ndarray, columns: np.ndarray, pads: tuple[int, int, int, int] = (0, 0, 0, 0)) -> View:
    """Pack what each output row and column sees, (outputs, grid) bool both, into a `View`.

    Examples
    --------
    >>> view(plan(6, 3).reach, plan(6, 3).reach).seen[2, 2]
    np.int64(9)
    """
    return View(np.packbits(rows, axis=1), np.packbits(columns, axis=1), (rows.shape[1], columns.shape[1]), pads)
