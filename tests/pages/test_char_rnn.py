"""The page of the network that writes: what it sends to its picture, and what it says of bad input."""

import numpy as np
import pytest

from engine.runs import RUNS
from tests.pages.driving import alive, checked, open_page, recipe_settings, run_recipe, scene

URL = "char-rnn"
FISH = "one fish two fish red fish blue fish " * 3


@pytest.fixture(autouse=True)
def forget_runs():
    yield
    for session in list(RUNS._runs):
        RUNS.cancel(session)


def text(header, arrays, moment=-1):
    return "".join(header["letters"][code] for code in arrays["codes"][moment])


def with_own_text(typed):
    at = open_page(URL, text="own text")
    at.text_area(key="own-letters").set_value(typed).run()
    return at


def test_the_page_writes_at_once_without_any_training():
    at = open_page(URL)
    header, arrays = scene(at, "writing")
    assert not RUNS._runs and checked(at)
    assert len(text(header, arrays)) == 160 and header["places"][-1] == 1500
    assert 0.2 < float(np.mean(arrays["belongs"][-1] == 2)) < 0.8  # some of it new, some copied
    assert "characters a second" in " ".join(caption.value for caption in at.caption)
    assert any("are new" in line.value for line in at.markdown)


def test_the_states_travel_in_16_bits_without_a_visible_loss():
    from engine import compute
    from engine.sequence import char_rnn_training
    from engine.sequence.char_rnn import Writing

    _, arrays = scene(open_page(URL), "writing")
    low, high = arrays["hidden"][..., 0].astype(int), arrays["hidden"][..., 1].astype(int)
    with compute.inline():
        traced = char_rnn_training.trace_shipped(Writing())
    np.testing.assert_allclose((low + 256 * high) / 32767.5 - 1, traced.hidden, atol=2e-5)


def test_write_another_changes_the_draws_only():
    at = open_page(URL)
    before = text(*scene(at, "writing"))
    next(button for button in at.button if button.label == "Write another").click().run()
    assert at.number_input(key="seed").value == 1
    assert text(*scene(at, "writing")) != before


def test_the_typed_beginning_stands_first():
    header, arrays = scene(open_page(URL, prefix="San"), "writing")
    assert text(header, arrays).startswith("San") and header["start"] == 3
    assert np.isnan(arrays["draws"][:3]).all() and not np.isnan(arrays["draws"][3:]).any()


@pytest.mark.parametrize(("prefix", "named"), [("Zürich", "ü"), ("New York", "the space"), ("😀", "😀"), ("<b>", "<")])
def test_a_beginning_it_never_read_gets_a_sentence(prefix, named):
    at = open_page(URL, prefix=prefix)
    assert not at.exception
    said = at.warning[0].value.replace("\\", "").replace("“", "").replace("”", "")
    assert f"The network has never read {named}" in said
    assert at.slider(key="temperature").value == 0.8


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("", "Type or paste a text"), ("a", "1 character; use 20"), ("aaaa" * 9, "1 different character;")],
)
def test_an_own_text_that_is_too_little_gets_a_sentence(typed, sentence):
    at = with_own_text(typed)
    assert not at.exception
    assert sentence in at.warning[0].value.replace("\\", "")


@pytest.mark.parametrize("typed", [FISH, "word by word " * 400, "😀🎉 " * 12])
def test_an_own_text_is_written_from_chance_and_stays_in_the_session(typed):
    at = with_own_text(typed)
    alive(at)
    header, _ = scene(at, "writing")
    assert set(header["letters"]) == {"\n", *" ".join(typed.split())}
    assert header["places"] == [0] and "Not trained yet" in " ".join(caption.value for caption in at.caption)
    assert "own-letters" not in at.query_params and checked(at)


def test_a_question_hides_what_comes_next_and_the_other_moments():
    at = open_page(URL)
    whole = text(*scene(at, "writing"))
    next(button for button in at.button if button.label == "Ask me").click().run()
    header, arrays = scene(at, "writing")
    shown = text(header, arrays)
    assert header["stops"] and len(arrays["codes"]) == 1
    assert len(shown) < len(whole) and whole.startswith(shown)


def test_a_question_does_not_tell_whether_the_name_that_stops_is_a_copy():
    at = open_page(URL)
    _, whole = scene(at, "writing")
    next(button for button in at.button if button.label == "Ask me").click().run()
    header, arrays = scene(at, "writing")
    name = len(text(header, arrays)) - text(header, arrays).rfind("\n") - 1
    assert name and not arrays["belongs"][0, -name:].any()
    np.testing.assert_array_equal(arrays["belongs"][0, :-name], whole["belongs"][-1, : arrays["codes"].shape[1] - name])


def test_a_unit_that_the_layer_does_not_have_is_named():
    at = open_page(URL, colour="unit by number", unit="100")
    header, _ = scene(at, "writing")
    said = " ".join(caption.value for caption in at.caption)
    assert header["units"] == 64 and "unit 64 is shown, not 100" in said


def test_a_single_moment_is_not_counted():
    said = " ".join(caption.value for caption in open_page(URL, text="Lee news", units="4").caption)
    assert "characters a second." in said and "moments" not in said


def test_the_recipe_with_the_shipped_weights_writes_the_text_of_the_page(monkeypatch):
    at, settings = recipe_settings(URL, monkeypatch, prefix="San", temperature="1.2", seed="5", characters="60")
    header, arrays = scene(at, "writing")
    result = run_recipe(URL, settings)
    assert settings["weights"] and settings["steps"] == 0
    assert result["text"] == text(header, arrays)
    np.testing.assert_allclose(result["probability"], arrays["written"][-1], atol=1e-5)
    low, high = arrays["hidden"][-1, ..., 0].astype(int), arrays["hidden"][-1, ..., 1].astype(int)
    np.testing.assert_allclose(result["hidden"], (low + 256 * high) / 32767.5 - 1, atol=1e-4)


@pytest.mark.parametrize("cell", ["LSTM", "GRU", "SimpleRNN"])
def test_the_recipe_trains_as_many_steps_as_the_page_and_writes_the_same(cell):
    from engine import compute
    from engine.sequence import char_rnn, char_rnn_training, texts
    from engine.training import advance

    job = char_rnn_training.job(
        texts.Text(texts.OWN, FISH),
        {"cell": cell, "units": 12, "steps": 50, "rate": 0.02, "seed": 4, "further": False},
    )
    with compute.inline():
        snapshots, _ = advance(job, None, 8, look=True)
        weights = char_rnn_training.weights(snapshots[-1].values, cell)
        traced = char_rnn.trace(job.text, [weights], char_rnn.Writing("fish", 40, 0.7, 2))
    result = run_recipe(URL, {
        "source": texts.OWN, "own_text": FISH, "cell": cell, "units": 12, "seed": 4, "rate": 0.02, "weights": None,
        "steps": 8, "prefix": "fish", "characters": 40, "temperature": 0.7, "draw_seed": 2,
    })  # fmt: skip
    assert result["text"] == traced.text()
    np.testing.assert_allclose(result["probability"], traced.written[0], atol=2e-4)


@pytest.mark.parametrize("source", ["Wikipedia words", "Lee news"])
def test_the_recipe_reads_the_same_texts(source):
    from engine.sequence import texts

    result = run_recipe(URL, {"source": source, "weights": None, "units": 4, "characters": 20})
    assert len(result["text"]) == 20
    assert set(result["text"]) <= set(texts.load(texts.Text(source)).alphabet)
