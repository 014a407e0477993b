"""The five kinds of sequence problems, each as a small trained Keras model taken apart step by step."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.checks import Check, compare
from engine.compute import task
from engine.sequence import kinds_data as data
from engine.sequence import kinds_models as models
from engine.sequence.kinds_models import KINDS, MANY_TO_MANY, MANY_TO_ONE, ONE_TO_MANY, ONE_TO_ONE, TRANSLATION

MOST_SAID = 8  # letters or words that a network may write before it is stopped
NONE = np.nan


@dataclass(frozen=True, eq=False)
class KindTrace:
    """One network reads one example: what goes in, the state and what comes out, step by step."""

    kind: str
    steps: tuple[str, ...]  # (T,) the word, letter or picture of each step
    x: np.ndarray  # (T, features) NaN where nothing comes from outside
    hidden: np.ndarray  # (T, units)
    outputs: np.ndarray  # (T, classes) probabilities; NaN where nothing comes out
    classes: tuple[str, ...]  # (classes,)
    said: tuple[str, ...]  # (T,) the most probable class, "" where nothing comes out
    writes: bool  # what comes out goes in at the next step
    layers: tuple[tuple[str, str, str], ...]  # name of each Keras layer, its output shape and its parameters
    inputs: tuple[list, ...]  # what the Keras model was called with, as numbers
    accuracy: float  # on examples that were not trained on
    check: Check

    @property
    def has_x(self) -> np.ndarray:
        """(T,) at which steps something comes in."""
        return ~np.isnan(self.x[:, 0])

    @property
    def has_y(self) -> np.ndarray:
        """(T,) at which steps something comes out."""
        return ~np.isnan(self.outputs[:, 0])


@task
def trace(kind: str, text: str = "", digit: int = 0) -> KindTrace:
    """Let the trained network of a kind read one example.

    Parameters
    ----------
    kind : str
        "one to one": a scanned digit, which one it is. "one to many": a scanned digit, its name letter by letter.
        "many to one": a review, whether it is kind. "many to many, same length": a tag for every word. "many to many,
        other length": English to Spanish.
    text : str
        The sentence of the last three.
    digit : int
        Which of the digits that were not trained on, 0 to 396.

    Returns
    -------
    KindTrace
        x (T, features), hidden (T, units), outputs (T, classes).

    Raises
    ------
    ValueError
        If a setting is out of range, or a word was never trained on.

    Examples
    --------
    >>> "".join(trace("one to many", digit=0).said)
    'two▪'
    """
    if kind not in KINDS:
        raise ValueError(f"the kind {kind!r} is not known; use {', '.join(KINDS)}")
    if not 0 <= digit < data.SHOWN:
        raise ValueError(f"digit {digit} is out of range; use 0 to {data.SHOWN - 1}")
    return {ONE_TO_ONE: _classify, ONE_TO_MANY: _name, MANY_TO_ONE: _judge, MANY_TO_MANY: _tag,
            TRANSLATION: _translate}[kind](text, digit)  # fmt: skip


# ---- the five --------------------------------------------------------------------------------------------------------


def _classify(_: str, digit: int) -> KindTrace:
    image = data.digits()[0][data.TRAINED + digit]
    hidden, outputs = models.call(ONE_TO_ONE, image)
    kernel, bias = models.weights(ONE_TO_ONE, "hidden")
    by_hand = np.maximum(image @ kernel + bias, 0)[None]
    check = _compared(ONE_TO_ONE, hidden[None], by_hand, outputs[None], "two Dense layers in NumPy")
    return _finish(ONE_TO_ONE, ("picture",), image[None], hidden[None], outputs[None], data.DIGITS, check, (image,))


def _name(text: str, digit: int) -> KindTrace:
    image, letters = data.digits()[0][data.TRAINED + digit], [1]
    while letters[-1] != 2 and len(letters) <= MOST_SAID:
        _, outputs = models.call(ONE_TO_MANY, image, np.array(letters))
        letters.append(int(outputs[-1].argmax()))
    hidden, outputs = models.call(ONE_TO_MANY, image, np.array(letters[:-1]))
    kernel, bias = models.weights(ONE_TO_MANY, "start")
    start = np.tanh(image @ kernel + bias)
    read = models.weights(ONE_TO_MANY, "embedding")[0][letters[:-1]]
    check = _compared(ONE_TO_MANY, hidden, models.rolled(ONE_TO_MANY, "hidden", read, start), outputs)
    steps = ("picture", *(data.LETTERS[k] for k in letters[1:]))
    x, outputs = _after(image[None], len(steps)), _before(outputs, len(steps))
    return _finish(ONE_TO_MANY, steps, x, np.concatenate([start[None], hidden]), outputs, data.LETTERS, check,
                   (image, np.array(letters[:-1])))  # fmt: skip


def _judge(text: str, _: int) -> KindTrace:
    sentence = data.words(text)
    ids = data.places(sentence, data.review_words())
    hidden, kind = models.call(MANY_TO_ONE, ids)
    x = models.weights(MANY_TO_ONE, "embedding")[0][ids]
    check = _compared(MANY_TO_ONE, hidden, models.rolled(MANY_TO_ONE, "hidden", x, np.zeros(16)), kind[None])
    return _finish(MANY_TO_ONE, tuple(sentence), x, hidden, _before(kind[None], len(ids)), ("kind",), check, (ids,))


def _tag(text: str, _: int) -> KindTrace:
    sentence = data.words(text)
    ids = data.places(sentence, data.tagged_words())
    hidden, outputs = models.call(MANY_TO_MANY, ids)
    x = models.weights(MANY_TO_MANY, "embedding")[0][ids]
    check = _compared(MANY_TO_MANY, hidden, models.rolled(MANY_TO_MANY, "hidden", x, np.zeros(16)), outputs)
    return _finish(MANY_TO_MANY, tuple(sentence), x, hidden, outputs, data.TAGS, check, (ids,))


def _translate(text: str, _: int) -> KindTrace:
    sentence, known = data.words(text), data.spanish_words()
    ids, written = data.places(sentence, data.english_words()), [1]
    while written[-1] != 2 and len(written) <= MOST_SAID:
        written.append(int(models.call(TRANSLATION, ids, np.array(written))[2][-1].argmax()))
    encoded, hidden, outputs = models.call(TRANSLATION, ids, np.array(written[:-1]))
    x = models.weights(TRANSLATION, "english_embedding")[0][ids]
    read = models.weights(TRANSLATION, "spanish_embedding")[0][written[:-1]]
    again = models.rolled(TRANSLATION, "encoder", x, np.zeros(40))
    again = np.concatenate([again, models.rolled(TRANSLATION, "decoder", read, again[-1])])
    states, steps = np.concatenate([encoded, hidden]), (*sentence, *(known[k] for k in written[1:]))
    check = _compared(TRANSLATION, states, again, outputs)
    return _finish(TRANSLATION, steps, _after(x, len(steps)), states, _before(outputs, len(steps)), known, check,
                   (ids, np.array(written[:-1])))  # fmt: skip


def _compared(kind: str, states: np.ndarray, by_hand: np.ndarray, outputs: np.ndarray,
              against: str = models.BY_HAND) -> Check:  # fmt: skip
    """Compare the states, and what comes out of the last of them."""
    return compare(against, np.append(states, outputs),
                   np.append(by_hand, models.put_out(kind, by_hand[-len(outputs):])))  # fmt: skip


def _after(array: np.ndarray, steps: int) -> np.ndarray:
    """Follow rows by rows of nothing, up to `steps`."""
    return np.concatenate([array, np.full((steps - len(array), array.shape[1]), NONE)])


def _before(array: np.ndarray, steps: int) -> np.ndarray:
    """Lead rows by rows of nothing, up to `steps`."""
    return np.concatenate([np.full((steps - len(array), array.shape[1]), NONE), array])


def _finish(kind: str, steps: tuple[str, ...], x: np.ndarray, hidden: np.ndarray, outputs: np.ndarray,
            classes: tuple[str, ...], check: Check, inputs: tuple[np.ndarray, ...]) -> KindTrace:  # fmt: skip
    model, accuracy = models.trained(kind)
    said = tuple("" if np.isnan(row[0]) else _named(classes, row) for row in outputs)
    layers = tuple((layer.name, _shape(layer), f"{layer.count_params():,}") for layer in model.layers)
    given = tuple(array.tolist() for array in inputs)  # sixteenths and whole numbers: exact
    return KindTrace(kind, steps, x, hidden, outputs, classes, said, kind in (ONE_TO_MANY, TRANSLATION), layers, given,
                     accuracy, check)  # fmt: skip


def _named(classes: tuple[str, ...], row: np.ndarray) -> str:
    """The most probable class; of a single one, whether it is more likely than not."""
    return classes[row.argmax()] if len(classes) > 1 else f"{'' if row[0] > 0.5 else 'un'}{classes[0]}"


def _shape(layer: Any) -> str:
    output = layer.output[0] if isinstance(layer.output, list | tuple) else layer.output
    return "(" + ", ".join("None" if size is None else str(size) for size in output.shape) + ")"
