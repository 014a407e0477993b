"""One student's browser, without the browser: Streamlit's own websocket protocol, message by message.

A session fetches the page, opens the socket, runs the script and moves widgets as the real front end does: it reports
the widgets it has touched, the address, and the messages it still has cached.
"""

from __future__ import annotations

import asyncio
import random
import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode, urlsplit

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.NumberInput_pb2 import NumberInput
from streamlit.proto.Slider_pb2 import Slider
from streamlit.proto.WidgetStates_pb2 import WidgetState

XSRF_COOKIE = "_streamlit_xsrf"
FINISHED = {ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY}
CACHED_RUNS = 2  # the front end forgets a cached message that so many whole runs have not used
TYPICAL = {"timezone": "Europe/Berlin", "timezone_offset": -60, "locale": "en", "color_scheme": "light"}


class SessionError(Exception):
    """What a student would have seen go wrong."""


@dataclass
class Control:
    """A widget with a range, as the page last described it."""

    widget: Slider | NumberInput
    fragment: str

    @property
    def label(self) -> str:
        return self.widget.label

    def choose(self, chance: random.Random, present: float) -> float:
        """Another value of the widget than the present one."""
        low, step = self.widget.min, self.widget.step or 1.0
        stops = round((self.widget.max - low) / step)
        others = [k for k in range(stops + 1) if abs(low + k * step - present) > step / 2]
        return round(low + chance.choice(others) * step, 10) if others else present


@dataclass
class Answer:
    """How long a moved widget took to be answered, in seconds."""

    picture: float  # until the first scene was there; the same as `end` on a page without one
    end: float  # until the script had finished


@dataclass
class Session:
    """One browser tab on one page of the app at `base`; `query` is the lesson's state, as in a link."""

    base: str
    page: str = ""
    query: str = ""
    timeout: float = 60.0
    chance: random.Random = field(default_factory=random.Random)
    menu: list[str] = field(default_factory=list)  # addresses of all pages, as the server tells them
    exceptions: list[str] = field(default_factory=list)  # shown on the page in the last run
    received: int = 0  # bytes

    def __post_init__(self) -> None:
        self._controls: dict[str, Control] = {}
        self._values: dict[str, float] = {}
        self._page_hash = ""
        self._cached: dict[str, tuple[int, Element]] = {}  # by hash: the whole run that last used it, and what it was
        self._runs = 0
        self._pictured = 0.0  # when this run's first scene was there, on the clock of `time.perf_counter`
        self._socket: websockets.ClientConnection | None = None

    @property
    def controls(self) -> list[Control]:
        return list(self._controls.values())

    async def join(self) -> float:
        """Open the page; return the seconds until its script has finished."""
        start = time.perf_counter()
        async with asyncio.timeout(self.timeout):
            cookies: dict[str, str] = {}
            for path in (f"/{self.page}", "/_stcore/health", "/_stcore/host-config"):
                cookies |= await _get(self.base + path)
            self._socket = await self._connect(cookies)
            await self._run(fragment="")
        return time.perf_counter() - start

    async def move(self) -> Answer:
        """Give one of the page's sliders or number fields another value."""
        control = self.chance.choice(self.controls)
        widget = control.widget
        self._values[widget.id] = control.choose(self.chance, self._values.get(widget.id, _present(widget)))
        if widget.query_param_key:
            bound = dict(parse_qsl(self.query)) | {widget.query_param_key: f"{self._values[widget.id]:g}"}
            self.query = urlencode(bound)
        start = time.perf_counter()
        async with asyncio.timeout(self.timeout):
            await self._run(control.fragment)
        end = time.perf_counter()
        return Answer((self._pictured or end) - start, end - start)

    async def leave(self) -> None:
        if self._socket:
            await self._socket.close()

    async def _connect(self, cookies: dict[str, str]) -> websockets.ClientConnection:
        # The front end passes its XSRF token where a subprotocol's name would stand.
        protocols = ["streamlit", cookies.get(XSRF_COOKIE, "")]
        return await websockets.connect(
            self.base.replace("http", "ws", 1) + "/_stcore/stream",
            subprotocols=[websockets.Subprotocol(name) for name in protocols if name],
            additional_headers={"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())},
            origin=websockets.Origin(self.base),
            max_size=None,
            open_timeout=self.timeout,
        )

    async def _run(self, fragment: str) -> None:
        """Ask for a run of the script, or of one fragment of it, and take in what it sends."""
        assert self._socket is not None
        await self._socket.send(self._request(fragment).SerializeToString())
        self.exceptions.clear()
        self._runs += not fragment
        self._pictured = 0.0
        seen: dict[str, Control] = {}
        async for data in self._socket:
            self.received += len(data)
            message = ForwardMsg.FromString(data if isinstance(data, bytes) else data.encode())
            self._take(message, seen)
            if message.WhichOneof("type") == "script_finished" and message.script_finished in FINISHED:
                break
        else:
            raise SessionError("the server closed the connection")
        self._controls = self._controls | seen if fragment else seen
        self._cached = {key: kept for key, kept in self._cached.items() if self._runs - kept[0] <= CACHED_RUNS}

    def _request(self, fragment: str) -> BackMsg:
        message = BackMsg()
        state = message.rerun_script
        state.query_string = self.query
        state.page_script_hash = self._page_hash
        state.page_name = "" if self._page_hash else self.page
        state.fragment_id = fragment
        state.cached_message_hashes.extend(self._cached)
        for name, value in {**TYPICAL, "url": f"{self.base}/{self.page}"}.items():
            setattr(state.context_info, name, value)
        state.widget_states.widgets.extend(self._widget_states())
        return message

    def _widget_states(self) -> Iterator[WidgetState]:
        for name, value in self._values.items():
            if name not in self._controls:
                continue
            state = WidgetState(id=name)
            if isinstance(self._controls[name].widget, Slider):
                state.double_array_value.data.append(value)
            else:
                state.double_value = value
            yield state

    def _take(self, message: ForwardMsg, seen: dict[str, Control]) -> None:
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self._page_hash = message.new_session.page_script_hash
        elif kind == "navigation":
            self._page_hash = message.navigation.page_script_hash
            self.menu = ["" if page.is_default else page.url_pathname for page in message.navigation.app_pages]
        elif kind == "page_not_found":
            raise SessionError(f"page not found: {self.page}")
        elif kind == "ref_hash":
            if message.ref_hash not in self._cached:
                raise SessionError("the server relied on a message that is not cached")
            _, element = self._cached[message.ref_hash]
            self._cached[message.ref_hash] = (self._runs, element)
            self._look_at(element, "", seen)
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            if message.metadata.cacheable:
                self._cached[message.hash] = (self._runs, message.delta.new_element)
            self._look_at(message.delta.new_element, message.delta.fragment_id, seen)

    def _look_at(self, element: Element, fragment: str, seen: dict[str, Control]) -> None:
        kind = element.WhichOneof("type")
        if kind == "exception":
            self.exceptions.append(f"{element.exception.type}: {element.exception.message}")
        elif kind == "bidi_component":
            self._pictured = self._pictured or time.perf_counter()
        elif kind == "slider" and _is_plain(element.slider):
            seen[element.slider.id] = Control(element.slider, fragment)
        elif kind == "number_input" and not element.number_input.disabled and element.number_input.has_max:
            seen[element.number_input.id] = Control(element.number_input, fragment)


def _is_plain(slider: Slider) -> bool:
    numeric = slider.type == Slider.SLIDER and slider.data_type in (Slider.INT, Slider.FLOAT)
    return numeric and len(slider.default) == 1 and not slider.disabled and slider.max > slider.min


def _present(widget: Slider | NumberInput) -> float:
    if isinstance(widget, NumberInput):
        return widget.value if widget.set_value else widget.default
    return (widget.value if widget.set_value else widget.default)[0]


async def _get(url: str) -> dict[str, str]:
    """Fetch a page, as asyncio can without further help; return the cookies it sets."""
    parts = urlsplit(url)
    secure = ssl.create_default_context() if parts.scheme == "https" else None
    port = parts.port or (443 if secure else 80)
    reader, writer = await asyncio.open_connection(parts.hostname, port, ssl=secure)
    request = f"GET {parts.path or '/'} HTTP/1.1\r\nHost: {parts.netloc}\r\nConnection: close\r\n\r\n"
    writer.write(request.encode())
    answer = await reader.read()
    writer.close()
    head = answer.split(b"\r\n\r\n", 1)[0].decode("latin-1").split("\r\n")
    status = head[0].split(" ", 2)[1]
    if status != "200":
        raise SessionError(f"{parts.path} answered {status}")
    lines = [line.split(":", 1)[1].strip() for line in head if line.lower().startswith("set-cookie:")]
    return dict(line.split(";", 1)[0].split("=", 1) for line in lines)
