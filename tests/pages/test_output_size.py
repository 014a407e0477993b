"""The output-size page: what it sends to its picture, what it says of bad input, and its recipe."""

import numpy as np
import pytest

from engine.vision.axis import View
from engine.vision.output_size import Settings
from engine.vision.output_size_quiz import question
from tests.engine.test_stacks import FLOWERS, LECTURE
from tests.pages.driving import checked, open_page, recipe_settings, run_recipe, scene


def view(at, k=0):
    header, arrays = scene(at, "window")
    sent = header["views"][k]
    return View(arrays[f"rows{k}"], arrays[f"columns{k}"], tuple(sent["grid"]), tuple(sent["pads"]))


def table(at):
    return [row["cells"] for row in scene(at, "window")[0]["table"]["rows"]]


def test_the_page_opens_on_6x6_with_its_visits():
    at = open_page("output-size")
    assert view(at).output == (4, 4)
    assert view(at).seen[:3, :3].tolist() == [[1, 2, 3], [2, 4, 6], [3, 6, 9]]
    assert len(checked(at)) == 2
    assert r"\frac{6 + 2 \cdot 0 - 1 \cdot (3 - 1) - 1}{1} \right\rfloor + 1 = 4" in at.latex[0].value


@pytest.mark.parametrize(
    ("preset", "total", "flat", "field", "reached"),
    [
        ("Lecture net", "1,704,097", "3,136", "94 × 94", "286 × 286"),
        ("Flower net", "1,658,565", "12,800", "22 × 22", "174 × 174"),
    ],
)
def test_a_preset_shows_a_whole_network(preset, total, flat, field, reached):
    at = open_page("output-size")
    at.button(key=f"preset {preset}").click().run()
    rows = table(at)
    assert rows[-1][:4] == ["total", "", "", total]
    assert ["flatten", flat, reached, "–", "–"] in rows
    assert [row for row in rows if row[0].startswith("pool")][-1][2] == field
    assert len(checked(at)) == 2


def test_uneven_same_padding_is_shown_at_the_bottom_and_at_the_right():
    at = open_page("output-size", height="8", width="8", stride="2", padding="same")
    assert view(at).pads == (0, 1, 0, 1)
    legend = dict(scene(at, "window")[0]["views"][0]["legend"])
    assert legend["edge"] == "padding: 1 bottom, 1 right"


def test_dropped_pixels_are_counted_in_the_legend():
    at = open_page("output-size", height="8", width="8", stride="2")
    assert dict(scene(at, "window")[0]["views"][0]["legend"])["unseen"] == "by none: 15 pixels"


@pytest.mark.parametrize(
    ("query", "border"),
    [
        ({"padding": "number", "p": "2"}, "padding: 2 on every side"),
        ({"data": "1-D", "padding": "same"}, "padding: 1 on both sides"),
        ({"data": "1-D", "padding": "causal"}, "padding: 2 left"),
        ({"transposed": "true", "padding": "number"}, "cut off: 1 on every side"),
    ],
)
def test_the_legend_says_where_the_padding_is(query, border):
    assert dict(scene(open_page("output-size", **query), "window")[0]["views"][0]["legend"])["edge"] == border


def test_a_picture_of_one_row_is_called_samples_in_its_captions_as_in_its_scene():
    at = open_page("output-size", height="1", rows="1", width="9")
    assert "sample" in scene(at, "window")[0]["views"][0]["labels"]["input"]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"rows": "7", "height": "4"}, "kernel_size 7 does not fit an input of 4 with padding 0; use padding >= 2"),
        ({"padding": "causal"}, "choose 1-D"),
        ({"padding": "number", "p": "9", "fill": "reflect"}, "use fill zeros or replicate"),
        ({"transposed": "true", "padding": "full", "height": "1", "width": "1"}, "leaves nothing"),
        ({"transposed": "true", "width": "512", "stride": "16"}, "use strides <= 2"),
        ({"what": "a stack", "stack": "conv sixteen"}, "say how many filters"),
        ({"what": "a stack", "stack": "<b>x</b>"}, "there is no layer '<b>x</b>'"),
        ({"what": "a stack", "tall": "3", "stack": "conv 8 5x5"}, "3 rows are left for a window of 5"),
    ],
)
def test_what_cannot_be_shown_is_said_in_place_of_the_picture(query, sentence):
    at = open_page("output-size", **query)
    assert not at.exception
    assert sentence in at.warning[0].value.replace("\\", "")
    assert at.slider(key="stride") is not None  # the controls are there


@pytest.mark.parametrize("text", ["dense 10", "global", "flatten"])
def test_a_stack_without_windows_still_has_its_picture(text):
    at = open_page("output-size", what="a stack", stack=text)
    assert not at.exception
    assert view(at).output == (1, 1)
    assert view(at).seen.all()


def test_the_verdict_offers_to_show_what_was_asked():
    at = open_page("output-size", stride="2")
    next(button for button in at.button if button.label == "Ask me").click().run()
    at.number_input(key="predict-answer").set_value(-1.0)
    next(button for button in at.button if button.label == "Check").click().run()
    answer = int(at.error[0].value.split("The answer is ")[1].split(":")[0])
    next(button for button in at.button if button.label == "Show it in the picture").click().run()
    assert not at.exception
    assert view(at).output[1] == answer


def test_right_answers_in_a_row_are_counted():
    at = open_page("output-size")
    next(button for button in at.button if button.label == "Ask me").click().run()
    for _ in range(2):
        number = at.session_state["predict"]["round"]
        at.number_input(key="predict-answer").set_value(float(question(Settings(), number)[0].answer))
        next(button for button in at.button if button.label == "Check").click().run()
        assert at.success
        if at.session_state["predict"]["streak"] < 2:
            next(button for button in at.button if button.label == "Next question").click().run()
    assert any("2 right in a row" in text.value for text in at.markdown)


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"height": "8", "width": "11", "stride": "2", "padding": "same", "rows": "4"},
        {"stride": "2", "dilation": "2", "padding": "full", "width": "9"},
        {"padding": "number", "p": "2", "fill": "reflect"},
        {"padding": "number", "p": "3", "fill": "replicate", "stride": "3"},
        {"data": "1-D", "width": "16", "padding": "causal", "dilation": "2"},
        {"transposed": "true", "stride": "2", "padding": "same"},
        {"transposed": "true", "stride": "3", "dilation": "2", "columns": "1", "padding": "number", "p": "1"},
        {"transposed": "true", "data": "1-D", "stride": "2"},
    ],
)
def test_the_recipe_gives_the_visits_of_the_page(query, monkeypatch):
    at, settings = recipe_settings("output-size", monkeypatch, **query)
    result = np.atleast_2d(run_recipe("output-size", settings))
    shown = view(at)
    if query.get("fill"):  # the recipe's gradient counts the copies in the padding for the pixel that they copy
        assert result.sum() == shown.seen.sum()
    else:
        np.testing.assert_array_equal(result, shown.real)


@pytest.mark.parametrize(("stack", "side"), [(LECTURE, "300"), (FLOWERS, "180")])
def test_the_recipe_counts_the_parameters_of_the_page(stack, side, monkeypatch):
    at, settings = recipe_settings("output-size", monkeypatch, what="a stack", stack=stack, tall=side, wide=side)
    counted = [f"{number:,}" if number else "–" for number in run_recipe("output-size", settings)]
    assert counted == [row[3] for row in table(at)[:-1]]
