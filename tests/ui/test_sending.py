"""A picture is sent first, and all else that a run draws in one go."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from itertools import takewhile
from random import Random
from types import SimpleNamespace

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
from streamlit.runtime.scriptrunner.script_runner import ScriptRunnerEvent as Event
from streamlit.runtime.session_manager import SessionClientDisconnectedError

from ui import sending


class Browser:
    """Stands for Streamlit's runtime: counts its wakes and keeps what it was given to send."""

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
        self.got.append(name_of(message))

    def flush(self, session):
        """Do as Streamlit's loop does with every session when another one has something to send."""
        for message in session.flush_browser_queue():
            self._send_message(self, message)
        session.on_flushed_messages_sent()

    def disconnect_session(self, name, client):
        self.disconnected.append((name, client))


def name_of(message):
    """Return what a message is, short: an element's place and name, or the message's type."""
    kind = message.WhichOneof("type")
    if kind == "session_status_changed":
        return "running" if message.session_status_changed.script_is_running else "at rest"
    if kind != "delta":
        return kind
    change = message.delta.WhichOneof("type")
    what = message.delta.add_block if change == "add_block" else message.delta.new_element
    return "".join(map(str, message.metadata.delta_path)) + " " + (what.WhichOneof("type") or "block")


class Visit(AppSession):
    """A session with no more than what sending needs."""

    def __init__(self, browser):
        self.id = "visit"
        self._event_loop = asyncio.get_running_loop()
        self._browser_queue, self._message_enqueued_callback = ForwardMsgQueue(), browser.wake
        self._settle_pending, self._running = False, False

    def __del__(self):
        pass

    def _handle_scriptrunner_event_on_event_loop(self, sender, event, forward_msg=None, fragments=(), outcome=None):
        message = forward_msg or ForwardMsg()
        if event is Event.SCRIPT_STARTED:
            message.new_session.name = "a run"
            message.metadata.run.fragment_ids.extend(fragments)
        elif event is not Event.ENQUEUE_FORWARD_MSG:
            message.script_finished = outcome
        self._enqueue_forward_msg(message)
        if event is not Event.ENQUEUE_FORWARD_MSG:
            status = ForwardMsg()
            status.session_status_changed.script_is_running = event is Event.SCRIPT_STARTED
            self._enqueue_forward_msg(status)

    def start(self, *fragments):
        self._on_scriptrunner_event(None, event=Event.SCRIPT_STARTED, fragments=fragments)

    def draw(self, path, kind="markdown"):
        message = ForwardMsg()
        message.metadata.delta_path.extend(map(int, path))
        if kind == "block":
            message.delta.add_block.allow_empty = True
        elif kind == "expandable":
            message.delta.add_block.expandable.label = "more"
        else:
            getattr(message.delta.new_element, kind).SetInParent()
        self._on_scriptrunner_event(None, event=Event.ENQUEUE_FORWARD_MSG, forward_msg=message)

    def end(self, outcome=ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY):
        self._on_scriptrunner_event(None, event=Event.FRAGMENT_STOPPED_WITH_SUCCESS, outcome=outcome)


@pytest.fixture
def browser(monkeypatch):
    made = Browser()
    monkeypatch.setattr(AppSession, "_on_scriptrunner_event", AppSession._on_scriptrunner_event)
    monkeypatch.setattr(AppSession, "flush_browser_queue", AppSession.flush_browser_queue)
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


DONE = ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY
END = ["running", "script_finished", "at rest"]
PAGE = [("0", "block"), ("00", "slider"), ("01", "bidi_component"), ("02", "markdown")]


async def first_run(browser, visit, page=PAGE):
    """Draw a page, as a whole, until all of it is sent."""
    visit.start()
    for path, kind in page:
        visit.draw(path, kind)
    visit.end()
    await turns()
    assert browser.got[-3:] == END
    browser.got.clear()


def test_what_a_run_draws_is_sent_when_it_ends(browser):
    async def play():
        visit = Visit(browser)
        visit.start()
        for path in ("0", "1"):
            visit.draw(path)
        await turns()
        assert browser.got == ["new_session"]
        visit.end()
        await turns()
        assert browser.got == ["new_session", "0 markdown", "1 markdown", *END] and browser.wakes == 0

    in_a_loop(play())


def test_a_picture_does_not_wait_for_the_words_under_it(browser):
    async def play():
        visit = Visit(browser)
        visit.start()
        visit.draw("0", "slider")
        await turns()
        assert browser.got == ["new_session"]
        visit.draw("1", "bidi_component")
        await turns()
        assert browser.got == ["new_session", "0 slider", "1 bidi_component"]
        visit.draw("2")
        await turns()
        assert len(browser.got) == 3
        visit.end()
        await turns()
        assert browser.got[3:] == ["2 markdown", *END] and browser.wakes == 0

    in_a_loop(play())


def test_a_picture_in_its_old_place_overtakes_what_is_above_it_and_has_time_to_be_painted(browser):
    async def play():
        visit = Visit(browser)
        await first_run(browser, visit)
        for _ in range(2):
            visit.start("part")
            for path, kind in PAGE:
                visit.draw(path, kind)
            visit.end()
            await turns()
            assert browser.got == ["new_session", "01 bidi_component"]
            await asyncio.sleep(1.5 * sending.PAINT)
            assert browser.got[2:] == ["0 block", "00 slider", "02 markdown", *END]
            browser.got.clear()

    in_a_loop(play())


@pytest.mark.parametrize(
    ("before", "now"),
    [
        (PAGE, [("0", "block"), ("00", "slider"), ("01", "markdown"), ("02", "bidi_component")]),  # moved down
        (PAGE, [("0", "expandable"), ("00", "slider"), ("01", "bidi_component")]),  # another block around it
        (PAGE, [("0", "markdown"), ("0", "block"), ("00", "slider"), ("01", "bidi_component")]),  # a block made anew
        ([("0", "block"), ("00", "slider"), ("01", "markdown")], PAGE),  # there was none
    ],
)
def test_a_picture_does_not_overtake_where_the_page_has_changed(browser, before, now):
    async def play():
        visit = Visit(browser)
        await first_run(browser, visit, before)
        visit.start("part")
        for path, kind in now:
            visit.draw(path, kind)
        await turns()
        first, *drawn = browser.got
        assert first == "new_session"
        until = next(k for k, (_, kind) in enumerate(now) if kind == "bidi_component")
        # Streamlit sends only the last of what was drawn at one place.
        in_place = {path: f"{path} {kind}" for path, kind in now[: until + 1]}
        assert drawn == list(in_place.values())

    in_a_loop(play())


def test_after_a_change_no_later_picture_of_the_run_overtakes(browser):
    async def play():
        visit = Visit(browser)
        page = [("0", "bidi_component"), ("1", "block"), ("10", "slider"), ("11", "bidi_component")]
        await first_run(browser, visit, page)
        visit.start("part")
        for path, kind in [("0", "markdown"), ("1", "markdown"), ("2", "bidi_component"), *page[1:]]:
            visit.draw(path, kind)
            await turns()
        drawn = ["0 markdown", "1 markdown", "2 bidi_component", "1 block", "10 slider", "11 bidi_component"]
        assert browser.got == ["new_session", *drawn]

    in_a_loop(play())


def test_a_picture_does_not_overtake_after_a_run_that_was_cut_short(browser):
    async def play():
        visit = Visit(browser)
        await first_run(browser, visit)
        visit.start("part")
        visit.draw("0", "markdown")
        visit.end(ForwardMsg.FINISHED_EARLY_FOR_RERUN)
        visit.start("part")
        for path, kind in PAGE[:3]:
            visit.draw(path, kind)
        await turns()
        assert browser.got[-3:] == ["0 block", "00 slider", "01 bidi_component"]

    in_a_loop(play())


def test_a_picture_does_not_overtake_in_a_run_of_the_whole_page(browser):
    async def play():
        visit = Visit(browser)
        await first_run(browser, visit)
        visit.start()
        for path, kind in PAGE[:3]:
            visit.draw(path, kind)
        await turns()
        assert browser.got == ["new_session", "0 block", "00 slider", "01 bidi_component"]

    in_a_loop(play())


def test_a_picture_does_not_overtake_after_the_connection_was_lost(browser):
    async def play():
        visit = Visit(browser)
        await first_run(browser, visit)
        browser.client = "another socket"
        visit.start("part")
        for path, kind in PAGE[:3]:
            visit.draw(path, kind)
        await turns()
        assert browser.got == ["new_session", "0 block", "00 slider", "01 bidi_component"]

    in_a_loop(play())


def test_a_picture_that_the_last_run_left_out_is_new(browser):
    async def play():
        visit = Visit(browser)
        await first_run(browser, visit)
        await first_run(browser, visit, PAGE[:2])
        visit.start("part")
        for path, kind in PAGE[:3]:
            visit.draw(path, kind)
        await turns()
        assert browser.got == ["new_session", "0 block", "00 slider", "01 bidi_component"]

    in_a_loop(play())


def test_a_run_that_begins_while_the_last_picture_is_painted_comes_after_all_of_it(browser):
    async def play():
        visit = Visit(browser)
        await first_run(browser, visit)
        visit.start("part")
        for path, kind in PAGE:
            visit.draw(path, kind)
        visit.end()
        await turns()
        assert browser.got == ["new_session", "01 bidi_component"]
        visit.start("part")
        await turns()
        assert browser.got[2:] == ["0 block", "00 slider", "02 markdown", *END, "new_session"]
        visit.draw("0", "block")
        await asyncio.sleep(1.5 * sending.PAINT)  # the timer of the run before is not that of this one
        assert browser.got[-1] == "new_session"
        visit.end()
        await turns()
        assert browser.got[-4:] == ["0 block", *END]

    in_a_loop(play())


@pytest.mark.parametrize("seed", range(12))
def test_however_runs_follow_one_another_the_browser_ends_at_rest(browser, seed):
    """The browser hears "at rest" only after "running", once it has asked for a run itself."""
    random = Random(seed)

    async def play():
        visit = Visit(browser)
        await first_run(browser, visit)
        for _ in range(12):
            browser.got.append("asked")
            visit.start("part")
            for path, kind in PAGE:
                visit.draw(path, kind)
                if random.random() < 0.2:
                    await asyncio.sleep(random.choice([0, 0, 0.01, sending.HOLD]))
            visit.end(random.choice([ForwardMsg.FINISHED_EARLY_FOR_RERUN, DONE, DONE, DONE]))
            if random.random() < 0.6:  # else the next run begins before the loop has its turn
                await asyncio.sleep(random.choice([0, 0.005, 0.03]))
        await asyncio.sleep(2 * sending.PAINT)
        state = "at rest"
        for message in browser.got:
            if message in ("asked", "running") or (message == "at rest" and state == "running"):
                state = message
        assert state == "at rest" and browser.wakes == 0
        runs = [message for message in browser.got if message in ("new_session", "script_finished")]
        assert runs == ["new_session", "script_finished"] * 12

    in_a_loop(play())


def test_what_others_send_while_a_picture_is_painted_changes_no_order(browser):
    async def play():
        visit = Visit(browser)
        await first_run(browser, visit)
        visit.start("part")
        browser.flush(visit)
        for path, kind in PAGE:
            visit.draw(path, kind)
        visit.end()
        await turns()
        browser.flush(visit)
        await asyncio.sleep(1.5 * sending.PAINT)
        assert browser.got == ["new_session", "01 bidi_component", "0 block", "00 slider", "02 markdown", *END]

    in_a_loop(play())


def test_what_is_drawn_in_the_moment_of_release_is_sent_at_once(browser, monkeypatch):
    async def play():
        visit = Visit(browser)
        visit.start()
        await turns()

        def draw_now(*args):
            visit.draw("0")  # as its script's thread may at any moment
            return takewhile(*args)

        monkeypatch.setattr(sending, "takewhile", draw_now)
        sending._release(visit)
        monkeypatch.setattr(sending, "takewhile", takewhile)
        await turns()
        assert browser.got[-1] == "0 markdown"

    in_a_loop(play())


def test_a_long_run_shows_what_it_has_and_then_the_rest_as_it_comes(browser):
    async def play():
        visit = Visit(browser)
        visit.start()
        visit.draw("0")
        await asyncio.sleep(2 * sending.HOLD)
        assert browser.got == ["new_session", "running", "0 markdown"]
        visit.draw("1")
        await turns()
        assert browser.got[3:] == ["1 markdown"]
        visit.end()
        await turns()
        assert browser.got[4:] == ["script_finished", "at rest"]

    in_a_loop(play())


def test_what_nobody_can_take_is_kept_for_the_return(browser):
    async def play():
        visit = Visit(browser)
        browser.away = True
        visit.start()
        visit.end()
        await turns()
        assert browser.got == []
        browser.away = False
        browser.flush(visit)
        assert browser.got == ["new_session", *END]

    in_a_loop(play())


def test_a_closed_socket_ends_the_visit_and_not_the_server(browser):
    async def play():
        visit = Visit(browser)
        browser.gone = True
        visit.start()
        visit.end()
        await turns()
        assert set(browser.disconnected) == {("visit", "socket")}

    in_a_loop(play())
