"""The five small trained networks, one per kind of sequence problem: built, filled with weights, and called."""

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from engine.sequence import kinds_data as data

ONE_TO_ONE, ONE_TO_MANY = "one to one", "one to many"
MANY_TO_ONE, MANY_TO_MANY, TRANSLATION = "many to one", "many to many, same length", "many to many, other length"
KINDS = (ONE_TO_ONE, ONE_TO_MANY, MANY_TO_ONE, MANY_TO_MANY, TRANSLATION)
BY_HAND = "SimpleRNN and Dense, step by step in NumPy"  # what the traces are checked against
WEIGHTS = Path(__file__).parents[2] / "data" / "kinds.npz"


def build(kind: str) -> Any:
    """Build the Keras model of a kind, not yet trained: its outputs are the states and what comes out of them."""
    import keras

    inputs, outputs = {ONE_TO_ONE: _classifier, ONE_TO_MANY: _namer, MANY_TO_ONE: _judge, MANY_TO_MANY: _tagger,
                       TRANSLATION: _translator}[kind]()  # fmt: skip
    return keras.Model(inputs, outputs)


def _classifier() -> tuple[Any, list[Any]]:
    import keras
    from keras.layers import Dense

    image = keras.Input((64,), name="image")
    hidden = Dense(16, "relu", name="hidden")(image)
    return image, [hidden, Dense(10, "softmax", name="output")(hidden)]


def _namer() -> tuple[Any, list[Any]]:
    import keras
    from keras.layers import Dense, Embedding, SimpleRNN

    image = keras.Input((64,), name="image")
    letters = keras.Input((None,), dtype="int32", name="letters")
    start = Dense(32, "tanh", name="start")(image)
    read = Embedding(len(data.LETTERS), 8, name="embedding")(letters)
    hidden = SimpleRNN(32, return_sequences=True, name="hidden")(read, initial_state=start)
    return [image, letters], [hidden, Dense(len(data.LETTERS), "softmax", name="output")(hidden)]


def _judge() -> tuple[Any, list[Any]]:
    import keras
    from keras.layers import Dense, Embedding, SimpleRNN

    words = keras.Input((None,), dtype="int32", name="words")
    read = Embedding(len(data.review_words()), 8, mask_zero=True, name="embedding")(words)
    hidden, last = SimpleRNN(16, return_sequences=True, return_state=True, name="hidden")(read)
    return words, [hidden, Dense(1, "sigmoid", name="output")(last)]


def _tagger() -> tuple[Any, list[Any]]:
    import keras
    from keras.layers import Dense, Embedding, SimpleRNN

    words = keras.Input((None,), dtype="int32", name="words")
    read = Embedding(len(data.tagged_words()), 8, mask_zero=True, name="embedding")(words)
    hidden = SimpleRNN(16, return_sequences=True, name="hidden")(read)
    return words, [hidden, Dense(len(data.TAGS), "softmax", name="output")(hidden)]


def _translator() -> tuple[Any, list[Any]]:
    import keras
    from keras.layers import Dense, Embedding, SimpleRNN

    words = keras.Input((None,), dtype="int32", name="words")
    spanish = keras.Input((None,), dtype="int32", name="spanish")
    read = Embedding(len(data.english_words()), 12, mask_zero=True, name="english_embedding")(words)
    encoded, last = SimpleRNN(40, return_sequences=True, return_state=True, name="encoder")(read)
    written = Embedding(len(data.spanish_words()), 12, name="spanish_embedding")(spanish)
    hidden = SimpleRNN(40, return_sequences=True, name="decoder")(written, initial_state=last)
    output = Dense(len(data.spanish_words()), "softmax", name="output")(hidden)
    return [words, spanish], [encoded, hidden, output]


@cache
def trained(kind: str) -> tuple[Any, float]:
    """Build the model of a kind once, with the weights of data/kinds.npz, and tell how often it was right."""
    model = build(kind)
    with np.load(WEIGHTS, allow_pickle=False) as kept:
        model.set_weights([kept[f"{kind}/{k}"] for k in range(len(model.get_weights()))])
        return model, float(kept[f"{kind}/accuracy"])


def call(kind: str, *inputs: np.ndarray) -> list[np.ndarray]:
    """Let the trained model read one example; neither the inputs nor what comes back have a batch axis."""
    batch = [array[None].astype(np.int32 if array.dtype.kind == "i" else np.float32) for array in inputs]
    return [found.numpy()[0] for found in _compiled(kind)(*batch)]


@cache
def _compiled(kind: str) -> Any:
    """Compile the model for a batch of any number of steps."""
    import tensorflow as tf

    model, _ = trained(kind)
    signature = [tf.TensorSpec(one.shape, one.dtype) for one in model.inputs]

    @tf.function(autograph=False, input_signature=signature)
    def run(*inputs: Any) -> list[Any]:
        return model(list(inputs) if len(inputs) > 1 else inputs[0])

    return run


def weights(kind: str, layer: str) -> list[np.ndarray]:
    """The weights of one layer of the trained model."""
    return trained(kind)[0].get_layer(layer).get_weights()


def rolled(kind: str, layer: str, x: np.ndarray, state: np.ndarray) -> np.ndarray:
    """The states of a recurrent layer in NumPy, one step after the other (T, units)."""
    kernel, recurrent, bias = weights(kind, layer)
    states = []
    for step in x:
        state = np.tanh(step @ kernel + state @ recurrent + bias)
        states.append(state)
    return np.array(states)


def put_out(kind: str, states: np.ndarray) -> np.ndarray:
    """What the last layer makes of states (n, units) in NumPy: probabilities (n, classes)."""
    kernel, bias = weights(kind, "output")
    sums = states @ kernel + bias
    if sums.shape[1] == 1:
        return 1 / (1 + np.exp(-sums))
    powers = np.exp(sums - sums.max(1, keepdims=True))
    return powers / powers.sum(1, keepdims=True)
