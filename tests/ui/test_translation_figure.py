"""The chart of translators: what is in its specification."""

import numpy as np

from ui.figures import translation

CURVES = {"attention": (np.arange(1, 4), np.array([1.0, 2 / 3, 1 / 3])), "one vector": (np.array([1]), np.array([0]))}


def test_every_point_of_every_network_is_a_row_with_five_digits():
    rows = translation.exact(CURVES, "digits")["layer"][0]["data"]["values"]
    assert [row["network"] for row in rows] == ["attention"] * 3 + ["one vector"]
    assert rows[1] == {"network": "attention", "place": 2.0, "share": 0.66667}


def test_each_network_keeps_its_colour_and_the_axis_its_name():
    encoding = translation.exact(CURVES, "digits")["layer"][0]["encoding"]
    scale = encoding["color"]["scale"]
    assert scale["domain"] == list(CURVES) and len(set(scale["range"])) == 2
    assert encoding["x"]["title"] == "digits" and encoding["y"]["scale"]["domain"] == [0, 1]


def test_a_rule_stands_behind_the_longest_of_the_training_only_where_there_is_one():
    assert len(translation.exact(CURVES, "digits")["layer"]) == 1
    assert translation.exact(CURVES, "digits", trained=12)["layer"][1]["data"]["values"] == [{"x": 12.5}]
