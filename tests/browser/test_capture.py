"""The face lessons in a real browser whose camera plays a film of a face."""

import io
import re
import shutil
import time
import zipfile

import cv2
import pytest
from playwright.sync_api import TimeoutError, expect

from bench import browsing, film, serving
from engine.faces import samples
from ui import faces as faces_page


@pytest.fixture(scope="module")
def filmed(browser, tmp_path_factory):
    tape = film.write(tmp_path_factory.mktemp("film") / "face.y4m", film.one_face())
    running = film.browser_with_camera(browser, tape)
    yield running
    running.close()


@pytest.fixture
def visit(filmed):
    tab = browsing.Visit(filmed)
    yield tab
    tab.close()


def start(visit, url):
    visit.open(url)
    visit.page.frame_locator("iframe").get_by_text("START").click()
    expect(visit.page.get_by_text("1 face in the picture")).to_be_visible(timeout=60_000)


def faces(page):
    return page.locator("img[alt^='face ']")


def test_faces_are_found_taken_zipped_and_deleted(app_url, visit):
    start(visit, f"{app_url}/capture")
    page = visit.page
    page.get_by_role("button", name="Take 3 faces").click()
    expect(faces(page)).to_have_count(3, timeout=60_000)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download (.zip)").click()
    archive = zipfile.ZipFile(io.BytesIO(download.value.path().read_bytes()))
    assert archive.namelist() == ["Person 1/001.png", "Person 1/002.png", "Person 1/003.png", "faces.csv"]
    page.locator("[class*=st-key-delete-of-Person-1] button").nth(1).click()
    expect(faces(page)).to_have_count(2, timeout=20_000)
    expect(page.locator("img[alt^='face 2']")).to_have_count(0)
    page.get_by_role("button", name="Delete everything").click()
    expect(faces(page)).to_have_count(0, timeout=20_000)
    expect(page.get_by_text("No face kept yet.")).to_be_visible()
    assert not visit.strangers


def test_two_visitors_never_see_each_others_faces_and_a_reload_forgets(app_url, filmed):
    first, second = (browsing.Visit(filmed) for _ in range(2))
    for visit in (first, second):
        visit.open(f"{app_url}/capture?way=sample")
    first.page.get_by_role("button", name="Keep these faces").click()
    expect(faces(first.page)).to_have_count(1)
    second.page.reload()
    second.settle()
    expect(second.page.get_by_text("No face kept yet.")).to_be_visible()
    first.open(first.page.url)
    expect(first.page.get_by_text("No face kept yet.")).to_be_visible()
    for visit in (first, second):
        visit.close()


def begin(tab, url):
    """Ask for the live camera."""
    tab.open(f"{url}/capture")
    tab.page.frame_locator("iframe").get_by_text("START").click()


def upload(page, name, data):
    expect(page.locator("input[type=file]")).to_have_count(1)  # the one that was emptied is gone
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "image/jpeg", "buffer": data})


def jpeg(picture):
    return cv2.imencode(".jpg", picture[:, :, ::-1])[1].tobytes()


def rest_is_alive(page):
    """The lesson beside the camera works: its numbers are drawn, and another way leads to a face."""
    expect(page.locator("[data-scene=window]")).to_be_visible()
    choose(page, "sample")
    expect(page.get_by_text("1 face in the picture")).to_be_visible()


def choose(page, way):
    page.get_by_role("radio", name=way).or_(page.get_by_role("button", name=way, exact=True)).first.click()


# Presses the button at the moment when the camera's picture is drawn, as a person would. It works before that,
# and whenever the dialogue's size changes the browser opens the camera anew: what is photographed then is black.
PHOTOGRAPH = """() => {
    const [video, button] = ["video", "[data-testid=stCameraInputButton]"].map((part) => document.querySelector(part));
    const canvas = Object.assign(document.createElement("canvas"), { width: 32, height: 24 });
    const pen = canvas.getContext("2d");
    if (!video || !button || button.disabled) return false;
    pen.drawImage(video, 0, 0, 32, 24);
    if (pen.getImageData(16, 6, 1, 1).data.slice(0, 3).every((value) => value < 16)) return false;
    button.click();
    return true;
}"""


def test_where_the_network_blocks_the_camera_the_page_offers_photo_and_files_by_itself(app_url, browser, tmp_path):
    tape = film.write(tmp_path / "face.y4m", film.one_face())
    no_udp = ("--force-webrtc-ip-handling-policy", "--webrtc-ip-handling-policy=disable_non_proxied_udp")
    blocked = film.browser_with_camera(browser, tape, *no_udp)
    tab = browsing.Visit(blocked)
    page = tab.page
    tab.open(f"{app_url}/capture")
    asked = time.monotonic()
    page.frame_locator("iframe").get_by_text("START").click()
    expect(page.get_by_text("a network may block it")).to_be_visible(timeout=60_000)
    assert time.monotonic() - asked > faces_page.PATIENCE - 2
    expect(page.get_by_test_id("stCameraInput")).to_be_visible()
    upload(page, "me.jpg", jpeg(samples.picture()))
    page.get_by_role("button", name="Keep these faces").click()
    expect(faces(page)).to_have_count(1)
    page.get_by_role("button", name="Try the live camera again").click()
    expect(page.frame_locator("iframe").get_by_text("START")).to_be_visible()
    expect(faces(page)).to_have_count(1)
    assert not tab.errors
    blocked.close()


def test_a_photograph_is_taken_without_webrtc(app_url, visit):
    visit.open(f"{app_url}/capture?way=photo")
    page = visit.page
    for attempt in range(3):  # a camera that begins while the browser is busy may stay black; a person begins anew
        try:
            page.wait_for_function(PHOTOGRAPH, timeout=20_000)
            break
        except TimeoutError:
            assert attempt < 2, page.get_by_test_id("stCameraInput").inner_html()
            page.reload()
            visit.settle()
    expect(page.get_by_text("1 face in the picture")).to_be_visible()
    page.get_by_role("button", name="Keep these faces").click()
    expect(faces(page)).to_have_count(1)
    assert not visit.errors


def test_a_refused_camera_is_said_and_the_rest_is_alive(app_url, browser):
    flags = [*browsing.FLAGS, "--use-fake-device-for-media-stream"]  # a camera, but nobody who allows it
    refusing = browser.browser_type.launch(executable_path=browsing.executable(), args=flags)
    tab = browsing.Visit(refusing)
    begin(tab, app_url)
    expect(tab.page.get_by_text("The camera was refused.")).to_be_visible()
    rest_is_alive(tab.page)
    refusing.close()


def test_a_visitor_without_a_camera_is_shown_another_way(app_url, new_visit):
    tab = new_visit()
    tab.open(f"{app_url}/capture")
    expect(tab.page.get_by_text("No camera? Choose")).to_be_visible()
    tab.page.frame_locator("iframe").get_by_text("START").click()
    expect(tab.page.get_by_text("No camera was found.")).to_be_visible()
    rest_is_alive(tab.page)


KEEP_TRACKS = """
    const ask = navigator.mediaDevices?.getUserMedia.bind(navigator.mediaDevices);
    if (ask) navigator.mediaDevices.getUserMedia = async (wanted) => {
        const stream = await ask(wanted);
        window.tracks = stream.getTracks();
        return stream;
    };
"""


def test_a_camera_that_is_unplugged_is_said_and_the_faces_are_kept(app_url, visit):
    visit.page.add_init_script(KEEP_TRACKS)
    start(visit, f"{app_url}/capture")
    page = visit.page
    page.get_by_role("button", name="Take 3 faces").click()
    expect(faces(page)).to_have_count(3, timeout=60_000)
    for frame in page.frames:
        frame.evaluate("window.tracks?.forEach(track => track.stop())")
    expect(page.get_by_text("No picture comes from the camera")).to_be_visible()
    expect(faces(page)).to_have_count(3)
    expect(page.get_by_role("button", name="Download (.zip)")).to_be_visible()
    rest_is_alive(page)


def test_twenty_faces_are_counted_in_words_and_one_is_taken(app_url, browser, tmp_path):
    crowded = film.browser_with_camera(browser, film.write(tmp_path / "crowd.y4m", film.crowd()))
    tab = browsing.Visit(crowded)
    begin(tab, app_url)
    page = tab.page
    expect(page.get_by_text(re.compile(r"(19|20) faces in the picture"))).to_be_visible(timeout=60_000)
    page.get_by_role("button", name="Take 3 faces").click()
    expect(faces(page)).to_have_count(3, timeout=60_000)
    choose(page, "files")
    upload(page, "class.jpg", jpeg(film.crowd()))
    expect(page.get_by_text("20 faces in the picture")).to_be_visible()
    page.get_by_role("button", name="Keep these faces").click()
    expect(faces(page)).to_have_count(23)
    assert not tab.errors
    crowded.close()


def test_a_photograph_of_fifty_megapixels_is_searched_and_a_broken_one_refused_in_words(app_url, new_visit):
    tab = new_visit()
    tab.open(f"{app_url}/capture?way=files")
    page = tab.page
    large = cv2.copyMakeBorder(cv2.resize(samples.picture(), (5800, 5800)), 0, 0, 1450, 1450, cv2.BORDER_REPLICATE)
    upload(page, "large.jpg", jpeg(large))
    expect(page.get_by_text("1 face in the picture")).to_be_visible(timeout=60_000)
    for name, data, said in (
        ("cut.jpg", jpeg(samples.picture())[:4000], "broken or cut off"),
        ("words.jpg", b"no picture at all", "not a picture that can be read"),
    ):
        page.reload()
        tab.settle()
        upload(page, name, data)
        expect(page.get_by_text(said)).to_be_visible()
        expect(page.get_by_text("No face kept yet.")).to_be_visible()
        expect(page.locator("[data-scene=window]")).to_be_visible()
    assert not tab.errors


def test_a_strange_name_ends_up_harmless_in_the_zip_and_a_long_one_is_refused(app_url, new_visit):
    tab = new_visit()
    tab.open(f"{app_url}/capture?way=sample")
    page, field = tab.page, tab.page.get_by_label("Person", exact=True)
    field.fill("x" * 300)
    field.press("Enter")
    page.get_by_role("button", name="Keep these faces").click()
    expect(page.get_by_text("a name of 300 characters is too long")).to_be_visible()
    field.fill('../../O\'Hara "<b>" \\ *x*')
    field.press("Enter")
    expect(page.get_by_text("a name of 300 characters is too long")).to_have_count(0)
    page.get_by_role("button", name="Keep these faces").click()
    expect(faces(page)).to_have_count(1)
    expect(page.get_by_text('../../O\'Hara "<b>" \\ *x*')).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download (.zip)").click()
    archive = zipfile.ZipFile(io.BytesIO(download.value.path().read_bytes()))
    picture, table = archive.namelist()
    assert re.fullmatch(r"[\w -]+/001\.png", picture) and table == "faces.csv"


# In the server and its workers: names every file that is opened to be written, also one that never gets a name.
# Libraries write too: Python to try a temporary folder, TensorFlow the source that it makes of its functions.
WATCHER = """
import os, sys

def callers(frame):
    while frame:
        yield frame.f_code.co_name
        frame = frame.f_back

def watch(event, details):
    if event == "open" and isinstance(details[2], int) and details[2] & (os.O_WRONLY | os.O_RDWR):
        path = os.path.abspath(os.fsdecode(details[0])) if isinstance(details[0], str | bytes) else ""
        if path.startswith((os.environ["WATCHED"], os.environ["TMPDIR"])):
            library = {"_get_default_tempdir", "load_source"} & set(callers(sys._getframe()))
            print("LIBRARY" if library else "WRITES", path, flush=True)

sys.addaudithook(watch)
"""


def test_nothing_is_written_while_faces_are_taken(filmed, tmp_path, monkeypatch):
    """Neither below the working folder nor in the temporary one; both are this server's own, so nobody else writes."""
    app, scratch, site = (tmp_path / name for name in ("app", "scratch", "site"))
    for part in ("engine", "ui", "pages", "data", ".streamlit"):
        shutil.copytree(serving.ROOT / part, app / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(serving.ROOT / "app.py", app)
    scratch.mkdir()
    site.mkdir()
    (site / "sitecustomize.py").write_text(WATCHER)
    before = files(app)
    for name, value in {"TMPDIR": scratch, "WATCHED": app, "PYTHONPATH": site}.items():
        monkeypatch.setenv(name, str(value))
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("GLASSBOX_WORKERS", "1")
    large = cv2.imencode(".png", cv2.resize(samples.picture(), (1500, 1500))[:, :, ::-1])[1].tobytes()
    assert len(large) > 2_000_000
    with serving.serve(app / "app.py") as server:
        visit = browsing.Visit(filmed)
        start(visit, f"{server.url}/capture")
        page = visit.page
        page.get_by_role("button", name="Take 3 faces").click()
        expect(faces(page)).to_have_count(3, timeout=60_000)
        choose(page, "files")
        upload(page, "large.jpg", large)
        page.get_by_role("button", name="Keep these faces").click()
        expect(faces(page)).to_have_count(4)
        with page.expect_download():
            page.get_by_role("button", name="Download (.zip)").click()
        log = server.log.read_text()
        visit.close()
        assert "WRITES" not in log and "LIBRARY" in log
        assert all(path.name.startswith("__autograph") for path in dict(files(scratch)))
        assert files(app) == before
    assert "Person 1" not in log and "large.jpg" not in log


def files(folder):
    return {(path, path.stat().st_mtime_ns) for path in folder.rglob("*") if path.is_file()}


COUNTER = """
import gc, os, pathlib, sys, threading, time

def count():
    while True:
        Face = getattr(sys.modules.get("engine.faces.gallery"), "Face", None)  # None until the module is loaded
        if Face:
            from streamlit.runtime import get_instance
            faces = sum(type(thing) is Face for thing in gc.get_objects())
            files = sum(map(len, list(get_instance().uploaded_file_mgr.file_storage.values())))
            zips = len(get_instance().media_file_mgr._storage._files_by_id)
            pathlib.Path(os.environ["FACES_ALIVE"]).write_text(f"{faces} faces, {files} files, {zips} zips")
        time.sleep(0.3)

if "streamlit" in sys.orig_argv:  # the server, not its workers
    threading.Thread(target=count, daemon=True).start()
"""


def test_deleting_everything_and_closing_the_page_leave_nothing_in_the_server(browser, tmp_path, monkeypatch):
    """Nobody else visits, so nothing but the server itself can notice that the page is closed."""
    (tmp_path / "sitecustomize.py").write_text(COUNTER)
    alive = tmp_path / "alive"
    alive.touch()  # the first count comes later
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("FACES_ALIVE", str(alive))
    monkeypatch.setenv("STREAMLIT_SERVER_DISCONNECTED_SESSION_TTL", "3")  # seconds for a lost connection to come back
    monkeypatch.setenv("GLASSBOX_WORKERS", "1")
    with serving.serve() as server:
        tab = browsing.Visit(browser)
        tab.open(f"{server.url}/capture?way=files")
        for end in ("delete", "close"):
            upload(tab.page, "me.jpg", jpeg(samples.picture()))
            tab.page.get_by_role("button", name="Keep these faces").click()
            expect(faces(tab.page)).to_have_count(1)
            with tab.page.expect_download():
                tab.page.get_by_role("button", name="Download (.zip)").click()
            until(lambda: alive.read_text() == "1 faces, 1 files, 1 zips")
            if end == "delete":
                tab.page.get_by_role("button", name="Delete everything").click()
                expect(tab.page.get_by_text("1 face in the picture")).to_have_count(0)
            else:
                tab.close()
            until(lambda: alive.read_text() == "0 faces, 0 files, 0 zips", end)


def until(holds, what="", seconds=60):
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, what
        time.sleep(0.2)
