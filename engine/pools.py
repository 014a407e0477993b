"""Pools of workers: processes of this machine, or a Dask cluster. Both answer `Call`s."""

from __future__ import annotations

import contextlib
import functools
import itertools
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import BrokenExecutor, CancelledError, Future, wait
from dataclasses import dataclass, field
from typing import Any

from engine import crew as crews
from engine import parcel, worker
from engine.crew import Crew

QUIET = 2.0  # seconds without a call after which the workers are free for a rehearsal
_numbers = itertools.count(1)


@dataclass(eq=False)
class Call:
    """One function to run elsewhere, sent by name, and the future of its result."""

    module: str
    qualname: str
    seconds: float
    args: tuple
    kwargs: dict
    number: int = field(default_factory=lambda: next(_numbers))
    future: Future = field(default_factory=Future)
    deaths: int = 0  # workers that died while they ran it

    def order(self) -> tuple[Any, ...]:
        """Give what an executor needs to run this call.

        Returns
        -------
        tuple
            `worker.run` and its arguments.
        """
        return worker.run, self.module, self.qualname, self.number, self.seconds, self.args, self.kwargs

    def finish(self, inner: Future) -> None:
        """Hand on an executor's result or error, unless nobody wants it any more.

        Parameters
        ----------
        inner : Future
            The executor's future, done.
        """
        if not self.future.set_running_or_notify_cancel():
            return
        try:
            self.future.set_result(parcel.unpack(inner.result()))
        except CancelledError:
            self.future.set_exception(worker.NoWorkers(crews.CLOSING))
        except BaseException as error:
            self.future.set_exception(error)

    def fail(self, error: Exception) -> None:
        """End the call with an error.

        Parameters
        ----------
        error : Exception
            What the caller will see.
        """
        if self.future.set_running_or_notify_cancel():
            self.future.set_exception(error)


class LocalPool:
    """Worker processes on this machine, replaced when they die, first come first served.

    Calls wait here and not in the executor: there a call that is cancelled while it waits would block all
    others for ever if a worker then died (Python 3.11's executor fails to fail it a second time).
    """

    def __init__(self, workers: int, niceness: int = 0, prepare: Callable[[], None] = worker.warm) -> None:
        self.workers = workers
        self._niceness = niceness
        self._prepare = prepare
        self._lock = threading.RLock()
        self._waiting: deque[Call] = deque()
        self._flying = 0
        self._asked = -QUIET  # when somebody last did
        self._crew: Crew | None = None
        self._closed = False

    @property
    def warm(self) -> int:
        """How many workers are ready."""
        return sum(note.warm for note in self._crew.board.notes) if self._crew else 0

    def start(self) -> Crew:
        """Start the workers unless they are there.

        Returns
        -------
        Crew
            The present workers.
        """
        with self._lock:
            if self._closed or crews.closing.is_set():
                raise worker.NoWorkers(crews.CLOSING)
            if self._crew is None:
                self._crew = Crew(self.workers, self._niceness, self._prepare)
                threading.Thread(target=self._watch, args=(self._crew,), daemon=True).start()
            return self._crew

    def stop(self) -> None:
        """End the workers after what they are running."""
        with self._lock:
            self._closed, crew = True, self._crew
            self._crew = None
        if crew:
            crew.executor.shutdown(wait=True, cancel_futures=True)

    def submit(self, call: Call) -> None:
        """Run a call as soon as a worker is free.

        Parameters
        ----------
        call : Call
            Its future will have the result.
        """
        self._asked = time.monotonic()
        self._enqueue(call)

    def _enqueue(self, call: Call) -> None:
        with self._lock:
            self._waiting.append(call)
        self._dispatch()

    def rehearse(self, calls: Iterable[Callable[[], Call]]) -> None:
        """Let every worker run some calls, one after the other, while nobody else asks for any; results are dropped.

        Parameters
        ----------
        calls : iterable of callables
            Each makes the same call anew.
        """
        for make in calls:
            while self._flying or self._waiting or time.monotonic() - self._asked < QUIET:
                time.sleep(0.1)
            copies = [make() for _ in range(self.workers)]  # one takes each idle worker
            for call in copies:
                self._enqueue(call)
            wait([call.future for call in copies])

    def _watch(self, crew: Crew) -> None:
        while self._crew is crew:
            time.sleep(0.5)
            crew.stop_overdue()
            if crew.dead():
                self._replace(crew)

    def _replace(self, crew: Crew) -> None:
        # Its executor tells only those who wait for a call, and not even them if the worker died while it answered.
        if not self._dismiss(crew):
            return
        crew.disband()
        if any(note.warm for note in crew.board.notes):  # else the next would hardly get further
            with contextlib.suppress(worker.NoWorkers):  # closing
                self.start()

    def _dispatch(self) -> None:
        while True:
            with self._lock:
                if not self._waiting or self._flying > self.workers:  # one more than there are, so that none idles
                    return
                call = self._waiting.popleft()
                if call.future.cancelled():
                    continue
                self._flying += 1
            self._launch(call)  # without the lock: what waits for the call may run here

    def _launch(self, call: Call) -> None:
        try:
            crew = self.start()
        except Exception as error:  # a closing server, or no memory for a new process
            self._grounded()
            return call.fail(error)
        try:
            inner = crew.executor.submit(*call.order())
        except BrokenExecutor:
            self._grounded(crew)
            self._waiting.appendleft(call)
        except Exception as error:  # a closing interpreter
            self._grounded()
            call.fail(error)
        else:
            inner.add_done_callback(functools.partial(self._landed, crew, call))
        return None

    def _grounded(self, crew: Crew | None = None) -> None:
        with self._lock:
            self._flying -= 1
            if crew:
                self._dismiss(crew)

    def _dismiss(self, crew: Crew) -> bool:
        with self._lock:
            if self._crew is not crew:  # only the first of many that notice
                return False
            self._crew = None
            crew.blame()
            return True

    def _landed(self, crew: Crew, call: Call, inner: Future) -> None:
        lost = not inner.cancelled() and isinstance(inner.exception(), BrokenExecutor)
        self._grounded(crew if lost else None)
        if lost:
            self._retry(crew, call)
        else:
            call.finish(inner)
        self._dispatch()

    def _retry(self, crew: Crew, call: Call) -> None:
        if call.number in crew.overdue:
            return call.fail(worker.TimeLimit(worker.too_long(call.seconds)))
        call.deaths += not crew.guilty or call.number in crew.guilty
        if call.deaths > 1:
            return call.fail(worker.WorkerDied("The process that computed this died twice, perhaps for want of memory; "
                                               "smaller settings need less."))  # fmt: skip
        with self._lock:
            self._waiting.appendleft(call)
        return None
