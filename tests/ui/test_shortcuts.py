"""Shortcuts through Streamlit lead to the same place."""

import threading

import pytest
from streamlit import config, type_util
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.runtime.state import SafeSessionState, SessionState

from engine import quiz
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


def test_a_control_finds_its_own_value(monkeypatch):
    monkeypatch.setattr(SafeSessionState, "filtered_state", SafeSessionState.filtered_state)
    state = SafeSessionState(SessionState(), lambda: None)
    state["stride"] = 3
    whole = state.filtered_state
    shortcuts.look_up_one_value()
    assert dict(state.filtered_state) == whole == {"stride": 3} and len(state.filtered_state) == 1
    assert "stride" in state.filtered_state and "padding" not in state.filtered_state
    state["stride"] = None
    assert state.filtered_state["stride"] is None


def test_parameters_are_the_same_when_asked_again(monkeypatch):
    read = type_util.get_func_parameters
    monkeypatch.setattr(type_util, "get_func_parameters", read)
    shortcuts.remember_parameters()
    assert type_util.get_func_parameters is not read
    for _ in range(2):
        assert type_util.get_func_parameters(quiz.grade) == read(quiz.grade)
