"""The translator's Keras layers with their weights as arguments: one compiled call serves every number of units."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from engine.sequence import fed
from engine.sequence.gru_by_hand import split
from engine.sequence.signs import END, START, Spec
from engine.sequence.translator_by_hand import shapes


def everything(spec: Spec, weights: np.ndarray, read: np.ndarray, given: np.ndarray) -> list[np.ndarray]:
    """Let the layers translate what the decoder is fed.

    Parameters
    ----------
    spec : Spec
        Which network.
    weights : np.ndarray, (parameters,)
        Its weights.
    read, given : np.ndarray
        (n, S) and (n, T) ids.

    Returns
    -------
    list of np.ndarray
        Encoder (n, S, units), decoder (n, T, units), logits (n, T, ids), and with attention its weights (n, T, S) and
        the context (n, T, units).
    """
    call = _everything(spec.attention, spec.mask)
    return [part.numpy() for part in call(*_arguments(spec, weights, read), given.astype(np.int32))]


def greedy(spec: Spec, weights: np.ndarray, read: np.ndarray, steps: int) -> np.ndarray:
    """Translate ids read (n, S) with the decoder reading its own output: ids (n, steps)."""
    return _greedy(spec.attention, spec.mask)(*_arguments(spec, weights, read), np.int32(steps)).numpy()


def _arguments(spec: Spec, weights: np.ndarray, read: np.ndarray) -> list[Any]:
    zero = np.zeros((len(read), spec.units))  # the state before the first sign
    return [fed.numbers(*split(weights, shapes(spec))), *fed.numbers(zero), read.astype(np.int32)]


@dataclass(frozen=True, eq=False)
class _Layers:
    """The layers of one kind of network; they get their weights while a call is compiled."""

    read: Any
    given: Any
    encoder: Any
    decoder: Any
    query: Any
    key: Any
    attention: Any  # None without
    logits: Any

    def feed(self, weights: Sequence[Any]) -> None:
        """Take on the weights, in the order of `translator_by_hand.shapes`."""
        self.read.embeddings, self.given.embeddings, *rest = weights
        fed.feed(self.encoder, rest[:3])
        fed.feed(self.decoder, rest[3:6])
        if self.attention:
            self.query.kernel, self.key.kernel, self.attention.scale = rest[6:9]
        self.logits.kernel, self.logits.bias = rest[-2:]

    def encode(self, read: Any, zero: Any) -> tuple[Any, Any, tuple[Any, ...]]:
        """Read ids (n, S): all states, the last of them, and what the decoder looks at."""
        mask = self.read.compute_mask(read)
        states, last = self.encoder(self.read(read), initial_state=zero, mask=mask)
        return states, last, (states, self.key(states), mask) if self.attention else (last[:, None],)

    def decode(self, given: Any, state: Any, seen: tuple[Any, ...]) -> tuple[Any, ...]:
        """Write a sign for each of the ids (n, T) that it is fed: states, the last, logits, attention and context."""
        import tensorflow as tf

        signs = self.given(given)
        if self.attention:
            steps, last = self.decoder(signs, initial_state=state)
            states, keys, mask = seen
            context, weights = self.attention(
                [self.query(steps), states, keys], mask=[None, mask], return_attention_scores=True
            )
            return steps, last, self.logits(tf.concat([steps, context], -1)), weights, context
        vector = seen[0] * tf.ones_like(signs[..., :1])  # the one vector, again at every step
        steps, last = self.decoder(tf.concat([signs, vector], -1), initial_state=state)
        return steps, last, self.logits(tf.concat([steps, vector], -1))


def _layers(attention: bool, mask: bool) -> _Layers:
    from keras.layers import AdditiveAttention

    gru = {"return_sequences": True, "return_state": True}
    joint = AdditiveAttention() if attention else None
    if joint:
        joint.built = True  # else its first call would give it a weight of its own
    return _Layers(
        fed.embedding(mask_zero=mask), fed.embedding(), fed.make("GRU", **gru), fed.make("GRU", **gru),
        fed.dense(use_bias=False), fed.dense(use_bias=False), joint, fed.dense(),
    )  # fmt: skip


def _signature(attention: bool) -> list[Any]:
    """The weights, the state before the first sign and the ids that are read."""
    matrix, row = fed.spec(None, None), fed.spec(None)
    cell = [matrix, matrix, fed.spec(2, None)]
    weights = [matrix, matrix, *cell, *cell, *([matrix, matrix, row] if attention else []), matrix, row]
    return [weights, matrix, fed.spec(None, None, dtype="int32")]


@cache
def _everything(attention: bool, mask: bool) -> Any:
    """Compile `everything` of one kind of network."""
    import tensorflow as tf

    part, ids = _layers(attention, mask), fed.spec(None, None, dtype="int32")

    @tf.function(autograph=False, input_signature=[*_signature(attention), ids])
    def run(weights: Any, zero: Any, read: Any, given: Any) -> list[Any]:
        part.feed(weights)
        states, last, seen = part.encode(read, zero)
        steps, _, *found = part.decode(given, last, seen)
        return [states, steps, *found]

    return run


@cache
def _greedy(attention: bool, mask: bool) -> Any:
    """Compile `greedy` of one kind of network."""
    import tensorflow as tf

    part = _layers(attention, mask)

    @tf.function(autograph=False, input_signature=[*_signature(attention), fed.spec(dtype="int32")])
    def run(weights: Any, zero: Any, read: Any, count: Any) -> Any:
        part.feed(weights)
        _, last, seen = part.encode(read, zero)

        def step(k: Any, written: Any, state: Any) -> tuple[Any, ...]:
            _, state, logits, *_ = part.decode(written[:, -1:], state, seen)
            best = tf.argmax(logits[:, -1, END:], -1, tf.int32) + END
            return k + 1, tf.concat([written, best[:, None]], 1), state

        begin = [0, tf.fill([tf.shape(read)[0], 1], START), last]
        some = [tf.TensorShape(shape) for shape in ([], [None, None], [None, None])]
        return tf.while_loop(lambda k, *_: k < count, step, begin, some)[1][:, 1:]

    return run
