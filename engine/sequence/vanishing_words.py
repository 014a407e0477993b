"""What is said and asked about vanishing gradients: notices and questions, with their numbers computed."""

from collections.abc import Sequence

import numpy as np

from engine.quiz import Question
from engine.sequence import cells
from engine.sequence.strip import StripTrace
from engine.sequence.vanishing import SHARE, VanishingTrace, gone_at
from engine.sequence.vanishing_training import RememberJob
from engine.training import Snapshot

TINIEST, HUGEST = 1.4e-45, 3.4e38  # what a 32-bit float holds
MARGIN = 0.03  # of the length: how far an answer may be off


def notices(traced: VanishingTrace) -> list[str]:
    """Say what the untrained layers show: two to four sentences."""
    found = [_per_step(traced), *_bounded(traced), *_carried(traced), *_beyond(traced)]
    return found[:4]


def _per_step(traced: VanishingTrace) -> str:
    parts = []
    for cell, sizes in zip(traced.setup.cells, traced.gradients.hidden, strict=True):
        if sizes[0] > 0:
            ratio = sizes[0] / sizes[-1]
            parts.append(f"{cell} {ratio ** (1 / (len(sizes) - 1)):.2f} a step, {ratio:.1e} in all")
        else:
            parts.append(f"{cell} exactly 0 in all")
    return f"Back from the last step to the first the gradient is multiplied by: {'; '.join(parts)}."


def _bounded(traced: VanishingTrace) -> list[str]:
    for k, cell in enumerate(traced.setup.cells):
        if cell in cells.STEEPEST:
            base = traced.gradients.norm[k] * cells.STEEPEST[cell]
            verdict = "above 1, so it may explode, but need not"
            if base < 1.0005:
                verdict = "below 1, so it must vanish" if base < 0.9995 else "so it cannot explode"
            return [f"{cell} stays under its dashed bound: ‖W‖·max|f′| = {traced.gradients.norm[k]:.2f}·"
                    f"{cells.STEEPEST[cell]:g} = {base:.2f} a step, {verdict}."]  # fmt: skip
    return []


def _carried(traced: VanishingTrace) -> list[str]:
    if cells.LSTM not in traced.setup.cells:
        return []
    k = traced.setup.cells.index(cells.LSTM)
    h, c = traced.gradients.hidden[k, 0], traced.gradients.carry[k, 0]
    gate = 1 / (1 + np.exp(-traced.setup.forget_bias))
    steps = traced.setup.length - 1
    return [
        f"A forget bias of {traced.setup.forget_bias:g} opens the LSTM's gate to about {gate:.2f}, and "
        f"{gate:.2f}^{steps} is {gate**steps:.1e}: only an open gate carries far. Through c the first step "
        f"gets {c:.1e}, through h alone {h:.1e}."
    ]


def _beyond(traced: VanishingTrace) -> list[str]:
    for cell, sizes in zip(traced.setup.cells, traced.gradients.hidden, strict=True):
        if sizes.min() < TINIEST:
            lost = int(np.flatnonzero(sizes < TINIEST)[-1]) + 1
            return [
                f"From t = {lost} back, {cell}'s gradient is below {TINIEST}, the smallest 32-bit float: in training "
                "it would be exactly 0. Here it is measured in 64 bits."
            ]
        if sizes.max() > HUGEST:
            return [f"{cell}'s gradient outgrows {HUGEST}, the largest 32-bit float: in training it would be infinite."]
    return []


def after(cell_names: Sequence[str], snapshots: Sequence[Snapshot]) -> list[str]:
    """Say what a training came to: who broke, who learned, and why the gradients are small."""
    found, last = [], snapshots[-1].values
    for k, cell in enumerate(cell_names):
        broken = next((s.step for s in snapshots if not np.isfinite(s.values["norm"][k])), None)
        if broken is not None:
            found.append(
                f"By training step {broken} the weights of {cell} had exploded and are no numbers any more: one update "
                "was too large. Clip the gradient, or lower the scale or the learning rate."
            )
        elif last["accuracy"][k] > 0.95:
            found.append(
                f"{cell} has learned the task ({last['accuracy'][k]:.0%} right), so its loss is small, and with it "
                "every gradient: compare shapes with **÷ the last**, not sizes."
            )
    return found


def describe(job: RememberJob, snapshot: Snapshot, rate: float) -> str:
    """Describe a moment of a training in one line: who is right how often, and the norm of each cell's last update."""
    values, names = snapshot.values, [cell.removeprefix("SimpleRNN ") for cell in job.setup.cells]
    right = [f"{name} {share:.0%}" if np.isfinite(share) else f"{name} exploded"
             for name, share in zip(names, values["accuracy"], strict=True)]  # fmt: skip
    norms = [f"{norm:.2g}" if np.isfinite(norm) else "–" for norm in values["update"]]
    letters = f", {values['length']} letters" if job.curriculum else ""
    norm = f" · ‖gradient‖ {', '.join(norms)}" if np.isfinite(values["update"]).any() else ""
    pace = f" · {rate:.0f} a second" if rate else ""
    return f"Step {snapshot.step} of {job.steps}{letters} · right: {', '.join(right)}{norm}{pace}"


def question(traced: VanishingTrace, seed: int) -> tuple[Question, int]:
    """Ask at which step a cell's gradient falls below 1 % of its last value.

    Parameters
    ----------
    traced : VanishingTrace
        The untrained layers.
    seed : int
        Chooses the cell.

    Returns
    -------
    (Question, int)
        The question, and the number of the cell whose curve must be hidden.
    """
    k = seed % len(traced.setup.cells)
    cell, sizes, T = traced.setup.cells[k], traced.gradients.hidden[k], traced.setup.length
    answer = gone_at(sizes)
    text = (
        f"Before any training: walk back from the last step, t = {T}. At which t does $|∂L/∂h_t|$ of {cell} first "
        f"fall below 1 % of its last value? (0: nowhere)"
    )
    traps: list[tuple[float | str, str]] = []
    margin = max(1, round(MARGIN * T))
    if abs(T - 2 * answer) > margin:
        traps.append((T - answer, "That is how many steps back it is; t counts from the beginning."))
    if answer > margin:
        traps += [(0, "It does get that small."), (1, "It is below that long before it reaches the first step.")]
    return Question(text, answer, _why(sizes, answer), margin, traps=tuple(traps)), k


def _why(sizes: np.ndarray, answer: int) -> str:
    last = f"the last is {sizes[-1]:.3g}, 1 % of it {SHARE * sizes[-1]:.3g}"
    if not answer:
        return f"{last}, and the smallest on the way is {sizes.min():.3g}."
    return f"{last}; at t = {answer + 1} it is {sizes[answer]:.3g}, at t = {answer} it is {sizes[answer - 1]:.3g}."


def strip_question(traced: StripTrace, seed: int) -> Question:
    """Ask for one number of the strip, from the factors on the screen."""
    T = len(traced.x)
    t = T - 2 - seed % (T - 1)  # from 0
    answer, factor = float(traced.gradients[t]), float(traced.factors[t + 1])
    product = " · ".join(f"{number:.4g}" for number in (traced.strip[0], *traced.factors[:t:-1]))
    text = f"The factors are in the picture, the gradients before t = {T} are hidden. What is $∂L/∂h_{{{t + 1}}}$?"
    traps = ((factor, "That is only the last factor; all those on the way multiply."),) if t < T - 2 else ()
    return Question(text, answer, f"{product} = {answer:.4g}.", 0.02 * answer, traps=traps)


def strip_notices(traced: StripTrace) -> list[str]:
    """Say what the strip shows."""
    T = len(traced.x)
    worst = int(np.nanargmin(traced.factors))
    return [
        f"{T - 1} factors, all at most 1, leave {traced.gradients[0]:.4g} of {traced.gradients[-1]:.4g}: none of them "
        "is zero, their product nearly is.",
        f"The smallest factor, {traced.factors[worst]:.3g}, is at t = {worst + 1}, where h is "
        f"{traced.hidden[worst]:.3f}: tanh is flat there.",
        "tanh′ = 1 − h² is at most 1, and the sigmoid's slope at most ¼: with W = 1 a sigmoid would lose at least "
        f"three quarters at every step and keep at most {0.25 ** (T - 1):.1e} over these {T - 1}.",
    ]
