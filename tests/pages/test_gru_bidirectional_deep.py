"""The page of the variations: what it sends to its picture, its recipe, and what it says of bad input."""

import numpy as np
import pytest

from engine.sequence import directions, variations
from engine.sequence.variations import SENTENCE, Settings
from tests.pages.driving import alive, checked, open_page, recipe_settings, run_recipe, scene, table

PAGE = "gru-bidirectional-deep"
BOTH, STACKED, BESIDE = "two directions", "stacked", "GRU beside LSTM"


def test_the_belt_keeps_and_writes_what_the_gates_say():
    _, arrays = scene(open_page(PAGE, unit="2"), "timeline")
    run = variations.read_gru(Settings()).run
    np.testing.assert_allclose(arrays["@belt.kept"] + arrays["@belt.added"], run.hidden[1:, 1], atol=1e-6)
    np.testing.assert_allclose(arrays["@row z"][:, 0], run.z[:, 1], atol=1e-6)
    np.testing.assert_allclose(arrays["@row c"][:, 0], run.candidate[:, 1], atol=1e-6)


def test_the_reset_switch_moves_the_gate_before_the_kernel():
    after, before = (scene(open_page(PAGE, **query), "timeline")[1] for query in ({}, {"reset": "false"}))
    run = variations.read_gru(Settings(reset_after=False)).run
    np.testing.assert_allclose(before["@row c"][:, 0], run.candidate[:, 0], atol=1e-6)
    assert np.abs(before["@row c"] - after["@row c"]).max() > 0.01


def test_beside_the_gru_stand_three_gates_of_an_lstm():
    header, arrays = scene(open_page(PAGE, view=BESIDE), "timeline")
    assert [row["symbol"] for row in header["rows"]] == ["h", "z", "r", "h̃", "c", "f", "i", "g", "o"]
    lstm = variations.read_beside(Settings()).lstm
    np.testing.assert_allclose(arrays["@carry"][:, 0], lstm.cell[1:, 0], atol=1e-6)
    np.testing.assert_allclose(arrays["@carry.shown"], lstm.hidden[1:, 0], atol=1e-6)


@pytest.mark.parametrize(("edit", "into"), [(1, "another"), (5, "market"), (7, "muddy")])
def test_the_difference_is_zero_exactly_where_the_word_cannot_be_known(edit, into):
    _, arrays = scene(open_page(PAGE, view=BOTH, edit=str(edit), into=into), "timeline")
    assert (np.flatnonzero(arrays["@change"][:, 0]) == np.arange(edit - 1, 7)).all()
    assert (np.flatnonzero(arrays["@change"][:, 1]) == np.arange(edit)).all()


def test_arrows_go_both_ways_in_two_directions_and_up_in_a_stack():
    header, _ = scene(open_page(PAGE, view=BOTH), "timeline")
    along = {link["source"]: link["dt"] for link in header["links"] if link["source"] == link["target"]}
    assert along == {"forward": 1, "backward": -1}
    header, _ = scene(open_page(PAGE, view=STACKED), "timeline")
    up = [(link["source"], link["target"]) for link in header["links"] if not link["dt"]]
    assert up == [("x", "layer 1"), ("layer 1", "layer 2"), ("layer 2", "layer 3")]
    assert [layer["row"] for layer in header["layers"]] == ["layer 3", "layer 2", "layer 1", "x"]


def test_the_weights_of_the_layers_on_the_page_are_counted():
    at = open_page(PAGE)
    at.session_state["sizes"] = True  # its panel is opened
    counts = {name: count for name, *_, count in table(at.run(), "counted by Keras")}
    assert (counts["GRU(3)"], counts["GRU(3, reset_after=False)"], counts["LSTM(3)"]) == ("81", "72", "96")
    assert (counts["GRU(100)"], counts["LSTM(100)"]) == ("30,900", "40,800")


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"text": " !? "}, "no word to read"),
        ({"text": "very " * 1000}, "1,000 words are too many"),
        ({"view": BOTH, "edit": "12"}, "There is no word 12 to change: the sentence has 7"),
        ({"view": STACKED, "into": "two words"}, "is 2 words"),
    ],
)
def test_what_cannot_be_shown_is_said_in_place_of_the_picture(query, sentence):
    at = open_page(PAGE, **query)
    assert not at.exception
    assert sentence in at.warning[0].value.replace("\\", "")
    assert at.slider(key="units").value == 3


@pytest.mark.parametrize("view", ["GRU gates", BESIDE, BOTH, STACKED])
def test_one_emoji_and_200_words_are_shown(view):
    for text, edit in (("👍", "1"), ("it is good but " * 50, "200")):
        at = open_page(PAGE, view=view, text=text, edit=edit)
        alive(at)
        assert checked(at)


def ask(at):
    next(button for button in at.button if button.label == "Ask me").click().run()


def test_an_open_question_hides_the_states_it_asks_for():
    at = open_page(PAGE)
    ask(at)
    header, arrays = scene(at, "timeline")
    step = header["select"]["t"]
    assert arrays["@row h.masked"][step:].all() and not arrays["@row h.masked"][:step].any()
    assert arrays["@hidden.masked"][step + 1 :].all() and not arrays["@hidden.masked"][: step + 1].any()
    assert arrays["@belt.masked"][step:].all()


def test_the_right_number_of_noticed_states_is_accepted_and_shown_in_the_picture():
    at = open_page(PAGE, view=BOTH)
    ask(at)
    text = next(markdown.value for markdown in at.markdown if "becomes" in markdown.value)
    place = int(text.split("Word ")[1].split(" ")[0])
    right = 7 - place + 1 if "forward state" in text else place
    at.number_input(key="predict-answer").set_value(right)
    next(button for button in at.button if button.label == "Check").click().run()
    assert at.success
    next(button for button in at.button if button.label == "Show it in the picture").click().run()
    assert at.number_input(key="edit").value == place and at.selectbox(key="view").value == BOTH


def test_a_single_layer_has_no_name_where_its_difference_is_read_off():
    header, _ = scene(open_page(PAGE, view=STACKED, layers="1"), "timeline")
    assert next(row for row in header["rows"] if row["name"] == "change")["units"] == []


def test_long_words_are_cut():
    for view in ("GRU gates", BESIDE, BOTH, STACKED):
        header, _ = scene(open_page(PAGE, view=view, text="incomprehensibilities are good", edit="0"), "timeline")
        assert header["steps"][0] == "incomprehensibi…", view


@pytest.mark.parametrize(
    ("query", "read", "names"),
    [
        ({}, variations.read_gru, ("GRU",)),
        ({"reset": "false", "seed": "7", "text": "👍"}, variations.read_gru, ("GRU",)),
        ({"view": BESIDE, "units": "2"}, variations.read_beside, ("GRU", "LSTM")),
        ({"view": BOTH}, directions.read_both_ways, ("forward", "backward")),
        ({"view": STACKED, "reset": "false"}, directions.read_stack, ("layer 1", "layer 2", "layer 3")),
    ],
)
def test_the_recipe_gives_the_numbers_of_the_page(query, read, names, monkeypatch):
    at, settings = recipe_settings(PAGE, monkeypatch, **query)
    _, arrays = scene(at, "timeline")
    result = run_recipe(PAGE, settings)
    if "forward" in names or "layer 1" in names:
        for name in names:
            np.testing.assert_allclose(result[name], arrays[f"@{name}"], atol=1e-5)
    else:
        np.testing.assert_allclose(result["GRU"], arrays["@hidden"][1:], atol=1e-5)
        np.testing.assert_allclose(result["z"], arrays["@z"][-1], atol=1e-5)
        np.testing.assert_allclose(result["candidate"], arrays["@c"][-1], atol=1e-5)
    if "LSTM" in names:
        np.testing.assert_allclose(result["LSTM"], arrays["@l h"][1:], atol=1e-5)
    assert result["weights"]["GRU"] == 3 * settings["units"] * (4 + settings["units"] + 1 + settings["reset_after"])
    assert read(Settings(settings["text"] if "text" in settings else query.get("text", SENTENCE))).check.passed
