"""Keras models trained in steps: `KerasJob`, which lessons subclass."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.training import SteppedJob

_TOGETHER = 64  # steps whose generated batches are in memory at once


@dataclass(frozen=True, kw_only=True)
class KerasJob(SteppedJob):
    r"""Trains a Keras model as ``model.fit`` does, step by step.

    Subclass it as a frozen dataclass of plain values and give `build`, `snapshot`, and either `data` (shuffled anew
    each epoch) or `batch` with `steps_per_epoch` (fresh data each step).

    Parameters
    ----------
    batch_size : int
        Examples per step; the last step of an epoch may have fewer.
    epochs : int
        Passes over the data.
    seed : int
        Of the order of the examples.
    snapshot_every : int
        Steps between snapshots.
    """

    batch_size: int = 32
    epochs: int = 1
    seed: int = 0
    snapshot_every: int = 10

    def build(self) -> Any:
        """Make the compiled model; give every initializer and dropout a seed.

        Returns
        -------
        keras.Model
            Fresh and compiled.
        """
        raise NotImplementedError

    def data(self) -> tuple[Any, Any]:
        """Give all examples.

        Returns
        -------
        x, y
            Arrays (or lists or dicts of them, as the model takes them) with the examples along the first axis.
        """
        raise NotImplementedError

    def snapshot(self, model: Any, step: int, losses: np.ndarray) -> dict[str, Any]:
        """Look at the model.

        Parameters
        ----------
        model : keras.Model
            In the state after `step`; leave it as it is.
        step : int
            Steps done, 0 before the first.
        losses : np.ndarray
            (n,) the loss of each step since the last regular snapshot.

        Returns
        -------
        dict
            NumPy arrays and plain values.
        """
        raise NotImplementedError

    def batch(self, step: int) -> tuple[Any, Any]:
        """Give one step's examples, a pure function of the job and the step.

        Parameters
        ----------
        step : int
            0 or more.

        Returns
        -------
        x, y
            As from `data`; `batch_size` examples if you override this.
        """
        from keras import tree

        epoch, position = divmod(step, self.steps_per_epoch)
        rows = self.order(epoch)[position * self.batch_size :][: self.batch_size]
        return tree.map_structure(lambda array: array[rows], self.data())

    @property
    def steps_per_epoch(self) -> int:
        """How many steps make an epoch."""
        return -(-_examples(self) // self.batch_size)

    def order(self, epoch: int) -> np.ndarray:
        """Shuffle the examples.

        Parameters
        ----------
        epoch : int
            0 or more.

        Returns
        -------
        np.ndarray
            (examples,) int32, a pure function of the seed and the epoch.
        """
        return np.random.default_rng((self.seed, epoch)).permutation(_examples(self)).astype(np.int32)

    def machine(self) -> Any:
        """Build the model; see `SteppedJob`."""
        return _KerasMachine(self)


def _examples(job: KerasJob) -> int:
    return _count(job) if job.private else _counted(job)


def _count(job: KerasJob) -> int:
    from keras import tree

    return len(tree.flatten(job.data()[0])[0])


_counted = functools.lru_cache(maxsize=64)(_count)


class _KerasMachine:
    def __init__(self, job: KerasJob) -> None:
        self.job = job
        self.generated = type(job).batch is not KerasJob.batch
        self.data = _tensors(job.batch(0) if self.generated else job.data())
        self.model = job.build()
        if not self.model.built:
            self.model(_first(self.data[0]))
        self.model.optimizer.build(self.model.trainable_variables)  # before tf.function sees it
        self.variables = [*self.model.variables, *self.model.optimizer.variables]
        self.total_steps = job.epochs * job.steps_per_epoch
        self.initial = self.save()
        self.steps = _compiled(self.model, self.data)

    def load(self, arrays: dict[str, np.ndarray]) -> None:
        for number, variable in enumerate(self.variables):
            variable.assign(arrays[str(number)])

    def save(self) -> dict[str, np.ndarray]:
        return {str(number): variable.numpy() for number, variable in enumerate(self.variables)}

    def run(self, step: int, stop: int) -> tuple[int, np.ndarray]:
        size = self.job.batch_size
        if self.generated:
            stop = min(stop, step + _TOGETHER)
            data = _tensors(_joined([self.job.batch(number) for number in range(step, stop)]))
            order, first, last = np.arange((stop - step) * size, dtype=np.int32), 0, stop - step
        else:
            epoch, first = divmod(step, self.job.steps_per_epoch)
            last = min(first + stop - step, self.job.steps_per_epoch)
            data, order = self.data, self.job.order(epoch)
        return step + last - first, self.steps(*data, order, first, last, size).numpy()

    def look(self, step: int, losses: np.ndarray) -> dict[str, Any]:
        return self.job.snapshot(self.model, step, losses)


def _tensors(data: Any) -> Any:
    import tensorflow as tf
    from keras import tree

    def tensor(values: Any) -> Any:
        array = np.asarray(values)
        return tf.constant(array.astype(np.float32) if array.dtype == np.float64 else array)

    return tree.map_structure(tensor, data)


def _first(x: Any) -> Any:
    from keras import tree

    return tree.map_structure(lambda tensor: tensor[:1], x)


def _joined(batches: list[Any]) -> Any:
    from keras import tree

    return tree.map_structure(lambda *parts: np.concatenate(parts), *batches)


def _compiled(model: Any, data: Any) -> Any:
    import tensorflow as tf
    from keras import tree

    number = tf.TensorSpec((), tf.int32)
    some = [tree.map_structure(lambda tensor: tf.TensorSpec((None, *tensor.shape[1:]), tensor.dtype), d) for d in data]

    @tf.function(autograph=False, input_signature=[*some, tf.TensorSpec((None,), tf.int32), number, number, number])
    def steps(x: Any, y: Any, order: Any, first: Any, last: Any, size: Any) -> Any:
        def body(step: Any, losses: Any) -> Any:
            rows = order[step * size : (step + 1) * size]
            x_rows, y_rows = tree.map_structure(lambda tensor: tf.gather(tensor, rows), (x, y))
            return step + 1, losses.write(step - first, _step(model, x_rows, y_rows))

        losses = tf.TensorArray(tf.float32, size=last - first, element_shape=())
        return tf.while_loop(lambda step, _: step < last, body, (first, losses), parallel_iterations=1)[1].stack()

    steps.get_concrete_function()  # so that the first chunk is not charged for it
    return steps


def _step(model: Any, x: Any, y: Any) -> Any:
    import tensorflow as tf

    with tf.GradientTape() as tape:
        loss = model.compute_loss(x=x, y=y, y_pred=model(x, training=True), training=True)
    model.optimizer.apply_gradients(
        zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables, strict=True)
    )
    return loss
