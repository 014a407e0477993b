"""Training in chunks through the worker pool against plain `model.fit` on the same batches.

Run it with `python -m bench.training`. Both run in a worker with one thread, warm: models built, functions traced.
Budget: at most 1.0 times the time of `model.fit`.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine import training
from engine.compute import stop, task
from engine.keras_training import KerasJob

CHUNK = 0.3  # seconds a chunk should take


@dataclass(frozen=True, kw_only=True)
class SmallCNN(KerasJob):
    """Two convolutions on 28×28 images."""

    epochs: int = 3
    examples: int = 6000

    def build(self) -> Any:
        """A network like the digits lesson's."""
        import keras

        layers = keras.layers
        convolutions = [layers.Conv2D(8, 3, activation="relu"), layers.MaxPooling2D()]
        convolutions += [layers.Conv2D(16, 3, activation="relu"), layers.MaxPooling2D()]
        model = keras.Sequential(
            [keras.Input((28, 28, 1)), *convolutions, layers.Flatten(), layers.Dropout(0.2, seed=1), layers.Dense(10)]
        )
        model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        return model

    def data(self) -> tuple[np.ndarray, np.ndarray]:
        """Noise has the same cost as digits."""
        random = np.random.default_rng(0)
        return random.normal(size=(self.examples, 28, 28, 1)), random.integers(0, 10, self.examples)

    def snapshot(self, model: Any, step: int, losses: np.ndarray) -> dict[str, Any]:
        """Kernels and loss."""
        return {"kernel": model.layers[0].kernel.numpy(), "loss": float(np.mean(losses)) if len(losses) else np.nan}


@dataclass(frozen=True, kw_only=True)
class SmallLSTM(SmallCNN):
    """32 units on 20 steps."""

    def build(self) -> Any:
        """A network like the sentiment lesson's."""
        import keras

        layers = keras.layers
        model = keras.Sequential([keras.Input((20,)), layers.Embedding(200, 16), layers.LSTM(32), layers.Dense(10)])
        model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        return model

    def data(self) -> tuple[np.ndarray, np.ndarray]:
        """Noise has the same cost as words."""
        random = np.random.default_rng(0)
        return random.integers(0, 200, (self.examples, 20)), random.integers(0, 10, self.examples)

    def snapshot(self, model: Any, step: int, losses: np.ndarray) -> dict[str, Any]:
        """Recurrent weights and loss."""
        return {"kernel": model.layers[1].cell.recurrent_kernel.numpy(), "loss": float(np.sum(losses))}


@task(pool="training", seconds=300)
def fit(job: KerasJob) -> float:
    """Time `model.fit` on the job's batches, the first pass not counted."""
    model, (x, y) = job.build(), job.data()
    model.fit(x, y, job.batch_size, shuffle=False, verbose=0)
    orders = [job.order(epoch) for epoch in range(job.epochs)]
    begin = time.perf_counter()
    for order in orders:
        model.fit(x[order], y[order], job.batch_size, shuffle=False, verbose=0)
    return time.perf_counter() - begin


def chunked(job: KerasJob) -> tuple[float, int]:
    """Time the same steps in chunks of about `CHUNK` seconds, snapshots, pickling and queues included."""
    pace = training.chunk(job, None, 20)
    checkpoint, size, chunks = None, max(1, round(20 * CHUNK / pace.seconds)), 0
    begin = time.perf_counter()
    while checkpoint is None or checkpoint.step < checkpoint.total_steps:
        _, checkpoint = training.advance(job, checkpoint, size)
        chunks += 1
    return time.perf_counter() - begin, chunks


def main() -> None:
    """Print one line per model."""
    for job in (SmallCNN(), SmallLSTM()):
        ours, chunks = min(chunked(job) for _ in range(2))
        theirs = min(fit(job) for _ in range(2))
        steps = job.epochs * -(-job.examples // job.batch_size)
        print(f"{type(job).__name__:10s} {steps} steps  fit {theirs:5.2f} s  {chunks} chunks {ours:5.2f} s"
              f"  ratio {ours / theirs:.2f}", flush=True)  # fmt: skip
    stop()


if __name__ == "__main__":
    from bench import training as importable  # workers find its jobs by this name, not as __main__

    importable.main()
