"""A small translator: a GRU reads the input, another writes the output, with or without additive attention between.

Embedding -> GRU (encoder); Embedding -> GRU (decoder), begun with the encoder's last state; Dense. With attention Dense
also gets what keras.layers.AdditiveAttention makes of all the encoder's states; without, decoder and Dense get its last
state again at every step. Signs are letters for dates, words for spoken numbers.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from engine.checks import Check, compare
from engine.compute import task
from engine.sequence.gru_by_hand import gru, softmax, split
from engine.sequence.signs import (
    END,
    MASK,
    NO_ANSWER,
    OWN,
    START,
    STEPS,
    TEACHER,
    Spec,
    encode,
    encode_outputs,
    right_answer,
    shifted,
    tokens,
)

FEATURES = 16  # numbers in an embedding
LAYERS = (
    "embed_read",
    "embed_fed",
    "encoder",
    "decoder",
    "query",
    "key",
    "attention",
    "logits",
)  # the order of weights


@dataclass(frozen=True, eq=False)
class Translation:
    """One input on its way through the translator, S steps read and T written."""

    spec: Spec
    signs: tuple[str, ...]  # (S,) as read; "" for padding
    fed: tuple[str, ...]  # (T,) what the decoder read at each step: "start", then its own output or the right answer
    output: tuple[str, ...]  # (T,) the likeliest sign of each step
    truth: str | None  # what it should write, if that is known
    encoder: np.ndarray  # (S, units) h_j, from keras.layers.GRU
    decoder: np.ndarray  # (T, units) s_t, from keras.layers.GRU
    scores: np.ndarray  # (T, S) e_tj = v · tanh(W s_t + U h_j); (T, 0) without attention
    attention: np.ndarray  # (T, S) softmax of the scores over j, from keras.layers.AdditiveAttention; (T, 0) without
    context: np.ndarray  # (T, units) sum over j of attention_tj h_j; (T, 0) without
    logits: np.ndarray  # (T, written) from keras.layers.Dense
    probabilities: np.ndarray  # (T, written) their softmax
    check: Check

    @property
    def text(self) -> str:
        """What it wrote, up to its end."""
        return "".join(self.output[: self.output.index("end")] if "end" in self.output else self.output)


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


class Network:
    """A built translator with compiled calls; its weights are set before every use."""

    def __init__(self, spec: Spec) -> None:
        import keras
        import tensorflow as tf

        self.spec, self.model = spec, build(spec)
        found = {layer.name: layer.output for layer in self.model.layers}
        inside = [found["encoder"][0], found["decoder"][0], found["logits"]]
        if spec.attention:
            inside += [found["attention"][1], found["attention"][0]]
        whole = keras.Model(self.model.inputs, inside)
        ids = tf.TensorSpec((None, None), tf.int32)
        self.everything = tf.function(lambda read, fed: whole([read, fed]), input_signature=[ids, ids])
        self._greedy = greedy_call(self.model, spec)

    def load(self, weights: np.ndarray) -> None:
        """Take on weights (parameters,), in the order of `LAYERS`."""
        for variable, values in zip(ordered(self.model), split(weights, shapes(self.spec)), strict=True):
            variable.assign(values)

    def greedy(self, read: np.ndarray, steps: int) -> np.ndarray:
        """Translate with the decoder reading its own output: ids (n, steps)."""
        import tensorflow as tf

        return self._greedy(tf.constant(read), tf.constant(steps)).numpy()


def ordered(model: Any) -> list[Any]:
    """Return a translator's weights in the order of `LAYERS`."""
    return [weight for name in LAYERS for layer in model.layers if layer.name == name for weight in layer.weights]


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


@lru_cache(maxsize=6)
def network(spec: Spec) -> Network:
    """Return the built network of this process."""
    return Network(spec)


@task
def translate(spec: Spec, weights: np.ndarray, text: str, reads: str = OWN) -> Translation:
    r"""Translate one input and keep everything on the way.

    :math:`e_{tj} = v \cdot \tanh(W s_t + U h_j)`, :math:`\alpha_t = \mathrm{softmax}(e_t)`,
    :math:`c_t = \sum_j \alpha_{tj} h_j`.

    Parameters
    ----------
    spec : Spec
        Which network.
    weights : np.ndarray, (parameters,)
        Its weights.
    text : str
        What to translate.
    reads : str
        What the decoder reads: "its own output", or "the right answer" (teacher forcing).

    Returns
    -------
    Translation
        States, attention and probabilities of every step.

    Raises
    ------
    ValueError
        If the input cannot be read, or has no right answer to be forced.

    References
    ----------
    Bahdanau, Cho, Bengio 2015 (additive attention); Cho et al. 2014 (encoder and decoder).
    """
    signs, truth = tokens(spec, text), right_answer(spec, text)
    if reads == TEACHER and truth is None:
        raise ValueError(NO_ANSWER.format(text=text.strip()))
    net = network(spec)
    net.load(weights)
    longest, most = STEPS[spec.task]
    read = encode(spec, [text], len(signs) if spec.mask else longest)
    fed = _forced(spec, truth) if reads == TEACHER else _free(net, read, most)
    found = [array.numpy()[0] for array in net.everything(read, fed)]
    return _translation(spec, weights, (signs, truth), (read[0], fed[0]), found)


def _forced(spec: Spec, truth: str | None) -> np.ndarray:
    return shifted(encode_outputs(spec, [str(truth)], len(str(truth)) + 1))


def _free(net: Network, read: np.ndarray, most: int) -> np.ndarray:
    """Give what the decoder reads when it reads its own output, up to its own end."""
    written = net.greedy(read, most)
    ends = np.flatnonzero(written[0] == END)
    return shifted(written[:, : ends[0] + 1 if len(ends) else most])


def _translation(
    spec: Spec,
    weights: np.ndarray,
    known: tuple[list[str], str | None],
    ids: tuple[np.ndarray, np.ndarray],
    found: list[np.ndarray],
) -> Translation:
    (signs, truth), (read, fed) = known, ids
    encoder, decoder, logits = found[0], found[1], found[2][:, END:]
    attention, context = (found[3], found[4]) if spec.attention else (np.zeros((len(fed), 0)), np.zeros((len(fed), 0)))
    ours = by_hand(spec, weights, read, fed)
    names = {START: "start"} | {k + END: sign for k, sign in enumerate(spec.written)}
    check = compare("the Keras model's own output", ours["logits"][:, END:], logits)
    if spec.attention:
        other = compare("keras.layers.AdditiveAttention", ours["attention"], attention)
        check = Check("the Keras model's own output and attention", max(check.difference, other.difference))
    return Translation(
        spec,
        (*signs, *[""] * (len(read) - len(signs))),
        tuple(names[int(k)] for k in fed),
        tuple(spec.written[k] for k in logits.argmax(1)),
        truth,
        encoder,
        decoder,
        ours["scores"],
        attention,
        context,
        logits,
        softmax(logits),
        check,
    )


def by_hand(spec: Spec, weights: np.ndarray, read: np.ndarray, fed: np.ndarray) -> dict[str, np.ndarray]:
    """Translate in NumPy, step by step, without Keras.

    Parameters
    ----------
    spec, weights
        As for `translate`.
    read, fed : np.ndarray
        (S,) and (T,) ids; nothing is masked, so leave the padding away where the network skips it.

    Returns
    -------
    dict
        encoder (S, units), decoder (T, units), scores and attention (T, S), context (T, units), logits (T, ids).
    """
    embed, written, *parts = split(weights, shapes(spec))
    heads = parts[6:]
    encoder = gru(embed[read], parts[:3], np.zeros(spec.units))
    given, vector = written[fed], np.tile(encoder[-1], (len(fed), 1))
    decoder = gru(given if spec.attention else np.concatenate([given, vector], 1), parts[3:6], encoder[-1])
    found = {"encoder": encoder, "decoder": decoder, "scores": np.zeros((len(fed), 0))}
    if not spec.attention:
        return found | {"logits": np.concatenate([decoder, vector], 1) @ heads[0] + heads[1]}
    query, key, scale, dense, bias = heads
    scores = np.tanh((decoder @ query)[:, None] + encoder @ key) @ scale
    attention = softmax(scores)
    context = attention @ encoder
    logits = np.concatenate([decoder, context], 1) @ dense + bias
    return found | {"scores": scores, "attention": attention, "context": context, "logits": logits}


def shapes(spec: Spec) -> list[tuple[int, ...]]:
    """Give the shapes of a translator's weights, in the order of `LAYERS`.

    Examples
    --------
    >>> sum(int(np.prod(shape)) for shape in shapes(Spec()))
    13406
    """
    u, signs, written = spec.units, len(spec.signs) + 1, len(spec.written) + END
    cell = [(u, 3 * u), (2, 3 * u)]
    between = [(u, u), (u, u), (u,)] if spec.attention else []
    cells = [(FEATURES, 3 * u), *cell, (FEATURES + u * (not spec.attention), 3 * u), *cell]
    return [(signs, FEATURES), (written, FEATURES), *cells, *between, (2 * u, written), (written,)]
