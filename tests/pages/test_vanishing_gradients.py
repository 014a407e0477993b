"""The page of vanishing gradients: what it sends to the browser, and a recipe that repeats it."""

import time

import numpy as np
import pytest

from engine.sequence import cells, strip, vanishing
from engine.sequence.cells import Setup
from engine.sequence.vanishing_training import RememberJob
from tests.pages.driving import open_page, recipe_settings, run_recipe, scene

URL = "vanishing-gradients"


def test_the_curves_are_the_powers_of_ten_of_the_engines_sizes():
    at = open_page(URL)
    header, arrays = scene(at, "timeline")
    found = vanishing.trace(Setup((cells.TANH, cells.LSTM, cells.GRU), 50)).gradients
    assert [row["scale"] for row in header["rows"]] == ["exponent", "exponent"]
    assert header["rows"][0]["units"] == ["RNN tanh", "LSTM", "GRU", "LSTM, c", "bound"]
    wanted = np.log10([*found.hidden, found.carry[1], found.bound[0]]).T
    np.testing.assert_allclose(arrays["@gradients"], wanted, atol=1e-4)
    np.testing.assert_allclose(arrays["@singular"][:, :3], np.log10(found.largest).T, atol=1e-4)
    np.testing.assert_array_equal(arrays["#gradients"][0], arrays["@gradients"])


def test_divided_by_the_last_every_curve_of_h_ends_at_one():
    at = open_page(URL, ratio="true", carry="false")
    _, arrays = scene(at, "timeline")
    np.testing.assert_allclose(arrays["@gradients"][-1], 0, atol=1e-6)


@pytest.mark.parametrize("query", [{"length": "200", "scale": "0.1"}, {"length": "200", "scale": "2.0"}])
def test_the_axis_stays_within_what_a_32_bit_float_holds_and_no_number_is_lost(query):
    at = open_page(URL, **query)
    header, arrays = scene(at, "timeline")
    assert header["rows"][0]["floor"] >= -46
    assert header["rows"][0]["limit"] <= 39
    assert np.isfinite(arrays["@gradients"][:, :3]).all()


def test_no_cell_and_a_strip_that_rises_get_a_sentence():
    at = open_page(URL)
    at.pills(key="cells").set_value([]).run()
    assert "choose one or more" in at.warning[0].value
    at = open_page(URL, picture="Factors", strip="0.5, 0.8")
    assert "factor of 1.6" in at.warning[0].value


def test_the_class_strip_is_drawn_with_its_factors():
    at = open_page(URL)
    at.button(key="preset Class strip").click().run()
    _, arrays = scene(at, "timeline")
    np.testing.assert_allclose(arrays["@gradients"][::-1, 0], [1.0, 0.8, 0.5, 0.1, 0.01, 0.0001], rtol=1e-6)
    np.testing.assert_allclose(arrays["@factors"][:0:-1, 0], [0.8, 0.625, 0.2, 0.1, 0.01], rtol=1e-6)


def test_a_question_hides_the_curve_that_would_answer_it():
    at = open_page(URL)
    next(button for button in at.button if button.label == "Ask me").click().run()
    _, arrays = scene(at, "timeline")
    for name in ("gradients", "sizes", "shares", "singular"):
        hidden = arrays[f"@{name}.masked"]
        assert hidden[:-1, 0].all()
        assert not hidden[-1].any()
        assert not hidden[:, 1].any()
    assert arrays["@singular.masked"][:-1, 3].all()  # its smallest value
    assert arrays["@gradients.masked"][:-1, 4].all() and arrays["@bounds.masked"][:-1, 0].all()  # nearly its curve
    assert not any("SimpleRNN tanh 0." in markdown.value for markdown in at.markdown)


def test_a_question_about_the_lstm_hides_its_c_too():
    at = open_page(URL, cells="LSTM")
    next(button for button in at.button if button.label == "Ask me").click().run()
    _, arrays = scene(at, "timeline")
    for name in ("gradients", "sizes", "shares"):
        assert arrays[f"@{name}.masked"][:-1].all()


def test_a_batch_trained_on_the_page_brings_moments_to_scrub_through():
    at = open_page(URL, length="12", units="6", steps="20")
    next(button for button in at.button if button.label == "One batch").click().run()
    deadline = time.monotonic() + 90  # the layers are built first
    while scene(at, "timeline")[0]["frames"]["places"] != [0, 1] and time.monotonic() < deadline:
        time.sleep(0.5)
        at.run()
    header, arrays = scene(at, "timeline")
    assert header["frames"]["places"] == [0, 1]
    assert arrays["#gradients"].shape == (2, 12, 5)
    assert arrays["#curves"].shape == (2, 3)
    assert not np.array_equal(arrays["#gradients"][0], arrays["#gradients"][1])


def test_the_recipe_equals_the_page(monkeypatch):
    _, settings = recipe_settings(URL, monkeypatch, length="30", units="12", scale="1.5", forget="3.0")
    result = run_recipe(URL, settings)
    setup = Setup((cells.TANH, cells.LSTM, cells.GRU), 30, 12, 1.5, 3.0)
    found = vanishing.trace(setup).gradients
    for k, cell in enumerate(setup.cells):
        np.testing.assert_allclose(result[cell]["hidden"], found.hidden[k], rtol=1e-6)
    np.testing.assert_allclose(result[cells.LSTM]["carry"], found.carry[1], rtol=1e-6)


@pytest.mark.parametrize(("optimizer", "clip"), [("adam", 0.0), ("sgd", 0.5)])
def test_the_recipe_trains_as_the_page_does(optimizer, clip):
    job = RememberJob(Setup((cells.RELU, cells.LSTM), 12, 6), 20, optimizer, 0.01, clip)
    snapshots, _ = job.advance(None, 5, True)
    settings = {"cells": list(job.setup.cells), "length": 12, "units": 6, "steps": 5, "optimizer": optimizer}
    result = run_recipe(URL, {**settings, "learning_rate": 0.01, "clip": clip})
    for k, cell in enumerate(job.setup.cells):
        np.testing.assert_allclose(result[cell]["hidden"], snapshots[-1].values["hidden"][k], rtol=1e-3)


def test_the_recipe_makes_the_strip(monkeypatch):
    _, settings = recipe_settings(URL, monkeypatch, picture="Factors", strip="1, 0.5, 0.25, 0.2")
    np.testing.assert_allclose(run_recipe(URL, settings)["strip"], strip.trace("1, .5, .25, .2").gradients, rtol=1e-9)
