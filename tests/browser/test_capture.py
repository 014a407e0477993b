"""The face lessons in a real browser whose camera plays a film of a face."""

import io
import zipfile

import pytest
from playwright.sync_api import expect

from bench import browsing, film, serving


@pytest.fixture(scope="module")
def filmed(browser, tmp_path_factory):
    running = film.browser_with_camera(browser, film.write(tmp_path_factory.mktemp("film") / "face.y4m"))
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
    page.get_by_role("button", name="Delete", exact=True).first.click()
    expect(faces(page)).to_have_count(2, timeout=20_000)
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


def test_a_visitor_without_a_camera_is_shown_another_way(app_url, new_visit):
    tab = new_visit()
    tab.open(f"{app_url}/capture")
    expect(tab.page.get_by_text("No camera? Choose")).to_be_visible()
    tab.page.get_by_role("radio", name="sample").or_(
        tab.page.get_by_role("button", name="sample", exact=True)
    ).first.click()
    expect(tab.page.get_by_text("1 face in the picture")).to_be_visible()


def test_nothing_is_written_while_faces_are_taken(filmed, tmp_path, monkeypatch):
    """Neither below the working folder nor in the server's own temporary folder."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    before = pictures(serving.ROOT)
    monkeypatch.setenv("TMPDIR", str(scratch))
    monkeypatch.setenv("GLASSBOX_WORKERS", "1")
    with serving.serve() as server:
        visit = browsing.Visit(filmed)
        start(visit, f"{server.url}/capture")
        visit.page.get_by_role("button", name="Take 3 faces").click()
        expect(faces(visit.page)).to_have_count(3, timeout=60_000)
        log = server.log.read_text()
        visit.close()
        assert pictures(scratch) == set()
    assert pictures(serving.ROOT) == before
    assert "Person 1" not in log


def pictures(folder):
    kinds = {".png", ".jpg", ".jpeg", ".webp", ".zip", ".csv", ".npy", ".npz", ".pkl"}
    return {path for path in folder.rglob("*") if path.suffix in kinds}
