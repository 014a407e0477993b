"""The output-size lesson under a real mouse and keyboard."""

import re

from playwright.sync_api import expect

STACK = "output-size?what=a+stack&tall=300&wide=300&stack=conv 16; pool 2; conv 32; pool 2; conv 64; dense 10"


def hover(page, plane, row, column, rows, columns):
    """Move the mouse to the middle of a cell of a plane."""
    box = cells(page, plane)
    page.mouse.move(box["x"] + (column + 0.5) * box["width"] / columns, box["y"] + (row + 0.5) * box["height"] / rows)


def cells(page, plane):
    """Where the cells of a plane are on the screen."""
    return page.locator(f"[data-scene=window] figure.{plane} .cells").bounding_box()


def says(page, text):
    expect(page.locator("[data-scene=window] .say")).to_have_text(text)


def caption(page, plane, text):
    expect(page.locator(f"[data-scene=window] figure.{plane} .caption")).to_have_text(text)


def test_hovering_tells_who_sees_whom_without_the_server(app_url, desktop):
    desktop.open(f"{app_url}/output-size")
    page = desktop.page
    says(page, "output row 1, column 1 sees rows 1–3, columns 1–3 of the input: 3 × 3 = 9 pixels")
    asked = len(desktop.sent)
    for (row, column), count in {
        (0, 0): "1 × 1 = 1 window",
        (0, 1): "1 × 2 = 2 windows",
        (2, 3): "3 × 3 = 9 windows",
    }.items():
        hover(page, "input", row, column, 6, 6)
        says(page, f"pixel row {row + 1}, column {column + 1} is seen by {count}")
    hover(page, "result", 3, 2, 4, 4)
    says(page, "output row 4, column 3 sees rows 4–6, columns 3–5 of the input: 3 × 3 = 9 pixels")
    assert len(desktop.sent) == asked
    assert not desktop.errors


def test_arrow_keys_step_and_play_move_the_window(app_url, desktop):
    desktop.open(f"{app_url}/output-size?height=8&width=8&stride=2")
    page = desktop.page
    page.get_by_role("group", name="output 3 × 3").focus()
    asked = len(desktop.sent)
    for key, place in [
        ("ArrowRight", "rows 1–3, columns 3–5"),
        ("ArrowDown", "rows 3–5, columns 3–5"),
        ("End", "rows 5–7, columns 5–7"),
    ]:
        page.keyboard.press(key)
        expect(page.locator("[data-scene=window] .say")).to_contain_text(place)
    page.keyboard.press("Home")
    page.get_by_role("button", name="Play", exact=True).click()
    expect(page.locator("[data-scene=window] .say")).to_contain_text("rows 5–7, columns 5–7", timeout=8000)
    hover(page, "input", 7, 7, 8, 8)
    says(page, "pixel row 8, column 8 is seen by 0 × 0 = 0 windows")
    assert len(desktop.sent) == asked


def test_the_row_of_a_layer_shows_what_its_cells_see_without_the_server(app_url, desktop):
    desktop.open(f"{app_url}/{STACK}")
    page = desktop.page
    caption(page, "result", "after conv 64 3×3: 71 × 71")
    asked = len(desktop.sent)
    page.get_by_role("button", name="pool 2×2").last.click()
    caption(page, "result", "after pool 2×2: 73 × 73")
    page.locator("[data-scene=window] .layers tbody tr").first.click()
    caption(page, "result", "after conv 16 3×3: 298 × 298")
    page.get_by_role("group", name="after conv 16").focus()
    page.keyboard.press("Home")
    says(page, "cell row 1, column 1 sees rows 1–3, columns 1–3 of the picture: 3 × 3 = 9 pixels")
    assert len(desktop.sent) == asked
    assert not desktop.errors


def test_a_typed_stack_changes_the_table_and_the_link(app_url, desktop):
    desktop.open(f"{app_url}/{STACK}")
    page = desktop.page
    box = page.get_by_label("Layers", exact=True)
    box.fill("conv 8 5x5 stride 2\npool 3\ndense 4")
    box.press("Control+Enter")
    caption(page, "result", "after pool 3×3: 49 × 49")
    expect(page).to_have_url(re.compile(r"stack=conv\+8"))
    desktop.open(page.url)
    caption(page, "result", "after pool 3×3: 49 × 49")
    box.fill("conv eight")
    box.press("Control+Enter")
    expect(page.get_by_text("say how many filters")).to_be_visible()


def test_the_transposed_preset_shows_the_input_first(app_url, desktop):
    desktop.open(f"{app_url}/output-size")
    page = desktop.page
    page.get_by_role("button", name="Transposed").click()
    caption(page, "input", "input 5 × 5 · cells each one writes")
    small = page.locator("[data-scene=window] figure.input").bounding_box()
    large = page.locator("[data-scene=window] figure.result").bounding_box()
    assert small["x"] < large["x"]
    hover(page, "result", 2, 2, 11, 11)
    says(page, "output row 3, column 3 is the sum of 2 × 2 = 4 windows")


def test_samples_in_a_row_are_called_samples(app_url, desktop):
    desktop.open(f"{app_url}/output-size?data=1-D&width=16&padding=causal&dilation=2")
    says(desktop.page, "output sample 1 sees samples 1, 3, 5 of the padded input: 1 real sample")
    hover(desktop.page, "input", 0, 4, 1, 20)
    says(desktop.page, "input sample 1 is seen by 3 windows")


def test_a_dilated_window_names_the_cells_it_sees_and_no_holes(app_url, desktop):
    for query, seen in {
        "height=11&width=11&dilation=3&rows=1": "row 1, columns 1, 4, 7 of the input: 1 × 3 = 3 pixels",
        "height=90&width=9&rows=15&dilation=6&columns=1&padding=full": "rows 1, 7, 13, …, 85, column 1 of the padded "
        "input: 1 × 1 = 1 real pixel",
    }.items():
        desktop.open(f"{app_url}/output-size?{query}")
        page = desktop.page
        page.get_by_role("group", name="output").focus()
        page.keyboard.press("Home")
        says(page, f"output row 1, column 1 sees {seen}")


def test_samples_in_a_row_make_a_strip_high_enough_to_point_at(app_url, desktop, phone):
    for visit, width in ((desktop, 512), (phone, 60)):
        visit.open(f"{app_url}/output-size?data=1-D&width={width}")
        for plane in ("input", "result"):
            assert cells(visit.page, plane)["height"] >= 32
        hover(visit.page, "input", 0.4, width - 1, 1, width)  # near the lower edge
        says(visit.page, f"input sample {width} is seen by 1 window")


def test_a_picture_of_few_rows_or_columns_is_wide_enough_to_point_at(app_url, desktop):
    for query, side in (("height=2&rows=1&width=512", "height"), ("width=1&columns=1&height=512", "width")):
        desktop.open(f"{app_url}/output-size?{query}")
        assert cells(desktop.page, "input")[side] >= 32


def test_an_output_in_1d_stands_under_the_middle_of_its_window_and_a_causal_one_under_its_last_sample(app_url, desktop):
    page = desktop.page
    for query, grid, slot, number in (
        ("padding=causal&dilation=2", 20, 4 + 9, 10),  # below sample 10, behind 4 cells of padding
        ("padding=same", 18, 1 + 9, 10),
        ("stride=4", 16, 1 + 4, 2),  # sees samples 5 to 7
        ("transposed=true&stride=4", 64, 4 * 9 + 1, 10),  # writes cells 37 to 39
    ):
        desktop.open(f"{app_url}/output-size?data=1-D&width=16&{query}")
        transposed = "transposed" in query
        above, below = cells(page, "input"), cells(page, "result")
        assert (above["x"], above["width"]) == (below["x"], below["width"])
        hover(page, "input" if transposed else "result", 0, slot, 1, grid)
        cell = "input" if transposed else "output"
        expect(page.locator("[data-scene=window] .say")).to_contain_text(f"{cell} sample {number} ")


BARS = """(canvas) => {
  const { data } = canvas.getContext("2d").getImageData(0, canvas.height - 2, canvas.width, 1);
  let count = 0;
  for (let k = 3; k < data.length; k += 4) count += data[k] > 0 && (k === 3 || data[k - 4] === 0);
  return count;
}"""


def test_no_output_is_lost_where_cells_are_narrower_than_a_pixel(app_url, phone):
    phone.open(f"{app_url}/output-size?data=1-D&width=512&stride=16&columns=15&dilation=6&padding=full")
    caption(phone.page, "result", "output 38 · samples each window sees")
    assert phone.page.locator("figure.result canvas").first.evaluate(BARS) == 38


def test_a_wide_table_leaves_the_picture_its_room(app_url, desktop):
    layers = "; ".join(["conv 2048 11x11 same dilation 2"] * 16)
    desktop.open(f"{app_url}/output-size?what=a+stack&tall=512&wide=512&channels=512&stack={layers}")
    caption(desktop.page, "input", "picture 512 × 512")
    picture = desktop.page.locator("[data-scene=window] figure.input").bounding_box()
    assert picture["width"] >= 190
    assert picture["x"] + picture["width"] <= 1280


def test_the_legend_leaves_out_stops_that_are_too_dense_to_be_drawn(app_url, desktop):
    desktop.open(f"{app_url}/output-size")
    stops = desktop.page.get_by_text("corner of each window")
    expect(stops).to_be_visible()
    desktop.open(f"{app_url}/output-size?height=512&width=512&rows=1&columns=1")
    caption(desktop.page, "input", "input 512 × 512 · windows that see each pixel")
    expect(stops).to_be_hidden()


def test_large_captions_do_not_push_the_picture_over_the_controls(app_url, desktop):
    desktop.open(f"{app_url}/output-size?transposed=true&height=512&width=512&stride=2&rows=15&columns=15&dilation=6")
    caption(desktop.page, "result", "output 1107 × 1107 · windows in each cell")
    scene = desktop.page.locator("[data-scene=window]").bounding_box()
    assert desktop.page.locator("[data-scene=window] figure.input").bounding_box()["x"] >= scene["x"]


def test_on_a_phone_picture_and_table_stay_inside_the_screen(app_url, phone):
    phone.open(f"{app_url}/{STACK}")
    page = phone.page
    caption(page, "result", "after conv 64 3×3: 71 × 71")
    for part in ("figure.input", "figure.result", ".table"):
        box = page.locator(f"[data-scene=window] {part}").bounding_box()
        assert 0 <= box["x"] <= 390 - box["width"], part
    picture = page.locator("[data-scene=window]").bounding_box()
    assert picture["y"] < page.get_by_label("Layers", exact=True).bounding_box()["y"]
