"""The live camera: a picture from the visitor's browser, searched on the server, sent back with boxes.

Frames are processed in memory and belong to one session; nothing of them is written, logged or cached.
"""

import json
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from engine.faces.stream import Stream

CAMERA = {"width": {"ideal": 640}, "height": {"ideal": 480}, "frameRate": {"ideal": 15, "max": 15}}
ADVICE = """<style>
p { margin: 0; padding: 8px 12px; border-radius: 8px; font-size: 0.9rem; color: var(--st-text-color);
    border-left: 4px solid #E69F00; background: color-mix(in srgb, #E69F00 14%, transparent); }
p[hidden] { display: none; }
</style>
<p role="status" hidden></p>"""


def show(key: str, stream: Stream) -> tuple[bool, bool]:
    """Mount the camera; return whether frames are coming, and whether a connection is being tried.

    Raises ValueError if the servers named in the environment are no such list.
    """
    from streamlit_webrtc import WebRtcMode, webrtc_streamer  # imports a video stack: only for pages that need it

    servers = {"iceServers": ice_servers()}
    context = webrtc_streamer(
        key=key,
        mode=WebRtcMode.SENDRECV,
        video_frame_callback=_callback(stream),
        media_stream_constraints={"video": CAMERA, "audio": False},
        # Both given, else the component asks servers on the internet for its own.
        server_rtc_configuration=servers,
        frontend_rtc_configuration=servers,
        media_toggle_controls=False,
    )
    _advice()(key=f"{key} advice")
    return context.state.playing, context.state.signalling


@cache
def _advice() -> Callable[..., Any]:
    """Says under the camera why the browser does not open it: nothing of that ever reaches the server."""
    script = Path(__file__).with_name("camera.js").read_text("utf-8")
    return st.components.v2.component("glassbox_camera_advice", html=ADVICE, js=script)


def ice_servers() -> list[dict[str, Any]]:
    """Read `GLASSBOX_ICE_SERVERS`, a JSON list such as [{"urls": ["stun:stun.example.org:3478"]}]; none unless set.

    Raises ValueError with what is wrong with it.
    """
    text = os.environ.get("GLASSBOX_ICE_SERVERS") or "[]"
    try:
        servers = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"GLASSBOX_ICE_SERVERS is not JSON: {error}") from None
    if not isinstance(servers, list) or not all(isinstance(server, dict) and "urls" in server for server in servers):
        raise ValueError('GLASSBOX_ICE_SERVERS must be a list of {"urls": [...]}')
    return servers


def _callback(stream: Stream) -> Any:
    from av import VideoFrame

    def receive(frame: VideoFrame) -> VideoFrame:  # on the stream's own thread: no Streamlit here
        drawn = stream.process(frame.to_ndarray(format="rgb24"))
        return VideoFrame.from_ndarray(np.ascontiguousarray(drawn), format="rgb24")

    return receive


def data_url(picture: np.ndarray) -> str:
    """A picture, (h, w, 3) uint8 RGB, inside the page itself, so that no file server keeps a copy of a face."""
    import base64
    import io

    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(picture).save(file, "PNG", compress_level=1)
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


def session(name: str, make: Any) -> Any:
    """Return this session's own object, made on first use; it goes when the session ends."""
    if name not in st.session_state:
        st.session_state[name] = make()
    return st.session_state[name]
