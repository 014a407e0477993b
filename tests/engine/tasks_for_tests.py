"""Small tasks that the tests of `engine.compute` send to workers."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np

from engine.compute import task


def nothing() -> None:
    """Stand in for a worker's warm-up where a test needs no model."""


@task
def process() -> int:
    """Give the number of the process that runs this."""
    return os.getpid()


@task
def outer_and_inner() -> tuple[int, int]:
    """Call a task from a task."""
    return os.getpid(), process()


@task
def halve(number: int) -> float:
    """Refuse odd numbers as the engine does."""
    if number % 2:
        raise ValueError(f"number {number} is odd; use an even one")
    return number / 2


@task
def rest(seconds: float) -> int:
    """Take a while."""
    time.sleep(seconds)
    return os.getpid()


@task(pool="training")
def train_for(seconds: float) -> int:
    """Take a while in the other pool."""
    time.sleep(seconds)
    return os.nice(0)


@task
def die_once(marker: str) -> int:
    """Kill the worker, but only the first one."""
    if not Path(marker).exists():
        Path(marker).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return os.getpid()


@task
def die() -> None:
    """Kill every worker that tries."""
    os.kill(os.getpid(), signal.SIGKILL)


def _send_half(then: Callable[[], None]) -> None:
    def send(connection: Connection, answer: bytes) -> None:
        os.write(connection.fileno(), answer[: len(answer) // 2])
        then()

    Connection._send = send


@task
def die_while_answering(marker: str) -> np.ndarray:
    """Kill the worker when half of its answer is sent, but only the first one."""
    if not Path(marker).exists():
        Path(marker).touch()
        _send_half(then=lambda: os.kill(os.getpid(), signal.SIGKILL))
    return np.ones(1000)


@task
def never_finish_answering() -> np.ndarray:
    """Send half of the answer."""
    _send_half(then=lambda: time.sleep(600))
    return np.ones(1000)


@task(seconds=0.3)
def dawdle() -> None:
    """Take longer than allowed."""
    time.sleep(60)


@task(seconds=0.3)
def hang() -> None:
    """Take longer than allowed and be deaf to the timer, as compiled code is."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
    time.sleep(60)


@task
def tensorflow_error() -> None:
    """Fail inside TensorFlow."""
    import tensorflow as tf

    tf.constant([1.0])[5]


@task
def tensor() -> object:
    """Return what must not leave the engine."""
    import tensorflow as tf

    return {"weights": tf.constant([1.0])}


@task
def keras_sum(numbers: np.ndarray) -> np.ndarray:
    """Compute something with Keras."""
    import keras

    return keras.ops.convert_to_numpy(keras.ops.sum(numbers))


@task
def modules() -> list[str]:
    """Name the packages loaded in the worker."""
    return sorted({name.split(".")[0] for name in sys.modules})
