"""The recurrent layer step by step, against Keras, by hand, and at its limits."""

import re

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import quiz
from engine.sequence import on_paper, rnn, rnn_weights, sequences

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
    hand = {name: rounded for name, _, rounded in on_paper.by_hand(rnn.trace(**CLASS))}
    assert hand == {"h_1": 0.46, "ŷ_1": 0.138, "L_1": 1.73, "h_2": 0.83, "ŷ_2": 0.249, "L_2": 3.78, "mean loss": 2.76}


def test_rounding_to_many_decimals_gives_the_computed_numbers():
    for name, exact, rounded in on_paper.by_hand(rnn.trace(**CLASS, length=5), 6):
        assert rounded == pytest.approx(exact, abs=5e-6), name


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
    label, first, second, apart = on_paper.repeated(traced)
    assert (label, first, second) == ("the", 0, 3)
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
        ({"units": 2, "b": "1 2 3"}, "b needs 2 rows of 1 number (one per unit) but has 1"),
        ({"h0": ""}, "h0, row 1, column 1: 'nothing' is not a number"),
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
    question, hidden_from = on_paper.question(traced, number)
    assert quiz.grade(question, question.answer).right
    wrong = [choice for choice in question.choices if choice != question.answer] or [float(question.answer) + 1]
    verdict = quiz.grade(question, wrong[0])
    assert not verdict.right
    assert len(verdict.reason) > 40
    assert hidden_from is None or 0 <= hidden_from < 4


def test_the_question_about_a_larger_w_has_the_answer_of_a_keras_layer_with_twice_the_w():
    for text, W in [("1, 2", "0.4"), ("1, 0, 0", "-0.4"), ("3, -1", "0.5"), ("2", "0.5"), ("1, -1, 1", "0.3")]:
        traced, doubled = (
            rnn.trace(sequences.TYPED, 6, text, U="0.8", V="1", W=str(factor * float(W)), activation="tanh")
            for factor in (1, 2)
        )
        now, then = abs(traced.hidden[-1, 0]), abs(doubled.hidden[-1, 0])
        expected = on_paper.UNCHANGED if abs(now - then) < 5e-5 else on_paper.FURTHER if then > now else on_paper.CLOSER
        assert on_paper.question(traced, 1)[0].answer == expected, (text, W)


@given(value=st.decimals(-99, 99, places=5), decimals=st.integers(1, 4))
def test_rounding_by_hand_moves_a_number_by_half_a_unit_at_most(value, decimals):
    rounded = on_paper.half_up(value, decimals)
    assert abs(rounded - float(value)) <= 0.5 * 10**-decimals + 1e-9
