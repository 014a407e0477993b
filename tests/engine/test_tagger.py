"""Entity tags: the sentences, precision and recall, and the tagger against NumPy."""

import keras
import numpy as np
import pytest

from engine.sequence import tagger, tagger_training, tagging
from engine.sequence.gru_by_hand import join
from engine.training import advance


def test_sentences_have_a_tag_for_every_word_and_both_kinds_alike():
    found = tagging.sentences(1000, seed=2)
    assert all(len(s.words) == len(s.tags) <= tagging.LONGEST for s in found)
    assert len({s.words for s in found}) == 1000
    first = [s.tags[0] for s in found if s.open]
    assert abs(first.count("B-PER") / len(first) - 0.5) < 0.06
    assert all(s.words[0] in tagging.BOTH for s in found if s.open)
    assert all(
        tags[k] != "I-LOC" or tags[k - 1] in ("B-LOC", "I-LOC")
        for tags in (s.tags for s in found)
        for k in range(len(tags))
    )


def test_spans_and_scores_of_a_sentence_worked_by_hand():
    true = [("B-PER", "O", "B-LOC", "I-LOC", "O", "B-LOC")]
    marked = [("B-PER", "O", "B-LOC", "O", "B-PER", "B-LOC")]  # new york cut short, and a person too many
    person, place, both = tagging.score(true, marked)
    assert (person.right, person.marked, person.true) == (1, 2, 1)
    assert (place.precision, place.recall, place.f1) == (0.5, 0.5, 0.5)
    assert (
        both.precision == 2 / 4 and both.recall == 2 / 3 and both.f1 == pytest.approx(2 * 0.5 * (2 / 3) / (0.5 + 2 / 3))
    )


def test_neighbouring_entities_are_apart_and_a_stray_inside_begins_one():
    assert tagging.spans(["B-LOC", "B-LOC", "I-LOC"]) == {(0, 1, "LOC"), (1, 3, "LOC")}
    assert tagging.spans(["I-LOC", "O"]) == {(0, 1, "LOC")}
    assert tagging.spans(["B-PER", "I-LOC"]) == {(0, 1, "PER"), (1, 2, "LOC")}
    assert tagging.score([("O",)], [("O",)])[2].f1 == 0


@pytest.mark.parametrize("both_ways", [True, False])
def test_numpy_gives_the_states_and_tags_of_the_keras_model(both_ways):
    shapes = tagger.shapes(8, both_ways)
    weights = np.random.default_rng(1).normal(0, 0.4, sum(int(np.prod(s)) for s in shapes)).astype("float32")
    found = tagger.tag(8, both_ways, weights, "Paris met a zebra in New York.")
    assert found.check.passed and found.known.tolist() == [True, True, True, False, True, True, True]
    assert found.backward.shape == (7, 8 * both_ways)


def test_the_backward_state_of_the_first_word_depends_on_the_last_and_the_forward_one_does_not():
    a, b = (tagger_training.tag_shipped("tags, both ways", f"jordan also {end}") for end in ("laughed", "exports"))
    np.testing.assert_allclose(a.forward[0], b.forward[0], atol=1e-6)
    assert np.abs(a.backward[0] - b.backward[0]).max() > 0.01


def test_right_context_decides_only_in_both_directions():
    one, both = (
        tagger_training.scores(job.units, job.both_ways, tagger_training.shipped()[name][0])
        for name, job in tagger_training.JOBS.items()
    )
    assert [(k.right, k.marked, k.true) for k in both.kinds] == [
        (k.right, k.marked, k.true) for k in tagger_training.shipped()["tags, both ways"][1].kinds
    ]
    assert 0.4 < one.open < 0.6 and both.open > 0.98
    assert both.kinds[2].f1 > 0.98 > one.kinds[2].f1
    assert [
        tagger_training.tag_shipped("tags, both ways", text).tags[0]
        for text in ("jordan laughed", "jordan exports wine")
    ] == ["B-PER", "B-LOC"]
    same = {
        tagger_training.tag_shipped("tags, one way", text).tags[0] for text in ("jordan laughed", "jordan exports wine")
    }
    assert len(same) == 1


@pytest.mark.parametrize("text", ["", " ... ", "word " * 17])
def test_too_few_and_too_many_words_are_said(text):
    with pytest.raises(ValueError, match="words cannot be tagged here; type 1 to 16"):
        tagger_training.tag_shipped("tags, both ways", text)


@pytest.mark.parametrize("both_ways", [True, False])
def test_an_untrained_tagger_is_the_one_that_a_training_begins_with(both_ways):
    job = tagger_training.TaggerJob(both_ways=both_ways, units=8, seed=2, epochs=3)
    begun = advance(job, None, 0)[0][0].values["weights"]
    np.testing.assert_array_equal(tagger.initial(8, both_ways, 2), begun)
    found = tagger.tag_untrained(8, both_ways, 2, "jordan laughed")
    np.testing.assert_array_equal(found.logits, tagger.tag(8, both_ways, begun, "jordan laughed").logits)


@pytest.mark.parametrize("both_ways", [True, False])
@pytest.mark.parametrize("units", [3, 8])
def test_drawn_weights_and_padded_outputs_are_those_of_the_built_model(both_ways, units):
    model = tagger.build(units, both_ways, seed=4)
    np.testing.assert_array_equal(tagger.initial(units, both_ways, 4), tagger.read_off(model))
    shapes, rng = tagger.shapes(units, both_ways), np.random.default_rng(1)
    weights = [rng.normal(0, 0.4, shape).astype("float32") for shape in shapes]
    for variable, values in zip(tagger.ordered(model), weights, strict=True):
        variable.assign(values)
    ids = tagger.encode([("paris", "laughed"), ("jordan", "exports", "wine")])
    states, logits = tagger.outputs(units, both_ways, join(weights), ids)
    inside = keras.Model(model.input, model.get_layer("recurrent").output)
    np.testing.assert_allclose(states, inside(ids), atol=1e-5)
    np.testing.assert_allclose(logits, model(ids), atol=1e-5)


def test_taggers_of_all_sizes_share_one_compiled_call():
    for units in (5, 9):
        tagger.tag_untrained(units, True, units, "jordan laughed")
    assert tagger._call(True).experimental_get_tracing_count() == 1
