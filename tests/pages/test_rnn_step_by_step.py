"""The page of the recurrent layer: what it sends to its picture, and what it says of bad input."""

import numpy as np
import pytest

from tests.pages.driving import alive, open_page, recipe_settings, run_recipe, scene, table

URL = "rnn-step-by-step"


def said(at) -> str:
    return " ".join(element.value for kind in ("markdown", "warning") for element in getattr(at, kind)).replace(
        "\\", ""
    )


def test_the_page_opens_on_the_class_example():
    header, arrays = scene(open_page(URL), "timeline")
    assert arrays["@hidden"].ravel().round(4).tolist() == pytest.approx([0.4621, 0.8290], abs=1e-6)
    assert header["steps"] == ["1", "2"]
    assert float(arrays["@mean"][0]) == pytest.approx(2.7586, abs=1e-4)


def test_the_page_explains_the_loss_by_hand_by_rounding():
    at = open_page(URL)
    assert "2.76" in said(at)
    assert "2.7586" in said(at)
    heads, computed, by_hand, _ = table(at, "mean loss")
    assert by_hand[heads.index("mean loss")] == "2.76"
    assert (computed[heads.index("h_2")], by_hand[heads.index("h_2")]) == ("0.8289738", "0.83")


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"W": "0.4 x"}, "W needs 1 number in each row"),
        ({"units": "2", "U": "0.5; 1", "W": "0.5 0.1; 0 x", "V": "1 1"}, "W, row 2, column 2: 'x' is not a number"),
        ({"units": "3"}, "U needs 3 rows of 1 number"),
        ({"sequence": "typed values", "text": "1, zwei"}, "row 2, column 1: 'zwei'"),
        ({"sequence": "typed values"}, "the typed values are empty"),
        ({"sequence": "a sentence", "text": " "}, "the sentence is empty"),
        ({"h0": "<b>1</b>"}, "h0, row 1, column 1: '<b>1</b>' is not a number"),
    ],
)
def test_what_cannot_be_read_is_said_in_place_of_the_picture(query, sentence):
    at = open_page(URL, **query)
    assert not at.exception
    assert sentence in at.warning[0].value.replace("\\", "")
    assert at.slider(key="length").value == 2  # the rest of the page is alive


def test_another_number_of_units_draws_weights_that_fit():
    at = open_page(URL)
    at.slider(key="units").set_value(3).run()
    alive(at)
    assert not at.warning
    assert scene(at, "timeline")[1]["@hidden"].shape == (2, 3)
    next(button for button in at.button if "random weights" in button.label).click().run()
    assert len(at.text_input(key="W").value.split(";")) == 3
    assert not at.warning


def test_another_kind_of_sequence_comes_with_an_example():
    at = open_page(URL)
    at.selectbox(key="sequence").set_value("a sentence").run()
    assert not at.warning
    assert scene(at, "timeline")[0]["steps"] == ["the", "cat", "saw", "the", "dog"]
    at.selectbox(key="sequence").set_value("a sine").run()
    assert not at.warning
    assert len(scene(at, "timeline")[0]["steps"]) == 8


@pytest.mark.parametrize(
    "query", [{}, {"sequence": "a sine", "length": "40", "units": "8", "U": "random", "W": "random", "V": "random"}]
)
def test_an_open_question_hides_every_number_that_answers_it(query):
    at = open_page(URL, **query)
    assert not any(name.endswith(".masked") and mask.any() for name, mask in scene(at, "timeline")[1].items())
    next(button for button in at.button if button.label == "Ask me").click().run()
    arrays = scene(at, "timeline")[1]
    if query:  # a question about W: nothing on the screen tells
        assert at.radio
        return
    hidden = arrays["@hidden.masked"].argmax()
    for name in ("hidden", "outputs", "losses", "pre", "from_input", "from_state"):
        assert arrays[f"@{name}.masked"][hidden:].all(), name
        assert not arrays[f"@{name}.masked"][:hidden].any(), name
    assert arrays["@states.masked"][hidden + 1 :].all()
    assert not arrays["@states.masked"][: hidden + 1].any()
    assert arrays["@mean.masked"].all()
    assert "by hand |" not in said(at)
    assert "0.82" not in said(at)
    assert "2.7" not in said(at)


@pytest.mark.parametrize(
    "query",
    [
        {},
        {
            "length": "6",
            "units": "2",
            "U": "0.8; -0.4",
            "W": "0.5 -0.6; 0.6 0.5",
            "V": "1 0.5",
            "b": "0.1; -0.2",
            "h0": "0.3 0.4",
        },
        {"sequence": "a sentence", "text": "the cat saw the dog", "units": "4", "length": "20"},
        {
            "sequence": "a sentence",
            "text": "to be",
            "encoding": "words, random vectors",
            "units": "5",
            "activation": "relu",
        },
        {"sequence": "typed values", "text": "1 0; 0 1 -> 1, 2", "units": "4", "activation": "sigmoid", "length": "9"},
        {"sequence": "a sine", "length": "200", "units": "32", "seed": "5", "gain": "0.8"},
    ],
)
def test_the_recipe_gives_the_numbers_of_the_page(query, monkeypatch):
    at, settings = recipe_settings(URL, monkeypatch, **query)
    _, arrays = scene(at, "timeline")
    result = run_recipe(URL, settings)
    np.testing.assert_allclose(result["hidden"], arrays["@hidden"], rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(result["outputs"], arrays["@outputs"][:, 0], rtol=1e-5, atol=1e-5)
