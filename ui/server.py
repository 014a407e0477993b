"""What happens once per server: the workers start, and Streamlit learns what a class and its privacy need."""

import asyncio
import gc
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import streamlit as st
from threadpoolctl import threadpool_limits

from engine import compute
from ui import privacy, sending, shortcuts

TURN = 0.001  # seconds
# Ten times rarer than usual: a hundred sessions are 150,000 objects, and walking them all stops everybody for 0.15 s.
COLLECT = (10_000, 20, 20)


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[dict[str, bool]]:
    """Start the model workers in the background while the home page is already being served."""
    compute.start()
    shortcuts.remember_theme()
    shortcuts.remember_options()
    shortcuts.remember_parameters()
    shortcuts.look_up_one_value()
    shortcuts.start_aside()
    sending.send_together()
    privacy.keep_uploads_in_memory()
    privacy.keep_downloads()
    one_thread()
    sys.setswitchinterval(TURN)  # with Python's 5 ms the one loop that sends waits behind every session's script
    gc.collect()
    gc.freeze()  # the imported libraries never die: keep every later collection from walking them
    gc.set_threshold(*COLLECT)
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
