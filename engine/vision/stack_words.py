"""What the lesson says and asks about a stack of layers."""

import numpy as np

from engine.quiz import Question
from engine.vision import axis, stack_text, stacks
from engine.vision.stacks import StackTrace, Stage


def formula(trace: StackTrace) -> str:
    """Return the parameters of the largest conv and dense layer and the last field with their values, as KaTeX."""
    lines = []
    if largest := _largest(trace, "conv"):
        stage, before = largest
        (kh, kw), filters = stage.layer.kernel_size, stage.layer.filters
        values = rf"({kh} \cdot {kw} \cdot {before[2]} + 1) \cdot {filters} = {_tex(stage.parameters)}"
        lines.append(rf"\text{{conv}} &= (k_h k_w C + 1)\, F = {values}")
    if largest := _largest(trace, "dense"):
        stage, before = largest
        values = rf"({_tex(before[0])} + 1) \cdot {stage.layer.filters} = {_tex(stage.parameters)}"
        lines.append(rf"\text{{dense}} &= (n + 1)\, F = {values}")
    if steps := stacks.steps(trace):
        field, span, jump, result = steps[-1]
        lines.append(rf"\text{{sees}} &= r + (k - 1) \cdot j = {field} + ({span} - 1) \cdot {jump} = {result}")
    whole = r" \\[2pt] ".join(lines)
    return rf"\begin{{aligned}} {whole} \end{{aligned}}" if lines else r"\text{no layer has weights or windows}"


def _largest(trace: StackTrace, kind: str) -> tuple[Stage, tuple[int, ...]] | None:
    """The layer of that kind with the most parameters, and the shape that goes into it."""
    shapes = (trace.input, *(stage.output for stage in trace.stages))
    pairs = [pair for pair in zip(trace.stages, shapes, strict=False) if pair[0].layer.kind == kind]
    return max(pairs, key=lambda pair: pair[0].parameters, default=None)


def notes(trace: StackTrace) -> list[str]:
    """Return two to four sentences about what the table and the picture show."""
    found = [_parameters(trace), _products(trace), _field(trace), _lost(trace)]
    return [sentence for sentence in found if sentence]


def _parameters(trace: StackTrace) -> str:
    if not trace.parameters:
        return "There is nothing to learn here: no layer has weights."
    most = max(trace.stages, key=lambda stage: stage.parameters)
    share = _share(most.parameters, trace.parameters)
    return f"No layer has more parameters than {most.layer}: {share} {trace.parameters:,}."


def _products(trace: StackTrace) -> str:
    if not trace.multiply_adds:
        return ""
    most = max(trace.stages, key=lambda stage: stage.multiply_adds)
    why = ", for its weights are used at every place" if most.layer.kind == "conv" else ""
    share = _share(most.multiply_adds, trace.multiply_adds)
    return f"No layer costs more than {most.layer}: {share} {trace.multiply_adds:,} multiply–adds{why}."


def _share(part: int, whole: int) -> str:
    return "all" if part == whole else f"{min(part / whole, 0.99):.0%} of"


def _field(trace: StackTrace) -> str:
    sliding, (height, width, _) = _sliding(trace), trace.input
    if not sliding:
        return f"Every number that comes out depends on all of the picture, {height} × {width} pixels."
    last, (rows, columns) = sliding[-1], sliding[-1].field
    largest = max(axis.span(max(stage.layer.kernel_size), stage.layer.dilation_rate) for stage in sliding)
    seen = f"One cell after {last.layer} sees {rows} × {columns} pixels"
    if rows > height or columns > width:
        return f"{seen}, counted with the padding: the picture itself has {height} × {width}."
    if len(sliding) == 1:
        return f"{seen}: what its window spans."
    return f"{seen}, though no window spans more than {largest}: each layer adds to what the one before it sees."


def _lost(trace: StackTrace) -> str:
    views = [stage.view for stage in _sliding(trace) if stage.view]
    if not views or views[-1].real.all():
        return ""
    lost = int((views[-1].real == 0).sum())
    seen = [np.flatnonzero(sees.any(axis=0)) for sees in (views[-1].rows, views[-1].columns)]
    only_ends = all(line[-1] == len(line) - 1 for line in seen)
    why = "Keras rounds down wherever a window does not fit" if only_ends else "strides and dilation step over them"
    return f"{lost:,} {'pixel reaches' if lost == 1 else 'pixels reach'} no cell of it: {why}."


def _sliding(trace: StackTrace) -> list[Stage]:
    return [stage for stage in trace.stages if stage.view is not None]


def question(height: int, seed: int) -> tuple[Question, int, str]:
    """Ask how many rows are left after a small random stack; return the question, the picture's side and the stack."""
    rng = np.random.default_rng(seed)
    size, (k, m), pool = max(24, height), rng.choice([3, 5], 2).tolist(), int(rng.integers(2, 4))
    same = bool(rng.integers(2))
    text = f"conv 8 {k}x{k}{' same' if same else ''}; pool {pool}; conv 16 {m}x{m}; pool 2"
    rows = [stage.output[0] for stage in stacks.follow((size, size, 3), stack_text.parse(text))]
    up = size if same else size - k + 1
    tempting = [
        (rows[-2], "That is before the last pooling."),
        (-(-(-(-up // pool) - m + 1) // 2), "That rounds up; pooling leaves out what does not fill a window."),
        (size // pool // 2, "That forgets that a convolution without padding takes k − 1 rows."),
        ((size - k + 1) // pool - m + 1 >> 1, "With “same” the first layer keeps all rows."),
    ]
    why = " → ".join(map(str, [size, *rows])) + " rows."
    traps = tuple((number, reason) for number, reason in tempting if number != rows[-1])
    asked = f"A picture of **{size} × {size}** goes through **{text}**. How many rows come out?"
    return Question(asked, rows[-1], why, traps=traps), size, text


def _tex(number: int) -> str:
    return f"{number:,}".replace(",", "{,}")
