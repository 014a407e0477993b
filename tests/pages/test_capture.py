"""The camera page without a browser: pictures from files, the gallery, and what becomes of a connection."""

import io

import cv2
import numpy as np
import pytest
from PIL import Image

from engine.faces import samples, stream
from tests.pages.driving import alive, checked, open_page, recipe_settings, run_recipe, scene
from ui import faces


def press(at, label):
    next(button for button in at.button if button.label == label).click().run()
    alive(at)
    return at


def jpeg(picture, orientation=None):
    """A JPEG file of a picture, (h, w, 3) RGB; `orientation` as a phone writes it."""
    file, notes = io.BytesIO(), Image.Exif()
    if orientation:
        notes[0x0112] = orientation
    Image.fromarray(picture).save(file, "JPEG", exif=notes, quality=90)
    return file.getvalue()


def text(at):
    return " ".join(part.value for kind in ("markdown", "caption", "warning", "info") for part in getattr(at, kind))


def shown(at):
    """How many faces are drawn in the gallery."""
    return sum(part.proto.body.count('alt="face ') for part in at.get("html"))


def with_file(data, name="me.jpg"):
    at = open_page("capture", way="files")
    at.file_uploader[0].upload(name, data).run()
    alive(at)
    return at


def test_it_opens_with_the_promise_of_privacy_and_a_sample_face():
    at = open_page("capture")
    assert "never written to disk" in text(at) and "Press **START**" in text(at)
    assert "A sample face as numbers" in text(at) and len(checked(at)) == 2
    assert scene(at, "window")[1]["input"].shape == (100, 100, 1)


def test_kept_faces_are_shown_deleted_one_by_one_and_all_at_once():
    at = press(press(open_page("capture", way="sample"), "Keep these faces"), "Keep these faces")
    assert shown(at) == 2 and "The last face as numbers" in text(at)
    at.pills[0].set_value([1] if isinstance(at.pills[0].value, list) else 1).run()
    assert shown(at) == 1 and not at.exception
    press(at, "Delete everything")
    assert shown(at) == 0 and "No face kept yet." in text(at)


def test_a_photograph_of_which_no_face_is_kept_can_be_deleted():
    at = press(with_file(jpeg(samples.picture())), "Delete everything")
    assert "in the picture" not in text(at) and "framed faces" not in at.session_state["kept results"]
    assert "No face kept yet." in text(at)


def test_deleting_everything_also_stops_the_camera_from_taking_more():
    at = press(open_page("capture", way="sample"), "Keep these faces")
    at.session_state["stream"].take("Ada", 20)
    press(at, "Delete everything")
    assert at.session_state["stream"].taking == 0


def test_every_preset_has_settings_of_its_own():
    at, seen = open_page("capture"), set()
    names = [button.label for button in at.button if (button.key or "").startswith("preset ")]
    for name in names:
        press(at, name)
        seen.add(tuple(at.session_state[key] for key in ("way", "scale", "neighbours", "least", "plane", "size")))
    assert len(seen) == len(names) == 5


def test_a_name_that_was_typed_at_the_last_moment_is_the_faces_own():
    at = open_page("capture", way="sample")
    at.text_input(key="person").set_value("Ada")  # and the button before the page has run with it
    press(at, "Keep these faces")
    assert list(at.session_state["gallery"].people()) == ["Ada"]


def test_a_photograph_on_its_side_is_turned_as_its_notes_say():
    at = with_file(jpeg(np.rot90(samples.picture()).copy(), orientation=6))
    assert "1 face in the picture" in text(at)


def test_a_large_photograph_is_made_smaller_and_what_is_too_large_is_refused_in_words(monkeypatch):
    at = with_file(jpeg(cv2.resize(samples.picture(), (3200, 3200))))
    assert "1 face in the picture" in text(at) and "1600 × 1600 pixels" in text(at)
    monkeypatch.setattr("engine.vision.images.MAX_PHOTO", 1_000_000)
    assert "use one of at most 1 million pixels" in text(with_file(jpeg(cv2.resize(samples.picture(), (3200, 3200)))))


def test_a_picture_as_thin_as_a_line_is_searched_without_an_error():
    assert "no faces in the picture" in text(with_file(jpeg(np.zeros((1, 1600, 3), np.uint8))))


@pytest.mark.parametrize(("data", "said"), [(b"", "not a picture"), (jpeg(samples.picture())[:4000], "cut off")])
def test_a_broken_file_gets_a_sentence_and_the_faces_stay(data, said):
    at = press(with_file(jpeg(samples.picture())), "Keep these faces")
    at.file_uploader[0].upload("broken.jpg", data).run()
    assert said in text(at) and shown(at) == 1 and len(checked(at)) == 2


def test_a_picture_without_a_face_has_nothing_to_keep():
    at = with_file(jpeg(np.full((300, 400, 3), 128, np.uint8)))
    assert "no faces in the picture" in text(at)
    assert next(button for button in at.button if button.label == "Keep these faces").disabled


def test_when_every_camera_place_is_taken_the_page_offers_the_other_ways_by_itself(monkeypatch):
    monkeypatch.setattr(faces, "SEATS", stream.Seats(0))
    at = open_page("capture")
    assert "camera places of this server are taken" in text(at) and "Take a **photo**" in text(at)
    at.file_uploader[0].upload("me.jpg", jpeg(samples.picture())).run()
    press(at, "Keep these faces")
    assert shown(at) == 1
    monkeypatch.setattr(faces, "SEATS", stream.Seats(1))
    press(at, "Try the live camera again")
    assert "Press **START**" in text(at) and shown(at) == 1


@pytest.mark.parametrize(
    "servers", ["{", '["stun:stun.example.org"]'], ids=["no JSON", "no list of servers"]
)  # fmt: skip
def test_servers_that_are_not_well_written_are_named_and_the_page_goes_on(servers, monkeypatch):
    monkeypatch.setenv("GLASSBOX_ICE_SERVERS", servers)
    at = open_page("capture")
    assert not at.exception and "ICE" in text(at) and len(checked(at)) == 2
    assert at.file_uploader


# ---- a connection ----


def test_a_connection_that_comes_up_and_is_stopped_is_no_obstacle():
    attempt = faces.Attempt()
    for playing, signalling in ((False, False), (False, True), (True, False), (False, False)):
        attempt.follow(playing, signalling)
    assert not attempt.obstacle and attempt.playing is attempt.since is None


def test_a_connection_that_ends_before_it_was_there_is_given_up_until_it_is_tried_again():
    attempt = faces.Attempt()
    attempt.follow(False, True)
    attempt.follow(False, False)
    assert attempt.obstacle == faces.BLOCKED
    attempt.again()
    assert not attempt.obstacle and attempt.number == 1


@pytest.mark.parametrize(("neighbours", "framed"), [("7", 1), ("0", 20)])
def test_the_recipe_finds_the_boxes_of_the_page(neighbours, framed, monkeypatch):
    at, settings = recipe_settings("capture", monkeypatch, way="sample", neighbours=neighbours)
    boxes = run_recipe("capture", settings)
    seen = at.session_state["kept results"]["framed faces"][1][1]
    assert len(boxes) == framed and np.array_equal(boxes, seen.boxes)
