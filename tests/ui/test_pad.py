"""The pad's text form: what the browser may send and what becomes of it."""

import base64

import numpy as np
import pytest

from ui.scenes import pad


def text(pixels: np.ndarray) -> str:
    return base64.b64encode(pixels.tobytes()).decode()


def test_a_drawing_arrives_pixel_for_pixel():
    drawn = np.arange(784, dtype=np.uint8).reshape(28, 28)
    np.testing.assert_array_equal(pad.decode(text(drawn), 28), drawn)


@pytest.mark.parametrize(
    "sent",
    [
        None,
        "",
        "not base64!",
        "AAAA",
        7,
        {"a": 1},
        text(np.zeros((28, 28), np.uint8)),
        text(np.ones((64, 64), np.uint8)),
        "é" * 1048,
    ],
    ids=[
        "nothing",
        "empty text",
        "no base64",
        "too short",
        "a number",
        "an object",
        "an empty pad",
        "another size",
        "not ASCII",
    ],
)
def test_whatever_is_not_a_drawing_is_no_drawing(sent):
    assert pad.decode(sent, 28) is None


def test_an_impossible_size_is_named():
    with pytest.raises(ValueError, match="size 400"):
        pad.show(key="pad", size=400)
