"""An LSTM reads a sentence or numbers, as it is and with a word changed or a gate forced: every gate at every step."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.checks import Check, compare
from engine.compute import task
from engine.sequence import gates_by_hand, review_model, reviews
from engine.sequence.gates_by_hand import HandGates
from engine.sequence.lstm_layer import FORCES, NO_GATE, Layer, Pass, forced, keras_dense, keras_states
from engine.sequence.lstm_layer import read as read_layer

TRAINED, BY_HAND = "trained", "set by hand"
MODELS = (TRAINED, BY_HAND)
MAX_STEPS = 200


@dataclass(frozen=True, eq=False)
class LSTMTrace:
    """One sequence read twice: as it is, and with a word changed or a gate forced. Without a change both are equal."""

    before: Pass
    after: Pass
    changed: tuple[int, ...]  # places of the changed words
    check: Check


@task
def trace(
    model: str = TRAINED, text: str = "it is good", swap: str = "", into: str = "", force: str = NO_GATE,
    unit: int = 0, hand: HandGates | None = None,
) -> LSTMTrace:  # fmt: skip
    """Read a sequence with an LSTM: c_t = f_t c_{t-1} + i_t g_t, h_t = o_t tanh(c_t), gates from x_t K + h_{t-1} R + b.

    Parameters
    ----------
    model, text : str
        "trained" on reviews, with the weights in data/, and 1 to 200 words; or "set by hand", with one unit, and words
        or numbers, apart by commas or spaces.
    swap, into : str
        A word of the text (or a number) and what stands in its place in the second pass, wherever it occurs.
    force, unit : str, int
        "none", or "forget", "input" or "output" with "open" or "shut": this gate of this unit, from 0, is held there.
    hand : HandGates, optional
        The gates set by hand.

    Returns
    -------
    LSTMTrace
        Both passes, every array as in `Pass`.

    Raises
    ------
    ValueError
        If there is nothing to read, too much, or a change that cannot be made.

    References
    ----------
    Hochreiter and Schmidhuber 1997, Gers et al. 2000; https://keras.io/api/layers/recurrent_layers/lstm/

    Examples
    --------
    >>> sums = trace("set by hand", "1, 2, 3, 4", hand=HandGates(f=1, i=1, o=1, w=0.1))
    >>> [round(float(c), 4) for c in sums.after.cell[1:, 0]]
    [0.0997, 0.297, 0.5884, 0.9683]
    """
    _refuse(model, force, unit)
    tokens, ends = _tokens(model, text)
    other = _swap(tokens, swap, into)
    read = _read_trained if model == TRAINED else _read_by_hand(hand or HandGates())
    before = _pass(tokens, ends, read)
    after = before if other == tokens and force == NO_GATE else _pass(other, ends, read, force, unit)
    return LSTMTrace(before, after, _places(tokens, other), _check(before, after))


def _pass(tokens: tuple[str, ...], ends: tuple[int, ...], read: Any, force: str = NO_GATE, unit: int = 0) -> Pass:
    """Look the tokens up and run through them, a gate forced or not."""
    x, known, layer = read(tokens)
    return read_layer(tokens, ends, x, known, forced(layer, force, unit))


def _places(old: tuple[str, ...], new: tuple[str, ...]) -> tuple[int, ...]:
    """Where two texts of the same length differ."""
    return tuple(t for t, (one, other) in enumerate(zip(old, new, strict=True)) if one != other)


def _refuse(model: str, force: str, unit: int) -> None:
    if model not in MODELS:
        raise ValueError(f"the model {model!r} is not known; use {' or '.join(MODELS)}")
    if force not in FORCES:
        raise ValueError(f"the force {force!r} is not known; use {', '.join(FORCES)}")
    units = review_model.UNITS if model == TRAINED else 1
    if not 0 <= unit < units:
        raise ValueError(f"unit {unit} does not exist; this layer has {units}, counted from 0")


def _tokens(model: str, text: str) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Cut the text into words or numbers, and find where clauses end."""
    numbers = gates_by_hand.numbers(text)
    if numbers and model == TRAINED:
        typed = text.strip()[:40]
        raise ValueError(f"the network trained on reviews reads words, not numbers; choose gates {BY_HAND} for {typed}")
    tokens, ends = (numbers, ()) if numbers else reviews.read(text)
    if not tokens:
        raise ValueError("there is no word to read; write a sentence, such as: it is not good")
    if len(tokens) > MAX_STEPS:
        raise ValueError(f"{len(tokens):,} words are too many to show step by step; use at most {MAX_STEPS}")
    return tokens, ends


def _swap(tokens: tuple[str, ...], swap: str, into: str) -> tuple[str, ...]:
    """Put another word in the place of one, wherever it occurs."""
    old, new = (_one(text) for text in (swap, into))
    if not old or not new:
        return tokens  # nothing, or only half of a change, was typed
    if old not in tokens:
        some = ", ".join(dict.fromkeys(tokens[:12]))
        raise ValueError(f"there is no {swap.strip()[:40]!r} to change; the text has {some}")
    return tuple(new if token == old else token for token in tokens)


def _one(text: str) -> str:
    """Read one word or number."""
    tokens = gates_by_hand.numbers(text) or reviews.read(text)[0]
    if len(tokens) > 1:
        raise ValueError(f"{text.strip()[:40]!r} is {len(tokens)} words; change one word into one word")
    return tokens[0] if tokens else ""


def _read_trained(tokens: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray, Layer]:
    """Look the words up in the shipped embedding."""
    kept = review_model.load()
    ids = review_model.encode(tokens, kept.vocabulary)
    layer = Layer(kept.kernel, kept.recurrent_kernel, kept.bias, kept.dense, kept.dense_bias)
    return kept.embedding[ids], ids != review_model.UNKNOWN, layer


def _read_by_hand(hand: HandGates) -> Any:
    layer = Layer(*gates_by_hand.weights(hand))
    return lambda tokens: (gates_by_hand.features(tokens), np.ones(len(tokens), bool), layer)


def _check(*passes: Pass) -> Check:
    """Compare every gate's effect, h and c at every step, and the probability with Keras's own layers."""
    ours, theirs = [], []
    scale = max(1.0, *(float(np.abs(run.cell).max()) for run in passes))  # c may be 200, h is at most 1
    for run in {id(run): run for run in passes}.values():
        hidden, cell = keras_states(run.x, run.layer)
        ours += [run.hidden[1:].ravel(), run.cell[1:].ravel() / scale]
        theirs += [hidden.ravel(), cell.ravel() / scale]
        if run.probability is not None and run.layer.dense is not None:
            ours.append(run.probability)
            theirs.append(keras_dense(hidden, run.layer.dense, run.layer.dense_bias))
    return compare("h and c of keras.layers.LSTM at every step", np.concatenate(ours), np.concatenate(theirs))
