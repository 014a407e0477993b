"""What the lesson on backpropagation through time says: its tables, what to notice, and its questions."""

from collections.abc import Callable

import numpy as np

from engine.quiz import Question
from engine.sequence.bptt import LAST, BPTTTrace
from engine.sequence.oracles import NAMES, flat

REACHING, PARTS, TOTAL = "reaching", "parts", "total"  # what an open question keeps back
UP, DOWN, SAME = "it rises", "it falls", "it stays the same"
MAX_CHOICES = 8  # steps in a question to choose from
LEAST = 0.05  # of an error that is asked for

Table = dict[str, list[str]]


def factors(traced: BPTTTrace) -> Table:
    """Every factor, a row per step; columns per unit where there are several."""
    forward, table = traced.forward, dict[str, np.ndarray]()
    table |= _columns("x", forward.sequence.x)
    table |= {"ŷ": forward.outputs, "y": forward.targets, "∂Lₜ/∂ŷₜ": traced.own, "∂L/∂ŷₜ": traced.errors}
    for name, array in (("from ŷₜ", traced.direct), ("from t+1", traced.arriving), ("∂L/∂hₜ", traced.reaching),
                        ("f′", traced.slopes), ("∂L/∂aₜ", traced.deltas), ("∂hₜ/∂hₜ₋₁", traced.factors),
                        ("∂h_T/∂hₜ", traced.products)):  # fmt: skip
        table |= _columns(name, array)
    return _written(traced, table)


def contributions(traced: BPTTTrace) -> Table:
    """What every step adds to every gradient; the last rows are the sums and what they must equal."""
    rows = {"sum": traced.gradients, "tf.GradientTape": traced.tape, "central differences": traced.measured}
    table: dict[str, np.ndarray] = {}
    for name in NAMES:
        ends = np.stack([found[name] for found in rows.values()])
        table |= _columns(f"to ∂L/∂{name}", np.concatenate([traced.parts[name], ends]))
    return _written(traced, table, *rows)


def totals(traced: BPTTTrace) -> Table:
    """Every weight: its value, its gradient, what a cut takes away, and the value after one update."""
    weights, updated = (
        {name: getattr(found, name) for name in NAMES} for found in (traced.forward.weights, traced.updated)
    )
    columns = {"now": flat(weights), "gradient": flat(traced.gradients), "tf.GradientTape": flat(traced.tape)}
    if traced.cut < traced.steps:
        whole = flat(traced.whole)
        columns |= {"gradient without cuts": whole, "lost by cutting": whole - columns["gradient"]}
    columns |= {"− learning rate · gradient": flat(updated) - columns["now"], "after the update": flat(updated)}
    names = [f"{name}{_place(at)}" for name in NAMES for at in np.ndindex(weights[name].shape)]
    names = [name.split("[")[0] for name in names] if len(names) == len(NAMES) else names
    return {"weight": names} | {title: [_digits(number) for number in column] for title, column in columns.items()}


def _columns(name: str, array: np.ndarray) -> dict[str, np.ndarray]:
    """One column per number of a step."""
    if array[0].size == 1:
        return {name: array.ravel()}
    return {f"{name} {_place(at)}": array[(slice(None), *at)] for at in np.ndindex(array.shape[1:])}


def _place(at: tuple[int, ...]) -> str:
    return f"[{','.join(str(index + 1) for index in at)}]"


def _written(traced: BPTTTrace, columns: dict[str, np.ndarray], *ends: str) -> Table:
    steps = [f"t\u00a0=\u00a0{t + 1}" for t in range(traced.steps)] + list(ends)  # never broken into two lines
    return {"step": steps} | {name: [_digits(number) for number in column] for name, column in columns.items()}


def _digits(number: float) -> str:
    """Four decimals, more where there would be too few digits; nothing where nothing was measured."""
    if np.isnan(number):
        return "–"
    text = f"{number:.4f}" if number == 0 or 1e-3 <= abs(number) < 1e5 else f"{number:.3g}"
    return text.replace("-", "−")


def notices(traced: BPTTTrace) -> list[str]:
    """What this way back shows."""
    found = ["There is only one step, so its part is the whole gradient."]
    if traced.steps > 1:
        found = [f"One pass forward, one pass back: the {traced.steps} steps share their weights, so each adds its "
                 "part to the same gradients, and the parts add up to what TensorFlow's tape finds."]  # fmt: skip
    if not traced.forward.weights.h0.any():
        found.append("Step 1 adds nothing to ∂L/∂W, because the state before it is zero.")
    if traced.cut < traced.steps:
        found.append(f"Cut every {traced.cut} steps, the gradient is {traced.lost:.1%} of its length off the whole "
                     "one: what lies before a cut never hears of the errors behind it.")  # fmt: skip
    elif traced.steps > 1:
        size = float(np.linalg.norm(traced.products[0], 2))
        most = "up to " if traced.forward.units > 1 else ""  # it depends on the direction of the change
        found.append(f"Of a change in the first state, {most}{size:.3g} times as much reaches the last: the product of "
                     f"{traced.steps - 1} {'factor' if traced.steps == 2 else 'factors'} f′·W.")  # fmt: skip
    found.append(_update_said(traced))
    return found


def _update_said(traced: BPTTTrace) -> str:
    if not np.isfinite(traced.new_total):
        return (
            f"One update with learning rate {traced.learning_rate:g} ends beyond 32-bit numbers: the step is too long."
        )
    before, after = _apart(traced.total, traced.new_total)
    step = f"One update with learning rate {traced.learning_rate:g}"
    if _direction(traced) == SAME:
        return f"{step} leaves L at {before}."
    if _direction(traced) == DOWN:
        return f"{step} lowers L from {before} to {after}."
    return f"{step} raises L from {before} to {after}. {_risen(traced)}"


def _risen(traced: BPTTTrace) -> str:
    """Why an update can raise the loss."""
    if flat(traced.gradients) @ flat(traced.whole) > 0:
        return "A step that long overshoots."
    return "What the cuts leave of the gradient does not point uphill, so its opposite need not lead down."


def _direction(traced: BPTTTrace) -> str:
    change = traced.new_total - traced.total
    return SAME if abs(change) <= 1e-6 * traced.total + 1e-12 else UP if change > 0 else DOWN


def _apart(before: float, after: float) -> tuple[str, str]:
    """Two losses with as many digits as tell them apart."""
    if _digits(before) != _digits(after) or before == after:
        return _digits(before), _digits(after)
    return f"{before:.8g}", f"{after:.8g}"


def question(traced: BPTTTrace, seed: int) -> tuple[Question, str, int | None]:
    """Ask about the way back: an arriving error, the step that adds most to W, or the loss after the update, in turn.

    Parameters
    ----------
    traced : BPTTTrace
        The way back on the screen.
    seed : int
        Chooses the question and the step.

    Returns
    -------
    (Question, str, int or None)
        The question with its computed answer, what the picture must keep back, and up to which step (from 0).
    """
    rng = np.random.default_rng(seed)
    kinds: list[Callable[..., tuple[Question, str, int | None]]] = []
    if traced.forward.units == 1 and len(_felt(traced)):
        kinds.append(_arriving)
    if traced.forward.units == 1 and _stands_out(_sizes(traced)[_offered(traced)]):
        kinds.append(_most)
    kinds.append(_update)
    return kinds[seed % len(kinds)](traced, rng)


def _felt(traced: BPTTTrace) -> np.ndarray:
    """The steps, from 0, before the last one where so much arrives that two decimals tell right from wrong."""
    return np.flatnonzero(np.abs(traced.reaching[:-1, 0]) >= LEAST)


def _sizes(traced: BPTTTrace) -> np.ndarray:
    return np.abs(traced.parts["W"]).reshape(traced.steps, -1).max(1)


def _offered(traced: BPTTTrace) -> np.ndarray:
    """The steps, from 0, to choose from."""
    return np.unique(np.linspace(0, traced.steps - 1, MAX_CHOICES).astype(int))


def _stands_out(sizes: np.ndarray) -> bool:
    """Whether the largest of several is larger than the next by more than the picture's digits hide."""
    return len(sizes) > 1 and bool(np.sort(sizes)[-2] < 0.98 * sizes.max())


def _arriving(traced: BPTTTrace, rng: np.random.Generator) -> tuple[Question, str, int]:
    t = int(rng.choice(_felt(traced)))
    answer, own, back = (float(array[t, 0]) for array in (traced.reaching, traced.direct, traced.arriving))
    w, delta = traced.forward.weights.W.item(), float(traced.deltas[t + 1, 0])
    later = f"{w:g}·({delta:.4f}) = {back:.4f} from step {t + 2}" if (t + 1) % traced.cut else "nothing over the cut"
    traps = (
        (own, f"That is only the step's own error; step {t + 2} sends some back."),
        (back, "That is only what comes from the later step; the step's own output adds to it."),
        (float(traced.deltas[t, 0]), "That is ∂L/∂a, behind the slope of the activation."),
        (-answer, "Check the signs."),
    )
    text = f"The picture hides what reaches step {t + 1} and before. What is $∂L/∂h_{{{t + 1}}}$? (to two decimals)"
    why = f"{own:.4f} from its own output, and {later}: together {answer:.4f}."
    return Question(text, answer, why, max(0.01, 0.01 * abs(answer)), traps=traps), REACHING, t


def _most(traced: BPTTTrace, _: np.random.Generator) -> tuple[Question, str, None]:
    sizes, shown = _sizes(traced), _offered(traced)
    best = int(shown[sizes[shown].argmax()])
    choices = tuple(f"step {t + 1}" for t in shown)
    delta, before = float(traced.deltas[best, 0]), float(traced.forward.states[best, 0])
    why = f"its part is ∂L/∂a·h before it = ({delta:.4f})·({before:.4f}), {sizes[best]:.3g} in size."
    first = "Its state before is h₀ = 0, so it adds nothing." if not traced.forward.weights.h0.any() else ""
    traps = ((choices[0], first),) if first and best != 0 else ()
    only = " Only the last step has an error." if traced.loss == LAST else ""
    text = "Which of these steps adds most to ∂L/∂W, in size?" + only
    return Question(text, f"step {best + 1}", why, choices=choices, traps=traps), PARTS, None


def _update(traced: BPTTTrace, _: np.random.Generator) -> tuple[Question, str, None]:
    answer, why = _direction(traced), _update_said(traced)
    traps = ((UP, "The step is short enough to go down."),) if answer == DOWN else ()
    text = (f"All weights take one step of gradient descent with learning rate {traced.learning_rate:g}. "
            f"L is {_digits(traced.total)} now. What does it do?")  # fmt: skip
    return Question(text, answer, why, choices=(UP, DOWN, SAME), traps=traps), TOTAL, None


def written(traced: BPTTTrace) -> dict[str, str]:
    """The updated weights as the fields take them, with seven digits."""
    found = {}
    for name in NAMES:
        matrix = np.atleast_2d(getattr(traced.updated, name))
        found[name] = "; ".join(" ".join(f"{number:.7g}" for number in row) for row in matrix)
    return found


def recipe_settings(traced: BPTTTrace) -> dict[str, object]:
    """What the recipe needs to go the same way back."""
    weights, read = traced.forward.weights, traced.forward.sequence
    arrays = {
        "x": read.x,
        "targets": read.targets,
        **{name: getattr(weights, name) for name in ("U", "W", "V", "b", "h0")},
    }
    return {name: _short(array) for name, array in arrays.items()} | {
        "shares": traced.shares.tolist(), "cut": traced.cut, "learning_rate": traced.learning_rate,
        "activation": traced.forward.activation,
    }  # fmt: skip


def _short(array: np.ndarray) -> list:
    """Numbers without the digits that float64 would add to a float32."""
    return np.array([float(str(number)) for number in array.ravel()], object).reshape(array.shape).tolist()
