"""Where models run: the web process never imports TensorFlow, Keras or gensim.

A function marked with `task` runs in a worker process when the web process calls it, and is a plain call inside a
worker or inline. There are two pools, so that a slider never waits behind somebody's training.

Environment
-----------
GLASSBOX_WORKERS
    Processes per pool; the number of cores unless set.
GLASSBOX_INLINE
    1: everything is a plain call in this process.
GLASSBOX_DASK
    tcp://host:8786: a Dask scheduler to use in place of the two pools.
"""

from __future__ import annotations

import contextlib
import functools
import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar, overload

from engine import worker
from engine.pools import Call, LocalPool
from engine.worker import NoWorkers, ServerBusy, TimeLimit, WorkerDied

__all__ = [
    "NoWorkers",
    "ServerBusy",
    "Status",
    "TimeLimit",
    "WorkerDied",
    "inline",
    "start",
    "status",
    "stop",
    "submit",
    "task",
    "wait",
]

P = ParamSpec("P")
R = TypeVar("R")
PATIENCE = 60.0  # seconds a caller waits in all, its time in the queue included
NICENESS = {"interactive": 5, "training": 10}  # the web process goes first: it has an answer for everybody
SECONDS = 20.0

_lock = threading.Lock()
_pools: dict[str, Any] = {}
_started = False
_inline = 0


@dataclass(frozen=True)
class Status:
    """How far the workers are."""

    warm: int  # interactive workers that are ready
    workers: int  # interactive workers in all
    training: int  # training workers in all

    @property
    def ready(self) -> bool:
        """Whether a call would be answered at once."""
        return self.warm > 0 or _plain()


@overload
def task(function: Callable[P, R], /) -> Callable[P, R]: ...
@overload
def task(*, seconds: float = ..., pool: str = ...) -> Callable[[Callable[P, R]], Callable[P, R]]: ...
def task(function: Any = None, /, *, seconds: float = SECONDS, pool: str = "interactive") -> Any:
    """Mark a function of an importable module that needs a model: it runs in a worker process.

    Parameters
    ----------
    function : callable
        Its arguments and its result are pickled, so they hold no tensors, layers or models.
    seconds : float
        Its time limit, waiting for a free worker not included.
    pool : {"interactive", "training"}
        The workers that run it.

    Returns
    -------
    callable
        The same function, from elsewhere. It raises what the function raises, and `TimeLimit` (as `ServerBusy` when
        no worker became free in time) or `WorkerDied`, each with a sentence for the reader.

    Examples
    --------
    >>> @task(seconds=5)
    ... def double(x):
    ...     return 2 * x
    >>> with inline():
    ...     double(4)
    8
    """
    if function is None:
        return functools.partial(task, seconds=seconds, pool=pool)

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        if _plain():
            return function(*args, **kwargs)
        return wait(_send(pool, Call(call.__module__, call.__qualname__, seconds, args, kwargs)), seconds)

    call.seconds, call.pool = seconds, pool  # type: ignore[attr-defined]
    return call


def wait(future: Future[R], seconds: float = SECONDS) -> R:
    """Wait for what `submit` has started as long as one waits for a call of a task.

    Parameters
    ----------
    future : concurrent.futures.Future
        What `submit` returned.
    seconds : float
        The function's time limit, waiting for a free worker not included.

    Returns
    -------
    object
        The function's result.

    Raises
    ------
    ServerBusy
        When no worker became free in time; the call is cancelled. Else what the function raises.
    """
    try:
        return future.result(timeout=max(PATIENCE, 2 * seconds))
    except TimeoutError:
        if future.done():  # it came just now, or the error is the function's own
            return future.result()
        future.cancel()
        raise ServerBusy("The server is busy: no worker was free in time. Try again in a moment.") from None


def submit(function: Callable[..., R], *args: Any, pool: str | None = None, **kwargs: Any) -> Future[R]:
    """Start a function of an importable module in a worker and return at once.

    Parameters
    ----------
    function : callable
        Marked with `task` or not.
    pool : {"interactive", "training"}, optional
        The function's own pool unless given.

    Returns
    -------
    concurrent.futures.Future
        Its result or error. `cancel` works until the result is there.
    """
    if _plain():
        return _thread().submit(function, *args, **kwargs)
    return _send(pool or str(getattr(function, "pool", "interactive")), _call(function, args, kwargs))


def _call(function: Callable[..., Any], args: tuple, kwargs: dict[str, Any]) -> Call:
    return Call(function.__module__, function.__qualname__, getattr(function, "seconds", SECONDS), args, kwargs)


def _send(pool: str, call: Call) -> Future:
    _pool(pool).submit(call)
    return call.future


def _pool(name: str) -> Any:
    with _lock:
        if not _pools:
            address = os.environ.get("GLASSBOX_DASK")
            if address:
                from engine.cluster import DaskPool, Scheduler

                scheduler = Scheduler(address)
                _pools.update(interactive=DaskPool(scheduler), training=DaskPool(scheduler, priority=-10))
            else:
                count = _worker_count()
                _pools.update({name: LocalPool(count, niceness) for name, niceness in NICENESS.items()})
        return _pools[name]


def _worker_count() -> int:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    text = os.environ.get("GLASSBOX_WORKERS") or str(cores)
    if not text.isdecimal() or int(text) < 1:
        raise ValueError(f"GLASSBOX_WORKERS={text} is not a number of processes; use 1 or more")
    return int(text)


def start() -> None:
    """Begin starting and warming the workers in the background; costs nothing when they were started before.

    Raises
    ------
    ValueError, RuntimeError
        When the environment asks for what cannot be started; the message names the variable.
    """
    global _started
    if _started or _plain():
        return
    _pool("interactive")
    with _lock:
        first, _started = not _started, True
    if first:
        threading.Thread(target=_start_pools, daemon=True).start()


def _start_pools() -> None:
    interactive, training = _pool("interactive"), _pool("training")
    interactive.start()
    deadline = time.monotonic() + 120
    while interactive.warm < interactive.workers and time.monotonic() < deadline:
        time.sleep(0.1)  # the first lesson wants all the cores until it has its workers
    with contextlib.suppress(NoWorkers):  # stopped in the meantime
        training.start()
    if isinstance(interactive, LocalPool):
        from engine.rehearsal import CALLS  # of modules that import this one

        interactive.rehearse(functools.partial(_call, call.func, call.args, call.keywords) for call in CALLS)


def status() -> Status:
    """Tell how many workers are ready.

    Returns
    -------
    Status
        Counts; all workers are "warm" inline.
    """
    if _plain():
        return Status(1, 1, 1)
    interactive = _pool("interactive")
    return Status(interactive.warm, interactive.workers, _pool("training").workers)


def stop() -> None:
    """End all workers after what they are running; the next call starts new ones."""
    global _started
    with _lock:
        pools = list(_pools.values())
        _pools.clear()
        _started = False
    for pool in pools:
        pool.stop()


@contextlib.contextmanager
def inline() -> Iterator[None]:
    """Make every task a plain call in this process, for tests and scripts."""
    global _inline
    _inline += 1
    try:
        yield
    finally:
        _inline -= 1


def _plain() -> bool:
    return _inline > 0 or worker.inside() or os.environ.get("GLASSBOX_INLINE") == "1"


@functools.lru_cache(maxsize=1)
def _thread() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, "inline")  # so that a submitted call never runs in its submitter
