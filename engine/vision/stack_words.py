"""What the lesson says and asks about a stack of layers."""

import numpy as np

from engine.quiz import Question
from engine.vision import stack_text, stacks
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
    found = []
    sliding = [stage for stage in trace.stages if stage.view is not None]
    if trace.parameters:
        most = max(trace.stages, key=lambda stage: stage.parameters)
        share = most.parameters / trace.parameters
        found.append(f"{share:.0%} of the {trace.parameters:,} parameters are in one layer, {most.layer}.")
    if trace.multiply_adds:
        most = max(trace.stages, key=lambda stage: stage.multiply_adds)
        share, places = most.multiply_adds / trace.multiply_adds, ", which uses its weights at every place"
        places = places if most.layer.kind == "conv" else ""
        found.append(f"{share:.0%} of the multiply–adds are in {most.layer}{places}.")
    if sliding and sliding[-1].field is not None and sliding[-1].view is not None:
        last, (rows, columns) = sliding[-1], sliding[-1].field
        found.append(
            f"One cell after the last window sees {rows} × {columns} pixels, though no kernel is larger than "
            f"{max(max(stage.layer.kernel_size) for stage in sliding)}: each layer adds to what the one before it sees."
        )
        lost = int((last.view.real == 0).sum()) if last.view is not None else 0
        if lost:
            found.append(f"{lost:,} pixels never reach it: Keras rounds down wherever a window does not fit.")
    return found or ["Without a layer that has weights there is nothing to learn here."]


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
