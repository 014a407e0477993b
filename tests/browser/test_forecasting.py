"""The forecasting lesson under a real mouse and keyboard."""

import re

from playwright.sync_api import expect

URL = "forecasting"


def lines(page):
    return page.locator("[data-scene=timeline] .lines")


def band(page):
    return page.locator("[data-scene=timeline] .reach").bounding_box()


def test_hovering_a_value_shows_its_window_its_target_and_its_forecasts_without_the_server(app_url, desktop):
    desktop.open(f"{app_url}/{URL}")
    page = desktop.page
    expect(lines(page)).to_contain_text("2025.01: 17.11, 16.17, 12.99, 11.17, 11.81 → y = 14.65")
    expect(lines(page)).to_contain_text("naive 11.81, off −2.84 · RMSE 1.790")
    expect(lines(page)).to_contain_text("linear 12.96, off −1.69 · RMSE 1.237")
    expect(lines(page)).to_contain_text("LSTM has no forecast yet")
    expect(lines(page)).to_contain_text("+ 1.995 = 12.96")  # the sum ends in what is drawn
    asked = len(desktop.sent)
    before, box = band(page), page.locator("[data-scene=timeline] .stage").bounding_box()
    column = (box["width"] - 112 - 78) / 36
    assert abs(before["width"] - 5 * column) < 2
    page.mouse.move(box["x"] + 112 + 30.5 * column, box["y"] + 100)
    expect(lines(page)).to_contain_text("2025.07:")
    assert abs(band(page)["x"] - before["x"] - 6 * column) < 2
    page.locator("[data-scene=timeline] .stage").focus()
    page.keyboard.press("End")
    expect(lines(page)).to_contain_text("2025.12:")
    page.keyboard.press("ArrowLeft")
    expect(lines(page)).to_contain_text("2025.11:")
    assert len(desktop.sent) == asked
    assert not desktop.errors


def test_a_series_of_tens_of_thousands_keeps_its_numbers_inside_the_picture(app_url, desktop):
    desktop.open(f"{app_url}/{URL}?series=My+CSV")
    page = desktop.page
    rows = "\n".join(f"{1960 + k // 12}-{k % 12 + 1:02d},{13000 + 9000 * (k * 7 % 12) // 11 + k}" for k in range(108))
    file = {"name": "cars.csv", "mimeType": "text/csv", "buffer": f"Month,Sales\n{rows}".encode()}
    page.locator("input[type=file]").set_input_files(file)
    readouts = page.locator("[data-scene=timeline] .readout[data-row=forecast] b")
    expect(readouts.first).to_have_text(re.compile(r"^\d{5}$"))
    scene = page.locator("[data-scene=timeline]").bounding_box()
    for readout in page.locator("[data-scene=timeline] .readout b").all():
        box = readout.bounding_box()
        assert box["x"] + box["width"] <= scene["x"] + scene["width"]
    assert not desktop.errors


def test_a_training_is_scrubbed_in_the_browser_from_the_untrained_forecast_on(app_url, desktop):
    desktop.open(f"{app_url}/{URL}?epochs=4&units=4&networks=Dense")
    page = desktop.page
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.get_by_role("button", name="Train again")).to_be_visible(timeout=60_000)
    slider = page.get_by_role("slider", name="Moment of the training")
    expect(slider).to_be_enabled(timeout=20_000)
    expect(lines(page)).to_contain_text(re.compile(r"Dense \d"))
    slider.focus()
    page.keyboard.press("End")
    trained = lines(page).inner_text()
    asked = len(desktop.sent)
    page.keyboard.press("Home")
    expect(page.get_by_text("batch 0 of 24")).to_be_visible()
    untrained = lines(page).inner_text()
    assert untrained != trained
    assert untrained.splitlines()[:3] == trained.splitlines()[:3]  # the simple forecasts stay
    assert len(desktop.sent) == asked
    assert not desktop.errors


def test_on_a_phone_the_picture_fits_and_comes_before_the_controls(app_url, phone):
    phone.open(f"{app_url}/{URL}")
    picture = phone.page.locator("[data-scene=timeline]").bounding_box()
    controls = phone.page.get_by_role("slider", name="Window: n_steps").bounding_box()
    assert picture["y"] < controls["y"]
    assert picture["x"] + picture["width"] <= 390
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= 390
    for formula in phone.page.locator(".katex-html").all():
        box = formula.bounding_box()
        assert box["x"] + box["width"] <= 390
