"""A tagger: Embedding -> GRU, one way or both -> Dense, a tag for every word (many to many, aligned)."""

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import numpy as np

from engine.checks import Check, compare
from engine.compute import task
from engine.keras_training import KerasJob
from engine.sequence import tagging
from engine.sequence.gru_by_hand import gru, join, softmax, split
from engine.sequence.tagging import Score, Sentence
from engine.sequence.translation_training import SHIPPED

FEATURES = 16
EXAMPLES, HELD_OUT = 2000, 1000
LAYERS = ("embedding", "recurrent", "tags")
PAD, UNKNOWN = 0, 1
HIDDEN = 0.03  # share of the words


@dataclass(frozen=True, kw_only=True)
class TaggerJob(KerasJob):
    """A tagger; a snapshot has its weights and what it gets right."""

    both_ways: bool = True
    units: int = 32
    learning_rate: float = 5e-3
    batch_size: int = 64
    epochs: int = 12
    snapshot_every: int = 16

    def build(self) -> Any:
        """Make the compiled model; padding counts for nothing."""
        import keras

        model = build(self.units, self.both_ways, self.seed)
        model.compile(
            keras.optimizers.Adam(self.learning_rate), keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        )
        return model

    def data(self) -> tuple[Any, Any]:
        """Give words and tags; some words are hidden, so that the network meets unknown ones."""
        ids, tags = (array[:EXAMPLES] for array in examples()[:2])
        hidden = np.random.default_rng(self.seed).random(ids.shape) < HIDDEN
        return np.where(hidden & (ids != PAD), UNKNOWN, ids).astype(np.int32), tags

    def snapshot(self, model: Any, step: int, losses: np.ndarray) -> dict[str, Any]:
        """Copy the weights and tag 200 held-out sentences."""
        ids, tags, both = (array[EXAMPLES : EXAMPLES + 200] for array in examples())
        marked = np.asarray(model(ids)).argmax(-1)
        right = marked == tags
        return {
            "weights": join([variable.numpy() for variable in ordered(model)]),
            "loss": float(losses.mean()) if len(losses) else float("nan"),
            "exact": float((right | (ids == PAD)).all(1).mean()),
            "open": float(right[both, 0].mean()),
        }


@cache
def vocabulary() -> dict[str, int]:
    """Give every word its id; 0 is padding, 1 an unknown word."""
    words = sorted({word for sentence in tagging.sentences(EXAMPLES) for word in sentence.words})
    return {word: k + UNKNOWN + 1 for k, word in enumerate(words)}


@lru_cache(maxsize=1)
def examples() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give ids and tags (n, T), and (n,) whether only the right context decides the first word."""
    found = tagging.sentences(EXAMPLES + HELD_OUT)
    tags = np.zeros((len(found), tagging.LONGEST), np.int32)
    for row, sentence in enumerate(found):
        tags[row, : len(sentence.tags)] = [tagging.TAGS.index(tag) for tag in sentence.tags]
    return encode(found), tags, np.array([sentence.open for sentence in found])


def encode(found: list[Sentence]) -> np.ndarray:
    """Turn sentences into ids (n, LONGEST)."""
    ids = np.zeros((len(found), tagging.LONGEST), np.int32)
    for row, sentence in enumerate(found):
        ids[row, : len(sentence.words)] = [vocabulary().get(word, UNKNOWN) for word in sentence.words]
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


@lru_cache(maxsize=4)
def _network(units: int, both_ways: bool) -> tuple[Any, Any]:
    import keras
    import tensorflow as tf

    model = build(units, both_ways)
    inside = keras.Model(model.input, [model.get_layer("recurrent").output, model.output])
    call = tf.function(lambda ids: inside(ids), input_signature=[tf.TensorSpec((None, None), tf.int32)])
    return model, call


def _loaded(units: int, both_ways: bool, weights: np.ndarray) -> Any:
    model, call = _network(units, both_ways)
    for variable, values in zip(ordered(model), split(weights, shapes(units, both_ways)), strict=True):
        variable.assign(values)
    return call


@task
def tag(units: int, both_ways: bool, weights: np.ndarray, text: str) -> Tagged:
    r"""Tag a sentence and keep the states.

    :math:`p_t = \mathrm{softmax}(V [h_t; h'_t] + b)`.

    Parameters
    ----------
    units : int
        Numbers in the state of each direction.
    both_ways : bool
        Whether a second GRU reads from the end.
    weights : np.ndarray, (parameters,)
        The network's.
    text : str
        1 to 16 words; words that were not in the training share one id.

    Returns
    -------
    Tagged
        States and probabilities of every word.

    Raises
    ------
    ValueError
        If there are no words, or too many.
    """
    words = tagging.words(text)
    ids = encode([Sentence(words, ("O",) * len(words), False)])[:, : len(words)]
    states, logits = (array.numpy()[0] for array in _loaded(units, both_ways, weights)(ids))
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


@dataclass(frozen=True, eq=False)
class Scores:
    """A tagger on 1,000 sentences that it was not trained on."""

    kinds: list[Score]
    open: float  # share right of first words that only their right context decides


@task
def scores(units: int, both_ways: bool, weights: np.ndarray) -> Scores:
    """Tag the held-out sentences and compare entity by entity.

    Parameters
    ----------
    units, both_ways, weights
        As for `tag`.

    Returns
    -------
    Scores
        Precision, recall and F1 of PER, LOC and all.
    """
    found = tagging.sentences(EXAMPLES + HELD_OUT)[EXAMPLES:]
    marked = _loaded(units, both_ways, weights)(encode(found))[1].numpy().argmax(-1)
    tags = [tuple(tagging.TAGS[k] for k in row[: len(s.words)]) for s, row in zip(found, marked, strict=True)]
    first = [tags[k][0] == s.tags[0] for k, s in enumerate(found) if s.open]
    return Scores(tagging.score([s.tags for s in found], tags), float(np.mean(first)))


JOBS = {"tags, one way": TaggerJob(both_ways=False), "tags, both ways": TaggerJob()}


@cache
def shipped() -> dict[str, tuple[np.ndarray, Scores]]:
    """Read the trained taggers by name: weights, and what they found in the held-out sentences."""
    with np.load(SHIPPED, allow_pickle=False) as kept:
        return {
            key: (
                kept[f"{key}/weights"],
                Scores(
                    [
                        Score(kind, *map(int, row))
                        for kind, row in zip(("PER", "LOC", "all"), kept[f"{key}/scores"], strict=True)
                    ],
                    float(kept[f"{key}/open"]),
                ),
            )
            for key in JOBS
        }


@task
def tag_shipped(key: str, text: str) -> Tagged:
    """Tag with a shipped network; see `tag`."""
    return tag(JOBS[key].units, JOBS[key].both_ways, shipped()[key][0], text)
