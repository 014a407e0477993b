"""What Streamlit would put on the disk or hold on to, and must not: photographs, faces, closed sessions."""

import asyncio
import gc
from typing import Any

import streamlit as st
from starlette.formparsers import MultiPartParser
from streamlit.runtime import exists, get_instance
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.state import SessionState

SWEEP = 15.0  # seconds between two looks for sessions that are over
_drop_orphans = MediaFileManager.remove_orphaned_files


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
