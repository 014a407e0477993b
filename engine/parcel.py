"""What travels back from a worker: nothing that would import TensorFlow, Keras or gensim in the web process."""

from __future__ import annotations

import io
import pickle
import traceback
from typing import Any

import numpy as np

_KNOWN = {"builtins", "engine", "numpy"}  # whose errors the web process may meet
_KEPT_OUT = {"tensorflow", "keras", "gensim"}


class InTheWorker(Exception):
    """Where an error happened: the worker's own traceback, as the cause of the error that the caller sees."""

    def __str__(self) -> str:
        return f"\n{self.args[0]}"


class _Packer(pickle.Pickler):
    def reducer_override(self, thing: Any) -> Any:
        kind = thing if isinstance(thing, type) else type(thing)
        if kind.__module__.split(".")[0] in _KEPT_OUT:
            raise TypeError(f"a {kind.__name__} of {kind.__module__}; return NumPy arrays and plain values")
        if kind is np.ndarray:
            return _read_only(thing).__reduce_ex__(pickle.HIGHEST_PROTOCOL)
        return NotImplemented


def _read_only(array: np.ndarray) -> np.ndarray:
    shown = np.ascontiguousarray(array).reshape(array.shape).view()
    shown.flags.writeable = False
    return shown


def pack(name: str, result: Any) -> bytes:
    """Pack what a function returned.

    Parameters
    ----------
    name : str
        The function's name, for the error.
    result : object
        NumPy arrays, plain values, and dataclasses, tuples, lists or dicts of them.

    Returns
    -------
    bytes
        For `unpack`. The arrays come out of it read-only, so that all sessions may share them.

    Raises
    ------
    TypeError
        If the result holds tensors, layers, models or gensim's objects.

    Examples
    --------
    >>> unpack(pack("count", [1, 2]))
    [1, 2]
    """
    buffer = io.BytesIO()
    try:
        _Packer(buffer, protocol=pickle.HIGHEST_PROTOCOL).dump((result, None, ""))
    except TypeError as error:
        raise TypeError(f"{name} returned {error}") from None
    return buffer.getvalue()


def pack_error(error: Exception) -> bytes:
    """Pack what a function raised; an error of another package becomes a RuntimeError that names it.

    Parameters
    ----------
    error : Exception
        The error, which loses what it is chained to.

    Returns
    -------
    bytes
        For `unpack`.
    """
    story = "".join(traceback.format_exception(error))
    if type(error).__module__.split(".")[0] not in _KNOWN:
        error = RuntimeError(f"{type(error).__name__}: {error}")
    error.__cause__ = error.__context__ = None  # some picklers take them along, packages and all
    return pickle.dumps((None, error.with_traceback(None), story))


def unpack(packed: bytes) -> Any:
    """Return or raise what a function in a worker returned or raised.

    Parameters
    ----------
    packed : bytes
        From `pack` or `pack_error`.

    Returns
    -------
    object
        The function's result.
    """
    result, error, story = pickle.loads(packed)
    if error is not None:
        raise error from InTheWorker(story)
    return result
