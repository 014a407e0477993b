"""The parts of the capture page: the live camera with its numbers, still pictures, and the gallery."""

import time

import numpy as np
import streamlit as st

from engine.faces import detection, samples
from engine.faces.gallery import Gallery
from engine.faces.stream import Stream
from engine.vision import images
from ui import camera, training
from ui.lesson import Frame, plain

PRIVACY = (
    ":material/lock: Pictures are searched in the server's memory and belong to this session alone. They are never "
    "written to disk or logged, and are gone when you press **Delete everything** or close the page. The only copy "
    "that leaves is the zip file that you download yourself."
)
PATIENCE = 10.0  # seconds after which another way is offered


def live(stream: Stream, person: str, count: int) -> None:
    """The camera on the left, what is found in it and the buttons on the right."""
    left, right = st.columns([1.5, 1])
    with left:
        playing, signalling = camera.show("camera", stream)
    tried = st.session_state.setdefault("camera tried", time.monotonic()) if signalling else None
    if not signalling:
        st.session_state.pop("camera tried", None)
    with right:
        st.fragment(_status, run_every=0.5 if playing or signalling else None)(stream, person, count, playing, tried)


def _status(stream: Stream, person: str, count: int, playing: bool, tried: float | None) -> None:
    if stream.refused and playing:
        st.info("All camera places of this server were taken before you. Take a **photo** instead.")
        return
    if not playing and tried is not None:
        st.markdown("Connecting…")
        if time.monotonic() - tried > PATIENCE:
            st.warning(
                "The camera's connection does not come up; a network may block it. Choose **photo** or **files**."
            )
        return
    if not playing or not stream.live or stream.faces is None:
        st.markdown("Press **START** and allow the camera. No camera? Choose **photo**, **files** or **sample**.")
        return
    st.markdown(f"#### {stream.faces.words}")
    st.caption(f"{stream.rate:.0f} frames a second · search {stream.faces.seconds * 1000:.0f} ms")
    label = f"Taking… {stream.taking} to go" if stream.taking else f"Take {count} face{'s' if count > 1 else ''}"
    st.button(label, on_click=_take, args=(stream, person, count), disabled=bool(stream.taking), type="primary")
    if stream.notice:
        st.caption(plain(stream.notice))
    kept = len(stream.gallery)
    if kept != st.session_state.get("faces shown", 0):
        st.session_state["faces shown"] = kept
        st.rerun()


def _take(stream: Stream, person: str, count: int) -> None:
    stream.take(person, count)


def still(frame: Frame, way: str) -> np.ndarray | None:
    """A picture from the browser's own camera dialogue, from files, or the sample."""
    if way == "sample":
        return samples.picture()
    if way == "photo":
        file = st.camera_input("Take a picture", key="photo", width=420)
        return frame.ask_privately(images.decode, file.getvalue()) if file else None
    files = st.file_uploader("Pictures with faces", ["png", "jpg", "jpeg", "webp"], True, key="files")
    names = [file.name for file in files]
    if not files:
        return None
    name = st.selectbox("Picture", range(len(names)), format_func=names.__getitem__) if len(names) > 1 else 0
    return frame.ask_privately(images.decode, files[name].getvalue())


def found(frame: Frame, kept: Gallery, picture: np.ndarray, settings: detection.Settings, person: str) -> None:
    """A still picture with its faces framed, and a button that keeps them."""
    detector = frame.ask_privately(detection.Detector, settings)
    seen = detector.find(picture, 800)
    left, right = st.columns([1.5, 1])
    drawn = detection.draw(picture, seen)
    left.html(
        f'<img src="{camera.data_url(_small(drawn))}" alt="{seen.words}" style="max-height:330px;max-width:100%">'
    )
    right.markdown(f"#### {seen.words}")
    right.caption(f"search {seen.seconds * 1000:.0f} ms · {picture.shape[1]} × {picture.shape[0]} pixels")
    right.button("Keep these faces", disabled=not len(seen.boxes), type="primary", on_click=_keep,
                 args=(kept, detector, picture, seen, person))  # fmt: skip
    if refusal := st.session_state.pop("not kept", ""):
        right.warning(plain(refusal))


def _keep(kept: Gallery, detector: detection.Detector, picture: np.ndarray, seen: detection.Faces, person: str) -> None:
    for box in seen.boxes:
        pixels = detector.crop(picture, box)
        try:
            kept.add(person, pixels, int(box[2]), detection.sharpness(pixels), "picture")
        except ValueError as refusal:
            st.session_state["not kept"] = str(refusal)
            return


def _small(picture: np.ndarray) -> np.ndarray:
    step = max(1, picture.shape[1] // 900)
    return np.ascontiguousarray(picture[::step, ::step])


def gallery(kept: Gallery) -> None:
    """The faces so far, by person: delete one, delete all, take them along."""
    if not len(kept):
        st.caption("No face kept yet.")
        return
    for person, faces in kept.people().items():
        st.markdown(f"**{plain(person)}** · {len(faces)} face{'s' if len(faces) > 1 else ''}")
        with st.container(horizontal=True, gap="small"):
            for face in faces:
                with st.container(width=84, gap="xsmall"):
                    alt = f"face {face.number}, sharpness {face.sharpness:.0f}"
                    st.html(f'<img src="{camera.data_url(face.pixels)}" alt="{alt}" width="80" height="80">')
                    st.button(
                        "Delete",
                        key=f"delete {face.number}",
                        on_click=kept.remove,
                        args=(face.number,),
                        type="tertiary",
                    )
    with st.container(horizontal=True):
        st.download_button(
            "Download (.zip)",
            kept.archive,
            "faces.zip",
            "application/zip",
            on_click="ignore",
            icon=":material/download:",
        )
        st.button("Delete everything", on_click=_delete_everything, args=(kept,), icon=":material/delete:")


def _delete_everything(kept: Gallery) -> None:
    kept.clear()
    training.forget_own()
