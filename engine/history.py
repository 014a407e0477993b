"""What a run keeps of its past within a budget of memory: snapshots to show and checkpoints to go on from."""

from __future__ import annotations

from typing import Any

from engine.training import Checkpoint, Chunk, Snapshot


class History:
    """Snapshots and checkpoints by step, thinned evenly when they are too large together."""

    def __init__(self) -> None:
        self._snapshots: dict[int, Snapshot] = {}
        self._checkpoints: dict[int, Checkpoint] = {}

    @property
    def snapshots(self) -> tuple[Snapshot, ...]:
        """What is kept, oldest first."""
        return tuple(self._snapshots[step] for step in sorted(self._snapshots))

    @property
    def last(self) -> int:
        """The step of the newest snapshot, -1 before there is any."""
        return max(self._snapshots, default=-1)

    def get(self, step: int) -> Snapshot | None:
        """Find the snapshot of a step.

        Parameters
        ----------
        step : int
            Which.

        Returns
        -------
        Snapshot or None
            None if it was dropped or never taken.
        """
        return self._snapshots.get(step)

    def nearest(self, step: int) -> Snapshot | None:
        """Find the snapshot nearest to a step, the earlier of two.

        Parameters
        ----------
        step : int
            Which.

        Returns
        -------
        Snapshot or None
            None before there is any.
        """
        steps = sorted(self._snapshots)
        return self._snapshots[min(steps, key=lambda kept: abs(kept - step))] if steps else None

    def before(self, step: int) -> Checkpoint | None:
        """Find the last checkpoint before a step.

        Parameters
        ----------
        step : int
            Which.

        Returns
        -------
        Checkpoint or None
            None is the beginning of the job.
        """
        earlier = [kept for kept in self._checkpoints if kept < step]
        return self._checkpoints[max(earlier)] if earlier else None

    def cut(self, step: int) -> None:
        """Forget what comes after a step.

        Parameters
        ----------
        step : int
            The last to keep.
        """
        self._snapshots = {kept: value for kept, value in self._snapshots.items() if kept <= step}
        self._checkpoints = {kept: value for kept, value in self._checkpoints.items() if kept <= step}

    def add(self, chunk: Chunk, budgets: tuple[int, int], keep: set[int]) -> None:
        """Keep what a worker sent, and thin what is kept if it is too much.

        Parameters
        ----------
        chunk : Chunk
            From a worker.
        budgets : (int, int)
            Bytes of snapshots and bytes of checkpoints.
        keep : set of int
            Steps whose snapshot must stay, besides the first and the last.
        """
        self._snapshots.update((snapshot.step, snapshot) for snapshot in chunk.snapshots)
        self._checkpoints[chunk.checkpoint.step] = chunk.checkpoint
        _thin(self._snapshots, budgets[0], keep)
        _thin(self._checkpoints, budgets[1], set())


def _thin(kept: dict[int, Any], budget: int, keep: set[int]) -> None:
    # The one that leaves the smallest gap goes first, so that what stays is spread over the whole training.
    size = sum(value.nbytes for value in kept.values())
    while size > budget:
        steps = sorted(kept)
        gaps = [(b - a, step) for a, step, b in zip(steps, steps[1:], steps[2:], strict=False) if step not in keep]
        if not gaps:
            return
        size -= kept.pop(min(gaps)[1]).nbytes
