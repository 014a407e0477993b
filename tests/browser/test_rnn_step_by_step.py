"""The recurrent lesson, and with it the timeline, under a real mouse and keyboard."""

import math
import re

import pytest
from playwright.sync_api import expect

URL = "rnn-step-by-step"
EIGHT = f"{URL}?length=8"
SINE = f"{URL}?sequence=a+sine&length=200&units=32&U=random&W=random&V=random"
SCENE = "[data-scene=timeline]"


def line(page, n):
    return page.locator(f"{SCENE} .line").nth(n)


def readout(page, row):
    return page.locator(f"{SCENE} .readout[data-row={row}] b")


def hover(page, step, steps, lead=1):
    """Move the mouse over the middle of a step's column, over the rows."""
    stage = page.locator(f"{SCENE} .stage").bounding_box()
    left = page.locator(f"{SCENE} .readout").first.bounding_box()["x"] - 6
    start = stage["x"] + 112
    column = (left - start) / (steps + lead)
    page.mouse.move(start + (step + lead + 0.5) * column, stage["y"] + stage["height"] - 30)


def where(page):
    return page.locator(f"{SCENE} .where")


def test_the_class_example_is_worked_out_to_the_numbers_in_the_cells(app_url, desktop):
    desktop.open(f"{app_url}/{URL}")
    page = desktop.page
    expect(line(page, 0)).to_have_text("h2 = tanh(U·x2 + W·h1 + b)")
    expect(line(page, 1)).to_have_text("= tanh(0.5·2 + 0.4·0.4621 + 0)")
    expect(line(page, 2)).to_have_text("= tanh(1.0000 + 0.1848 + 0) = tanh(1.1848) = 0.8290")
    expect(line(page, 3)).to_have_text("ŷ2 = V·h2 = 0.3·0.8290 = 0.2487")
    expect(line(page, 4)).to_have_text("L2 = ½(ŷ2 − y2)² = ½(0.2487 − 3)² = 3.7848 · mean of all 2: 2.7586")
    expect(readout(page, "hidden")).to_have_text("0.8290")
    assert not desktop.errors


def test_hovering_a_column_selects_its_step_without_the_server(app_url, desktop):
    desktop.open(f"{app_url}/{EIGHT}")
    page = desktop.page
    expect(where(page)).to_have_text("t = 2 of 8")
    asked = len(desktop.sent)
    states = [0.0]
    for x in range(1, 9):
        states.append(math.tanh(0.5 * x + 0.4 * states[-1]))
    for step in (0, 4, 7):
        hover(page, step, 8)
        expect(where(page)).to_have_text(f"t = {step + 1} of 8")
        expect(line(page, 1)).to_have_text(f"= tanh(0.5·{step + 1} + 0.4·{states[step]:.4f} + 0)")
        expect(readout(page, "hidden")).to_have_text(f"{states[step + 1]:.4f}")
    assert len(desktop.sent) == asked
    assert not desktop.errors


def test_keys_slider_and_play_move_through_time_without_the_server(app_url, desktop):
    desktop.open(f"{app_url}/{EIGHT}")
    page = desktop.page
    page.get_by_role("group", name="8 steps").focus()
    asked = len(desktop.sent)
    for key, step in [("ArrowRight", 3), ("ArrowLeft", 2), ("End", 8), ("ArrowRight", 8), ("Home", 1)]:
        page.keyboard.press(key)
        expect(where(page)).to_have_text(f"t = {step} of 8")
    page.get_by_role("button", name="Step forward").click()
    expect(where(page)).to_have_text("t = 2 of 8")
    page.get_by_role("slider", name="Time step").fill("5")
    expect(where(page)).to_have_text("t = 6 of 8")
    page.get_by_role("group", name="8 steps").focus()
    page.keyboard.press(" ")
    expect(where(page)).to_have_text("t = 8 of 8", timeout=8000)
    assert len(desktop.sent) == asked


def test_a_click_and_the_keys_up_and_down_pick_a_unit(app_url, desktop):
    desktop.open(f"{app_url}/{SINE}")
    page = desktop.page
    unit = page.locator(f"{SCENE} .readout[data-row=hidden] small")
    expect(unit).to_have_text("unit 1")
    first = readout(page, "hidden").text_content()
    asked = len(desktop.sent)
    page.get_by_role("group", name="200 steps").focus()
    page.keyboard.press("ArrowDown")
    expect(unit).to_have_text("unit 2")
    expect(readout(page, "hidden")).not_to_have_text(first)
    expect(line(page, 0)).to_have_text(re.compile(r"^h2,2 = tanh"))
    marked = page.locator(f"{SCENE} .unit").bounding_box()
    page.mouse.click(marked["x"] + marked["width"] / 2, marked["y"] + marked["height"] * 4.5)
    expect(unit).to_have_text("unit 6")
    expect(where(page)).to_have_text(re.compile(r"t = 10[01] of 200"))
    assert len(desktop.sent) == asked


def test_nothing_below_the_picture_moves_while_steps_are_hovered(app_url, desktop):
    desktop.open(f"{app_url}/{SINE}")
    page = desktop.page
    expect(where(page)).to_have_text("t = 2 of 200")
    before = page.locator(SCENE).bounding_box()
    for step in (0, 60, 130, 199):
        hover(page, step, 200, lead=0)
        expect(where(page)).to_have_text(f"t = {step + 1} of 200")
        assert page.locator(SCENE).bounding_box() == before


def test_the_step_stays_when_a_slider_changes_the_numbers(app_url, desktop):
    desktop.open(f"{app_url}/{EIGHT}")
    page = desktop.page
    page.get_by_role("group", name="8 steps").focus()
    page.keyboard.press("End")
    page.get_by_role("textbox", name="W (past)").fill("-0.4")
    page.get_by_role("textbox", name="W (past)").press("Enter")
    expect(line(page, 1)).to_have_text(re.compile(r"= tanh\(0\.5·8 \+ \(−0\.4\)·"))
    expect(where(page)).to_have_text("t = 8 of 8")
    expect(page).to_have_url(re.compile(r"W=-0\.4"))
    desktop.open(page.url)
    expect(line(page, 1)).to_have_text(re.compile(r"\(−0\.4\)·"))


def test_the_link_after_a_preset_reproduces_the_picture(app_url, desktop):
    desktop.open(f"{app_url}/{URL}")
    page = desktop.page
    page.get_by_role("button", name="Same word").click()
    expect(where(page)).to_have_text("step 2 of 5")
    expect(page).to_have_url(re.compile("units=4"))
    text = line(page, 1).text_content()
    desktop.open(page.url)
    expect(line(page, 1)).to_have_text(text)


def test_typed_text_is_shown_as_text(app_url, desktop):
    desktop.open(
        f"{app_url}/{URL}?sequence=a+sentence&encoding=characters%2C+one-hot&length=40&U=random&W=random&V=random&text=<b>no</b>"
    )
    page = desktop.page
    expect(where(page)).to_have_text("step 2 of 9")
    expect(page.locator(f"{SCENE} b", has_text="no")).to_have_count(0)
    assert not desktop.errors


def test_an_open_question_hides_the_numbers_that_answer_it(app_url, desktop):
    desktop.open(f"{app_url}/{URL}")
    page = desktop.page
    page.get_by_role("button", name="Ask me").click()
    expect(readout(page, "hidden")).to_have_text("?")
    expect(line(page, 2)).to_have_text("= tanh(? + ? + 0) = tanh(?) = ?")
    expect(page.locator(f"{SCENE} .gutter[title=loss] .legend")).to_have_text("01.7")  # the scale of what is shown
    page.get_by_label("Your answer").fill("0.829")
    page.get_by_role("button", name="Check").click()
    expect(readout(page, "hidden")).to_have_text("0.8290")
    expect(page.locator(f"{SCENE} .gutter[title=loss] .legend")).to_have_text("03.8")
    expect(page.get_by_text("together 1.1848, and tanh of that is 0.8290")).to_be_visible()


def test_an_answer_is_seen_at_the_step_that_was_asked_about(app_url, desktop):
    desktop.open(f"{app_url}/{EIGHT}")
    page = desktop.page
    expect(where(page)).to_have_text("t = 2 of 8")
    page.get_by_role("button", name="Ask me").click()
    expect(readout(page, "hidden")).to_have_text("?")
    asked = where(page).text_content()
    assert asked != "t = 2 of 8"
    page.get_by_label("Your answer").fill("0.1")
    page.get_by_role("button", name="Check").click()
    expect(readout(page, "hidden")).not_to_have_text("?")
    expect(where(page)).to_have_text(asked)


def test_the_fields_of_the_weights_stand_in_even_rows(app_url, desktop):
    desktop.open(f"{app_url}/{URL}")
    names = ("U (input)", "W (past)", "V (out)", "b (bias)", "h₀ (start)")
    boxes = [desktop.page.get_by_role("textbox", name=name).bounding_box() for name in names]
    rows = {}
    for box in boxes:
        rows.setdefault(round(box["y"]), []).append((round(box["x"]), round(box["x"] + box["width"])))
    assert sorted(map(len, rows.values())) == [1, 2, 2]  # beside the first is the activation
    assert len({row[-1] for row in rows.values()}) == 1
    assert len({round(box["width"]) for box in boxes}) == 1


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_on_a_phone_the_picture_fits_and_a_tap_selects(app_url, new_visit, theme):
    tab = new_visit(390, 844, theme)
    tab.open(f"{app_url}/{EIGHT}")
    page = tab.page
    expect(where(page)).to_have_text("t = 2 of 8")
    picture = page.locator(SCENE).bounding_box()
    assert picture["x"] >= 0
    assert picture["x"] + picture["width"] <= 390
    assert picture["y"] < page.get_by_role("slider", name="Units").bounding_box()["y"]
    stage = page.locator(f"{SCENE} .stage").bounding_box()
    page.mouse.click(stage["x"] + 64 + 3, stage["y"] + stage["height"] - 20)
    expect(where(page)).to_have_text("t = 1 of 8")
    assert not tab.errors


def test_the_whole_picture_stands_on_the_first_screen(app_url, desktop):
    for query in (EIGHT, SINE, f"{URL}?sequence=a+sentence&text=the+cat+saw+the+dog&units=4&length=20"):
        desktop.open(f"{app_url}/{query}")
        box = desktop.page.locator(SCENE).bounding_box()
        assert box["y"] + box["height"] <= 800, query
