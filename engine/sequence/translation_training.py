"""Training a small translator step by step, counting what it gets right, and the trained ones that are shipped."""

from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from engine.compute import task
from engine.keras_training import KerasJob
from engine.sequence import dates, signs, spoken, translator, translator_layers, translator_network
from engine.sequence.signs import DATES, SPOKEN, Spec

SHIPPED = Path(__file__).parents[2] / "data" / "encoder_decoder.npz"
EXAMPLES, HELD_OUT = 8000, 1000  # pairs of one seed: the first to learn from, the next to test with
LONGEST = 12  # digits of a spoken number in training; tests go on to 16
TESTED = 16
DATA_SEED = 0
PARTS = ("weights", "epochs", "losses", "exact", "by_length")  # of a shipped translator


@dataclass(frozen=True, kw_only=True)
class TranslatorJob(KerasJob):
    """A translator under teacher forcing; a snapshot has its weights and what it gets right by its own output."""

    spec: Spec = Spec()  # noqa: RUF009 (frozen)
    learning_rate: float = 5e-3
    batch_size: int = 64
    epochs: int = 12
    snapshot_every: int = 25

    def build(self) -> Any:
        """Make the compiled model; what stands behind an output's end counts for nothing."""
        import keras

        model = translator_network.build(self.spec, self.seed)
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=0)
        model.compile(keras.optimizers.Adam(self.learning_rate), loss)
        return model

    def data(self) -> tuple[Any, Any]:
        """Give what is read, what the decoder is fed, and what it should write."""
        read, answers = examples(self.spec.task)
        return [read[:EXAMPLES], signs.shifted(answers[:EXAMPLES])], answers[:EXAMPLES]

    def snapshot(self, model: Any, step: int, losses: np.ndarray) -> dict[str, Any]:
        """Copy the weights and translate 200 held-out inputs."""
        read, answers = (array[EXAMPLES : EXAMPLES + 200] for array in examples(self.spec.task))
        weights = translator_network.read_off(model)
        right = agree(translator_layers.greedy(self.spec, weights, read, answers.shape[1]), answers)
        return {
            "weights": weights,
            "loss": float(losses.mean()) if len(losses) else float("nan"),
            "exact": float(right.all(1).mean()),
            "signs": float(right[answers > 0].mean()),
        }


@lru_cache(maxsize=2)
def examples(task: str) -> tuple[np.ndarray, np.ndarray]:
    """Give all pairs of a task, held-out ones at the end: ids read (n, S) and ids to write (n, T)."""
    count = EXAMPLES + HELD_OUT
    texts, answers = dates.pairs(count, DATA_SEED) if task == DATES else spoken.pairs(count, DATA_SEED, longest=LONGEST)
    read, written = (dates.LONGEST, 11) if task == DATES else (LONGEST, LONGEST + 1)
    spec = Spec(task)
    return signs.encode(spec, texts, read), signs.encode_outputs(spec, answers, written)


def agree(written: np.ndarray, answers: np.ndarray) -> np.ndarray:
    """Say sign by sign what is right, up to and with the end; behind it everything is.

    Examples
    --------
    >>> agree(np.array([[3, 2, 9]]), np.array([[3, 2, 0]])).tolist()
    [[True, True, True]]
    """
    return (written == answers) | (answers == signs.MASK)


@dataclass(frozen=True, eq=False)
class ByLength:
    """How many inputs of each length are translated without a mistake."""

    lengths: np.ndarray  # (L,) letters of a date, digits of a spoken number
    right: np.ndarray  # (L,)
    asked: np.ndarray  # (L,)

    @property
    def total(self) -> float:
        """The share of all."""
        return float(self.right.sum() / self.asked.sum())


@task(seconds=40)
def by_length(spec: Spec, weights: np.ndarray) -> ByLength:
    """Translate inputs that were not in the training, by its own output, and count exact translations by length.

    Parameters
    ----------
    spec : Spec
        Which network.
    weights : np.ndarray, (parameters,)
        Its weights.

    Returns
    -------
    ByLength
        1,000 held-out dates by letters; or spoken numbers, 40 of each length from 1 to 16 digits.
    """
    read, answers, lengths = _questions(spec.task)
    written = translator_layers.greedy(spec, weights, read, answers.shape[1])
    right = agree(written, answers).all(1)
    found, place = np.unique(lengths, return_inverse=True)
    return ByLength(found, np.bincount(place[right], minlength=len(found)), np.bincount(place))


@lru_cache(maxsize=2)
def _questions(task: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give ids read, ids to write and lengths of held-out inputs."""
    if task == DATES:
        read, answers = (array[EXAMPLES:] for array in examples(task))
        return read, answers, (read > 0).sum(1)
    drawn = [spoken.pairs(40, 1000 + length, length, length) for length in range(1, TESTED + 1)]
    texts = [text for said, _ in drawn for text in said]
    digits = [number for _, numbers in drawn for number in numbers]
    spec = Spec(SPOKEN)
    answers = signs.encode_outputs(spec, digits, TESTED + 1)
    return signs.encode(spec, texts, TESTED), answers, np.array([len(number) for number in digits])


@dataclass(frozen=True, eq=False)
class Trained:
    """A translator as shipped."""

    job: TranslatorJob
    weights: np.ndarray  # (parameters,)
    epochs: np.ndarray  # (S,) of its snapshots
    losses: np.ndarray  # (S,)
    exact: np.ndarray  # (S,) share of 200 held-out inputs
    by_length: ByLength  # after the training


def name(job: TranslatorJob) -> str:
    """Name a shipped training after its settings."""
    spec = job.spec
    between = "attention" if spec.attention else "one vector"
    return f"{spec.task}, {between}, {spec.units} units{'' if spec.mask else ', no mask'}"


JOBS = {
    name(job): job
    for job in (
        TranslatorJob(),
        TranslatorJob(spec=Spec(attention=False)),
        TranslatorJob(spec=Spec(attention=False, units=64)),
        TranslatorJob(spec=Spec(mask=False)),
        TranslatorJob(spec=Spec(SPOKEN)),
        TranslatorJob(spec=Spec(SPOKEN, attention=False)),
        TranslatorJob(spec=Spec(SPOKEN, attention=False, units=64)),
    )
}


@cache
def shipped() -> dict[str, Trained]:
    """Read the trained translators, by name.

    Examples
    --------
    >>> shipped()["dates, attention, 32 units"].weights.shape
    (13406,)
    """
    with np.load(SHIPPED, allow_pickle=False) as kept:
        return {key: _trained(job, {part: kept[f"{key}/{part}"] for part in PARTS}) for key, job in JOBS.items()}


def _trained(job: TranslatorJob, kept: dict[str, np.ndarray]) -> Trained:
    weights, epochs, losses, exact = (kept[part] for part in PARTS[:4])
    return Trained(job, weights, epochs, losses, exact, ByLength(*kept["by_length"]))


@task
def translate_shipped(key: str, text: str, reads: str) -> translator.Translation:
    """Translate with a shipped network; see `translator.translate`."""
    return translator.translate(JOBS[key].spec, shipped()[key].weights, text, reads)
