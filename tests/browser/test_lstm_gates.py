"""The lesson on LSTM gates under a real mouse and keyboard."""

import re

from playwright.sync_api import expect

PAGE = "lstm-gates"
NUMBERS = "lstm-gates?model=set+by+hand&order=their+number&text=1%2C+2%2C+3%2C+4"


# Which of the 15 cells of the second row (i, 30 px high) hold nothing but one colour.
EMPTY_CELLS = """(canvas) => {
  const node = canvas.closest('[data-scene]').querySelector(".readout[data-row='row i']").style;
  const [top, stop] = [parseFloat(node.top), parseFloat(node.left) - 6];
  const ratio = canvas.width / canvas.clientWidth, column = (stop - 112) / 15;
  return [...Array(15).keys()].filter((t) => {
    const box = [112 + t * column + 4, top + 6, column - 8, 18].map((size) => Math.round(size * ratio));
    const pixels = canvas.getContext('2d').getImageData(...box).data;
    return pixels.every((value, k) => value === pixels[k % 4]);
  });
}"""


FORMULA_ENDS = """() => Math.max(
  ...[...document.querySelectorAll('.katex-html .base')].map((part) => part.getBoundingClientRect().right))"""


def where(page):
    return page.locator("[data-scene=timeline] .where")


def line(page, k):
    return page.locator("[data-scene=timeline] .lines .line").nth(k)


def test_arrow_keys_and_the_mouse_show_another_step_without_the_server(app_url, desktop):
    desktop.open(f"{app_url}/{NUMBERS}")
    page = desktop.page
    expect(line(page, 2)).to_have_text("c2 = f2⊙c1 + i2⊙g2 = 1.0000·0.0997 + 1.0000·0.1974 = 0.2970")
    asked = len(desktop.sent)
    page.get_by_role("group", name=re.compile("4 steps")).focus()
    for key, value in [("End", "0.9683"), ("ArrowLeft", "0.5884"), ("Home", "0.0997"), ("ArrowRight", "0.2970")]:
        page.keyboard.press(key)
        expect(line(page, 2)).to_have_text(re.compile(f"= {value}$"))
    stage = page.locator("[data-scene=timeline] .stage").bounding_box()
    page.mouse.move(stage["x"] + stage["width"] - 100, stage["y"] + 60)
    expect(line(page, 2)).to_have_text(re.compile("= 0.9683$"))
    page.get_by_role("button", name="Step back").click()
    expect(line(page, 4)).to_have_text("on the belt: kept 0.2970 · erased 0.0000 · written 0.2913 · shown 0.5287")
    assert len(desktop.sent) == asked and not desktop.errors


def test_the_verdict_is_read_at_the_end_of_a_clause(app_url, desktop):
    desktop.open(f"{app_url}/{PAGE}")
    page = desktop.page
    expect(where(page)).to_have_text("word 6 of 15")
    assert "p(good)" not in line(page, 4).text_content()
    page.get_by_role("button", name="Step back").click()
    expect(where(page)).to_have_text("word 5 of 15 · a clause ends")
    expect(line(page, 4)).to_have_text(re.compile(r"p\(good\) 0\.00"))
    page.get_by_role("group", name=re.compile("15 steps")).focus()
    page.keyboard.press("End")
    expect(line(page, 4)).to_have_text(re.compile(r"p\(good\) (0\.9|1\.0)"))


def test_a_click_picks_a_unit_in_the_browser(app_url, desktop):
    desktop.open(f"{app_url}/{PAGE}?show=all+units")
    page = desktop.page
    readout = page.locator("[data-scene=timeline] .readout[data-row='row f'] small")
    first = readout.text_content()
    asked = len(desktop.sent)
    page.get_by_role("group", name=re.compile("15 steps")).focus()
    page.keyboard.press("ArrowDown")
    expect(readout).not_to_have_text(first)
    assert len(desktop.sent) == asked


def test_a_preset_changes_a_word_and_its_link_shows_the_same(app_url, desktop):
    desktop.open(f"{app_url}/{PAGE}")
    page = desktop.page
    page.get_by_role("button", name="Changed word").click()
    expect(page.locator("[data-scene=timeline] .tip")).to_have_text("→really")
    expect(page).to_have_url(re.compile("into=really"))
    numbers = line(page, 2).text_content()
    desktop.open(page.url)
    expect(line(page, 2)).to_have_text(numbers)


def test_the_picture_is_whole_at_1280_by_800_and_fits_a_phone(app_url, desktop, phone):
    for query in ("", "?show=all+units"):
        desktop.open(f"{app_url}/{PAGE}{query}")
        box = desktop.page.locator("[data-scene=timeline]").bounding_box()
        assert box["y"] + box["height"] <= 800, query
    phone.open(f"{app_url}/{PAGE}")
    box = phone.page.locator("[data-scene=timeline]").bounding_box()
    assert box["x"] + box["width"] <= 390 and not phone.errors
    expect(phone.page.locator(".katex-html .base").first).to_be_visible()
    assert phone.page.evaluate(FORMULA_ENDS) <= 390


def test_every_cell_of_a_change_has_its_number(app_url, desktop):
    desktop.open(f"{app_url}/{PAGE}?swap=didn%27t&into=really&side=change")
    page = desktop.page
    canvas = page.locator("[data-scene=timeline] canvas").nth(1)
    empty = canvas.evaluate(EMPTY_CELLS)
    assert empty == [], empty
