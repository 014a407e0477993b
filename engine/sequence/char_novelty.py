"""How much of what a network writes is its own: names or words that its training text does not have."""

import numpy as np

from engine.sequence.char_steps import Weights, begin, outputs, probabilities, step
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


def novelty(networks: Weights, corpus: Corpus, temperature: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
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
    new, held : np.ndarray
        (F,) shares of all: not in the training text; in the held-out part of it. NaN when none was finished.
    count : np.ndarray
        (F,) how many were finished within 40 characters.
    """
    kinds = [[kind(corpus, piece) for piece in pieces] for pieces in samples(networks, corpus, temperature)]
    with np.errstate(invalid="ignore"):
        count = np.array([len(found) for found in kinds])
        shares = [
            np.array([sum(k in wanted for k in found) for found in kinds]) / count for wanted in ((NEW, HELD), (HELD,))
        ]
    return shares[0], shares[1], count


def samples(networks: Weights, corpus: Corpus, temperature: float) -> list[list[str]]:
    """Write 100 lines side by side with each network, and give their finished names or words."""
    random, count = np.random.default_rng(SEED), len(networks.recurrent)
    state, codes = begin(networks, SAMPLES), np.zeros((count, SAMPLES, LONGEST + 1), np.int32)
    for t in range(LONGEST):
        state = step(networks, state, codes[..., t])
        ends = probabilities(outputs(networks, state[0]), temperature).cumsum(-1)
        place = (ends <= random.random(SAMPLES)[:, None]).sum(-1)
        codes[..., t + 1] = np.minimum(place, ends.shape[-1] - 1)
        if not corpus.prose and (codes[..., 1 : t + 2] == 0).any(-1).all():
            break
    found = [[corpus.decode(row[1:]) for row in rows] for rows in codes]
    if corpus.prose:
        return [[word for line in lines for word in line.replace(END, " ").split(" ")[:-1] if word] for lines in found]
    return [[line.split(END)[0] for line in lines if END in line and not line.startswith(END)] for lines in found]
