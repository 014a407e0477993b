"""The convolution page: what it sends to its picture, and what it says of bad input."""

import io

import numpy as np
import pytest
from PIL import Image

from tests.pages.driving import alive, open_page, recipe_settings, run_recipe, scene

CLASS_MAP = [[386, -37, -250, 225], [229, 248, -200, 145], [9, 125, -37, 55], [31, 99, -40, 4]]


def test_the_class_link_shows_the_class_numbers():
    _, arrays = scene(open_page("convolution", image="class 6×6"), "window")
    assert arrays["maps"][:, :, 0].tolist() == CLASS_MAP


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"kernel": "custom", "cells": "1 0; 1 x"}, "'x' in row 2, column 2 of the kernel is not a number"),
        ({"kernel": "custom", "cells": "1 0; 1"}, "2, 1 cells"),
        ({"kernel": "custom", "cells": ""}, "does not fit here"),
        ({"kernel": "Sobel x", "k": "4"}, "use size 3, 5, 7"),
        ({"image": "class 6×6", "k": "7"}, "use padding >= 1"),
        ({"image": "upload a picture"}, "Choose a picture file"),
        ({"image": "draw a picture"}, "Draw something"),
    ],
)
def test_what_cannot_be_shown_is_said_in_place_of_the_picture(query, sentence):
    at = open_page("convolution", **query)
    assert not at.exception
    assert sentence in at.warning[0].value.replace("\\", "")
    assert at.slider(key="stride").value == 1  # the rest of the page is alive


def png(width: int, height: int) -> bytes:
    file = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (height, width, 3), dtype=np.uint8)).save(file, "PNG")
    return file.getvalue()


def upload(data: bytes):
    at = open_page("convolution", image="upload a picture")
    return at.file_uploader(key="file").upload("picture.png", data, "image/png").run()


def test_an_uploaded_picture_is_shown():
    at = upload(png(90, 60))
    alive(at)
    assert scene(at, "window")[1]["input"].shape == (28, 28, 1)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"not a picture", "not a picture that can be read"),
        (png(90, 60)[:400], "broken or cut off"),
        (png(90, 60)[:20], "broken or cut off"),
        (b"", "not a picture"),
    ],
    ids=["text", "cut off", "header cut off", "empty"],
)
def test_a_bad_upload_gets_a_sentence(data, sentence):
    at = upload(data)
    assert not at.exception
    assert sentence in at.warning[0].value


def test_the_question_hides_its_cell_until_it_is_answered():
    at = open_page("convolution")
    assert scene(at, "window")[0]["masked"] is None
    at.button[-1].click().run()
    header, arrays = scene(at, "window")
    r, c = header["masked"]
    at.number_input(key="predict-answer").set_value(float(arrays["maps"][r, c, 0]))
    next(button for button in at.button if button.label == "Check").click().run()
    assert at.success and scene(at, "window")[0]["masked"] is None


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"image": "class 6×6", "padding": "same", "stride": "2"},
        {
            "image": "astronaut",
            "size": "40",
            "colour": "true",
            "kernel": "Gaussian",
            "k": "5",
            "padding": "2",
            "bias": "10",
        },
        {"image": "digit", "kernel": "Sobel x", "also": "Laplacian", "relu": "true", "flip": "true"},
        {"image": "checkerboard", "kernel": "custom", "cells": "0.5 -2 1; 3 0 1", "stride": "3"},
    ],
)
def test_the_recipe_gives_the_numbers_of_the_page(query, monkeypatch):
    at, settings = recipe_settings("convolution", monkeypatch, **query)
    _, arrays = scene(at, "window")
    np.testing.assert_allclose(run_recipe("convolution", settings), arrays["maps"], rtol=1e-5, atol=1e-3)


def test_the_recipe_carries_an_uploaded_picture(monkeypatch):
    at, settings = recipe_settings("convolution", monkeypatch, image="upload a picture", colour="true")
    at.file_uploader(key="file").upload("picture.png", png(50, 70), "image/png").run()
    _, arrays = scene(at, "window")
    np.testing.assert_allclose(run_recipe("convolution", settings), arrays["maps"], rtol=1e-5, atol=1e-3)
