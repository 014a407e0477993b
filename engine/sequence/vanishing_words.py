"""What is said and asked about vanishing gradients: notices and questions, with their numbers computed."""

from collections.abc import Sequence

import numpy as np

from engine.quiz import Question
from engine.sequence import cells
from engine.sequence.strip import StripTrace
from engine.sequence.vanishing import SHARE, Gradients, VanishingTrace, gone_at
from engine.sequence.vanishing_training import RememberJob
from engine.training import Snapshot

TINIEST, HUGEST = 1.4e-45, 3.4e38  # what a 32-bit float holds
MARGIN = 0.03  # of the length: how far an answer may be off
OTHERS = 0.5, 2.0, 0.9, 1.1  # recurrent weights that are asked about

Seen = Sequence[tuple[str, int]]  # cells with their places


def notices(
    traced: VanishingTrace,
    at: Gradients | None = None,
    *,
    when: str = "",
    carry: bool = True,
    hidden: int | None = None,
) -> list[str]:
    """Say what the layers show, trained (`at`) or not: up to four sentences, none on cell number `hidden`."""
    shown = at or traced.gradients
    seen = [(cell, k) for k, cell in enumerate(traced.setup.cells) if k != hidden]
    carried = [_carried(traced, k) for cell, k in seen if cell == cells.LSTM and carry and at is None]
    found = [*_per_step(seen, shown, when), *_bounded(seen, shown), *carried, *_beyond(seen, shown)]
    if hidden is not None:
        found.append(f"What there is to say about {traced.setup.cells[hidden]} comes back with the answer.")
    return found[:4]


def short(size: float) -> str:
    """Write a positive number as the picture does.

    Examples
    --------
    >>> short(0.3512), short(1663.4), short(7.04e-4), short(6.5e12)
    ('0.351', '1663', '7.0e−4', '6.5e12')
    """
    if 0.001 <= size < 10_000:
        return f"{size:.0f}" if size >= 100 else f"{size:.3g}"
    mantissa, exponent = f"{size:.1e}".split("e")
    return f"{mantissa}e{int(exponent)}".replace("-", "−")


def _per_step(seen: Seen, at: Gradients, when: str) -> list[str]:
    parts = []
    for cell, k in seen:
        first, last, steps = at.hidden[k, 0], at.hidden[k, -1], at.hidden.shape[1] - 1
        if first > 0 and last > 0:
            parts.append(f"{cell} {short((first / last) ** (1 / steps))} a step, {short(first / last)} in all")
        elif first == 0:
            parts.append(f"{cell} exactly 0 in all")
    way = f"{when} back" if when else "Back"
    said = f"{way} from the last step to the first the gradient is multiplied by: {'; '.join(parts)}."
    return [said] if parts else []


def _bounded(seen: Seen, at: Gradients) -> list[str]:
    for cell, k in seen:
        if cell in cells.STEEPEST and np.isfinite(at.norm[k]):
            base = at.norm[k] * cells.STEEPEST[cell]
            verdict = "above 1, so it may explode, but need not"
            if base < 1.0005:
                verdict = "below 1, so it must vanish" if base < 0.9995 else "so it cannot explode"
            return [f"{cell} stays under its dashed bound: ‖W‖·max|f′| = {at.norm[k]:.2f}·"
                    f"{cells.STEEPEST[cell]:g} = {base:.2f} a step, {verdict}."]  # fmt: skip
    return []


def _carried(traced: VanishingTrace, k: int) -> str:
    h, c = traced.gradients.hidden[k, 0], traced.gradients.carry[k, 0]
    gate, steps = 1 / (1 + np.exp(-traced.setup.forget_bias)), traced.setup.length - 1
    return (
        f"A forget bias of {traced.setup.forget_bias:g} opens the LSTM's gate to about {gate:.4g}: along c alone "
        f"{gate:.4g}^{steps} = {short(gate**steps)} comes back. On all ways, those through h included, the first c "
        f"gets {short(c)} and the first h {short(h)}."
    )


def _beyond(seen: Seen, at: Gradients) -> list[str]:
    for cell, k in seen:
        sizes = at.hidden[k]
        if sizes.min() < TINIEST:
            lost = int(np.flatnonzero(sizes < TINIEST)[-1]) + 1
            return [
                f"From t = {lost} back, {cell}'s gradient is below {short(TINIEST)}, the smallest 32-bit float: in "
                "training it would be exactly 0. Here it is measured in 64 bits."
            ]
        if sizes.max() > HUGEST:
            return [f"{cell}'s gradient outgrows {short(HUGEST)}, the largest 32-bit float: in training it would be "
                    "infinite."]  # fmt: skip
    return []


def after(cell_names: Sequence[str], snapshots: Sequence[Snapshot]) -> list[str]:
    """Say what a training came to: who broke, who learned, and why the gradients are small."""
    found, learned, last = [], [], snapshots[-1].values
    for k, cell in enumerate(cell_names):
        broken = next((s.step for s in snapshots if not np.isfinite(s.values["norm"][k])), None)
        if broken is not None:
            found.append(
                f"By training step {broken} the weights of {cell} had exploded and are no numbers any more: one update "
                "was too large. Clip the gradient, or lower the scale or the learning rate."
            )
        elif last["accuracy"][k] > 0.95:
            learned.append(f"{cell} ({last['accuracy'][k]:.0%} right)")
    if learned:
        found.append(
            f"The task is learned by {', '.join(learned)}. Where the loss is small, so is every gradient: compare "
            "shapes with **÷ the last**, not sizes."
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
    # "Nowhere" is another answer than "at the first step", however near the two numbers are.
    margin = min(max(1, round(MARGIN * T)), max(0, answer - 1))
    traps: list[tuple[float | str, str]] = []
    if answer and abs(T - 2 * answer) > margin:
        traps.append((T - answer, "That is how many steps back it is; t counts from the beginning."))
    if answer > 2 * margin:
        traps.append((0, "It does get that small, at a later t."))
    return Question(text, answer, _why(sizes, answer), margin, traps=tuple(traps)), k


def _why(sizes: np.ndarray, answer: int) -> str:
    last = f"the last is {sizes[-1]:.3g}, 1 % of it {SHARE * sizes[-1]:.3g}"
    if not answer:
        return f"{last}, and the smallest on the way is {sizes.min():.3g}."
    return f"{last}; at t = {answer + 1} it is {sizes[answer]:.3g}, at t = {answer} it is {sizes[answer - 1]:.3g}."


def strip_question(traced: StripTrace, seed: int) -> Question:
    """Ask what one gradient of the strip would be with another W and the same slopes."""
    T = len(traced.x)
    back, other = 1 + seed % (T - 1), OTHERS[seed % len(OTHERS)]
    shown = float(traced.gradients[-1 - back])
    text = (
        f"Suppose W were {other:g} in place of 1, and other inputs kept every h as it is. What would "
        f"$∂L/∂h_{{{T - back}}}$ be?"
    )
    traps = [(shown, "That is the one in the picture, with W = 1.")]
    if back > 1:
        traps.append((other * shown, f"W comes in once for every step back, so {back} times."))
    answer = shown * other**back
    why = f"{' · '.join([f'{shown:.4g}', *[f'{other:g}'] * back])} = {answer:.4g}, one W for every step back."
    return Question(text, answer, why, 0.02 * answer, traps=tuple(traps))


def strip_notices(traced: StripTrace) -> list[str]:
    """Say what the strip shows."""
    T, first, last = len(traced.x), traced.gradients[0], traced.gradients[-1]
    worst = int(np.nanargmin(traced.factors))
    smallest = traced.factors[worst]
    if first < 0.01 * last:
        sense = "none is zero, yet what they leave nearly is."
    else:
        sense = "what one step takes is missing at all steps before it." if first < 0.999 * last else "nothing is lost."
    found = [
        f"{T - 1} factor{'s' if T > 2 else ''}, none above 1, leave{'' if T > 2 else 's'} {first:.4g} of {last:.4g}: "
        f"{sense}",
        f"The smallest factor, {smallest:.3g}, is at t = {worst + 1}, where h is {traced.hidden[worst]:.3f}: "
        "the farther h is from 0, the flatter tanh.",
        "tanh′ = 1 − h² is at most 1, and the sigmoid's slope at most ¼: with W = 1 a sigmoid would lose at least "
        f"three quarters at every step and keep at most {short(0.25 ** (T - 1))} of it back at t = 1.",
    ]
    if smallest > 0.999:
        found[1] = "Every factor is 1, because every h after the first is 0, where tanh is steepest."
    return found
