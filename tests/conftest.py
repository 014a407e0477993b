"""What the tests share: models run in the test process, and one real server and one real browser for those that ask."""

import os
from collections.abc import Callable, Iterator

import pytest
import streamlit_webrtc.component  # before TensorFlow: loaded after it, its encryption library crashes the process
from hypothesis import settings
from playwright.sync_api import Browser, expect
from streamlit.runtime.scriptrunner import script_runner

from bench import browsing, serving
from bench.browsing import Visit

# Before any engine module is imported. Tests of the workers themselves unset it.
os.environ.setdefault("GLASSBOX_INLINE", "1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")  # the tests share the cores already

# The first call of a model is slow (compilation), which says nothing about the property; and a red build stays red.
settings.register_profile("glassbox", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("glassbox")
expect.set_options(timeout=30_000)  # a busy machine is slow, not wrong


@pytest.fixture(autouse=True)
def no_stream_without_a_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """The camera's component asks the running server about its session; pages under test run without one."""
    monkeypatch.setattr(streamlit_webrtc.component, "get_this_session_info", lambda: None)


@pytest.fixture(autouse=True)
def keras_keeps_its_session(monkeypatch: pytest.MonkeyPatch) -> None:
    """After every run Streamlit resets a Keras in its process, which takes 0.3 s; the process of the app has none."""
    monkeypatch.setattr(script_runner, "_clean_problem_modules", lambda: None)


@pytest.fixture(scope="session")
def server() -> Iterator[serving.Server]:
    """The app as `streamlit run app.py` starts it, with one worker of each kind: the tests use the other cores."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("GLASSBOX_WORKERS", "1")
        with serving.serve() as running:
            yield running


@pytest.fixture(scope="session")
def app_url(server: serving.Server) -> str:
    return server.url


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if browsing.executable() is None and not os.environ.get("CI"):
        pytest.skip("no Chromium or Chrome is installed")
    with browsing.chromium() as running:
        yield running


@pytest.fixture
def new_visit(browser: Browser) -> Iterator[Callable[..., Visit]]:
    """Open tabs: `new_visit(width, height, theme)`; `bench.browsing.Visit` says what they record."""
    opened: list[Visit] = []

    def make(width: int = 1280, height: int = 800, theme: str = "light") -> Visit:
        opened.append(Visit(browser, width, height, theme))
        return opened[-1]

    yield make
    for tab in opened:
        tab.close()


@pytest.fixture
def desktop(new_visit: Callable[..., Visit]) -> Visit:
    return new_visit(1280, 800)


@pytest.fixture
def phone(new_visit: Callable[..., Visit]) -> Visit:
    return new_visit(390, 844)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Show what the server printed under every failed test that used it."""
    report = yield
    running = getattr(item, "funcargs", {}).get("server")
    if report.failed and running and running.log.exists():
        report.sections.append(("the app's log", running.log.read_text()[-8000:]))
    return report
