"""How much of what a network writes is its own: names or words that its training text does not have."""

from typing import NamedTuple

import numpy as np

from engine.sequence.char_steps import Weights, begin, step
from engine.sequence.texts import END, Corpus

SAMPLES, LONGEST, SEED = 100, 40, 1  # lines that are written to see; characters of a line, at most; of the draws
NEITHER, COPIED, NEW, HELD = range(4)  # what a character belongs to: nothing whole, a piece of the training text, ...


def belongs(corpus: Corpus, codes: np.ndarray) -> np.ndarray:
    """Say of every character whether its name or word was copied, is new, or is one that was held out.

    Parameters
    ----------
    corpus : Corpus
        With what the training saw.
    codes : np.ndarray
        (T,) the text.

    Returns
    -------
    np.ndarray
        (T,) NEITHER for spaces, new lines and the last piece, which may go on.
    """
    found, start = np.full(len(codes), NEITHER, np.uint8), 0
    text = corpus.decode(codes)
    for t, letter in enumerate(text):
        if letter == END or (corpus.prose and letter == " "):
            if piece := text[start:t]:
                found[start:t] = kind(corpus, piece)
            start = t + 1
    return found


def kind(corpus: Corpus, piece: str) -> int:
    """COPIED, HELD or NEW."""
    return COPIED if piece in corpus.known else HELD if piece in corpus.held_words else NEW


class Novelty(NamedTuple):
    """How much of 100 freshly written lines is new; NaN when nothing was finished."""

    new: np.ndarray  # (F,) share of all names or words that the training text does not have
    held: np.ndarray  # (F,) share of all that are in the held-out part of it
    samples: np.ndarray  # (F,) how many were finished within 40 characters


NOT_COUNTED = Novelty(*(np.empty(0) for _ in Novelty._fields))


def novelty(networks: Weights, corpus: Corpus, temperature: float) -> Novelty:
    """Write 100 lines with each network and count the names (in prose the words) that the training text does not have.

    Parameters
    ----------
    networks : Weights
        F of them, stacked.
    corpus : Corpus
        What they were trained on.
    temperature : float
        0.1 to 2.

    Returns
    -------
    Novelty
        Of each network.
    """
    kinds = [[kind(corpus, piece) for piece in pieces] for pieces in samples(networks, corpus, temperature)]
    with np.errstate(invalid="ignore"):
        count = np.array([len(found) for found in kinds])
        shares = [
            np.array([sum(k in wanted for k in found) for found in kinds]) / count for wanted in ((NEW, HELD), (HELD,))
        ]
    return Novelty(shares[0], shares[1], count)


def samples(networks: Weights, corpus: Corpus, temperature: float) -> list[list[str]]:
    """Write 100 lines with each network, by the same random numbers, and give their finished names or words."""
    numbers = np.random.default_rng(SEED).random((LONGEST, SAMPLES))
    alone = (Weights(networks.cell, *arrays) for arrays in zip(*networks.arrays, strict=True))
    return [_finished(corpus, _lines(network, temperature, numbers, corpus.prose)) for network in alone]


def _lines(network: Weights, temperature: float, numbers: np.ndarray, prose: bool) -> np.ndarray:
    """Write side by side, a line (LONGEST,) for each column of numbers; only prose goes on behind the end of a line."""
    codes = np.zeros((SAMPLES, LONGEST + 1), np.int32)
    state, going = begin(network, 1), np.arange(SAMPLES)
    dense, bias = network.dense.T, network.dense_bias[:, None]
    for t in range(LONGEST):
        state = step(network, state, codes[going, t] if t else codes[:1, 0])  # all begin with the same state
        powers = np.divide(dense @ state[0].T + bias, temperature, dtype=np.float64)  # a column for each line
        ends = np.exp(powers - powers.max(0)).cumsum(0)
        drawn = (ends[:-1] <= numbers[t, going] * ends[-1]).sum(0)
        codes[going, t + 1] = drawn
        if not prose:
            open_lines = drawn.nonzero()[0]
            state, going = tuple(part[open_lines] for part in state) if t else state, going[open_lines]
        if not len(going):
            break
    return codes[:, 1:]


def _finished(corpus: Corpus, codes: np.ndarray) -> list[str]:
    if corpus.prose:
        lines = [corpus.decode(row) for row in codes]
        return [word for line in lines for word in line.replace(END, " ").split(" ")[:-1] if word]
    first = np.where((codes == 0).any(1), (codes == 0).argmax(1), 0)  # place of the first new line
    return [corpus.decode(row[:length]) for row, length in zip(codes, first, strict=True) if length]
