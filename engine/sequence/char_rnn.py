r"""A network that writes: it reads one character, gives every character a probability to come next, and one is drawn.

Steps in NumPy, see `char_steps`. With z the network's outputs and τ the temperature, p = softmax(z / τ).
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.checks import Check
from engine.compute import task
from engine.sequence import char_novelty, char_units, texts
from engine.sequence.char_layers import check
from engine.sequence.char_novelty import Novelty
from engine.sequence.char_steps import Weights, begin, draw, one_thread, outputs, probabilities, softmax, stack, step
from engine.sequence.char_units import Expert
from engine.sequence.texts import END, Corpus, Text

TOP = 6  # candidates that are kept of every step
LIMITS: dict[str, tuple[float, float]] = {"characters": (20, 400), "temperature": (0.1, 2.0), "seed": (0, 9999)}
MAX_PREFIX = 40


@dataclass(frozen=True)
class Writing:
    """What is to be written."""

    prefix: str = ""
    characters: int = 160  # after the prefix, 20 to 400
    temperature: float = 0.8  # 0.1 to 2
    seed: int = 0


@dataclass(frozen=True, eq=False)
class Moment:
    """What F states of a network write, and how they came to every character."""

    codes: np.ndarray  # (F, T) the characters: the prefix, then what was drawn
    hidden: np.ndarray  # (F, T + 1, units) the state before each of them, and after the last
    logits: np.ndarray  # (F, T + 1, V) z before each of them, and for the one that would come next
    draws: np.ndarray  # (T,) the random number of each draw, 0 to 1; NaN in the prefix


@dataclass(frozen=True, eq=False)
class Trace:
    """What the network writes at one or several moments of its training, with the distributions it drew from."""

    alphabet: tuple[str, ...]
    writing: Writing
    prose: bool
    weights: Weights  # of the last moment
    codes: np.ndarray  # (F, T) the characters
    hidden: np.ndarray  # (F, T, units) after reading each character
    top: np.ndarray  # (F, T, TOP) codes of the likeliest candidates for each place, best first
    logits: np.ndarray  # (F, T, TOP) their z
    p: np.ndarray  # (F, T, TOP) their probability at this temperature
    plain: np.ndarray  # (F, T, TOP) and at temperature 1
    log_sum: np.ndarray  # (F, T) ln Σ exp(z / τ) over all characters
    written_z: np.ndarray  # (F, T) z of the character that was written
    written: np.ndarray  # (F, T) its probability
    draws: np.ndarray  # (T,) the random number between 0 and 1, the same for all moments; NaN in the prefix
    sharper: np.ndarray  # (F, T) probability of the best candidate at the temperature `other(τ)`
    below: np.ndarray  # (F, T) where the character's part of the line from 0 to 1 begins
    belongs: np.ndarray  # (F, T) NEITHER, COPIED, NEW or HELD of `char_novelty`
    new: np.ndarray  # (F,) share of freshly written names or words that the training text does not have; NaN: none
    held: np.ndarray  # (F,) share of those that are in the held-out part
    samples: np.ndarray  # (F,) out of so many
    rate: float  # characters a second, of all moments together, as just measured
    experts: tuple[Expert, ...]  # units of the last moment that tell something about the text
    check: Check

    @property
    def start(self) -> int:
        """How many characters were given."""
        return len(self.writing.prefix)

    def text(self, moment: int = -1) -> str:
        """What stands there, the prefix included."""
        return "".join(self.alphabet[code] for code in self.codes[moment])


@task(seconds=60)
def trace(
    text: Text,
    moments: Sequence[Weights],
    writing: Writing,
    experts: tuple[Expert, ...] | None = None,
    fresh: Novelty | None = None,
) -> Trace:
    """Write with the weights of each moment of a training: p(c) = exp(z_c / τ) / Σ exp(z / τ), and one c is drawn.

    Parameters
    ----------
    text : Text
        What the network was trained on.
    moments : sequence of Weights
        1 to 24, oldest first, all of one shape.
    writing : Writing
        Prefix (up to 40 characters), characters, temperature and seed; every moment gets the same random numbers.
    experts : tuple of Expert, optional
        From `char_units.experts` for the last moment, where they are known already.
    fresh : Novelty, optional
        From `char_novelty.novelty` at this temperature, where it is known already.

    Returns
    -------
    Trace
        Arrays with the moments along the first axis.

    Raises
    ------
    ValueError
        If a setting is out of range, or the prefix has a character that the training text does not have.

    References
    ----------
    Karpathy, The Unreasonable Effectiveness of Recurrent Neural Networks (2015).

    Examples
    --------
    >>> flat = Weights("SimpleRNN", *(np.zeros(s, np.float32) for s in [(6, 2), (2, 2), (2,), (2, 6), (6,)]))
    >>> one = trace(Text("own text", "abcde" * 5), [flat], Writing("ab", 20))
    >>> one.text()[:2], one.codes.shape, one.p[0, 0].round(3).tolist()
    ('ab', (1, 22), [0.167, 0.167, 0.167, 0.167, 0.167, 0.167])
    """
    refuse(writing)
    corpus = texts.load(text)
    given, networks = encode_prefix(corpus, writing.prefix), stack(moments)
    with one_thread():
        clock = time.perf_counter()
        written = write(networks, given, writing)
        rate = len(moments) * writing.characters / (time.perf_counter() - clock)
        fresh = char_novelty.novelty(networks, corpus, writing.temperature) if fresh is None else fresh
        experts = char_units.experts(moments[-1], corpus) if experts is None else experts
    whole = np.concatenate([[0], written.codes[-1]])
    return Trace(
        corpus.alphabet, writing, corpus.prose, moments[-1], **_looked_at(written, writing),
        new=fresh.new, held=fresh.held, samples=fresh.samples,
        belongs=np.stack([char_novelty.belongs(corpus, codes) for codes in written.codes]), rate=rate, experts=experts,
        check=check(moments[-1], whole, written.hidden[-1], written.logits[-1]),
    )  # fmt: skip


def refuse(writing: Writing) -> None:
    """Raise ValueError for a setting that is out of range."""
    for name, (low, high) in LIMITS.items():
        if not low <= (value := getattr(writing, name)) <= high:
            raise ValueError(f"{name} {value:g} is out of range; use {low:g} to {high:g}")
    if len(writing.prefix) > MAX_PREFIX:
        raise ValueError(f"the beginning has {len(writing.prefix)} characters; use at most {MAX_PREFIX}")


def other(temperature: float) -> float:
    """About half of a temperature, as the slider can show it; twice of one that is as low as it goes.

    Examples
    --------
    >>> other(0.8), other(0.1)
    (0.4, 0.2)
    """
    half = round(10 * temperature) / 20
    return half if half >= LIMITS["temperature"][0] and half < temperature else 2 * temperature


def encode_prefix(corpus: Corpus, prefix: str) -> np.ndarray:
    """Give the codes of the typed beginning, or name the characters that the network has never read."""
    unknown = sorted(set(prefix) - set(corpus.alphabet))
    if unknown:
        named = ", ".join("the space" if letter == " " else f"“{letter}”" for letter in unknown[:5])
        raise ValueError(f"the network has never read {named}; it knows {in_words(corpus.alphabet)}")
    return corpus.encode(prefix)


def in_words(alphabet: Sequence[str]) -> str:
    """Write an alphabet shortly, runs as A–Z.

    Examples
    --------
    >>> in_words(("\\n", " ", "a", "b", "c", "x"))
    'the space, a–c, x'
    """
    shown: list[list[str]] = []
    for letter in alphabet:
        if letter in (END, " "):
            continue
        if shown and ord(shown[-1][-1]) + 1 == ord(letter) and letter.isalnum():
            shown[-1].append(letter)
        else:
            shown.append([letter])
    runs = ["–".join((run[0], run[-1])) if len(run) > 2 else ", ".join(run) for run in shown]
    return ", ".join((["the space"] if " " in alphabet else []) + runs)


def write(networks: Weights, given: np.ndarray, writing: Writing) -> Moment:
    """Read a new line and the given characters, then write, F networks side by side.

    Parameters
    ----------
    networks : Weights
        F of them, stacked.
    given : np.ndarray
        (n,) codes of the beginning.
    writing : Writing
        Characters, temperature, seed.

    Returns
    -------
    Moment
        Of n + characters steps.
    """
    length, count = len(given) + writing.characters, len(networks.recurrent)
    numbers = np.random.default_rng(writing.seed).random(length)
    numbers[: len(given)] = np.nan
    codes, hidden, logits = np.zeros((count, length + 1), np.int32), [], []  # the new line has the code 0
    state = begin(networks, 1)
    for t in range(length + 1):
        state = step(networks, state, codes[:, t : t + 1])
        hidden.append(state[0][:, 0])
        logits.append(outputs(networks, state[0])[:, 0])
        if t < len(given):
            codes[:, t + 1] = given[t]
        elif t < length:
            codes[:, t + 1] = draw(probabilities(logits[t], writing.temperature), np.full(count, numbers[t]))
    return Moment(codes[:, 1:], np.stack(hidden, 1), np.stack(logits, 1), numbers)


# ---- what there is to see ----------------------------------------------------------------------------------------


def _looked_at(written: Moment, writing: Writing) -> dict[str, np.ndarray]:
    """Pick out of the distributions what the picture shows, moment by moment: all at once leave the cache."""
    moments = zip(written.codes, written.logits[:, :-1], strict=True)
    each = [_picked(codes[:, None], logits, writing.temperature) for codes, logits in moments]
    found = {name: np.stack([one[name] for one in each]) for name in each[0]}
    return found | {"codes": written.codes, "hidden": written.hidden[:, 1:], "draws": written.draws}


def _picked(codes: np.ndarray, logits: np.ndarray, temperature: float) -> dict[str, np.ndarray]:
    """The same of one moment: codes (T, 1) and logits (T, V)."""
    (p, total, highest), (_, plain_total, largest) = softmax(logits, temperature), softmax(logits, 1.0)
    top = np.argsort(-p, axis=-1, kind="stable")[:, :TOP]
    mine, z = np.take_along_axis(p, codes, -1), np.take_along_axis(logits, top, -1)
    before = (p > mine) | ((p == mine) & (np.arange(p.shape[-1]) < codes))  # in the order of `draw`
    return {
        "top": top.astype(np.uint8), "logits": z, "p": np.take_along_axis(p, top, -1),
        "plain": np.exp(z - largest) / plain_total, "log_sum": (np.log(total) + highest)[:, 0],
        "written": mine[:, 0], "written_z": np.take_along_axis(logits, codes, -1)[:, 0],
        "sharper": 1 / softmax(logits, other(temperature))[1][:, 0],  # of the largest z: exp(0) / Σ
        "below": (p * before).sum(-1),
    }  # fmt: skip
