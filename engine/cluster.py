"""A Dask cluster in the place of this machine's worker processes."""

from __future__ import annotations

import functools
import threading
from typing import Any

from engine.pools import Call
from engine.worker import WorkerDied

_lock = threading.Lock()


@functools.lru_cache(maxsize=1)
def _client(address: str) -> Any:
    try:
        from distributed import Client
    except ImportError:
        raise RuntimeError("GLASSBOX_DASK is set but `distributed` is not installed; pip install distributed") from None
    try:
        return Client(address, timeout=10, set_as_default=False)
    except OSError as error:
        raise RuntimeError(f"No Dask scheduler answers at GLASSBOX_DASK={address}: {error}") from None


class DaskPool:
    """Sends calls to a Dask scheduler; its workers must be able to import `engine`."""

    def __init__(self, address: str, priority: int = 0) -> None:
        self._address = address
        self._priority = priority

    def start(self) -> Any:
        """Connect unless connected.

        Returns
        -------
        distributed.Client
            The connection that all pools of this process share.
        """
        with _lock:  # one connection, however many ask at once
            return _client(self._address)

    def stop(self) -> None:
        """Disconnect."""
        with _lock:
            if _client.cache_info().currsize:
                _client(self._address).close()
                _client.cache_clear()

    @property
    def workers(self) -> int:
        """How many calls the cluster runs at once."""
        with _lock:
            known = _client.cache_info().currsize
        return sum(self.start().nthreads().values()) if known else 0

    @property
    def warm(self) -> int:
        """How many of them are ready."""
        return self.workers

    def submit(self, call: Call) -> None:
        """Send a call to the scheduler.

        Parameters
        ----------
        call : Call
            Its future will have the result.
        """
        try:
            executor = self.start().get_executor(pure=False)
            inner = executor.submit(*call.order(), priority=self._priority)
        except Exception as error:
            return call.fail(error)
        call.future.add_done_callback(lambda outer: outer.cancelled() and inner.cancel())
        inner.add_done_callback(functools.partial(self._landed, call))
        return None

    @staticmethod
    def _landed(call: Call, inner: Any) -> None:
        error = None if inner.cancelled() else inner.exception()
        if type(error).__name__ == "KilledWorker":
            call.fail(WorkerDied(f"The Dask workers computing {call.qualname} died, perhaps for want of memory."))
        else:
            call.finish(inner)
