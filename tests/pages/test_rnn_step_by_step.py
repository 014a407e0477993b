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
    heads, first, second, mean = table(at, "by hand")
    assert heads == ["t", *(cell for name in ("hₜ", "ŷₜ", "Lₜ") for cell in (name, "by hand", "difference"))]
    assert second == ["2", "0.8290", "0.83", "+0.0010", "0.2487", "0.249", "+0.0003", "3.7848", "3.78", "−0.0048"]
    assert first[1:4] == ["0.4621", "0.46", "−0.0021"]
    assert mean[-3:] == ["2.7586", "2.76", "+0.0014"]


def test_the_words_and_the_table_keep_as_many_decimals_by_hand():
    at = open_page(URL, decimals="3")
    *_, mean = table(at, "by hand")
    assert f"the mean loss comes to {mean[-2]};" in said(at)
    assert len(mean[-2]) == len("2.759")


def test_numbers_that_outgrow_paper_leave_the_page_whole():
    alive(open_page(URL, activation="linear", length="6", U="1e6", W="1e6", decimals="6"))


def test_a_link_with_many_units_shows_that_the_weights_are_drawn():
    at = open_page(URL, units="8")
    assert [at.text_input(key=name).value for name in "UWV"] == ["random"] * 3
    assert not at.warning


def test_a_typed_weight_in_a_link_with_many_units_is_passed_over():
    drawn, typed = (scene(open_page(URL, units="8", **more), "timeline")[1]["@W"] for more in ({}, {"W": "0.9"}))
    np.testing.assert_array_equal(drawn, typed)


def test_many_units_may_start_from_another_state():
    at = open_page(URL, units="8", h0="0.5", b="0.1")
    assert scene(at, "timeline")[1]["@hidden.start"].tolist() == [0.5] * 8
    assert scene(at, "timeline")[1]["@b"].tolist() == pytest.approx([0.1] * 8)


def test_every_control_that_changes_the_picture_can_be_moved():
    at = open_page(URL, sequence="a sentence", text="a b", encoding="words, random vectors", U="1 2 3 4")
    assert not at.number_input(key="seed").disabled  # the words are drawn, the weights are not
    assert at.slider(key="gain").disabled
    at = open_page(URL, U="random")
    assert at.slider(key="gain").disabled  # it is of a drawn W only
    assert not at.number_input(key="seed").disabled


def test_a_long_word_is_cut_rather_than_squeezed():
    header, _ = scene(open_page(URL, sequence="a sentence", text="a supercalifragilistic", units="4"), "timeline")
    assert header["steps"] == ["a", "supercalifr…"]
    assert header["rows"][0]["units"] == ["a", "supercalifr…"]


def test_few_units_show_their_matrices():
    at = open_page(URL, units="2", U="0.8; -0.4", W="0.5 -0.6; 0.6 0.5", V="1 0.5")
    assert r"W = \begin{bmatrix}0.5 & -0.6 \\ 0.6 & 0.5\end{bmatrix}" in at.latex[0].value
    assert "bmatrix" not in open_page(URL).latex[0].value


def test_the_question_about_a_larger_w_can_be_shown_in_the_picture():
    at = open_page(URL, length="3", h0="0.2")
    at.session_state["predict"]["round"] = 1
    next(button for button in at.button if button.label == "Ask me").click().run()
    at.radio(key="predict-answer").set_value(at.radio(key="predict-answer").options[0])
    next(button for button in at.button if button.label == "Check").click().run()
    next(button for button in at.button if button.label == "Show it in the picture").click().run()
    assert (at.text_input(key="W").value, at.text_input(key="h0").value) == ("0.8", "0.2")
    assert len(scene(at, "timeline")[0]["steps"]) == 3


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"W": "0.4 x"}, "W needs 1 number in each row"),
        ({"units": "2", "U": "0.5; 1", "W": "0.5 0.1; 0 x", "V": "1 1"}, "W, row 2, column 2: 'x' is not a number"),
        ({"units": "3"}, "U needs 3 rows of 1 number"),
        ({"sequence": "typed values", "text": "1, zwei"}, "The typed values, step 2: 'zwei'"),
        ({"sequence": "typed values"}, "The typed values are empty"),
        ({"sequence": "a sentence", "text": " "}, "The sentence is empty"),
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


def asked(at):
    """Ask the page's question: what it sends to the picture then."""
    assert not any(name.endswith(".masked") and mask.any() for name, mask in scene(at, "timeline")[1].items())
    next(button for button in at.button if button.label == "Ask me").click().run()
    return scene(at, "timeline")


def test_an_open_question_hides_every_number_that_answers_it():
    at = open_page(URL)
    _, arrays = asked(at)
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


def test_a_question_that_nothing_on_the_screen_answers_hides_nothing():
    at = open_page(URL, sequence="a sine", length="40", units="8")
    _, arrays = asked(at)
    assert at.radio
    assert not any(mask.any() for name, mask in arrays.items() if name.endswith(".masked"))


def test_of_many_units_a_question_leaves_the_parts_of_its_step_but_not_what_is_made_of_the_answer():
    at = open_page(URL, sequence="a sine", length="40", units="8")
    at.session_state["predict"]["round"] = 1
    header, arrays = asked(at)
    t = header["select"]["t"]
    assert arrays["@hidden.masked"].all(1).argmax() == t
    assert arrays["@from_state.masked"].all(1).tolist() == [step > t for step in range(40)]


def test_the_picture_goes_to_the_step_and_the_unit_that_is_asked_about():
    at = open_page(URL, units="3", length="8", U="random", W="random", V="random")
    header, _ = asked(at)
    question = " ".join(element.value for element in at.markdown if "What is" in element.value)
    t, u = header["select"]["t"], header["select"]["u"]
    assert f"$h_{{{t + 1}}}$ of unit {u + 1}" in question


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
