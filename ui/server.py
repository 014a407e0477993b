"""What happens once per server: the workers start, and the garbage collector forgets what is there to stay."""

import asyncio
import gc
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import cache
from typing import Any

import streamlit as st
from starlette.formparsers import MultiPartParser
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session, exists, get_instance
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.state import SessionState
from threadpoolctl import threadpool_limits

from engine import compute

TURN = 0.001  # seconds
SWEEP = 15.0  # seconds between two looks for sessions that are over
_drop_orphans = MediaFileManager.remove_orphaned_files


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[dict[str, bool]]:
    """Start the model workers in the background while the home page is already being served."""
    compute.start()
    remember_theme()
    keep_uploads_in_memory()
    keep_downloads()
    one_thread()
    sys.setswitchinterval(TURN)  # with Python's 5 ms the one loop that sends waits behind every session's script
    gc.collect()
    gc.freeze()  # the imported libraries never die: keep every later collection from walking them
    sweeper = asyncio.create_task(forget_closed_sessions())
    yield {}
    sweeper.cancel()
    with suppress(asyncio.CancelledError):
        await sweeper


def keep_uploads_in_memory() -> None:
    """Never write a photograph to the disk: what receives it would put all beyond 1 MB into a temporary file."""
    MultiPartParser.spool_max_size = 2 * st.get_option("server.maxUploadSize") * 2**20  # bytes; larger ones are refused


def keep_downloads() -> None:
    """Leave it to `forget_downloads` when a file that was made for a download is dropped.

    Streamlit drops it after any two runs of anybody: in a class before the browser that asked for it has fetched it,
    and where nobody else moves a control never, with the faces in it.
    """
    MediaFileManager.remove_orphaned_files = lambda self: None  # type: ignore[method-assign]


def forget_downloads() -> None:
    """Drop the files that were made for downloads before the last call; they have been fetched."""
    if exists():
        _drop_orphans(get_instance().media_file_mgr)


def one_thread() -> None:
    """Let the small sums of this process have one thread: more only wait for one another, and burn a core meanwhile."""
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
        os.environ.setdefault(name, "1")  # for libraries that a lesson loads later: SciPy has a BLAS of its own
    threadpool_limits(1)  # for those that are there


async def forget_closed_sessions() -> None:
    """Let go of what belongs to closed pages, faces above all, and of downloads.

    Streamlit keeps a session for `server.disconnectedSessionTTL` seconds after its connection was lost, drops it only
    when the next one is lost, and goes on holding the one that it served last: after the last student has left, nothing
    would be forgotten before the next lesson.
    """
    while True:
        await asyncio.sleep(SWEEP)
        manager: Any = get_instance()._session_mgr
        with manager._storage_lock:
            over = [info.session for _, info in manager._session_storage._cache.expire()]
        for session in over:
            session.shutdown()
            session._session_state = SessionState()
            session._fragment_storage.clear()
        forget_downloads()
        if over:
            over.clear()
            gc.collect()  # a session is a ring of references


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
