"""What Streamlit does for every run of every session, and a class of a hundred need not wait for."""

import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

from streamlit import config, type_util
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.runtime.state.safe_session_state import SafeSessionState


def remember_theme() -> None:
    """Read the theme once: Streamlit reads it anew for every run of every session, a fifth of a slider move's cost."""
    populate = app_session._populate_theme_msg

    @cache
    def made(section: str) -> CustomThemeConfig:
        theme = CustomThemeConfig()
        populate(theme, section)
        return theme

    def fill(theme: CustomThemeConfig, section: str = "theme") -> None:
        if made(section).ByteSize():  # merging nothing would still say that there is a theme
            theme.MergeFrom(made(section))

    app_session._populate_theme_msg = fill  # type: ignore[assignment]


def remember_options() -> None:
    """Read every setting once: all scripts stand in line for the lock around them, several times for each element."""
    config.get_option = cache(config.get_option)


def remember_parameters() -> None:
    """Take functions apart once: Streamlit does for every cached call, once for each of its arguments."""
    type_util.get_func_parameters = cache(type_util.get_func_parameters)


def look_up_one_value() -> None:
    """Let a control look up its own value: Streamlit copies the values of all controls for each of them."""
    whole: Any = SafeSessionState.filtered_state

    class Values(Mapping[str, Any]):
        def __init__(self, state: SafeSessionState) -> None:
            self._state = state

        def __getitem__(self, key: str) -> Any:
            with self._state._lock:
                return self._state._state[key]

        def __iter__(self) -> Iterator[str]:
            return iter(whole.fget(self._state))

        def __len__(self) -> int:
            return len(whole.fget(self._state))

    SafeSessionState.filtered_state = property(Values)  # type: ignore[assignment]


def start_aside() -> None:
    """Let another thread start those of the scripts: who starts one waits for its first turn, and that was the loop."""
    starter = ThreadPoolExecutor(1, "starter")

    def start(self: ScriptRunner) -> None:
        if self._script_thread is not None:
            raise RuntimeError("ScriptRunner was already started")
        self._script_thread = threading.Thread(
            target=self._run_script_thread, name="ScriptRunner.scriptThread", daemon=True
        )
        starter.submit(self._script_thread.start)

    ScriptRunner.start = start  # type: ignore[method-assign]
