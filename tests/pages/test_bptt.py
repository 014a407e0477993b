"""The page of backpropagation through time: its picture, its tables, its update, its recipe."""

import numpy as np
import pytest

from engine.sequence import sequences
from tests.pages.driving import alive, open_page, recipe_settings, run_recipe, scene, table


def test_the_class_link_shows_the_parts_that_add_up_to_the_class_gradients():
    at = open_page("bptt")
    header, arrays = scene(at, "timeline")
    assert header["backward"] and header["select"] == {"t": 1}
    sums = [round(float(arrays[f"@d{name}"].sum()), 4) for name in "VWU"]
    assert sums == [-1.5705, -0.0597, -0.5184]
    heads, *rows = table(at, "to ∂L/∂V")
    parts = {row[0]: row[heads.index("to ∂L/∂V")] for row in rows}
    assert parts["sum"] == parts["tf.GradientTape"] == "−1.5705"


def test_a_cut_takes_its_arrow_away_and_says_what_is_lost():
    at = open_page("bptt", cut="1")
    header, arrays = scene(at, "timeline")
    back = next(k for k, link in enumerate(header["links"]) if link["dt"] == -1)
    assert np.isnan(arrays[f"@link {back}"]).all()
    assert header["marks"] == {"0": "the way back is cut here"}
    assert len(table(at, "lost by cutting")) == 5


def test_the_weights_of_two_units_have_cells_that_hold_their_numbers():
    at = open_page("bptt", sequence=sequences.TYPED, text="1, 0 -> 0, 1", units="2", U="1; 0", W="0 1; 1 0", V="1 1")
    row = next(row for row in scene(at, "timeline")[0]["rows"] if row["name"] == "dW")
    assert row["cell"] >= 13


def test_taking_the_step_writes_the_updated_weights():
    at = open_page("bptt")
    heads, *rows = table(at, "after the update")
    new = {row[0]: row[heads.index("after the update")] for row in rows}
    next(button for button in at.button if button.label == "Take this step").click().run()
    alive(at)
    assert float(at.text_input(key="V").value) == pytest.approx(float(new["V"]), abs=5e-5)
    assert "from 2.4618 to" in " ".join(markdown.value for markdown in at.markdown)


def test_an_open_question_hides_what_it_asks_for():
    at = open_page("bptt")
    next(button for button in at.button if button.label == "Ask me").click().run()
    _, arrays = scene(at, "timeline")
    assert arrays["@reaching.masked"].ravel().tolist() == [1, 0] and arrays["@dW.masked"][0, 0] == 1
    assert not any("| step |" in shown.value for shown in at.markdown)
    assert not any(f"@link {k}" in arrays for k in range(3))
    at.number_input(key="predict-answer").set_value(float(arrays["@reaching"][0, 0]))
    next(button for button in at.button if button.label == "Check").click().run()
    assert at.success and table(at, "step")


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"sequence": "typed values", "text": "1, 2"}, "write them after an arrow"),
        ({"U": "a"}, "'a' is not a number"),
        ({"sequence": "typed values", "text": "1 -> 2", "W": "1 2"}, "W needs 1 number"),
        ({"activation": "linear", "U": "1", "W": "1000", "length": "80"}, "outgrows a 32-bit float"),
    ],
)
def test_what_cannot_be_shown_is_said_in_place_of_the_picture(query, sentence):
    at = open_page("bptt", **query)
    assert not at.exception
    assert sentence in at.warning[0].value.replace("\\", "")


DRAWN = dict.fromkeys("UWV", "random")


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"length": "9", "loss": "last step only", "cut": "4", "rate": "0.5", "h0": "0.3"},
        {"sequence": "a sine", "length": "14", "units": "3", "activation": "sigmoid", **DRAWN},
        {"sequence": "typed values", "text": "1 0; 0 1; 1 1 -> 1, 0, 2", "units": "2", "activation": "relu",
         "loss": "sum of all", **DRAWN},
    ],
)  # fmt: skip
def test_the_recipe_gives_the_gradients_of_the_page(query, monkeypatch):
    at, settings = recipe_settings("bptt", monkeypatch, **query)
    _, arrays = scene(at, "timeline")
    result = run_recipe("bptt", settings)
    for name in "VWU":
        np.testing.assert_allclose(result[name].ravel(), arrays[f"@d{name}"].sum(0), rtol=1e-4, atol=1e-5)
    said = " ".join(markdown.value for markdown in at.markdown)
    assert f"to {result['new loss']:.4f}" in said


def test_a_long_table_is_made_when_it_is_opened():
    at = open_page("bptt", sequence=sequences.SINE, length="60", units="3", U="random", W="random", V="random")
    alive(at)
    assert not at.dataframe and not at.warning
    at.session_state["What every step adds to the gradients"] = True
    at.run()
    (adds,) = at.dataframe
    assert adds.value.shape == (63, 19)
    columns = adds.value.set_index("step")["to ∂L/∂W [1,2]"].str.replace("−", "-").astype(float)
    assert columns["sum"] == pytest.approx(columns.iloc[:60].sum(), abs=60 * 5e-5)
    assert columns["sum"] == pytest.approx(columns["central differences"], abs=2e-3)
