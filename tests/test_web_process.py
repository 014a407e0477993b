"""The web process never loads a model library: with one in it, every slider move of every student waits longer."""

import asyncio
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from bench.protocol import Session
from bench.serving import ROOT, Server, plain_environment
from ui.catalogue import LESSONS

PATHS = ["", *(lesson.url for lesson in LESSONS)]
MODELS = ("keras", "tensorflow", "gensim")

# Runs every page in a process of its own, with real workers, and says which model libraries that process has loaded.
VISIT_EVERY_PAGE = """
import sys
import streamlit_webrtc.component
from streamlit.testing.v1 import AppTest
from ui.catalogue import LESSONS, ROOT

if __name__ == "__main__":
    streamlit_webrtc.component.get_this_session_info = lambda: None  # there is no server to ask about its session
    app = AppTest.from_file(str(ROOT / "ui/router.py"), default_timeout=120).run()
    for lesson in LESSONS:
        app.switch_page(str(lesson.script)).run()
        assert not app.exception, (lesson.url, app.exception)
        assert len(app.main) > 0, f"{lesson.url} is empty"
    from engine import compute
    compute.stop()
    print("loaded:", *sorted({"keras", "tensorflow", "gensim"} & sys.modules.keys()))
"""


async def visit_every_page(url: str) -> dict[str, list[str]]:
    """Open each page over the app's own protocol and move a slider; return the exceptions it showed."""
    shown = {}
    for path in PATHS:
        session = Session(url, path)
        await session.join()
        if session.controls:
            await session.move()
        shown[path] = list(session.exceptions)
        await session.leave()
    return shown


def loaded_model_libraries(pid: int) -> set[str]:
    """The packages among `MODELS` that a process has loaded compiled parts of. (Keras brings in TensorFlow.)"""
    paths = [library.path for library in psutil.Process(pid).memory_maps()]
    return {match[1] for path in paths if (match := re.search(rf"[/\\]({'|'.join(MODELS)})[/\\]", path))}


lists_libraries = pytest.mark.skipif(
    not hasattr(psutil.Process, "memory_maps"), reason="this system does not say what a process has loaded"
)


@lists_libraries
def test_the_server_has_loaded_no_model_library_after_every_page(server: Server) -> None:
    with ThreadPoolExecutor(1) as thread:  # the browser's event loop lives on this one
        shown = thread.submit(asyncio.run, visit_every_page(server.url)).result()
    assert not any(shown.values()), shown
    assert not loaded_model_libraries(server.pid)


@lists_libraries
def test_a_process_that_has_loaded_a_model_library_is_found_out() -> None:
    script = "import gensim.models; print('ready', flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == "ready\n"
        found = loaded_model_libraries(process.pid)
        process.communicate("done\n")
    assert found == {"gensim"}


def test_running_every_page_imports_no_model_library(tmp_path: Path) -> None:
    script = tmp_path / "visit.py"
    script.write_text(VISIT_EVERY_PAGE)
    environment = plain_environment() | {"PYTHONPATH": str(ROOT), "STREAMLIT_CLIENT_SHOW_ERROR_DETAILS": "full"}
    run = subprocess.run(
        [sys.executable, script], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=280
    )
    assert run.returncode == 0, run.stderr[-4000:]
    assert run.stdout.splitlines()[-1] == "loaded:"
