"""One convolution layer on one picture: every product, sum and output. Channels last, RGB, 0 to 255."""

from dataclasses import dataclass

import numpy as np

from engine.checks import Check, compare
from engine.compute import task
from engine.quiz import Question
from engine.vision import images, kernels

PADDINGS = ("valid", "same", "1", "2", "3")
MAX_FILTERS = 6


@dataclass(frozen=True, eq=False)
class ConvolutionTrace:
    """What one convolution layer does with one picture."""

    padded: np.ndarray  # (H, W, channels) the picture with its border of zeros
    pads: tuple[int, int, int, int]  # pixels added at the top, bottom, left, right
    kernels: np.ndarray  # (kernel rows, kernel columns, channels, filters) as they are laid on the picture
    strides: int  # pixels between two stops of the kernel
    bias: float
    relu: bool
    sums: np.ndarray  # (rows, columns, filters) sum of all products
    maps: np.ndarray  # (rows, columns, filters) sum + bias, after ReLU where it is on
    names: tuple[str, ...]  # of the filters
    check: Check

    @property
    def picture(self) -> np.ndarray:
        """The picture without its border, (h, w, channels)."""
        top, bottom, left, right = self.pads
        return self.padded[top : self.padded.shape[0] - bottom, left : self.padded.shape[1] - right]


@task
def trace(
    image: str | bytes | np.ndarray,
    size: int = 28,
    colour: bool = False,
    kernel: str = "1 0 -1; 1 0 -1; 1 0 -1",
    also: tuple[str, ...] = (),
    strides: int = 1,
    padding: str = "valid",
    bias: float = 0.0,
    relu: bool = False,
    flip: bool = False,
) -> ConvolutionTrace:
    """Lay kernels on a picture: map[r, c] = sum over i, j, channel of x[r s + i, c s + j] w[i, j] + b.

    Parameters
    ----------
    image, size, colour
        As in `images.load`; size in pixels.
    kernel : str
        The cells of the first kernel as `kernels.parse` reads them; with colour the same cells for each channel.
    also : tuple of str
        Names of further kernels (`kernels.SHAPES`) of the same size, at most 5, each giving one more map.
    strides : int
        Pixels between two stops, 1 to 4.
    padding : str
        "valid" (none), "same" (output = input / strides, rounded up) or "1", "2", "3" zeros on every side.
    bias : float
        Added to every sum.
    relu : bool
        Replace negative values by 0.
    flip : bool
        True convolution, which turns the kernel by 180°, instead of the cross-correlation that networks compute.

    Returns
    -------
    ConvolutionTrace
        Outputs of `tf.nn.conv2d`, checked against OpenCV's `filter2D`.

    Raises
    ------
    ValueError
        If the kernel does not fit the padded picture, or a setting is out of range.

    References
    ----------
    https://www.tensorflow.org/api_docs/python/tf/nn/convolution

    Examples
    --------
    >>> trace("half-bright 6×6").maps[0, :, 0].tolist()
    [0.0, 30.0, 30.0, 0.0]
    """
    picture = images.load(image, size, colour)
    stack, names = _stack(kernel, also, flip)
    pads = _pads(picture.shape[:2], stack.shape[1:], strides, padding)
    padded = np.pad(picture, (pads[:2], pads[2:], (0, 0)))
    weights = np.repeat(np.moveaxis(stack, 0, -1)[:, :, None, :], picture.shape[2], axis=2)
    sums = _conv2d(padded, weights, strides)
    maps = sums + np.float32(bias)
    check = compare("cv2.filter2D", sums, _filter2d(padded, stack, strides))
    return ConvolutionTrace(
        padded, pads, weights, strides, bias, relu, sums, np.maximum(maps, 0) if relu else maps, names, check
    )


def question(trace: ConvolutionTrace, seed: int) -> tuple[Question, tuple[int, int]]:
    """Ask for one cell of the first map: the question, and the (row, column) that the picture must hide."""
    rng = np.random.default_rng(seed)
    rows, columns = trace.maps.shape[:2]
    r, c = int(rng.integers(rows)), int(rng.integers(columns))
    answer, total = float(trace.maps[r, c, 0]), float(trace.sums[r, c, 0])
    window = trace.padded[r * trace.strides :, c * trace.strides :][: trace.kernels.shape[0], : trace.kernels.shape[1]]
    flipped = float((window * trace.kernels[::-1, ::-1, :, 0]).sum())
    steps = f"the products add up to {total:.5g}"
    steps += f", plus the bias {trace.bias:g}" if trace.bias else ""
    steps += ", and ReLU keeps what is above 0" if trace.relu else ""
    traps = [(total, "That is the sum before the bias and ReLU."), (-total, "Check the signs of the kernel's cells."),
             (flipped, "That is what the kernel turned by 180° gives.")]  # fmt: skip
    text = f"What stands in row {r + 1}, column {c + 1} of the feature map, the cell marked **?** in the picture?"
    tolerance = max(0.01 * abs(answer), 0.05)
    return Question(text, answer, steps + ".", tolerance, traps=tuple(traps)), (r, c)


def recipe_settings(
    image: str | bytes | np.ndarray, size: int, colour: bool, trace: ConvolutionTrace, padding: str
) -> dict[str, object]:
    """Return what the lesson's recipe needs to recompute `trace`: plain values, an own picture as a PNG in base64."""
    if not isinstance(image, str):
        image = images.to_png(trace.picture)
    return {
        "image": [list(row) for row in images.GRIDS[image]] if image in images.GRIDS else image,
        "size": size,
        "colour": colour,
        "kernels": np.moveaxis(trace.kernels[:, :, 0], -1, 0).round(6).tolist(),
        "strides": trace.strides,
        "padding": int(padding) if padding.isdigit() else padding,
        "bias": trace.bias,
        "relu": trace.relu,
    }


def _stack(kernel: str, also: tuple[str, ...], flip: bool) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return all kernels, (filters, rows, columns), and their names."""
    first = kernels.parse(kernel)
    if len(also) >= MAX_FILTERS:
        raise ValueError(f"{len(also)} further kernels are too many to show; choose at most {MAX_FILTERS - 1}")
    if also and first.shape[0] != first.shape[1]:
        raise ValueError(
            f"a kernel of {first.shape[0]} × {first.shape[1]} cells has no other kernels of its size; make it square"
        )
    stack = np.stack([first, *(kernels.make(name, first.shape[0]) for name in also)])
    return stack[:, ::-1, ::-1] if flip else stack, ("first", *also)


def _pads(shape: tuple[int, int], kernel: tuple[int, int], strides: int, padding: str) -> tuple[int, int, int, int]:
    """Return the zeros at the top, bottom, left and right, or say what padding would make the kernel fit."""
    if not 1 <= strides <= 4:
        raise ValueError(f"strides {strides} is out of range; use 1 to 4")
    if padding not in PADDINGS:
        raise ValueError(f"padding {padding!r} is not known; use {', '.join(PADDINGS)}")
    if padding == "same":
        totals = [max((-(-n // strides) - 1) * strides + k - n, 0) for n, k in zip(shape, kernel, strict=True)]
        top, left = (total // 2 for total in totals)  # an odd pixel goes to the bottom and the right
        return top, totals[0] - top, left, totals[1] - left
    p = 0 if padding == "valid" else int(padding)
    for n, k in zip(shape, kernel, strict=True):
        if k > n + 2 * p:
            need = -(-(k - n) // 2)
            raise ValueError(f"kernel_size {k} does not fit an input of {n} with padding {p}; use padding >= {need}")
    return p, p, p, p


def _conv2d(padded: np.ndarray, weights: np.ndarray, strides: int) -> np.ndarray:
    import tensorflow as tf

    return tf.nn.conv2d(padded[None], weights, strides, "VALID").numpy()[0]


def _filter2d(padded: np.ndarray, stack: np.ndarray, strides: int) -> np.ndarray:
    """The same sums by OpenCV, in float64: filter everywhere, then keep the stops."""
    import cv2

    rows, columns = (n - k for n, k in zip(padded.shape, stack.shape[1:], strict=False))
    flat = padded.astype("float64").sum(axis=2)  # the cells are the same for every channel
    full = [cv2.filter2D(flat, cv2.CV_64F, np.float64(kernel), anchor=(0, 0)) for kernel in stack]
    return np.stack(full, axis=-1)[: rows + 1 : strides, : columns + 1 : strides]
