"""Forecasting: samples, two simple forecasts, their errors, the networks, and files that people upload."""

import io
import math
from http.client import IncompleteRead
from urllib.error import URLError

import keras
import numpy as np
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.metrics import mean_absolute_error, root_mean_squared_error

from engine import quiz
from engine.sequence import car_sales, forecasting, forecasting_training, forecasting_words, series, series_csv
from engine.sequence.series import Series

FOUR = forecasting_training.NETWORKS


def plain(values):
    return Series("made", tuple(float(value) for value in values), tuple(str(k) for k in range(len(values))))


def small_job(**changes):
    settings = {"networks": FOUR, "units": 4, "epochs": 2, "learning_rate": 0.01, "seed": 3} | changes
    return forecasting_training.job(series.named(series.SALES), 5, 12, forecasting.TRAINING, **settings)


def test_108_values_and_windows_of_5_give_103_samples_91_to_learn_from_and_12_to_test_on():
    made = forecasting.trace(series.named(series.SALES, 108), 5, 12)
    assert (len(made.y), made.train, made.test) == (103, 91, 12)


@pytest.mark.parametrize("n_steps", [1, 5, 30, 60])
def test_the_windows_are_those_of_keras(n_steps):
    made = forecasting.trace(series.named(series.SALES), n_steps, 12)
    values = np.array(made.series.values)
    found = keras.utils.timeseries_dataset_from_array(values[:-1], values[n_steps:], n_steps, batch_size=1000)
    x, y = (part.numpy() for part in next(iter(found)))
    np.testing.assert_array_equal(made.x, x)
    np.testing.assert_array_equal(made.y, y)


@pytest.mark.parametrize("n_steps", [1, 5, 60])  # with 60 there are fewer samples than weights
def test_the_linear_forecast_and_the_errors_are_those_of_scikit_learn(n_steps):
    made = forecasting.trace(series.named("Stock: AAPL"), n_steps, 12)
    wanted = LinearRegression().fit(made.x[:-12], made.y[:-12]).predict(made.x)
    np.testing.assert_allclose(made.linear, wanted, rtol=1e-8)
    pair = made.y[-12:], made.linear[-12:]
    assert math.isclose(forecasting.rmse(*pair), root_mean_squared_error(*pair), rel_tol=1e-12)
    assert math.isclose(forecasting.mae(*pair), mean_absolute_error(*pair), rel_tol=1e-12)


def test_a_straight_line_is_forecast_without_error_and_the_naive_forecast_is_one_step_behind():
    made = forecasting.trace(plain(range(0, 120, 3)), 4, 6)
    np.testing.assert_allclose(made.linear, made.y, atol=1e-9)
    np.testing.assert_array_equal(made.y - made.naive, np.full(36, 3.0))


def test_nothing_of_the_test_part_is_in_the_scaling_or_in_the_linear_forecast():
    values = np.sin(np.arange(80.0))
    changed = values.copy()
    changed[-12:] += 100
    honest, other = (forecasting.trace(plain(v), 6, 12) for v in (values, changed))
    assert (honest.mean, honest.std, honest.b) == (other.mean, other.std, other.b)
    np.testing.assert_array_equal(honest.w, other.w)
    leak = forecasting.trace(plain(changed), 6, 12, forecasting.EVERYTHING)
    assert leak.mean > other.mean + 10


def test_every_network_trained_together_learns_what_it_learns_alone():
    together = small_job().advance(None, 12, True)[0][-1].values
    for k, name in enumerate(FOUR):
        alone = small_job(networks=(name,)).advance(None, 12, True)[0][-1].values
        np.testing.assert_allclose(together["forecasts"][:, k], alone["forecasts"][:, 0], rtol=1e-4)


def test_the_training_sees_scaled_training_samples_only_and_reports_in_the_units_of_the_series():
    job = small_job()
    x, y = job.data()
    assert x.shape == (91, 5, 1) and y.shape == (91, 1)
    values = np.array(job.values)[:-12]
    np.testing.assert_allclose(x[0, :, 0], (values[:5] - values.mean()) / values.std(), rtol=1e-5)
    snapshot = job.advance(None, 0, True)[0][0].values
    assert snapshot["forecasts"].shape == (103, 4)
    true = np.array(job.values)[-12:]
    wanted = root_mean_squared_error(
        np.repeat(true[:, None], 4, 1), snapshot["forecasts"][-12:], multioutput="raw_values"
    )
    np.testing.assert_allclose(snapshot["rmse"], wanted, rtol=1e-5)


def test_a_network_beats_the_straight_line_where_the_next_value_is_a_curve_of_the_last():
    chaos = series.named(series.CHAOS)
    made = forecasting.trace(chaos, 3, 12)
    job = forecasting_training.job(
        chaos, 3, 12, forecasting.TRAINING, ("Dense",), units=16, epochs=60, learning_rate=0.01, seed=0
    )
    rmse = job.advance(None, 10_000)[0][-1].values["rmse"][0]
    linear = forecasting.rmse(made.y[-12:], made.linear[-12:])
    assert rmse < 0.6 * linear


def trained_rmse(kind, n_steps, test, networks, seed):
    job = forecasting_training.job(
        series.named(kind), n_steps, test, forecasting.TRAINING, networks, units=16, epochs=60, learning_rate=0.01,
        seed=seed,
    )  # fmt: skip
    return job.advance(None, job.total_steps)[0][-1].values["rmse"]


def test_on_a_stock_the_naive_forecast_is_0_032_off_and_the_lstm_0_038():
    made = forecasting.trace(series.named("Stock: AMZN"), 5, 20)  # the last fifth of 100 samples
    naive = forecasting.rmse(made.y[-20:], made.naive[-20:])
    lstm = trained_rmse("Stock: AMZN", 5, 20, ("LSTM",), seed=1)[0]
    assert naive == pytest.approx(0.0317, abs=1e-4) and lstm == pytest.approx(0.0378, abs=1e-3)


@pytest.mark.parametrize("seed", [0, 1])
def test_on_a_seasonal_series_with_a_window_of_30_the_straight_line_beats_the_recurrent_networks(seed):
    made = forecasting.trace(series.named(series.SALES), 30, 12)
    linear = forecasting.rmse(made.y[-12:], made.linear[-12:]) / made.std
    networks = trained_rmse(series.SALES, 30, 12, ("LSTM", "GRU"), seed) / made.std
    assert linear == pytest.approx(0.328, abs=1e-3) and (networks > 1.1 * linear).all() and (networks < 0.6).all()


def test_on_a_random_walk_the_naive_forecast_is_hard_to_beat():
    walk = plain(np.cumsum(np.random.default_rng(1).normal(size=400)))
    made = forecasting.trace(walk, 30, 60)
    assert forecasting.rmse(made.y[-60:], made.naive[-60:]) < forecasting.rmse(made.y[-60:], made.linear[-60:])


def test_a_shuffled_split_claims_more_than_is_true_for_a_series_that_changes_its_ways():
    values = np.concatenate([np.sin(np.arange(100) / 2), 3 * np.sin(np.arange(20))])
    leaks = forecasting.leaks(forecasting.trace(plain(values), 4, 20))
    assert leaks.shuffled < 0.8 * leaks.honest
    assert leaks.scaled_leak < leaks.scaled


def test_the_comparison_fails_on_wrong_numbers(monkeypatch):
    values = series.named(series.SALES).values
    assert all(check.passed for check in forecasting.check(values, 5, 12))
    leaked = forecasting.trace(series.named(series.SALES), 5, 12, forecasting.EVERYTHING)
    assert all(check.passed for check in forecasting.check(values, 5, 12, forecasting.EVERYTHING))
    honest = forecasting.trace
    monkeypatch.setattr(forecasting, "trace", lambda *_: leaked)  # scaled by what it must not see
    assert [check.passed for check in forecasting.check(values, 5, 12)] == [True, True, True, False]
    monkeypatch.setattr(forecasting, "trace", honest)
    monkeypatch.setattr(forecasting, "least_squares", lambda x, y: (np.ones(x.shape[1]) / x.shape[1], 0.01))
    assert not all(check.passed for check in forecasting.check(values, 5, 12))


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ((0, 12), "n_steps 0 is out of range; use 1 to 60"),
        ((5, 61), "test 61 is out of range; use 4 to 60"),
        ((20, 20), "36 together at most"),
    ],
)
def test_impossible_settings_get_a_sentence(settings, words):
    with pytest.raises(ValueError, match=words):
        forecasting.trace(plain(np.arange(40) % 7), *settings)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"networks": ()}, "choose one or more"),
        ({"networks": ("CNN",)}, "not known"),
        ({"epochs": 501}, "use 1 to 500"),
    ],
)
def test_impossible_trainings_get_a_sentence(changes, words):
    with pytest.raises(ValueError, match=words):
        small_job(**changes)


def test_the_made_series_are_the_same_for_the_same_seed_and_stocks_are_those_of_plotly():
    from plotly import data

    assert series.named(series.SALES, seed=4) == series.named(series.SALES, seed=4)
    assert series.named(series.SALES, seed=4).values != series.named(series.SALES, seed=5).values
    stocks = data.stocks()
    for name in series.COMPANIES:
        np.testing.assert_allclose(series.named(f"Stock: {name}").values, stocks[name], rtol=1e-12)
    values = np.array(series.named(series.CHAOS).values)
    np.testing.assert_allclose(values[1:], 3.9 * values[:-1] * (1 - values[:-1]), atol=1e-5)


# ---- uploaded files --------------------------------------------------------------------------------------------------


def csv(*rows, head="month,sales"):
    return "\n".join([head, *rows]).encode()


def test_a_csv_gives_its_column_of_numbers_and_its_names_of_rows():
    table = series_csv.read_csv(csv(*(f"2020-{k:02d},{k * 10}" for k in range(1, 25))))
    found = series_csv.column(table, "sales")
    assert found.values == tuple(float(k * 10) for k in range(1, 25))
    assert found.labels[0] == "2020.01" and found.notes == ()


def test_semicolons_decimal_commas_and_latin_letters_are_read():
    data = "\n".join(["März;Umsatz", *(f"{k};{k},5" for k in range(1, 21))]).encode("latin-1")
    table = series_csv.read_csv(data)
    assert table.names == ["März", "Umsatz"]
    assert series_csv.column(table, "Umsatz").values[:2] == (1.5, 2.5)


def test_a_file_without_names_keeps_its_first_row():
    table = series_csv.read_csv("\n".join(str(k * k) for k in range(30)).encode())
    assert series_csv.column(table, "column 1").values[:3] == (0.0, 1.0, 4.0)


def test_holes_take_the_value_before_them_and_are_told():
    rows = [f"{k},{'' if k in (0, 5, 6) else k}" for k in range(40)]
    found = series_csv.column(series_csv.read_csv(csv(*rows)), "sales")
    assert found.values[:7] == (1.0, 2.0, 3.0, 4.0, 4.0, 4.0, 7.0)
    assert len(found.notes) == 2 and "2 values are missing" in found.notes[1]


def test_of_a_hundred_thousand_rows_the_last_thousand_are_used():
    found = series_csv.column(series_csv.read_csv(csv(*(f"a,{k}" for k in range(100_000)))), "sales")
    assert len(found.values) == 1000 and found.values[-1] == 99_999
    assert "100,000 values; the last 1,000 are used" in found.notes[0]


def test_columns_of_the_same_name_can_both_be_chosen():
    data = csv(*(f"{k},{k * k},{k + 5}" for k in range(20)), head="sales,sales,sales (2)")
    table = series_csv.read_csv(data)
    assert table.names == ["sales", "sales (2)", "sales (2) (2)"]
    assert [series_csv.column(table, name).values[3] for name in table.names] == [3.0, 9.0, 8.0]


@pytest.mark.parametrize(
    ("rows", "values"),
    [
        ([f'a,"{k + 1},{k:03d}"' for k in range(20)], (1000.0, 2001.0)),
        ([f'a,"1,{k:03d},000.5"' for k in range(20)], (1000000.5, 1001000.5)),
        ([f'a,"{k},5"' for k in range(20)], (0.5, 1.5)),
        ([f'a,"0,{k:03d}"' for k in range(20)], (0.0, 0.001)),
        ([f"a,{k}.125" for k in range(20)], (0.125, 1.125)),
    ],
)
def test_a_comma_between_thousands_is_no_decimal_comma(rows, values):
    found = series_csv.column(series_csv.read_csv(csv(*rows)), "sales")
    assert found.values[:2] == values
    assert ("Commas between thousands were left out." in found.notes) == (values[0] >= 1000)


def test_where_semicolons_part_the_columns_a_comma_is_a_decimal_comma():
    rows = [f"a;1,{k:03d}" for k in range(20)]
    found = series_csv.column(series_csv.read_csv(csv(*rows, head="month;sales")), "sales")
    assert found.values[:2] == (1.0, 1.001) and not found.notes


def test_a_file_that_begins_with_the_newest_row_is_turned_round():
    rows = [f"2020-{k:02d}-01,{k}" for k in range(12, 0, -1)]
    found = series_csv.column(series_csv.read_csv(csv(*rows)), "sales")
    assert found.values == tuple(map(float, range(1, 13))) and found.labels[0] == "2020.01.01"
    assert "turned round" in found.notes[0]
    kept = series_csv.column(series_csv.read_csv(csv(*(f"b{k:02d},{k}" for k in range(20, 0, -1)))), "sales")
    assert kept.values[0] == 20 and not kept.notes  # names, not dates


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "0 rows"),
        (csv("1,2"), "1 row of values; a series needs at least 12"),
        (csv(*["red,blue"] * 20), "no column of the file holds numbers"),
        (b"PK\x03\x04\0\0", "save the table as CSV"),
        (b"1\n" * 3_000_000, "6.0 MB; use one of at most 5 MB"),
        (csv(*[",".join("1" * 300)] * 20, head=",".join("a" * 300)), "300 columns"),
        (csv(*(f"a,{'' if k % 2 else k}" for k in range(40))), "no column of the file holds numbers"),
        (b"a\n" + b'"' + b"1,2\n" * 60_000, "cannot be read"),
    ],
)
def test_a_file_that_is_no_series_gets_a_sentence(data, words):
    with pytest.raises(ValueError, match=words):
        series_csv.read_csv(data)


@pytest.mark.parametrize(
    ("cells", "words"), [(["7"] * 20, "nothing to forecast"), (["1e300", "2"] * 10, "1e-9 to 1e12")]
)
def test_a_column_that_cannot_be_forecast_gets_a_sentence(cells, words):
    table = series_csv.read_csv(csv(*(f"a,{cell}" for cell in cells)))
    with pytest.raises(ValueError, match=words):
        series_csv.column(table, "sales")


# ---- the series of the class, over the internet ----------------------------------------------------------------------


def test_the_car_sales_are_fetched_from_where_the_page_says_and_read_as_a_series(monkeypatch):
    file = "\n".join(['"Month","Sales"', *(f'"{1960 + k // 12}-{k % 12 + 1:02d}",{6550 + k}' for k in range(108))])
    asked = []

    def answer(address, timeout):
        asked.append(address)
        return io.BytesIO(file.encode())

    monkeypatch.setattr(car_sales, "urlopen", answer)
    found = car_sales.fetch()
    assert (found.name, len(found.values), found.values[0]) == (series.CARS, 108, 6550)
    assert (found.labels[0], found.labels[-1]) == ("1960.01", "1968.12")
    owner = car_sales.SOURCE.removeprefix("github.com")
    assert len(asked) == 1 and owner in asked[0]


@pytest.mark.parametrize("error", [URLError("no route"), TimeoutError(), IncompleteRead(b"")])
def test_without_a_connection_the_car_sales_get_a_sentence(monkeypatch, error):
    monkeypatch.setattr(car_sales, "urlopen", raising(error))
    with pytest.raises(ValueError, match=r"could not be fetched \(\w+\); without a connection use the other series"):
        car_sales.fetch()


def raising(error):
    def call(*_, **__):
        raise error

    return call


# ---- words -----------------------------------------------------------------------------------------------------------


def test_the_questions_are_answered_by_the_numbers():
    made = forecasting.trace(series.named(series.SALES), 5, 12)
    now = forecasting_words.errors(made, None, ())
    asked = forecasting_words.question(made, now, 0)
    assert asked.answer == "linear" and quiz.grade(asked, "linear").right
    count = forecasting_words.question(made, now, 1)
    assert count.answer == 91
    assert "no window before them" in quiz.grade(count, 96).reason
    assert forecasting_words.question(made, now | {"LSTM": 0.1}, 0).answer == "LSTM"


def test_an_error_that_is_only_rounding_is_said_to_be_none():
    made = forecasting.trace(plain(np.arange(30.0) / 7), 5, 12)
    now = forecasting_words.errors(made, None, ())
    assert now["linear"] == 0 < made.series.values[1] / 2 < now["naive"]
    said = " ".join(forecasting_words.notices(made, now, 0))
    assert "claim an RMSE of 0 for the linear forecast; on the real future it is 0. Here the two" in said
    assert "e-1" not in said


def test_errors_of_thousands_of_cars_are_written_out():
    made = forecasting.trace(plain(np.array(series.named(series.SALES).values) * 1000), 5, 12)
    now = forecasting_words.errors(made, None, ()) | {"LSTM": 1337.4}
    said = " ".join([*forecasting_words.notices(made, now, 60), forecasting_words.question(made, now, 0, 60).why])
    assert "1237" in said and "1337" in said and "e+" not in said


def test_forecasts_that_are_as_good_as_equal_are_not_asked_about_and_none_is_called_best():
    made = forecasting.trace(series.named(series.SALES), 5, 12)
    now = {"naive": 1.79, "linear": 1.237, "Dense": 1.236}
    assert "as good as equal after 120 batches: RMSE 1.24 and 1.24" in forecasting_words.winner(now, 120)
    assert "as good as equal: RMSE 1 and 1.01" in forecasting_words.winner({"naive": 1.0, "linear": 1.01}, 0)
    assert forecasting_words.question(made, now, 0, 120).answer == made.train
    clear = forecasting_words.question(made, now | {"Dense": 1.0}, 0, 1)
    assert clear.answer == "Dense" and "as they are after 1 batch?" in clear.text
