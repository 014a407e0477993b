"""The way back in time: its gradients against the tape, Keras's optimizer, finite differences and the class."""

from dataclasses import replace

import numpy as np
import pytest

from engine.quiz import grade
from engine.sequence import bptt, bptt_words, oracles, rnn, sequences

CLASS = {"U": "0.5", "W": "0.4", "V": "0.3"}
RUNS = {
    "class": CLASS,
    "sum": {**CLASS, "loss": bptt.SUM, "b": "0.1", "h0": "-0.3"},
    "last": {"sequence": sequences.SINE, "length": 12, "units": 2, "loss": bptt.LAST},
    "three units, three inputs": {"sequence": sequences.TYPED, "text": "1 0 2; 0 1 1; -1 0.5 0 -> 3, 2, 0", "units": 3},
    "sigmoid": {"sequence": sequences.SINE, "length": 9, "units": 3, "activation": "sigmoid"},
    "linear": {"sequence": sequences.SINE, "length": 9, "units": 2, "activation": "linear"},
    "cut": {"sequence": sequences.SINE, "length": 11, "units": 3, "cut": 4, "h0": "0.2"},
}


def cell_tape(found: bptt.BPTTTrace) -> tuple[dict, np.ndarray]:
    """Differentiate with the cell called step by step: the gradients of the weights, and of every state."""
    import keras
    import tensorflow as tf

    forward, weights = found.forward, found.forward.weights
    cell = keras.layers.SimpleRNNCell(forward.units, activation=forward.activation)
    cell.build((1, forward.sequence.x.shape[1]))
    cell.set_weights([weights.U.T, weights.W.T, weights.b])
    output, state, states, total = tf.Variable(weights.V.T), tf.constant(weights.h0[None]), [], 0.0
    with tf.GradientTape(persistent=True) as tape:
        for t, x in enumerate(forward.sequence.x):
            state = tf.stop_gradient(state) if t % found.cut == 0 else state
            state, _ = cell(tf.constant(x[None]), [state])
            states.append(state)
            total += found.shares[t] * (tf.squeeze(state @ output) - forward.targets[t]) ** 2 / 2
    of_weights = tape.gradient(total, [*cell.trainable_variables, output])
    arrays = {name: np.array(array).T for name, array in zip("UWbV", of_weights, strict=True)}
    return arrays, np.concatenate([np.array(tape.gradient(total, state)) for state in states])


def test_the_class_example_has_the_factors_worked_by_hand():
    found = bptt.trace(**CLASS)
    assert found.own[1] == pytest.approx(-2.7513, abs=5e-5)
    assert found.errors == pytest.approx(found.own / 2)
    assert found.slopes[:, 0] == pytest.approx([1 - 0.46212**2, 1 - 0.82898**2], abs=5e-5)
    assert found.factors[1, 0, 0] == pytest.approx(0.4 * (1 - 0.82898**2), abs=5e-5)


def test_the_class_example_has_the_gradients_worked_by_hand():
    found = bptt.trace(**CLASS)
    assert [round(found.gradients[name].item(), 4) for name in "VWU"] == [-1.5705, -0.0597, -0.5184]
    assert found.parts["W"][0].item() == 0, "the state before the first step is zero"
    assert found.total == pytest.approx(2.7586, abs=5e-5)


@pytest.mark.parametrize("name", RUNS)
def test_the_parts_of_the_steps_add_up_to_the_tapes_gradients(name):
    found = bptt.trace(**RUNS[name])
    tape, _ = cell_tape(found)
    for weight in oracles.NAMES:
        np.testing.assert_allclose(found.parts[weight].sum(0), tape[weight], rtol=1e-6, atol=1e-6)
        np.testing.assert_allclose(found.tape[weight], tape[weight], rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("name", RUNS)
def test_what_reaches_a_state_is_the_tapes_gradient_of_that_state(name):
    found = bptt.trace(**RUNS[name])
    np.testing.assert_allclose(found.reaching, cell_tape(found)[1], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", RUNS)
def test_the_gradients_are_the_central_differences(name):
    found = bptt.trace(**RUNS[name])
    assert np.isfinite(oracles.flat(found.measured)).all()
    np.testing.assert_allclose(oracles.flat(found.gradients), oracles.flat(found.measured), atol=1e-6)


def test_a_gradient_that_is_off_by_a_thousandth_fails_both_checks():
    found = bptt.trace(**CLASS)
    wrong = {name: 1.001 * array for name, array in found.gradients.items()}
    assert not any(check.passed for check in bptt._checks(wrong, found.tape, found.measured))


def test_the_corner_of_a_relu_has_no_measured_slope():
    found = bptt.trace(sequence=sequences.TYPED, text="0, 1 -> 1, 1", activation="relu", **CLASS)
    assert np.isnan(found.measured["b"]).all() and np.isfinite(found.measured["U"]).all()
    assert all(check.passed for check in found.checks)


def test_the_product_of_the_factors_is_how_much_a_change_of_a_state_changes_the_last():
    found = bptt.trace(**{**RUNS["last"], "length": 6})
    weights, x, small = found.forward.weights, found.forward.sequence.x.astype(float), 1e-6
    for u in range(2):
        moved = [found.forward.hidden[0].astype(float) + sign * small * np.eye(2)[u] for sign in (1, -1)]
        ends = [rnn.unroll(x[1:], replace(weights, h0=state), "tanh")[-1] for state in moved]
        np.testing.assert_allclose(found.products[0][:, u], (ends[0] - ends[1]) / (2 * small), atol=1e-6)


def test_without_a_recurrent_weight_a_cut_takes_nothing_away():
    assert bptt.trace(cut=1, U="0.5", W="0", V="0.3").lost == 0
    assert bptt.trace(cut=1, **CLASS).lost > 0.01


def test_a_cut_longer_than_the_sequence_is_no_cut():
    np.testing.assert_array_equal(bptt.trace(cut=5, **CLASS).gradients["U"], bptt.trace(**CLASS).gradients["U"])


def test_nothing_arrives_over_a_cut():
    found = bptt.trace(**RUNS["cut"])
    assert not found.arriving[[3, 7, 10]].any() and found.arriving[[0, 2, 4]].all()


def test_one_update_is_the_one_of_keras_sgd():
    import keras

    found = bptt.trace(learning_rate=0.3, **CLASS)
    model = keras.Sequential(
        [
            keras.Input((2, 1)),
            keras.layers.SimpleRNN(1, return_sequences=True),
            keras.layers.Dense(1, use_bias=False),
        ]
    )
    model.set_weights([np.array(w, "float32") for w in ([[0.5]], [[0.4]], [0.0], [[0.3]])])
    model.compile(keras.optimizers.SGD(0.15), "mse")  # half of ours: the loss here is half the squared error
    x, y = np.array([[[1.0], [2.0]]]), np.array([[[2.0], [3.0]]])
    model.train_on_batch(x, y)
    U, W, b, V = (array.item() for array in model.get_weights())
    assert [found.updated.U.item(), found.updated.W.item()] == pytest.approx([U, W], abs=1e-6)
    assert [found.updated.b.item(), found.updated.V.item()] == pytest.approx([b, V], abs=1e-6)
    assert found.new_total == pytest.approx(model.evaluate(x, y, verbose=0) / 2, abs=1e-5)


def test_a_step_that_is_too_long_raises_the_loss():
    assert bptt.trace(learning_rate=10.0, **CLASS).new_total > 2.7586 > bptt.trace(**CLASS).new_total


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"loss": "hinge"}, "'hinge' is not known; use mean of all"),
        ({"cut": 300}, "use 0 .never. to 200"),
        ({"learning_rate": -1.0}, "use 0 to 10"),
        ({"units": 4}, "use 1 to 3"),
        ({"sequence": sequences.TYPED, "text": "1, 2"}, "need targets; write them after an arrow"),
        ({"sequence": sequences.SENTENCE, "text": "no targets here"}, "need targets"),
        ({"length": 60, "activation": "linear", "U": "1", "W": "9", "V": "1"}, "outgrows a 32-bit float"),
        ({"length": 60, "activation": "linear", "U": "0", "W": "9", "V": "1"}, "the gradient explodes"),
    ],
)
def test_what_cannot_be_shown_is_refused_with_what_would_work(settings, sentence):
    with pytest.raises(ValueError, match=sentence):
        bptt.trace(**settings)


def test_the_last_rows_of_the_table_are_the_sum_and_its_two_witnesses():
    table = bptt_words.contributions(bptt.trace(**CLASS))
    assert table["step"][-3:] == ["sum", "tf.GradientTape", "central differences"]
    assert table["to ∂L/∂V"] == ["−0.4301", "−1.1404", "−1.5705", "−1.5705", "−1.5705"]
    assert table["to ∂L/∂W"] == ["0.0000", "−0.0597", "−0.0597", "−0.0597", "−0.0597"]
    assert table["to ∂L/∂U"][-3:] == ["−0.5184"] * 3


@pytest.mark.parametrize("name", RUNS)
@pytest.mark.parametrize("seed", range(6))
def test_a_question_takes_its_own_answer_and_no_trap_is_right(name, seed):
    question, hidden, _ = bptt_words.question(bptt.trace(**RUNS[name]), seed)
    assert grade(question, question.answer).right and hidden
    for tempting, reason in question.traps:
        assert reason
        if isinstance(tempting, str):
            assert grade(question, tempting).right == (tempting == question.answer)


def test_a_step_without_a_share_in_the_loss_is_plainly_zero():
    table = bptt_words.factors(bptt.trace(length=4, loss=bptt.LAST, **CLASS))
    assert "−0.0000" not in [cell for column in table.values() for cell in column]


def test_a_single_step_is_said_to_be_the_whole_gradient():
    assert bptt_words.notices(bptt.trace(length=1, **CLASS))[0].startswith("There is only one step")


def test_an_update_that_changes_nothing_leaves_the_loss_where_it_is():
    assert bptt_words.notices(bptt.trace(learning_rate=0, **CLASS))[-1].endswith("leaves L at 2.7586.")


def test_a_small_change_of_a_small_loss_is_told_with_digits_that_show_it():
    tiny = bptt.trace(sequence=sequences.TYPED, text="1 -> 0", learning_rate=10, U="0.01", W="0", V="0.01")
    assert bptt_words.question(tiny, 0)[0].answer == bptt_words.DOWN
    near = bptt.trace(sequence=sequences.TYPED, text="1 -> 1", learning_rate=0.05, U="0.01", W="0", V="0.01")
    said = bptt_words.notices(replace(near, total=2.75861, new_total=2.75859))[-1]
    assert said.endswith("lowers L from 2.75861 to 2.75859.")


def test_a_rise_is_blamed_on_the_cuts_where_what_they_leave_points_away():
    found = bptt.trace(cut=1, **CLASS)
    away = {name: -array for name, array in found.whole.items()}
    said = bptt_words.notices(replace(found, whole=away, new_total=found.total + 1))[-1]
    assert "overshoots" not in said and "What the cuts leave" in said


def test_a_question_about_an_error_is_asked_only_where_two_decimals_tell_it_from_nothing():
    found = bptt.trace(length=8, loss=bptt.LAST, U="0.1", W="0.9", V="0.3")
    asked = [bptt_words.question(found, seed) for seed in range(0, 60, 3)]
    assert all(hidden == bptt_words.REACHING for _, hidden, _ in asked)
    assert min(abs(question.answer) for question, _, _ in asked) >= 0.05


def test_no_step_is_asked_for_where_none_adds_anything():
    found = bptt.trace(length=4, U="0", W="0.4", V="0.3")
    assert not found.parts["W"].any()
    assert {bptt_words.question(found, seed)[1] for seed in range(6)}.isdisjoint({bptt_words.PARTS})


def test_the_written_weights_of_an_update_begin_the_next_one():
    found = bptt.trace(**CLASS)
    again = bptt.trace(**bptt_words.written(found))
    assert again.total == pytest.approx(found.new_total, abs=1e-6)
