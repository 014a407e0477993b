"""Browser scenes: a folder each, with `scene.js`, the files it is split into, `scene.css` and a Python wrapper.

A scene's files follow those of `common` in one module, so that all of them see each other's functions.

A scene gets its data as one block of bytes (`pack`): a JSON header, then the arrays as they lie in memory, so the
browser reads typed arrays without parsing numbers. It keeps its place (selected cell, time step) when data changes.
"""

import json
import struct
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from ui import palette

HERE = Path(__file__).parent
DTYPES = ("float32", "int32", "uint8")


def pack(header: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> bytes:
    """Pack a scene's data: uint32 header length, JSON header, then each array, all on 8-byte borders.

    Floats go as float32, integers as int32 and uint8 as it is; the header's `arrays` says dtype, shape and offset.
    """
    layout, blocks, offset = {}, [], 0
    for name, array in arrays.items():
        kind = "uint8" if array.dtype in (np.uint8, np.bool_) else "int32" if array.dtype.kind in "iu" else "float32"
        block = np.ascontiguousarray(array, kind).tobytes()
        layout[name] = {"dtype": kind, "shape": array.shape, "offset": offset}
        block += b"\0" * (-len(block) % 8)
        blocks.append(block)
        offset += len(block)
    text = json.dumps({**header, "arrays": layout}, allow_nan=False).encode()
    text += b" " * (-(len(text) + 4) % 8)
    return struct.pack("<I", len(text)) + text + b"".join(blocks)


def unpack(packed: bytes) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Read back what `pack` wrote: the header and the arrays by name (used by the tests)."""
    (length,) = struct.unpack_from("<I", packed)
    header = json.loads(packed[4 : 4 + length])
    arrays = {
        name: np.frombuffer(packed, a["dtype"], int(np.prod(a["shape"])), 4 + length + a["offset"]).reshape(a["shape"])
        for name, a in header.pop("arrays").items()
    }
    return header, arrays


@cache
def scene(name: str) -> Callable[..., Any]:
    """Register the scene in folder `name` once and return its mounting command."""
    colours = palette.COLOURS | {
        "negative": palette.NEGATIVE, "positive": palette.POSITIVE, "sequential": palette.SEQUENTIAL,
    }  # fmt: skip
    folders = HERE / "common", HERE / name
    parts = [part.read_text("utf-8") for folder in folders for part in sorted(folder.glob("*.js"))]
    style = "".join((folder / "scene.css").read_text("utf-8") for folder in folders)
    script = f"const COLOURS = {json.dumps(colours)};\n" + "".join(parts)
    return st.components.v2.component(f"glassbox_{name}", js=script, css=style)
