"""Gradients through time equal the tape's and finite differences, stay under their bound, give the course's figures."""

import functools
import re

import keras
import numpy as np
import pytest
import tensorflow as tf

from engine.quiz import grade
from engine.sequence import cells, probe, remember, strip, vanishing, vanishing_words
from engine.sequence.cells import CELLS, GRU, LSTM, RELU, SIGMOID, STEEPEST, TANH, Setup
from engine.sequence.vanishing_training import RememberJob, refuse
from engine.training import Snapshot

SMALL = Setup(CELLS, 12, units=6, scale=1.3, seed=3)
trace = functools.cache(vanishing.trace)


def from_state(cell, setup, t, nudge=0.0):
    """Run Keras's whole float64 layer on the steps after t, from the state that it has at t plus a nudge of h."""
    x, y = remember.sequences(vanishing.SEQUENCES, setup.length, setup.seed)
    whole, dense = cells.layer(cell, setup, "float64"), cells.reader(setup, "float64")
    weights = cells.initial_weights(cell, setup)
    whole.set_weights(weights[:3])
    dense.set_weights(weights[3:])
    whole.return_state = True
    _, *states = whole(tf.constant(x[:, :t], tf.float64))
    states[0] = states[0] + nudge
    last = whole(tf.constant(x[:, t:], tf.float64), initial_state=states)[0]
    return last, keras.losses.sparse_categorical_crossentropy(y, dense(last), from_logits=True)


@pytest.mark.parametrize("cell", CELLS)
def test_the_gradient_of_every_state_is_the_tapes_through_the_layers_own_cell(cell):
    k, sizes = CELLS.index(cell), trace(SMALL).gradients
    x, y = remember.sequences(vanishing.SEQUENCES, SMALL.length, SMALL.seed)
    layer, dense = cells.layer(cell, SMALL, "float64"), cells.reader(SMALL, "float64")
    weights = cells.initial_weights(cell, SMALL)
    layer.set_weights(weights[:3])
    dense.set_weights(weights[3:])
    states = [[tf.zeros((len(x), SMALL.units), tf.float64)] * (2 if cell == LSTM else 1)]
    with tf.GradientTape() as tape:
        for t in range(SMALL.length):
            new = layer.cell(tf.constant(x[:, t], tf.float64), states[-1])[1]
            states.append(list(new) if isinstance(new, (list, tuple)) else [new])
            tape.watch(states[-1])
        loss = tf.reduce_sum(keras.losses.sparse_categorical_crossentropy(y, dense(states[-1][0]), from_logits=True))
    np.testing.assert_allclose(states[-1][0], layer(tf.constant(x, tf.float64)), atol=1e-12)
    found = tape.gradient(loss, states[1:])
    for which, ours in enumerate([sizes.hidden[k], sizes.carry[k]][: len(found[0])]):
        np.testing.assert_allclose(ours, [np.linalg.norm(g[which], axis=1).mean() for g in found], rtol=1e-9)
    assert np.isfinite(sizes.carry[k]).all() == (cell == LSTM)


@pytest.mark.parametrize("cell", [TANH, LSTM, GRU])
def test_a_gradient_is_what_central_differences_of_the_whole_layer_say(cell):
    t, width = 5, 1e-6
    losses = [
        [from_state(cell, SMALL, t, sign * width * np.eye(SMALL.units)[u])[1] for sign in (1, -1)]
        for u in range(SMALL.units)
    ]
    gradients = np.array([(np.array(up) - np.array(down)) / (2 * width) for up, down in losses]).T  # (sequences, units)
    ours = trace(SMALL).gradients.hidden[CELLS.index(cell), t - 1]
    assert np.linalg.norm(gradients, axis=1).mean() == pytest.approx(ours, rel=1e-5)


@pytest.mark.parametrize("cell", [TANH, RELU, LSTM, GRU])
def test_singular_values_are_those_of_the_jacobian_by_central_differences(cell):
    k, t, width = CELLS.index(cell), 8, 1e-6
    columns = []
    for u in range(SMALL.units):
        nudge = width * np.eye(SMALL.units)[u]
        up, down = (from_state(cell, SMALL, t, sign * nudge)[0][0] for sign in (1, -1))
        columns.append((np.array(up) - np.array(down)) / (2 * width))
    values = np.linalg.svd(np.array(columns).T, compute_uv=False)
    sizes = trace(SMALL).gradients
    assert sizes.largest[k, t - 1] == pytest.approx(values[0], rel=1e-5)
    assert sizes.smallest[k, t - 1] == pytest.approx(values[-1], rel=1e-3, abs=1e-9)
    assert sizes.largest[k, -1] == sizes.smallest[k, -1] == 1  # h_T with respect to itself


@pytest.mark.parametrize("scale", [0.1, 0.5, 1.0, 1.5, 2.0])
def test_pascanus_bound_holds_for_every_simple_cell_and_its_jacobians(scale):
    setup = Setup((TANH, RELU, SIGMOID), 40, units=16, scale=scale, seed=1)
    sizes = trace(setup).gradients
    np.testing.assert_allclose(sizes.norm, scale, rtol=1e-5)  # orthogonal times the scale
    assert (sizes.hidden <= sizes.bound * (1 + 1e-9)).all()
    back = np.arange(setup.length - 1, -1, -1)
    for k, cell in enumerate(setup.cells):
        bound = (sizes.norm[k] * STEEPEST[cell]) ** back
        np.testing.assert_allclose(sizes.bound[k], sizes.hidden[k, -1] * bound, rtol=1e-9)
        assert (sizes.largest[k] <= bound * (1 + 1e-9)).all()


def test_the_bound_test_would_fail_for_too_low_a_bound():
    sizes = trace(Setup((RELU,), 40, units=16, scale=2.0, seed=1)).gradients
    assert (sizes.hidden[0] > sizes.hidden[0, -1] * 1.0 ** np.arange(40)).any()


def test_the_steepest_slopes_are_one_for_tanh_and_a_quarter_for_the_sigmoid():
    z = tf.Variable(np.linspace(-8, 8, 4001))
    for activation, steepest in [("tanh", STEEPEST[TANH]), ("sigmoid", STEEPEST[SIGMOID]), ("relu", STEEPEST[RELU])]:
        with tf.GradientTape() as tape:
            total = tf.reduce_sum(keras.activations.get(activation)(z))
        assert np.max(tape.gradient(total, z)) == pytest.approx(steepest, abs=1e-12)


@pytest.mark.parametrize(("length", "first"), [(10, 0.3), (20, 0.07), (50, 8e-4), (100, 4e-7)])
def test_a_simple_layer_loses_the_beginning_as_fast_as_the_course_measured(length, first):
    sizes = trace(Setup((TANH, LSTM, GRU), length)).gradients
    assert sizes.hidden[0, 0] == pytest.approx(first, rel=0.15)
    assert sizes.hidden[0, -1] == pytest.approx(1, abs=0.2)


def test_an_lstm_as_keras_starts_it_is_worse_than_a_simple_layer_until_its_forget_bias_is_raised():
    plain, opened = (trace(Setup((TANH, LSTM), 100, forget_bias=bias)).gradients for bias in (1.0, 3.0))
    assert plain.carry[1, 0] < plain.hidden[0, 0] / 100
    assert plain.hidden[1, 0] < plain.hidden[0, 0] / 100
    assert opened.hidden[1, 0] == pytest.approx(0.26, rel=0.1)
    assert opened.carry[1, 0] > 0.9


@pytest.mark.parametrize(
    ("scale", "low", "high"), [(0.5, 1e-18, 1e-15), (1.0, 1e-4, 1e-3), (1.5, 1, 20), (2.0, 300, 3000)]
)
def test_the_scale_decides_whether_a_simple_layer_vanishes_or_explodes(scale, low, high):
    sizes = trace(Setup((TANH,), 50, scale=scale)).gradients.hidden[0]
    assert low < sizes[0] / sizes[-1] < high


@pytest.mark.parametrize("scale", [0.1, 2.0])
def test_200_letters_at_both_ends_of_the_scale_give_numbers_that_are_finite(scale):
    sizes = trace(Setup((TANH, RELU, LSTM, GRU), 200, scale=scale)).gradients
    for row in (sizes.hidden, sizes.largest, sizes.smallest):
        assert np.isfinite(row).all()
        assert (row >= 0).all()
    assert (sizes.hidden[0] > 0).all()


def test_every_picture_is_checked_against_the_whole_layer():
    found = trace(SMALL).checks
    simple = [f"SimpleRNN(activation='{name}')" for name in ("tanh", "relu", "sigmoid")]
    assert [check.against.split("layers.")[-1] for check in found] == [*simple, "LSTM", "GRU"]
    assert "through the last 4 steps of keras.layers.LSTM" in found[3].against
    assert all(check.passed for check in found)


def test_the_check_fails_when_the_probe_has_other_weights(monkeypatch):
    setup = Setup((TANH,), 20, units=8, seed=99)  # of no other test: what was measured once is remembered
    real = probe.probe
    monkeypatch.setattr(probe, "probe", lambda cell, w, *more: real(cell, [w[0], 1.001 * w[1], *w[2:]], *more))
    assert not vanishing.trace(setup).checks[0].passed


@pytest.mark.parametrize("cell", CELLS)
def test_weights_are_those_that_the_layer_draws(cell):
    setup = Setup((cell,), 10, units=6, scale=1.3, forget_bias=2.0, update_bias=0.5, seed=4)
    built = [*cells.layer(cell, setup).get_weights(), *cells.reader(setup).get_weights()]
    for ours, theirs in zip(cells.initial_weights(cell, setup), built, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_only_the_bias_of_a_cell_itself_changes_its_curve():
    plain, opened = (trace(Setup(CELLS, 12, 6, forget_bias=bias)).gradients for bias in (1.0, 3.0))
    moved = [bool((a != b).any()) for a, b in zip(plain.hidden, opened.hidden, strict=True)]
    assert moved == [cell == LSTM for cell in CELLS]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"cells": ()}, "choose one or more"),
        ({"cells": ("Elman",)}, "'Elman' is not known"),
        ({"length": 4}, "length 4 is out of range; use 5 to 200"),
        ({"length": 201}, "length 201 is out of range"),
        ({"units": 1}, "units 1 is out of range; use 2 to 64"),
        ({"scale": 2.5}, "scale 2.5 is out of range; use 0.1 to 2"),
        ({"seed": -1}, "seed -1 is out of range"),
    ],
)
def test_impossible_settings_get_a_sentence(change, words):
    with pytest.raises(ValueError, match=words):
        vanishing.trace(Setup(**{"cells": (TANH,), "length": 10, **change}))


# ---- training --------------------------------------------------------------------------------------------------------


def trained(job, *parts):
    """Snapshots of a training in one piece, or in parts."""
    found, checkpoint = [], None
    for steps in parts or (job.steps,):
        snapshots, checkpoint = job.advance(checkpoint, steps, True)
        found += snapshots
    return found, checkpoint


def test_a_training_begins_with_the_untrained_picture_and_any_split_gives_the_same_weights():
    job = RememberJob(Setup((TANH, LSTM), 12, units=6), steps=20, clip=1.0)
    whole, end = trained(job)
    assert whole[0].step == 0
    np.testing.assert_array_equal(whole[0].values["hidden"], trace(job.setup).gradients.hidden)
    _, split = trained(job, 3, 1, 16)
    for name, array in end.arrays.items():
        np.testing.assert_allclose(split.arrays[name], array, atol=1e-6)


def test_relu_at_scale_2_explodes_without_clipping_and_is_tamed_by_it():
    setup = Setup((RELU,), 20, scale=2.0)
    loose, _ = trained(RememberJob(setup, 20, "sgd", 0.1))
    assert np.isfinite(loose[0].values["norm"]).all()
    assert not np.isfinite(loose[3].values["norm"]).any()  # by the third step
    assert np.isnan(loose[3].values["hidden"]).all()
    tamed, _ = trained(RememberJob(setup, 20, "sgd", 0.1, clip=1.0))
    norms = [float(snapshot.values["update"][0]) for snapshot in tamed[1:]]
    assert norms[0] > 1000
    assert norms[-1] < 5
    assert np.isfinite(tamed[-1].values["hidden"]).all()
    said = vanishing_words.after(setup.cells, loose)[0]
    assert "exploded" in said
    assert "nan" not in (said + vanishing_words.describe(RememberJob(setup), loose[-1], 0)).lower().split()


def test_an_lstm_with_open_gates_learns_50_letters_in_less_than_an_epoch_where_a_simple_layer_does_not():
    found, _ = trained(RememberJob(Setup((TANH, LSTM), 50, forget_bias=3.0), steps=60))
    simple, lstm = found[-1].values["accuracy"]
    assert lstm > 0.95
    assert simple < 0.5


def test_a_curriculum_begins_with_short_sequences_and_ends_with_the_wanted_ones():
    job = RememberJob(Setup((TANH,), 50, units=4), steps=30, curriculum=True)
    found, _ = trained(job)
    lengths = {snapshot.step: snapshot.values["length"] for snapshot in found}
    assert [lengths[step] for step in (1, 10, 11, 21, 30)] == [10, 10, 20, 50, 50]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"steps": 10}, "steps 10"),
        ({"optimizer": "rmsprop"}, "use adam or sgd"),
        ({"learning_rate": 2}, "learning_rate 2"),
        ({"clip": -1}, "clip -1"),
    ],
)
def test_an_impossible_training_gets_a_sentence(change, words):
    with pytest.raises(ValueError, match=words):
        refuse(RememberJob(Setup((TANH,), 10), **change))


def test_the_task_is_the_first_letter_and_nothing_else_tells_it():
    x, y = remember.sequences(400, 9, seed=1)
    letters = x.argmax(2)
    np.testing.assert_array_equal(letters[:, 0], y)
    assert (letters[:, 1:] >= 4).all()
    assert np.bincount(y).min() > 70
    assert not np.array_equal(x, remember.sequences(400, 9, seed=1, step=1)[0])


# ---- the strip and the questions -------------------------------------------------------------------------------------


def test_a_real_layer_of_one_unit_makes_the_class_strip():
    made = strip.trace()
    np.testing.assert_allclose(made.gradients[::-1], [1.0, 0.8, 0.5, 0.1, 0.01, 0.0001], rtol=1e-9)
    np.testing.assert_allclose(made.factors[:0:-1], [0.8, 0.625, 0.2, 0.1, 0.01], rtol=1e-9)
    layer = keras.layers.SimpleRNN(1, dtype="float64", return_sequences=True)
    layer.build((None, None, 1))
    layer.set_weights([np.ones((1, 1)), np.ones((1, 1)), np.zeros(1)])
    np.testing.assert_allclose(layer(made.x[None, :, None])[0, :, 0], made.hidden, atol=1e-12)
    assert all(check.passed for check in made.checks)


@pytest.mark.parametrize(
    ("text", "words"),
    [("", "has 0 numbers"), ("1", "has 1 numbers"), ("1, x", "number 2 of the strip, 'x'"),
     ("0.5, 0.8", "factor of 1.6"), ("1, 0", "number 2 of the strip is 0"),
     ("nan, 1", "number 1"), ("1, 1e-9", "a million times"),
     (", ".join(["1"] * 13), "13 numbers")],
)  # fmt: skip
def test_a_strip_that_tanh_cannot_make_gets_a_sentence(text, words):
    with pytest.raises(ValueError, match=words):
        strip.trace(text)


def test_the_question_is_answered_by_the_step_that_the_curve_shows():
    found = trace(Setup((TANH, LSTM, GRU), 50))
    for k in range(3):
        question, hidden = vanishing_words.question(found, k)
        sizes = found.gradients.hidden[k]
        t = int(question.answer)
        assert hidden == k
        assert sizes[t - 1] < 0.01 * sizes[-1] <= sizes[t]
        assert grade(question, t).right
        assert not grade(question, 50 - t + 20).right
    assert vanishing.gone_at(trace(Setup((RELU,), 10, scale=2.0)).gradients.hidden[0]) == 0


def test_nowhere_is_another_answer_than_near_the_first_step():
    found = trace(Setup((TANH,), 200, units=8, scale=2.0))
    question, _ = vanishing_words.question(found, 0)
    assert question.answer == 0
    assert [grade(question, given).right for given in (0, 1, 6)] == [True, False, False]
    assert "steps back" not in grade(question, 200).reason
    early, _ = vanishing_words.question(trace(Setup((LSTM,), 20, units=2, seed=5)), 0)
    assert early.answer == 2
    assert [grade(early, given).right for given in (0, 1, 2, 3)] == [False, True, True, True]


def test_with_another_w_and_the_same_states_every_gradient_of_the_strip_is_what_the_question_says():
    made = strip.trace()
    T = len(made.x)
    asked = [vanishing_words.strip_question(made, seed) for seed in range(8)]
    assert len({question.text for question in asked}) == 8
    for seed, question in enumerate(asked):
        W, t = vanishing_words.OTHERS[seed % 4], T - 2 - seed % (T - 1)
        assert f"h_{{{t + 1}}}" in question.text

        def last(h, W=W, t=t):
            for k in range(t + 1, T):  # the inputs keep h as it is
                h = np.tanh(W * h + np.arctanh(made.hidden[k]) - W * made.hidden[k - 1])
            return h

        tiny = 1e-6
        slope = (last(made.hidden[t] + tiny) - last(made.hidden[t] - tiny)) / (2 * tiny)
        assert grade(question, slope * made.strip[0]).right
        assert not grade(question, made.gradients[t]).right


def test_an_answer_about_the_strip_stands_nowhere_among_what_is_said_and_typed():
    made = strip.trace()
    for seed in range(8):
        answer = f"{vanishing_words.strip_question(made, seed).answer:.3g}"
        assert answer not in " ".join([*vanishing_words.strip_notices(made), strip.CLASS]).split()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1, 1", ["1 factor, none above 1, leaves 1 of 1: nothing is lost", "Every factor is 1"]),
        ("1, 0.5", ["leaves 0.5 of 1: what one step takes is missing", "h is 0.707: the farther", "keep at most 0.25"]),
        (strip.CLASS, ["5 factors, none above 1, leave 0.0001 of 1", "none is zero, yet", "h is 0.995"]),
    ],
)
def test_what_is_said_about_a_strip_fits_its_numbers(text, words):
    said = " ".join(vanishing_words.strip_notices(strip.trace(text)))
    assert all(word in said for word in words), said


# ---- the words -------------------------------------------------------------------------------------------------------


def test_nothing_is_said_about_the_cell_that_is_asked_about():
    found = trace(Setup(CELLS, 20))
    for k, cell in enumerate(CELLS):
        said = " ".join(vanishing_words.notices(found, hidden=k))
        assert said.count(cell) == 1 and f"What there is to say about {cell} comes back" in said
    assert len(vanishing_words.notices(trace(Setup((TANH,), 20)), hidden=0)) == 1


def test_the_gate_of_the_lstm_is_said_with_digits_that_give_its_power():
    said = " ".join(vanishing_words.notices(trace(Setup((LSTM,), 200, units=4, forget_bias=5.0))))
    gate, steps, power = re.search(r"([\d.]+)\^(\d+) = ([\d.]+)", said).groups()
    assert float(gate) ** int(steps) == pytest.approx(float(power), rel=0.01)
    assert "the first c" not in " ".join(vanishing_words.notices(trace(Setup((LSTM,), 10)), carry=False))


def test_what_is_said_of_a_trained_moment_is_of_its_gradients():
    job = RememberJob(Setup((TANH, RELU), 12, units=6), steps=20)
    moment = trained(job)[0][-1]
    at = vanishing.Gradients(**{name: moment.values[name] for name in vars(trace(job.setup).gradients)})
    said = vanishing_words.notices(trace(job.setup), at, when="At training step 20:")
    ratios = at.hidden[:, 0] / at.hidden[:, -1]
    assert said[0].startswith("At training step 20: back from")
    assert all(f"{vanishing_words.short(ratio)} in all" in said[0] for ratio in ratios)
    assert f"= {at.norm[0]:.2f}·1" in said[1]


def test_cells_that_have_learned_share_one_sentence():
    values = {"norm": np.ones(3), "accuracy": np.array([0.99, 0.4, 1.0])}
    said = vanishing_words.after(CELLS[:3], [Snapshot(5, values)])
    assert len(said) == 1
    assert f"{TANH} (99% right), {CELLS[2]} (100% right)" in said[0]
