"""What a run draws goes to the browser in one go.

Streamlit wakes its loop for every element that a script draws, and once more to send it. In a class the loop then
waits for its turn behind all running scripts, forty times for one move of a slider; and in the browser the controls are
drawn, and take a core of a laptop, while the picture is still being computed. Here the loop wakes when a picture is
drawn, which waits for no words and no check, and when the run ends; a run of more than `HOLD` seconds shows what it has
by then, and the rest as it comes.
"""

import asyncio
from collections import deque
from typing import Any

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime import get_instance
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner, ScriptRunnerEvent
from streamlit.runtime.session_manager import SessionClientDisconnectedError

HOLD = 0.1


class Run:
    """What the run of one session has to say; its script's thread writes, the loop reads."""

    def __init__(self) -> None:
        self.events: deque[tuple[ScriptRunner | None, ScriptRunnerEvent, dict[str, Any]]] = deque()
        self.held = False
        self.timer: asyncio.TimerHandle | None = None


def send_together() -> None:
    """Let every session hold back what a run draws until there is a picture, it ends or has lasted `HOLD` seconds."""

    def note(self: AppSession, sender: ScriptRunner | None, event: ScriptRunnerEvent, **details: Any) -> None:
        run = _run_of(self)
        if event is ScriptRunnerEvent.SCRIPT_STARTED:
            run.held = True
            self._call_soon_on_event_loop(lambda: _wait(self))
        elif event is not ScriptRunnerEvent.ENQUEUE_FORWARD_MSG:
            run.held = False
        run.events.append((sender, event, details))
        if not run.held:  # asked after the event was put down: the timer may just have run out
            self._call_soon_on_event_loop(lambda: _release(self))
        elif _is_picture(details.get("forward_msg")):
            self._call_soon_on_event_loop(lambda: _show(self))

    AppSession._on_scriptrunner_event = note  # type: ignore[method-assign, assignment]


def _run_of(session: AppSession) -> Run:
    if "glassbox_run" not in session.__dict__:
        session.__dict__["glassbox_run"] = Run()
    run: Run = session.__dict__["glassbox_run"]
    return run


def _is_picture(message: ForwardMsg | None) -> bool:
    return message is not None and message.delta.new_element.HasField("bidi_component")


def _wait(session: AppSession) -> None:
    run = _run_of(session)
    if run.held and run.timer is None:
        run.timer = asyncio.get_running_loop().call_later(HOLD, _release, session)


def _release(session: AppSession) -> None:
    run = _run_of(session)
    run.held = False
    if run.timer:
        run.timer.cancel()
        run.timer = None
    _show(session)


def _show(session: AppSession) -> None:
    """Let the session take note of its events, then send what they made, without a turn of the loop for each."""
    run = _run_of(session)
    wake, session._message_enqueued_callback = session._message_enqueued_callback, None
    try:
        while run.events:
            sender, event, details = run.events.popleft()
            session._handle_scriptrunner_event_on_event_loop(sender, event, **details)
    finally:
        session._message_enqueued_callback = wake
    _send(session)


def _send(session: AppSession) -> None:
    runtime = get_instance()
    client = runtime._session_mgr.get_active_session_info(session.id)
    if client is None:
        return  # away for the moment: what is queued is sent when it is back
    try:
        for message in session.flush_browser_queue():
            runtime._send_message(client, message)
    except SessionClientDisconnectedError:
        runtime.disconnect_session(session.id, client=client.client)
    session.on_flushed_messages_sent()
