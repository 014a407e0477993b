"""What happens once per server: the workers start, and the garbage collector forgets what is there to stay."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st

from engine import compute


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[dict[str, bool]]:
    """Start the model workers in the background while the home page is already being served."""
    compute.start()
    gc.collect()
    gc.freeze()  # the imported libraries never die: keep every later collection from walking them
    yield {}
