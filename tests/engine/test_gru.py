"""The GRU and its relatives: equal to Keras gate by gate, what each direction can know, and what is refused."""

from dataclasses import replace

import numpy as np
import pytest

from engine.sequence import (
    directions,
    gru,
    gru_keras,
    lstm_layer,
    variation_questions,
    variation_sizes,
    variation_words,
    variations,
)
from engine.sequence.gru import Cell
from engine.sequence.variations import Settings

LONG = "it is not good but it is for my sister"


def random_cell(units: int, features: int, reset_after: bool, seed: int = 0) -> Cell:
    rng = np.random.default_rng(seed)
    rows = (2, 3 * units) if reset_after else (3 * units,)
    shapes = [(features, 3 * units), (units, 3 * units), rows]
    return Cell(*(rng.normal(size=shape).astype("float32") for shape in shapes))


@pytest.mark.parametrize("reset_after", [True, False])
@pytest.mark.parametrize(("units", "features", "steps"), [(1, 1, 1), (3, 2, 7), (16, 4, 12)])
def test_gates_and_candidate_are_those_that_kerass_own_cell_computes(units, features, steps, reset_after):
    import keras

    seen: dict[str, list[np.ndarray]] = {"gates": [], "candidate": []}

    def listening(name, function):
        def listen(sums):
            seen[name].append(np.array(function(sums))[0])
            return function(sums)

        return listen

    own = random_cell(units, features, reset_after, seed=units)
    x = np.random.default_rng(1).normal(size=(steps, features)).astype("float32")
    cell = keras.layers.GRUCell(
        units,
        activation=listening("candidate", keras.activations.tanh),
        recurrent_activation=listening("gates", keras.activations.sigmoid),
        reset_after=reset_after,
    )
    cell.build((None, features))
    cell.set_weights(gru_keras.weights(own))
    run, state = gru.read(x, own), np.zeros((1, units), "float32")
    for t in range(steps):
        state, _ = cell(x[t : t + 1], state)
        z, r = seen["gates"][-2:]
        np.testing.assert_allclose(run.z[t], z, atol=1e-5)
        np.testing.assert_allclose(run.r[t], r, atol=1e-5)
        np.testing.assert_allclose(run.candidate[t], seen["candidate"][-1], atol=1e-5)
        np.testing.assert_allclose(run.hidden[t + 1], np.array(state)[0], atol=1e-5)


@pytest.mark.parametrize("reset_after", [True, False])
def test_every_view_passes_its_check(reset_after):
    settings = Settings(LONG, units=4, seed=3, reset_after=reset_after, edit=2, into="was")
    for read in (variations.read_gru, variations.read_beside, directions.read_both_ways, directions.read_stack):
        trace = read(settings)
        assert trace.check.passed and trace.check.difference < 5e-6, read.__name__


def test_the_check_fails_when_two_gates_are_taken_for_each_other(monkeypatch):
    honest = gru.read

    def swapped(x, cell):
        u = cell.units
        order = np.r_[u : 2 * u, :u, 2 * u : 3 * u]
        wrong = Cell(cell.kernel[:, order], cell.recurrent_kernel[:, order], cell.bias[..., order])
        return replace(honest(x, wrong), cell=cell)

    monkeypatch.setattr(gru, "read", swapped)
    for read in (variations.read_gru, directions.read_both_ways, directions.read_stack):
        assert not read(Settings()).check.passed


@pytest.mark.parametrize(("kind", "more"), [("GRU", {}), ("GRU", {"reset_after": False}), ("LSTM", {})])
def test_weights_are_drawn_as_a_keras_layer_draws_them(kind, more):
    import keras

    make = keras.initializers
    drawing = [make.GlorotUniform(7), make.Orthogonal(seed=8), make.RandomNormal(stddev=0.5, seed=9)]
    names = ["kernel_initializer", "recurrent_initializer", "bias_initializer"]
    layer = getattr(keras.layers, kind)(5, **dict(zip(names, drawing, strict=True)), **more)
    layer.build((None, None, 3))
    for ours, theirs in zip(gru_keras.drawn(kind, 5, 3, 7, **more), layer.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_an_open_update_gate_keeps_the_state_and_a_shut_one_replaces_it():
    cell = random_cell(2, 3, True)
    x = np.random.default_rng(2).normal(size=(4, 3)).astype("float32")
    for push, expected in ((200, "kept"), (-200, "written")):
        bias = cell.bias.copy()
        bias[0, :2] = push
        run = gru.read(x, Cell(cell.kernel, cell.recurrent_kernel, bias))
        np.testing.assert_allclose(run.hidden[1:], getattr(run, expected), atol=1e-6)
        np.testing.assert_allclose(run.hidden[1:], run.hidden[:-1] if push > 0 else run.candidate, atol=1e-6)


def test_both_kinds_of_reset_agree_when_the_reset_gate_is_open():
    cell = random_cell(3, 2, False)
    cell.bias[3:6] = 200
    x = np.random.default_rng(3).normal(size=(5, 2)).astype("float32")
    np.testing.assert_allclose(gru.read(x, cell).hidden, gru.read(x, gru.turned(cell)).hidden, atol=1e-5)


def test_the_lstm_beside_is_kerass_lstm_with_its_forget_bias_of_one():
    bias = variations.read_beside(Settings(units=3)).lstm.layer.bias
    assert (bias[3:6] == 1).all() and np.abs(bias[:3]).min() > 0
    assert lstm_layer.PARTS == "ifgo"


@pytest.mark.parametrize("place", range(1, 11))
def test_a_word_changes_forward_states_from_it_on_and_backward_states_up_to_it(place):
    trace = directions.read_both_ways(Settings(LONG, edit=place, into="moon"))
    assert (np.flatnonzero(trace.change[0]) == np.arange(place - 1, 10)).all()
    assert (np.flatnonzero(trace.change[1]) == np.arange(place)).all()
    stack = directions.read_stack(Settings(LONG, edit=place, into="moon"))
    assert stack.noticed.tolist() == [11 - place] * 3


def test_what_comes_out_at_the_end_is_kerass_own_without_return_sequences():
    import keras

    settings = Settings(LONG, units=4)
    trace = directions.read_both_ways(settings)
    cells = [variations.cell(settings, number) for number in (0, 1)]
    layer = keras.layers.Bidirectional(keras.layers.GRU(4))
    layer.build((None, None, 4))
    layer.set_weights([array for cell in cells for array in gru_keras.weights(cell)])
    x = variations.vectors(trace.tokens, 0)
    np.testing.assert_allclose(trace.last, np.array(layer(x[None]))[0], atol=1e-5)
    for word in (1, 5, 10):  # it needs the whole sequence: every word moves both halves
        moved = np.abs(directions.read_both_ways(Settings(LONG, 4, edit=word, into="moon")).last - trace.last)
        assert moved[:4].max() > 0 and moved[4:].max() > 0


def test_the_two_directions_have_weights_of_their_own():
    settings = Settings()
    assert np.abs(variations.cell(settings, 0).kernel - variations.cell(settings, 1).kernel).max() > 0.01


def test_without_a_change_nothing_is_noticed():
    for settings in (Settings(), Settings(edit=3), Settings(edit=0, into="moon"), Settings(edit=2, into="bank")):
        trace = directions.read_both_ways(settings)
        assert not trace.change.any()


def test_the_same_word_has_the_same_vector_everywhere_and_an_emoji_has_one_too():
    x = variations.vectors(("the", "👍", "the"), 5)
    assert (x[0] == x[2]).all() and (x[0] != x[1]).any() and x.shape == (3, 4)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        (Settings(""), "no word to read"),
        (Settings(" ?! "), "no word to read"),
        (Settings("good " * 1000), "1,000 words are too many"),
        (Settings(units=0), "units 0 is out of range; use 1 to 16"),
        (Settings(layers=4), "layers 4 is out of range; use 1 to 3"),
        (Settings(seed=-1), "seed -1 is out of range"),
        (Settings(edit=8, into="moon"), "no word 8 to change: the sentence has 7"),
        (Settings(edit=1, into="two words"), "is 2 words"),
    ],
)
def test_what_cannot_be_read_gets_a_sentence(settings, sentence):
    with pytest.raises(ValueError, match=sentence):
        directions.read_stack(settings)


@pytest.mark.parametrize("reset_after", [True, False])
@pytest.mark.parametrize(("units", "layers"), [(1, 1), (3, 3), (16, 2)])
def test_the_formula_beside_a_count_gives_that_count(units, layers, reset_after):
    for size in variation_sizes.sizes(units, layers, reset_after):
        assert eval(size.formula.replace("·", "*")) == size.count, size.name


def test_a_gru_of_100_on_one_number_has_30900_weights_and_the_lstm_40800():
    counts = {size.name: size.count for size in variation_sizes.sizes()}
    assert (counts["GRU(100)"], counts["LSTM(100)"]) == (30_900, 40_800)
    assert counts["Bidirectional(GRU(3))"] == 2 * counts["GRU(3)"]


@pytest.mark.parametrize("seed", range(6))
def test_questions_about_states_and_noticed_words_have_the_answer_of_the_layers(seed):
    settings = Settings(LONG, units=4, edit=3, into="very")
    for read in (directions.read_both_ways, directions.read_stack):
        asked = variation_questions.question(read(settings), settings, 0, seed)
        if asked.show:
            place, answer = asked.show["edit"], asked.question.answer
            assert place != 3 or "last word" in asked.question.text
            expected = (
                10
                if "output change" in asked.question.text
                else place
                if "backward" in asked.question.text
                else 11 - place
            )
            assert answer == expected
        else:
            units = int(asked.question.text.split("GRU(")[1].split(",")[0])
            assert asked.question.answer == 3 * (2 * units * units + 2 * units)
    trace = variations.read_gru(settings)
    asked = variation_questions.question(trace, settings, 2, 2 * seed)
    assert asked.question.answer == pytest.approx(float(trace.run.hidden[asked.hide_from + 1, 2]))
    weights = variation_questions.question(trace, settings, 2, 2 * seed + 1).question
    units = int(weights.text.split("GRU(")[1].split(",")[0])
    assert weights.answer == 3 * (units * (4 + units) + 2 * units)


@pytest.mark.parametrize("reset_after", [True, False])
def test_the_weights_that_are_noticed_are_those_of_the_layers_in_the_picture(reset_after):
    settings = Settings(reset_after=reset_after)
    for read in (variations.read_beside, directions.read_stack):
        trace = read(settings)
        runs = trace.reads if read is directions.read_stack else [trace.run]
        count = sum(array.size for run in runs for array in gru_keras.weights(run.cell))
        said = variation_words.notices(trace, 0, lambda: variation_sizes.sizes(3, 3, reset_after))
        assert f"{count} weights" in said[-1]


def test_a_word_in_place_of_itself_is_no_change():
    trace = directions.read_both_ways(Settings(edit=2, into="bank"))
    assert trace.place is None
    assert not any("in place of" in sentence for sentence in variation_words.notices(trace, 0, variation_sizes.sizes))


@pytest.mark.parametrize("seed", range(1, 12, 2))
def test_no_question_asks_for_what_the_picture_or_the_table_of_weights_shows(seed):
    last = Settings(edit=7, into="muddy")
    assert variation_questions.question(directions.read_both_ways(last), last, 0, seed).show["edit"] != 7
    for units in range(2, 11):
        settings = Settings(units=units)
        texts = [
            variation_questions.question(read(settings), settings, 0, number).question.text
            for read, number in ((variations.read_gru, seed), (directions.read_stack, seed))
        ]
        assert not any(f"GRU({units}," in text for text in texts)
        fewer = variation_questions.question(variations.read_beside(settings), settings, 0, seed - 1).question.text
        assert f"With {units} units" not in fewer


def test_of_one_word_and_one_layer_is_spoken_in_the_singular():
    settings = Settings("good", layers=1, edit=1, into="bad")
    for read in (variations.read_gru, variations.read_beside, directions.read_both_ways, directions.read_stack):
        said = " ".join(variation_words.notices(read(settings), 0, lambda: variation_sizes.sizes(3, 1)))
        assert not any(wrong in said for wrong in ("1 words", "1 layers", "every further", "“bad”, ")), said
