"""Training as a pure step function: a job and a checkpoint give the next checkpoint and the snapshots between.

Nothing lives in a worker between two calls except caches, so a run can be paused, split, moved to another process,
taken back to an older checkpoint and repeated, always to the last bit.
"""

from __future__ import annotations

import functools
import threading
import time
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from engine.compute import task

FORGET = 30.0  # seconds without a call after which a worker forgets a private job
BUILT = 8  # jobs a worker keeps built: about 15 MB each, and a second to build


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """All there is to know to go on from a step."""

    step: int
    total_steps: int
    arrays: dict[str, np.ndarray]  # weights, optimizer state, random state, losses since the last snapshot

    @property
    def nbytes(self) -> int:
        """Size in bytes."""
        return sum(array.nbytes for array in self.arrays.values())


@dataclass(frozen=True, eq=False)
class Snapshot:
    """What a lesson shows of one step."""

    step: int
    values: dict[str, Any]  # NumPy arrays and plain values

    @property
    def nbytes(self) -> int:
        """Size in bytes."""
        return sum(getattr(value, "nbytes", 64) for value in self.values.values())


@dataclass(frozen=True, eq=False)
class Chunk:
    """What a worker did in one turn."""

    snapshots: list[Snapshot]
    checkpoint: Checkpoint
    seconds: float  # of stepping
    building: float  # seconds before that: the model was built, unless the worker had it


class Job(Protocol):
    """A training described by plain values: frozen, hashable, picklable."""

    @property
    def total_steps(self) -> int:
        """How many steps there are; it may load the data, so ask in a worker."""

    def prepare(self) -> None:
        """Build what is kept between calls in this process."""

    def start(self) -> Checkpoint:
        """Give the state before the first step."""

    def advance(
        self, checkpoint: Checkpoint | None, steps: int, look: bool = False
    ) -> tuple[list[Snapshot], Checkpoint]:
        """Train for some steps."""


@task(pool="training", seconds=60)
def advance(
    job: Job, checkpoint: Checkpoint | None, steps: int, look: bool = False
) -> tuple[list[Snapshot], Checkpoint]:
    """Train a job for some steps, in the training pool.

    Parameters
    ----------
    job : Job
        What to train.
    checkpoint : Checkpoint or None
        Where to go on from; None is the beginning, and has a snapshot of its own.
    steps : int
        How many steps, 0 or more; fewer if the job ends before.
    look : bool
        Also take a snapshot of the last step when it is not one of the job's regular ones.

    Returns
    -------
    list of Snapshot
        Of the steps that were taken, oldest first.
    Checkpoint
        Where to go on from.
    """
    return job.advance(checkpoint, steps, look)


@task(pool="training", seconds=60)
def chunk(job: Job, checkpoint: Checkpoint | None, steps: int, look: bool = False) -> Chunk:
    """Do as `advance` does, and say how long the steps took.

    Parameters
    ----------
    job, checkpoint, steps, look
        As for `advance`.

    Returns
    -------
    Chunk
        Snapshots, checkpoint, times.
    """
    begin = time.perf_counter()
    job.prepare()
    ready = time.perf_counter()
    snapshots, checkpoint = job.advance(checkpoint, steps, look)
    return Chunk(snapshots, checkpoint, time.perf_counter() - ready, ready - begin)


class Machine(Protocol):
    """A model built for one job, kept by a worker; its state is set from a checkpoint before every use."""

    total_steps: int
    initial: dict[str, np.ndarray]

    def load(self, arrays: dict[str, np.ndarray]) -> None:
        """Take on a state."""

    def save(self) -> dict[str, np.ndarray]:
        """Copy the state."""

    def run(self, step: int, stop: int) -> tuple[int, np.ndarray]:
        """Train from step to stop or less; tell where it came to and the loss of each step."""

    def look(self, step: int, losses: np.ndarray) -> dict[str, Any]:
        """Make the values of a snapshot."""


class SteppedJob:
    """What jobs have in common: the loop between checkpoints.

    A subclass is a frozen dataclass with `snapshot_every` (steps between snapshots) and `machine()`.
    """

    snapshot_every: int

    @property
    def private(self) -> bool:
        """Whether it holds what a person brought: text, faces. A worker forgets it soon after the last call."""
        return False

    def machine(self) -> Machine:
        """Build the model; the result is kept by the worker.

        Returns
        -------
        Machine
            In its initial state.
        """
        raise NotImplementedError

    @property
    def total_steps(self) -> int:
        """How many steps there are."""
        return _built(self)[0].total_steps

    def prepare(self) -> None:
        """Build the model unless this process has it."""
        _built(self)

    def start(self) -> Checkpoint:
        """Give the state before the first step.

        Returns
        -------
        Checkpoint
            Of step 0.
        """
        machine, _ = _built(self)
        return Checkpoint(0, machine.total_steps, machine.initial | {"losses": np.zeros(0, np.float32)})

    def advance(
        self, checkpoint: Checkpoint | None, steps: int, look: bool = False
    ) -> tuple[list[Snapshot], Checkpoint]:
        """Train for some steps in this process; see the function of the same name.

        Parameters
        ----------
        checkpoint, steps, look
            As for `advance`.

        Returns
        -------
        list of Snapshot, Checkpoint
            As from `advance`.
        """
        if steps < 0:
            raise ValueError(f"steps {steps} leads back; to step back, advance from an older checkpoint")
        machine, lock = _built(self)
        begin = checkpoint or self.start()
        with lock:
            machine.load(begin.arrays)
            losses, step, end = begin.arrays["losses"], begin.step, min(begin.step + steps, begin.total_steps)
            shown = [] if checkpoint else [Snapshot(0, machine.look(0, losses))]
            while step < end:
                stop = min(end, step - step % self.snapshot_every + self.snapshot_every)
                step, more = machine.run(step, stop)
                losses = np.concatenate([losses, more])
                if step % self.snapshot_every == 0 or step == begin.total_steps:
                    shown.append(Snapshot(step, machine.look(step, losses)))
                    losses = losses[:0]
            if look and not (shown and shown[-1].step == step):
                shown.append(Snapshot(step, machine.look(step, losses)))
            return shown, Checkpoint(step, begin.total_steps, machine.save() | {"losses": losses})


def _built(job: SteppedJob) -> tuple[Machine, threading.Lock]:
    return _built_for_now(job) if job.private else _built_to_stay(job)


@functools.lru_cache(maxsize=BUILT)
def _built_to_stay(job: SteppedJob) -> tuple[Machine, threading.Lock]:
    return job.machine(), threading.Lock()  # a Dask worker may have several threads


_for_now: dict[SteppedJob, tuple[Machine, threading.Lock, threading.Timer]] = {}


def _built_for_now(job: SteppedJob) -> tuple[Machine, threading.Lock]:
    """Build a private job, and forget it when nobody has asked for it for a while."""
    machine, lock, timer = _for_now.get(job) or (job.machine(), threading.Lock(), None)
    if timer:
        timer.cancel()
    timer = threading.Timer(FORGET, _for_now.pop, (job, None))
    timer.daemon = True
    _for_now[job] = machine, lock, timer
    timer.start()
    return machine, lock
