"""What the lesson on output sizes says and asks: the formula with its values, what to notice, the next question."""

from dataclasses import replace

import numpy as np

from engine.quiz import Question
from engine.vision import output_size
from engine.vision.axis import Axis
from engine.vision.output_size import OutputSizeTrace, Settings

GENERAL = r"\left\lfloor \frac{n + 2p - d\,(k-1) - 1}{s} \right\rfloor + 1"
GENERAL_TRANSPOSED = r"(n - 1)\, s + d\,(k-1) + 1 - 2p"


def formula(trace: OutputSizeTrace) -> str:
    """Return the formula and, for each axis, the same with its values, as KaTeX."""
    two = trace.settings.dimensions == 2
    lines = (
        [(r"\text{rows}", trace.rows), (r"\text{columns}", trace.columns)]
        if two
        else [(r"\text{samples}", trace.columns)]
    )
    steps = [(name, _values(line)) for name, line in lines]
    if two and steps[0][1] == steps[1][1]:
        steps = [(r"\text{both axes}", steps[0][1])]
    general = GENERAL_TRANSPOSED if trace.settings.transposed else GENERAL
    rows = [rf"\text{{output}} &= {general}", *(f"{name} &= {values}" for name, values in steps)]
    return r"\begin{aligned} " + r" \\[4pt] ".join(rows) + r" \end{aligned}"


def _values(line: Axis) -> str:
    n, k, s, d, a, b = line.size, line.kernel_size, line.strides, line.dilation_rate, line.before, line.after
    padding = rf"2 \cdot {a}" if a == b else f"({a} + {b})"
    if line.transposed:
        gap = max(s - line.span, 0)  # Keras ends on a whole stride even where the kernel is shorter
        extra = f" + {gap}" if gap else ""
        return rf"({n} - 1) \cdot {s} + {d} \cdot ({k} - 1) + 1{extra} - {padding} = {line.output}"
    top = rf"{n} + {padding} - {d} \cdot ({k} - 1) - 1"
    rest = line.grid - line.span
    remainder = rf"\left\lfloor \tfrac{{{rest}}}{{{s}}} \right\rfloor + 1 = " if rest % s else ""
    return rf"\left\lfloor \frac{{{top}}}{{{s}}} \right\rfloor + 1 = {remainder}{line.output}"


def notes(trace: OutputSizeTrace) -> list[str]:
    """Return two to four sentences about what the picture shows."""
    found = [_sizes(trace), _border(trace), _lost(trace), _padding(trace), _copies(trace)]
    return [sentence for sentence in found if sentence][:4]


def _sizes(trace: OutputSizeTrace) -> str:
    settings, two = trace.settings, trace.settings.dimensions == 2
    output = f"{trace.rows.output} × {trace.columns.output}" if two else f"{trace.columns.output}"
    if settings.transposed:
        size = f"{settings.height} × {settings.width}" if two else f"{settings.width}"
        return (
            f"Each of the {size} input cells writes one window, {settings.strides} "
            f"{'cell' if settings.strides == 1 else 'cells'} from the next: {output} cells come out."
        )
    share = trace.rows.output * trace.columns.output / trace.view.real.size
    return f"The window stops at {output} places: the output has {share:.0%} as many cells as the input."


def _border(trace: OutputSizeTrace) -> str:
    real = trace.view.real
    corner, middle = int(real[0, 0]), int(real.max())
    if trace.settings.transposed:
        if real.min() == middle:
            return f"Every output cell gets {middle} {_windows(middle)}: nothing overlaps unevenly."
        uneven = trace.columns.span % trace.settings.strides
        checkers = ": the alternation is the checkerboard that transposed layers leave in pictures" if uneven else ""
        return f"Between {real.min()} and {middle} windows are added up in one output cell{checkers}."
    if corner == middle:
        return ""
    beside = int(real[0, 1]) if real.shape[1] > 1 else middle
    place = "first sample" if trace.settings.dimensions == 1 else "corner pixel"
    return (
        f"The {place} is seen by {corner} {_windows(corner)}, its neighbour by {beside}, the busiest by {middle}: "
        "padding gives the border a say."
    )


def _lost(trace: OutputSizeTrace) -> str:
    if not trace.unseen:
        return ""
    over = any(line.strides > line.span > 1 for line in (trace.rows, trace.columns)) or trace.columns.span == 1
    gaps = "the stride is longer than the kernel" if over else "they lie in the holes of the dilation"
    if trace.settings.transposed:
        return f"{trace.unseen:,} output cells are written by no window: {gaps}."
    ends = [(trace.rows, "bottom rows", "bottom row"), (trace.columns, "columns on the right", "column on the right")]
    dropped = [(max(0, line.dropped - line.after), many, one) for line, many, one in ends]
    tail = " and ".join(f"the last {n} {many}" if n > 1 else f"the {one}" for n, many, one in dropped if n)
    reasons = [f"the division leaves a remainder and Keras rounds down, which drops {tail}"] if tail else []
    behind = trace.unseen - _behind(trace, dropped[0][0], dropped[1][0])
    reasons += [gaps] if behind else []
    pixels = "pixel is" if trace.unseen == 1 else "pixels are"
    return f"{trace.unseen:,} {pixels} seen by no window: {'; '.join(reasons)}."


def _behind(trace: OutputSizeTrace, rows: int, columns: int) -> int:
    """How many pixels lie in the dropped rows and columns."""
    height, width = trace.view.real.shape
    return height * width - (height - rows) * (width - columns)


def _padding(trace: OutputSizeTrace) -> str:
    settings = trace.settings
    if settings.padding != "same" or settings.transposed:
        return ""
    for line, name, first, last in ((trace.columns, "columns", "left", "right"), (trace.rows, "rows", "top", "bottom")):
        if line.before != line.after:
            total = line.before + line.after
            more = f"{total} more {name}" if total > 1 else f"one more {name[:-1]}"
            return (
                f"“same” needs {more} here, which cannot be halved: {line.before} at the {first}, "
                f"{line.after} at the {last}. Keras puts the odd one at the bottom and at the right."
            )
    line, s = trace.columns, settings.strides
    if s > 1:
        return f"With stride {s}, “same” means input / {s}, rounded up: {line.size} / {s} gives {line.output} columns."
    if settings.dilation_rate > 1:
        return (
            f"“same” pads half of what the kernel spans, {line.span} cells: p = ({line.span} − 1) / 2 = {line.before}."
        )
    return f"“same” at stride 1 needs p = (k − 1) / 2 = ({line.kernel_size} − 1) / 2 = {line.before} on both sides."


def _copies(trace: OutputSizeTrace) -> str:
    if trace.settings.fill == "zeros" or trace.settings.transposed or not any(trace.view.pads):
        return ""
    more = trace.influence - trace.view.real
    r, c = np.unravel_index(more.argmax(), more.shape)
    return (
        f"With its copies in the padding the pixel in row {r + 1}, column {c + 1} is seen {trace.influence[r, c]} "
        f"times instead of {trace.view.real[r, c]}: {trace.settings.fill} fills the border with values of the picture."
    )


def _windows(count: int) -> str:
    return "window" if count == 1 else "windows"


# ---- predict ----------------------------------------------------------------------------------------------------


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
