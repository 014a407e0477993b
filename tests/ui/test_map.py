"""What the map scene takes, and what it refuses."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.driving import scene
from ui.scenes import map as scene_map


def page(labels, shape, **more):
    import numpy

    from ui.scenes import map as picture

    picture.show("map", labels, numpy.zeros(shape), width=5, **more)


def shown(labels, shape, **more):
    at = AppTest.from_function(page, kwargs={"labels": labels, "shape": shape, **more}, default_timeout=30).run()
    assert not at.exception, at.exception[0].message
    return scene(at, "map")


def test_snapshots_marks_and_arrows_arrive_in_the_browser():
    header, arrays = shown(["a", "b"], (3, 3, 2), marks=["c"], arrows=[(0, 2)], frames=["x", "y", "z"])
    assert arrays["positions"].shape == (3, 3, 2)
    assert (header["marks"], header["arrows"], header["current"]) == (["c"], [[0, 2]], 2)


def test_the_same_data_keep_their_identity_and_others_have_another():
    first, again = shown(["a", "b"], (1, 2, 2))[0]["id"], shown(["a", "b"], (1, 2, 2))[0]["id"]
    assert first == again != shown(["a", "c"], (1, 2, 2))[0]["id"]


def test_more_points_than_the_map_can_show_are_refused_in_words():
    with pytest.raises(ValueError, match="10001 words are too many for the map; show at most 10,000"):
        scene_map.show("map", ["a"] * 10_001, np.zeros((1, 10_001, 2)), width=2)


def test_positions_that_do_not_fit_the_labels_are_refused():
    with pytest.raises(ValueError, match=r"positions \(1, 3, 2\) do not fit 1 frames of 2 places"):
        scene_map.show("map", ["a", "b"], np.zeros((1, 3, 2)), width=2)
