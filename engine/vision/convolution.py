"""One convolution layer on one picture: every product, sum and output. Channels last, RGB, 0 to 255."""

from dataclasses import dataclass

import numpy as np

from engine.checks import Check, compare
from engine.compute import task
from engine.quiz import Question
from engine.vision import images, kernels

PADDINGS = ("valid", "same", "1", "2", "3")
MAX_FILTERS = 6
MAX_TERMS = 12  # products that a learner is asked to add up


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
        Outputs of `tf.nn.conv2d`, which pads by itself, checked against OpenCV's `filter2D` on the border shown; the
        difference is in units of the largest sum that the kernels can give.

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
    sums = _conv2d(picture, weights, strides, padding)
    maps = sums + np.float32(bias)
    # float32 rounds in proportion to the products, and a sum can be far smaller than they are: compare on their scale
    largest = max(1.0, 255.0 * float(np.abs(weights).sum(axis=(0, 1, 2)).max()))
    check = compare("cv2.filter2D", sums / largest, _filter2d(padded, stack, strides) / largest, 1e-6)
    return ConvolutionTrace(
        padded, pads, weights, strides, bias, relu, sums, np.maximum(maps, 0) if relu else maps, names, check
    )


def question(trace: ConvolutionTrace, seed: int) -> tuple[Question, tuple[int, int]]:
    """Ask for one cell of the first map: the question, and the (row, column) that the picture must hide.

    Few products are to be added up; of many, nobody would, so there the answer is one of the map's values.
    """
    rng = np.random.default_rng(seed)
    rows, columns = trace.maps.shape[:2]
    r, c = int(rng.integers(rows)), int(rng.integers(columns))
    answer, total = float(trace.maps[r, c, 0]), float(trace.sums[r, c, 0])
    steps = f"the products add up to {total:.5g}"
    steps += f", plus the bias {trace.bias:g}" if trace.bias else ""
    steps += ", and ReLU keeps what is above 0" if trace.relu else ""
    text = f"What stands in row {r + 1}, column {c + 1} of the feature map, the cell marked **?** in the picture?"
    kernel = trace.kernels[..., 0]
    choices = _choices(trace.maps[..., 0], answer, rng) if np.count_nonzero(kernel) > MAX_TERMS else ()
    if len(choices) > 1:
        return Question(text, f"{answer:.4g}", steps + ".", choices=choices), (r, c)
    window = trace.padded[r * trace.strides :, c * trace.strides :][: kernel.shape[0], : kernel.shape[1]]
    flipped = float((window * kernel[::-1, ::-1]).sum())
    traps = [(total, "That is the sum before the bias and ReLU."), (-total, "Check the signs of the kernel's cells."),
             (flipped, "That is what the kernel turned by 180° gives.")]  # fmt: skip
    decimals = 2 - int(np.log10(max(1.0, 255 * np.abs(kernel).max())))  # the picture writes so many at least
    shown = float((window * kernel).round(decimals).sum())
    tolerance = max(0.01 * abs(answer), 0.05, 1.01 * abs(shown - total))
    return Question(text, answer, steps + ".", tolerance, traps=tuple(traps)), (r, c)


def _choices(values: np.ndarray, answer: float, rng: np.random.Generator) -> tuple[str, ...]:
    """Return up to four values that are well apart, the answer among them, in rising order."""
    chosen = [answer]
    for value in rng.permutation(values.ravel())[:200]:
        if len(chosen) < 4 and all(abs(value - other) > np.ptp(values) / 8 for other in chosen):
            chosen.append(float(value))
    return tuple(f"{value:.4g}" for value in sorted(chosen))


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
        # by way of text, which is the shortest that means the same float32: 0.1 instead of 0.10000000149
        "kernels": np.moveaxis(trace.kernels[:, :, 0], -1, 0).astype(str).astype(float).tolist(),
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


def _conv2d(picture: np.ndarray, weights: np.ndarray, strides: int, padding: str) -> np.ndarray:
    import tensorflow as tf

    zeros = [[0, 0], [int(padding)] * 2, [int(padding)] * 2, [0, 0]] if padding.isdigit() else padding.upper()
    return tf.nn.conv2d(picture[None], weights, strides, zeros).numpy()[0]


def _filter2d(padded: np.ndarray, stack: np.ndarray, strides: int) -> np.ndarray:
    """The same sums by OpenCV, in float64: filter everywhere, then keep the stops."""
    import cv2

    rows, columns = (n - k for n, k in zip(padded.shape, stack.shape[1:], strict=False))
    flat = padded.astype("float64").sum(axis=2)  # the cells are the same for every channel
    full = [cv2.filter2D(flat, cv2.CV_64F, np.float64(kernel), anchor=(0, 0)) for kernel in stack]
    return np.stack(full, axis=-1)[: rows + 1 : strides, : columns + 1 : strides]
