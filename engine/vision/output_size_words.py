"""What the lesson on output sizes says of its picture: what to notice, in one layer."""

from math import prod

import numpy as np

from engine.vision.axis import Axis
from engine.vision.output_size import OutputSizeTrace


def notes(trace: OutputSizeTrace) -> list[str]:
    """Return two to four sentences about what the picture shows."""
    if trace.settings.transposed:
        found = [_writes(trace), _overlaps(trace), _lost(trace), _cut(trace)]
    else:
        found = [_cost(trace), _border(trace), _lost(trace), _padding(trace), _dilation(trace), _filled(trace)]
    return [sentence for sentence in found if sentence][:4]


# ---- a layer ---------------------------------------------------------------------------------------------------------


def _cost(trace: OutputSizeTrace) -> str:
    places, kernel = prod(trace.output), _kernel(trace)
    return (
        f"The window stops at {_size(trace, trace.output)} {_of(places, 'place')} and multiplies {kernel} "
        f"{_of(kernel, 'number')} at each: {places * kernel:,} {_of(places * kernel, 'multiply–add')}. "
        f"The output has {_share(trace)} cells as the input."
    )


def _share(trace: OutputSizeTrace) -> str:
    share = prod(trace.output) / trace.view.real.size
    if share == 1:
        return "as many"
    if share >= 2:
        return f"{share:,.1f} times as many"
    return f"{share:.0%} as many" if share >= 0.01 else "less than 1% as many"


def _border(trace: OutputSizeTrace) -> str:
    real, (top, _, left, _) = trace.view.real, trace.view.pads
    corner, middle = int(real.flat[0]), int(real.max())
    if real.min() == middle:
        return f"Every {_cell(trace)} is seen by {middle} {_windows(middle)}."
    if corner == middle:
        return ""
    say = "the padding gives the border a say" if top + left else "only padding would give the border a larger say"
    place = "corner pixel" if min(real.shape) > 1 else f"first {_cell(trace)}"
    seen = (
        f"The {place} is seen by {corner} {_windows(corner)}, its neighbour by {real.flat[1]}, the busiest by {middle}"
    )
    return f"{seen}: {say}."


def _padding(trace: OutputSizeTrace) -> str:
    before = trace.columns.before
    if trace.settings.padding == "causal" and before:
        return (
            f"“causal” puts all of the padding, {before} {_of(before, 'cell')}, in front: the first window ends on the "
            "first sample, and none looks ahead."
        )
    if trace.settings.padding == "full" and any(trace.view.pads):
        pads = " and ".join(dict.fromkeys(str(line.before) for line in _lines(trace)))
        return f"“full” lets the window begin on the first {_cell(trace)} alone: p = d (k − 1) = {pads} on both sides."
    return _same(trace) if trace.settings.padding == "same" else ""


def _same(trace: OutputSizeTrace) -> str:
    line, s, two = trace.columns, trace.settings.strides, trace.settings.dimensions == 2
    for uneven, name, first, last in ((line, "column", "left", "right"), (trace.rows, "row", "top", "bottom")):
        if uneven.before != uneven.after:
            total, name = uneven.before + uneven.after, name if two else "sample"
            ends = "at the bottom and at the right" if two else "at the end"
            more = f"{total} more {name}s" if total > 1 else f"one more {name}"
            return (
                f"“same” needs {more} here, which cannot be halved: "
                f"{uneven.before} at the {first}, {uneven.after} at the {last}. Keras puts the odd one {ends}."
            )
    if s > 1:
        what = "columns" if two else "samples"
        return f"With stride {s}, “same” means input / {s}, rounded up: {line.size} / {s} gives {line.output} {what}."
    if trace.settings.dilation_rate > 1:
        return (
            f"“same” pads half of what the kernel spans, {line.span} cells: p = ({line.span} − 1) / 2 = {line.before}."
        )
    return f"“same” at stride 1 needs p = (k − 1) / 2 = ({line.kernel_size} − 1) / 2 = {line.before} on both sides."


def _dilation(trace: OutputSizeTrace) -> str:
    spans = [line.span for line in _lines(trace)]
    if trace.settings.dilation_rate == 1 or max(spans) == 1:
        return ""
    return (
        f"Dilation {trace.settings.dilation_rate} spreads the kernel's {_kernel(trace)} numbers over "
        f"{' × '.join(map(str, spans))} cells: it sees further at the same cost, but skips what lies between."
    )


def _filled(trace: OutputSizeTrace) -> str:
    """What the padding costs or adds."""
    if not any(trace.view.pads):
        return ""
    if trace.settings.fill == "zeros":
        border, all_seen = int(trace.view.seen.sum() - trace.view.real.sum()), int(trace.view.seen.sum())
        return f"{border:,} of the {all_seen:,} multiply–adds are with a zero of the padding." if border else ""
    more = trace.influence - trace.view.real
    r, c = np.unravel_index(more.argmax(), more.shape)
    place = f"the pixel in row {r + 1}, column {c + 1}" if trace.settings.dimensions == 2 else f"sample {c + 1}"
    return (
        f"With its copies in the padding {place} is seen {trace.influence[r, c]} times instead of "
        f"{trace.view.real[r, c]}: {trace.settings.fill} fills the border with values of the input."
    )


# ---- a transposed layer ----------------------------------------------------------------------------------------------


def _writes(trace: OutputSizeTrace) -> str:
    size, s = _size(trace, (trace.rows.size, trace.columns.size)), trace.settings.strides
    return (
        f"Each of the {size} input cells writes one window, {s} {_of(s, 'cell')} from the next: "
        f"{_size(trace, trace.output)} cells come out."
    )


def _overlaps(trace: OutputSizeTrace) -> str:
    real = trace.view.real
    low, high = int(real.min()), int(real.max())
    if low == high:
        return f"Every output cell gets {high} {_windows(high)}: nothing overlaps unevenly."
    why = "the cells at the edge get fewer"
    if low == 0:
        why = "some are never written"
    elif any(line.size > 1 and _uneven(line) for line in _lines(trace)):
        why = "the alternation is the checkerboard that transposed layers leave in pictures"
    return f"Between {low} and {high} windows are added up in one output cell: {why}."


def _uneven(line: Axis) -> bool:
    """Whether windows lie on some cells more often than on others, far from the edge."""
    taps = np.arange(line.kernel_size) * line.dilation_rate
    return bool(np.ptp(np.bincount(taps % line.strides, minlength=line.strides)))


def _cut(trace: OutputSizeTrace) -> str:
    line, s = trace.columns, trace.settings.strides
    if trace.settings.padding == "same":
        what = "columns" if trace.settings.dimensions == 2 else "samples"
        return f"“same” means input · stride: {line.size} · {s} = {line.output} {what}, whatever the kernel."
    if not any(trace.view.pads):
        return ""
    return "Padding works backwards here: it is cut off what comes out, so more padding makes the output smaller."


# ---- what no window reaches ------------------------------------------------------------------------------------------


def _lost(trace: OutputSizeTrace) -> str:
    if not trace.unseen:
        return ""
    cells = f"{trace.unseen:,} {_of(trace.unseen, 'output cell' if trace.settings.transposed else _cell(trace))}"
    reached = "written" if trace.settings.transposed else "seen"
    over, holes = (any(some) for some in zip(*map(_between, _lines(trace)), strict=True))
    tail = _tail(trace)
    several = bool(tail) + over + holes > 1
    reasons = [
        tail,
        f"the stride steps over {'others' if several else 'them'}" if over else "",
        f"{'others' if several else 'they'} lie in the holes of the dilation" if holes else "",
    ]
    are = "is" if trace.unseen == 1 else "are"
    return f"{cells} {are} {reached} by no window: {'; '.join(filter(None, reasons))}."


def _tail(trace: OutputSizeTrace) -> str:
    two = trace.settings.dimensions == 2
    names = (
        (("bottom row", "bottom rows"), ("column on the right", "columns on the right"))
        if two
        else (("last sample", "last samples"),)
    )
    dropped = [(max(0, line.dropped - line.after), *name) for line, name in zip(_lines(trace), names, strict=True)]
    tail = " and ".join(f"the {one}" if n == 1 else f"the {n} {many}" for n, one, many in dropped if n)
    if not tail:
        return ""
    if trace.settings.transposed:
        return f"Keras ends on a whole stride, which leaves {tail} empty"
    return f"the division leaves a remainder and Keras rounds down, which drops {tail}"


def _between(line: Axis) -> tuple[bool, bool]:
    """Whether cells lie between two windows, and whether cells lie in the holes of one, none of them padding."""
    real = slice(line.before, line.grid - line.after)
    cells = np.arange(line.grid)[real][line.seen[real] == 0]
    stops = len(line.reach)
    cells = cells[cells < (stops - 1) * line.strides + line.span]  # the rest lies behind the last window
    behind = cells - np.minimum(cells // line.strides, stops - 1) * line.strides  # how far behind its window's corner
    return bool((behind >= line.span).any()), bool((behind < line.span).any())


# ---- in words --------------------------------------------------------------------------------------------------------


def _lines(trace: OutputSizeTrace) -> tuple[Axis, ...]:
    return (trace.rows, trace.columns) if trace.settings.dimensions == 2 else (trace.columns,)


def _kernel(trace: OutputSizeTrace) -> int:
    return prod(line.kernel_size for line in _lines(trace))


def _size(trace: OutputSizeTrace, sides: tuple[int, int]) -> str:
    return f"{sides[0]} × {sides[1]}" if trace.settings.dimensions == 2 else f"{sides[1]}"


def _cell(trace: OutputSizeTrace) -> str:
    return "pixel" if trace.settings.dimensions == 2 else "sample"


def _windows(count: int) -> str:
    return _of(count, "window")


def _of(count: int, thing: str) -> str:
    return thing if count == 1 else f"{thing}s"
