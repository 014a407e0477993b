"""What stands where in one browser, by all that was sent to it."""

from collections.abc import Iterable
from typing import Any

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

DONE = ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY


class Page:
    """Blocks and elements by their path of numbers. What a run does not send again counts as unknown after it.

    The browser keeps the children of a block that is sent again with the same kind, so an element may come before the
    blocks around it as long as those stay what they are.
    """

    def __init__(self) -> None:
        self._client: Any = None
        self._known: dict[tuple[int, ...], str] = {}
        self._again: dict[tuple[int, ...], str] = {}

    def seen_by(self, client: Any) -> None:
        """Forget everything if this is another connection than the last one: messages may have been lost between."""
        if client is not self._client:
            self._client, self._known, self._again = client, {}, {}

    def sent(self, message: ForwardMsg) -> None:
        """Take note of a message that has gone to the browser."""
        kind = message.WhichOneof("type")
        if kind == "delta":
            path = tuple(message.metadata.delta_path)
            self._known[path] = self._again[path] = _kind(message)
        elif kind == "new_session":
            self._again = {}
            if not message.metadata.run.fragment_ids:
                self._known = {}  # the browser may show another page now
        elif kind == "script_finished" and message.script_finished in DONE:
            self._known = self._again  # the browser drops all else that belongs to the run

    def keeps(self, element: ForwardMsg, earlier: Iterable[ForwardMsg]) -> bool:
        """Whether the element may overtake what a run has drawn `earlier`: it replaces one of its kind in its place."""
        path = tuple(element.metadata.delta_path)
        around = [path[:length] for length in range(1, len(path) + 1)]
        return self._known.get(path) == _kind(element) and all(
            self._known.get(place) == _kind(message)
            for message in earlier
            if message.HasField("delta") and (place := tuple(message.metadata.delta_path)) in around
        )


def _kind(message: ForwardMsg) -> str:
    change = message.delta.WhichOneof("type")
    what = message.delta.add_block if change == "add_block" else message.delta.new_element
    return f"{change} {what.WhichOneof('type')}"
