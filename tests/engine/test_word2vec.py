"""The word map's training: gensim's own, snapshot by snapshot, and the model that is shipped."""

import numpy as np
import pytest
from gensim.models import Word2Vec

from engine.training import advance
from engine.words import corpora, grammar, sums, vectors, word2vec
from engine.words.evaluation import evaluate

SMALL = corpora.Text(count=2_000)


def settings(**changed):
    return word2vec.DEFAULTS | {"epochs": 2} | changed


@pytest.mark.parametrize(
    "changed",
    [{}, {"algorithm": word2vec.CBOW}, {"output": word2vec.HIERARCHICAL}, {"subsample": True, "window": 2}],
    ids=["skip-gram", "CBOW", "hierarchical softmax", "skipping frequent words"],
)
def test_the_last_snapshot_is_what_gensim_trains_in_one_go(changed):
    job = word2vec.job(SMALL, settings(**changed))
    snapshots, _ = advance(job, None, job.total_steps)
    theirs = Word2Vec(corpora.load(SMALL), workers=1, **word2vec.recipe_settings(job)).wv
    ours = word2vec.model(snapshots[-1].values)
    assert list(ours.words) == theirs.index_to_key
    np.testing.assert_array_equal(ours.vectors, theirs.vectors)
    assert ours.counts.tolist() == [theirs.get_vecattr(word, "count") for word in ours.words]


def test_the_snapshots_go_from_chance_to_the_end_and_their_loss_falls():
    job = word2vec.job(corpora.Text(count=5_000), settings(epochs=4))
    snapshots, _ = advance(job, None, job.total_steps)
    epochs, losses = word2vec.losses(snapshots, job.epochs)
    assert snapshots[0].values["epoch"] == 0 and epochs[-1] == 4 and len(epochs) >= 4
    assert losses[-1] < losses[0]


def test_the_number_of_pairs_is_that_of_all_windows_of_a_sentence():
    sentence = np.arange(7)
    for window in (1, 3, 5, 10):
        reaches = [sum(0 < abs(a - b) <= reach for a in sentence for b in sentence) for reach in range(1, window + 1)]
        assert word2vec.pairs_per_word(np.array([7]), window) == pytest.approx(np.mean(reaches) / 7)


def test_the_progress_counts_pairs_of_this_epoch_only():
    job = word2vec.job(corpora.Text(count=5_000), settings(epochs=3))
    snapshots, _ = advance(job, None, job.total_steps)
    words = sum(map(len, corpora.load(corpora.Text(count=5_000))))
    end = word2vec.progress(snapshots[-1], rate=2.0, epochs=3)
    pairs = words * snapshots[-1].values["pairs_per_word"]
    assert end.loss == pytest.approx(snapshots[-1].values["loss"] / pairs)
    assert end.pairs_per_second == pytest.approx(2.0 * pairs / (job.total_steps / 3))
    assert word2vec.progress(snapshots[0], 0.0, 3).pairs_per_second == 0


def test_the_shipped_model_is_the_default_training_and_finds_the_queen():
    last = word2vec.model(word2vec.shipped()[-1].values)
    job = word2vec.shipped_job()
    theirs = Word2Vec(corpora.load(job.text), workers=1, **word2vec.recipe_settings(job)).wv
    # Another processor adds up in another order: 2e-3 between two kinds of them after 10 epochs.
    np.testing.assert_allclose(last.vectors, theirs.vectors, atol=1e-2)
    assert theirs.most_similar(positive=["king", "woman"], negative=["man"])[0][0] == "queen"
    assert word2vec.shipped()[0].step == 0 and word2vec.shipped()[-1].values["epoch"] == job.epochs


@pytest.mark.parametrize("seed", [2, 3])
def test_cbow_in_50_dimensions_finds_the_queen_with_other_seeds_too(seed):
    job = word2vec.job(
        corpora.Text(), word2vec.DEFAULTS | {"algorithm": word2vec.CBOW, "vector_size": 50, "seed": seed}
    )
    snapshots, _ = advance(job, None, job.total_steps)
    model = word2vec.model(snapshots[-1].values)
    found = evaluate(model)
    assert sums.rank(model, "king - man + woman").words[0] == "queen"
    assert found.total.right == found.total.asked == 277
    assert vectors.parallel(model, grammar.GENDER_PAIRS).min() > 0.9


def test_two_dimensions_are_too_few():
    job = word2vec.job(corpora.Text(count=8_000), word2vec.DEFAULTS | {"vector_size": 2})
    snapshots, _ = advance(job, None, job.total_steps)
    found = evaluate(word2vec.model(snapshots[-1].values))
    assert found.total.right < 0.5 * found.total.asked


@pytest.mark.parametrize(
    ("name", "value"), [("vector_size", 1), ("window", 0), ("epochs", 51), ("min_count", 0), ("negative", 0)]
)
def test_a_setting_out_of_its_limits_is_named(name, value):
    low, high = word2vec.LIMITS[name]
    with pytest.raises(ValueError, match=f"{name} {value} is not possible here; use {low} to {high}"):
        word2vec.job(SMALL, settings(**{name: value}))


def test_a_min_count_that_leaves_no_word_is_said():
    job = word2vec.job(corpora.Text(corpora.OWN, typed="one two three. four five six."), settings(min_count=5))
    with pytest.raises(ValueError, match="min_count 5 leaves no word of this text; use a smaller one"):
        advance(job, None, 1)
