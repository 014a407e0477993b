"""What happens once per server: the workers start, and the garbage collector forgets what is there to stay."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache

import streamlit as st
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session
from threadpoolctl import threadpool_limits

from engine import compute


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[dict[str, bool]]:
    """Start the model workers in the background while the home page is already being served."""
    compute.start()
    remember_theme()
    threadpool_limits(1)  # the small sums done here: more threads only wait for one another, and burn a core meanwhile
    gc.collect()
    gc.freeze()  # the imported libraries never die: keep every later collection from walking them
    yield {}


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
