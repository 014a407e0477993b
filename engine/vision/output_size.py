"""The size of what one layer puts out, in 1-D and 2-D, and how many windows see each pixel. Channels last."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from engine.checks import Check, compare
from engine.compute import task
from engine.vision import axis
from engine.vision.axis import Axis, View

MAX_SIZE = 512
MAX_KERNEL = 15
MAX_STRIDE = 16
MAX_DILATION = 6
MAX_OUTPUT = 1200  # cells a side: a transposed layer can ask for far more than a screen has


@dataclass(frozen=True)
class Settings:
    """One layer and the size of its input; a 1-D layer uses the width alone."""

    height: int = 6
    width: int = 6
    kernel_size: tuple[int, int] = (3, 3)
    strides: int = 1
    padding: str | int = "valid"  # as in `axis.plan`
    fill: str = "zeros"
    dilation_rate: int = 1
    dimensions: int = 2
    transposed: bool = False


@dataclass(frozen=True, eq=False)
class OutputSizeTrace:
    """Where the window of one layer stops, and what it sees."""

    settings: Settings
    rows: Axis
    columns: Axis
    checks: tuple[Check, ...]

    @property
    def view(self) -> View:
        """The grid with its padding and the stops on it."""
        pads = (self.rows.before, self.rows.after, self.columns.before, self.columns.after)
        return axis.view(self.rows.reach, self.columns.reach, pads)

    @property
    def output(self) -> tuple[int, int]:
        return self.rows.output, self.columns.output

    @property
    def influence(self) -> np.ndarray:
        """How many windows see each pixel or a copy of it in the padding; for a transposed layer how many write it."""
        return np.outer(self.rows.influence, self.columns.influence)

    @property
    def unseen(self) -> int:
        """Pixels that no window sees."""
        return int((self.view.real == 0).sum())


@task
def trace(settings: Settings) -> OutputSizeTrace:
    """Slide a layer's window over its input: where it stops, what each stop sees, how big the output is.

    Output = floor((n + 2p - d(k-1) - 1) / s) + 1 along each axis, transposed (n-1) s + d(k-1) + 1 - 2p.

    Parameters
    ----------
    settings : Settings
        height and width 1 to 512, kernel_size 1 to 15, strides 1 to 16, padding up to 32, dilation_rate 1 to 6.

    Returns
    -------
    OutputSizeTrace
        Its output shape is that of the real Keras layer, and its visits are the gradient of that layer with all
        weights one; both were compared.

    Raises
    ------
    ValueError
        If the kernel does not fit the padded input or a setting is out of range.

    References
    ----------
    Dumoulin and Visin, A guide to convolution arithmetic for deep learning, https://arxiv.org/abs/1603.07285

    Examples
    --------
    >>> trace(Settings()).output
    (4, 4)
    >>> trace(Settings()).view.seen[:3, :3].tolist()
    [[1, 2, 3], [2, 4, 6], [3, 6, 9]]
    """
    rows, columns = axes(settings)
    shape, visits = _by_keras(settings, rows, columns)
    name = f"keras.layers.Conv{settings.dimensions}D{'Transpose' if settings.transposed else ''}"
    result = OutputSizeTrace(settings, rows, columns, ())
    how = "a {} of ones on ones" if settings.transposed else "the gradient of a {} of ones"
    checks = (
        compare(f"the output shape of {name}", np.array(result.output), np.array(shape), 0.0),
        compare(how.format(name), result.influence, visits),
    )
    return OutputSizeTrace(settings, rows, columns, checks)


def axes(settings: Settings) -> tuple[Axis, Axis]:
    """Lay the window along rows and columns; 1-D data are one row."""
    _limit(settings)
    if settings.padding == axis.CAUSAL and settings.dimensions == 2:
        raise ValueError(
            "padding causal looks back in time, which a picture does not have; choose 1-D, or another padding"
        )
    rest = (settings.strides, settings.padding, settings.dilation_rate, settings.fill, settings.transposed)
    lines = [axis.plan(settings.width, settings.kernel_size[1], *rest)]
    lines.append(
        axis.plan(settings.height, settings.kernel_size[0], *rest) if settings.dimensions == 2 else axis.plan(1, 1)
    )
    return lines[1], lines[0]


def _limit(settings: Settings) -> None:
    padding = settings.padding if isinstance(settings.padding, int) else 0
    bounds = (
        ("height", settings.height, 1, MAX_SIZE),
        ("width", settings.width, 1, MAX_SIZE),
        ("kernel_size", min(settings.kernel_size), 1, MAX_KERNEL),
        ("kernel_size", max(settings.kernel_size), 1, MAX_KERNEL),
        ("strides", settings.strides, 1, MAX_STRIDE),
        ("padding", padding, 0, axis.MAX_PADDING),
        ("dilation_rate", settings.dilation_rate, 1, MAX_DILATION),
        ("dimensions", settings.dimensions, 1, 2),
    )
    for name, value, low, high in bounds:
        if not low <= value <= high:
            raise ValueError(f"{name} {value} is out of range; use {low} to {high}")
    longest = max(settings.height, settings.width) * settings.strides
    if settings.transposed and longest > MAX_OUTPUT:
        raise ValueError(
            f"a transposed layer with strides {settings.strides} makes {longest:,} cells a side; "
            f"use strides <= {max(1, MAX_OUTPUT * settings.strides // longest)} or a smaller input"
        )


def recipe_settings(settings: Settings) -> dict[str, object]:
    """Return what the lesson's recipe needs for one layer."""
    rows, columns = axes(settings)
    two = settings.dimensions == 2
    return {
        "size": (settings.height, settings.width) if two else (settings.width,),
        "kernel_size": settings.kernel_size if two else settings.kernel_size[1:],
        "strides": settings.strides,
        "dilation_rate": settings.dilation_rate,
        "pads": [(a.before, a.after) for a in ((rows, columns) if two else (columns,))],
        "fill": settings.fill,
        "transposed": settings.transposed,
    }


# ---- the oracle: real Keras layers -----------------------------------------------------------------------------------


def _by_keras(settings: Settings, rows: Axis, columns: Axis) -> tuple[tuple[int, ...], np.ndarray]:
    """The shape of the real layer's output, and how often its weights of one use each pixel; (rows, columns) both."""
    import tensorflow as tf

    lines = (rows, columns) if settings.dimensions == 2 else (columns,)
    picture = tf.ones((1, *(line.size for line in lines), 1))
    run = _transposed_layer if settings.transposed else _layer
    with tf.GradientTape() as tape:
        tape.watch(picture)
        output = run(picture, settings, lines)
    visits = (output if settings.transposed else tape.gradient(output, picture)).numpy()[0, ..., 0]
    two = (1, *visits.shape)[-2:]
    return (1, *output.shape[1:-1])[-2:], visits.reshape(two)


def _layer(picture, settings: Settings, lines: tuple[Axis, ...]):  # type: ignore[no-untyped-def]  # tensors
    import keras

    make = _kind(settings, lines)
    keras_takes_both = settings.strides == 1 or settings.dilation_rate == 1
    if settings.fill == "zeros" and settings.padding in ("valid", "same", "causal") and keras_takes_both:
        return make(settings.strides, settings.padding)(picture)
    if settings.fill == "zeros":
        pad = getattr(keras.layers, f"ZeroPadding{len(lines)}D")
        picture = pad([(a.before, a.after) for a in lines] if len(lines) > 1 else (lines[0].before, lines[0].after))(
            picture
        )
    else:
        for k, line in enumerate(lines):
            picture = _filled(picture, k + 1, line.before, line.after, settings.fill)
    return _stride(make, settings)(picture)


def _filled(picture, k: int, before: int, after: int, fill: str):  # type: ignore[no-untyped-def]
    """Pad axis `k` with copies, without the indices that are to be checked."""
    from keras import ops

    if fill == "reflect":
        return ops.pad(picture, [(before, after) if n == k else (0, 0) for n in range(picture.ndim)], fill)
    size = picture.shape[k]
    first, last = ops.take(picture, [0], k), ops.take(picture, [size - 1], k)
    return ops.concatenate([first] * before + [picture] + [last] * after, k)


def _stride(make, settings: Settings):  # type: ignore[no-untyped-def]
    """Keras refuses strides with dilation_rate: then every s-th result of the layer without strides is kept."""
    s = settings.strides
    if s == 1 or settings.dilation_rate == 1:
        return make(s, "valid")
    layer = make(1, "valid")
    return (lambda x: layer(x)[:, ::s, ::s]) if settings.dimensions == 2 else (lambda x: layer(x)[:, ::s])


def _transposed_layer(picture, settings: Settings, lines: tuple[Axis, ...]):  # type: ignore[no-untyped-def]
    import keras

    make, s = _kind(settings, lines), settings.strides
    both = s > 1 and settings.dilation_rate > 1
    if not both and settings.padding in ("valid", "same"):
        return make(s, settings.padding)(picture)
    if both:  # the same sums: zeros between the cells, then no strides
        spread = np.zeros((1, *((line.size - 1) * s + 1 for line in lines), 1), "float32")
        spread[(slice(None), *[slice(None, None, s)] * len(lines))] = picture
        output = make(1, "valid")(spread)
        behind = [(0, max(0, s - line.dilation_rate * (line.kernel_size - 1) - 1)) for line in lines]  # a whole stride
        output = keras.ops.pad(output, [(0, 0), *behind, (0, 0)])
    else:
        output = make(s, "valid")(picture)
    cut = getattr(keras.layers, f"Cropping{len(lines)}D")
    return cut([(a.before, a.after) for a in lines] if len(lines) > 1 else (lines[0].before, lines[0].after))(output)


def _kind(settings: Settings, lines: tuple[Axis, ...]):  # type: ignore[no-untyped-def]
    """Return a maker of the real layer with all weights one: make(strides, padding)."""
    name = f"Conv{len(lines)}D{'Transpose' if settings.transposed else ''}"
    size, d = tuple(line.kernel_size for line in lines), settings.dilation_rate
    return lambda strides, padding: _ones(name, size, strides, padding, d)


@lru_cache(maxsize=64)
def _ones(name: str, size: tuple[int, ...], strides: int, padding: str, dilation_rate: int):  # type: ignore[no-untyped-def]
    import keras

    rest = {"dilation_rate": dilation_rate, "use_bias": False, "kernel_initializer": "ones"}
    return getattr(keras.layers, name)(1, size, strides=strides, padding=padding, **rest)
