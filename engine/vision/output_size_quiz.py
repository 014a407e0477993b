"""What the lesson on output sizes asks: the size that random settings give, and the typical slips."""

from dataclasses import replace

import numpy as np

from engine.quiz import Question
from engine.vision import output_size
from engine.vision.axis import Axis
from engine.vision.output_size import Settings


def question(settings: Settings, seed: int) -> tuple[Question, Settings]:
    """Ask for the output size of random settings near the present ones; return the question and its settings."""
    rng = np.random.default_rng(seed)
    while True:  # a random kernel can be too large
        other = _near(settings, rng)
        try:
            line = output_size.axes(other)[1]
        except ValueError:
            continue
        return Question(_text(other, line), line.output, _why(line), traps=_traps(line, other)), other


def _near(settings: Settings, rng: np.random.Generator) -> Settings:
    kernel = int(rng.integers(2, 6))
    padding = ("valid", "same", 1, 2)[int(rng.integers(4))]
    return replace(
        settings,
        width=int(np.clip(settings.width + rng.integers(-3, 7), 4, output_size.MAX_SIZE)),
        kernel_size=(min(settings.kernel_size[0], kernel), kernel),
        strides=int(rng.integers(1, 4)),
        padding="valid" if settings.transposed and padding == "same" else padding,
        fill="zeros",
        dilation_rate=int(rng.choice([1, 1, 2])),
    )


def _text(settings: Settings, line: Axis) -> str:
    name = "samples" if settings.dimensions == 1 else "columns"
    padding = f"{line.before} on both sides" if isinstance(settings.padding, int) else f"“{settings.padding}”"
    kind = "transposed layer" if settings.transposed else "layer"
    return (
        f"An input of **{line.size} {name}** meets a {kind} with kernel size **{line.kernel_size}**, stride "
        f"**{line.strides}**, padding **{padding}**, dilation **{line.dilation_rate}**. How many {name} come out?"
    )


def _why(line: Axis) -> str:
    n, k, s, d, total = line.size, line.kernel_size, line.strides, line.dilation_rate, line.before + line.after
    if line.transposed:
        gap = max(s - line.span, 0)
        return f"({n} − 1) · {s} + {d} · ({k} − 1) + 1 {f'+ {gap} ' if gap else ''}− {total} = {line.output}."
    rest = line.grid - line.span
    return (
        f"({n} + {total} − {d} · ({k} − 1) − 1) / {s} = {rest / s:.4g}"
        f"{f', rounded down {rest // s}' if rest % s else ''}; one more for the start makes {line.output}."
    )


def _traps(line: Axis, settings: Settings) -> tuple[tuple[float | str, str], ...]:
    """Typical slips, each with the number it leads to."""
    tempting = _transposed_slips(line) if line.transposed else _slips(line)
    if settings.padding == "valid":
        tempting = [trap for trap in tempting if "padding" not in trap[1]]
    if settings.padding != "same":
        tempting = [trap for trap in tempting if "same" not in trap[1]]
    return tuple((number, why) for number, why in tempting if 0 < number != line.output)


def _slips(line: Axis) -> list[tuple[int, str]]:
    s, room = line.strides, line.grid - line.span
    return [
        (room // s, "That forgets the + 1: the window also stands at the start."),
        (-(-room // s) + 1, "That rounds up: a window that does not fit is left out."),
        ((line.size + line.before - line.span) // s + 1, "That counts the padding on one side only; it is on both."),
        ((line.size - line.span) // s + 1, "That leaves the padding out."),
        ((line.grid - line.kernel_size) // s + 1, "That leaves the dilation out, which makes the kernel span more."),
        (room + 1, "That leaves the stride out."),
        (line.size, "“same” keeps the size only at stride 1."),
    ]


def _transposed_slips(line: Axis) -> list[tuple[int, str]]:
    straight = (line.size + 2 * line.before - line.span) // line.strides + 1
    return [
        (straight, "That is a layer that is not transposed."),
        (line.grid, "That forgets to cut the padding off."),
        (line.output + line.before, "That cuts one side only; the padding comes off both."),
        (line.size * line.strides, "That takes the stride alone, without the kernel."),
    ]
