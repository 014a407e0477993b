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


def ask(at, times):
    next(button for button in at.button if button.label == "Ask me").click().run()
    for _ in range(times):
        wrong = at.number_input(key="predict-answer").set_value(99) if not at.radio else at.radio[0].set_value("kind")
        assert wrong is not None
        next(button for button in at.button if button.label == "Check").click().run()
        next(button for button in at.button if button.label == "Next question").click().run()


def test_how_often_something_comes_out_is_told_by_nothing_while_it_is_asked():
    at = open_page("why-order", view=kinds.MANY_TO_ONE, text="good not bad")
    ask(at, 1)
    header, arrays = scene(at, "timeline")
    assert "T_y" in " ".join(shown.value for shown in at.markdown)
    assert header["steps"] == ["good", "not", "bad"] and header["select"]["t"] == 0
    assert "@outputs.present" not in arrays and arrays["@outputs.masked"].all() and arrays["@has y"].all()
    assert not any("one answer out" in shown.value or "T_y =" in shown.value for shown in at.markdown)


def test_letters_that_are_asked_for_stand_neither_over_their_steps_nor_in_a_frame():
    at = open_page("why-order", view=kinds.ONE_TO_MANY)
    ask(at, 0)
    header, arrays = scene(at, "timeline")
    t = header["select"]["t"]
    assert header["steps"][t:] == ["?"] * (len(header["steps"]) - t) and header["select"]["y"] == 0
    assert arrays["@outputs.masked"][t:].all() and not arrays["@outputs.masked"][:t].any()


def test_every_one_of_a_few_classes_has_its_name_and_a_single_one_none():
    for query, names in ((VIEWS[4], 5), (VIEWS[1], 10), (VIEWS[3], 0)):
        row = scene(open_page("why-order", **query), "timeline")[0]["rows"][0]
        assert len(row["units"]) == names and row["cell"] >= 10


def test_a_long_word_is_cut_over_its_step():
    header, _ = scene(open_page("why-order", text="a" * 60, other="b"), "timeline")
    assert len(header["steps"][0]) == len("aaaaaaaaaaa… | b")


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
