"""A Streamlit server of one's own, for as long as a test or a bench needs it."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
START_SECONDS = 60


@dataclass(frozen=True)
class Server:
    """A running app."""

    url: str
    pid: int
    log: Path  # what it printed


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def plain_environment() -> dict[str, str]:
    """The present environment, but with real workers: tests may run models inside their own process."""
    return {name: value for name, value in os.environ.items() if name != "GLASSBOX_INLINE"}


@contextlib.contextmanager
def serve(script: Path = ROOT / "app.py", *, wait: bool = True) -> Iterator[Server]:
    """Run `streamlit run SCRIPT` on a free port, with its workers, and end them all afterwards."""
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", script.name, "--server.headless=true"]
    command += ["--server.address=127.0.0.1", f"--server.port={port}"]
    with tempfile.TemporaryDirectory(prefix="glassbox-") as folder:
        log = Path(folder, "server.log")
        with log.open("w") as output:
            process = subprocess.Popen(
                command,
                cwd=script.parent,
                env=plain_environment(),
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        server = Server(f"http://127.0.0.1:{port}", process.pid, log)
        try:
            if wait:
                _wait_until_healthy(server, process)
            yield server
        finally:
            _end(process)


def _wait_until_healthy(server: Server, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{server.url}/_stcore/health", timeout=1):
            return
        time.sleep(0.05)
    raise RuntimeError(f"the app did not start within {START_SECONDS} s; it printed:\n{server.log.read_text()}")


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the server and then whatever it left behind in its own process group."""
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(10)
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait(10)
