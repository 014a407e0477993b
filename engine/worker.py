"""Inside a worker process: warm it up, run one call at a time within its limit, end it with its parent.

This module imports nothing heavy: thread counts must be in the environment before NumPy is first imported.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import importlib
import multiprocessing
import multiprocessing.connection
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from engine import parcel
from engine.board import Board, Note

_ENVIRONMENT = {
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "CUDA_VISIBLE_DEVICES": "-1",
    "KERAS_BACKEND": "tensorflow",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}


class TimeLimit(RuntimeError):
    """A call took longer than it may."""


class ServerBusy(TimeLimit):
    """A call waited too long for its turn."""


class WorkerDied(RuntimeError):
    """The process that computed a call died, and so did the one that tried again."""


class NoWorkers(WorkerDied):
    """There is nobody to compute a call: the server is closing, or no cluster answers."""


_note: Note | None = None
_thread = threading.local()


def inside() -> bool:
    """Tell whether this code runs in a worker.

    Returns
    -------
    bool
        True in a pool's process and in the thread of a Dask worker that runs a call.
    """
    return _note is not None or getattr(_thread, "inside", False)


def setup(board: Board, niceness: int, prepare: Callable[[], None]) -> None:
    """Prepare a freshly started worker process: the pool's initializer.

    Parameters
    ----------
    board : Board
        Where the worker says that it is warm and what it runs.
    niceness : int
        How much lower than the web process's its operating-system priority is, 0 to 19.
    prepare : callable
        What to do before the first call, `warm` as a rule.
    """
    global _note
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the server's business
    threading.Thread(target=_die_with_parent, daemon=True).start()
    if niceness and hasattr(os, "nice"):
        os.nice(niceness)
    _note = board.join()
    prepare()
    _note.warm = True


def _die_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        multiprocessing.connection.wait([parent.sentinel])
        os._exit(1)


def warm() -> None:
    """Import the heavy packages on one thread each and compute something tiny with them."""
    for name, value in _ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    with _silence():
        import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    import cv2
    import gensim.models  # noqa: F401
    import keras

    cv2.setNumThreads(1)
    layer = keras.layers.Dense(1)
    tf.function(lambda x: layer(x))(tf.ones((1, 1)))
    gc.collect()
    gc.freeze()  # the packages' objects live for ever: never look at them again


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    # TensorFlow 2.21 greets on the file descriptor itself, whatever TF_CPP_MIN_LOG_LEVEL says.
    kept, null = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(null)


def dask_setup(_worker: Any) -> None:
    """Warm a Dask worker that was started with ``--preload engine.worker``."""
    warm()


def run(module: str, qualname: str, number: int, seconds: float, args: tuple, kwargs: dict) -> bytes:
    """Run a function by its name.

    Parameters
    ----------
    module, qualname : str
        Where the function is.
    number : int
        The call's number, 1 or more.
    seconds : float
        Its time limit; kept where the system has interval timers and the call has the main thread.
    args, kwargs : tuple, dict
        Its arguments.

    Returns
    -------
    bytes
        What the function returned or raised, for `parcel.unpack`.
    """
    try:
        with _noted(number, seconds), _limited(seconds):
            function: Any = functools.reduce(getattr, qualname.split("."), importlib.import_module(module))
            return parcel.pack(qualname, function(*args, **kwargs))
    except Exception as error:
        return parcel.pack_error(error)


@contextlib.contextmanager
def _noted(number: int, seconds: float) -> Iterator[None]:
    nested = getattr(_thread, "inside", False)
    _thread.inside = True
    if _note is not None:
        _note.deadline = time.monotonic() + seconds
        _note.call = number
    try:
        yield
    finally:
        _thread.inside = nested
        if _note is not None:
            _note.call = 0


@contextlib.contextmanager
def _limited(seconds: float) -> Iterator[None]:
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_: object) -> None:
        raise TimeLimit(too_long(seconds))

    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def too_long(seconds: float) -> str:
    """Say that a call was stopped.

    Parameters
    ----------
    seconds : float
        Its limit.

    Returns
    -------
    str
        One sentence.
    """
    return f"This took longer than {seconds:g} s and was stopped; smaller settings take less time."
