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
    expect(page.locator("[data-scene=window] .say")).to_have_text("pixel row 3, column 3 (82) feeds 9 output cells")
    cell_of(page, "input", 0, 0, 6, 6)
    expect(page.locator("[data-scene=window] .say")).to_have_text("pixel row 1, column 1 (232) feeds 1 output cell")
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


def type_weight(page, row, column, text):
    cell = page.get_by_label(f"Kernel row {row}, column {column}")
    cell.fill(text)
    cell.press("Enter")


def test_a_cell_that_is_no_number_is_told_beside_the_kernel_and_can_be_mended_there(app_url, desktop):
    desktop.open(f"{app_url}/{CLASS}")
    page = desktop.page
    type_weight(page, 2, 3, "many")
    expect(page.locator("[data-scene=window] .hint")).to_have_text("“many” is not a number from −1000 to 1000.")
    expect(result(page)).to_have_text("386")
    type_weight(page, 2, 3, "0,5")  # a decimal comma is understood
    expect(result(page)).to_have_text("392")  # 386 + 1.5 × 4


def test_a_cell_typed_into_a_turned_kernel_stays_where_it_was_typed(app_url, desktop):
    desktop.open(f"{app_url}/{CLASS}&flip=true")
    page = desktop.page
    expect(result(page)).to_have_text("−386")
    type_weight(page, 1, 1, "2")
    expect(result(page)).to_have_text("310")  # −386 + 3 × 232
    expect(page.get_by_label("Kernel row 1, column 1")).to_have_value("2")


def test_typing_one_cell_leaves_the_others_exactly_as_they_were(app_url, desktop):
    desktop.open(f"{app_url}/{CLASS}&kernel=Gaussian&k=5")
    page = desktop.page
    type_weight(page, 1, 1, "5")
    expect(page).to_have_url(re.compile(r"cells=5\+0\.015625\+0\.0234375\+0\.015625\+0\.00390625"))


def test_all_maps_are_seen_at_once_in_colours_of_one_range(app_url, desktop):
    desktop.open(f"{app_url}/convolution?image=class+6×6&also=Laplacian&also=box+blur")
    page = desktop.page
    buttons, ends = page.locator("[data-scene=window] .strip button"), page.locator("[data-scene=window] .scale")
    expect(buttons.locator("canvas")).to_have_count(3)
    widest = ends.inner_text()
    for name in ("Laplacian", "box blur"):
        buttons.filter(has_text=name).click()
        expect(page.locator("figure.result .caption")).to_have_text(f"feature map 4 × 4 · {name}")
        assert ends.inner_text() == widest


COUNT = """(canvas, [red, green, blue]) => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let count = 0;
  for (let k = 0; k < data.length; k += 4)
    count += data[k + 3] > 250 && Math.hypot(data[k] - red, data[k + 1] - green, data[k + 2] - blue) < 12;
  return count;
}"""
ORANGE, INK = [230, 159, 0], [17, 17, 17]


def test_the_frame_of_a_cell_is_seen_on_every_colour_however_small_the_cell(app_url, desktop):
    desktop.open(f"{app_url}/convolution?image=checkerboard&size=128")
    over = desktop.page.locator("figure.result .over")
    assert over.evaluate(COUNT, ORANGE) > 40 and over.evaluate(COUNT, INK) > 20


def test_the_cell_asked_for_stays_marked_when_another_is_looked_at(app_url, desktop):
    desktop.open(f"{app_url}/convolution")
    page = desktop.page
    framed = page.locator("figure.result .over").evaluate(COUNT, ORANGE)
    page.get_by_role("button", name="Ask me").click()
    expect(result(page)).to_have_text("?")
    page.get_by_role("group", name="feature map").focus()
    page.keyboard.press("Home")
    expect(result(page)).not_to_have_text("?")
    assert page.locator("figure.result .over").evaluate(COUNT, ORANGE) > framed + 100


def test_what_is_at_the_same_place_of_input_and_map_looks_so(app_url, desktop):
    for stride, rows in ((1, 26), (3, 9)):
        desktop.open(f"{app_url}/convolution?stride={stride}")
        given, made = (desktop.page.locator(f"figure.{name} .cells").bounding_box() for name in ("input", "result"))
        assert made["height"] / rows == stride * given["height"] / 28


def test_no_number_moves_while_the_window_does(app_url, desktop):
    desktop.open(f"{app_url}/convolution")
    page = desktop.page
    places = set()
    for row, column in [(0, 0), (2, 1), (5, 13), (12, 4), (25, 25)]:
        cell_of(page, "result", row, column, 26, 26)
        boxes = page.locator("[data-scene=window] :is(.matrix, .total)").all()
        places.add(tuple(box.bounding_box()["x"] for box in boxes))
    assert len(places) == 1


def test_planes_and_arithmetic_fit_the_screen_at_both_ends_of_the_settings(app_url, desktop):
    page = desktop.page
    for query in ("size=128&k=2&padding=3", "image=astronaut&size=48&kernel=Gaussian&k=7&padding=3&colour=true"):
        desktop.open(f"{app_url}/convolution?{query}")
        scene = page.locator("[data-scene=window]").bounding_box()
        made, total = (
            page.locator(name).bounding_box() for name in ("figure.result .cells", "[data-scene=window] .total")
        )
        assert made["x"] + made["width"] <= scene["x"] + scene["width"] + 1
        assert total["y"] + total["height"] <= 800


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


def test_on_a_phone_the_name_of_a_map_does_not_push_it_below_its_kernel(app_url, phone):
    phone.open(f"{app_url}/convolution?image=flower&size=64&also=horizontal+edge&padding=same")
    kernel, made = (phone.page.locator(f"figure.{name}").bounding_box() for name in ("kernel", "result"))
    assert made["x"] > kernel["x"] + kernel["width"] and made["x"] + made["width"] <= 390
