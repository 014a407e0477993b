"""Finding faces, collecting them, and forgetting them."""

import csv
import gc
import io
import re
import time
import weakref
import zipfile

import cv2
import numpy as np
import pytest

from engine.faces import detection, gallery, pixels, samples, stream


@pytest.fixture
def face():
    return samples.face()


def test_the_astronaut_has_one_face_where_it_is():
    found = detection.Detector(detection.Settings()).find(samples.picture())
    assert found.words == "1 face in the picture"
    x, y, width, height = found.boxes[0]
    assert x < 224 < x + width  # the middle between her eyes
    assert y < 115 < y + height


@pytest.mark.parametrize(
    ("count", "words"), [(0, "no faces in the picture"), (1, "1 face in the picture"), (3, "3 faces in the picture")]
)
def test_the_number_of_faces_is_said_in_words(count, words):
    assert detection.Faces(np.zeros((count, 4), "int32"), 0.01).words == words


def test_finds_beyond_the_largest_twenty_are_counted():
    found = detection.Detector(detection.Settings(1.1, 0, 30)).find(samples.picture())
    cascade = cv2.CascadeClassifier(cv2.data.haarcascades + "haarcascade_frontalface_default.xml")
    grey = cv2.equalizeHist(cv2.cvtColor(samples.picture(), cv2.COLOR_RGB2GRAY))
    theirs = len(cascade.detectMultiScale(grey, 1.1, 0, minSize=(30, 30)))
    assert theirs > len(found.boxes) == 20
    assert found.words == f"{theirs} faces in the picture, the 20 largest framed"


@pytest.mark.parametrize("shape", [(1, 1600), (1600, 1), (1, 1), (2, 1601)])
def test_a_picture_as_thin_as_a_line_has_no_face_and_no_error(shape):
    found = detection.Detector(detection.Settings()).find(np.zeros((*shape, 3), np.uint8), 800)
    assert found.words == "no faces in the picture"


def test_a_picture_without_a_face_has_none():
    assert len(detection.Detector(detection.Settings()).find(np.full((200, 200, 3), 128, np.uint8)).boxes) == 0


def test_twenty_five_faces_are_capped():
    one = cv2.resize(samples.picture()[40:190, 150:300], (120, 120))
    crowd = np.tile(one, (5, 5, 1))
    found = detection.Detector(detection.Settings(minNeighbors=1)).find(crowd)
    assert len(found.boxes) == detection.MAX_FACES


def test_the_boxes_are_those_of_opencv():
    grey = cv2.equalizeHist(cv2.cvtColor(samples.picture(), cv2.COLOR_RGB2GRAY))
    cascade = cv2.CascadeClassifier(cv2.data.haarcascades + "haarcascade_frontalface_default.xml")
    settings = detection.Settings(1.2, 1, 30)
    theirs = cascade.detectMultiScale(grey, 1.2, 1, minSize=(30, 30))
    ours = detection.Detector(settings).find(samples.picture()).boxes
    assert sorted(map(tuple, ours.tolist())) == sorted(map(tuple, theirs.tolist()))


def test_a_tilted_face_is_cut_out_level():
    turn = cv2.getRotationMatrix2D((224, 115), 10, 1)
    tilted = cv2.warpAffine(samples.picture(), turn, (512, 512))
    detector = detection.Detector(detection.Settings())
    box = detector.find(tilted).boxes[0]
    level = detector.crop(tilted, box)
    assert level.shape == (96, 96, 3)
    assert abs(detector._tilt(tilted, box)) > abs(detector._tilt(level, np.array([0, 0, 96, 96])))


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        (detection.Settings(scaleFactor=1.0), "scaleFactor 1 "),
        (detection.Settings(minNeighbors=-1), "minNeighbors -1"),
        (detection.Settings(minSize=4), "minSize 4"),
    ],
)
def test_an_impossible_setting_is_named(settings, named):
    with pytest.raises(ValueError, match=named):
        detection.Detector(settings)


def test_blur_lowers_the_sharpness_and_scipy_agrees(face):
    assert detection.sharpness(cv2.GaussianBlur(face, (0, 0), 3)) < detection.sharpness(face) / 10
    assert detection.check_sharpness(face).passed


@pytest.mark.parametrize("seed", range(5))
def test_the_question_is_answered_by_the_cascade(seed):
    question = samples.question(detection.Settings(), seed)
    assert question.answer in question.choices


@pytest.mark.parametrize("seed", range(5))
def test_the_usual_reason_is_given_with_the_usual_settings(seed):
    question = samples.question(detection.Settings(), seed)
    assert (question.answer, question.why) == list(detection.REASONS.values())[seed]


@pytest.mark.parametrize(
    ("settings", "change", "answer", "reason"),
    [
        (detection.Settings(minSize=400), "mirrored", detection.NO, "no faces in the picture as it is"),
        (detection.Settings(minNeighbors=0), "upside down", detection.YES, "agree by chance"),
    ],
    ids=["strict", "eager"],
)
def test_where_the_settings_turn_the_answer_round_the_reason_speaks_of_them(settings, change, answer, reason):
    question = samples.question(settings, list(detection.CHANGES).index(change))
    assert question.answer == answer and reason in question.why


@pytest.mark.parametrize("plane", pixels.PLANES)
@pytest.mark.parametrize("size", pixels.SIZES)
def test_a_smaller_picture_holds_the_means_of_its_blocks(face, plane, size):
    trace = pixels.trace(face, plane, int(size))
    assert trace.check.passed
    assert trace.small.shape == (int(size), int(size), 1)
    assert trace.small[0, 0, 0] == pytest.approx(trace.plane[: trace.block, : trace.block].mean(), rel=1e-5)
    assert trace.histogram.sum() == trace.plane.size


# ---- the gallery ----


def test_the_zip_has_a_folder_per_person_and_a_table(face):
    kept = gallery.Gallery()
    for person in ("Ada", "Ada", "Grace"):
        kept.add(person, face, 120, 35.0, "camera")
    with zipfile.ZipFile(io.BytesIO(kept.archive())) as archive:
        assert archive.namelist() == ["Ada/001.png", "Ada/002.png", "Grace/001.png", "faces.csv"]
        stored = cv2.imdecode(np.frombuffer(archive.read("Grace/001.png"), np.uint8), cv2.IMREAD_COLOR_RGB)
        rows = list(csv.DictReader(io.StringIO(archive.read("faces.csv").decode())))
    np.testing.assert_array_equal(stored, face)
    assert [row["person"] for row in rows] == ["Ada", "Ada", "Grace"]


@pytest.mark.parametrize("name", ["../../etc/passwd", 'a/b\\c"d', "..", "CON:", "=1+1", "日本 語", "x\x00\ny"])
def test_a_strange_name_makes_a_harmless_folder_and_cell(name, face):
    kept = gallery.Gallery()
    kept.add(name, face, 120, 35.0, "camera")
    with zipfile.ZipFile(io.BytesIO(kept.archive())) as archive:
        path, table = archive.namelist()
        row = next(csv.DictReader(io.StringIO(archive.read(table).decode())))
    assert re.fullmatch(r"[\w -]+/001\.png", path)
    assert row["person"][0] not in "=+-@"


def test_names_that_look_alike_as_folders_stay_apart(face):
    kept = gallery.Gallery()
    for name in ("a/b", "a:b", "A_b"):
        kept.add(name, face, 120, 35.0, "camera")
    with zipfile.ZipFile(io.BytesIO(kept.archive())) as archive:
        folders = {name.split("/")[0].lower() for name in archive.namelist()[:-1]}
    assert len(folders) == 3


@pytest.mark.parametrize(
    ("name", "sentence"), [("", "give the person a name"), (" \n", "give the person"), ("x" * 300, "300 characters")]
)
def test_a_name_that_is_none_is_refused(name, sentence, face):
    with pytest.raises(ValueError, match=sentence):
        gallery.Gallery().add(name, face, 120, 35.0, "camera")


def test_a_full_gallery_says_so_and_loses_nothing(face):
    kept = gallery.Gallery()
    for k in range(gallery.MAX_FACES):
        kept.add(f"p{k % gallery.MAX_PEOPLE}", face, 120, 35.0, "camera")
    with pytest.raises(ValueError, match="200 faces already"):
        kept.add("p1", face, 120, 35.0, "camera")
    assert len(kept) == gallery.MAX_FACES


def test_the_last_face_is_the_one_taken_last_whoevers_it_is(face):
    kept = gallery.Gallery()
    assert kept.last() is None
    for person in ("Ada", "Bob", "Ada"):
        last = kept.add(person, face, 100, 50.0, "picture")
    assert kept.last() is last


def test_deleting_everything_frees_the_pixels(face):
    kept = gallery.Gallery()
    weak = weakref.ref(kept.add("Ada", face, 120, 35.0, "camera").pixels)
    kept.clear()
    gc.collect()
    assert len(kept) == 0
    assert weak() is None


# ---- a stream ----


@pytest.fixture
def seats(monkeypatch):
    monkeypatch.setattr(stream, "SEATS", stream.Seats(1))


def play(camera, picture, frames=40):
    for _ in range(frames):
        camera.process(picture)
        time.sleep(0.05)


def test_three_faces_are_taken_by_themselves_half_a_second_apart(seats):
    camera = stream.Stream(gallery.Gallery())
    camera.take("Ada", 3)
    begin = time.monotonic()
    while camera.taking and time.monotonic() - begin < 20:
        play(camera, samples.picture(), 2)
    assert len(camera.gallery) == 3
    assert time.monotonic() - begin >= 2 * stream.EVERY
    play(camera, samples.picture(), 15)
    assert len(camera.gallery) == 3


def test_a_stream_that_is_stopped_takes_no_more(seats):
    camera = stream.Stream(gallery.Gallery())
    camera.take("Ada", 20)
    camera.stop()
    play(camera, samples.picture(), 3)
    assert len(camera.gallery) == camera.taking == 0


def test_a_blurred_face_is_not_taken_and_it_is_said_why(seats):
    camera = stream.Stream(gallery.Gallery())
    camera.take("Ada", 1)
    play(camera, cv2.GaussianBlur(samples.picture(), (0, 0), 5), 3)
    assert len(camera.gallery) == 0
    assert "too blurred" in camera.notice


def test_a_stream_beyond_the_cap_is_refused_until_a_place_is_free(seats, monkeypatch):
    first, second = stream.Stream(gallery.Gallery()), stream.Stream(gallery.Gallery())
    first.process(samples.picture())
    second.process(samples.picture())
    assert second.refused and not first.refused
    monkeypatch.setattr(stream, "QUIET", 0.0)
    second.process(samples.picture())
    assert not second.refused


def test_nothing_holds_on_to_the_faces_of_a_session_that_is_gone(seats):
    kept = gallery.Gallery()
    camera = stream.Stream(kept)
    camera.take("Ada", 1)
    play(camera, samples.picture(), 3)
    assert len(kept) == 1
    weak = weakref.ref(kept)
    del kept, camera
    gc.collect()
    assert weak() is None
