"""The verification page under a real mouse: neighbours without the server, a live training, scrubbing."""

import re

from playwright.sync_api import expect

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
