"""The translator in NumPy, step by step and without Keras: what the Keras model is compared with."""

import numpy as np

from engine.sequence.gru_by_hand import gru, softmax, split
from engine.sequence.signs import END, START, Spec

FEATURES = 16  # numbers in an embedding


def shapes(spec: Spec) -> list[tuple[int, ...]]:
    """Give the shapes of a translator's weights: both embeddings, encoder, decoder, attention, Dense.

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


def by_hand(spec: Spec, weights: np.ndarray, read: np.ndarray, fed: np.ndarray) -> dict[str, np.ndarray]:
    """Translate what the decoder is fed.

    Parameters
    ----------
    spec : Spec
        Which network.
    weights : np.ndarray, (parameters,)
        Its weights.
    read, fed : np.ndarray
        (S,) and (T,) ids; nothing is masked, so leave the padding away where the network skips it.

    Returns
    -------
    dict
        encoder (S, units), decoder (T, units), scores and attention (T, S), context (T, units), logits (T, ids).
    """
    embed, written, *parts = split(weights, shapes(spec))
    encoder = gru(embed[read], parts[:3], np.zeros(spec.units))
    decoder = gru(_given(spec, written[fed], encoder), parts[3:6], encoder[-1])
    return {"encoder": encoder, "decoder": decoder, **_written(spec, decoder, encoder, parts[6:])}


def greedy(spec: Spec, weights: np.ndarray, read: np.ndarray, most: int) -> np.ndarray:
    """Let the decoder read its own output until it writes the end: what it is fed, (T,) ids, `most` at most."""
    embed, written, *parts = split(weights, shapes(spec))
    encoder = gru(embed[read], parts[:3], np.zeros(spec.units))
    state, fed = encoder[-1:], [START]
    while True:
        state = gru(_given(spec, written[fed[-1:]], encoder), parts[3:6], state[0])
        best = int(_written(spec, state, encoder, parts[6:])["logits"][0, END:].argmax()) + END
        if best == END or len(fed) == most:
            return np.array(fed, np.int32)
        fed.append(best)


def _given(spec: Spec, signs: np.ndarray, encoder: np.ndarray) -> np.ndarray:
    """What the decoder is fed: the embedded signs (T, features), and without attention the one vector beside each."""
    return signs if spec.attention else np.concatenate([signs, np.tile(encoder[-1], (len(signs), 1))], 1)


def _written(spec: Spec, decoder: np.ndarray, encoder: np.ndarray, heads: list[np.ndarray]) -> dict[str, np.ndarray]:
    """Scores, attention, context and logits of some steps of the decoder."""
    if not spec.attention:
        vector = np.tile(encoder[-1], (len(decoder), 1))
        none = np.zeros((len(decoder), 0))
        found = {"scores": none, "attention": none, "context": none}
        return found | {"logits": np.concatenate([decoder, vector], 1) @ heads[0] + heads[1]}
    query, key, scale, dense, bias = heads
    scores = np.tanh((decoder @ query)[:, None] + encoder @ key) @ scale
    attention = softmax(scores)
    context = attention @ encoder
    logits = np.concatenate([decoder, context], 1) @ dense + bias
    return {"scores": scores, "attention": attention, "context": context, "logits": logits}
