"""The pad by finger and by keyboard, on the page that mounts it."""

import re

from playwright.sync_api import expect

PAD = "[data-scene=pad]"
EMPTY = "Draw something"
MAP = "figure.result .caption"


def opened(visit, app_url):
    visit.open(f"{app_url}/convolution?image=draw+a+picture")
    expect(visit.page.get_by_text(EMPTY)).to_be_visible()
    return visit.page, visit.page.locator(f"{PAD} canvas").first


def test_a_drawing_is_made_undone_and_cleared_by_keyboard(app_url, desktop):
    page, canvas = opened(desktop, app_url)
    canvas.focus()
    page.keyboard.press("Space")
    for key in ["ArrowRight"] * 6 + ["ArrowDown"] * 6:
        page.keyboard.press(key)
    expect(page.locator(f"{PAD} .place")).to_have_text(re.compile("drawing$"))
    expect(page.locator(MAP)).to_have_text("feature map 26 × 26", timeout=90_000)
    canvas.focus()
    page.keyboard.press("Control+z")
    expect(page.get_by_text(EMPTY)).to_be_visible()
    assert not desktop.errors


def test_the_clear_button_empties_the_pad_and_undo_brings_the_drawing_back(app_url, desktop):
    page, canvas = opened(desktop, app_url)
    box = canvas.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator(MAP)).to_be_visible()
    page.get_by_role("button", name="Clear").click()
    expect(page.get_by_text(EMPTY)).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(MAP)).to_be_visible()


def test_python_hears_of_a_stroke_once_when_it_ends(app_url, desktop):
    page, canvas = opened(desktop, app_url)
    box = canvas.bounding_box()
    asked = len(desktop.sent)
    page.mouse.move(box["x"] + 40, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 160, box["y"] + 120, steps=25)
    page.wait_for_timeout(400)
    assert len(desktop.sent) == asked
    page.mouse.up()
    expect(page.locator(MAP)).to_be_visible()
    assert len(desktop.sent) == asked + 1


def test_on_a_phone_a_finger_draws_and_the_page_stays_where_it_is(app_url, phone):
    page, canvas = opened(phone, app_url)
    assert canvas.evaluate("node => getComputedStyle(node).touchAction") == "none"
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= 390
    page.mouse.click(box["x"] + 60, box["y"] + 60)
    expect(page.locator(MAP)).to_be_attached()
