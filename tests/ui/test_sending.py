"""What a run draws is sent in one go."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
from streamlit.runtime.scriptrunner.script_runner import ScriptRunnerEvent as Event
from streamlit.runtime.session_manager import SessionClientDisconnectedError

from ui import sending


class Browser:
    """Stands for Streamlit's runtime: counts its wakes and keeps what it was given to send, one list for each send."""

    def __init__(self):
        self.away = self.gone = False
        self.wakes, self.got, self.disconnected = 0, [], []
        self._session_mgr = SimpleNamespace(get_active_session_info=lambda _: None if self.away else self)
        self.client = "socket"

    def wake(self):
        self.wakes += 1

    def _send_message(self, _, message):
        if self.gone:
            raise SessionClientDisconnectedError
        self.got.append(message.metadata.delta_path[0])

    def disconnect_session(self, name, client):
        self.disconnected.append((name, client))


class Visit(AppSession):
    """A session with no more than what sending needs; an event's number is that of the message it makes."""

    def __init__(self, browser):
        self.id = "visit"
        self._event_loop = asyncio.get_running_loop()
        self._browser_queue, self._message_enqueued_callback = ForwardMsgQueue(), browser.wake
        self._settle_pending = False

    def __del__(self):
        pass

    def _handle_scriptrunner_event_on_event_loop(self, sender, event, number, forward_msg=None):
        message = forward_msg or ForwardMsg()
        message.metadata.delta_path.append(number)
        self._enqueue_forward_msg(message)

    def say(self, event, number, **details):
        self._on_scriptrunner_event(None, event, number=number, **details)


@pytest.fixture
def browser(monkeypatch):
    made = Browser()
    monkeypatch.setattr(AppSession, "_on_scriptrunner_event", AppSession._on_scriptrunner_event)
    monkeypatch.setattr(sending, "get_instance", lambda: made)
    sending.send_together()
    return made


def in_a_loop(play: Coroutine) -> None:
    """Run it in a thread of its own: the browser tests keep a loop running in theirs."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, play).result()


def turns(count=5):
    """Let the loop go round; nothing here takes as long as HOLD."""

    async def wait():
        for _ in range(count):
            await asyncio.sleep(0)

    return wait()


def test_what_a_run_draws_is_sent_when_it_ends(browser):
    async def play():
        visit = Visit(browser)
        visit.say(Event.SCRIPT_STARTED, 0)
        for number in (1, 2):
            visit.say(Event.ENQUEUE_FORWARD_MSG, number)
        await turns()
        assert browser.got == []
        visit.say(Event.FRAGMENT_STOPPED_WITH_SUCCESS, 3)
        await turns()
        assert browser.got == [0, 1, 2, 3] and browser.wakes == 0

    in_a_loop(play())


def test_a_picture_does_not_wait_for_the_words(browser):
    async def play():
        visit = Visit(browser)
        picture = ForwardMsg()
        picture.delta.new_element.bidi_component.component_name = "a scene"
        visit.say(Event.SCRIPT_STARTED, 0)
        visit.say(Event.ENQUEUE_FORWARD_MSG, 1, forward_msg=ForwardMsg())
        await turns()
        assert browser.got == []
        visit.say(Event.ENQUEUE_FORWARD_MSG, 2, forward_msg=picture)
        await turns()
        assert browser.got == [0, 1, 2]
        visit.say(Event.ENQUEUE_FORWARD_MSG, 3, forward_msg=ForwardMsg())
        await turns()
        assert browser.got == [0, 1, 2]
        visit.say(Event.SCRIPT_STOPPED_WITH_SUCCESS, 4)
        await turns()
        assert browser.got == [0, 1, 2, 3, 4] and browser.wakes == 0

    in_a_loop(play())


def test_a_long_run_shows_what_it_has_and_then_the_rest_as_it_comes(browser):
    async def play():
        visit = Visit(browser)
        visit.say(Event.SCRIPT_STARTED, 0)
        visit.say(Event.ENQUEUE_FORWARD_MSG, 1)
        await asyncio.sleep(2 * sending.HOLD)
        assert browser.got == [0, 1]
        visit.say(Event.ENQUEUE_FORWARD_MSG, 2)
        await turns()
        assert browser.got == [0, 1, 2]

    in_a_loop(play())


def test_every_run_is_held_anew(browser):
    async def play():
        visit = Visit(browser)
        for first in (0, 10):
            visit.say(Event.SCRIPT_STARTED, first)
            visit.say(Event.ENQUEUE_FORWARD_MSG, first + 1)
            await turns()
            assert browser.got[-1:] != [first + 1]
            visit.say(Event.SCRIPT_STOPPED_WITH_SUCCESS, first + 2)
            await turns()
            assert browser.got[-3:] == [first, first + 1, first + 2]

    in_a_loop(play())


def test_what_nobody_can_take_is_kept_for_the_return(browser):
    async def play():
        visit = Visit(browser)
        browser.away = True
        visit.say(Event.SCRIPT_STARTED, 0)
        visit.say(Event.SCRIPT_STOPPED_WITH_SUCCESS, 1)
        await turns()
        assert browser.got == [] and len(visit.flush_browser_queue()) == 2

    in_a_loop(play())


def test_a_closed_socket_ends_the_visit_and_not_the_server(browser):
    async def play():
        visit = Visit(browser)
        browser.gone = True
        visit.say(Event.SCRIPT_STARTED, 0)
        visit.say(Event.SCRIPT_STOPPED_WITH_SUCCESS, 1)
        await turns()
        assert browser.disconnected == [("visit", "socket")]

    in_a_loop(play())
