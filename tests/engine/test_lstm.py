"""The LSTM: equal to Keras at every step, forced and changed as asked, and what is refused."""

import re

import numpy as np
import pytest

from engine.quiz import grade
from engine.sequence import gate_units, gate_words, gates_by_hand, lstm, lstm_layer, lstm_questions, lstm_sizes
from engine.sequence.gate_views import AFTER, BEFORE, DIFFERENCE, view
from engine.sequence.gates_by_hand import HandGates

REVIEW = "I didn't like the product, but after using it for two weeks it is good"
BY_HAND = lstm.BY_HAND


def random_layer(units: int, features: int, seed: int) -> lstm_layer.Layer:
    rng = np.random.default_rng(seed)
    shapes = [(features, 4 * units), (units, 4 * units), (4 * units,)]
    return lstm_layer.Layer(*(rng.normal(size=shape).astype("float32") for shape in shapes))


def passed(layer: lstm_layer.Layer, x: np.ndarray) -> lstm_layer.Pass:
    return lstm_layer.read(tuple(map(str, range(len(x)))), (), x, np.ones(len(x), bool), layer)


@pytest.mark.parametrize(("units", "features", "steps"), [(1, 1, 1), (3, 2, 7), (16, 16, 40)])
def test_h_and_c_equal_a_keras_cell_stepped_by_hand(units, features, steps):
    import keras

    layer = random_layer(units, features, seed=units)
    x = np.random.default_rng(1).normal(size=(steps, features)).astype("float32")
    run = passed(layer, x)
    cell = keras.layers.LSTMCell(units)
    cell.build((None, features))
    cell.set_weights([layer.kernel, layer.recurrent_kernel, layer.bias])
    states = [np.zeros((1, units), "float32")] * 2
    for t in range(steps):
        _, states = cell(x[t : t + 1], states)
        np.testing.assert_allclose(run.hidden[t + 1], np.array(states[0])[0], atol=1e-5)
        np.testing.assert_allclose(run.cell[t + 1], np.array(states[1])[0], atol=1e-5)


def test_the_oracle_reads_every_prefix_as_keras_reads_it_alone():
    import keras

    layer = random_layer(4, 3, seed=0)
    x = np.random.default_rng(2).normal(size=(6, 3)).astype("float32")
    hidden, cell = lstm_layer.keras_states(x, layer)
    alone = keras.layers.LSTM(4, return_state=True)
    alone.build((None, None, 3))
    alone.set_weights([layer.kernel, layer.recurrent_kernel, layer.bias])
    for t in range(6):
        _, h, c = alone(x[None, : t + 1])
        np.testing.assert_allclose(hidden[t], np.array(h)[0], atol=1e-6)
        np.testing.assert_allclose(cell[t], np.array(c)[0], atol=1e-6)


def test_the_check_fails_when_two_gates_are_taken_for_each_other(monkeypatch):
    monkeypatch.setattr(lstm_layer, "PARTS", "figo")
    traced = lstm.trace(text=REVIEW)
    assert not traced.check.passed and traced.check.difference > 0.1


def test_the_trained_network_passes_its_check_on_the_class_review():
    traced = lstm.trace(text=REVIEW)
    assert traced.check.passed and traced.check.difference < 1e-5
    assert traced.after is traced.before and traced.before.cell.shape == (16, 16)


def test_what_is_kept_erased_and_written_adds_up():
    run = lstm.trace(text=REVIEW).after
    np.testing.assert_allclose(run.kept + run.written, run.cell[1:], atol=1e-6)
    np.testing.assert_allclose(run.kept + run.erased, run.cell[:-1], atol=1e-6)


def test_sums_of_tanh_with_open_gates():
    run = lstm.trace(BY_HAND, "1, 2, 3, 4", hand=HandGates(w=0.1)).after
    np.testing.assert_allclose(run.cell[1:, 0], np.cumsum(np.tanh([0.1, 0.2, 0.3, 0.4])), atol=1e-6)
    np.testing.assert_allclose(run.hidden[1:, 0], np.tanh(run.cell[1:, 0]), atol=1e-6)


def test_a_forget_gate_at_nine_tenths_keeps_a_third_after_ten_steps():
    text = "1 " + "0 " * 10
    run = lstm.trace(BY_HAND, text, hand=HandGates(f=0.9, w=1)).after
    assert run.cell[-1, 0] / run.cell[1, 0] == pytest.approx(0.9**10, rel=1e-4)


def test_by_hand_the_belt_is_emptied_at_but_and_only_there():
    traced = lstm.trace(BY_HAND, "it is good but it is boring", hand=HandGates(f_at_contrast=0, w=1))
    forget, cell = traced.after.gates["f"][:, 0], traced.after.cell[1:, 0]
    assert forget.tolist() == [1, 1, 1, 0, 1, 1, 1]
    assert cell[3] == 0 and cell[-1] == pytest.approx(-np.tanh(1), abs=1e-6)
    assert traced.check.passed


@pytest.mark.parametrize("force", lstm_layer.FORCES[1:])
def test_a_forced_gate_is_0_or_1_at_every_step_and_no_other_unit_is_forced(force):
    traced = lstm.trace(text=REVIEW, force=force, unit=5)
    gate, value = lstm_layer.GATES[force.split()[0]], float(force.endswith("open"))
    assert (traced.after.gates[gate][:, 5] == value).all()
    others = np.delete(traced.after.gates[gate], 5, axis=1)
    assert not np.isin(others, (0, 1)).all(0).any()
    assert traced.check.passed
    np.testing.assert_array_equal(traced.before.cell, lstm.trace(text=REVIEW).before.cell)


def test_an_output_gate_held_shut_hides_the_unit():
    traced = lstm.trace(text=REVIEW, force="output shut", unit=2)
    assert (traced.after.hidden[:, 2] == 0).all() and (traced.after.cell[1:, 2] != 0).any()


def test_a_changed_word_changes_nothing_before_it():
    traced = lstm.trace(text=REVIEW, swap="Good", into="awful")
    assert traced.changed == (14,) and traced.after.tokens[-1] == "awful"
    np.testing.assert_array_equal(traced.before.cell[:15], traced.after.cell[:15])
    assert traced.before.probability[-1] > 0.9 > 0.1 > traced.after.probability[-1]


def test_the_difference_is_after_less_before_and_views_sort_the_units():
    traced, scores = lstm.trace(text=REVIEW, swap="good", into="bad"), gate_units.scores(gate_units.VERDICT)
    both = [view(traced, scores, 0, True, side).arrays["c"] for side in (BEFORE, AFTER)]
    np.testing.assert_allclose(view(traced, scores, 0, True, DIFFERENCE).arrays["c"], both[1] - both[0])
    np.testing.assert_array_equal(both[0], traced.before.cell[:, scores.order])
    with pytest.raises(ValueError, match="no side"):
        view(traced, scores, 0, True, "sideways")


def test_words_outside_the_vocabulary_share_one_vector_and_are_marked():
    run = lstm.trace(text="the zebra 👍 is ___ good").after
    assert run.tokens == ("the", "zebra", "👍", "is", "___", "good")
    assert run.known.tolist() == [True, False, False, True, False, True]
    np.testing.assert_array_equal(run.x[1], run.x[2])


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"text": ""}, "no word to read"),
        ({"text": " ... !! "}, "no word to read"),
        ({"text": "good " * 1000}, "1,000 words are too many"),
        ({"text": "1, 2, 3, 4"}, "reads words, not numbers"),
        ({"text": "1e9", "model": BY_HAND, "swap": "x", "into": "y"}, "there is no 'x'"),
        ({"text": "9999999", "model": BY_HAND}, "too large"),
        ({"text": "it is good", "swap": "bad", "into": "good"}, "there is no 'bad' to change"),
        ({"text": "it is good", "swap": "good", "into": "very bad"}, "is 2 words"),
        ({"force": "forget ajar"}, "not known"),
        ({"unit": 16}, "has 16, counted from 0"),
        ({"model": "wishful"}, "use trained or set by hand"),
        ({"model": BY_HAND, "hand": HandGates(f=1.5)}, "use 0"),
        ({"model": BY_HAND, "hand": HandGates(w=9)}, "use -3 to 3"),
    ],
)
def test_what_cannot_be_read_gets_a_sentence(settings, sentence):
    with pytest.raises(ValueError, match=sentence):
        lstm.trace(**settings)


def test_half_of_a_change_is_no_change():
    traced = lstm.trace(text="it is good", swap="good", into="")
    assert traced.after is traced.before


def test_keras_counts_the_weights_of_the_seed_model():
    assert [size.count for size in lstm_sizes.sizes()] == [40_800, 10_200, 5_050, 48_451]


@pytest.mark.parametrize("size", lstm_sizes.sizes(), ids=lambda size: size.name)
def test_the_formula_beside_a_count_gives_that_count(size):
    assert eval(size.formula.replace("·", "*").replace(",", "")) == size.count


@pytest.mark.parametrize("seed", range(12))
def test_questions_have_the_answer_that_the_pass_holds(seed):
    run = lstm.trace(text=REVIEW).after
    question, step = lstm_questions.question(run, 2, seed)
    if seed % 3 == 2:
        assert question.answer == ("good" if run.probability[-1] > 0.5 else "bad")
        assert set(question.choices) == {"good", "bad"} and step == run.ends[0]
    else:
        array = run.cell if seed % 3 == 0 else run.hidden
        assert question.answer == pytest.approx(float(array[step + 1, 2]))


def test_who_computes_with_the_numbers_of_the_question_is_right():
    run = lstm.trace(text="good " * 200, force="forget open", unit=3).after
    for unit in range(16):
        for seed in range(0, 60, 3):
            asked, _ = lstm_questions.question(run, unit, seed)
            old, f, i, g = (float(x) for x in re.findall(r"(?:is|=) (-?[\d.]+\d)", asked.text))
            assert grade(asked, f * old + i * g).right, asked.text


def test_the_check_sees_a_wrong_h_beside_a_large_cell_state(monkeypatch):
    honest = lstm_layer.keras_states
    monkeypatch.setattr(lstm, "keras_states", lambda *a: (honest(*a)[0] + 1e-4, honest(*a)[1]))
    traced = lstm.trace(BY_HAND, "1 " * 200, hand=HandGates(w=3))
    assert traced.after.cell[-1, 0] > 190 and not traced.check.passed


def notices(side=AFTER, unit=0, **settings):
    scored = settings.get("model") != BY_HAND
    scores = gate_units.scores(gate_units.VERDICT) if scored else None
    return " ".join(gate_words.notices(lstm.trace(unit=unit, **settings), scores, unit, side))


def test_what_is_noticed_is_of_the_side_that_is_shown():
    change = {"text": "it is good", "swap": "good", "into": "awful"}
    after, before, both = (notices(side, **change) for side in (AFTER, BEFORE, DIFFERENCE))
    assert "after “awful”" in after and "circles" in after
    assert "after “good”" in before and "awful" not in before and "circles" not in before
    assert "less that before" in both and "circles" not in both
    assert "every difference is 0" in notices(DIFFERENCE, text="it is good")


def test_the_forget_gate_that_is_noticed_is_that_of_the_selected_unit():
    run = lstm.trace(text=REVIEW).after
    for unit in (2, 9):
        f = run.gates["f"][:, unit]
        said = notices(unit=unit, text=REVIEW)
        assert f"unit {unit + 1} is lowest at “{run.tokens[f.argmin()]}”, {f.min():.2f}" in said
    assert "unit 3 is held at 1" in notices(unit=2, text=REVIEW, force="forget open")
    assert "unit 3 is held at 0" in notices(unit=2, text=REVIEW, force="forget shut")


@pytest.mark.parametrize(
    ("hand", "said"),
    [
        (HandGates(f=0.9), "keeps 90% of the cell state a step: 34.9%"),
        (HandGates(f=0.9, f_at_contrast=0.9), "keeps 90%"),
        (HandGates(f=0.9, f_at_contrast=0.5), "keeps 50% of the cell state at “however” and 90% at every other"),
        (HandGates(f=0, f_at_contrast=0.5), "keeps 50% of the cell state at “however” and 0% at every other"),
        (HandGates(f_at_contrast=0), "At “however” f is shut"),
        (HandGates(i=0), "nothing is written"),
        (HandGates(f=0, f_at_contrast=0), "only what was just written"),
        (HandGates(), "running sum of g"),
    ],
)
def test_what_is_noticed_of_gates_set_by_hand_holds_at_every_setting(hand, said):
    text = "it is good" if hand == HandGates(f=0.9) else "however it is good"
    assert said in notices(model=BY_HAND, text=text, hand=hand)


def test_hand_set_numbers_are_read_as_typed():
    assert gates_by_hand.numbers("1, 2; −3 .5") == ("1", "2", "-3", ".5")
    assert gates_by_hand.numbers("1 two") == ()
