"""The five kinds of sequence problems, each as a small trained Keras model taken apart step by step."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from engine.checks import Check, compare
from engine.compute import task
from engine.sequence import kinds_data as data

ONE_TO_ONE, ONE_TO_MANY = "one to one", "one to many"
MANY_TO_ONE, MANY_TO_MANY, TRANSLATION = "many to one", "many to many, same length", "many to many, other length"
KINDS = (ONE_TO_ONE, ONE_TO_MANY, MANY_TO_ONE, MANY_TO_MANY, TRANSLATION)
WEIGHTS = Path(__file__).parents[2] / "data" / "kinds.npz"
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


# ---- the models ------------------------------------------------------------------------------------------------------


def build(kind: str) -> Any:
    """Build the Keras model of a kind, not yet trained: its outputs are the states and what comes out of them."""
    import keras
    from keras.layers import Dense, Embedding, SimpleRNN

    if kind in (ONE_TO_ONE, ONE_TO_MANY):
        image = keras.Input((64,), name="image")
    if kind == ONE_TO_ONE:
        hidden = Dense(16, "relu", name="hidden")(image)
        return keras.Model(image, [hidden, Dense(10, "softmax", name="output")(hidden)])
    if kind == ONE_TO_MANY:
        letters = keras.Input((None,), dtype="int32", name="letters")
        start = Dense(32, "tanh", name="start")(image)
        read = Embedding(len(data.LETTERS), 8, name="embedding")(letters)
        hidden = SimpleRNN(32, return_sequences=True, name="hidden")(read, initial_state=start)
        return keras.Model([image, letters], [hidden, Dense(len(data.LETTERS), "softmax", name="output")(hidden)])
    words = keras.Input((None,), dtype="int32", name="words")
    if kind == MANY_TO_ONE:
        read = Embedding(len(data.review_words()), 8, mask_zero=True, name="embedding")(words)
        hidden, last = SimpleRNN(16, return_sequences=True, return_state=True, name="hidden")(read)
        return keras.Model(words, [hidden, Dense(1, "sigmoid", name="output")(last)])
    if kind == MANY_TO_MANY:
        read = Embedding(len(data.tagged_words()), 8, mask_zero=True, name="embedding")(words)
        hidden = SimpleRNN(16, return_sequences=True, name="hidden")(read)
        return keras.Model(words, [hidden, Dense(len(data.TAGS), "softmax", name="output")(hidden)])
    spanish = keras.Input((None,), dtype="int32", name="spanish")
    read = Embedding(len(data.english_words()), 12, mask_zero=True, name="english_embedding")(words)
    encoded, last = SimpleRNN(40, return_sequences=True, return_state=True, name="encoder")(read)
    written = Embedding(len(data.spanish_words()), 12, name="spanish_embedding")(spanish)
    hidden = SimpleRNN(40, return_sequences=True, name="decoder")(written, initial_state=last)
    output = Dense(len(data.spanish_words()), "softmax", name="output")(hidden)
    return keras.Model([words, spanish], [encoded, hidden, output])


@lru_cache(maxsize=len(KINDS))
def trained(kind: str) -> tuple[Any, float]:
    """Build the model of a kind once, with the weights of data/kinds.npz, and tell how often it was right."""
    model = build(kind)
    with np.load(WEIGHTS, allow_pickle=False) as kept:
        model.set_weights([kept[f"{kind}/{k}"] for k in range(len(model.get_weights()))])
        return model, float(kept[f"{kind}/accuracy"])


def _call(kind: str, *inputs: np.ndarray) -> list[np.ndarray]:
    """Read one example; what comes back has no batch axis."""
    model, _ = trained(kind)
    batch = [array[None] for array in inputs]
    return [np.array(array)[0] for array in model(batch if len(batch) > 1 else batch[0])]


def _rolled(kind: str, layer: str, x: np.ndarray, state: np.ndarray) -> np.ndarray:
    """The states of a recurrent layer in NumPy, one step after the other (T, units)."""
    kernel, recurrent, bias = trained(kind)[0].get_layer(layer).get_weights()
    states = []
    for step in x:
        state = np.tanh(step @ kernel + state @ recurrent + bias)
        states.append(state)
    return np.array(states)


def _weights(kind: str, layer: str) -> list[np.ndarray]:
    return trained(kind)[0].get_layer(layer).get_weights()


# ---- the five --------------------------------------------------------------------------------------------------------


def _classify(_: str, digit: int) -> KindTrace:
    image = data.digits()[0][data.TRAINED + digit]
    hidden, outputs = _call(ONE_TO_ONE, image)
    kernel, bias = _weights(ONE_TO_ONE, "hidden")
    check = compare("max(0, x·W + b) in NumPy", hidden, np.maximum(image @ kernel + bias, 0))
    return _finish(ONE_TO_ONE, ("picture",), image[None], hidden[None], outputs[None], data.DIGITS, check, (image,))


def _name(text: str, digit: int) -> KindTrace:
    image, letters = data.digits()[0][data.TRAINED + digit], [1]
    while letters[-1] != 2 and len(letters) <= MOST_SAID:
        _, outputs = _call(ONE_TO_MANY, image, np.array(letters))
        letters.append(int(outputs[-1].argmax()))
    hidden, outputs = _call(ONE_TO_MANY, image, np.array(letters[:-1]))
    kernel, bias = _weights(ONE_TO_MANY, "start")
    start = np.tanh(image @ kernel + bias)
    read = _weights(ONE_TO_MANY, "embedding")[0][letters[:-1]]
    check = compare("SimpleRNN, step by step in NumPy", hidden, _rolled(ONE_TO_MANY, "hidden", read, start))
    steps = ("picture", *(data.LETTERS[k] for k in letters[1:]))
    x, outputs = _after(image[None], len(steps)), _before(outputs, len(steps))
    return _finish(ONE_TO_MANY, steps, x, np.concatenate([start[None], hidden]), outputs, data.LETTERS, check,
                   (image, np.array(letters[:-1])))  # fmt: skip


def _judge(text: str, _: int) -> KindTrace:
    sentence = data.words(text)
    ids = data.places(sentence, data.review_words())
    hidden, kind = _call(MANY_TO_ONE, ids)
    x = _weights(MANY_TO_ONE, "embedding")[0][ids]
    check = compare("SimpleRNN, step by step in NumPy", hidden, _rolled(MANY_TO_ONE, "hidden", x, np.zeros(16)))
    return _finish(MANY_TO_ONE, tuple(sentence), x, hidden, _before(kind[None], len(ids)), ("kind",), check, (ids,))


def _tag(text: str, _: int) -> KindTrace:
    sentence = data.words(text)
    ids = data.places(sentence, data.tagged_words())
    hidden, outputs = _call(MANY_TO_MANY, ids)
    x = _weights(MANY_TO_MANY, "embedding")[0][ids]
    check = compare("SimpleRNN, step by step in NumPy", hidden, _rolled(MANY_TO_MANY, "hidden", x, np.zeros(16)))
    return _finish(MANY_TO_MANY, tuple(sentence), x, hidden, outputs, data.TAGS, check, (ids,))


def _translate(text: str, _: int) -> KindTrace:
    sentence, known = data.words(text), data.spanish_words()
    ids, written = data.places(sentence, data.english_words()), [1]
    while written[-1] != 2 and len(written) <= MOST_SAID:
        written.append(int(_call(TRANSLATION, ids, np.array(written))[2][-1].argmax()))
    encoded, hidden, outputs = _call(TRANSLATION, ids, np.array(written[:-1]))
    x = _weights(TRANSLATION, "english_embedding")[0][ids]
    read = _weights(TRANSLATION, "spanish_embedding")[0][written[:-1]]
    again = _rolled(TRANSLATION, "encoder", x, np.zeros(40))
    again = np.concatenate([again, _rolled(TRANSLATION, "decoder", read, again[-1])])
    states, steps = np.concatenate([encoded, hidden]), (*sentence, *(known[k] for k in written[1:]))
    check = compare("SimpleRNN, step by step in NumPy", states, again)
    return _finish(TRANSLATION, steps, _after(x, len(steps)), states, _before(outputs, len(steps)), known, check,
                   (ids, np.array(written[:-1])))  # fmt: skip


def _after(array: np.ndarray, steps: int) -> np.ndarray:
    """Follow rows by rows of nothing, up to `steps`."""
    return np.concatenate([array, np.full((steps - len(array), array.shape[1]), NONE)])


def _before(array: np.ndarray, steps: int) -> np.ndarray:
    """Lead rows by rows of nothing, up to `steps`."""
    return np.concatenate([np.full((steps - len(array), array.shape[1]), NONE), array])


def _finish(kind: str, steps: tuple[str, ...], x: np.ndarray, hidden: np.ndarray, outputs: np.ndarray,
            classes: tuple[str, ...], check: Check, inputs: tuple[np.ndarray, ...]) -> KindTrace:  # fmt: skip
    model, accuracy = trained(kind)
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
