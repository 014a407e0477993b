"""The lesson on the GRU and its relatives under a real mouse and keyboard."""

import io
import re

import numpy as np
from PIL import Image
from playwright.sync_api import expect

PAGE = "gru-bidirectional-deep"
BOTH = f"{PAGE}?view=two+directions&edit=5&into=market"


FORMULA_ENDS = """() => Math.max(
  ...[...document.querySelectorAll('.katex-html .base')].map((part) => part.getBoundingClientRect().right))"""


def line(page, k):
    return page.locator("[data-scene=timeline] .lines .line").nth(k)


def number(text):
    return float(text.replace("−", "-"))


def steps(page, count=7):
    return page.get_by_role("group", name=re.compile(f"{count} steps"))


def test_the_numbers_of_a_step_give_the_state_that_is_shown(app_url, desktop):
    desktop.open(f"{app_url}/{PAGE}")
    page = desktop.page
    asked = len(desktop.sent)
    steps(page).focus()
    for key, step in [("End", 7), ("ArrowLeft", 6), ("Home", 1), ("ArrowRight", 2)]:
        page.keyboard.press(key)
        expect(page.locator("[data-scene=timeline] .where")).to_have_text(f"word {step} of 7")
        found = [number(text) for text in line(page, 3).locator(".number").all_text_contents()
                 for text in [text.strip("()")]]  # fmt: skip
        z, old, rest, candidate, state = found
        assert abs(z * old + rest * candidate - state) < 2e-4 and abs(z + rest - 1) < 2e-4
        shown = page.locator("[data-scene=timeline] .readout[data-row='row h'] b").text_content()
        assert number(shown) == state
    assert len(desktop.sent) == asked and not desktop.errors


def test_the_mouse_finds_who_can_know_of_the_changed_word(app_url, desktop):
    desktop.open(f"{app_url}/{BOTH}")
    page = desktop.page
    expect(line(page, 3)).to_have_text(re.compile(r"moves h→2 by up to 0\.0000 and h←2 by up to 0\.0[1-9]"))
    expect(line(page, 0)).to_have_text(re.compile("h→2 has read “the bank”.*h←2 has read “bank by the market … ”"))
    asked = len(desktop.sent)
    stage = page.locator("[data-scene=timeline] .stage").bounding_box()
    page.mouse.move(stage["x"] + stage["width"] - 100, stage["y"] + stage["height"] - 20)
    expect(line(page, 3)).to_have_text(re.compile(r"moves h→7 by up to 0\.0[1-9]\d* and h←7 by up to 0\.0000"))
    expect(line(page, 0)).to_have_text(re.compile("h←7 has read “closed”"))
    assert len(desktop.sent) == asked and not desktop.errors


def test_up_and_down_pick_a_unit_in_every_layer_of_the_stack(app_url, desktop):
    desktop.open(f"{app_url}/{PAGE}?view=stacked")
    page = desktop.page
    readout = page.locator("[data-scene=timeline] .readout[data-row='layer 3']")
    expect(readout.locator("small")).to_have_text("unit 1")
    asked = len(desktop.sent)
    steps(page).focus()
    page.keyboard.press("ArrowDown")
    expect(readout.locator("small")).to_have_text("unit 2")
    expect(line(page, 0)).to_have_text(re.compile(f"= {readout.locator('b').text_content()}$"))
    assert len(desktop.sent) == asked


def test_a_preset_writes_a_link_that_shows_the_same(app_url, desktop):
    desktop.open(f"{app_url}/{PAGE}")
    page = desktop.page
    page.get_by_role("button", name="Last word").click()
    expect(page).to_have_url(re.compile("into=muddy"))
    expect(line(page, 3)).to_have_text(re.compile(r"h→2 by up to 0\.0000"))
    numbers = line(page, 3).text_content()
    desktop.open(page.url)
    expect(line(page, 3)).to_have_text(numbers)


def test_every_view_is_whole_at_1280_by_800_and_fits_a_phone(app_url, desktop, phone):
    for view in ("GRU+gates", "GRU+beside+LSTM", "two+directions", "stacked"):
        desktop.open(f"{app_url}/{PAGE}?view={view}")
        box = desktop.page.locator("[data-scene=timeline]").bounding_box()
        assert box["y"] + box["height"] <= 800, view
    phone.open(f"{app_url}/{PAGE}?view=two+directions")
    box = phone.page.locator("[data-scene=timeline]").bounding_box()
    assert box["x"] + box["width"] <= 390 and not phone.errors
    for view in ("GRU+gates", "GRU+beside+LSTM", "stacked"):
        phone.open(f"{app_url}/{PAGE}?view={view}")
        expect(phone.page.locator(".katex-html .base").first).to_be_visible()
        assert phone.page.evaluate(FORMULA_ENDS) <= 390, view


def test_the_candidate_has_its_tilde_beside_its_row(app_url, desktop):
    desktop.open(f"{app_url}/{PAGE}")
    page = desktop.page
    names = page.locator("[data-scene=timeline] .gutter .symbol")
    tops = {name: top(page, names.nth(k)) for k, name in enumerate(names.all_text_contents())}
    assert tops["h̃"] <= tops["h"] - 2, tops


def top(page, symbol):
    """In which row of pixels a symbol begins, counted from 4 px above its box."""
    box = symbol.bounding_box()
    clip = {"x": box["x"], "y": box["y"] - 4, "width": 12, "height": 14}
    pixels = np.asarray(Image.open(io.BytesIO(page.screenshot(clip=clip))).convert("L"), int)
    return int((pixels < pixels.max() - 40).any(1).argmax())
