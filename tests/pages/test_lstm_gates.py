"""The page of LSTM gates: what it sends to its picture, its recipe, and what it says of bad input."""

import numpy as np
import pytest

from engine.sequence import gate_units, lstm
from tests.pages.driving import alive, checked, open_page, recipe_settings, run_recipe, scene, table

BY_HAND = {"model": lstm.BY_HAND, "order": gate_units.NUMBER}


def test_the_class_review_opens_at_but_with_the_best_unit():
    header, arrays = scene(open_page("lstm-gates"), "timeline")
    assert header["steps"][header["select"]["t"]] == "but"
    best = gate_units.scores(gate_units.VERDICT).order[0]
    run = lstm.trace(text="I didn't like the product, but after using it for two weeks it is good").after
    np.testing.assert_allclose(arrays["@belt"][:, 0], run.cell[1:, best], atol=1e-6)
    np.testing.assert_allclose(arrays["@belt.kept"] + arrays["@belt.added"], arrays["@belt"][:, 0], atol=1e-6)
    for name in "figo":
        np.testing.assert_allclose(arrays[f"@row {name}"][:, 0], run.gates[name][:, best], atol=1e-6)


def test_the_verdict_is_drawn_at_clause_ends_only():
    _, arrays = scene(open_page("lstm-gates"), "timeline")
    assert np.flatnonzero(np.isfinite(arrays["@p"][:, 0])).tolist() == [4, 14]


def test_all_units_are_sorted_by_their_score():
    at = open_page("lstm-gates", show="all units", order=gate_units.CONTRAST)
    header, arrays = scene(at, "timeline")
    row = next(row for row in header["rows"] if row["name"] == "row f")
    scores = [float(name.split(" · ")[1]) for name in row["units"]]
    assert arrays["@row f"].shape == (15, 16) and scores == sorted(scores, reverse=True)
    assert all(len(name) <= 13 for name in row["units"])  # more is cut off at the right of the picture


def test_the_numbers_1_2_3_4_add_up_on_the_belt():
    _, arrays = scene(open_page("lstm-gates", text="1, 2, 3, 4", **BY_HAND), "timeline")
    np.testing.assert_allclose(arrays["@belt"][:, 0], np.cumsum(np.tanh([0.1, 0.2, 0.3, 0.4])), atol=1e-6)


def test_unknown_words_stand_in_brackets_and_are_counted():
    at = open_page("lstm-gates", text="the zebra is good 👍")
    assert scene(at, "timeline")[0]["steps"] == ["the", "[zebra]", "is", "good", "[👍]"]
    assert any("2 words in [brackets]" in markdown.value for markdown in at.markdown)


def test_a_changed_word_is_marked_and_the_old_verdict_stands_beside_the_new_one():
    header, arrays = scene(open_page("lstm-gates", swap="good", into="awful"), "timeline")
    assert header["steps"][-1] == "→awful"
    assert arrays["@p"][-1, 0] < 0.1 and arrays["@p.targets"][-1] > 0.9


def test_the_change_is_after_less_before():
    query = {"swap": "didn't", "into": "really", "force": "forget open"}
    shown = {
        side: scene(open_page("lstm-gates", side=side, **query), "timeline")[1]
        for side in ("after", "before", "change")
    }
    np.testing.assert_allclose(
        shown["change"]["@row c"], shown["after"]["@row c"] - shown["before"]["@row c"], atol=1e-6
    )
    assert (shown["after"]["@row f"] == 1).all()


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"text": " !? "}, "no word to read"),
        ({"text": "very " * 1000 + "good"}, "1,001 words are too many"),
        ({"text": "1, 2, 3, 4"}, "reads words, not numbers"),
        ({"swap": "zebra", "into": "horse"}, "There is no 'zebra' to change"),
        ({"swap": "good", "into": "not bad"}, "is 2 words"),
    ],
)
def test_what_cannot_be_shown_is_said_in_place_of_the_picture(query, sentence):
    at = open_page("lstm-gates", **query)
    assert not at.exception
    assert sentence in at.warning[0].value.replace("\\", "")
    assert at.slider(key="unit").value == 1


def test_emoji_alone_and_200_words_are_shown():
    for text in ("👍👍👎", "it is good but " * 50):
        at = open_page("lstm-gates", text=text)
        alive(at)
        assert checked(at)


@pytest.mark.parametrize("clicks", range(3))
def test_an_open_question_hides_its_answer_in_picture_and_words(clicks):
    at = open_page("lstm-gates")
    next(button for button in at.button if button.label == "Ask me").click().run()
    for _ in range(clicks):
        answer = at.radio(key="predict-answer") if at.radio else at.number_input(key="predict-answer")
        answer.set_value(answer.options[0] if at.radio else -99.0)
        next(button for button in at.button if button.label == "Check").click().run()
        next(button for button in at.button if button.label == "Next question").click().run()
    header, arrays = scene(at, "timeline")
    step = header["select"]["t"]
    for name in ("@row c", "@row h", "@p", "@kept", "@written", "@belt"):
        assert arrays[f"{name}.masked"][step:].all() and not arrays[f"{name}.masked"][:step].any(), name
    assert not any("p(good) is read" in markdown.value for markdown in at.markdown)


def test_an_open_question_hides_both_sides_of_a_change_and_the_old_verdict():
    query = {"swap": "didn't", "into": "really"}
    at = open_page("lstm-gates", side="change", **query)
    next(button for button in at.button if button.label == "Ask me").click().run()
    header, arrays = scene(at, "timeline")
    step = header["select"]["t"]
    for name in ("c before", "c after", "h before", "h after"):
        assert arrays[f"@{name}.masked"][step + 1 :].all(), name
    at = open_page("lstm-gates", **query)
    next(button for button in at.button if button.label == "Ask me").click().run()
    assert np.isnan(scene(at, "timeline")[1]["@p.targets"][step:]).all()


def test_colours_of_a_change_reach_as_far_as_the_numbers_can():
    rows = scene(open_page("lstm-gates", swap="didn't", into="really", side="change"), "timeline")[0]["rows"]
    limits = {row["name"][-1]: row["limit"] for row in rows if row["name"][-1] in "figoh"}
    assert limits == {"f": 1, "i": 1, "g": 2, "o": 1, "h": 2}


def test_long_words_are_cut_and_markdown_in_words_is_shown_as_typed():
    at = open_page("lstm-gates", text="incomprehensibilities are good. it is *")
    assert scene(at, "timeline")[0]["steps"][0] == "[incomprehensibi…]"
    assert any(r"“\*”" in markdown.value for markdown in at.markdown)


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"text": "the zebra is not good but it is for my sister"},
        {"swap": "good", "into": "bad", "force": "output shut", "unit": "3"},
        {"swap": "good", "into": "bad", "side": "before"},
        {"text": "1, 2, 3, 4", **BY_HAND},
        {"text": "it is good but boring", "f": "0.9", "contrast": "0", "i": "0.5", "w": "-2", **BY_HAND},
    ],
)
def test_the_recipe_gives_the_numbers_of_the_page(query, monkeypatch):
    at, settings = recipe_settings("lstm-gates", monkeypatch, **query)
    _, arrays = scene(at, "timeline")
    result = run_recipe("lstm-gates", settings)
    unit = 0
    if settings["units"] > 1:
        unit = gate_units.scores(gate_units.VERDICT).order[int(query.get("unit", 1)) - 1]
    for name in "figoch":
        np.testing.assert_allclose(result[name][:, unit], arrays[f"@row {name}"][:, 0], atol=1e-5)
    if "@p" in arrays:
        told = np.isfinite(arrays["@p"][:, 0])
        np.testing.assert_allclose(result["p"][told], arrays["@p"][told, 0], atol=1e-5)


def test_the_weights_of_the_seed_model_are_on_the_page():
    at = open_page("lstm-gates")
    at.session_state["sizes"] = True  # its panel is opened
    counts = [row[-1] for row in table(at.run(), "counted by Keras")]
    assert counts[1:] == ["40,800", "10,200", "5,050", "48,451"]


def test_every_unit_is_in_the_table_of_scores():
    at = open_page("lstm-gates")
    at.session_state["scores"] = True
    _, *rows = table(at.run(), "AUC")
    assert sorted(int(row[1]) for row in rows) == list(range(1, 17))
    assert [row[2] for row in rows] == sorted((row[2] for row in rows), reverse=True)
