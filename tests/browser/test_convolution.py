"""The convolution lesson under a real mouse and keyboard."""

import re

from playwright.sync_api import expect

CLASS = "convolution?image=class+6×6"


def cell_of(page, plane, row, column, rows, columns):
    """Move the mouse to the middle of a cell of a plane."""
    box = page.locator(f"[data-scene=window] figure.{plane} .cells").bounding_box()
    page.mouse.move(box["x"] + (column + 0.5) * box["width"] / columns, box["y"] + (row + 0.5) * box["height"] / rows)


def result(page):
    return page.locator("[data-scene=window] [data-result]")


def test_hovering_a_cell_shows_its_arithmetic_without_the_server(app_url, desktop):
    desktop.open(f"{app_url}/{CLASS}")
    page = desktop.page
    expect(result(page)).to_have_text("386")
    asked = len(desktop.sent)
    for row, column, value in [(0, 2, "−250"), (1, 1, "248"), (3, 3, "4")]:
        cell_of(page, "result", row, column, 4, 4)
        expect(result(page)).to_have_text(value)
    cell_of(page, "input", 2, 2, 6, 6)
    expect(page.locator("[data-scene=window] .say")).to_have_text("pixel row 3, column 3 feeds 9 output cells")
    cell_of(page, "input", 0, 0, 6, 6)
    expect(page.locator("[data-scene=window] .say")).to_have_text("pixel row 1, column 1 feeds 1 output cell")
    assert len(desktop.sent) == asked and not desktop.errors


def test_arrow_keys_and_the_transport_move_the_window(app_url, desktop):
    desktop.open(f"{app_url}/{CLASS}")
    page = desktop.page
    page.get_by_role("group", name="feature map").focus()
    asked = len(desktop.sent)
    for key, value in [
        ("ArrowRight", "−37"),
        ("ArrowDown", "248"),
        ("ArrowLeft", "229"),
        ("End", "4"),
        ("Home", "386"),
    ]:
        page.keyboard.press(key)
        expect(result(page)).to_have_text(value)
    page.get_by_role("button", name="Step forward").click()
    expect(result(page)).to_have_text("−37")
    page.get_by_role("button", name="Play", exact=True).click()
    expect(result(page)).to_have_text("4", timeout=8000)
    assert len(desktop.sent) == asked


def test_a_typed_kernel_cell_changes_the_map_and_the_link(app_url, desktop):
    desktop.open(f"{app_url}/{CLASS}")
    page = desktop.page
    page.get_by_label("Kernel row 1, column 1").fill("2")
    page.get_by_label("Kernel row 1, column 1").press("Enter")
    expect(result(page)).to_have_text("618")  # 386 + 232
    expect(page).to_have_url(re.compile(r"cells=2.*kernel=custom|kernel=custom.*cells=2"))
    desktop.open(page.url)
    expect(result(page)).to_have_text("618")


def test_the_link_after_a_preset_reproduces_the_picture(app_url, desktop):
    desktop.open(f"{app_url}/{CLASS}")
    page = desktop.page
    page.get_by_role("button", name="Several maps").click()
    expect(page.locator("figure.result .caption")).to_have_text("feature map 64 × 64 · vertical edge")
    expect(page).to_have_url(re.compile("also=sharpen"))
    desktop.open(page.url)
    expect(page.locator("figure.result .caption")).to_have_text("feature map 64 × 64 · vertical edge")
    expect(page.locator("[data-scene=window] .strip button")).to_have_count(4)


def test_a_cell_that_is_no_number_gets_a_sentence_and_can_be_mended(app_url, desktop):
    desktop.open(f"{app_url}/{CLASS}")
    page = desktop.page
    page.get_by_label("Kernel row 2, column 3").fill("many")
    page.get_by_label("Kernel row 2, column 3").press("Enter")
    expect(page.get_by_text("'many' in row 2, column 3 of the kernel is not a number")).to_be_visible()
    page.get_by_role("button", name="Class example").click()
    expect(result(page)).to_have_text("386")


def test_a_slider_redraws_the_map_and_writes_the_link(app_url, desktop):
    desktop.open(f"{app_url}/{CLASS}")
    page = desktop.page
    page.get_by_role("slider", name="Stride").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("figure.result .caption")).to_have_text("feature map 2 × 2")
    expect(page).to_have_url(re.compile("stride=2"))


def test_a_drawing_becomes_the_input(app_url, desktop):
    desktop.open(f"{app_url}/convolution?image=draw+a+picture")
    page = desktop.page
    expect(page.get_by_text("Draw something")).to_be_visible()
    box = page.locator("[data-scene=pad] canvas").first.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.3)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.7, box["y"] + box["height"] * 0.7, steps=8)
    page.mouse.up()
    expect(page.locator("figure.result .caption")).to_have_text("feature map 26 × 26")


def test_on_a_phone_the_picture_comes_before_the_controls(app_url, phone):
    phone.open(f"{app_url}/{CLASS}")
    picture = phone.page.locator("[data-scene=window]").bounding_box()
    controls = phone.page.get_by_role("slider", name="Stride").bounding_box()
    assert picture["y"] < controls["y"] and picture["x"] + picture["width"] <= 390
    cell_of(phone.page, "result", 1, 1, 4, 4)
    expect(result(phone.page)).to_have_text("248")
