"""What Streamlit does for every run of every session, and a class of a hundred need not wait for."""

import threading
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from streamlit import config
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner


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
