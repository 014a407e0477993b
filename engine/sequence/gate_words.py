"""What to say of an LSTM's pass: sentences about what the picture shows, tables, and the settings of the recipe."""

import base64
from typing import Any

import numpy as np

from engine.sequence.gate_units import UnitScores
from engine.sequence.gate_views import AFTER, BEFORE, DIFFERENCE
from engine.sequence.lstm import LSTMTrace
from engine.sequence.lstm_layer import Pass
from engine.sequence.lstm_sizes import Size
from engine.sequence.reviews import CONTRAST_WORDS
from engine.sequence.spelled import quoted

LESS = "Every number is that after the change less that before it: 0 where the change moves nothing."
NO_CHANGE = "Nothing is changed, so every difference is 0: change a word or force a gate."


def opening_step(traced: LSTMTrace) -> int:
    """Where the picture opens: at the change, else at the first contrast word, else at the second step."""
    tokens = traced.after.tokens
    contrast = [t for t, token in enumerate(tokens) if token in CONTRAST_WORDS]
    return next(iter((*traced.changed, *contrast, min(1, len(tokens) - 1))))


def which(name: str) -> str:
    """Say which unit is selected."""
    return f"This is {name.replace(' · .', ', AUC 0.').replace(' · ', ', AUC ')}."


def notices(
    traced: LSTMTrace, scores: UnitScores | None, unit: int = 0, side: str = AFTER, asking: bool = False
) -> list[str]:
    """Two to four sentences about what is shown of this unit, from 0; none that answers an open question."""
    run = traced.before if side == BEFORE else traced.after
    change = "" if asking else _change(traced, side)
    if side == DIFFERENCE:
        found = [_unknown(run), NO_CHANGE if traced.after is traced.before else LESS, change]
    elif scores:
        verdicts = "" if asking else _verdicts(run)
        found = [_unknown(run), verdicts, change, _forget(run, scores, unit), _no_single_unit(scores)]
    else:
        found = [change, _by_hand(run), "" if asking else _last(run)]
    return [sentence for sentence in found if sentence][:4]


def _unknown(run: Pass) -> str:
    """Say which words the network does not know."""
    lost = list(dict.fromkeys(token for token, known in zip(run.tokens, run.known, strict=True) if not known))
    if not lost:
        return ""
    words = f"{len(lost)} words" if len(lost) > 1 else "One word"
    are, they = ("are", "they all share") if len(lost) > 1 else ("is", "it has")
    return f"{words} in [brackets] {are} outside the network's vocabulary: {they} one vector that means “unknown”."


def _verdicts(run: Pass) -> str:
    """Read the probability where the network was trained to give it."""
    if run.probability is None:
        return ""
    first, last = run.ends[:-1][:3], run.ends[-1]
    said = ", ".join(f"{run.probability[t]:.1%} after {quoted(run.tokens[t])}" for t in (*first, last))
    return f"p(good) is read where clauses end, because only there the network was told a verdict: {said}."


def _change(traced: LSTMTrace, side: str) -> str:
    """Compare the end before and after a change."""
    before, after = traced.before, traced.after
    if after is before or side == BEFORE:
        return ""
    moved = np.abs(after.cell - before.cell).max(0)
    if before.probability is None or after.probability is None:
        old, new = (_number(run.cell[-1, 0]) for run in (before, after))
        return f"At the end c is {old} before the change and {new} after it; it moves by up to {moved.max():.2f}."
    last = after.ends[-1]
    pair = f"{before.probability[last]:.1%} before the change, {after.probability[last]:.1%} after it"
    most = f"The cell state moves most in unit {int(moved.argmax()) + 1}, by {moved.max():.2f}."
    return f"At the last word p(good) is {pair}{' (circles: before)' if side == AFTER else ''}. {most}"


def _forget(run: Pass, scores: UnitScores, u: int) -> str:
    """Hold the textbook's story against the selected unit, here and on reviews that the network has never seen."""
    at, everywhere = scores.forget_at_contrast, scores.forget
    lets_go = at < everywhere - 0.1
    here = f"The forget gate of unit {u + 1} is {_forget_here(run.gates['f'][:, u], run.tokens)}."
    unseen = (
        f"On unseen reviews it averages {at[u]:.2f} at “but”, “however”, “yet” and {everywhere[u]:.2f} at all words"
    )
    verdict = "it lets go there" if lets_go[u] else "it does not drop there"
    return f"{here} {unseen}: {verdict}. {int(lets_go.sum())} of all {len(at)} units let go."


def _forget_here(f: np.ndarray, tokens: tuple[str, ...]) -> str:
    """Say where the gate is lowest, and where it stands at the first contrast word."""
    if f.min() == f.max() and len(f) > 1:
        return f"held at {f[0]:.0f}"
    low = int(f.argmin())
    contrast = next((t for t, token in enumerate(tokens) if token in CONTRAST_WORDS), low)
    said = f"lowest at {quoted(tokens[low])}, {f[low]:.2f}"
    return said if contrast == low else f"{said}, and {f[contrast]:.2f} at {quoted(tokens[contrast])}"


def _no_single_unit(scores: UnitScores) -> str:
    if np.isnan(scores.auc).any():
        return "Sort the units by what they react to: is there one that holds the verdict?"
    best, last = scores.auc.max(), scores.auc.min()
    several = int((scores.auc > 0.9).sum())
    above = {0: "none is", 1: "one unit is"}.get(several, f"{several} units are")
    reach = f"the best reaches AUC {best:.2f} (1 would be perfect), {above} above 0.90, the last has {last:.2f}"
    return f"No unit is “the” unit for this: {reach}."


def _by_hand(run: Pass) -> str:
    kept, written = run.gates["f"][:, 0], run.gates["i"][:, 0]
    contrast = np.isin(run.tokens, list(CONTRAST_WORDS))
    if written.max() < 0.001:
        return "With i shut nothing is written: the belt stays empty, whatever is kept."
    if kept.min() > 0.999 and written.min() > 0.999:
        return "With f and i open nothing is erased and all is written: the cell state is the running sum of g."
    if kept.max() < 0.001:
        return "With f shut the belt starts empty at every step: the cell holds only what was just written."
    if contrast.all() or np.ptp(kept) < 0.001:
        return f"The forget gate keeps {kept[0]:.0%} of the cell state a step: {_after_ten(kept[0])} is left after 10."
    word = quoted(run.tokens[int(contrast.argmax())])
    at, elsewhere = kept[contrast][0], kept[~contrast][0]
    if at < 0.001:
        return (
            f"At {word} f is shut and the belt is emptied: the textbook's forget gate, because it was set so by hand."
        )
    return f"The forget gate keeps {at:.0%} of the cell state at {word} and {elsewhere:.0%} at every other step."


def _after_ten(f: float) -> str:
    left = float(f) ** 10
    return f"{left:.1%}" if left >= 0.001 else "less than 0.1%"


def _last(run: Pass) -> str:
    c, h = (_number(array[-1, 0]) for array in (run.cell, run.hidden))
    return f"At the end c = {c}, while h = o·tanh(c) = {h}: tanh keeps h between −1 and 1, however large c may be."


def _number(x: float) -> str:
    return f"{round(float(x), 4) + 0.0:.4f}"  # 0.0 takes the minus sign off -0.0


def table(scores: UnitScores) -> dict[str, list[str]]:
    """List the units in their order: score, forget gate at contrast words and everywhere."""
    order = scores.order
    return {
        "place": [str(place) for place in range(1, len(order) + 1)],
        "unit": [str(u + 1) for u in order],
        "AUC": ["–" if np.isnan(scores.auc[u]) else f"{scores.auc[u]:.3f}" for u in order],
        "mean f at but, however, yet": [f"{share:.2f}" for share in scores.forget_at_contrast[order]],
        "mean f at all words": [f"{share:.2f}" for share in scores.forget[order]],
    }


def sizes_table(sizes: tuple[Size, ...]) -> dict[str, list[str]]:
    """Lay out what Keras counted."""
    return {
        "layer": [size.name for size in sizes],
        "reads": [size.reads for size in sizes],
        "weights": [size.formula for size in sizes],
        "counted by Keras": [f"{size.count:,}" for size in sizes],
    }


def recipe_settings(run: Pass) -> dict[str, Any]:
    """Return what the recipe needs: small arrays as lists, a trained layer's as 32-bit numbers in base64."""
    layer = run.layer
    arrays = {"x": run.x} | {name: getattr(layer, name) for name in ("kernel", "recurrent_kernel", "bias", "dense")}
    pack = _short if layer.units == 1 else _base64
    settings = {name: None if array is None else pack(array) for name, array in arrays.items()}
    return settings | {"units": layer.units, "dense_bias": layer.dense_bias}


def _base64(array: np.ndarray) -> str:
    return base64.b64encode(np.ascontiguousarray(array, "<f4").tobytes()).decode()


def _short(array: np.ndarray) -> list:
    """Turn 32-bit numbers into Python's without the digits that 64 bits would add: 0.1, not 0.10000000149011612."""
    return np.array([float(str(value)) for value in array.ravel()], object).reshape(array.shape).tolist()
