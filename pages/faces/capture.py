"""Capture: faces found in a camera's picture, collected in this session only, and looked at as numbers."""

import numpy as np
import streamlit as st

from engine.faces import detection, pixels, samples
from engine.faces.gallery import Gallery
from engine.faces.stream import MIN_SHARPNESS, Stream
from ui import camera, faces, training
from ui import gallery as taken
from ui.figures import histogram
from ui.lesson import Frame
from ui.scenes import window

LIVE, PHOTO, UPLOAD, SAMPLE = "live", "photo", "files", "sample"
DEFAULTS = {
    "way": LIVE, "scale": 1.1, "neighbours": 7, "least": 30, "count": 3, "plane": "grey", "size": "25",
}  # fmt: skip
PRESETS = {
    "Live camera": {},
    "Sample picture": {"way": SAMPLE},
    "Too eager": {"way": SAMPLE, "neighbours": 0},
    "Too strict": {"way": SAMPLE, "neighbours": 20, "scale": 1.4},
    "12 × 12 pixels": {"way": SAMPLE, "size": "12"},
}

frame = Frame("capture", DEFAULTS, PRESETS)


@frame.show
def lesson() -> None:
    """Draw controls, picture and words: all that a moved control changes."""
    gallery = camera.session("gallery", Gallery)
    stream = camera.session("stream", lambda: Stream(gallery))

    with frame.controls:
        way = frame.choose("Pictures from", "way", (LIVE, PHOTO, UPLOAD, SAMPLE))
        st.text_input("Person", "Person 1", key=faces.PERSON, help="A name or a pseudonym; it is not in the link.")
        count = frame.slider("Faces to take", "count", 1, 20, disabled=way != LIVE)
        least = frame.slider("minSize (pixels)", "least", 10, 400, 10)
        neighbours = frame.slider("minNeighbors (per face)", "neighbours", 0, 20)
        scale = frame.slider("scaleFactor (window growth)", "scale", 1.02, 2.0, 0.02)
        plane = frame.choose("Look at", "plane", pixels.PLANES)
        size = frame.choose("Pixels a side", "size", pixels.SIZES)
    settings = detection.Settings(scale, neighbours, least)
    with stream.lock:
        stream.settings = settings

    with frame.picture:
        st.caption(faces.PRIVACY)
        if way == LIVE:
            picture = faces.live(stream, count)
        else:
            picture = samples.picture() if way == SAMPLE else faces.still(photo=way == PHOTO)
        if picture is not None:
            faces.found(gallery, picture, settings)
        taken.show(gallery)

    last = gallery.last()
    face = samples.face() if last is None else last.pixels
    traced, sharp = training.remember(
        "pixels", (last and last.number, plane, size),
        lambda: (pixels.trace(face, plane, int(size)), detection.check_sharpness(np.ascontiguousarray(face))),
    )  # fmt: skip
    with frame.picture:
        st.markdown(
            "**A sample face as numbers**, until you take one" if last is None else "**The last face as numbers**"
        )
        side = f"{len(traced.plane)} × {len(traced.plane)}"
        window.show(
            "pixels", traced.plane, strides=(traced.block, traced.block), kernels=traced.kernel, sums=traced.small,
            maps=traced.small, output_scale="grey",
            labels={"input": f"{plane}, {side if len(traced.plane) == len(face) else f'stretched to {side}'}",
                    "kernel": f"mean of {traced.block} × {traced.block}", "output": f"{size} × {size}",
                    "cell": "small picture"},
        )  # fmt: skip
        st.vega_lite_chart(histogram.pixels(traced.histogram), key="histogram")
    frame.formula(r"\text{small}_{r,c} = \frac{1}{b^2} \sum_{i,j < b} x_{rb+i,\,cb+j} \qquad b = " + str(traced.block))

    agreed = f"where at least {neighbours} neighbours agree" if neighbours else "wherever a single window fits"
    frame.notice(
        f"A face is {face.shape[0]} × {face.shape[1]} × 3 numbers from 0 to 255: {face.size:,} of them. The sharpness "
        f"of this one, the variance of its Laplacian, is {detection.sharpness(face):.0f}; the live camera takes faces "
        f"from {MIN_SHARPNESS:.0f} on.",
        f"With {size} × {size} pixels a value is off by {traced.lost:.1f} on average (root mean square), mostly at "
        "edges.",
        f"The cascade slides windows over the grey picture, each size {scale - 1:.0%} larger than the one before, and "
        f"sees a face {agreed}. A smaller scaleFactor takes longer; more minNeighbors believes fewer windows.",
    )
    frame.predict(lambda: frame.ask(samples.question, settings, frame.round))
    frame.recipe(scaleFactor=scale, minNeighbors=neighbours, minSize=least)
    frame.checked(traced.check, sharp)
