"""What stands where in one browser, by all that was sent to it."""

from collections.abc import Iterable
from typing import Any

from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

DONE = ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY
PICTURE = "picture"


def is_picture(delta: Delta) -> bool:
    """Whether it is one of the browser scenes."""
    return delta.new_element.HasField("bidi_component")


class Page:
    """The blocks and pictures of a page by their path of numbers, as far as a finished run has sent all of them.

    The browser keeps the children of a block that is sent again with the same kind, so a picture may come before the
    blocks around it as long as those stay what they are.
    """

    def __init__(self) -> None:
        self._client: Any = None
        self._known: dict[tuple[int, ...], str] = {}
        self._sent: dict[tuple[int, ...], str] = {}

    def seen_by(self, client: Any) -> None:
        """Forget everything if this is another connection than the last one: messages may have been lost between."""
        if client is not self._client:
            self._client, self._known, self._sent = client, {}, {}

    def sent(self, message: ForwardMsg) -> None:
        """Take note of a message that has gone to the browser."""
        kind = message.WhichOneof("type")
        if kind == "delta":
            if what := _kind(message.delta):
                self._sent[tuple(message.metadata.delta_path)] = what
        elif kind == "new_session":
            self._sent = {}
            if not message.metadata.run.fragment_ids:
                self._known = {}  # the browser may show another page now
        elif kind == "script_finished":  # of another outcome a part of the page may be left, and a part of that before
            self._known = self._sent if message.script_finished in DONE else {}

    def lets_overtake(self, picture: ForwardMsg, earlier: Iterable[ForwardMsg]) -> bool:
        """Whether a picture may come before what a run has drawn `earlier`: it replaces one, in a place that stays.

        Where one may not, no later one of that run may: what is sent before it can change their places.
        """
        path = tuple(picture.metadata.delta_path)
        around = [path[:length] for length in range(1, len(path) + 1)]
        stays = self._known.get(path) == PICTURE and all(
            self._known.get(place) == _kind(message.delta)
            for message in earlier
            if message.HasField("delta") and (place := tuple(message.metadata.delta_path)) in around
        )
        if not stays:
            self._known = {}
        return stays


def _kind(delta: Delta) -> str | None:
    """Return which block or picture it is; None for all other elements."""
    if delta.HasField("add_block"):
        return f"block {delta.add_block.WhichOneof('type')}"
    return PICTURE if is_picture(delta) else None
