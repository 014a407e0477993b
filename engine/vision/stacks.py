"""Whole stacks of layers: size, parameters, multiply-adds and receptive field of each, checked by a Keras model."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from math import prod
from typing import Any

import numpy as np

from engine.checks import Check, compare
from engine.compute import task
from engine.vision import axis, stack_text
from engine.vision.axis import View
from engine.vision.stack_text import Layer

MAX_SIZE = 512
MAX_CHANNELS = 512
MAX_PARAMETERS = 10_000_000_000  # 40 GB: more than any machine that this lesson is about


@dataclass(frozen=True, eq=False)
class Stage:
    """One layer of a stack and what comes out of it."""

    layer: Layer
    output: tuple[int, ...]  # (rows, columns, channels), or (units,) once it is flat
    parameters: int  # weights and biases
    multiply_adds: int  # products that are added up, for one picture; pooling has none
    field: tuple[int, int]  # rows and columns from the first to the last that one output depends on, padding included
    view: View | None  # which pixels each output cell sees; None once it is flat


@dataclass(frozen=True, eq=False)
class StackTrace:
    """A stack of layers on a picture of a given size."""

    input: tuple[int, int, int]  # rows, columns, channels
    stages: tuple[Stage, ...]
    checks: tuple[Check, ...]

    @property
    def parameters(self) -> int:
        return sum(stage.parameters for stage in self.stages)

    @property
    def multiply_adds(self) -> int:
        return sum(stage.multiply_adds for stage in self.stages)


@task
def trace(height: int, width: int, channels: int, text: str) -> StackTrace:
    """Follow a picture through a stack: conv (kh kw C + 1) F parameters, field r + (k' - 1) j, j the strides so far.

    Parameters
    ----------
    height, width : int
        Pixels of the picture, 1 to 512.
    channels : int
        1 for grey, 3 for colour, up to 512 maps.
    text : str
        The layers, as `stack_text.parse` reads them.

    Returns
    -------
    StackTrace
        Sizes and parameters as the real Keras model counts them, fields as the gradient of the real layers shows them.

    Raises
    ------
    ValueError
        If the text is not understood, a kernel does not fit, or there are more than 10 billion parameters.

    References
    ----------
    Araujo, Norris, Sim, Computing receptive fields of convolutional neural networks,
    https://distill.pub/2019/computing-receptive-fields

    Examples
    --------
    >>> small = trace(28, 28, 1, "conv 8 3x3; pool 2; dense 10")
    >>> [stage.output for stage in small.stages], small.parameters
    ([(26, 26, 8), (13, 13, 8), (1352,), (10,)], 13610)
    """
    for name, value, most in (
        ("height", height, MAX_SIZE),
        ("width", width, MAX_SIZE),
        ("channels", channels, MAX_CHANNELS),
    ):
        if not 1 <= value <= most:
            raise ValueError(f"{name} {value} is out of range; use 1 to {most}")
    stages = follow((height, width, channels), stack_text.parse(text))
    total = sum(stage.parameters for stage in stages)
    if total > MAX_PARAMETERS:
        raise ValueError(
            f"this stack has {total:,} parameters, {total * 4 / 1e9:,.0f} GB; "
            f"use at most {MAX_PARAMETERS:,}: more pooling before the dense layers, or fewer units"
        )
    return StackTrace((height, width, channels), stages, _checks((height, width, channels), stages))


def follow(shape: tuple[int, int, int], layers: tuple[Layer, ...]) -> tuple[Stage, ...]:
    """Compute the stages one after the other, without Keras."""
    stages: list[Stage] = []
    now: tuple[int, ...] = shape
    field, jump = (1, 1), (1, 1)
    view: View | None = axis.view(np.eye(shape[0], dtype=bool), np.eye(shape[1], dtype=bool))
    for number, layer in enumerate(layers, 1):
        before = now
        if layer.slides and view is not None:
            lines = [_line(n, a, layer, number) for a, n in enumerate(before[:2])]
            view = axis.view(_through(view.rows, lines[0]), _through(view.columns, lines[1]))
            now = (lines[0].output, lines[1].output, layer.filters or before[2])
            field = (field[0] + (lines[0].span - 1) * jump[0], field[1] + (lines[1].span - 1) * jump[1])
            jump = (jump[0] * layer.strides[0], jump[1] * layer.strides[1])
        else:
            if view is not None:  # from here on, every number depends on all of the maps
                field, view = (_extent(view.rows), _extent(view.columns)), None
            now = ({"dense": layer.filters, "flatten": prod(before)}.get(layer.kind, before[-1]),)
        parameters, products = _cost(layer, before, now)
        stages.append(Stage(layer, now, parameters, products, field, view))
    return tuple(stages)


def steps(trace: StackTrace) -> list[tuple[int, int, int, int]]:
    """How the field grows along the rows: (field before, the window's span, strides so far, field after) per layer."""
    found: list[tuple[int, int, int, int]] = []
    field, jump = 1, 1
    for stage in trace.stages:
        if stage.view is None:
            break
        layer = stage.layer
        found.append((field, axis.span(layer.kernel_size[0], layer.dilation_rate), jump, stage.field[0]))
        field, jump = stage.field[0], jump * layer.strides[0]
    return found


def _line(size: int, which: int, layer: Layer, number: int) -> axis.Axis:
    try:
        return axis.plan(size, layer.kernel_size[which], layer.strides[which], layer.padding, layer.dilation_rate)
    except ValueError:
        name = "columns" if which else "rows"
        raise ValueError(
            f"layer {number}, {layer}, does not fit: {size} {name} are left for a window of "
            f"{axis.span(layer.kernel_size[which], layer.dilation_rate)}; write “same” behind it, "
            "start from a larger picture or pool less"
        ) from None


def _through(seen: np.ndarray, line: axis.Axis) -> np.ndarray:
    """Which pixels the cells of the next layer see: (stops, cells) and (cells, pixels) give (stops, pixels)."""
    sees = np.zeros((line.output, seen.shape[1]), bool)
    for tap in range(line.kernel_size):
        cells = np.arange(line.output) * line.strides + tap * line.dilation_rate - line.before
        real = (cells >= 0) & (cells < line.size)
        sees[real] |= seen[cells[real]]
    return sees


def _extent(seen: np.ndarray) -> int:
    """From the first to the last pixel that any cell sees, (cells, pixels) bool."""
    return int(np.ptp(np.flatnonzero(seen.any(axis=0)))) + 1


def _cost(layer: Layer, before: tuple[int, ...], now: tuple[int, ...]) -> tuple[int, int]:
    """Parameters and multiply-adds."""
    if layer.kind == "conv":
        weights = prod(layer.kernel_size) * before[2] * layer.filters
        return weights + layer.filters, weights * now[0] * now[1]
    if layer.kind == "dense":
        return (before[0] + 1) * layer.filters, before[0] * layer.filters
    return 0, 0


# ---- the oracle: a real Keras model -----------------------------------------------------------------------------


def _checks(shape: tuple[int, int, int], stages: tuple[Stage, ...]) -> tuple[Check, ...]:
    # Keras keeps a list, per thread, of weights that it has yet to fill, and would fill them later: this thread ends.
    with ThreadPoolExecutor(1) as thread:
        counted = thread.submit(_count, shape, tuple(stage.layer for stage in stages)).result()
    ours = [_row(stage.output, stage.parameters) for stage in stages]
    checks = [
        compare("the output shapes and count_params() of the Keras model", np.array(ours), np.array(counted), 0.0)
    ]
    if views := [stage.view for stage in stages if stage.view is not None]:
        cells, gradient = _gradient(shape, tuple(stage.layer for stage in stages if stage.view is not None))
        rows, columns = views[-1].rows, views[-1].columns
        sees = np.any([np.outer(rows[r], columns[c]) for r, c in cells], axis=0)
        checks.append(compare("where the gradient of the stacked Keras layers is not zero", sees, gradient != 0, 0.0))
    return tuple(checks)


def _count(shape: tuple[int, int, int], layers: tuple[Layer, ...]) -> list[list[int]]:
    """Output shape and parameters of each layer of the real model, whose weights are never allocated."""
    import keras

    with keras.StatelessScope(initialize_variables=False):
        model = keras.Sequential([keras.Input(shape), *(_keras(layer) for layer in layers)])
        return [_row(layer.output.shape[1:], layer.count_params()) for layer in model.layers]


def _row(shape: tuple[int, ...], parameters: int) -> list[int]:
    """Rows, columns, channels and parameters of a layer, or units, 0, 0 and parameters."""
    return [*(*shape, 0, 0)[:3], parameters]


def _keras(layer: Layer):  # type: ignore[no-untyped-def]
    from keras import layers

    if layer.kind == "conv":
        more = {"padding": layer.padding, "dilation_rate": layer.dilation_rate}
        return layers.Conv2D(layer.filters, layer.kernel_size, layer.strides, **more)
    if layer.slides:
        kind = layers.MaxPooling2D if layer.kind == "pool" else layers.AveragePooling2D
        return kind(layer.kernel_size, layer.strides, layer.padding)
    return (
        layers.Dense(layer.filters)
        if layer.kind == "dense"
        else (layers.Flatten() if layer.kind == "flatten" else layers.GlobalAveragePooling2D())
    )


def _gradient(shape: tuple[int, int, int], sliding: tuple[Layer, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Gradient of the first, the middle and the last cell of the stack together with respect to the picture."""
    cells, gradient = _differentiated(sliding)(np.ones((1, *shape[:2], 1), "float32"))
    return cells.numpy(), gradient.numpy()[0, :, :, 0]


@lru_cache(maxsize=16)
def _differentiated(sliding: tuple[Layer, ...]) -> Any:
    """Compile those cells and their gradient, once for pictures of all sizes.

    One map throughout; all weights of a layer are the same positive number, so that nothing cancels, and small, so that
    products of many stay inside float32. Pooling is the mean: the largest value's gradient shows the winner alone.
    """
    import keras
    import tensorflow as tf

    steps = []
    for layer in sliding:
        if layer.kind == "conv":
            one = keras.initializers.Constant(prod(layer.kernel_size) ** -0.5)
            rest = {"dilation_rate": layer.dilation_rate, "use_bias": False, "kernel_initializer": one}
            steps.append(keras.layers.Conv2D(1, layer.kernel_size, layer.strides, layer.padding, **rest))
        else:
            steps.append(keras.layers.AveragePooling2D(layer.kernel_size, layer.strides, layer.padding))
    model = keras.Sequential([keras.Input((None, None, 1)), *steps])

    # As a graph, which leaves out the weights' own gradients: for some shapes those crash TensorFlow.
    @tf.function(autograph=False, input_signature=[tf.TensorSpec((1, None, None, 1))])
    def gradient(picture: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(picture)
            output = model(picture)[0, :, :, 0]
            size = tf.shape(output)
            cells = tf.stack([size * 0, size // 2, size - 1])
            picked = tf.reduce_sum(tf.gather_nd(output, cells))
        return cells, tape.gradient(picked, picture)

    return gradient


# ---- what the lesson passes on ------------------------------------------------------------------------------------


def recipe_settings(height: int, width: int, channels: int, text: str) -> dict[str, object]:
    """Return what the lesson's recipe needs for a stack: plain values."""
    rows = [
        (layer.kind, layer.filters, layer.kernel_size, layer.strides, layer.padding, layer.dilation_rate)
        for layer in stack_text.parse(text)
    ]
    return {"stack": rows, "size": (height, width), "channels": channels}
