"""One camera stream: every frame searched, drawn on, and taken when asked for. RGB, channels last, uint8."""

import os
import threading
import time
from dataclasses import dataclass, field

import numpy as np

from engine.faces import detection
from engine.faces.gallery import Gallery

MIN_SHARPNESS = 20.0  # variance of the Laplacian below which a face is too blurred to keep
EVERY = 0.5  # seconds between two automatic captures
SEARCHES = 10.0  # a second at most; frames between two searches show the last boxes
QUIET = 3.0  # seconds without a frame after which a stream has ended


@dataclass(eq=False)
class Stream:
    """What the camera's thread and the page know of one stream; the page only reads and sets under the lock."""

    gallery: Gallery
    settings: detection.Settings = field(default_factory=detection.Settings)
    lock: threading.Lock = field(default_factory=threading.Lock)
    faces: detection.Faces | None = None
    refused: bool = False  # no seat was free
    notice: str = ""  # why the last face was not taken
    rate: float = 0.0  # frames a second
    _detector: detection.Detector | None = None
    _take: int = 0  # faces still to take
    _person: str = ""
    _taken_at: float = 0.0
    _searched_at: float = 0.0
    _frame_at: float = 0.0

    def take(self, person: str, count: int) -> None:
        """Take the next `count` good faces of a person, at most one every half second."""
        with self.lock:
            self._person, self._take, self._taken_at, self.notice = person, count, 0.0, ""

    def stop(self) -> None:
        """Take no more."""
        with self.lock:
            self._take, self.notice = 0, ""

    @property
    def taking(self) -> int:
        """How many faces are still to be taken."""
        return self._take

    @property
    def live(self) -> bool:
        """Whether frames are coming."""
        return time.monotonic() - self._frame_at < QUIET

    def process(self, picture: np.ndarray) -> np.ndarray:
        """Search a frame, (h, w, 3), take a face if one is wanted, and return the frame with boxes."""
        now = time.monotonic()
        self.refused = not SEATS.hold(self, now)
        if self.refused:
            return picture // 4
        self._measure(now)
        with self.lock:
            if self._detector is None or self._detector.settings != self.settings:
                self._detector = detection.Detector(self.settings)
            if self.faces is None or now - self._searched_at >= 1 / SEARCHES:
                self._searched_at = now
                self.faces = self._detector.find(picture, detection.SEARCH_WIDTH)
                self._capture(picture, now)
            return detection.draw(picture, self.faces)

    def _measure(self, now: float) -> None:
        if 0 < now - self._frame_at < QUIET:
            self.rate += 0.1 * (1 / (now - self._frame_at) - self.rate)
        self._frame_at = now

    def _capture(self, picture: np.ndarray, now: float) -> None:
        """Keep the largest face if one is wanted and it is good enough; say why not otherwise."""
        if not self._take or now - self._taken_at < EVERY or self._detector is None or self.faces is None:
            return
        if not len(self.faces.boxes):
            self.notice = "Nothing taken yet: no face in the picture."
            return
        box = self.faces.boxes[0]
        pixels = self._detector.crop(picture, box)
        sharp = detection.sharpness(pixels)
        if sharp < MIN_SHARPNESS:
            self.notice = f"Nothing taken yet: too blurred (sharpness {sharp:.0f}, at least {MIN_SHARPNESS:.0f})."
            return
        try:
            self.gallery.add(self._person, pixels, int(box[2]), sharp, "camera")
        except ValueError as refusal:
            self._take, self.notice = 0, str(refusal)
            return
        self._take, self._taken_at, self.notice = self._take - 1, now, ""


class Seats:
    """How many streams a server carries at once: each costs about a quarter of a core.

    Parameters
    ----------
    limit : int
        Streams at once.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._lock = threading.Lock()
        self._held: dict[int, float] = {}  # id of a stream -> time of its last frame

    def hold(self, stream: Stream, now: float) -> bool:
        """Take or keep a seat; False when all are taken."""
        with self._lock:
            self._held = {key: at for key, at in self._held.items() if now - at < QUIET}
            if id(stream) not in self._held and len(self._held) >= self.limit:
                return False
            self._held[id(stream)] = now
            return True

    @property
    def free(self) -> int:
        """How many more streams there can be now."""
        with self._lock:
            now = time.monotonic()
            return self.limit - sum(now - at < QUIET for at in self._held.values())


SEATS = Seats(int(os.environ.get("GLASSBOX_STREAMS") or 2 * (os.cpu_count() or 1)))
