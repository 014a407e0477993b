"""The translator as a Keras model that can be trained, and the weights in one vector that its training begins with."""

from functools import lru_cache
from typing import Any

import numpy as np

from engine.sequence.gru_by_hand import join
from engine.sequence.signs import END, Spec
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
    """Draw the weights (parameters,) that `build` gives, without building it."""
    from keras.initializers import GlorotUniform, Orthogonal, RandomUniform

    first = seed * 100
    drawn = [RandomUniform(seed=first), RandomUniform(seed=first + 10)]
    for number in (1, 11):
        drawn += [GlorotUniform(first + number), Orthogonal(seed=first + number + 1), np.zeros]
    drawn += [GlorotUniform(first + number) for number in (20, 21, 22)] if spec.attention else []
    drawn += [GlorotUniform(first + 30), np.zeros]
    return join([draw(shape) for draw, shape in zip(drawn, shapes(spec), strict=True)])
