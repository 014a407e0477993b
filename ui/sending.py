"""The picture goes to the browser first, and all else that a run draws follows in one go.

Streamlit wakes its loop for every element that a script draws, and once more to send it. In a class the loop then
waits for its turn behind all running scripts, forty times for one move of a slider; and in the browser every few
messages have the whole page drawn anew, before the picture is. Here the loop wakes three times:

- when a run starts, so that the browser takes note of it while the engine computes;
- when a picture is drawn: it overtakes the controls above it if the page around it stands as it stood (`Page`);
- when the run ends, or has lasted `HOLD` seconds: what there is is shown, once the picture had `PAINT` seconds to be
  painted, and the rest as it comes.

That a run is going on makes the browser draw all elements anew, so of a short run it is said at the end, just before it
is said that it is over.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime import get_instance
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner, ScriptRunnerEvent
from streamlit.runtime.session_manager import SessionClientDisconnectedError

from ui.standing import Page, is_picture

HOLD = 0.1
PAINT = 0.02


@dataclass(frozen=True, eq=False)
class Told:
    """What a session is told by its script's thread."""

    sender: ScriptRunner | None
    event: ScriptRunnerEvent
    details: dict[str, Any]

    @property
    def message(self) -> ForwardMsg | None:
        return self.details.get("forward_msg")


class Run:
    """What the run of one session has to say; its script's thread adds to `told`, the loop does all else."""

    def __init__(self) -> None:
        self.told: deque[Told] = deque()
        self.held = False
        self.timer: asyncio.TimerHandle | None = None
        self.painted = 0.0  # when the last picture that overtook the rest is on the screen, on the loop's clock
        self.page = Page()
        self.begun: ForwardMsg | None = None  # that the run is going on, kept back


def send_together() -> None:
    """Let every session hold back what a run draws until there is a picture, it ends or has lasted `HOLD` seconds."""

    def note(self: AppSession, sender: ScriptRunner | None, event: ScriptRunnerEvent, **details: Any) -> None:
        run, told = _run_of(self), Told(sender, event, details)
        drawn = event is ScriptRunnerEvent.ENQUEUE_FORWARD_MSG
        if not drawn:
            run.held = event is ScriptRunnerEvent.SCRIPT_STARTED
        run.told.append(told)
        if event is ScriptRunnerEvent.SCRIPT_STARTED:
            self._call_soon_on_event_loop(lambda: _begin(self))
        elif not drawn or not run.held:  # asked after it was put down: the timer may just have run out
            self._call_soon_on_event_loop(lambda: _release(self))
        elif told.message and is_picture(told.message.delta):
            self._call_soon_on_event_loop(lambda: _show_picture(self, told))

    def flush(self: AppSession) -> list[ForwardMsg]:
        # Asked for by Streamlit's loop, which anything that any session has to say wakes for all of them.
        _send(self, released=not _run_of(self).held)
        return []

    AppSession._on_scriptrunner_event = note  # type: ignore[method-assign, assignment]
    AppSession.flush_browser_queue = flush  # type: ignore[method-assign]


def _run_of(session: AppSession) -> Run:
    if "glassbox_run" not in session.__dict__:
        session.__dict__["glassbox_run"] = Run()
    run: Run = session.__dict__["glassbox_run"]
    return run


def _begin(session: AppSession) -> None:
    run = _run_of(session)
    _later(HOLD, _release, session)
    told = list(run.told)
    starts = [k for k, it in enumerate(told) if it.event is ScriptRunnerEvent.SCRIPT_STARTED]
    _show(session, told[: starts[-1] + 1] if starts else [])


def _show_picture(session: AppSession, picture: Told) -> None:
    run = _run_of(session)
    told = list(run.told)
    before = list(takewhile(lambda it: it is not picture, told))
    if len(before) == len(told):
        return  # it has gone with all else
    drawn = [it.message for it in before if it.message]
    overtakes = len(drawn) == len(before) and picture.message and run.page.lets_overtake(picture.message, drawn)
    _show(session, [picture] if overtakes else [*before, picture])
    if overtakes:
        run.painted = asyncio.get_running_loop().time() + PAINT


def _later(seconds: float, call: Callable[[AppSession], None], session: AppSession) -> None:
    run = _run_of(session)
    if run.timer:
        run.timer.cancel()
    run.timer = asyncio.get_running_loop().call_later(seconds, call, session)


def _release(session: AppSession) -> None:
    run = _run_of(session)
    run.held = False  # before looking at what there is: what the script's thread adds from now on asks for itself
    ended = list(takewhile(lambda it: it.event is not ScriptRunnerEvent.SCRIPT_STARTED, told := list(run.told)))
    if len(ended) < len(told):
        run.held = True  # the next run has begun, and holds what it draws
    _note(session, ended)  # at once: until then the session takes the script for one that runs
    _later(max(0.0, run.painted - asyncio.get_running_loop().time()), _send_all, session)


def _send_all(session: AppSession) -> None:
    _send(session, released=True)


def _show(session: AppSession, told: Iterable[Told]) -> None:
    _note(session, told)
    _send(session, released=False)


def _note(session: AppSession, told: Iterable[Told]) -> None:
    """Let the session take note of all this, without a turn of the loop for each."""
    run = _run_of(session)
    wake, session._message_enqueued_callback = session._message_enqueued_callback, None
    try:
        for it in told:
            run.told.remove(it)
            session._handle_scriptrunner_event_on_event_loop(it.sender, it.event, **it.details)
    finally:
        session._message_enqueued_callback = wake


def _send(session: AppSession, released: bool) -> None:
    runtime, run = get_instance(), _run_of(session)
    client = runtime._session_mgr.get_active_session_info(session.id)
    if client is None:
        return  # away for the moment: what is queued is sent when it is back
    run.page.seen_by(client.client)
    try:
        for message in _in_turn(run, session._browser_queue.flush(), released):
            runtime._send_message(client, message)
            run.page.sent(message)
    except SessionClientDisconnectedError:
        runtime.disconnect_session(session.id, client=client.client)
    session.on_flushed_messages_sent()


def _in_turn(run: Run, messages: list[ForwardMsg], released: bool) -> list[ForwardMsg]:
    """Put that a run is going on just before its end, or before all else when it is released earlier."""
    before, ordered = run.begun, []
    for message in messages:
        if message.session_status_changed.script_is_running:
            run.begun = message
            continue
        if run.begun and message.HasField("script_finished"):
            ordered.append(run.begun)
            run.begun = None
        ordered.append(message)
    if released and before and run.begun is before:
        ordered.insert(0, before)
        run.begun = None
    return ordered
