"""The network that writes, under a real mouse and keyboard."""

import math
import re

import pytest
from playwright.sync_api import expect

URL = "char-rnn"
SCENE = "[data-scene=writing]"


def where(page):
    return page.locator(f"{SCENE} .transport .where").first


def letter(page, t):
    return page.locator(f"{SCENE} [data-t='{t}']")


def lines(page, n):
    return page.locator(f"{SCENE} .lines > div").nth(n)


def number(text):
    return float(text.replace("−", "-"))


def test_the_probability_on_the_screen_is_what_its_formula_gives(app_url, desktop):
    desktop.open(f"{app_url}/{URL}?prefix=San&temperature=0.6")
    page = desktop.page
    expect(where(page)).to_have_text("character 7 of 163")
    formula = r"= exp\(([−\d.]+)/([\d.]+) − \(?([−\d.]+)\)?\) = ([\d.]+)"
    z, tau, log_sum, p = map(number, re.search(formula, lines(page, 0).text_content()).groups())
    assert tau == 0.6
    assert math.exp(z / tau - log_sum) == pytest.approx(p, abs=3e-4)
    shown = page.locator(f"{SCENE} .bars .p").all_text_contents()
    assert sum(0 if text.startswith("<") else float(text) for text in shown) == pytest.approx(1, abs=0.005)
    draw, low, high = map(float, re.findall(r"\d\.\d{4}", lines(page, 1).text_content()))
    assert low <= draw <= high and high - low == pytest.approx(p, abs=2e-4)
    assert not desktop.errors


def test_the_formula_gives_the_probability_again_at_the_lowest_temperature(app_url, desktop):
    desktop.open(f"{app_url}/{URL}?temperature=0.1")
    expect(where(desktop.page)).to_have_text("character 4 of 160")
    formula = r"= exp\(([−\d.]+)/0.1 − \(?([−\d.]+)\)?\) = ([\d.]+)"
    z, log_sum, p = map(number, re.search(formula, lines(desktop.page, 0).text_content()).groups())
    assert math.exp(z / 0.1 - log_sum) == pytest.approx(p, abs=3e-4)


def test_hover_keys_play_and_the_moments_need_no_server(app_url, desktop):
    desktop.open(f"{app_url}/{URL}?prefix=San")
    page = desktop.page
    expect(where(page)).to_have_text("character 7 of 163")
    asked, box = len(desktop.sent), page.locator(SCENE).bounding_box()
    letter(page, 1).hover()
    expect(where(page)).to_have_text("character 2 of 163")
    expect(lines(page, 1)).to_have_text("Typed, not drawn: the network only reads it.")
    letter(page, 40).hover()
    expect(where(page)).to_have_text("character 41 of 163")
    page.mouse.move(5, 5)
    page.get_by_role("group", name="163 characters").focus()
    for key, step in [("ArrowRight", 42), ("ArrowLeft", 41), ("End", 163), ("ArrowRight", 163), ("Home", 1)]:
        page.keyboard.press(key)
        expect(where(page)).to_have_text(f"character {step} of 163")
    page.keyboard.press(" ")
    expect(where(page)).not_to_have_text("character 1 of 163", timeout=6000)
    page.keyboard.press(" ")
    colours = letter(page, 50).evaluate("node => node.style.backgroundColor")
    page.get_by_role("slider", name="Unit that colours the text").fill("3")
    expect(lines(page, 2)).to_have_text(re.compile("^Unit 3 after "))
    page.get_by_role("group", name="163 characters").focus()
    page.keyboard.press("ArrowDown")
    expect(lines(page, 2)).to_have_text(re.compile("^Unit 4 after "))
    assert letter(page, 50).evaluate("node => node.style.backgroundColor") != colours
    end = page.locator(f"{SCENE} .page").text_content()
    page.get_by_role("slider", name="Moment of the training").fill("0")
    expect(page.locator(f"{SCENE} .training .head")).to_contain_text("step 0 of 1500")
    begin = page.locator(f"{SCENE} .page").text_content()
    assert begin.startswith("San") and end.startswith("San") and begin != end
    assert begin.count("⏎") < end.count("⏎")  # noise hardly ever ends a line
    assert page.locator(SCENE).bounding_box() == box
    assert len(desktop.sent) == asked
    assert not desktop.errors


def test_the_title_of_the_choice_and_its_key_are_never_cut_off(app_url, desktop):
    desktop.open(f"{app_url}/{URL}")
    page = desktop.page
    expect(where(page)).to_have_text("character 4 of 160")
    page.get_by_role("group", name="160 characters").focus()
    for key in ("Home", *["ArrowRight"] * 20):
        page.keyboard.press(key)
        for title in page.locator(f"{SCENE} .title").all():
            assert title.evaluate("node => node.scrollWidth <= node.clientWidth"), title.text_content()


def test_a_click_in_the_columns_selects_a_place(app_url, desktop):
    desktop.open(f"{app_url}/{URL}")
    page = desktop.page
    expect(where(page)).to_have_text("character 4 of 160")
    columns = page.locator(f"{SCENE} .columns").bounding_box()
    page.mouse.click(columns["x"] + 12, columns["y"] + 60)
    expect(where(page)).to_have_text("character 1 of 160")
    expect(page.get_by_text(re.compile("^At the beginning"))).to_be_visible()


def test_the_temperature_is_in_the_address_and_changes_the_text(app_url, desktop):
    desktop.open(f"{app_url}/{URL}")
    page = desktop.page
    expect(where(page)).to_have_text("character 4 of 160")
    before = page.locator(f"{SCENE} .page").text_content()
    page.get_by_role("button", name="Hot, 1.6").click()
    expect(lines(page, 0)).to_contain_text("/1.6 −")
    assert page.locator(f"{SCENE} .page").text_content() != before
    expect(page).to_have_url(re.compile("temperature=1.6"))


def test_it_trains_live_on_an_own_text_and_the_training_can_be_scrubbed(app_url, desktop):
    desktop.open(f"{app_url}/{URL}?text=own+text&steps=50&units=16&rate=0.02")
    page = desktop.page
    field = page.get_by_role("textbox", name="Your text")
    field.fill("one fish two fish red fish blue fish " * 5)
    field.press("Control+Enter")
    expect(page.get_by_text("Not trained yet")).to_be_visible(timeout=60_000)
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.locator(f"{SCENE} .training .head")).to_contain_text("step 50 of 50", timeout=60_000)
    slider = page.get_by_role("slider", name="Moment of the training")
    expect(slider).to_be_enabled(timeout=20_000)
    asked = len(desktop.sent)
    slider.fill("0")
    expect(page.locator(f"{SCENE} .training .head")).to_contain_text("step 0 of 50")
    assert len(desktop.sent) == asked
    assert "fish" not in page.url
    assert not desktop.errors


def test_an_open_question_ends_the_text_before_the_answer(app_url, desktop):
    desktop.open(f"{app_url}/{URL}")
    page = desktop.page
    expect(where(page)).to_have_text("character 4 of 160")
    whole = page.locator(f"{SCENE} .page").text_content()
    page.get_by_role("button", name="Ask me").click()
    expect(page.locator(f"{SCENE} .cursor")).to_be_visible()
    shown = page.locator(f"{SCENE} .page").text_content()
    assert len(shown) < len(whole) and whole.startswith(shown)
    page.locator("[data-testid=stRadio] label", has_text=re.compile(r"^\S")).last.click()
    page.get_by_role("button", name="Check").click()
    expect(page.locator(f"{SCENE} .cursor")).to_have_count(0)
    expect(page.get_by_text("the network gives")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_on_a_phone_the_text_fits_and_a_tap_selects(app_url, new_visit, theme):
    tab = new_visit(390, 844, theme)
    tab.open(f"{app_url}/{URL}")
    page = tab.page
    expect(where(page)).to_have_text("character 4 of 160")
    box = page.locator(SCENE).bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= 390
    letter(page, 20).click()
    expect(where(page)).to_have_text("character 21 of 160")
    assert not tab.errors


def test_the_whole_picture_stands_on_the_first_screen(app_url, desktop):
    for query in ("", "?prefix=San&temperature=2", "?characters=400"):
        desktop.open(f"{app_url}/{URL}{query}")
        box = desktop.page.locator(SCENE).bounding_box()
        assert box["y"] + box["height"] <= 800, query
