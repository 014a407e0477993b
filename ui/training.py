"""The controls of a live training, the same in every lesson: train, pause, one batch, back, start over.

A page hands over a job and a function that draws; this module keeps the session's run and polls it only while something
is to come. While a training plays the page draws its newest snapshot, and all of them when it rests, so that scrubbing
happens in the browser.
"""

import uuid
import weakref
from collections.abc import Callable, Hashable, Sequence
from threading import Thread
from typing import Any, TypeVar

import streamlit as st

from engine.run import Run
from engine.runs import RUNS
from engine.training import Snapshot
from ui.lesson import Refused, plain

T = TypeVar("T")
TICK = 0.5  # seconds between two looks at a run that plays
QUICK_WAIT = 0.4  # seconds for the model to be built before the page shows that it waits
FIRST_WAIT = 20.0  # seconds for the model to be built
STEP_WAIT = 1.0  # seconds for a single step, before the page shows what there is
SKELETON = 470  # px: about what most pictures take
SHIPPED = "Trained beforehand with these settings. **Train** does it again, live, from the beginning."


def show(
    job: Any,
    draw: Callable[[Run | None], None],
    describe: Callable[[Snapshot, float], str],
    *,
    shipped: bool = False,
    before: str = SHIPPED,
) -> Run | None:
    """Draw the controls and, under them, the lesson's picture of the training.

    Parameters
    ----------
    job : Job
        What is trained; another job ends the session's run.
    draw : callable
        Draws all that follows the training from the run, or from what is shipped when there is none.
    describe : callable
        One short line about a snapshot, given also the steps per second (0 at rest).
    shipped : bool
        This very training comes with the project: nothing is trained before somebody asks.
    before : str
        What the bar says until then.

    Returns
    -------
    Run or None
        The session's run of this job; None while what is shipped is shown.

    Raises
    ------
    Refused
        Without either.
    """
    run = current(job)
    if run is None and not shipped:
        run = RUNS.start(_session(), job)
        run.wait(QUICK_WAIT)  # else every moved setting would draw the page twice
    place = _place(run)

    def body() -> None:
        now = current(job)
        if now is not run:
            st.rerun()
        if now is not None:
            now.poll()
            if now.busy and not now.playing:
                now.wait(STEP_WAIT)
        _bar(job, now, describe, before)
        if now is not None and now.error:
            st.warning(plain(now.error), icon=":material/info:")
        if shipped or (now is not None and now.snapshot is not None):
            draw(_begun(now))
        elif now is not None and not now.error:
            st.skeleton(height=SKELETON)
            now.wait(FIRST_WAIT)
            st.rerun()
        if _place(now) != place:
            st.rerun()  # the words around the picture speak of this moment too

    st.fragment(body, run_every=TICK if _coming(run) else None)()
    if not shipped and _begun(run) is None:
        raise Refused("the training could not begin")  # which has been said
    return _begun(run)


def _begun(run: Run | None) -> Run | None:
    return run if run is not None and run.snapshot is not None else None


def current(job: Any) -> Run | None:
    """Return the session's run if it is of this job."""
    run = RUNS.get(_session())
    return run if run is not None and run.job == job else None


def frames(run: Run) -> tuple[Sequence[Snapshot], int]:
    """Return the snapshots to draw, and which of them is now: the newest while it plays, all of them at rest."""
    kept, now = run.snapshots, run.snapshot or run.snapshots[-1]
    if run.playing:
        return (kept[-1],), 0
    return kept, next(k for k, snapshot in enumerate(kept) if snapshot.step == now.step)


def remember(name: str, key: Hashable, make: Callable[[], T]) -> T:
    """Keep one result in this session, and nowhere else, until its key changes."""
    kept = st.session_state.setdefault("kept results", {})
    if name not in kept or kept[name][0] != key:
        kept[name] = (key, make())
    return kept[name][1]


def forget_own() -> None:
    """Forget a training on what the session's person brought, and all that was computed from it."""
    run = RUNS.get(_session())
    if run is not None and run.job.private:
        RUNS.cancel(_session())
    st.session_state.pop("kept results", None)


class _Session:
    """Lives in the session's state and goes with it: then its run is cancelled."""

    def __init__(self) -> None:
        self.name = uuid.uuid4().hex
        # On a thread of its own: the collector may call at any moment, also while the registry is locked.
        weakref.finalize(self, lambda name: Thread(target=RUNS.cancel, args=(name,)).start(), self.name).atexit = False


def _session() -> str:
    # Streamlit keeps the state of a session when a connection is lost for a moment, so its run is found again.
    if "run of this session" not in st.session_state:
        st.session_state["run of this session"] = _Session()
    return st.session_state["run of this session"].name


def _place(run: Run | None) -> int | None:
    """Return where a run stands; None while more is to come, or without a run."""
    return None if run is None or _coming(run) else run.position


def _coming(run: Run | None) -> bool:
    return run is not None and (run.playing or run.busy)


# ---- the bar ---------------------------------------------------------------------------------------------------------


def _bar(job: Any, run: Run | None, describe: Callable[[Snapshot, float], str], before: str) -> None:
    playing = run is not None and run.playing
    fresh = run is None or run.position == 0
    with st.container(key="training-bar", gap="xxsmall"):
        with st.container(horizontal=True, gap="small"):
            if playing:
                _button("Pause", "pause", job, Run.pause)
            else:
                again = run is not None and run.finished and run.position == run.total_steps
                _button("Train again" if again else "Train", "play_arrow", job, _play, type="primary")
            _button("Back", "undo", job, Run.step_back, disabled=fresh, help="One batch back")
            _button(
                "One batch", "skip_next", job, Run.step, help="Train one batch", disabled=bool(run and run.finished)
            )
            _button("Start over", "restart_alt", job, _forget, disabled=run is None, help="Forget this training")
        st.caption(_status(run, describe, before))


def _button(label: str, icon: str, job: Any, act: Callable[[Run], None], **more: Any) -> None:
    st.button(label, icon=f":material/{icon}:", key=f"training {icon}", on_click=_act, args=(job, act), **more)


def _act(job: Any, act: Callable[[Run], None]) -> None:
    run = current(job)
    if run is None:
        run = RUNS.start(_session(), job)
    act(run)


def _play(run: Run) -> None:
    if run.finished and run.position == run.total_steps:
        run.seek(0)
    run.play()


def _forget(_: Run) -> None:
    RUNS.cancel(_session())


def _status(run: Run | None, describe: Callable[[Snapshot, float], str], before: str) -> str:
    if run is None:
        return before
    if run.snapshot is None:
        return "" if run.error else "Building the model…"
    line = describe(run.snapshots[-1] if run.playing else run.snapshot, run.rate)
    playing, workers = run.share
    if run.playing and playing > workers > 0:
        line += f" · {playing} trainings take turns on {workers} worker{'s' if workers > 1 else ''}"
    return line if run.position or run.playing else f"Not trained yet: the numbers are chance. {line}"
