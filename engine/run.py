"""One run of a training: play, pause, step, step back, seek, cancel. See `engine.runs`."""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from concurrent.futures import CancelledError, Future
from typing import Any

from engine import compute, training
from engine.history import History
from engine.training import Checkpoint, Chunk, Snapshot

_WINDOW = 3.0  # seconds over which the rate is measured
_LONGEST = 5.0  # seconds of a turn for which a model had to be built
_GROWTH = 4  # times as many steps as in the chunk before, at most


class Run:
    """A job, what it has shown so far, and where the learner is in it.

    `position` is the step that is looked at. Every method answers at once; what has to be computed arrives later,
    and `poll` tells when. At most one chunk is under way at any time.

    Parameters
    ----------
    job : Job
        What to train.
    registry : Runs
        Whose limits it keeps.
    """

    def __init__(self, job: Any, registry: Any) -> None:
        self.job = job
        self.error = ""  # a sentence when a chunk failed
        self.playing = False
        self.position = 0
        self.polled = time.monotonic()
        self.total_steps: int | None = None  # known when the first chunk has arrived
        self._registry = registry
        self._lock = threading.RLock()
        self._landed = threading.Condition(self._lock)
        self._history = History()
        self._head: Checkpoint | None = None  # where playing goes on
        self._following = True  # the position moves with what playing brings
        self._goal: int | None = None  # a step that is wanted but not there yet
        self._cursor: Checkpoint | None = None  # how far on the way to the goal
        self._future: Future | None = None
        self._arrived = self._cancelled = False
        self._size = 1  # steps per chunk
        self._pace: deque[tuple[float, int]] = deque()  # when a chunk arrived, and its steps

    @property
    def snapshots(self) -> tuple[Snapshot, ...]:
        """What is kept, oldest first."""
        with self._lock:
            return self._history.snapshots

    @property
    def snapshot(self) -> Snapshot | None:
        """What there is to see at the position; None until the first has arrived."""
        with self._lock:
            return self._history.get(self.position)

    @property
    def finished(self) -> bool:
        """Whether the training has reached its end."""
        return self._head is not None and self._head.step == self.total_steps

    @property
    def active(self) -> bool:
        """Whether it asks for chunks: playing, and somebody looks."""
        return self.playing and time.monotonic() - self.polled <= self._registry.limits.idle_pause

    @property
    def busy(self) -> bool:
        """Whether something is still to arrive."""
        with self._lock:  # not between one chunk and the next
            return self._future is not None

    @property
    def rate(self) -> float:
        """Steps per second in the last seconds as the learner sees them, waiting for others included."""
        with self._lock:
            if not self.playing or len(self._pace) < 2:
                return 0.0
            (begin, _), *chunks = self._pace
            return sum(steps for _, steps in chunks) / max(time.monotonic() - begin, 1e-6)

    @property
    def share(self) -> Any:
        """How many runs are playing now, and on how many workers."""
        return self._registry.share()

    def poll(self) -> bool:
        """Say that somebody looks; call it at every redraw.

        Returns
        -------
        bool
            True if something has arrived since the last poll.
        """
        with self._lock:
            self.polled = time.monotonic()
            arrived, self._arrived = self._arrived, False
            self._ask()
        return arrived

    def play(self) -> None:
        """Train on from the position; what was shown after it is dropped and, being the same, comes again."""
        with self._lock:
            self.error, self._goal, self._following = "", None, True
            if self.position < self._history.last:
                self._abandon()
                self._history.cut(self.position)
                self._head = self._history.before(self.position + 1)
            self.playing = not self.finished
            self._pace.clear()
            self._pace.append((time.monotonic(), 0))
            self.poll()

    def pause(self) -> None:
        """Stop after the chunk that is under way."""
        with self._lock:
            self.playing = False

    def step(self, n: int = 1) -> None:
        """Pause and go forward by single steps.

        Parameters
        ----------
        n : int
            How many batches; fewer at the end of the job.
        """
        with self._lock:
            self._go((self.position if self._goal is None else self._goal) + n)

    def step_back(self, n: int = 1) -> None:
        """Pause and go back by single steps, training again from an older checkpoint where no snapshot is kept.

        Parameters
        ----------
        n : int
            How many batches; fewer at the beginning of the job.
        """
        self.step(-n)

    def seek(self, i: int) -> None:
        """Pause and go to the snapshot nearest to a step.

        Parameters
        ----------
        i : int
            The step.
        """
        with self._lock:
            nearest = self._history.nearest(i)
            self._go(nearest.step if nearest else 0)

    def wait(self, seconds: float) -> None:
        """Wait until what is under way has arrived.

        Parameters
        ----------
        seconds : float
            At most so long.
        """
        with self._landed:
            self._landed.wait_for(lambda: self._future is None, seconds)

    def cancel(self) -> None:
        """End the run for good; what arrives later is dropped."""
        with self._lock:
            self._cancelled, self.playing, self._goal = True, False, None
            self._abandon()

    def _go(self, step: int) -> None:
        self.playing = self._following = False
        self.error, self._goal = "", max(0, step)
        self._settle()
        self.poll()

    def _settle(self) -> None:
        if self._goal is None:
            return
        self._goal = min(self._goal, self._goal if self.total_steps is None else self.total_steps)
        if self._history.get(self._goal):
            self.position, self._goal, self._cursor = self._goal, None, None

    def _abandon(self) -> None:
        future, self._future = self._future, None
        self._landed.notify_all()
        if future:
            future.cancel()

    def _ask(self) -> None:
        if self._future or self._cancelled:
            return
        if self._goal is not None:
            base = self._history.before(self._goal)
            if self._cursor and (base.step if base else 0) < self._cursor.step < self._goal:
                base = self._cursor
            distance = self._goal - (base.step if base else 0)
            self._send(base, min(self._size, distance), look=distance <= self._size)
        elif self.active:
            self._send(self._head, self._size, look=False)

    def _send(self, base: Checkpoint | None, steps: int, look: bool) -> None:
        pool = None if steps else "interactive"  # what there is to see before the training answers a moved control
        future = compute.submit(training.chunk, self.job, base, steps, look, pool=pool)
        played, begin = self._goal is None, base.step if base else 0
        self._future = future
        future.add_done_callback(lambda done: self._receive(done, begin, played))

    def _receive(self, future: Future, begin: int, played: bool) -> None:
        with self._lock:
            if future is not self._future:
                return  # abandoned
            self._future, self._arrived = None, True
            try:
                self._take(future.result(), begin, played)
                self._ask()
            except (Exception, CancelledError) as error:
                self.playing, self._goal = False, None
                self.error = str(error) or type(error).__name__
            self._landed.notify_all()

    def _take(self, chunk: Chunk, begin: int, played: bool) -> None:
        checkpoint = chunk.checkpoint
        self.total_steps = checkpoint.total_steps
        keep = {self.position, -1 if self._goal is None else self._goal}
        self._history.add(chunk, self._registry.budgets(), keep)
        if played or self._head is None or checkpoint.step > self._head.step:
            self._head = checkpoint
        if played and self._following:
            self.position = max(self.position, self._history.last)
        if not played:
            self._cursor = checkpoint
        self.playing = self.playing and not self.finished
        self._settle()
        self._measure(checkpoint.step - begin, chunk)

    def _measure(self, steps: int, chunk: Chunk) -> None:
        if steps == self._size:
            # Where more jobs take turns than a worker keeps built, each turn builds anew and its first step is slow:
            # then train longer, and always some steps more while there is time, or it stays at one step for ever.
            turn = max(self._registry.limits.chunk_seconds, min(2 * chunk.building, _LONGEST))
            wanted = steps * turn / max(chunk.seconds, 1e-6)
            self._size = max(1, min(_GROWTH * steps, math.ceil(wanted)))
        now = time.monotonic()
        self._pace.append((now, steps))
        while len(self._pace) > 2 and now - self._pace[1][0] > _WINDOW:
            self._pace.popleft()
