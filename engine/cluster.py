"""A Dask cluster in the place of this machine's worker processes."""

from __future__ import annotations

import contextlib
import functools
import importlib.util
import threading
from concurrent.futures import Future
from typing import Any

from engine.pools import Call
from engine.worker import NoWorkers, WorkerDied

LOOK = 1.0  # seconds between looks at the cluster
CONNECT = 5.0  # seconds in which the scheduler must answer


class Scheduler:
    """The connection to a scheduler, kept up by a thread of its own: no page ever waits while it is down.

    Parameters
    ----------
    address : str
        As in tcp://host:8786.
    """

    def __init__(self, address: str) -> None:
        if not importlib.util.find_spec("distributed"):
            raise RuntimeError("GLASSBOX_DASK is set but `distributed` is not installed; pip install distributed")
        self.address = address
        self.workers = 0  # how many calls the cluster runs at once
        self.tried: Future = Future()  # done when the first attempt to connect is over
        self._client: Any = None
        self._closed = threading.Event()
        threading.Thread(target=self._keep, daemon=True).start()

    def client(self) -> Any:
        """Give the connection.

        Returns
        -------
        distributed.Client
            Connected, as far as is known.

        Raises
        ------
        NoWorkers
            While there is none.
        """
        client = self._client
        if client is None:
            raise NoWorkers(
                f"No Dask scheduler answers at GLASSBOX_DASK={self.address}; it is tried again all the time."
            )
        return client

    def close(self) -> None:
        """Disconnect."""
        self._closed.set()

    def _keep(self) -> None:
        while not self._closed.is_set():
            try:
                self._client = self._client or self._connect()
                self.workers = sum(self._client.nthreads().values())
            except Exception:  # whatever it is, there is no cluster
                self._disconnect()
            if not self.tried.done():
                self.tried.set_result(None)
            self._closed.wait(LOOK)
        self._disconnect()

    def _connect(self) -> Any:
        from distributed import Client

        return Client(self.address, timeout=CONNECT, set_as_default=False)

    def _disconnect(self) -> None:
        client, self._client, self.workers = self._client, None, 0
        if client is not None:
            with contextlib.suppress(Exception):  # a lost one has nobody to take leave of
                client.close(timeout=1)


class DaskPool:
    """Sends calls to a Dask scheduler; its workers must be able to import `engine`."""

    def __init__(self, scheduler: Scheduler, priority: int = 0) -> None:
        self._scheduler = scheduler
        self._priority = priority

    def start(self) -> None:
        """Have nothing to start: the cluster is there or not."""

    def stop(self) -> None:
        """Disconnect."""
        self._scheduler.close()

    @property
    def workers(self) -> int:
        """How many calls the cluster runs at once."""
        return self._scheduler.workers

    @property
    def warm(self) -> int:
        """How many of them are ready."""
        return self.workers

    def submit(self, call: Call) -> None:
        """Send a call to the scheduler, as soon as it is known whether there is one.

        Parameters
        ----------
        call : Call
            Its future will have the result.
        """
        self._scheduler.tried.add_done_callback(lambda _: self._send(call))

    def _send(self, call: Call) -> None:
        try:
            executor = self._scheduler.client().get_executor(pure=False)
            inner = executor.submit(*call.order(), priority=self._priority)
        except Exception as error:
            return call.fail(error)
        call.future.add_done_callback(lambda outer: outer.cancelled() and inner.cancel())
        inner.add_done_callback(functools.partial(self._landed, call))
        return None

    @staticmethod
    def _landed(call: Call, inner: Any) -> None:
        if inner.cancelled():
            call.fail(NoWorkers("The Dask scheduler was lost before this was computed; try again later."))
        elif type(inner.exception()).__name__ == "KilledWorker":
            call.fail(WorkerDied("The Dask workers that computed this died, perhaps for want of memory."))
        else:
            call.finish(inner)
