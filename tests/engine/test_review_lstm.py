"""The reviews and the network that was trained on them: the grammar's verdicts, the shipped weights, the scores."""

from itertools import pairwise

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from engine.sequence import gate_units, lstm, review_model, reviews


def test_the_same_seed_writes_the_same_reviews_and_all_differ():
    first, again = reviews.reviews(300, seed=3), reviews.reviews(300, seed=3)
    assert first == again and len({review.words for review in first}) == 300
    assert reviews.reviews(50, seed=3) == first[:50]
    assert reviews.reviews(300, seed=4) != first


def spelled_out(review):
    """Clauses of a review with their verdicts."""
    starts = (0, *(end + 1 for end in review.ends))
    return [(review.words[a : b + 1], v) for a, b, v in zip(starts, review.ends, review.verdicts, strict=False)]


def test_a_conceded_or_plain_clause_leaves_the_verdict_as_it_was():
    plain, conceded = {tuple(text.split()) for text in reviews.PLAIN}, 0
    for review in reviews.reviews(2000):
        clauses = spelled_out(review)
        for (_, before), (words, after) in pairwise(clauses):
            if words in plain or (words[0] in ("although", "though", "even") and before >= 0):
                assert after == before
                conceded += words not in plain
    assert conceded > 200


def test_the_verdict_of_one_clause_is_its_opinion_word_turned_by_a_negation():
    from engine.sequence.gates_by_hand import WORTH

    seen = 0
    for review in reviews.reviews(3000):
        words = review.words
        worth = [WORTH[word] for word in words if word in WORTH]
        if len(review.ends) == 1 and len(worth) == 1:
            turned = sum(word in reviews.NEGATIONS for word in words) % 2
            assert ((worth[0] > 0) != turned) == bool(review.verdicts[0]), words
            seen += 1
    assert seen > 200


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("यह किताब अच्छी नहीं है", ["यह", "किताब", "अच्छी", "नहीं", "है"]),
        ("👨‍👩‍👧 👍🏽❤️ 这个很好", ["👨‍👩‍👧", "👍🏽", "❤️", "这个很好"]),
        ("cafe\u0301 naïve", ["café", "naïve"]),
        ("a_b <b> 👍👍", ["a", "_", "b", "<", "b", ">", "👍", "👍"]),
    ],
)
def test_words_of_any_script_stay_whole(text, words):
    assert reviews.split(text) == words


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("I didn't like the product, but after two weeks it is good", ["product", "good"]),
        ("The first half was good but the second half was quite boring", ["good", "boring"]),
        ("It was great. However, it stopped working", ["great", "working"]),
        ("even though it is nice it is bad", ["bad"]),
        ("it is good even though it is not perfect", ["good", "perfect"]),
        ("good", ["good"]),
        ("... good !!", ["good"]),
    ],
)
def test_clauses_end_where_a_reader_would_pause(text, ends):
    words, places = reviews.read(text)
    assert [words[k] for k in places] == ends


def test_the_held_out_reviews_are_the_grammars_and_none_was_trained_on():
    written = reviews.reviews(review_model.TRAINING + review_model.HELD_OUT, 0)
    kept = review_model.load()
    expected = review_model.batch(written[review_model.TRAINING :], kept.vocabulary)
    np.testing.assert_array_equal(kept.held_out.ids, expected.ids)
    np.testing.assert_array_equal(kept.held_out.verdicts, expected.verdicts)
    trained = {review.words for review in written[: review_model.TRAINING]}
    assert not trained & {review.words for review in written[review_model.TRAINING :]}


def test_the_shipped_weights_read_held_out_reviews_right_by_keras_itself():
    import keras

    kept = review_model.load()
    layers = [keras.layers.Embedding(*kept.embedding.shape), keras.layers.LSTM(16, return_sequences=True),
              keras.layers.Dense(1, activation="sigmoid")]  # fmt: skip
    model = keras.Sequential([keras.Input((None,), dtype="int32"), *layers])
    weights = [kept.embedding, kept.kernel, kept.recurrent_kernel, kept.bias]
    model.set_weights([*weights, kept.dense[:, None], np.array([kept.dense_bias])])
    told = kept.held_out.verdicts >= 0
    right = ((np.asarray(model(kept.held_out.ids))[..., 0] > 0.5) == kept.held_out.verdicts)[told].mean()
    accuracy, count = gate_units.accuracy()
    assert count == told.sum() and count > 2000
    assert accuracy == pytest.approx(right, abs=1e-6)
    assert accuracy > 0.98


def test_the_file_is_small_and_needs_no_pickle():
    assert review_model.SHIPPED.stat().st_size < 100_000
    with np.load(review_model.SHIPPED, allow_pickle=False) as kept:
        assert {kept[name].dtype.kind for name in kept.files} <= set("Ufiu")


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("I didn't like the product, but after using it for two weeks it is good", "good"),
        ("The first half of the movie was good but the second half was quite boring", "bad"),
        ("Bob is a nice person. Dan on the other hand is evil.", "bad"),
        ("The camera quality was amazing and the battery was great. However, it stopped working yesterday.", "bad"),
        ("it is not bad", "good"),
        ("it is good even though it is not perfect", "good"),
    ],
)
def test_the_trained_network_gives_the_examples_their_verdicts(text, verdict):
    run = lstm.trace(text=text).after
    assert (run.probability[-1] > 0.9) if verdict == "good" else (run.probability[-1] < 0.1)


@pytest.mark.parametrize("reacts_to", gate_units.ORDERS[1:])
def test_scores_are_scikit_learns_area_under_the_curve(reacts_to):
    found, (yes, no) = gate_units.scores(reacts_to), gate_units.moments(reacts_to)
    truth = np.repeat([1, 0], [len(yes), len(no)])
    area = np.array([roc_auc_score(truth, np.concatenate([yes[:, u], no[:, u]])) for u in range(16)])
    expected = {gate_units.CONTRAST: 1 - area, gate_units.OPINION: area}.get(reacts_to, np.maximum(area, 1 - area))
    np.testing.assert_allclose(found.auc, expected, atol=1e-6)
    assert (np.diff(found.auc[found.order]) <= 0).all()


def test_no_unit_is_the_sentiment_unit_and_the_best_ones_forget_gate_does_not_drop_at_but():
    found = gate_units.scores(gate_units.VERDICT)
    best = found.order[0]
    assert 0.89 < found.auc[best] < 0.99
    assert found.forget_at_contrast[best] > found.forget[best] - 0.1
    assert found.forget_at_contrast[best] > 0.7


def test_the_scored_states_are_those_of_the_trace():
    kept = review_model.load()
    ids = kept.held_out.ids[0, : kept.held_out.lengths[0]]
    run = lstm.trace(text=" ".join(np.array(kept.vocabulary)[ids])).after
    states = gate_units._held_out()
    np.testing.assert_allclose(states["c"][0, : len(ids)], run.cell[1:], atol=1e-5)
    np.testing.assert_allclose(states["f"][0, : len(ids)], run.gates["f"], atol=1e-5)


def test_an_order_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="cannot be sorted"):
        gate_units.scores("charm")
