"""Layers that get their weights with every call are Keras's own, to the last bit, for any number of units."""

import functools

import keras
import numpy as np
import pytest
import tensorflow as tf

from engine.sequence import fed

KINDS = [("SimpleRNN", {"activation": "sigmoid"}), ("LSTM", {}), ("GRU", {}), ("GRU", {"reset_after": False})]


@functools.cache
def compiled(kind, both, reset_after):
    """A compiled call, and how often Python ran through it."""
    more = {} if reset_after is None else {"reset_after": reset_after}
    layer = fed.make(kind, return_sequences=True, **({"activation": "sigmoid"} if kind == "SimpleRNN" else more))
    layer, directions = (fed.both_ways(layer), 2) if both else (layer, 1)
    bias = fed.spec(2, None) if reset_after else fed.spec(None)
    passes = []

    @tf.function(input_signature=[fed.spec(None, None, None), fed.spec(None, None),
                                  *[fed.spec(None, None), fed.spec(None, None), bias] * directions])  # fmt: skip
    def call(x, start, *weights):
        passes.append(1)
        return fed.feed(layer, weights)(x, initial_state=[start] * directions * (2 if kind == "LSTM" else 1))

    return call, passes


@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize(("kind", "settings"), KINDS)
@pytest.mark.parametrize(("units", "features", "steps"), [(1, 1, 1), (3, 4, 7), (16, 2, 3)])
def test_a_fed_layer_is_the_built_one(kind, settings, both, units, features, steps):
    built = getattr(keras.layers, kind)(units, return_sequences=True, bias_initializer="uniform", **settings)
    built = keras.layers.Bidirectional(built) if both else built
    built.build((None, None, features))
    rng = np.random.default_rng(units)
    x, start = rng.normal(size=(2, steps, features)), rng.normal(size=(2, units))
    x, start = fed.numbers(x, start)
    call, passes = compiled(kind, both, settings.get("reset_after", True) if kind == "GRU" else None)
    found = call(x, start, *fed.numbers(*built.get_weights()))
    states = [start] * (2 if both else 1) * (2 if kind == "LSTM" else 1)
    np.testing.assert_allclose(found, built(x, initial_state=states), atol=1e-6)
    assert len(passes) == 1  # compiled once, whatever the sizes


def test_other_weights_give_other_states():
    call, _ = compiled("GRU", False, True)
    shapes, rng = [(1, 2, 3), (1, 2), (3, 6), (2, 6), (2, 6)], np.random.default_rng(0)
    x, start, kernel, recurrent, bias = fed.numbers(*(rng.normal(size=shape) for shape in shapes))
    assert np.abs(call(x, start, kernel, recurrent, bias) - call(x, start, kernel, 0 * recurrent, bias)).max() > 0.01


def test_a_fed_dense_is_the_built_one():
    layer = fed.dense(activation="tanh")

    @tf.function(input_signature=[fed.spec(None, None), fed.spec(None, None), fed.spec(None)])
    def call(x, kernel, bias):
        layer.kernel, layer.bias = kernel, bias
        return layer(x)

    for units in (1, 5):
        built = keras.layers.Dense(units, activation="tanh", bias_initializer="uniform")
        built.build((None, 3))
        (x,) = fed.numbers(np.random.default_rng(0).normal(size=(4, 3)))
        np.testing.assert_allclose(call(x, *fed.numbers(*built.get_weights())), built(x), atol=1e-6)


@pytest.mark.parametrize("mask_zero", [False, True])
def test_a_fed_embedding_is_the_built_one(mask_zero):
    layer = fed.embedding(mask_zero=mask_zero)

    @tf.function(input_signature=[fed.spec(None, None, dtype="int32"), fed.spec(None, None)])
    def call(ids, embeddings):
        layer.embeddings = embeddings
        return layer(ids), layer.compute_mask(ids)

    for words, features in ((4, 2), (9, 5)):
        built = keras.layers.Embedding(words, features, mask_zero=mask_zero)
        built.build()
        ids = np.array([[0, 3, 1]], np.int32)
        found, mask = call(ids, *fed.numbers(*built.get_weights()))
        np.testing.assert_array_equal(found, built(ids))
        assert (None if mask is None else mask.numpy().tolist()) == ([[False, True, True]] if mask_zero else None)
