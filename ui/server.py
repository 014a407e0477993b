"""What happens once per server: the workers start, and what every session would do again is done."""

import asyncio
import gc
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import cache

import streamlit as st
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session
from threadpoolctl import threadpool_limits

from engine import compute
from ui import privacy

TURN = 0.001  # seconds


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[dict[str, bool]]:
    """Start the model workers in the background while the home page is already being served."""
    compute.start()
    remember_theme()
    privacy.keep_uploads_in_memory()
    privacy.keep_downloads()
    one_thread()
    sys.setswitchinterval(TURN)  # with Python's 5 ms the one loop that sends waits behind every session's script
    gc.collect()
    gc.freeze()  # the imported libraries never die: keep every later collection from walking them
    sweeper = asyncio.create_task(privacy.forget_closed_sessions())
    yield {}
    sweeper.cancel()
    with suppress(asyncio.CancelledError):
        await sweeper


def one_thread() -> None:
    """Let the small sums of this process have one thread: more only wait for one another, and burn a core meanwhile."""
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
        os.environ.setdefault(name, "1")  # for libraries that a lesson loads later: SciPy has a BLAS of its own
    threadpool_limits(1)  # for those that are there


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
