"""gensim's Word2Vec for the word map: its settings, its training in steps, and the trained model that is shipped."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from engine.training import Snapshot
from engine.word2vec_training import Word2VecJob
from engine.words import corpora
from engine.words.vectors import WordVectors

SHIPPED = Path(__file__).parents[2] / "data" / "word_map.npz"
SKIP_GRAM, CBOW = "skip-gram", "CBOW"
NEGATIVE, HIERARCHICAL = "negative sampling", "hierarchical softmax"
LIMITS = {
    "vector_size": (2, 200), "window": (1, 10), "negative": (1, 20), "min_count": (1, 20), "epochs": (1, 50),
    "seed": (0, 999),
}  # fmt: skip
DEFAULTS = {
    "algorithm": SKIP_GRAM, "vector_size": 20, "window": 5, "output": NEGATIVE, "negative": 5, "min_count": 1,
    "epochs": 10, "seed": 1, "subsample": False,
}  # fmt: skip
SUBSAMPLE = 1e-3
SNAPSHOTS_PER_EPOCH = 2


@dataclass(frozen=True, kw_only=True)
class WordMapJob(Word2VecJob):
    """Word2Vec on one text; a snapshot has all words, their counts and their vectors."""

    text: corpora.Text

    @property
    def private(self) -> bool:
        """Whether the text is the learner's own."""
        return bool(self.text.typed)

    def sentences(self) -> list[list[str]]:
        """Give the corpus, in words."""
        return corpora.load(self.text)

    def snapshot(self, model: Any, step: int) -> dict[str, Any]:
        """Copy the vectors; `pairs` is how many pairs `words` made."""
        words = list(model.wv.index_to_key)
        letters = np.frombuffer("\n".join(words).encode(), "uint8")
        counts = np.array([model.wv.get_vecattr(word, "count") for word in words], "int32")
        counted = _pairs_per_word if self.private else _pairs_per_word_kept  # own texts are not kept
        pairs = counted(self.text, self.window) if self.sg else 1.0
        shared = {"letters": letters, "counts": counts, "pairs_per_word": pairs}
        return shared | {"vectors": model.wv.vectors.copy()}


def pairs_per_word(lengths: np.ndarray, window: int) -> float:
    r"""Count how many skip-gram pairs a word makes on average: gensim draws its reach from 1 to `window`.

    A sentence of L words has :math:`2 (L - d)` pairs at distance d, and a reach of at least d comes with probability
    :math:`(w - d + 1) / w`.

    Parameters
    ----------
    lengths : np.ndarray, (S,)
        Words in each sentence.
    window : int, 1 or more
        The widest reach w.

    Returns
    -------
    float
        Pairs a word; CBOW makes one, whatever its window.

    Examples
    --------
    >>> pairs_per_word(np.array([3]), 1), pairs_per_word(np.array([3, 3]), 2)
    (1.3333333333333333, 1.6666666666666667)
    """
    distances = np.arange(1, window + 1)
    pairs = 2 * np.maximum(0, np.asarray(lengths)[:, None] - distances) * (window - distances + 1) / window
    return float(pairs.sum() / np.sum(lengths))


def _pairs_per_word(text: corpora.Text, window: int) -> float:
    return pairs_per_word(np.array([len(sentence) for sentence in corpora.load(text)]), window)


_pairs_per_word_kept = lru_cache(maxsize=16)(_pairs_per_word)


def job(text: corpora.Text, settings: Mapping[str, Any]) -> WordMapJob:
    """Turn the lesson's settings into a training.

    Parameters
    ----------
    text : Text
        What to train on.
    settings : mapping
        As `DEFAULTS`; numbers within `LIMITS`.

    Returns
    -------
    WordMapJob
        With gensim's own names.

    Raises
    ------
    ValueError
        For a number out of its limits.
    """
    for name, (low, high) in LIMITS.items():
        if not low <= settings[name] <= high:
            raise ValueError(f"{name} {settings[name]} is not possible here; use {low} to {high}")
    hierarchical = settings["output"] == HIERARCHICAL
    return WordMapJob(
        text=text, sg=int(settings["algorithm"] == SKIP_GRAM), hs=int(hierarchical),
        negative=0 if hierarchical else settings["negative"], sample=SUBSAMPLE if settings["subsample"] else 0,
        snapshot_every=max(1, round(text.words / Word2VecJob.batch_words / SNAPSHOTS_PER_EPOCH)),
        **{name: settings[name] for name in ("vector_size", "window", "min_count", "epochs", "seed")},
    )  # fmt: skip


@cache
def shipped_job() -> WordMapJob:
    """Give the training whose outcome comes with the project."""
    return job(corpora.Text(), DEFAULTS)


def model(values: Mapping[str, Any]) -> WordVectors:
    """Read a snapshot's words and vectors."""
    words = tuple(bytes(values["letters"]).decode().split("\n"))
    return WordVectors(words, values["vectors"], values["counts"])


@dataclass(frozen=True)
class Progress:
    """How far a training is."""

    epoch: float  # epochs done, with their fraction
    epochs: int
    loss: float  # gensim's, a pair, mean since the epoch began; NaN before the first step
    pairs_per_second: float  # 0 at rest


def progress(snapshot: Snapshot, rate: float, epochs: int) -> Progress:
    """Put a snapshot's counters into numbers that mean something.

    Parameters
    ----------
    snapshot : Snapshot
        Of a `WordMapJob`; its loss and words count from the beginning of the epoch, so they never saturate.
    rate : float
        Steps per second.
    epochs : int
        Of the job.

    Returns
    -------
    Progress
        Loss a pair and pairs per second; the number of pairs is its mean, as gensim draws its windows by chance.

    Examples
    --------
    >>> progress(Snapshot(4, {"epoch": 0.5, "loss": 600.0, "words": 50, "pairs_per_word": 6.0}), 2.0, 10)
    Progress(epoch=0.5, epochs=10, loss=2.0, pairs_per_second=150.0)
    """
    values = snapshot.values
    pairs, epoch = values["words"] * values["pairs_per_word"], values["epoch"]
    if not pairs:
        return Progress(epoch, epochs, float("nan"), 0.0)
    share = epoch % 1 or 1.0  # of this epoch
    pairs_a_step = pairs / (share * snapshot.step / epoch)
    return Progress(epoch, epochs, values["loss"] / pairs, rate * pairs_a_step)


def losses(snapshots: Sequence[Snapshot], epochs: int) -> tuple[np.ndarray, np.ndarray]:
    """Give epochs and mean loss a pair of snapshots, without the one before the first step."""
    points = [progress(snapshot, 0.0, epochs) for snapshot in snapshots if snapshot.step]
    return np.array([p.epoch for p in points]), np.array([p.loss for p in points])


@cache
def shipped() -> tuple[Snapshot, ...]:
    """Load the training of the default settings that comes with the project, all its snapshots.

    Returns
    -------
    tuple of Snapshot
        As a live training gives them, oldest first. Made by ``python -m engine.words.make_word_map``.
    """
    with np.load(SHIPPED, allow_pickle=False) as file:
        shared = {"letters": file["letters"], "counts": file["counts"], "pairs_per_word": float(file["pairs_per_word"])}
        rows = zip(file["steps"], file["epochs"], file["losses"], file["words"], file["vectors"], strict=True)
        return tuple(
            Snapshot(
                int(step),
                shared | {"epoch": float(epoch), "loss": float(loss), "words": int(words), "vectors": vectors},
            )
            for step, epoch, loss, words, vectors in rows
        )


def recipe_settings(trained: WordMapJob) -> dict[str, Any]:
    """Give gensim's arguments of a training, for a script."""
    names = "sg hs negative vector_size window min_count sample epochs seed"
    return {name: asdict(trained)[name] for name in names.split()}
