"""A small translator: a GRU reads the input, another writes the output, with or without additive attention between.

Embedding -> GRU (encoder); Embedding -> GRU (decoder), begun with the encoder's last state; Dense. With attention Dense
also gets what keras.layers.AdditiveAttention makes of all the encoder's states; without, decoder and Dense get its last
state again at every step. Signs are letters for dates, words for spoken numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.checks import Check, compare
from engine.compute import task
from engine.sequence.gru_by_hand import softmax
from engine.sequence.signs import (
    END,
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
from engine.sequence.translator_by_hand import by_hand, greedy
from engine.sequence.translator_layers import everything
from engine.sequence.translator_network import initial


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


@task
def translations(spec: Spec, moments: Sequence[np.ndarray], text: str, reads: str = OWN) -> list[Translation]:
    r"""Translate one input with several weights of one network and keep everything on the way.

    :math:`e_{tj} = v \cdot \tanh(W s_t + U h_j)`, :math:`\alpha_t = \mathrm{softmax}(e_t)`,
    :math:`c_t = \sum_j \alpha_{tj} h_j`.

    Parameters
    ----------
    spec : Spec
        Which network.
    moments : sequence of np.ndarray, (parameters,)
        Its weights, such as those of several moments of a training.
    text : str
        What to translate.
    reads : str
        What the decoder reads: "its output", or "the answer" (teacher forcing).

    Returns
    -------
    list of Translation
        States, attention and probabilities of every step; one for each of the weights.

    Raises
    ------
    ValueError
        If the input cannot be read, or has no right answer to be forced.

    References
    ----------
    Bahdanau, Cho, Bengio 2015 (additive attention); Cho et al. 2014 (encoder and decoder).

    Examples
    --------
    >>> one = translations(Spec(units=8), [initial(Spec(units=8), 0)], "17.03.2019")[0]
    >>> one.truth, one.encoder.shape, one.check.passed
    ('2019-03-17', (10, 8), True)
    """
    signs, truth = tokens(spec, text), right_answer(spec, text)
    if reads == TEACHER and truth is None:
        raise ValueError(NO_ANSWER.format(text=text.strip()))
    longest, most = STEPS[spec.task]
    read = encode(spec, [text], len(signs) if spec.mask else longest)[0]
    found = []
    for weights in moments:
        fed = _forced(spec, truth) if reads == TEACHER else greedy(spec, weights, read, most)
        outputs = [part[0] for part in everything(spec, weights, read[None], fed[None])]
        found.append(_translation(spec, (signs, truth), (read, fed), outputs, by_hand(spec, weights, read, fed)))
    return found


@task
def translate(spec: Spec, weights: np.ndarray, text: str, reads: str = OWN) -> Translation:
    """Translate one input; see `translations`."""
    return translations(spec, [weights], text, reads)[0]


@task
def translate_untrained(spec: Spec, seed: int, text: str, reads: str = OWN) -> Translation:
    """Translate with the weights that a training begins with; see `translations`."""
    return translate(spec, initial(spec, seed), text, reads)


def _forced(spec: Spec, truth: str | None) -> np.ndarray:
    return shifted(encode_outputs(spec, [str(truth)], len(str(truth)) + 1))[0]


def _translation(
    spec: Spec,
    known: tuple[list[str], str | None],
    ids: tuple[np.ndarray, np.ndarray],
    outputs: list[np.ndarray],
    ours: dict[str, np.ndarray],
) -> Translation:
    """Put together what the layers put out and what NumPy makes of the same, and compare the two."""
    (signs, truth), (read, fed) = known, ids
    encoder, decoder, logits = outputs[0], outputs[1], outputs[2][:, END:]
    attention, context = (outputs[3], outputs[4]) if spec.attention else (ours["attention"], ours["context"])
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
