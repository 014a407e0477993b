"""The lesson on order under a real mouse and keyboard."""

import re

from playwright.sync_api import expect


def picture(page):
    """The part of the scene that keys go to, once it can be seen and the page below it has been drawn to its end."""
    expect(page.get_by_text("Checked just now").first).to_be_visible()
    stage = page.get_by_role("group", name=re.compile(r"^\d+ steps"))
    expect(stage).to_be_visible()
    return stage


def readout(page, row):
    return page.locator(f"[data-scene=timeline] .readout[data-row={row}] b")


def test_stepping_through_two_sentences_shows_where_they_part_without_the_server(app_url, desktop):
    desktop.open(f"{app_url}/why-order")
    page = desktop.page
    numbers = page.locator("[data-scene=timeline] .numbers")
    expect(numbers).to_contain_text("Here the sentences differ: hot-dog | man")
    stage = picture(page)
    asked, last = len(desktop.sent), readout(page, "first").text_content()
    stage.press("ArrowLeft")
    expect(numbers).to_contain_text("Both sentences have the same word here: eats")
    assert readout(page, "first").text_content() != last
    assert len(desktop.sent) == asked and not desktop.errors


def test_a_preset_unrolls_a_translation_and_the_link_brings_it_back(app_url, desktop):
    desktop.open(f"{app_url}/why-order")
    page = desktop.page
    page.get_by_role("button", name="Other length").click()
    where = page.locator("[data-scene=timeline] .where")
    expect(where).to_contain_text("step 7 of 7")
    expect(page).to_have_url(re.compile("other=$"))  # the last of the settings that the preset changes
    desktop.open(page.url)
    expect(where).to_contain_text("step 7 of 7")
    stage = picture(page)
    asked = len(desktop.sent)
    for _ in range(3):
        stage.press("ArrowLeft")
    expect(page.locator("[data-scene=timeline] .numbers")).to_contain_text("la")
    stage.press("Home")
    expect(page.locator("[data-scene=timeline] .numbers")).to_contain_text("nothing comes out here")
    assert len(desktop.sent) == asked


def test_a_mask_makes_the_state_wait(app_url, desktop):
    desktop.open(f"{app_url}/why-order")
    page = desktop.page
    page.get_by_role("button", name="Padding", exact=True).click()
    where = page.locator("[data-scene=timeline] .where")
    expect(where).to_contain_text("word 7 of 7")
    waiting = readout(page, "hidden").text_content()
    picture(page).press("ArrowLeft")
    expect(where).to_contain_text("word 6 of 7")
    expect(readout(page, "hidden")).to_have_text(waiting)
    page.get_by_text("Mask the padding").click()
    expect(page.get_by_text("Padding is read like a word")).to_be_visible()


def test_on_a_phone_the_picture_comes_before_the_controls(app_url, phone):
    phone.open(f"{app_url}/why-order")
    picture = phone.page.locator("[data-scene=timeline]").bounding_box()
    controls = phone.page.get_by_role("slider", name="Units").bounding_box()
    assert picture["y"] < controls["y"] and picture["x"] + picture["width"] <= 390
