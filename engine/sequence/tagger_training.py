"""Training a tagger step by step, how well it finds entities, and the trained ones that are shipped."""

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import numpy as np

from engine.compute import task
from engine.keras_training import KerasJob
from engine.sequence import tagger, tagging
from engine.sequence.tagger import EXAMPLES, PAD, UNKNOWN, Tagged
from engine.sequence.tagging import Score
from engine.sequence.translation_training import SHIPPED

HELD_OUT = 1000  # sentences behind those to learn from
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

        model = tagger.build(self.units, self.both_ways, self.seed)
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
            "weights": tagger.read_off(model),
            "loss": float(losses.mean()) if len(losses) else float("nan"),
            "exact": float((right | (ids == PAD)).all(1).mean()),
            "open": float(right[both, 0].mean()),
        }


@lru_cache(maxsize=1)
def examples() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give ids and tags (n, T), and (n,) whether only the right context decides the first word."""
    found = tagging.sentences(EXAMPLES + HELD_OUT)
    tags = np.zeros((len(found), tagging.LONGEST), np.int32)
    for row, sentence in enumerate(found):
        tags[row, : len(sentence.tags)] = [tagging.TAGS.index(tag) for tag in sentence.tags]
    return tagger.encode([sentence.words for sentence in found]), tags, np.array([sentence.open for sentence in found])


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
        As for `tagger.tag`.

    Returns
    -------
    Scores
        Precision, recall and F1 of PER, LOC and all.
    """
    found = tagging.sentences(EXAMPLES + HELD_OUT)[EXAMPLES:]
    ids = tagger.encode([sentence.words for sentence in found])
    marked = tagger.outputs(units, both_ways, weights, ids)[1].argmax(-1)
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
    """Tag with a shipped network; see `tagger.tag`."""
    return tagger.tag(JOBS[key].units, JOBS[key].both_ways, shipped()[key][0], text)
