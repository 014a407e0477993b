"""The translator in Keras: its layers, its weights in one vector, and a compiled translation by its own output."""

import threading
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from engine.sequence.gru_by_hand import join, split
from engine.sequence.keras_calls import call_of
from engine.sequence.signs import END, MASK, START, Spec
from engine.sequence.translator_by_hand import FEATURES, shapes

# The order of the weights.
LAYERS = ("embed_read", "embed_fed", "encoder", "decoder", "query", "key", "attention", "logits")


def build(spec: Spec, seed: int = 0) -> Any:
    """Make the Keras model ([ids read (n, S), ids fed (n, T)] -> logits (n, T, ids)), every initializer seeded."""
    import keras
    from keras import layers

    first, written = seed * 100, len(spec.written) + END
    read, fed = keras.Input((None,), dtype="int32"), keras.Input((None,), dtype="int32")
    signs = _embedding("embed_read", len(spec.signs) + 1, first, mask_zero=spec.mask)(read)
    states, last = _gru("encoder", spec.units, first + 1)(signs)
    given = _embedding("embed_fed", written, first + 10)(fed)
    decoder = _gru("decoder", spec.units, first + 11)
    if spec.attention:
        steps, _ = decoder(given, initial_state=last)
        context = _attend(spec.units, first + 20, steps, states)
    else:
        context = last[:, None] * keras.ops.ones_like(given[..., :1])  # the one vector, again at every step
        steps, _ = decoder(layers.Concatenate()([given, context]), initial_state=last)
    dense = layers.Dense(written, kernel_initializer=keras.initializers.GlorotUniform(first + 30), name="logits")
    return keras.Model([read, fed], dense(layers.Concatenate()([steps, context])))


def _gru(name: str, units: int, seed: int) -> Any:
    import keras

    start, again = keras.initializers.GlorotUniform(seed), keras.initializers.Orthogonal(seed=seed + 1)
    drawn = {"kernel_initializer": start, "recurrent_initializer": again}
    return keras.layers.GRU(units, return_sequences=True, return_state=True, name=name, **drawn)


def _embedding(name: str, signs: int, seed: int, **more: Any) -> Any:
    import keras

    return keras.layers.Embedding(signs, FEATURES, keras.initializers.RandomUniform(seed=seed), name=name, **more)


def _attend(units: int, seed: int, steps: Any, states: Any) -> Any:
    """Join decoder and encoder by additive attention; the context of every step."""
    import keras

    glorot = keras.initializers.GlorotUniform
    query = keras.layers.Dense(units, use_bias=False, kernel_initializer=glorot(seed), name="query")(steps)
    key = keras.layers.Dense(units, use_bias=False, kernel_initializer=glorot(seed + 1), name="key")(states)
    layer = keras.layers.AdditiveAttention(name="attention")
    context, _ = layer([query, states, key], return_attention_scores=True)
    layer.scale.assign(glorot(seed + 2)((units,)))  # v, which the layer itself would draw without a seed
    return context


def ordered(model: Any) -> list[Any]:
    """Return a translator's weights in the order of `LAYERS`."""
    return [weight for name in LAYERS for layer in model.layers if layer.name == name for weight in layer.weights]


def read_off(model: Any) -> np.ndarray:
    """Copy a translator's weights (parameters,), in the order of `LAYERS`."""
    return join([variable.numpy() for variable in ordered(model)])


@lru_cache(maxsize=64)
def initial(spec: Spec, seed: int) -> np.ndarray:
    """Draw the weights (parameters,) that a training begins with."""
    return read_off(build(spec, seed))


class Network:
    """A built translator; it takes on weights before every use."""

    def __init__(self, spec: Spec) -> None:
        import keras
        import tensorflow as tf

        self.spec, self.model = spec, build(spec)
        found = {layer.name: layer.output for layer in self.model.layers}
        inside = [found["encoder"][0], found["decoder"][0], found["logits"]]
        if spec.attention:
            inside += [found["attention"][1], found["attention"][0]]
        self._inside = call_of(keras.Model(self.model.inputs, inside), [tf.TensorSpec((None, None), tf.int32)] * 2)
        self._greedy = greedy_call(self.model, spec)
        self._lock = threading.Lock()  # a Dask worker may have several threads

    def load(self, weights: np.ndarray) -> None:
        """Take on weights (parameters,), in the order of `LAYERS`."""
        for variable, values in zip(ordered(self.model), split(weights, shapes(self.spec)), strict=True):
            variable.assign(values)

    def everything(self, weights: np.ndarray, read: np.ndarray, fed: np.ndarray) -> list[np.ndarray]:
        """Translate ids read (S,) and fed (T,): what the layers put out, see `Translation`."""
        with self._lock:
            self.load(weights)
            return [part.numpy()[0] for part in self._inside(read[None], fed[None])]

    def greedy(self, weights: np.ndarray, read: np.ndarray, steps: int) -> np.ndarray:
        """Translate ids read (n, S) with the decoder reading its own output: ids (n, steps)."""
        import tensorflow as tf

        with self._lock:
            self.load(weights)
            return self._greedy(tf.constant(read), tf.constant(steps)).numpy()


@lru_cache(maxsize=16)
def network(spec: Spec) -> Network:
    """Return the built network of this process."""
    return Network(spec)


def greedy_call(model: Any, spec: Spec) -> Callable[[Any, Any], Any]:
    """Compile a translation in which the decoder reads its own output: the model's layers, one step at a time."""
    import tensorflow as tf

    part = {layer.name: layer for layer in model.layers}
    some = {"shape_invariants": [tf.TensorShape([]), tf.TensorShape([None, None]), tf.TensorShape([None, spec.units])]}

    def step(fed: Any, state: Any, keys: tuple[Any, ...]) -> tuple[Any, Any]:
        given, context = part["embed_fed"](fed[:, -1:]), keys[0]
        written, state = part["decoder"](
            given if spec.attention else tf.concat([given, context], -1), initial_state=state
        )
        if spec.attention:
            states, keyed, mask = keys
            context = part["attention"]([part["query"](written), states, keyed], mask=[None, mask])
        best = tf.argmax(part["logits"](tf.concat([written, context], -1))[:, -1, END:], -1, tf.int32) + END
        return tf.concat([fed, best[:, None]], 1), state

    @tf.function(input_signature=[tf.TensorSpec((None, None), tf.int32), tf.TensorSpec((), tf.int32)], autograph=False)
    def greedy(read: Any, steps: Any) -> Any:
        mask = tf.not_equal(read, MASK) if spec.mask else None
        states, last = part["encoder"](part["embed_read"](read), mask=mask)
        keys = (states, part["key"](states), mask) if spec.attention else (last[:, None],)
        begin = [0, tf.fill([tf.shape(read)[0], 1], START), last]
        return tf.while_loop(
            lambda k, *_: k < steps, lambda k, fed, state: (k + 1, *step(fed, state, keys)), begin, **some
        )[1][:, 1:]

    return greedy
