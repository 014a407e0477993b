"""The error travels back under a real mouse and keyboard."""

import re
from itertools import pairwise

from playwright.sync_api import expect

TWO_UNITS = "?sequence=typed+values&text=1,+-1,+0.5,+0+->+0.5,+0,+1,+0&length=4&units=2&U=1;0&W=0+1;1+0&V=1+1"
THREE_UNITS = "?sequence=a+sine&length=60&units=3&cut=12&U=random&W=random&V=random"


def readout(page, row):
    return page.locator(f"[data-scene=timeline] .readout[data-row={row}] b")


def numbers(page):
    return page.locator("[data-scene=timeline] .numbers")


def test_it_opens_at_the_last_step_and_plays_to_the_first_without_the_server(app_url, desktop):
    desktop.open(f"{app_url}/bptt")
    page = desktop.page
    expect(readout(page, "reaching")).to_have_text("−0.4127")
    expect(numbers(page)).to_contain_text("= −2.7513")
    asked = len(desktop.sent)
    page.get_by_role("button", name="Play", exact=True).click()
    expect(page.locator("[data-scene=timeline] .where")).to_contain_text("t = 1 of 2")
    expect(readout(page, "reaching")).to_have_text("−0.3308")
    expect(numbers(page)).to_contain_text("0.4·(−0.1291) = −0.3308")
    assert len(desktop.sent) == asked and not desktop.errors


def test_hovering_and_keys_choose_a_step_without_the_server(app_url, desktop):
    desktop.open(f"{app_url}/bptt")
    page = desktop.page
    stage = page.get_by_role("group", name=re.compile(r"^2 steps"))
    expect(readout(page, "dU")).to_have_text("−0.2582")
    asked = len(desktop.sent)
    stage.press("ArrowLeft")
    expect(readout(page, "dU")).to_have_text("−0.2602")
    expect(readout(page, "dW")).to_have_text("0")
    page.keyboard.press("End")
    expect(readout(page, "dW")).to_have_text("−0.0597")
    box = stage.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.8)
    expect(readout(page, "dU")).to_have_text("−0.2602")
    assert len(desktop.sent) == asked


def test_the_factor_between_two_states_is_set_apart_from_the_error_before_it(app_url, desktop):
    desktop.open(f"{app_url}/bptt")
    expect(numbers(desktop.page)).to_contain_text("= −0.1291, ∂h2/∂h1 = 0.3128·0.4 = 0.1251")
    expect(numbers(desktop.page)).to_contain_text("adds to V: −1.3757·0.8290 = −1.1404, to U: −0.1291·2 = −0.2582")


def test_the_names_of_bars_are_read_whole(app_url, desktop):
    desktop.open(f"{app_url}/bptt?length=13")
    expect(numbers(desktop.page)).to_be_visible()
    names = desktop.page.locator("[data-scene=timeline] .gutter .name").all()
    assert len(names) == 7 and all(name.evaluate("node => node.scrollWidth <= node.clientWidth") for name in names)


WRITTEN = """() => {
  const fill = CanvasRenderingContext2D.prototype.fillText;
  window.written = [];
  CanvasRenderingContext2D.prototype.fillText = function (text, x, y, room) {
    const { width } = this.measureText(text);
    window.written.push({ text, x, y, width: Math.min(width, room ?? width), align: this.textAlign, font: this.font });
    fill.apply(this, arguments);
  };
}"""


def test_symbols_stay_in_their_boxes_and_numbers_on_arrows_apart(app_url, desktop):
    page = desktop.page
    page.add_init_script(f"({WRITTEN})()")
    desktop.open(f"{app_url}/bptt?length=8&loss=last+step+only&W=0.9&U=0.1")
    expect(numbers(page)).to_be_visible()
    written = page.evaluate("window.written")
    symbols = [one for one in written if one["text"] == "∂L/∂h"]
    assert symbols and max(one["width"] for one in symbols) < 36, "a box is 40 px wide"
    below = [one for one in written if one["font"].startswith("600 12px") and one["align"] == "center"]
    for y in {one["y"] for one in below}:
        places = sorted({(one["x"], one["width"]) for one in below if one["y"] == y})
        assert all(b[0] - a[0] >= (a[1] + b[1]) / 2 for a, b in pairwise(places))


def test_the_tables_add_up_on_the_screen(app_url, desktop):
    desktop.open(f"{app_url}/bptt")
    row = desktop.page.get_by_role("row", name=re.compile("^sum"))
    expect(row).to_contain_text("−1.5705")
    expect(desktop.page.get_by_role("row", name=re.compile("^tf.GradientTape"))).to_contain_text("−0.5184")


def test_taking_the_step_lowers_the_loss_and_writes_the_link(app_url, desktop):
    desktop.open(f"{app_url}/bptt")
    page = desktop.page
    page.get_by_role("button", name="Take this step").click()
    expect(page.get_by_text(re.compile("lowers L from 2.4618"))).to_be_visible()
    expect(page).to_have_url(re.compile("V=0.457"))


def test_the_picture_is_wholly_visible_and_a_phone_shows_it_before_the_controls(app_url, desktop, phone):
    for query in ("", "?length=8", "?length=12", "?length=200", TWO_UNITS, THREE_UNITS):
        desktop.open(f"{app_url}/bptt{query}")
        expect(numbers(desktop.page)).to_be_visible()
        box = desktop.page.locator("[data-scene=timeline]").bounding_box()
        assert box["y"] + box["height"] <= 800, query
    phone.open(f"{app_url}/bptt")
    picture = phone.page.locator("[data-scene=timeline]").bounding_box()
    controls = phone.page.get_by_role("slider", name="Learning rate").bounding_box()
    assert picture["y"] < controls["y"] and picture["x"] + picture["width"] <= 390
