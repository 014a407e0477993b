"""Shared memory in which the workers of a pool note what they are doing, and the web process reads it."""

from __future__ import annotations

import ctypes
import os
import time
from typing import Any

GRACE = 3.0  # seconds a call may outlive its limit before its worker is killed


class Note(ctypes.Structure):
    """What one worker is doing, in memory that the web process reads."""

    _fields_ = [
        ("pid", ctypes.c_longlong),
        ("warm", ctypes.c_bool),
        ("call", ctypes.c_longlong),  # 0 while idle
        ("deadline", ctypes.c_double),  # on the monotonic clock
    ]


class Board:
    """One `Note` per worker of a pool; a worker takes the next free one and is then its only writer."""

    def __init__(self, context: Any, workers: int) -> None:
        self.notes = context.RawArray(Note, workers)
        self._lock = context.Lock()

    def join(self) -> Note:
        """Take the next free note.

        Returns
        -------
        Note
            This worker's own note.
        """
        with self._lock:
            note = next(note for note in self.notes if not note.pid)
            note.pid = os.getpid()
        return note

    def overdue(self) -> list[tuple[int, int]]:
        """List the calls that did not stop at their limit.

        Returns
        -------
        list of (int, int)
            The worker's process number and the call's number.
        """
        now = time.monotonic()
        return [(note.pid, note.call) for note in self.notes if note.call and note.deadline + GRACE < now]
