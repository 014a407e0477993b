"""The page on order: its views, what it refuses, and its recipe in every view."""

import numpy as np
import pytest

from engine.sequence import kinds, kinds_models, kinds_words
from tests.pages.driving import alive, open_page, recipe_settings, run_recipe, scene, table

VIEWS = [
    {"view": view} | dict(zip(("text", "other"), kinds_words.EXAMPLES.get(view, ("", "")), strict=True))
    for view in kinds_words.VIEWS
]


def test_the_first_view_shows_equal_dense_outputs_and_unequal_states():
    at = open_page("why-order")
    heads, first, second = table(at, "Dense(counts)")
    assert [first[k] == second[k] for k in map(heads.index, ("Dense(counts)", "RNN, last state"))] == [True, False]
    _, arrays = scene(at, "timeline")
    assert np.abs(arrays["@difference"][-1]).max() > 0.1


@pytest.mark.parametrize("query", VIEWS, ids=kinds_words.VIEWS)
def test_choosing_a_view_brings_its_example(query):
    at = open_page("why-order")
    at.selectbox(key="view").set_value(query["view"]).run()
    alive(at)
    assert not at.warning and at.text_input(key="text").value == query["text"]


def test_something_comes_in_and_out_where_the_kind_says():
    _, arrays = scene(open_page("why-order", view=kinds.TRANSLATION, text="the white house"), "timeline")
    assert arrays["@x.present"].tolist() == [1, 1, 1, 0, 0, 0, 0]
    assert arrays["@outputs.present"].tolist() == [0, 0, 0, 1, 1, 1, 1]


def test_an_open_question_hides_the_answer():
    at = open_page("why-order", view=kinds.MANY_TO_ONE, text="good not bad")
    next(button for button in at.button if button.label == "Ask me").click().run()
    header, arrays = scene(at, "timeline")
    assert header["steps"][-1] == "bad → ?" and arrays["@outputs.masked"][-1].all()


def test_a_word_that_was_never_trained_on_is_named():
    at = open_page("why-order", view=kinds.MANY_TO_ONE, text="terrible film")
    assert not at.exception
    assert "never shown the word 'terrible'" in at.warning[0].value.replace("\\", "")


@pytest.mark.parametrize("query", [*VIEWS, VIEWS[-1] | {"masked": "false", "side": "before"}])
def test_the_recipe_gives_the_numbers_of_the_page(query, monkeypatch):
    at, settings = recipe_settings("why-order", monkeypatch, **query)
    _, arrays = scene(at, "timeline")
    result = run_recipe("why-order", settings | {"weights": str(kinds_models.WEIGHTS)})
    if query["view"] == kinds_words.ORDERS:
        np.testing.assert_allclose(result[1], [arrays["@first"][-1], arrays["@second"][-1]], atol=1e-5)
        assert (result[0][0] == result[0][1]).all()
    elif query["view"] == kinds_words.PADDING:
        np.testing.assert_allclose(result[0][0], arrays["@hidden"], atol=1e-5)
    else:
        shown = arrays["@outputs"][arrays["@outputs.present"] == 1]
        np.testing.assert_allclose(result[-1].reshape(shown.shape), shown, atol=1e-5)
