"""The registry of runs in the web process: at most one training per session, played, paused, stepped and scrubbed.

Pure Python. The training itself happens in the training pool, chunk by chunk: the next chunk is asked for when one
arrives, so a worker never waits for a page to look, and the pool's queue gives every run its turn.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Any, NamedTuple

from engine import compute
from engine.run import Run

SWEEP = 5.0  # seconds between looks for forgotten runs


class Share(NamedTuple):
    """How many runs share how many workers."""

    playing: int
    workers: int


@dataclass(frozen=True)
class Limits:
    """What a registry allows; the defaults are for a classroom on one server."""

    idle_pause: float = 15.0  # seconds without a poll before a run stops asking for chunks
    idle_release: float = 600.0  # seconds without a poll before it is dropped
    chunk_seconds: float = 0.3  # a turn of one run in a worker
    snapshot_bytes: int = 32 << 20  # per run
    checkpoint_bytes: int = 32 << 20  # per run
    total_bytes: int = 512 << 20  # of all runs' snapshots and checkpoints; beyond it each run gets less


class Runs:
    """Runs by session.

    Parameters
    ----------
    limits : Limits
        Times and memory budgets.

    Examples
    --------
    >>> runs = Runs()
    >>> runs.get("nobody") is None
    True
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._lock = threading.Lock()
        self._runs: dict[str, Run] = {}
        self._sweeper: threading.Timer | None = None

    def start(self, session: str, job: Any) -> Run:
        """Begin a run, paused before its first step; the session's old run is cancelled.

        Parameters
        ----------
        session : str
            Whose it is.
        job : Job
            What to train.

        Returns
        -------
        Run
            Its snapshot of step 0 arrives by itself.
        """
        run = Run(job, self)
        with self._lock:
            old, self._runs[session] = self._runs.get(session), run
        if old:
            old.cancel()
        run.seek(0)
        self.sweep()
        self._schedule()
        return run

    def get(self, session: str) -> Run | None:
        """Find a session's run.

        Parameters
        ----------
        session : str
            Whose.

        Returns
        -------
        Run or None
            None if there is none, or it was forgotten for too long.
        """
        with self._lock:
            return self._runs.get(session)

    def cancel(self, session: str) -> None:
        """End a session's run and forget it.

        Parameters
        ----------
        session : str
            Whose.
        """
        with self._lock:
            run = self._runs.pop(session, None)
        if run:
            run.cancel()

    def sweep(self) -> None:
        """Drop the runs that nobody has polled for long; runs by itself every few seconds."""
        oldest = time.monotonic() - self.limits.idle_release
        with self._lock:
            forgotten = {session: run for session, run in self._runs.items() if run.polled < oldest}
            for session in forgotten:
                del self._runs[session]
        for run in forgotten.values():
            run.cancel()

    def share(self) -> Share:
        """Tell how many runs are playing now, and on how many workers.

        Returns
        -------
        Share
            A run's fair part is workers / playing, at most one worker.
        """
        with self._lock:
            playing = sum(run.active for run in self._runs.values())
        return Share(playing, compute.status().training)

    def budgets(self) -> tuple[int, int]:
        """Give one run's memory now.

        Returns
        -------
        int, int
            Bytes of snapshots and bytes of checkpoints.
        """
        limits = self.limits
        wanted = limits.snapshot_bytes + limits.checkpoint_bytes
        part = min(1.0, limits.total_bytes / (wanted * max(1, len(self._runs))))
        return int(limits.snapshot_bytes * part), int(limits.checkpoint_bytes * part)

    def _schedule(self) -> None:
        with self._lock:
            if self._runs and (self._sweeper is None or not self._sweeper.is_alive()):
                self._sweeper = threading.Timer(min(SWEEP, self.limits.idle_release), self._tick)
                self._sweeper.daemon = True
                self._sweeper.start()

    def _tick(self) -> None:
        self._sweeper = None
        self.sweep()
        self._schedule()


RUNS = Runs()
