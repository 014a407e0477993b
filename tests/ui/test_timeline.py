"""What the timeline sends to the browser."""

import numpy as np
import pytest

from ui import scenes
from ui.scenes import timeline
from ui.scenes.timeline import Arcs, Layer, Link, Row, Strip, at, each, given, only, sym, value, word


@pytest.fixture
def sent(monkeypatch):
    """Show a timeline and return the header and arrays that it sends."""
    packed = []
    monkeypatch.setattr(scenes, "scene", lambda name: lambda key, data: packed.append((name, data)))

    def show(*args, **settings):
        timeline.show("t", *args, **settings)
        assert packed[-1][0] == "timeline"
        return scenes.unpack(packed[-1][1])

    return show


def test_rows_arrive_as_steps_by_units_under_a_name_that_no_header_field_has(sent):
    header, arrays = sent(["a", "b", "c"], [Row("steps", "s", "", np.arange(3)), Row("h", "h", "", np.ones((3, 2)))])
    assert header["steps"] == ["a", "b", "c"]
    assert arrays["@steps"].tolist() == [[0], [1], [2]]
    assert arrays["@h"].shape == (3, 2)


def test_one_mask_per_step_hides_all_units_and_extra_arrays_too(sent):
    mask = np.array([False, True])
    _, arrays = sent(
        ["1", "2"],
        [Row("h", "h", "", np.ones((2, 3)), masked=mask)],
        arrays={"z": np.ones((2, 2, 2))},
        masked={"z": mask},
    )
    assert arrays["@h.masked"].tolist() == [[0, 0, 0], [1, 1, 1]]
    assert arrays["@z.masked"][1].all()
    assert not arrays["@z.masked"][0].any()


def test_links_with_values_and_layers_that_are_not_at_every_step_send_their_arrays(sent):
    strip = Strip(
        [Layer("h", "h", np.array([True, False]))],
        [Link("h", "h", "W", 1), Link("h", "h", dt=-1, values=np.array([3.0, 4.0]))],
    )
    header, arrays = sent(["1", "2"], [Row("h", "h", "", np.ones(2))], strip=strip, backward=True, marks={1: "end"})
    assert arrays["@h.present"].tolist() == [1, 0]
    assert arrays["@link 1"].tolist() == [3, 4]
    assert "@link 0" not in arrays
    assert [link["dt"] for link in header["links"]] == [1, -1]
    assert header["backward"]
    assert header["marks"] == {"1": "end"}


def test_lines_are_plain_data(sent):
    line = [
        sym("h", "t-1", "u"),
        " = ",
        value("h", "t", 0, role="result"),
        each([given("h", "j", 0)], over="j", stop="T"),
    ]
    header, _ = sent(["1"], [Row("h", "h", "", np.ones(1))], lines=[line, only("h", line)])
    assert header["lines"][0][2] == {"array": "h", "at": ["t", 0], "role": "result", "decimals": 4}
    assert header["lines"][1]["only"] == "h"


def test_arcs_spans_and_places_that_stand_in_arrays_are_plain_data(sent):
    rows = [
        Row("a", "a", "", np.ones((3, 1)), span=(0, 2)),
        Row("p", "p", "", np.ones((3, 2)), span=(2, 3), beside=True),
    ]
    header, _ = sent(
        ["x", "y", "z"],
        rows,
        strip=Strip(arcs=Arcs(2, "a")),
        lines=[[value("a", at("best", "t", 0), 0), word("fed")]],
        arrays={"best": np.ones((3, 1), int)},
        words={"fed": ("", "", "start")},
    )
    assert (header["arcs"]["first"], header["arcs"]["row"]) == (2, "a")
    assert [(row["span"], row["beside"]) for row in header["rows"]] == [([0, 2], False), ([2, 3], True)]
    assert header["lines"][0][0]["at"] == [{"array": "best", "at": ["t", 0]}, 0]
    assert header["lines"][0][1]["word"] == "fed"
    assert header["words"] == {"fed": ["", "", "start"]}


@pytest.mark.parametrize(
    ("steps", "row", "complaint"),
    [
        ([], Row("h", "h", "", np.ones(0)), "0 steps"),
        (["1"] * 1001, Row("h", "h", "", np.ones(1001)), "1001 steps"),
        (["1", "2"], Row("h", "h", "", np.ones(3)), "3 steps but there are 2"),
        (["1"], Row("h", "h", "", np.ones((1, 400_001))), "400001 numbers"),
        (["1"], Row("h", "h", "", np.ones(1), kind="pie"), "cells, line, bars"),
    ],
)
def test_what_cannot_be_drawn_is_named(steps, row, complaint):
    with pytest.raises(ValueError, match=complaint):
        timeline.show("t", steps, [row])
