"""Small jobs that the tests of training and of runs send to workers."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from engine.keras_training import KerasJob
from engine.training import Checkpoint, Snapshot
from engine.word2vec_training import Word2VecJob


@dataclass(frozen=True, kw_only=True)
class Dense(KerasJob):
    """A dense network with dropout, batch normalisation and Adam on 50 points: 4 steps an epoch, the last of 2."""

    batch_size: int = 16
    epochs: int = 3
    snapshot_every: int = 5
    marker: str = ""  # a file: while it is missing, the data are deadly

    def build(self) -> Any:
        """Two layers."""
        import keras

        seeded = keras.initializers.GlorotUniform
        layers = [
            keras.layers.Dense(8, "relu", kernel_initializer=seeded(1)),
            keras.layers.BatchNormalization(),
            keras.layers.Dropout(0.3, seed=7),
            keras.layers.Dense(3, "softmax", kernel_initializer=seeded(2)),
        ]
        model = keras.Sequential([keras.Input((4,)), *layers])
        model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy")
        return model

    def data(self) -> tuple[np.ndarray, np.ndarray]:
        """Random points."""
        if self.marker and not Path(self.marker).exists():
            Path(self.marker).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        random = np.random.default_rng(0)
        return random.normal(size=(50, 4)), random.integers(0, 3, 50)

    def snapshot(self, model: Any, step: int, losses: np.ndarray) -> dict[str, Any]:
        """First weights and losses."""
        return {"weights": model.layers[0].kernel.numpy(), "losses": losses}


@dataclass(frozen=True, kw_only=True)
class Fresh(Dense):
    """New points at every step."""

    steps_per_epoch: int = 70

    def batch(self, step: int) -> tuple[np.ndarray, np.ndarray]:
        """Generate points from the step."""
        random = np.random.default_rng((self.seed, step))
        return random.normal(size=(16, 4)), random.integers(0, 3, 16)


@dataclass(frozen=True, kw_only=True)
class Words(Word2VecJob):
    """A made-up language of 30 words."""

    vector_size: int = 12
    epochs: int = 3
    batch_words: int = 100
    min_count: int = 1
    snapshot_every: int = 4

    def sentences(self) -> list[list[str]]:
        """Sentences of 5 to 12 words."""
        random = np.random.default_rng(3)
        return [[f"w{min(29, n)}" for n in random.geometric(0.1, random.integers(5, 12))] for _ in range(60)]

    def snapshot(self, model: Any, step: int) -> dict[str, Any]:
        """First vector."""
        return {"vector": model.wv.vectors[0].copy()}


@dataclass(frozen=True)
class Counter:
    """A job without a model: it adds its step to a sum."""

    total_steps: int = 100
    size: int = 1
    fail_at: int = -1

    def prepare(self) -> None:
        """Have nothing to build."""

    def start(self) -> Checkpoint:
        """Begin with 0."""
        return Checkpoint(0, self.total_steps, {"sum": np.zeros(self.size)})

    def advance(
        self, checkpoint: Checkpoint | None, steps: int, look: bool = False
    ) -> tuple[list[Snapshot], Checkpoint]:
        """Take a snapshot every 2 steps."""
        now = checkpoint or self.start()
        step, total, shown = now.step, now.arrays["sum"], [] if checkpoint else [Snapshot(0, now.arrays)]
        end = min(step + steps, self.total_steps)
        while step < end:
            step, total = step + 1, total + step + 1
            if step == self.fail_at:
                raise ValueError(f"step {step} cannot be done; use fewer")
            if step % 2 == 0 or (look and step == end):
                shown.append(Snapshot(step, {"sum": total}))
        return shown, Checkpoint(step, self.total_steps, {"sum": total})


@dataclass(frozen=True, kw_only=True)
class Private(Dense):
    """Made of what a person brought."""

    @property
    def private(self) -> bool:
        return True
