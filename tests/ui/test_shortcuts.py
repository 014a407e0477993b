"""Shortcuts through Streamlit lead to the same place."""

import asyncio
import threading

import pytest
from streamlit import config
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner

from ui import shortcuts


def test_the_remembered_theme_is_the_one_that_streamlit_reads(monkeypatch):
    read = app_session._populate_theme_msg
    monkeypatch.setattr(app_session, "_populate_theme_msg", read)  # put back afterwards
    shortcuts.remember_theme()
    sections = ["theme", *(f"theme.{category.value}" for category in config.CustomThemeCategories)]
    fresh = {section: CustomThemeConfig() for section in sections}
    for section in sections:
        read(fresh[section], section)
        for _ in range(2):
            remembered = CustomThemeConfig()
            app_session._populate_theme_msg(remembered, section)
            assert remembered == fresh[section]
    assert fresh["theme.dark"].primary_color and not fresh["theme.sidebar"].ByteSize()


def test_a_theme_that_is_not_there_is_not_mentioned(monkeypatch):
    monkeypatch.setattr(app_session, "_populate_theme_msg", app_session._populate_theme_msg)
    shortcuts.remember_theme()
    theme = CustomThemeConfig()
    app_session._populate_theme_msg(theme.sidebar, "theme.sidebar")
    assert not theme.HasField("sidebar")


def test_the_remembered_options_are_those_that_streamlit_reads(monkeypatch):
    read = config.get_option
    monkeypatch.setattr(config, "get_option", read)
    shortcuts.remember_options()
    assert config.get_option is not read
    for key in config.get_config_options():
        assert config.get_option(key) == config.get_option(key) == read(key), key
    with pytest.raises(RuntimeError, match="not defined"):
        config.get_option("no.such.option")


def test_a_script_runs_though_nobody_waits_for_its_thread(monkeypatch):
    ran, go = threading.Event(), threading.Event()

    class Runner:
        _script_thread = None

        def _run_script_thread(self):
            assert threading.current_thread() is self._script_thread and self._script_thread.daemon
            go.wait(10)
            ran.set()

    monkeypatch.setattr(ScriptRunner, "start", ScriptRunner.start)
    shortcuts.start_aside()
    runner = Runner()
    ScriptRunner.start(runner)
    with pytest.raises(RuntimeError, match="already started"):
        ScriptRunner.start(runner)
    assert not ran.is_set()
    go.set()
    assert ran.wait(10)


class Visit(AppSession):
    """A session that only has what sending needs."""

    def __init__(self):
        self._browser_queue, self.wakes = ForwardMsgQueue(), 0

    def __del__(self):
        pass

    def _message_enqueued_callback(self):
        self.wakes += 1


def message(kind):
    made = ForwardMsg()
    if kind == "script_finished":
        made.script_finished = ForwardMsg.FINISHED_SUCCESSFULLY
    else:
        getattr(made, kind).SetInParent()
    return made


@pytest.fixture
def together(monkeypatch):
    for name in ("_enqueue_forward_msg", "flush_browser_queue"):
        monkeypatch.setattr(AppSession, name, getattr(AppSession, name))
    shortcuts.send_together()


def test_what_a_run_draws_is_sent_when_it_ends(together):
    async def play():
        visit, other = Visit(), Visit()
        other._enqueue_forward_msg(message("delta"))
        assert other.wakes == 1 and len(other.flush_browser_queue()) == 1  # outside a run nothing waits
        for kind in ("new_session", "delta", "delta"):
            visit._enqueue_forward_msg(message(kind))
        assert visit.wakes == 0 and not visit.flush_browser_queue()
        visit._enqueue_forward_msg(message("script_finished"))
        kinds = [each.WhichOneof("type") for each in visit.flush_browser_queue()]
        assert visit.wakes == 1 and kinds == ["new_session", "delta", "delta", "script_finished"]
        await asyncio.sleep(2 * shortcuts.HOLD)
        assert visit.wakes == 1  # the end of its patience was called off

    asyncio.run(play())


def test_a_long_run_is_sent_as_it_comes_after_a_moment(together):
    async def play():
        visit = Visit()
        visit._enqueue_forward_msg(message("new_session"))
        await asyncio.sleep(2 * shortcuts.HOLD)
        assert visit.wakes == 1 and len(visit.flush_browser_queue()) == 1
        visit._enqueue_forward_msg(message("delta"))
        assert visit.wakes == 2 and len(visit.flush_browser_queue()) == 1

    asyncio.run(play())
