"""The network that writes: its steps are Keras's, its draws follow its probabilities, its training learns."""

import re
from dataclasses import replace

import keras
import numpy as np
import pytest
from scipy.stats import rankdata

from engine import compute
from engine.sequence import char_layers, char_novelty, char_rnn, char_rnn_training, char_rnn_words, char_units, texts
from engine.sequence.char_layers import check, initial, layers, read_off
from engine.sequence.char_rnn import Writing
from engine.sequence.char_steps import (
    CELLS,
    LSTM,
    Weights,
    begin,
    draw,
    mean_loss,
    outputs,
    probabilities,
    stack,
    step,
)
from engine.sequence.moments import spread
from engine.sequence.texts import LEE, NAMES, OWN, WORDS, Text
from engine.training import advance

FISH = Text(OWN, "one fish two fish red fish blue fish " * 3)


@pytest.fixture(scope="module")
def shipped():
    with compute.inline():
        return char_rnn_training.trace_shipped(Writing("San", 60))


def network(cell, units=5, size=7):
    model = layers(cell, units, size, seed=3)
    rng = np.random.default_rng(0)
    first, *others = model.get_weights()
    # Not larger: a simple recurrent layer would make much of how a processor rounds.
    model.set_weights([first] + [rng.normal(0, 0.4, size=w.shape).astype("float32") for w in others])
    return model, Weights(cell, *read_off(model))


@pytest.mark.parametrize("cell", CELLS)
def test_a_step_in_numpy_equals_the_keras_layer(cell):
    model, weights = network(cell)
    codes = np.random.default_rng(1).integers(0, 7, (4, 30))
    state, found = begin(weights, 4), []
    for t in range(30):
        state = step(weights, state, codes[:, t])
        found.append(outputs(weights, state[0]))
    np.testing.assert_allclose(np.stack(found, 1), np.asarray(model(codes)), atol=2e-5)


@pytest.mark.parametrize("cell", CELLS)
def test_the_check_passes_for_any_size_with_one_compiled_call_and_notices_every_weight(cell):
    for units, size in ((5, 7), (9, 4)):
        _, weights = network(cell, units, size)
        codes = np.random.default_rng(1).integers(0, size, 30)
        state, found = begin(weights, 1), []
        for code in codes:
            state = step(weights, state, np.array([code]))
            found.append((state[0][0], outputs(weights, state[0])[0]))
        hidden, logits = map(np.array, zip(*found, strict=True))
        assert check(weights, codes, hidden, logits).passed
        for k in range(5):
            moved = [array + 0.01 * (number == k) for number, array in enumerate(weights.arrays)]
            assert not check(Weights(cell, *moved), codes, hidden, logits).passed
    assert char_layers._call(cell).experimental_get_tracing_count() == 1


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize(("units", "size", "seed"), [(4, 7, 0), (33, 5, 6)])
def test_weights_drawn_without_the_layers_are_the_layers_to_the_last_bit(cell, units, size, seed):
    built = read_off(layers(cell, units, size, seed))
    for own, theirs in zip(initial(cell, units, size, seed).arrays, built, strict=True):
        np.testing.assert_array_equal(own, theirs)
        assert own.dtype == theirs.dtype


@pytest.mark.parametrize("cell", CELLS)
def test_networks_side_by_side_do_not_mix(cell):
    (_, one), (_, other) = network(cell), network(cell)
    other = Weights(cell, *(2 * array for array in other.arrays))
    both, codes = stack([one, other]), np.array([[1, 2], [3, 4]])
    joint = step(both, begin(both, 2), codes)[0]
    for k, alone in enumerate((one, other)):
        np.testing.assert_allclose(joint[k], step(alone, begin(alone, 2), codes[k])[0], atol=1e-6)


def test_the_loss_in_numpy_equals_model_evaluate():
    model, weights = network(LSTM)
    model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    codes = np.random.default_rng(2).integers(0, 7, (8, 20))
    assert mean_loss(weights, codes) == pytest.approx(model.evaluate(codes[:, :-1], codes[:, 1:], verbose=0), abs=1e-5)


def test_the_check_fails_on_other_weights(shipped):
    assert shipped.check.passed
    moved = Weights(LSTM, shipped.weights.kernel + 0.01, *shipped.weights.arrays[1:])
    written = char_rnn.write(stack([shipped.weights]), np.zeros(0, int), Writing("", 20))
    whole = np.concatenate([[0], written.codes[0]])
    assert check(shipped.weights, whole, written.hidden[0], written.logits[0]).passed
    assert not check(moved, whole, written.hidden[0], written.logits[0]).passed


def test_draws_come_as_often_as_their_probability_says():
    p, count = np.array([0.1, 0.6, 0.05, 0.25]), 20_000
    found = draw(np.tile(p, (count, 1)), np.random.default_rng(0).random(count))
    np.testing.assert_allclose(np.bincount(found, minlength=4) / count, p, atol=0.011)  # 3 standard deviations


def test_a_low_temperature_sharpens_and_a_high_one_flattens():
    z = np.array([2.0, 1.0, 0.0])
    cool, plain, hot = (probabilities(z, tau)[0] for tau in (0.5, 1.0, 2.0))
    assert cool > plain > hot
    assert plain == pytest.approx(np.exp(2) / (np.exp(2) + np.exp(1) + 1), abs=1e-12)
    assert cool / probabilities(z, 0.5)[1] == pytest.approx(np.exp(2), rel=1e-9)


def test_every_draw_falls_into_the_part_of_its_character(shipped):
    drawn = ~np.isnan(shipped.draws)
    assert drawn.sum() == 60 and not drawn[:3].any()
    assert (shipped.below[:, drawn] <= shipped.draws[drawn] + 1e-12).all()
    assert (shipped.draws[drawn] < shipped.below[:, drawn] + shipped.written[:, drawn] + 1e-9).all()
    np.testing.assert_allclose(np.exp(shipped.written_z / 0.8 - shipped.log_sum), shipped.written, rtol=1e-6)


def test_all_moments_begin_with_what_was_typed(shipped):
    assert all(shipped.text(k).startswith("San") and len(shipped.text(k)) == 63 for k in range(len(shipped.codes)))
    assert shipped.start == 3


def test_the_same_seed_writes_the_same_and_another_seed_something_else():
    with compute.inline():
        one, same, other = (char_rnn_training.trace_shipped(Writing("", 40, seed=s)).text() for s in (0, 0, 1))
    assert one == same != other


def test_the_shipped_network_goes_from_noise_to_names():
    with compute.inline():
        traced = char_rnn_training.trace_shipped(Writing())
    places, curve = char_rnn_training.shipped_curve()
    assert places[0] == 0 and places[-1] == char_rnn_training.shipped_job().total_steps == 1500
    assert curve.perplexities[0] == pytest.approx([52, 52], abs=1)  # as unsure as among all its 52 characters
    assert curve.perplexities[-1, 0] < 3
    assert traced.new[0] == 1 and 0.2 < traced.new[-1] < 0.6
    best = curve.perplexities[:, 1].argmin()
    assert 90 <= curve.steps[best] <= 400 and curve.perplexities[-1, 1] > 3 * curve.perplexities[best, 1]


def test_at_temperature_one_half_of_what_the_shipped_network_writes_is_new():
    networks = stack(char_rnn_training.shipped()[-1:])
    new, _, count = char_novelty.novelty(networks, texts.load(Text()), 1.0)
    assert count[0] >= 90 and new[0] == pytest.approx(0.5, abs=0.12)


def test_what_is_kept_of_a_temperature_is_what_is_found_anew_for_everything_that_is_written():
    with compute.inline():
        for temperature, prefix in ((0.5, "A"), (0.5, "Bo"), (1.2, "A")):
            kept = char_rnn_training.trace_shipped(Writing(prefix, 20, temperature))
            anew = char_rnn.trace(Text(), char_rnn_training.shipped(), Writing(prefix, 20, temperature))
            for name in ("new", "held", "samples"):
                np.testing.assert_array_equal(getattr(kept, name), getattr(anew, name))
            assert kept.experts == anew.experts


def test_it_writes_more_than_200_characters_a_second(shipped):
    assert shipped.rate > 200


# ---- texts -------------------------------------------------------------------------------------------------------


def test_the_place_names_are_the_325_of_the_analogy_questions():
    names = texts.place_names()
    assert len(names) == 325 and {"Athens", "Zimbabwe", "Chicago", "Texas"} <= set(names)
    corpus = texts.load(Text(NAMES))
    assert len(corpus.training) == 293 and len(corpus.held) == 32 and not corpus.prose
    assert len(corpus.alphabet) == 52 and corpus.alphabet[0] == "\n"
    assert not set(corpus.training) & set(corpus.held)


def test_words_are_a_list_and_news_is_prose():
    words, news = texts.load(Text(WORDS)), texts.load(Text(LEE))
    assert len(words.training) > 5000 and "university" in words.known | words.held_words and len(words.alphabet) == 27
    assert news.prose and len(news.training) == 1 and len(news.training[0]) > 300_000 and news.held


def test_every_window_of_a_list_begins_with_a_new_line_and_holds_whole_names():
    corpus = texts.load(Text(NAMES))
    rows = texts.windows(corpus, np.random.default_rng(0))
    assert rows.shape == (32, 65) and (rows[:, 0] == 0).all()
    for row in rows:
        assert set(corpus.decode(row).split("\n")[1:-1]) <= set(corpus.training)


def test_windows_of_a_short_prose_repeat_it():
    corpus = texts.load(Text(OWN, "abcdefghij klmnopqrst"))
    assert corpus.prose and texts.windows(corpus, np.random.default_rng(0)).shape == (32, 65)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "0 characters"),
        ("a", "1 character; use 20"),
        ("a" * 50, "1 different character;"),
        ("".join(map(chr, range(0x4E00, 0x4E00 + 300))), "300 different characters"),
        ("ab " * 100_000, "299,999 characters"),
    ],
)
def test_an_own_text_that_cannot_be_learned_is_refused_with_its_numbers(typed, sentence):
    with pytest.raises(ValueError, match=sentence):
        texts.own(typed)


def test_emoji_and_a_thousand_words_are_text():
    assert set("😀🎉") <= set(texts.own("😀🎉 " * 20).alphabet)
    assert texts.own("word and other " * 500).prose
    names = texts.own("\n".join(f"name{k}" for k in range(30)))
    assert not names.prose and len(names.training) == 27 and len(names.held) == 3


def test_what_the_network_never_read_is_named():
    with pytest.raises(ValueError, match="never read “ü”; it knows A–W, Y, Z, a–z"):
        char_rnn.encode_prefix(texts.load(Text()), "Zürich")
    with pytest.raises(ValueError, match="never read the space, “😀”"):
        char_rnn.encode_prefix(texts.load(Text()), "San 😀")


@pytest.mark.parametrize("bad", [{"temperature": 0.0}, {"characters": 5000}, {"seed": -1}, {"prefix": "a" * 41}])
def test_a_setting_out_of_range_is_refused(bad):
    with pytest.raises(ValueError, match=r"out of range|at most 40"):
        char_rnn.refuse(Writing(**bad))


# ---- what is new, and who knows what -------------------------------------------------------------------------------


def test_only_lines_that_were_finished_and_hold_something_count():
    corpus = texts.load(Text())
    rows = np.stack([corpus.encode(line) for line in ("Oslo\nRome\n", "\nOslo\nRome", "OsloRomeOs")])
    assert char_novelty._finished(corpus, rows) == ["Oslo"]


def test_copied_new_and_held_out_names_are_told_apart():
    corpus = texts.load(Text())
    text = f"{corpus.training[0]}\nSatramelphia\n{corpus.held[0]}\nSat"
    found = char_novelty.belongs(corpus, corpus.encode(text))
    ends = np.flatnonzero(np.array(list(text)) == "\n")
    assert found[ends - 1].tolist() == [char_novelty.COPIED, char_novelty.NEW, char_novelty.HELD]
    assert (found[ends] == char_novelty.NEITHER).all() and (found[-3:] == char_novelty.NEITHER).all()


def test_the_area_under_the_curve_equals_scikit_learns():
    from sklearn.metrics import roc_auc_score

    rng = np.random.default_rng(0)
    hidden, wanted = rng.normal(size=(200, 3)), rng.random(200) < 0.3
    theirs = [roc_auc_score(wanted, unit) for unit in hidden.T]
    np.testing.assert_allclose(
        char_units.areas(char_units.ranked(hidden), wanted), [max(a, 1 - a) for a in theirs], atol=1e-12
    )


def test_ranks_equal_scipys_ties_and_all():
    rng = np.random.default_rng(0)
    hidden = np.concatenate([rng.normal(size=(300, 4)), rng.integers(-2, 3, (300, 4))], 1).astype("float32")
    hidden[:, 3] = 1  # a unit that never changes
    np.testing.assert_array_equal(char_units.ranked(hidden), rankdata(hidden, axis=0))


def test_correlations_equal_numpys():
    rng = np.random.default_rng(0)
    hidden, place = rng.normal(size=(100, 2)), rng.integers(0, 9, 100)
    theirs = [abs(np.corrcoef(unit, place)[0, 1]) for unit in hidden.T]
    np.testing.assert_allclose(char_units.correlations(hidden, place), theirs, atol=1e-12)


# ---- training ----------------------------------------------------------------------------------------------------


def settings(**changes):
    return {"cell": LSTM, "units": 16, "steps": 100, "rate": 0.01, "seed": 0, "further": False} | changes


@pytest.mark.parametrize("cell", CELLS)
def test_training_lowers_the_perplexity_on_its_text(cell):
    job = char_rnn_training.job(FISH, settings(cell=cell))
    with compute.inline():
        snapshots, _ = advance(job, None, 60)
    fell = char_rnn_training.curve(snapshots).perplexities[:, 0]
    assert fell[-1] < 0.6 * fell[0]
    assert np.isnan(char_rnn_training.curve(snapshots).perplexities[:, 1]).all()  # too short to hold anything out


def test_the_same_training_twice_and_in_two_parts_gives_the_same_weights():
    job = char_rnn_training.job(FISH, settings())
    with compute.inline():
        whole, _ = advance(job, None, 12)
        first, checkpoint = advance(job, None, 5)
        second, _ = advance(job, checkpoint, 7)
    for name in char_rnn_training.NAMES:
        np.testing.assert_array_equal(whole[-1].values[name], second[-1].values[name])
    assert first[0].step == 0


def test_training_further_begins_with_the_shipped_weights():
    job = char_rnn_training.job(Text(), settings(units=64, further=True))
    with compute.inline():
        (first,), _ = advance(job, None, 0)
    np.testing.assert_array_equal(first.values["recurrent"], char_rnn_training.shipped()[-1].recurrent)
    with pytest.raises(ValueError, match="begin at chance"):
        char_rnn_training.job(Text(LEE), settings(units=64, further=True))


def test_settings_out_of_range_are_refused():
    for name, value in (("units", 1000), ("steps", 1), ("rate", 1.0), ("seed", -1)):
        with pytest.raises(ValueError, match=f"{name} .* is out of range; use"):
            char_rnn_training.job(FISH, settings(**{name: value}))


@pytest.mark.parametrize(("count", "now"), [(1, 0), (2, 1), (13, 5), (51, 50), (200, 77)])
def test_the_moments_to_scrub_hold_both_ends_and_the_present_one(count, now):
    places = spread(count, now, char_rnn_training.MOMENTS)
    assert {0, now, count - 1} <= set(places) and len(places) <= 16 and places == sorted(set(places))
    assert max(places) < count


@pytest.mark.parametrize("cell", CELLS)
def test_an_untrained_network_is_the_one_that_a_training_begins_with(cell):
    job = char_rnn_training.job(FISH, settings(cell=cell, seed=6))
    begun = advance(job, None, 0)[0]
    weights = char_rnn_training.weights(begun[0].values, cell)
    with compute.inline():
        traced, curve = char_rnn_training.trace_untrained(FISH, cell, job.units, 6, Writing("fish", 20))
        theirs = char_rnn.trace(FISH, [weights], Writing("fish", 20))
    assert traced.text() == theirs.text() and traced.check.passed
    np.testing.assert_array_equal(traced.weights.recurrent, weights.recurrent)
    np.testing.assert_array_equal(curve.perplexities, char_rnn_training.curve(begun).perplexities)


# ---- questions ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("round", range(8))
def test_the_answer_of_a_question_is_what_the_network_says(shipped, round):
    question, at, stops = char_rnn_words.question(shipped, len(shipped.codes) - 1, round)
    corpus = texts.load(Text())
    given = corpus.encode(shipped.text()[:at])
    written = char_rnn.write(stack([shipped.weights]), given, Writing("x" * at, 20))
    z = written.logits[0, at]
    best = shipped.alphabet[z.argmax()]
    if stops:
        assert str(question.answer).startswith("⏎" if best == "\n" else best)
        assert question.answer in question.choices and len(question.choices) == 4
    else:
        assert question.answer == pytest.approx(probabilities(z, 0.4).max(), abs=1e-6)


def untrained(temperature=0.8):
    with compute.inline():
        return char_rnn_training.trace_untrained(Text(), LSTM, 64, 0, Writing(temperature=temperature))


def test_the_reason_tells_the_probabilities_of_an_untrained_network_apart():
    question, *_ = char_rnn_words.question(untrained()[0], 0, 0)
    said = [float(p) for p in re.findall(r"\d\.\d+", question.why)]
    assert len(said) == 2 and said[0] > said[1]


def test_no_unit_of_an_untrained_network_is_said_to_follow_anything():
    traced, curve = untrained()
    last = char_rnn_words.notices(traced, 0, curve, 0, NAMES)[-1]
    assert "by chance" in last and "Nobody asked" not in last


def test_what_is_noticed_names_the_step_at_which_it_is_so(shipped):
    _, curve = char_rnn_training.shipped_curve()
    said = char_rnn_words.notices(shipped, len(shipped.codes) - 1, curve, 1500, NAMES)
    assert len(said) == 4 and all("step 1500" in line for line in said)


@pytest.mark.parametrize(("temperature", "tried"), [(0.1, "a higher"), (0.8, "a higher and a lower"), (2.0, "a lower")])
def test_no_temperature_is_advised_that_the_slider_does_not_have(temperature, tried):
    traced, curve = untrained(temperature)
    assert char_rnn_words.notices(traced, 0, curve, 0, NAMES)[0].endswith(f"Try {tried} temperature.")


@pytest.mark.parametrize(("count", "said"), [(0, "finishes no name"), (1, "finishes one name"), (2, "of 2 names")])
def test_few_finished_names_are_counted_in_words(shipped, count, said):
    few = replace(shipped, samples=np.full_like(shipped.samples, count))
    curve = char_rnn_training.shipped_curve()[1]
    assert said in char_rnn_words.said(curve, 1500, few, len(few.codes) - 1, NAMES)
    assert ("written at" in char_rnn_words.notices(few, -1, curve, 1500, NAMES)[0]) == (count > 1)
