"""The forecasting page: what it sends to the browser, files that people upload, and a recipe that repeats it."""

import time

import numpy as np
import pytest

from engine.sequence import car_sales, forecasting, forecasting_training, series
from tests.pages.driving import open_page, recipe_settings, run_recipe, scene

URL = "forecasting"


def press(at, label):
    next(button for button in at.button if button.label == label).click().run()


def upload(data):
    at = open_page(URL, series=series.OWN)
    return at.file_uploader(key="csv").upload("sales.csv", data, "text/csv").run()


def test_it_opens_with_samples_and_the_simple_forecasts_and_no_network():
    at = open_page(URL)
    header, arrays = scene(at, "timeline")
    made = forecasting.trace(series.named(series.SALES), 5, 12)
    np.testing.assert_allclose(arrays["@told"][:, 0], made.naive[-36:], rtol=1e-6)
    np.testing.assert_allclose(arrays["@told"][:, 1], made.linear[-36:], rtol=1e-6)
    wanted = [forecasting.rmse(made.y[-12:], forecast[-12:]) for forecast in (made.naive, made.linear)]
    np.testing.assert_allclose(arrays["@rmse"][:2], wanted, rtol=1e-6)
    assert np.isnan(arrays["@rmse"][2:]).all()
    assert header["reach"] == 5
    at.session_state["samples"] = True  # its panel is opened
    table = at.run().dataframe[0].value
    assert table.shape == (103, 9) and (table["part"] == "train").sum() == 91
    np.testing.assert_allclose(table.iloc[0, 3:].astype(float), made.series.values[:6])


def test_before_the_test_part_the_picture_draws_the_series_alone():
    _, arrays = scene(open_page(URL), "timeline")
    assert np.isnan(arrays["@forecast"][:24, 1:]).all()
    assert np.isfinite(arrays["@forecast"][24:, :3]).all()


def test_the_axes_hold_the_series_and_end_at_numbers_of_few_digits():
    header, arrays = scene(open_page(URL, view="All values", length="360"), "timeline")
    series_row, errors = header["rows"]
    values = arrays["@forecast"][:, 0]
    assert (series_row["floor"], series_row["limit"]) == (2, 49)
    assert series_row["floor"] < values.min() and values.max() < series_row["limit"]
    assert errors["limit"] > np.nanmax(np.abs(arrays["@errors"][:, :2])) and len(f"{errors['limit']:g}") <= 4


def test_all_values_begin_with_those_that_have_no_window():
    header, arrays = scene(open_page(URL, view="All values", n_steps="9"), "timeline")
    assert len(header["steps"]) == 108 and header["reachFrom"] == 9
    np.testing.assert_array_equal(arrays["@has"], np.arange(108) >= 9)
    np.testing.assert_allclose(arrays["@windows"][9], arrays["@forecast"][:9, 0])


def test_a_question_hides_every_forecast_error_sample_and_sentence_that_would_answer_it():
    at = open_page(URL)
    press(at, "Ask me")
    _, arrays = scene(at, "timeline")
    for name in ("told", "errors", "rmse", "mae"):
        assert arrays[f"@{name}.masked"].all()
    assert arrays["@forecast.masked"][:, 1:].all() and not arrays["@forecast.masked"][:, 0].any()
    assert np.isnan(arrays["#curves"]).all()
    assert not any(panel.label.startswith("The samples") for panel in at.expander)
    assert not any("RMSE 1." in markdown.value for markdown in at.markdown)


def test_no_network_and_too_little_to_learn_from_get_a_sentence():
    at = open_page(URL)
    at.pills(key="networks").set_value([]).run()
    assert "choose one or more" in at.warning[0].value
    at = open_page(URL, length="48", n_steps="30", test="20")
    assert "44 together at most" in at.warning[0].value


def test_an_own_file_is_asked_for_read_and_forecast():
    at = open_page(URL, series=series.OWN)
    assert "Upload a CSV file" in at.warning[0].value
    rows = "\n".join(f"m{k},{k % 7 + k},{'' if k == 9 else k}" for k in range(40))
    at = upload(f"month,sales,other\n{rows}".encode())
    assert scene(at, "timeline")[0]["steps"][-1] == "m39"
    at.selectbox(key="csv-column").set_value("other").run()
    assert any("1 value is missing" in caption.value for caption in at.caption)
    np.testing.assert_allclose(scene(at, "timeline")[1]["@forecast"][-1, 0], 39)


def test_the_car_sales_of_the_class_are_fetched_only_when_they_are_asked_for(monkeypatch):
    fetched = []

    def fetch():
        fetched.append(1)
        return series.Series(series.CARS, tuple(float(k % 12 * 1000 + 6550) for k in range(108)), ("1960.01",) * 108)

    monkeypatch.setattr(car_sales, "fetch", fetch)
    at = open_page(URL, series=series.CARS)
    assert "fetches 2 kB from the internet" in at.warning[0].value and not fetched
    press(at, "Download 2 kB")
    np.testing.assert_allclose(scene(at, "timeline")[1]["@forecast"][-1, 0], 17550)
    at.slider(key="n_steps").set_value(12).run()
    assert fetched == [1] and not at.exception


@pytest.mark.parametrize(
    ("data", "words"), [(b"a,b\n1,2", "1 row "), (b"a\n" + b"red\n" * 30, "column of the file"), (b"\0", "CSV")]
)
def test_a_file_that_is_no_series_gets_a_sentence_in_place_of_the_picture(data, words):
    at = upload(data)
    assert words in at.warning[0].value
    assert not at.exception


def test_a_batch_trained_on_the_page_brings_forecasts_to_scrub_through():
    at = open_page(URL, units="4")
    press(at, "One batch")
    deadline = time.monotonic() + 90
    while scene(at, "timeline")[0]["frames"]["places"] != [0, 1] and time.monotonic() < deadline:
        time.sleep(0.5)
        at.run()
    header, arrays = scene(at, "timeline")
    assert header["frames"]["places"] == [0, 1]
    assert arrays["#told"].shape == (2, 36, 4)
    np.testing.assert_array_equal(arrays["#told"][0, :, :2], arrays["#told"][1, :, :2])
    assert not np.array_equal(arrays["#told"][0, :, 2:], arrays["#told"][1, :, 2:])
    assert np.isfinite(arrays["@rmse"]).all()


def test_the_recipe_equals_the_page(monkeypatch):
    _, settings = recipe_settings(URL, monkeypatch, series="Stock: AAPL", n_steps="7", test="20")
    made = forecasting.trace(series.named("Stock: AAPL"), 7, 20)
    result = run_recipe(URL, settings)
    np.testing.assert_array_equal(result["x"], made.x)
    np.testing.assert_allclose(result["linear"]["forecast"], made.linear, rtol=1e-9)
    for name, forecast in (("naive", made.naive), ("linear", made.linear)):
        np.testing.assert_allclose(result[name]["rmse"], forecasting.rmse(made.y[-20:], forecast[-20:]), rtol=1e-9)
        np.testing.assert_allclose(result[name]["mae"], forecasting.mae(made.y[-20:], forecast[-20:]), rtol=1e-9)


@pytest.mark.parametrize("leak", [False, True])
def test_the_recipe_trains_as_the_page_does(leak):
    names, chosen = ("Dense", "LSTM"), series.named("Stock: AAPL")
    fitted_on = forecasting.FITTED_ON[leak]
    job = forecasting_training.job(chosen, 5, 12, fitted_on, names, units=4, epochs=3, learning_rate=0.01, seed=2)
    values = job.advance(None, 9, True)[0][-1].values
    settings = {"values": list(chosen.values), "n_steps": 5, "test": 12, "leak": leak, "networks": list(names)}
    result = run_recipe(URL, {**settings, "units": 4, "learning_rate": 0.01, "batches": 9, "seed": 2})
    for k, name in enumerate(names):
        np.testing.assert_allclose(result[name]["forecast"], values["forecasts"][:, k], rtol=1e-4)
        np.testing.assert_allclose(result[name]["rmse"], values["rmse"][k], rtol=1e-3)
