"""A tagger: Embedding -> GRU, one way or both -> Dense, a tag for every word (many to many, aligned)."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import numpy as np

from engine.checks import Check, compare
from engine.compute import task
from engine.sequence import fed, tagging
from engine.sequence.gru_by_hand import gru, join, softmax, split

FEATURES = 16
EXAMPLES = 2000  # sentences to learn from
LAYERS = ("embedding", "recurrent", "tags")
PAD, UNKNOWN = 0, 1


@cache
def vocabulary() -> dict[str, int]:
    """Give every word its id; 0 is padding, 1 an unknown word."""
    words = sorted({word for sentence in tagging.sentences(EXAMPLES) for word in sentence.words})
    return {word: k + UNKNOWN + 1 for k, word in enumerate(words)}


def encode(sentences: Sequence[tuple[str, ...]]) -> np.ndarray:
    """Turn the words of sentences into ids (n, LONGEST)."""
    ids = np.zeros((len(sentences), tagging.LONGEST), np.int32)
    for row, words in enumerate(sentences):
        ids[row, : len(words)] = [vocabulary().get(word, UNKNOWN) for word in words]
    return ids


def build(units: int, both_ways: bool, seed: int = 0) -> Any:
    """Make the Keras model (ids (n, T) -> logits (n, T, 4)), every initializer seeded."""
    import keras
    from keras import layers

    glorot, orthogonal = keras.initializers.GlorotUniform(seed), keras.initializers.Orthogonal(seed=seed + 1)
    cell = layers.GRU(
        units, return_sequences=True, kernel_initializer=glorot, recurrent_initializer=orthogonal, name="recurrent"
    )
    if both_ways:
        other = layers.GRU(
            units,
            return_sequences=True,
            go_backwards=True,
            name="other",
            kernel_initializer=keras.initializers.GlorotUniform(seed + 2),
            recurrent_initializer=keras.initializers.Orthogonal(seed=seed + 3),
        )
        cell = layers.Bidirectional(cell, backward_layer=other, name="recurrent")
    draw = keras.initializers.RandomUniform(seed=seed + 4)
    embedding = layers.Embedding(len(vocabulary()) + 2, FEATURES, draw, mask_zero=True, name="embedding")
    dense = layers.Dense(len(tagging.TAGS), kernel_initializer=keras.initializers.GlorotUniform(seed + 5), name="tags")
    read = keras.Input((None,), dtype="int32")
    return keras.Model(read, dense(cell(embedding(read))))


def ordered(model: Any) -> list[Any]:
    """Return a tagger's weights in the order of `LAYERS`."""
    return [weight for name in LAYERS for weight in model.get_layer(name).weights]


def read_off(model: Any) -> np.ndarray:
    """Copy a tagger's weights (parameters,), in the order of `LAYERS`."""
    return join([variable.numpy() for variable in ordered(model)])


def shapes(units: int, both_ways: bool) -> list[tuple[int, ...]]:
    """Give the shapes of a tagger's weights in the order of `LAYERS`."""
    cell = [(FEATURES, 3 * units), (units, 3 * units), (2, 3 * units)]
    ways = 1 + both_ways
    return [(len(vocabulary()) + 2, FEATURES), *cell * ways, (ways * units, len(tagging.TAGS)), (len(tagging.TAGS),)]


@dataclass(frozen=True, eq=False)
class Tagged:
    """One sentence on its way through a tagger."""

    words: tuple[str, ...]  # (T,)
    known: np.ndarray  # (T,) whether the word was in the training
    forward: np.ndarray  # (T, units) from keras.layers.GRU
    backward: np.ndarray  # (T, units) the state that has read from the end to here; (T, 0) one way
    logits: np.ndarray  # (T, 4) from keras.layers.Dense
    probabilities: np.ndarray  # (T, 4) their softmax
    check: Check

    @property
    def tags(self) -> tuple[str, ...]:
        """The likeliest tag of each word (T,)."""
        return tuple(tagging.TAGS[k] for k in self.probabilities.argmax(1))


@cache
def _call(both_ways: bool) -> Any:
    """Compile the layers, once for every number of units."""
    import tensorflow as tf

    matrix, row, ids = fed.spec(None, None), fed.spec(None), fed.spec(None, None, dtype="int32")
    embedding, dense = fed.embedding(mask_zero=True), fed.dense()
    layer = fed.make("GRU", return_sequences=True)
    layer = fed.both_ways(layer) if both_ways else layer
    weights = [matrix, *[matrix, matrix, fed.spec(2, None)] * (1 + both_ways), matrix, row]

    @tf.function(autograph=False, input_signature=[weights, matrix, ids])
    def run(weights: Any, zero: Any, ids: Any) -> list[Any]:
        embedding.embeddings, *cells, dense.kernel, dense.bias = weights
        start = [zero, zero] if both_ways else zero
        states = fed.feed(layer, cells)(embedding(ids), initial_state=start, mask=embedding.compute_mask(ids))
        return [states, dense(states)]

    return run


def outputs(units: int, both_ways: bool, weights: np.ndarray, ids: np.ndarray) -> list[np.ndarray]:
    """Tag ids (n, T) with the Keras layers: states (n, T, units or 2 units) and logits (n, T, 4)."""
    (zero,) = fed.numbers(np.zeros((len(ids), units)))  # the state before the first word
    found = _call(both_ways)(fed.numbers(*split(weights, shapes(units, both_ways))), zero, ids)
    return [array.numpy() for array in found]


@lru_cache(maxsize=64)
def initial(units: int, both_ways: bool, seed: int) -> np.ndarray:
    """Draw the weights (parameters,) that a training begins with: those of `build`, without building it."""
    from keras.initializers import GlorotUniform, Orthogonal, RandomUniform

    drawn = [RandomUniform(seed=seed + 4), GlorotUniform(seed), Orthogonal(seed=seed + 1), np.zeros]
    drawn += [GlorotUniform(seed + 2), Orthogonal(seed=seed + 3), np.zeros] if both_ways else []
    drawn += [GlorotUniform(seed + 5), np.zeros]
    return join([draw(shape) for draw, shape in zip(drawn, shapes(units, both_ways), strict=True)])


@task
def taggings(units: int, both_ways: bool, moments: Sequence[np.ndarray], text: str) -> list[Tagged]:
    r"""Tag a sentence with several weights of one network and keep the states.

    :math:`p_t = \mathrm{softmax}(V [h_t; h'_t] + b)`.

    Parameters
    ----------
    units : int
        Numbers in the state of each direction.
    both_ways : bool
        Whether a second GRU reads from the end.
    moments : sequence of np.ndarray, (parameters,)
        Its weights, such as those of several moments of a training.
    text : str
        1 to 16 words; words that were not in the training share one id.

    Returns
    -------
    list of Tagged
        States and probabilities of every word; one for each of the weights.

    Raises
    ------
    ValueError
        If there are no words, or too many.

    Examples
    --------
    >>> one = taggings(4, True, [initial(4, True, 0)], "jordan exports wine")[0]
    >>> one.forward.shape, one.check.passed
    ((3, 4), True)
    """
    words = tagging.words(text)
    ids = encode([words])[:, : len(words)]
    return [_tagged(units, both_ways, weights, words, ids) for weights in moments]


@task
def tag(units: int, both_ways: bool, weights: np.ndarray, text: str) -> Tagged:
    """Tag a sentence; see `taggings`."""
    return taggings(units, both_ways, [weights], text)[0]


@task
def tag_untrained(units: int, both_ways: bool, seed: int, text: str) -> Tagged:
    """Tag with the weights that a training begins with; see `taggings`."""
    return tag(units, both_ways, initial(units, both_ways, seed), text)


def _tagged(units: int, both_ways: bool, weights: np.ndarray, words: tuple[str, ...], ids: np.ndarray) -> Tagged:
    states, logits = (array[0] for array in outputs(units, both_ways, weights, ids))
    ours = by_hand(units, both_ways, weights, ids[0])
    check = compare("the Keras model's own output", ours[1], logits)
    state_check = compare("its states", ours[0], states)
    return Tagged(
        words,
        ids[0] != UNKNOWN,
        states[:, :units],
        states[:, units:],
        logits,
        softmax(logits),
        Check(check.against, max(check.difference, state_check.difference)),
    )


def by_hand(units: int, both_ways: bool, weights: np.ndarray, ids: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Tag ids (T,) in NumPy, without Keras: states (T, units or 2 units) and logits (T, 4)."""
    embed, *cells, dense, bias = split(weights, shapes(units, both_ways))
    states = gru(embed[ids], cells[:3], np.zeros(units))
    if both_ways:
        back = gru(embed[ids[::-1]], cells[3:], np.zeros(units))[::-1]
        states = np.concatenate([states, back], 1)
    return states, states @ dense + bias
