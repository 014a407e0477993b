"""What to say of an LSTM's pass: sentences about what the picture shows, tables, and the settings of the recipe."""

import base64
from typing import Any

import numpy as np

from engine.sequence.gate_units import NUMBER, UnitScores
from engine.sequence.lstm import LSTMTrace
from engine.sequence.lstm_layer import Pass
from engine.sequence.lstm_sizes import Size
from engine.sequence.reviews import CONTRAST_WORDS


def opening_step(traced: LSTMTrace) -> int:
    """Where the picture opens: at the change, else at the first contrast word, else at the second step."""
    tokens = traced.after.tokens
    contrast = [t for t, token in enumerate(tokens) if token in CONTRAST_WORDS]
    return next(iter((*traced.changed, *contrast, min(1, len(tokens) - 1))))


def which(name: str) -> str:
    """Say which unit is selected."""
    return f"This is {name.replace(' · ', ', AUC ')}."


def notices(traced: LSTMTrace, scores: UnitScores | None, asking: bool = False) -> list[str]:
    """Two to four sentences about this pass; none that answers an open question."""
    told = [] if asking else [_verdicts(traced), _change(traced)]
    found = told if scores else [_by_hand(traced.after)]
    found += [_forget(scores), _no_single_unit(scores)] if scores else [] if asking else [_last(traced)]
    return [sentence for sentence in (_unknown(traced.after, bool(scores)), *found) if sentence][:4]


def _unknown(run: Pass, trained: bool) -> str:
    """Say which words the network does not know."""
    lost = list(dict.fromkeys(token for token, known in zip(run.tokens, run.known, strict=True) if not known))
    if not lost or not trained:
        return ""
    words = f"{len(lost)} words" if len(lost) > 1 else "One word"
    are, they = ("are", "they all share") if len(lost) > 1 else ("is", "it has")
    return f"{words} in [brackets] {are} outside the network's vocabulary: {they} one vector that means “unknown”."


def _verdicts(traced: LSTMTrace) -> str:
    """Read the probability where the network was trained to give it."""
    run = traced.after
    if run.probability is None:
        return ""
    said = [f"{run.probability[t]:.1%} after “{run.tokens[t]}”" for t in run.ends[:4]]
    return f"p(good) is read where clauses end, because only there the network was told a verdict: {', '.join(said)}."


def _change(traced: LSTMTrace) -> str:
    """Compare the last verdict before and after a change."""
    before, after = traced.before, traced.after
    if after is before or before.probability is None or after.probability is None:
        return ""
    last = after.ends[-1]
    pair = f"{before.probability[last]:.1%} before the change, {after.probability[last]:.1%} after it"
    moved = np.abs(after.cell - before.cell).max(0)
    most = f"The cell state moves most in unit {int(moved.argmax()) + 1}, by {moved.max():.2f}."
    return f"At the last word p(good) is {pair} (circles: before). {most}"


def _forget(scores: UnitScores) -> str:
    """Hold the textbook's story against the numbers."""
    at, everywhere = scores.forget_at_contrast, scores.forget
    if scores.reacts_to == NUMBER:
        means = f"{at.mean():.2f} at “but”, “however”, “yet” and {everywhere.mean():.2f} over all words"
        return f"Over all units the forget gate averages {means}, on reviews the network has never seen."
    u = int(scores.order[0])
    drops = at[u] < everywhere[u] - 0.1
    verdict = "it lets go there" if drops else "it does not drop there"
    means = f"{at[u]:.2f} on average at “but”, “however”, “yet”, {everywhere[u]:.2f} over all words"
    falls = int((at < everywhere - 0.1).sum())
    others = f"{falls} of all {len(at)} units do let go; trained otherwise (Keras's forget bias 1, here 3) more may"
    return f"Forget gate of unit {u + 1}, first in this order: {means}: {verdict}. {others}."


def _no_single_unit(scores: UnitScores) -> str:
    if np.isnan(scores.auc).any():
        return "Sort the units by what they react to: is there one that holds the verdict?"
    best, last = scores.auc.max(), scores.auc.min()
    several = int((scores.auc > 0.9).sum())
    above = f"{several} units are" if several != 1 else "one unit is"
    reach = f"the best reaches AUC {best:.2f} (1 would be perfect), {above} above 0.90, the last has {last:.2f}"
    return f"No unit is “the” unit for this: {reach}."


def _by_hand(run: Pass) -> str:
    kept, written = run.gates["f"][:, 0], run.gates["i"][:, 0]
    if kept.min() > 0.999 and written.min() > 0.999:
        return "With f and i open nothing is erased and all is written: the cell state is the running sum of g."
    if kept.max() < 0.001:
        return "With f shut the belt starts empty at every step: the cell holds only what was just written."
    if kept.min() < 0.001:
        return "Where f is shut the belt is emptied: this is the textbook's forget gate, because it was set so by hand."
    return f"The forget gate keeps {kept[0]:.0%} of the cell state a step: {kept[0] ** 10:.1%} is left after 10."


def _last(traced: LSTMTrace) -> str:
    c, h = float(traced.after.cell[-1, 0]), float(traced.after.hidden[-1, 0])
    return f"At the end c = {c:.4f}, while h = o·tanh(c) = {h:.4f}: c may grow without bound, h stays between −1 and 1."


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
