"""Several recurrent layers learn to remember the first symbol, side by side, each with an optimizer of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.sequence import cells, remember, vanishing
from engine.sequence.cells import Setup
from engine.training import SteppedJob

OPTIMIZERS = ("adam", "sgd")
BATCH, TESTED = 64, 512  # sequences in a step; sequences that the accuracy is measured on
MAX_STEPS, FRAMES = 2000, 50
TOGETHER = 16  # steps whose sequences are in memory at once
TEST = 1 << 30  # the step number of the test sequences: no training step has it


@dataclass(frozen=True)
class RememberJob(SteppedJob):
    """Trains every cell of a setup on the same fresh sequences: minimises the cross-entropy of the first letter.

    Parameters
    ----------
    setup : Setup
        The layers and the length.
    steps : int
        Batches of 64 sequences, 20 to 2000.
    optimizer : str
        "adam" or "sgd".
    learning_rate : float
        0.0001 to 1.
    clip : float
        Each cell's `global_clipnorm`, 0 to 10; 0: none.
    curriculum : bool
        Begin with short sequences; see `remember.lengths`.
    """

    setup: Setup
    steps: int = 400
    optimizer: str = "adam"
    learning_rate: float = 0.003
    clip: float = 0.0
    curriculum: bool = False

    @property
    def snapshot_every(self) -> int:  # type: ignore[override]
        """Steps between snapshots."""
        return max(1, self.steps // FRAMES)

    def machine(self) -> Any:
        """Build the layers and their optimizers; see `SteppedJob`."""
        return _Remember(self)


def refuse(job: RememberJob) -> None:
    """Raise ValueError for a setting that is out of range."""
    vanishing.refuse(job.setup)
    if job.optimizer not in OPTIMIZERS:
        raise ValueError(f"the optimizer {job.optimizer!r} is not known; use {' or '.join(OPTIMIZERS)}")
    ranges = {"steps": (20, MAX_STEPS), "learning_rate": (0.0001, 1), "clip": (0, 10)}
    for name, (low, high) in ranges.items():
        if not low <= (value := getattr(job, name)) <= high:
            raise ValueError(f"{name} {value:g} is out of range; use {low} to {high}")


class _Learner:
    """One layer, its reader and its optimizer."""

    def __init__(self, job: RememberJob, cell: str) -> None:
        import keras

        self.layer, self.dense = cells.layer(cell, job.setup), cells.reader(job.setup)
        self.weights = [*self.layer.trainable_variables, *self.dense.trainable_variables]
        kind = keras.optimizers.Adam if job.optimizer == "adam" else keras.optimizers.SGD
        self.optimizer = kind(job.learning_rate, global_clipnorm=job.clip or None)
        self.optimizer.build(self.weights)
        self.variables = [*self.weights, *self.optimizer.variables]

    def step(self, x: Any, y: Any) -> Any:
        """Train on one batch; return the norm of the gradient of all weights, before clipping."""
        import tensorflow as tf

        with tf.GradientTape() as tape:
            logits = self.dense(self.layer(x))
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y, logits))
        gradients = tape.gradient(loss, self.weights)
        self.optimizer.apply_gradients(zip(gradients, self.weights, strict=True))
        return tf.linalg.global_norm(gradients)

    def score(self, x: Any, y: Any) -> Any:
        """Return the share of right answers."""
        import tensorflow as tf

        logits = self.dense(self.layer(x))
        right = tf.cast(tf.argmax(logits, 1, tf.int32) == y, tf.float32)
        return tf.where(tf.reduce_all(tf.math.is_finite(logits)), tf.reduce_mean(right), np.nan)


class _Remember:
    def __init__(self, job: RememberJob) -> None:
        self.job, self.total_steps = job, job.steps
        self.learners = [_Learner(job, cell) for cell in job.setup.cells]
        self.variables = [variable for learner in self.learners for variable in learner.variables]
        self.lengths = remember.lengths(job.setup.length, job.steps, job.curriculum)
        self.initial = self.save()
        self.train, self.score = _compiled(self.learners)

    def load(self, arrays: dict[str, np.ndarray]) -> None:
        for number, variable in enumerate(self.variables):
            variable.assign(arrays[str(number)])

    def save(self) -> dict[str, np.ndarray]:
        return {str(number): variable.numpy() for number, variable in enumerate(self.variables)}

    def run(self, step: int, stop: int) -> tuple[int, np.ndarray]:
        """Train to `stop` or less; a step leaves the norm of every cell's gradient, one after the other."""
        ends = [begin for begin, _ in self.lengths if begin > step]
        stop = min(stop, step + TOGETHER, *ends)
        length = self.length(step)
        batches = [remember.sequences(BATCH, length, self.job.setup.seed, 1 + k) for k in range(step, stop)]
        x, y = (np.stack(part) for part in zip(*batches, strict=True))
        return stop, self.train(x, y).numpy().ravel()

    def length(self, step: int) -> int:
        return next(length for begin, length in reversed(self.lengths) if begin <= step)

    def look(self, step: int, losses: np.ndarray) -> dict[str, Any]:
        setup = self.job.setup
        weights = [[variable.numpy() for variable in learner.weights] for learner in self.learners]
        norms = losses[-len(self.learners) :] if losses.size else np.full(len(self.learners), np.nan)
        return {
            **vars(vanishing.measure(setup, weights)),
            "accuracy": self.score(*remember.sequences(TESTED, setup.length, setup.seed, TEST)).numpy(),
            "update": norms.astype(np.float64),  # (cells,) norm of the last batch's gradient of all weights
            "length": self.length(max(0, step - 1)),
        }


def _compiled(learners: list[_Learner]) -> tuple[Any, Any]:
    import tensorflow as tf

    letters, count = len(remember.LETTERS), len(learners)

    @tf.function(autograph=False, input_signature=[
        tf.TensorSpec((None, BATCH, None, letters), tf.float32), tf.TensorSpec((None, BATCH), tf.int32),
    ])  # fmt: skip
    def train(x: Any, y: Any) -> Any:
        def body(k: Any, norms: Any) -> Any:
            return k + 1, norms.write(k, tf.stack([learner.step(x[k], y[k]) for learner in learners]))

        norms = tf.TensorArray(tf.float32, tf.shape(x)[0], element_shape=(count,))
        loop = tf.while_loop(lambda k, _: k < tf.shape(x)[0], body, (0, norms), parallel_iterations=1)
        return loop[1].stack()

    @tf.function(autograph=False, input_signature=[
        tf.TensorSpec((None, None, letters), tf.float32), tf.TensorSpec((None,), tf.int32),
    ])  # fmt: skip
    def score(x: Any, y: Any) -> Any:
        return tf.stack([learner.score(x, y) for learner in learners])

    train.get_concrete_function()  # so that the first chunk is not charged for it
    return train, score
