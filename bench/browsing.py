"""A real browser looking at the app: an installed Chromium or Chrome, driven by Playwright."""

import contextlib
import shutil
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Error, Page, Request, WebSocket, sync_playwright
from streamlit.proto.BackMsg_pb2 import BackMsg

NAMES = ("chromium", "google-chrome", "google-chrome-stable", "chromium-browser", "chrome")
FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
# The script has run to its end. (Before its first run the state is "initial".)
DONE = "[data-testid=stApp][data-test-script-state=notRunning][data-test-connection-state=CONNECTED]"
SETTLE_MS = 60_000


def executable() -> str | None:
    return next(filter(None, map(shutil.which, NAMES)), None)


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    path = executable()
    if path is None:
        raise RuntimeError(f"no browser found; install one of {', '.join(NAMES)}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


class Visit:
    """A browser tab of its own, with what went wrong in it and what it asked for.

    Attributes
    ----------
    page : Page
        The tab.
    errors : list of str
        Uncaught errors and what the console reports as an error.
    strangers : list of str
        Addresses outside the app that the page asked for.
    sent : list of str
        Kinds of the websocket messages to the server, such as "rerun_script".
    """

    def __init__(self, browser: Browser, width: int = 1280, height: int = 800, theme: Any = "light") -> None:
        self.page: Page = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=theme
        ).new_page()
        self.errors: list[str] = []
        self.strangers: list[str] = []
        self.sent: list[str] = []
        self.page.on("pageerror", self._note_error)
        self.page.on("console", self._note_message)
        self.page.on("request", self._note_request)
        self.page.on("websocket", self._note_socket)

    def open(self, url: str) -> None:
        self.page.goto(url)
        self.settle()

    def settle(self) -> None:
        """Wait until the script has run and its page is there."""
        self.page.locator(DONE).wait_for(state="attached", timeout=SETTLE_MS)
        self.page.locator("[data-testid=stSkeleton]").first.wait_for(state="detached", timeout=SETTLE_MS)

    def close(self) -> None:
        self.page.context.close()

    def _note_error(self, error: Error) -> None:
        self.errors.append(str(error))

    def _note_message(self, message: ConsoleMessage) -> None:
        # Opened by a deep link, Streamlit looks for its server below the page's address first and meets a 404 there.
        looking_for_server = "/_stcore/" in message.location["url"] and "404" in message.text
        if message.type == "error" and not looking_for_server:
            self.errors.append(message.text)

    def _note_request(self, request: Request) -> None:
        asked, app = urlsplit(request.url), urlsplit(self.page.url)
        if asked.scheme not in ("data", "blob") and app.netloc not in ("", asked.netloc):
            self.strangers.append(request.url)

    def _note_socket(self, socket: WebSocket) -> None:
        socket.on("framesent", lambda frame: self.sent.append(_kind(frame)))


def _kind(frame: str | bytes) -> str:
    message = BackMsg.FromString(frame) if isinstance(frame, bytes) else BackMsg()
    return message.WhichOneof("type") or "?"
