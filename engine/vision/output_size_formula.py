"""The formula for the size of what one layer puts out, with its values, as KaTeX."""

from engine.vision.axis import Axis
from engine.vision.output_size import OutputSizeTrace


def formula(trace: OutputSizeTrace) -> str:
    """Return the formula and, for each axis, the same with its values, as KaTeX."""
    two = trace.settings.dimensions == 2
    names = (
        {r"\text{rows}": trace.rows, r"\text{columns}": trace.columns} if two else {r"\text{samples}": trace.columns}
    )
    steps = [(name, _values(line)) for name, line in names.items()]
    if two and steps[0][1] == steps[1][1]:
        steps = [(r"\text{both axes}", steps[0][1])]
    general = _general(list(names.values()))
    rows = [rf"\text{{output}} &= {general}", *(f"{name} &= {values}" for name, values in steps)]
    return r"\begin{aligned} " + r" \\[4pt] ".join(rows) + r" \end{aligned}"


def _general(lines: list[Axis]) -> str:
    """Say the formula, with two paddings where they differ and the end of a stride where the kernel is shorter."""
    even = all(line.before == line.after for line in lines)
    padding = "2p" if even else r"(p_\text{before} + p_\text{after})"
    if not lines[0].transposed:
        return rf"\left\lfloor \frac{{n + {padding} - d\,(k-1) - 1}}{{s}} \right\rfloor + 1"
    window = r"\max(d\,(k-1) + 1,\, s)" if any(map(_gap, lines)) else r"d\,(k-1) + 1"
    return rf"(n - 1)\, s + {window} - {padding}"


def _gap(line: Axis) -> int:
    """Cells that a transposed layer ends on behind its last window: Keras ends on a whole stride."""
    return max(line.strides - line.span, 0)


def _values(line: Axis) -> str:
    n, k, s, d, a, b = line.size, line.kernel_size, line.strides, line.dilation_rate, line.before, line.after
    padding = rf"2 \cdot {a}" if a == b else f"({a} + {b})"
    if line.transposed:
        window = rf"{d} \cdot ({k} - 1) + 1"
        if _gap(line):
            window = rf"\max({window},\, {s})"
        return rf"({n} - 1) \cdot {s} + {window} - {padding} = {line.output}"
    top = rf"{n} + {padding} - {d} \cdot ({k} - 1) - 1"
    rest = line.grid - line.span
    remainder = rf"\left\lfloor \tfrac{{{rest}}}{{{s}}} \right\rfloor + 1 = " if rest % s else ""
    return rf"\left\lfloor \frac{{{top}}}{{{s}}} \right\rfloor + 1 = {remainder}{line.output}"
