"""The worker processes of this machine: how they start, what they note, how they end."""

from __future__ import annotations

import atexit
import contextlib
import itertools
import multiprocessing
import multiprocessing.context
import multiprocessing.spawn
import os
import signal
import threading
import weakref
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import Any

from engine import worker
from engine.board import Board, Note

CLOSING = "The server is closing."
closing = threading.Event()
_NAME = "glassbox-worker"
_numbers = itertools.count(1)
_crews: weakref.WeakSet[Crew] = weakref.WeakSet()


def _prepare_without_main(name: str, prepare: Any = multiprocessing.spawn.get_preparation_data) -> dict[str, Any]:
    # Spawn re-runs the main module in the child, and under Streamlit that is whichever page is running just then,
    # with no guard in it. Our workers get their functions by name and need no main module.
    data = prepare(name)
    if name.startswith(_NAME):
        data.pop("init_main_from_path", None)
        data.pop("init_main_from_name", None)
    return data


multiprocessing.spawn.get_preparation_data = _prepare_without_main


class WorkerProcess(multiprocessing.context.SpawnProcess):
    """A spawned process that leaves the main module alone."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.name = f"{_NAME}-{next(_numbers)}"


class WorkerContext(multiprocessing.context.SpawnContext):
    """The spawn context with `WorkerProcess`."""

    Process = WorkerProcess


def _end_workers() -> None:
    closing.set()
    for crew in list(_crews):
        crew.disband()


# The interpreter waits at its end for what executors are running, however long that takes. Ending the workers must
# come before that, which `atexit` does not; concurrent.futures itself is registered in the same place.
getattr(threading, "_register_atexit", atexit.register)(_end_workers)


class Crew:
    """One generation of a pool's workers: an executor, and the board where they note what they do."""

    def __init__(self, workers: int, niceness: int, prepare: Callable[[], None]) -> None:
        context = WorkerContext()
        self.board = Board(context, workers)
        self.overdue: set[int] = set()
        self.guilty: set[int] = set()  # the calls whose worker died
        self.executor = ProcessPoolExecutor(workers, context, worker.setup, (self.board, niceness, prepare))
        _crews.add(self)
        # One at first, so that the first visitor does not wait while all of them import the same on few cores.
        self.executor.submit(os.getpid).add_done_callback(lambda _: self._complete(workers))

    def _complete(self, workers: int) -> None:
        with contextlib.suppress(RuntimeError):  # closed, or broken, in the meantime
            for _ in range(workers):  # an executor starts one process per waiting call
                self.executor.submit(os.getpid)

    def dead(self) -> list[Note]:
        """List the notes of the workers that died."""
        alive = {child.pid for child in multiprocessing.active_children()}
        return [note for note in self.board.notes if note.pid and note.pid not in alive]

    def blame(self) -> None:
        """Note which calls the dead workers were running; the executor has not ended the others yet."""
        self.guilty = {note.call for note in self.dead() if note.call}

    def disband(self) -> None:
        """Kill all workers, and have the executor notice.

        One that was killed in the middle of its answer leaves the executor waiting for the rest of it, for ever as long
        as anybody could still write it: that is also this process itself.
        """
        for process in list((self.executor._processes or {}).values()):
            process.kill()
        answers: Any = self.executor._result_queue
        if answers:
            answers._writer.close()

    def stop_overdue(self) -> None:
        """Kill the workers whose call did not stop at its limit."""
        for pid, number in self.board.overdue():
            if number not in self.overdue:
                self.overdue.add(number)
                with contextlib.suppress(ProcessLookupError):  # it died just now
                    os.kill(pid, getattr(signal, "SIGKILL", signal.SIGTERM))
