"""The encoder-decoder lesson under a real mouse and keyboard."""

import re

from playwright.sync_api import expect

URL = "encoder-decoder"
TAGS = f"{URL}?task=entity+tags&text=jordan+also+exports+wine"


def numbers(page):
    return page.locator("[data-scene=timeline] .numbers")


def test_stepping_through_the_decoder_shows_its_arithmetic_without_the_server(app_url, desktop):
    desktop.open(f"{app_url}/{URL}")
    page = desktop.page
    stage = page.locator("[data-scene=timeline] .stage")
    expect(numbers(page)).to_contain_text("softmax(V·[")
    stage.focus()
    asked = len(desktop.sent)
    written = []
    for _ in range(10):
        written.append(re.search(r"\+ b\):\s+“(.)”", numbers(page).inner_text())[1])
        page.keyboard.press("ArrowRight")
    assert "".join(written) == "2019-03-17"
    expect(numbers(page)).to_contain_text("“end”")
    page.keyboard.press("Home")
    expect(numbers(page)).to_contain_text("the encoder reads “s” into its state")
    assert len(desktop.sent) == asked and not desktop.errors


def test_the_row_of_the_matrix_follows_the_step_and_hovering_selects_a_column(app_url, desktop):
    desktop.open(f"{app_url}/{URL}")
    page = desktop.page
    follow = page.locator("[data-scene=timeline] .follow")
    page.locator("[data-scene=timeline] .stage").focus()
    first = follow.bounding_box()
    page.keyboard.press("ArrowRight")
    second = follow.bounding_box()
    assert abs(second["y"] - first["y"] - first["height"]) < 3 and second["x"] == first["x"]
    asked = len(desktop.sent)
    page.mouse.move(first["x"] + 5, first["y"])
    expect(numbers(page)).to_contain_text("the encoder reads “s”")
    expect(follow).to_be_hidden()
    assert len(desktop.sent) == asked


def test_one_batch_replaces_the_shipped_network_and_starting_over_brings_it_back(app_url, desktop):
    desktop.open(f"{app_url}/{TAGS}")
    page = desktop.page
    expect(page.get_by_text("Trained beforehand")).to_be_visible()
    page.get_by_role("button", name="One batch").click()
    expect(page.get_by_text(re.compile(r"Epoch 0\.\d of"))).to_be_visible(timeout=60_000)
    page.get_by_role("button", name="Start over").click()
    expect(page.get_by_text("Trained beforehand")).to_be_visible()


def test_a_finished_training_is_scrubbed_back_to_its_beginning_without_the_server(app_url, desktop):
    desktop.open(f"{app_url}/{URL}?text=17.03.2019&units=32&epochs=2&learning_rate=0.02")
    page = desktop.page
    expect(page.get_by_text("Not trained yet")).to_be_visible(timeout=20_000)
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.get_by_role("button", name="Train again")).to_be_visible(timeout=200_000)
    moment = page.get_by_role("slider", name="Moment of the training")
    expect(moment).to_be_enabled(timeout=20_000)
    desktop.settle()
    expect(numbers(page)).to_contain_text("It writes 2019-03-17 · right")
    asked = len(desktop.sent)
    moment.focus()
    page.keyboard.press("Home")
    expect(page.locator("[data-scene=timeline] .frames .head")).to_contain_text("batch 0 of 250")
    expect(numbers(page)).to_contain_text("signs wrong, right is 2019-03-17")
    for _ in range(30):
        page.keyboard.press("ArrowRight")
    expect(numbers(page)).to_contain_text("It writes 2019-03-17 · right")
    assert len(desktop.sent) == asked and not desktop.errors


def test_the_tags_of_a_sentence_follow_the_training(app_url, desktop):
    desktop.open(f"{app_url}/{TAGS}&epochs=2")
    page = desktop.page
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.get_by_role("button", name="Train again")).to_be_visible(timeout=120_000)
    moment = page.get_by_role("slider", name="Moment of the training")
    expect(moment).to_be_enabled(timeout=20_000)
    desktop.settle()
    now = numbers(page).locator(".line").first.inner_text()
    asked = len(desktop.sent)
    moment.focus()
    page.keyboard.press("Home")
    expect(numbers(page).locator(".line").first).not_to_have_text(now)
    assert len(desktop.sent) == asked and not desktop.errors


def test_on_a_phone_the_whole_picture_fits_across(app_url, phone):
    phone.open(f"{app_url}/{URL}")
    picture = phone.page.locator("[data-scene=timeline]").bounding_box()
    assert picture["x"] >= 0 and picture["x"] + picture["width"] <= 390
    expect(numbers(phone.page)).to_contain_text("softmax")
