"""A Siamese network trained with triplet loss, on digits or on a session's own faces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.compute import task
from engine.faces import triplets
from engine.faces.triplets import Pictures
from engine.keras_training import KerasJob
from engine.training import Snapshot

HIDDEN, BATCH, STEPS, FRAMES, SHOWN = 64, 64, 30, 40, 12
LIMITS = {
    "margin": (0.05, 1.0), "embedding": (2, 32), "candidates": (1, 16), "epochs": (1, 30),
    "learning_rate": (0.0005, 0.02), "seed": (0, 999),
}  # fmt: skip
DEFAULTS = {
    "mining": triplets.SEMI_HARD, "margin": 0.2, "embedding": 8, "candidates": 8, "epochs": 10, "learning_rate": 0.003,
    "seed": 1,
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class TripletJob(KerasJob):
    """Trains one network f on triplets: ``mean(max(|f(A) - f(P)|² - |f(A) - f(N)|² + margin, 0))``.

    The same weights embed all three pictures: that is what Siamese means. Every step draws 64 anchors, each with a
    positive and some candidate negatives; the loss chooses among them by their distances at that moment.

    Parameters
    ----------
    own : Pictures, optional
        A session's own; scikit-learn's digits without.
    mining : {"random", "semi-hard", "hard"}
        How the negative is chosen.
    margin : float
        α of the loss, in squared distances between points of length 1 (0 to 4).
    embedding : int
        Numbers that f gives.
    candidates : int
        Negatives to choose from.
    learning_rate : float
        Of Adam.
    """

    own: Pictures | None = None
    mining: str = triplets.SEMI_HARD
    margin: float = 0.2
    embedding: int = 8
    candidates: int = 8
    learning_rate: float = 0.003
    batch_size: int = BATCH

    @property
    def private(self) -> bool:
        """Whether the pictures are a session's own faces."""
        return self.own is not None

    @property
    def pictures(self) -> Pictures:
        """All pictures."""
        return self.own or triplets.digits()

    @property
    def steps_per_epoch(self) -> int:
        """How many steps are called an epoch."""
        return STEPS

    def layers(self) -> list[Any]:
        """Make the network's layers: Dense 64, Dense, length 1."""
        import keras

        first, second = (keras.initializers.GlorotUniform(self.seed + k) for k in (0, 1))
        return [
            keras.layers.Dense(HIDDEN, "relu", kernel_initializer=first),
            keras.layers.Dense(self.embedding, kernel_initializer=second),
            keras.layers.UnitNormalization(),
        ]

    def build(self) -> Any:
        """Make the network; see `KerasJob`."""
        import keras

        model = keras.Sequential([keras.Input((2 + self.candidates, self.pictures.side**2)), *self.layers()])
        model.compile(keras.optimizers.Adam(self.learning_rate), loss=_Loss(self.mining, self.margin))
        return model

    def numbers(self, step: int) -> np.ndarray:
        """Give the pictures of a step: (64, 2 + candidates), a pure function of the seed and the step."""
        rng = np.random.default_rng((self.seed, step))
        return triplets.draw(self.pictures, self.batch_size, self.candidates, rng)

    def batch(self, step: int) -> tuple[np.ndarray, np.ndarray]:
        """Give the pixels of a step (64, 2 + candidates, side²), and zeros: a triplet has no target."""
        x = self.pictures.grey[self.numbers(step)]
        if self.pictures.augment:
            x = triplets.augment(x, self.pictures.side, np.random.default_rng((self.seed, step, 1)))
        return x.astype(np.float32), np.zeros((len(x), 1), np.float32)

    def snapshot(self, model: Any, step: int, losses: np.ndarray) -> dict[str, Any]:
        """Give the embeddings of all pictures, and the triplets that the next step would mine."""
        return self.look(model.layers, step, losses)

    def look(self, layers: Sequence[Any], step: int, losses: np.ndarray) -> dict[str, Any]:
        """Do as `snapshot` does, with the layers alone."""
        x, _ = self.batch(step)
        every = _embedded(layers, np.concatenate([x.reshape(-1, x.shape[-1]), self.pictures.grey]))
        points, rest = every[: x[..., 0].size].reshape(*x.shape[:2], -1), every[x[..., 0].size :]
        squared = ((points[:, :1] - points[:, 1:]) ** 2).sum(-1)
        positive, negatives = squared[:, 0], squared[:, 1:]
        chosen = triplets.mine(positive, negatives, self.mining)
        rows = np.arange(len(x))
        first = np.argsort(negatives[rows, chosen] - positive, kind="stable")  # the costliest
        rows, chosen = first, 2 + chosen[first]
        shown = [np.stack([part[rows, 0], part[rows, 1], part[rows, chosen]], 1) for part in (x, points)]
        return {
            "points": rest,  # (N, embedding)
            "positive": positive[rows],  # (64,) squared distances, those of the costliest triplet first
            "negative": squared[rows, chosen - 1],  # (64,)
            "triplets": shown[1][:SHOWN],  # (12, 3, embedding)
            "pixels": np.rint(shown[0][:SHOWN] * 255).astype(np.uint8),  # (12, 3, side²)
            "loss": float(np.mean(losses)) if len(losses) else float("nan"),
        }  # fmt: skip


class _Loss:
    """The mean triplet loss of a batch, with its mining: `points` (B, 2 + candidates, embedding)."""

    def __init__(self, mining: str, margin: float) -> None:
        self.mining, self.margin = mining, margin

    def __call__(self, _: Any, points: Any) -> Any:
        from keras import ops

        anchor, positive, negatives = points[:, :1], points[:, 1], points[:, 2:]
        p = ops.sum(ops.square(anchor[:, 0] - positive), -1)
        n = ops.sum(ops.square(anchor - negatives), -1)
        return ops.mean(ops.relu(p - self._chosen(p, n) + self.margin))

    def _chosen(self, p: Any, n: Any) -> Any:
        from keras import ops

        if self.mining == triplets.RANDOM:
            return n[:, 0]
        if self.mining == triplets.HARD:
            return ops.min(n, -1)
        farther = n > p[:, None]
        nearest = ops.min(ops.where(farther, n, 9.0), -1)  # no squared distance exceeds 4
        return ops.where(ops.any(farther, -1), nearest, ops.max(n, -1))


def _embedded(layers: Sequence[Any], x: Any) -> np.ndarray:
    """Call the layers one after another: the model itself takes only as many pictures as a step has."""
    from keras import ops

    for layer in layers:
        x = layer(x)
    return ops.convert_to_numpy(x)


def job(own: Pictures | None, settings: Mapping[str, Any]) -> TripletJob:
    """Turn the lesson's settings into a training.

    Parameters
    ----------
    own : Pictures or None
        A session's faces, or the digits.
    settings : mapping
        As `DEFAULTS`; numbers within `LIMITS`.

    Returns
    -------
    TripletJob
        About forty snapshots long.

    Raises
    ------
    ValueError
        For a setting out of its limits.
    """
    for name, (low, high) in LIMITS.items():
        if not low <= settings[name] <= high:
            raise ValueError(f"{name} {settings[name]:g} is not possible here; use {low:g} to {high:g}")
    if settings["mining"] not in triplets.MINING:
        raise ValueError(f"mining {settings['mining']!r} is not known; use {', '.join(triplets.MINING)}")
    every = max(1, settings["epochs"] * STEPS // FRAMES)
    return TripletJob(own=own, snapshot_every=every, **settings)


@task(seconds=30)
def untrained(training: TripletJob) -> Snapshot:
    """Look at the network before its first step.

    Parameters
    ----------
    training : TripletJob
        Its settings.

    Returns
    -------
    Snapshot
        Of step 0, equal to the first one of the training itself.
    """
    return Snapshot(0, training.look(training.layers(), 0, np.zeros(0, np.float32)))
