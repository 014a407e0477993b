"""The verification page under a real mouse: neighbours without the server, a live training, scrubbing."""

import re

import cv2
import numpy as np
from playwright.sync_api import expect
from skimage import data

from engine.faces import samples
from ui.catalogue import BY_URL

MAP = "[data-scene=map]"


def opened(visit, url):
    visit.open(url)
    expect(visit.page.locator(MAP)).to_have_attribute("data-points", re.compile(r"\d+"), timeout=90_000)
    return visit.page


def test_pointing_at_pictures_shows_their_neighbours_without_the_server(app_url, desktop):
    page = opened(desktop, f"{app_url}/verify")
    expect(page.get_by_text("raw pixels").first).to_be_visible(timeout=30_000)
    box = page.locator(f"{MAP} canvas.above").bounding_box()
    asked, seen = len(desktop.sent), set()
    for column in range(1, 24):
        page.mouse.move(box["x"] + column * box["width"] / 24, box["y"] + box["height"] / 2)
        seen.add(page.locator(MAP).get_attribute("data-selected"))
    assert len(seen - {"", None}) >= 5
    page.get_by_role("searchbox").fill("8 · 1")
    page.get_by_role("searchbox").press("Enter")
    expect(page.locator(f"{MAP} ol li")).to_have_count(8)
    assert len(desktop.sent) == asked and not desktop.errors


def test_training_moves_the_points_and_can_be_scrubbed_back_without_the_server(app_url, desktop):
    page = opened(desktop, f"{app_url}/verify?epochs=1")
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.get_by_role("button", name="Train again")).to_be_visible(timeout=90_000)
    expect(page.get_by_text("Step 30 of 30")).to_be_visible()
    slider = page.locator(f"{MAP} input[type=range]")
    expect(slider).to_be_visible(timeout=20_000)
    asked = len(desktop.sent)
    slider.focus()
    page.keyboard.press("Home")
    expect(page.locator(MAP)).to_have_attribute("data-frame", "0")
    page.keyboard.press("End")
    expect(page.locator(MAP)).to_have_attribute("data-frame", "30")
    assert len(desktop.sent) == asked and not desktop.errors


def test_the_page_fits_a_phone(app_url, phone):
    page = opened(phone, f"{app_url}/verify")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def six(face):
    """A photograph of six people who look the same, as a file: `face`, (h, w, 3) uint8, in two rows of three."""
    framed = cv2.copyMakeBorder(cv2.resize(face, (192, 180)), 20, 20, 20, 20, cv2.BORDER_REPLICATE)
    return cv2.imencode(".jpg", np.tile(framed, (2, 3, 1))[:, :, ::-1])[1].tobytes()


def collect(page, person, photograph, total):
    """Keep the six faces of a photograph under a person's name."""
    name = page.get_by_label("Person", exact=True)
    name.fill(person)
    name.press("Enter")
    file = {"name": f"{person}.jpg", "mimeType": "image/jpeg", "buffer": photograph}
    page.locator("input[type=file]").set_input_files(file)
    expect(page.get_by_text("6 faces in the picture")).to_be_visible()
    page.get_by_role("button", name="Keep these faces").click()
    expect(page.locator("img[alt^='face ']")).to_have_count(total)
    page.get_by_role("button", name=f"Remove {person}.jpg").click()
    expect(page.get_by_text("6 faces in the picture")).to_have_count(0)


def test_faces_that_a_visit_has_collected_are_trained_on_in_it_and_in_no_other(app_url, desktop, new_visit):
    desktop.open(f"{app_url}/capture?way=files")
    page = desktop.page
    collect(page, "Eileen", six(samples.picture()[25:205, 130:322]), 6)
    collect(page, "Somebody", six(np.repeat(np.uint8(data.lfw_subset()[0] * 255)[:, :, None], 3, 2)), 12)
    page.locator("[data-testid=stSidebarNavLink]", has_text=BY_URL["verify"].title).click()
    page.get_by_role("button", name="Own faces").click()
    expect(page.locator(f"{MAP} .group")).to_have_text(["Eileen", "Somebody"])
    page.get_by_role("button", name="One batch").click()
    expect(page.get_by_text("Step 1 of 300")).to_be_visible()
    expect(page.get_by_text("Step 1: 12 pairs of seen classes")).to_be_visible()
    slider, ground = page.locator(f"{MAP} input[type=range]"), page.locator(f"{MAP} canvas").first
    slider.press("Home")
    expect(page.locator(MAP)).to_have_attribute("data-frame", "0")
    untrained = ground.screenshot()
    slider.press("End")
    expect(page.locator(MAP)).to_have_attribute("data-frame", "1")
    page.wait_for_timeout(1000)  # the points are on their way
    assert ground.screenshot() != untrained
    assert not desktop.errors
    stranger = opened(new_visit(), page.url)
    expect(stranger.get_by_text("Not enough own faces yet")).to_be_visible()
    expect(stranger.locator(f"{MAP} .group").first).to_have_text("0")
