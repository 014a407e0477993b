"""The verification page: what it draws untrained and trained, its counts, its recipe, and a session's own faces."""

import re
import time

import numpy as np
import pytest

from engine.faces import rates
from engine.faces.gallery import Gallery
from engine.runs import RUNS
from tests.pages.driving import alive, checked, open_page, recipe_settings, run_recipe, scene, table
from ui.figures import roc


def press(at, label):
    next(button for button in at.button if button.label == label).click().run()
    alive(at)
    return at


def train(at):
    """Press Train and wait for the end; only then is the page drawn again, which takes longer than a step."""
    press(at, "Train")
    run, deadline = RUNS.get(at.session_state["run of this session"].name), time.monotonic() + 100
    while run.playing:
        assert time.monotonic() < deadline, f"step {run.position} of {run.total_steps}"
        run.poll()  # somebody looks
        run.wait(1)
    assert run.finished, run.error
    return at.run()


def counts(at):
    """The table of the network beside raw pixels: by row and column."""
    (_, *columns), *rows = table(at, "network")
    return {(name, column): cell for name, *cells in rows for column, cell in zip(columns, cells, strict=True)}


def mined(at):
    """The table of triplets: the cells of each row as text."""
    html = next(part.proto.body for part in at.get("html") if 'class="triplets"' in part.proto.body)
    return [re.findall(r"<td>([^<]*)</td>", row) for row in re.findall(r"<tr class=.*?</tr>", html)]


def text(at):
    return " ".join(part.value for kind in ("markdown", "caption", "warning", "info") for part in getattr(at, kind))


def test_it_opens_on_the_untrained_points_and_the_raw_pixel_baseline():
    at = open_page("verify")
    header, arrays = scene(at, "map")
    assert len(header["labels"]) == 400 and header["frames"] == ["step 0"]
    assert arrays["positions"].shape == (1, 400, 2)
    assert header["groupNames"][6:8] == ["6", "7 (unseen)"]
    assert counts(at)["ROC area", "raw pixels"] == "0.823"
    assert "260 pairs of unseen classes" in text(at) and "Not an access control" in text(at)
    assert len(checked(at)) == 2


def test_training_lifts_the_seen_classes_and_not_the_unseen():
    at = train(open_page("verify"))
    header, _ = scene(at, "map")
    assert len(header["frames"]) > 20 and header["frames"][-1] == "step 300"
    assert 0.69 < float(counts(at)["ROC area", "network"]) < 0.80
    assert "no better" in text(at)
    at.segmented_control(key="on").set_value("seen").run()
    assert float(counts(at)["ROC area", "network"]) > 0.99


def test_the_threshold_moves_the_counts_with_their_intervals():
    at = open_page("verify")
    at.slider(key="threshold").set_value(4.0).run()
    everything = rates.rate(130, 130)
    assert counts(at)["false accepts", "network"] == f"130 of 130 = 100.0% [{everything.low:.1%}, 100.0%]"
    at.slider(key="threshold").set_value(0.0).run()
    assert counts(at)["false accepts", "network"].startswith("0 of 130 = 0.0% [0.0%, 2.9%]")
    assert counts(at)["false rejects", "network"].startswith("130 of 130")


@pytest.mark.parametrize("number", [1, 12])
def test_a_triplet_is_worked_with_its_numbers(number):
    at = open_page("verify", triplet=str(number))
    _, p, n, loss, kind = mined(at)[number - 1]
    assert float(loss) == pytest.approx(max(float(p) - float(n) + 0.2, 0), abs=2e-3)
    heads, *rows, total = table(at, "f(A)")
    squares = np.array([[float(cell) for cell in row[-2:]] for row in rows])
    sums = [float(cell.strip("*")) for cell in total[-2:]]
    np.testing.assert_allclose(squares.sum(0), sums, atol=5e-3)
    np.testing.assert_allclose(sums, [float(p), float(n)], atol=6e-4)
    assert heads[-2:] == ["(A−P)²", "(A−N)²"] and len(rows) == 8
    said = text(at)
    assert f"**Triplet {number}**, its 8 numbers each, is **{kind}**" in said
    assert f"= {sums[0]:.4f} " in said and f"- {sums[1]:.4f} + 0.2" in said


def test_the_curves_are_hidden_while_the_question_is_open():
    at = press(open_page("verify"), "Ask me")
    assert not any("| network |" in part.value for part in at.markdown)
    assert "ROC areas are" not in text(at)
    at.radio(key="predict-answer").set_value("easy")
    press(at, "Check")
    assert "ROC areas are" in text(at)


@pytest.mark.parametrize("query", [{}, {"on": "seen", "pairs": "60", "embedding": "2"}])
def test_the_recipe_gives_the_areas_and_error_rates_of_the_untrained_page(query, monkeypatch):
    at, settings = recipe_settings("verify", monkeypatch, **query)
    for name, (area, eer) in run_recipe("verify", settings).items():
        assert counts(at)["ROC area", name] == f"{area:.3f}"
        assert float(counts(at)["equal error rate", name].split("%")[0]) == pytest.approx(100 * eer, abs=0.06)


def test_the_recipe_trains_as_the_page_does(monkeypatch):
    at, settings = recipe_settings("verify", monkeypatch, epochs="1", mining="hard")
    train(at)
    assert settings["steps"] == 30
    area, _ = run_recipe("verify", settings)["network"]
    assert float(counts(at)["ROC area", "network"]) == pytest.approx(area, abs=2e-3)


def with_faces(people, faces=5, **query):
    """Open the page in a session that has collected faces."""
    at = open_page("verify", **query)
    gallery, rng = Gallery(), np.random.default_rng(0)
    for person in range(people):
        base = rng.integers(40, 200, (96, 96, 3))
        for _ in range(faces):
            pixels = np.clip(base + rng.integers(-30, 30, base.shape), 0, 255).astype(np.uint8)
            gallery.add(f"Person {person}", pixels, 100, 50.0, "picture")
    at.session_state["gallery"] = gallery
    at.segmented_control(key="source").set_value("own faces").run()
    return at


def test_without_own_faces_it_says_what_to_collect():
    at = open_page("verify", source="own faces")
    assert not at.exception and "collect 4 faces each of two people or more" in text(at)
    assert counts(at)["ROC area", "raw pixels"] == "0.823"  # the digits until then


def test_two_people_are_trained_on_and_said_to_be():
    at = with_faces(2)
    header, _ = scene(at, "map")
    assert header["groupNames"] == ["Person 0", "Person 1"]
    assert "All people are trained on" in text(at) and "recur" in text(at)
    press(at, "One batch")
    assert scene(at, "map")[0]["frames"] == ["step 0", "step 1"]


def test_it_is_said_whether_unseen_people_are_told_apart_better_than_by_raw_pixels():
    at = with_faces(4)
    network, raw = (float(counts(at)["ROC area", name]) for name in ("network", "raw pixels"))
    assert f"On unseen people the network is now **{'better' if network > raw else 'no better'}**" in text(at)


def test_of_four_people_two_stay_unseen():
    header, _ = scene(with_faces(4), "map")
    assert header["groupNames"] == ["Person 0", "Person 1", "Person 2 (unseen)", "Person 3 (unseen)"]


@pytest.mark.parametrize(("people", "faces", "on"), [(2, 5, "seen"), (4, 6, "unseen"), (4, 6, "seen")])
def test_the_recipe_reads_the_zip_of_own_faces_and_trains_as_the_page_does(people, faces, on, monkeypatch, tmp_path):
    seen = {}
    monkeypatch.setattr("ui.lesson.Frame.recipe", lambda self, **settings: seen.update(settings))
    at = with_faces(people, faces, epochs="1", on=on)
    train(at)
    assert seen["faces"] == "faces.zip" and seen["steps"] == 30 and seen["on"] == on
    (tmp_path / "faces.zip").write_bytes(at.session_state["gallery"].archive())
    found = run_recipe("verify", seen | {"faces": str(tmp_path / "faces.zip")})
    for name, (area, _) in found.items():
        assert float(counts(at)["ROC area", name]) == pytest.approx(area, abs=2e-3)


def test_the_roc_chart_changes_in_its_data_alone():
    line = np.linspace(0, 1, 5)
    one, other = (roc.curves({f"{area} unseen": (line, line), "0.8 raw": (line, line**0.5)}, (0.5, 0.5), 0.5)
                  for area in (0.7, 0.9))  # fmt: skip
    assert one.pop("datasets") != other.pop("datasets")
    assert one == other  # else the browser would build it anew
    assert one["layer"][1]["encoding"]["color"]["sort"]["field"] == "nth"  # colours by place, whatever the area
