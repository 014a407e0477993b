"""The scene `pad`: draw with mouse, finger or keys and get the drawing as a small greyscale array."""

import base64
import binascii

import numpy as np
import streamlit as st

from ui.scenes import pack, scene

SIZES = range(8, 65)


def show(key: str, *, size: int = 28, label: str = "Draw here") -> np.ndarray | None:
    """Mount the pad and return the drawing, uint8 (size, size) with 255 for ink, or None while it is empty.

    The array is the one on the screen, pixel for pixel; Python hears of it when a stroke ends, not before.
    """
    if size not in SIZES:
        raise ValueError(f"size {size} is not possible; a pad has {SIZES.start} to {SIZES.stop - 1} pixels a side")
    kept = st.session_state.get(key, {}).get("drawing")  # a pad that comes back shows what was drawn on it
    header = {"size": size, "label": label, "drawing": kept if decode(kept, size) is not None else None}
    mount = scene("pad")
    return decode(mount(key=key, data=pack(header, {}), on_drawing_change=lambda: None).drawing, size)


def decode(text: object, size: int) -> np.ndarray | None:
    """Turn the browser's base64 text into uint8 (size, size); None for an empty pad and for anything else."""
    if not isinstance(text, str) or len(text) > 2 * size * size:
        return None
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    pixels = np.frombuffer(raw, np.uint8)
    return pixels.reshape(size, size) if pixels.size == size * size and pixels.any() else None
