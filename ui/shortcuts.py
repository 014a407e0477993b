"""What Streamlit does for every run of every session, and a class of a hundred need not wait for."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from streamlit import config
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner

HOLD = 0.05  # seconds


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


def send_together() -> None:
    """Send what a run draws when it ends, or after HOLD and then as it comes.

    Sent piece by piece, the controls make the browser draw, and on a laptop take a core, while the picture is still
    being computed: the picture of a slider comes sooner when it does not have to wait for them.
    """
    waiting: dict[AppSession, asyncio.TimerHandle] = {}
    flush = AppSession.flush_browser_queue

    def enqueue(self: AppSession, message: ForwardMsg) -> None:
        self._browser_queue.enqueue(message)
        kind = message.WhichOneof("type")
        if kind == "new_session" and self not in waiting:
            waiting[self] = asyncio.get_running_loop().call_later(HOLD, release, self)
        elif kind == "script_finished" or self not in waiting:
            release(self)

    def release(self: AppSession) -> None:
        if timer := waiting.pop(self, None):
            timer.cancel()
        if self._message_enqueued_callback:
            self._message_enqueued_callback()

    AppSession._enqueue_forward_msg = enqueue  # type: ignore[method-assign]
    AppSession.flush_browser_queue = lambda self: [] if self in waiting else flush(self)  # type: ignore[method-assign, assignment]
