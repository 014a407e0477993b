"""The recurrent layer step by step, against Keras, by hand, and at its limits."""

import re
from decimal import Decimal

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import quiz
from engine.sequence import on_paper, rnn, rnn_weights, rnn_words, sequences

CLASS = {"U": "0.5", "W": "0.4", "V": "0.3"}


def keras_states(traced: rnn.RNNTrace) -> tuple[np.ndarray, np.ndarray]:
    """States and outputs of a SimpleRNN and a Dense layer made anew, called without compilation."""
    w = traced.weights
    layer = keras.layers.SimpleRNN(traced.units, activation=traced.activation, return_sequences=True)
    dense = keras.layers.Dense(1, use_bias=False)
    layer.build((1, None, traced.sequence.x.shape[1]))
    dense.build((1, None, traced.units))
    layer.set_weights([w.U.T, w.W.T, w.b])
    dense.set_weights([w.V.T])
    hidden = layer(traced.sequence.x[None], initial_state=keras.ops.convert_to_tensor(w.h0[None]))
    return np.array(hidden)[0], np.array(dense(hidden))[0, :, 0]


def test_the_class_example_comes_out_to_four_decimals():
    traced = rnn.trace(**CLASS)
    assert traced.hidden.ravel().round(4).tolist() == pytest.approx([0.4621, 0.8290], abs=1e-7)
    assert traced.outputs.round(4).tolist() == pytest.approx([0.1386, 0.2487], abs=1e-7)
    assert traced.losses.round(4).tolist() == pytest.approx([1.7323, 3.7848], abs=1e-6)
    assert round(traced.mean_loss, 4) == 2.7586


def test_rounding_at_each_step_gives_what_the_class_got_by_hand():
    steps, mean = on_paper.by_hand(rnn.trace(**CLASS))
    assert steps.tolist() == [[0.46, 0.138, 1.73], [0.83, 0.249, 3.78]]
    assert mean == 2.76


def test_rounding_to_many_decimals_gives_the_computed_numbers():
    traced = rnn.trace(**CLASS, length=5)
    steps, mean = on_paper.by_hand(traced, 6)
    exact = np.column_stack([traced.hidden, traced.outputs, traced.losses])
    np.testing.assert_allclose(steps, exact, rtol=0, atol=5e-6)
    assert mean == pytest.approx(traced.mean_loss, abs=5e-6)


def test_by_hand_a_half_goes_up_as_it_is_written_not_as_a_float_keeps_it():
    traced = rnn.trace(sequences.TYPED, 1, "0.5 -> 1", activation="linear", U="0.7", W="1", V="1")
    assert float(traced.hidden.item()) < 0.35  # in float32
    assert on_paper.by_hand(traced, 1)[0][0, 0] == 0.4


def test_the_table_by_hand_keeps_every_digit_of_a_large_number():
    traced = rnn.trace(sequences.TYPED, 1, "123.456789 -> 0", activation="linear", U="1", W="1", V="1")
    _, (step, mean) = on_paper.table(traced, 6)
    assert step[2] == "123.456790"  # the float32 nearest to what was typed
    assert mean[-2].split(".")[1] == step[-2].split(".")[1]
    assert len(mean[-2].split(".")[1]) == 6


def test_numbers_too_large_for_paper_are_not_worked_out_on_it():
    assert not on_paper.suits(rnn.trace(length=6, activation="linear", U="1e6", W="1e6", V="1"))


@settings(max_examples=25)
@given(
    units=st.integers(1, 6), steps=st.integers(1, 12), features=st.integers(1, 4),
    activation=st.sampled_from(rnn.ACTIVATIONS), seed=st.integers(0, 99),
)  # fmt: skip
def test_every_setting_equals_the_keras_layer(units, steps, features, activation, seed):
    rng = np.random.default_rng(seed)

    def typed(rows, columns):
        return "; ".join(" ".join(f"{v:.3f}" for v in row) for row in rng.normal(0, 0.6, (rows, columns)))

    weights = {"U": typed(units, features), "W": typed(units, units), "V": typed(1, units), "b": typed(units, 1)}
    text = typed(steps, features) + ";"
    traced = rnn.trace(sequences.TYPED, 200, text, "", units, activation, h0=typed(units, 1), **weights)
    hidden, outputs = keras_states(traced)
    largest = max(1.0, abs(hidden).max(), abs(outputs).max())  # linear states grow, and their rounding with them
    np.testing.assert_allclose(traced.hidden, hidden, rtol=0, atol=1e-5 * largest)
    np.testing.assert_allclose(traced.outputs, outputs, rtol=0, atol=1e-5 * largest)
    unrolled = rnn.unroll(traced.sequence.x, traced.weights, activation)
    np.testing.assert_allclose(unrolled, hidden, rtol=0, atol=1e-5 * largest)
    assert traced.check.passed


def test_one_hot_words_and_an_initial_state_equal_the_keras_layer():
    traced = rnn.trace(sequences.SENTENCE, 20, "to be or not to be", units=6, seed=3, h0="0.5", b="-0.1")
    hidden, outputs = keras_states(traced)
    np.testing.assert_allclose(traced.hidden, hidden, rtol=0, atol=1e-6)
    np.testing.assert_allclose(traced.outputs, outputs, rtol=0, atol=1e-6)
    assert traced.states[0].tolist() == [0.5] * 6


@pytest.mark.parametrize("activation", rnn.ACTIVATIONS)
def test_input_past_and_bias_add_up_to_what_the_activation_gets(activation):
    traced = rnn.trace(sequences.SINE, 60, units=32, activation=activation, gain=0.9, b="0.1")
    previous = np.concatenate([traced.weights.h0[None], traced.hidden[:-1]])
    layer = keras.layers.Activation(activation)
    np.testing.assert_allclose(traced.from_state, previous @ traced.weights.W.T, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(traced.from_input + traced.from_state + 0.1, traced.pre, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(np.array(layer(traced.pre)), traced.hidden, rtol=1e-5, atol=1e-6)


def test_200_steps_of_32_units_equal_the_keras_layer():
    traced = rnn.trace(sequences.SINE, 200, units=32, seed=5)
    np.testing.assert_allclose(traced.hidden, keras_states(traced)[0], atol=1e-4)
    assert traced.hidden.shape == (200, 32)
    assert traced.check.difference < 1e-5


def test_the_check_fails_when_the_terms_do_not_make_the_state(monkeypatch):
    monkeypatch.setattr(rnn, "activate", lambda name, pre: np.tanh(pre) + 1e-4)
    assert not rnn.trace(**CLASS).check.passed


def test_the_check_fails_when_an_output_is_not_v_times_h(monkeypatch):
    read = rnn._read
    monkeypatch.setattr(rnn, "_read", lambda *args: (read(*args)[0], read(*args)[1] + np.float32(1e-4)))
    assert not rnn.trace(**CLASS).check.passed


def test_the_check_finds_a_fault_at_the_beginning_of_a_run_that_grows(monkeypatch):
    settings = {"length": 60, "activation": "linear", "U": "1", "W": "3", "V": "1"}
    activate = rnn.activate
    assert rnn.trace(**settings).check.passed
    monkeypatch.setattr(rnn, "activate", lambda name, pre: activate(name, pre) + np.eye(len(pre), 1, -1))
    assert not rnn.trace(**settings).check.passed  # 1 too much at step 2, where the state is 5


def test_the_check_passes_where_large_weights_cancel():
    assert rnn.trace(length=200, U="1000.3", W="-999.7", V="1e6", b="0.1").check.passed


def test_random_weights_are_those_that_keras_draws():
    traced = rnn.trace(sequences.SENTENCE, 9, "a b c", units=5, seed=7, gain=1.5)
    layer = keras.layers.SimpleRNN(
        5,
        kernel_initializer=keras.initializers.GlorotUniform(7),
        recurrent_initializer=keras.initializers.Orthogonal(1.5, 8),
    )
    layer.build((1, None, 3))
    np.testing.assert_array_equal(traced.weights.U.T, layer.get_weights()[0])
    np.testing.assert_array_equal(traced.weights.W.T, layer.get_weights()[1])
    np.testing.assert_allclose(traced.weights.W @ traced.weights.W.T, 2.25 * np.eye(5), atol=1e-5)


def test_the_same_word_leaves_another_state_the_second_time():
    traced = rnn.trace(sequences.SENTENCE, 20, "the cat saw the dog", units=4)
    first, second, apart = on_paper.repeated(traced)
    assert [traced.sequence.labels[t] for t in (first, second)] == ["the", "the"]
    assert (first, second) == (0, 3)
    assert apart == pytest.approx(abs(traced.hidden[0] - traced.hidden[3]).max())
    assert apart > 0.01


def test_an_echo_with_w_below_1_fades_by_that_factor_at_every_step():
    traced = rnn.trace(sequences.TYPED, 8, "1, 0, 0, 0, 0", activation="linear", U="1", W="0.7", V="1")
    np.testing.assert_allclose(traced.hidden.ravel(), 0.7 ** np.arange(5), rtol=1e-6)


def test_states_that_outgrow_float32_are_shown_and_counted():
    traced = rnn.trace(length=200, activation="linear", U="1", W="3", V="1")
    assert 70 < traced.finite < 90
    assert np.isinf(traced.hidden[-1]).all()
    assert traced.check.passed


def test_one_number_for_the_bias_stands_for_all_units():
    assert rnn.trace(units=3, **dict.fromkeys("UWV", "random"), b="0.5").weights.b.tolist() == [0.5] * 3


def test_written_weights_read_back_to_three_decimals():
    traced = rnn.trace(units=3, U="random", W="random", V="random", seed=4)
    again = rnn.trace(units=3, **rnn_weights.written(traced.weights))
    for name in ("U", "W", "V", "b", "h0"):
        np.testing.assert_allclose(getattr(again.weights, name), getattr(traced.weights, name), atol=6e-4)


@pytest.mark.parametrize(
    ("setting", "complaint"),
    [
        ({"units": 0}, "units 0 is out of range; use 1 to 32"),
        ({"units": 33}, "use 1 to 32"),
        ({"activation": "softmax"}, "'softmax' is not known; use tanh, relu, sigmoid, linear"),
        ({"seed": -1}, "seed -1 is out of range"),
        ({"gain": 5}, "gain 5 is out of range"),
        (
            {"units": 2, "W": "0.5"},
            "W needs 2 rows of 2 numbers (a row per unit, a column per unit it listens to) but has 1",
        ),
        ({"units": 2, "W": "0.5 1; 2 x"}, "W, row 2, column 2: 'x' is not a number"),
        ({"units": 2, "b": "1 2 3"}, "b needs one number for all units, or 2, one per unit, but has 3"),
        ({"h0": ""}, "h0 is empty; write for example 0.5"),
        ({"h0": "1e7"}, "'1e7' is not a number between −1e6 and 1e6"),
    ],
)
def test_an_impossible_setting_gets_a_sentence(setting, complaint):
    with pytest.raises(ValueError, match=re.escape(complaint)):
        rnn.trace(**setting)


def test_by_hand_is_refused_where_there_is_nothing_to_compare():
    with pytest.raises(ValueError, match="one unit"):
        on_paper.by_hand(rnn.trace(units=2))


@pytest.mark.parametrize("activation", rnn.ACTIVATIONS)
@pytest.mark.parametrize("number", range(9))
def test_a_question_takes_its_own_answer_and_explains_a_wrong_one(activation, number):
    traced = rnn.trace(
        sequences.TYPED, 6, "1, -2, 0.5, 3", units=2, activation=activation, U="random", W="random", V="1 1"
    )
    question, asked = on_paper.question(traced, number)
    assert quiz.grade(question, question.answer).right
    wrong = [choice for choice in question.choices if choice != question.answer] or [float(question.answer) + 1]
    verdict = quiz.grade(question, wrong[0])
    assert not verdict.right
    assert len(verdict.reason) > 40
    assert asked is None or (0 <= asked[0] < 4 and 0 <= asked[1] < 2)


def test_the_question_about_a_larger_w_has_the_answer_of_a_keras_layer_with_twice_the_w():
    for text, W in [("1, 2", "0.4"), ("1, 0, 0", "-0.4"), ("3, -1", "0.5"), ("2", "0.5"), ("1, -1, 1", "0.3")]:
        traced, doubled = (
            rnn.trace(sequences.TYPED, 6, text, U="0.8", V="1", W=str(factor * float(W)), activation="tanh")
            for factor in (1, 2)
        )
        now, then = abs(traced.hidden[-1, 0]), abs(doubled.hidden[-1, 0])
        expected = on_paper.UNCHANGED if abs(now - then) < 5e-5 else on_paper.FURTHER if then > now else on_paper.CLOSER
        assert on_paper.question(traced, 1)[0].answer == expected, (text, W)


@pytest.mark.parametrize("number", range(6))
def test_no_question_asks_for_a_number_that_nobody_works_with(number):
    traced = rnn.trace(length=200, activation="linear", U="1", W="3", V="1")
    question, asked = on_paper.question(traced, number)
    assert asked is None or abs(traced.hidden[asked[0], 0]) < 1e4
    assert not re.search(r"\d{7}", question.why), question.why


def test_the_settings_with_w_doubled_have_twice_the_w():
    for chosen in ({**CLASS, "W": "-0.4"}, {"units": 3, "gain": 1.2, "seed": 4}):
        traced = rnn.trace(**chosen)
        again = rnn.trace(**{**chosen, **on_paper.doubled(traced)})
        np.testing.assert_allclose(again.weights.W, 2 * traced.weights.W, rtol=1e-6)
    assert on_paper.doubled(rnn.trace(units=3, gain=1.6)) == {}
    assert on_paper.doubled(rnn.trace(W="6e5")) == {}


@given(value=st.decimals(-99, 99, places=5), decimals=st.integers(1, 4))
def test_rounding_by_hand_moves_a_number_by_half_a_unit_at_most(value, decimals):
    assert abs(on_paper._rounded(value, decimals) - value) <= Decimal(5).scaleb(-decimals - 1)


def notices(told=True, **settings) -> str:
    return " ".join(rnn_words.notices(rnn.trace(**settings), told))


def test_the_notices_tell_a_state_that_is_the_same_again_from_one_that_is_not():
    same = {"sequence": sequences.SENTENCE, "text": "the cat saw the dog", "length": 9, "units": 4}
    assert "steps 1 and 4 is the same, the state is not" in notices(**same)
    assert "steps 1 and 4 is the same, and so is the state" in notices(**same, gain=0)


def test_the_notices_say_from_which_step_on_loss_and_state_are_too_large():
    traced = rnn.trace(length=200, activation="linear", U="1", W="3", V="1")
    loss = int(np.isinf(traced.losses).argmax()) + 1
    said = " ".join(rnn_words.notices(traced, True))
    assert f"the loss from step {loss} on, the state or the output from step {traced.finite + 1} on" in said
    assert loss < traced.finite


def test_the_notices_tell_a_dead_relu():
    assert "The layer is dead" in notices(activation="relu", U="-1")
    assert "The layer is dead" not in notices(activation="relu", U="1")


@pytest.mark.parametrize(
    ("W", "said"),
    [
        ("0.7", "W = 0.7, so it fades."),
        ("1.5", "W = 1.5, so it grows."),
        ("1", "W = 1, so it keeps its size."),
        ("-0.5", "W = -0.5, so it fades, and changes its sign every time."),
    ],
)
def test_the_notices_say_what_an_unbounded_w_does_to_the_past(W, said):
    assert said in notices(activation="linear", W=W)


def test_of_several_units_the_notices_say_what_w_comes_to_in_the_long_run():
    assert "by 1.30 a step in the long run, so it grows" in notices(activation="linear", units=5, gain=1.3)


def test_the_notices_say_which_target_is_out_of_reach():
    assert "within ±0.3: a target such as 2 is out of its reach" in notices(**CLASS)
    assert "reach" not in notices(**{**CLASS, "V": "4"})


@pytest.mark.parametrize("activation", rnn.ACTIVATIONS)
@pytest.mark.parametrize("steps", [1, 200])
def test_there_are_two_to_four_notices(activation, steps):
    for told in (True, False):
        assert 2 <= len(rnn_words.notices(rnn.trace(length=steps, activation=activation, W="1.5"), told)) <= 4


def test_the_notices_tell_nothing_of_a_hidden_state():
    hidden = notices(told=False, sequence=sequences.TYPED, text="1, 1 -> 1, 2", length=2, U="0.5", W="0.4", V="0.3")
    assert "steps 1 and 2 is the same" in hidden
    assert not re.search(r"\d\.\d{2,}", hidden), hidden
