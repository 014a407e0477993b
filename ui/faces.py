"""The pictures of the capture page: the live camera with its numbers, still pictures, and the faces found in them."""

import time
from dataclasses import dataclass

import numpy as np
import streamlit as st
from streamlit.typing import UploadedFile

from engine.faces import detection
from engine.faces.gallery import Gallery
from engine.faces.stream import SEATS, Stream
from engine.vision import images
from ui import camera, training
from ui.lesson import capital, plain

PRIVACY = (
    ":material/lock: Pictures are searched in the server's memory and belong to this session alone. They are never "
    "written to disk or logged, and are gone when you press **Delete everything**, or within three minutes of closing "
    "the page. The only copy that leaves is the zip file that you download yourself."
)
PERSON = "person"  # key of the field with the name; buttons read it when pressed, for it may just have been typed
PATIENCE = 10.0  # seconds after which other ways are offered
SIDE = 1600  # pixels: larger photographs are made smaller
KINDS = ["png", "jpg", "jpeg", "webp"]
START = "Press **START** and allow the camera. No camera? Choose **photo**, **files** or **sample**."
FULL = f"All {SEATS.limit} camera places of this server are taken."
BLOCKED = "The live camera's connection does not come up; a network may block it."
SILENT = (
    "No picture comes from the camera: it may be unplugged, asleep or used by another program. **Faces that you have "
    "taken are kept.** Press STOP and START to try again, or choose **photo** or **files**."
)


@dataclass
class Attempt:
    """How far this session is in connecting its camera."""

    number: int = 0
    since: float | None = None  # when the connection that is not there yet was begun
    playing: float | None = None  # when it came up
    obstacle: str = ""  # why the page offers other ways instead

    def follow(self, playing: bool, signalling: bool) -> None:
        """Take in what the browser says: a connection that ends before it was there is given up."""
        now = time.monotonic()
        if playing:
            self.since, self.playing = None, self.playing or now
        elif signalling:
            self.since, self.playing = self.since or now, None
        elif self.since:
            self.give_up(BLOCKED)
        else:
            self.playing = None

    def give_up(self, obstacle: str) -> None:
        self.since, self.playing, self.obstacle = None, None, obstacle

    def again(self) -> None:
        """Begin anew, with a connection of its own."""
        self.number, self.obstacle = self.number + 1, ""


def live(stream: Stream, count: int) -> np.ndarray | None:
    """The live camera; where it cannot be, the other ways by themselves, and the picture that comes from them."""
    attempt = camera.session("camera attempt", Attempt)
    if not attempt.obstacle and not SEATS.free and not stream.live:
        attempt.give_up(FULL)
    if not attempt.obstacle:
        _mounted(attempt, stream, count)
    if attempt.obstacle:
        return _instead(attempt)
    return None


def _mounted(attempt: Attempt, stream: Stream, count: int) -> None:
    """The camera on the left, what is found in it and the buttons on the right."""
    left, right = st.columns([1.5, 1])
    try:
        with left:
            playing, signalling = camera.show(f"camera {attempt.number}", stream)
    except ValueError as refusal:
        attempt.give_up(plain(str(refusal)))
    else:
        attempt.follow(playing, signalling)
        with right:
            st.fragment(_status, run_every=0.5 if playing or signalling else None)(stream, count)


def _instead(attempt: Attempt) -> np.ndarray | None:
    """The page's own offer: a photo by the browser's dialogue, or files; both travel like the page itself."""
    st.warning(f"{attempt.obstacle} Take a **photo** or choose **files** here; all of the lesson works with them.")
    st.button("Try the live camera again", on_click=attempt.again, icon=":material/videocam:")
    left, right = st.columns(2)
    with left:
        photo = _photo()
    with right:
        chosen = _files()
    return _decoded(photo or chosen)


def _status(stream: Stream, count: int) -> None:
    attempt = camera.session("camera attempt", Attempt)
    now = time.monotonic()
    if attempt.since and now - attempt.since > PATIENCE:
        attempt.give_up(BLOCKED)
        st.rerun()
    if attempt.playing and stream.live and stream.refused:
        attempt.give_up(FULL)
        st.rerun()
    if attempt.since:
        st.markdown("Connecting…")
    elif not attempt.playing:
        st.markdown(START)
    elif stream.live and stream.faces is not None:
        _found_live(stream, stream.faces, count)
    elif now - attempt.playing < PATIENCE / 2:
        st.markdown("Connected. Waiting for the first picture…")
    else:
        st.warning(SILENT)


def _found_live(stream: Stream, faces: detection.Faces, count: int) -> None:
    st.markdown(f"#### {faces.words}")
    said = [f"{stream.rate:.0f} frames a second · search {faces.seconds * 1000:.0f} ms"]
    if stream.notice:
        said.append(plain(capital(stream.notice)))
    st.caption("\n\n".join(said))
    label = f"Taking… {stream.taking} to go" if stream.taking else f"Take {count} face{'s' if count > 1 else ''}"
    st.button(label, on_click=_take, args=(stream, count), disabled=bool(stream.taking), type="primary")
    kept = len(stream.gallery)
    if kept != st.session_state.get("faces shown", 0):
        st.session_state["faces shown"] = kept
        st.rerun()


def _take(stream: Stream, count: int) -> None:
    stream.take(st.session_state[PERSON], count)


def still(photo: bool) -> np.ndarray | None:
    """A picture from the browser's own camera dialogue, or from files."""
    return _decoded(_photo() if photo else _files())


def _photo() -> UploadedFile | None:
    return st.camera_input("Take a picture", key=f"photo {_forgotten()}", width=420)


def _files() -> UploadedFile | None:
    files = st.file_uploader("Pictures with faces", KINDS, True, key=f"files {_forgotten()}")
    if len(files) < 2:
        return files[0] if files else None
    return files[st.selectbox("Picture", range(len(files)), format_func=lambda k: files[k].name)]


def _forgotten() -> int:
    """How often everything was deleted: then the browser's fields begin empty again."""
    return st.session_state.get("times forgotten", 0)


def _decoded(file: UploadedFile | None) -> np.ndarray | None:
    if file is None:
        return None
    try:
        return training.remember("still picture", file.file_id, lambda: images.decode(file.getvalue(), SIDE))
    except ValueError as refusal:
        st.warning(plain(str(refusal)), icon=":material/broken_image:")
        return None


def found(kept: Gallery, picture: np.ndarray, settings: detection.Settings) -> None:
    """A still picture with its faces framed, and a button that keeps them."""
    key = (id(picture), settings)  # remembered together with the picture, so no other has its number
    _, seen, address = training.remember("framed faces", key, lambda: _framed(picture, settings))
    left, right = st.columns([1.5, 1])
    left.html(f'<img src="{address}" alt="{seen.words}" style="max-height:330px;max-width:100%">')
    with right:
        height, width = picture.shape[:2]
        st.markdown(f"#### {seen.words}\n\nsearch {seen.seconds * 1000:.0f} ms · {width} × {height} pixels")
        st.button("Keep these faces", disabled=not len(seen.boxes), type="primary", on_click=_keep,
                  args=(kept, settings, picture, seen))  # fmt: skip
        if refusal := st.session_state.pop("not kept", ""):
            st.warning(plain(capital(refusal)))


def _framed(picture: np.ndarray, settings: detection.Settings) -> tuple[np.ndarray, detection.Faces, str]:
    seen = detection.Detector(settings).find(picture, 800)
    drawn = detection.draw(picture, seen)
    step = max(1, picture.shape[1] // 900)
    return picture, seen, camera.data_url(np.ascontiguousarray(drawn[::step, ::step]))


def _keep(kept: Gallery, settings: detection.Settings, picture: np.ndarray, seen: detection.Faces) -> None:
    detector = detection.Detector(settings)
    for box in seen.boxes:
        pixels = detector.crop(picture, box)
        try:
            kept.add(st.session_state[PERSON], pixels, int(box[2]), detection.sharpness(pixels), "picture")
        except ValueError as refusal:
            st.session_state["not kept"] = str(refusal)
            return
