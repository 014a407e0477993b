"""The lesson on vanishing gradients under a real mouse and keyboard."""

import re

from playwright.sync_api import expect

URL = "vanishing-gradients"


def lines(page):
    return page.locator("[data-scene=timeline] .lines")


def readout(page):
    return page.locator("[data-scene=timeline] .readout[data-row=gradients] b")


def test_hovering_a_step_reads_every_cell_off_without_the_server(app_url, desktop):
    desktop.open(f"{app_url}/{URL}")
    page = desktop.page
    expect(lines(page)).to_contain_text("RNN tanh |∂L/∂h1| = 7.7e−4 ≤ 1.1, 7.0e−4 × the last")
    expect(readout(page)).to_have_text(["7.7e−4", "6.6e−6", "4.6e−11", "2.5e−5"])
    asked = len(desktop.sent)
    box = page.locator("[data-scene=timeline] .stage").bounding_box()
    page.mouse.move(box["x"] + 112 + (box["width"] - 190) * 49.5 / 50, box["y"] + 100)
    expect(lines(page)).to_contain_text("|∂L/∂h50| = 1.1 ≤ 1.1, 1 × the last")
    page.locator("[data-scene=timeline] .stage").focus()
    page.keyboard.press("Home")
    expect(lines(page)).to_contain_text("|∂L/∂h1|")
    page.keyboard.press("ArrowRight")
    expect(lines(page)).to_contain_text("|∂L/∂h2|")
    assert len(desktop.sent) == asked
    assert not desktop.errors


def test_the_strip_is_worked_out_step_by_step(app_url, desktop):
    desktop.open(f"{app_url}/{URL}?picture=Factors")
    page = desktop.page
    expect(lines(page)).to_contain_text("1.0000 · 0.8000 = 0.8000")
    page.locator("[data-scene=timeline] .stage").focus()
    page.keyboard.press("Home")
    expect(lines(page)).to_contain_text("0.0100 · 0.0100 = 1.0e−4")


def test_a_training_that_explodes_is_said_scrubbed_and_shows_no_nan(app_url, desktop):
    desktop.open(f"{app_url}/{URL}")
    page = desktop.page
    page.get_by_role("button", name="Exploding", exact=True).click()
    expect(page).to_have_url(re.compile("scale=2"))
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.get_by_text("ReLU exploded").first).to_be_visible(timeout=60_000)
    expect(page.get_by_role("button", name="Train again")).to_be_visible(timeout=60_000)
    expect(page.get_by_text("had exploded and are no numbers any more: one update")).to_be_visible(timeout=20_000)
    slider = page.get_by_role("slider", name="Moment of the training")
    expect(slider).to_be_enabled()
    asked = len(desktop.sent)
    slider.focus()
    page.keyboard.press("Home")
    expect(lines(page)).to_contain_text("RNN ReLU |∂L/∂h1| = 1.1e4")
    page.keyboard.press("End")
    expect(lines(page)).to_contain_text("exploded: its weights are no numbers any more")
    assert len(desktop.sent) == asked
    assert not re.search(r"\bnan\b|not a number", page.locator("[data-testid=stMain]").inner_text(), re.IGNORECASE)
    assert not desktop.errors


def test_on_a_phone_the_curves_fit_and_come_before_the_controls(app_url, phone):
    phone.open(f"{app_url}/{URL}")
    picture = phone.page.locator("[data-scene=timeline]").bounding_box()
    controls = phone.page.get_by_role("slider", name="Letters in a sequence").bounding_box()
    assert picture["y"] < controls["y"]
    assert picture["x"] + picture["width"] <= 390
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= 390
