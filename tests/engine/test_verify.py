"""Triplets, their loss and mining, and what verification counts, against Keras, SciPy and scikit-learn."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from scipy.stats import binomtest
from sklearn.metrics import roc_auc_score, roc_curve

from engine import compute, quiz
from engine.faces import pairs, rates, roc, triplets, verification, verify_words
from engine.faces import triplet_training as training
from engine.training import advance


@pytest.fixture(scope="module")
def trained():
    """The default training: its job, first and last snapshot."""
    job = training.job(None, training.DEFAULTS)
    with compute.inline():
        first, checkpoint = advance(job, None, 0)
        last, _ = advance(job, checkpoint, job.epochs * job.steps_per_epoch)
    return job, first[0], last[-1]


def area(points, labels, among):
    """The area under the ROC curve over all pairs, by scikit-learn."""
    i, j = np.triu_indices(len(among), 1)
    squared = cdist(points[among].astype(float), points[among].astype(float), "sqeuclidean")[i, j]
    return roc_auc_score(labels[among][i] == labels[among][j], -squared)


def test_seen_classes_reach_99_and_unseen_ones_stay_below_raw_pixels(trained):
    job, _, last = trained
    labels, parts = np.array(job.pictures.labels), triplets.parts(job.pictures)
    assert area(last.values["points"], labels, parts.seen) > 0.99
    raw = area(job.pictures.grey, labels, parts.unseen)
    assert raw == pytest.approx(0.82, abs=0.01)
    assert 0.69 < area(last.values["points"], labels, parts.unseen) < 0.80 < raw


def test_no_picture_of_an_unseen_class_is_trained_on_and_none_is_both_trained_on_and_tested():
    pictures = triplets.digits()
    labels, parts = np.array(pictures.labels), triplets.parts(pictures)
    assert set(labels[parts.train]) == set(labels[parts.seen]) == set(range(7))
    assert set(labels[parts.unseen]) == {7, 8, 9}
    assert sorted(np.concatenate([parts.train, parts.seen, parts.unseen])) == list(range(1797))
    drawn = triplets.draw(pictures, 500, 5, np.random.default_rng(3))
    assert set(drawn.ravel()) <= set(parts.train)
    assert (labels[drawn[:, 0]] == labels[drawn[:, 1]]).all() and (drawn[:, 0] != drawn[:, 1]).all()
    assert (labels[drawn[:, 2:]] != labels[drawn[:, :1]]).all()


@pytest.mark.parametrize("mining", triplets.MINING)
def test_the_loss_that_keras_minimises_is_the_triplet_loss_worked_in_numpy(mining):
    job = training.job(None, training.DEFAULTS | {"mining": mining, "margin": 0.5})
    model = job.build()
    x, y = job.batch(0)
    points = np.asarray(model(x), float)
    p = ((points[:, 0] - points[:, 1]) ** 2).sum(1)
    n = ((points[:, :1] - points[:, 2:]) ** 2).sum(2)
    costs = []
    for positive, row in zip(p, n, strict=True):  # in plain words
        farther = [d for d in row if d > positive]
        chosen = {"random": row[0], "hard": min(row), "semi-hard": min(farther) if farther else max(row)}[mining]
        costs.append(max(positive - chosen + 0.5, 0))
    assert float(model.compute_loss(x=x, y=y, y_pred=model(x))) == pytest.approx(np.mean(costs), abs=1e-6)
    np.testing.assert_allclose((points**2).sum(-1), 1, atol=1e-6)


def test_the_triplets_of_a_snapshot_are_those_whose_loss_the_next_step_has(trained):
    job, first, _ = trained
    with compute.inline():
        (snapshot,), _ = advance(job, advance(job, None, 0)[1], 1, look=True)
    costs = triplets.loss(first.values["positive"], first.values["negative"], job.margin)
    assert snapshot.values["loss"] == pytest.approx(costs.mean(), abs=1e-6)
    assert (np.diff(costs) <= 1e-6).all()
    a, p, n = np.moveaxis(first.values["triplets"].astype(float), 1, 0)
    np.testing.assert_allclose(((a - p) ** 2).sum(1), first.values["positive"][:12], atol=1e-6)
    np.testing.assert_allclose(((a - n) ** 2).sum(1), first.values["negative"][:12], atol=1e-6)


def test_the_untrained_network_is_the_one_that_the_training_starts_from(trained):
    job, first, _ = trained
    with compute.inline():
        np.testing.assert_allclose(training.untrained(job).values["points"], first.values["points"], atol=1e-6)


def test_labels_at_the_edges_follow_the_loss():
    p, n = np.array([0.25, 0.25, 0.25, 0.25]), np.array([0.5, 0.4375, 0.25, 0.125])
    assert [triplets.LABELS[k] for k in triplets.label(p, n, 0.25)] == ["easy", "semi-hard", "hard", "hard"]
    np.testing.assert_array_equal(triplets.loss(p, n, 0.25), [0, 0.0625, 0.25, 0.375])


@pytest.mark.parametrize("seed", range(4))
def test_the_curve_and_its_area_are_scikit_learns(seed):
    rng = np.random.default_rng(seed)
    same = rng.random(200) < 0.4
    squared = np.round(rng.uniform(0, 2, 200) + ~same * 0.5, 1)  # many ties
    found = roc.roc(squared, same)
    far, tar, _ = roc_curve(same, -squared, drop_intermediate=False)
    np.testing.assert_allclose(found.false_accepts, far, atol=1e-12)
    np.testing.assert_allclose(found.true_accepts, tar, atol=1e-12)
    assert found.auc == pytest.approx(roc_auc_score(same, -squared), abs=1e-12)
    assert np.interp(found.eer, far, tar) == pytest.approx(1 - found.eer, abs=0.06)  # steep steps have ties in far
    points = zip(found.false_accepts, found.true_accepts, strict=True)
    gaps = [f - (1 - t) for f, t in points]
    k = next(i for i, gap in enumerate(gaps) if gap >= 0)
    share = gaps[k - 1] / (gaps[k - 1] - gaps[k])
    assert found.eer == pytest.approx(far[k - 1] + share * (far[k] - far[k - 1]), abs=1e-12)


def test_equal_error_rate_by_hand():
    found = roc.roc(np.array([0.1, 0.2, 0.5, 0.3, 0.6, 0.7]), np.array([1, 1, 1, 0, 0, 0], bool))
    assert (found.eer, found.eer_threshold) == (pytest.approx(1 / 3), pytest.approx(0.3))


@pytest.mark.parametrize(("count", "of"), [(0, 130), (1, 130), (35, 130), (130, 130), (3, 10), (1, 1)])
def test_the_interval_is_scipys_wilson_interval(count, of):
    found, theirs = rates.rate(count, of), binomtest(count, of).proportion_ci(method="wilson")
    assert (found.low, found.high) == (pytest.approx(theirs.low, abs=1e-12), pytest.approx(theirs.high, abs=1e-12))


def test_rates_are_counts_and_the_fair_threshold_has_as_many_false_accepts():
    squared, same = np.array([0.1, 0.4, 0.3, 0.5, 0.2]), np.array([1, 1, 0, 0, 0], bool)
    accepts, rejects = rates.rates(squared, same, 0.3)
    assert (accepts.count, accepts.of, rejects.count, rejects.of) == (2, 3, 1, 2)
    for count in range(4):
        threshold = rates.same_false_accepts(squared, same, count)
        assert rates.rates(squared, same, threshold)[0].count == count
    assert rates.rates(squared, same, rates.same_false_accepts(squared, same, 2))[1].count == 0


def test_distances_are_scipys_and_a_wrong_one_is_noticed(trained):
    job, first, _ = trained
    drawn = pairs.pairs(np.array(job.pictures.labels), triplets.parts(job.pictures).unseen, 260, 0)
    points = first.values["points"]
    curve = roc.roc(pairs.distances(points, drawn), drawn.same)
    assert all(check.passed for check in verification.checks(points, drawn, curve))
    wrong = roc.roc(-pairs.distances(points, drawn), drawn.same)
    assert not verification.checks(points, drawn, wrong)[1].passed


@pytest.mark.parametrize("most", [20, 260])
@pytest.mark.parametrize("seed", [0, 7, 999])
def test_pairs_are_half_the_same_and_no_digit_stands_in_two(most, seed):
    pictures = triplets.digits()
    labels = np.array(pictures.labels)
    for among in (triplets.parts(pictures).seen, triplets.parts(pictures).unseen):
        drawn = pairs.pairs(labels, among, most, seed)
        assert drawn.apart and len(np.unique([drawn.first, drawn.second])) == 2 * most
        assert drawn.same.sum() == most // 2
        np.testing.assert_array_equal(labels[drawn.first] == labels[drawn.second], drawn.same)


def test_few_pictures_recur_in_pairs_and_say_so():
    drawn = pairs.pairs(np.array([0, 0, 1, 1]), np.arange(4), 20, 0)
    assert not drawn.apart and drawn.same.sum() == 2
    with pytest.raises(ValueError, match="two classes"):
        pairs.pairs(np.zeros(4, int), np.arange(4), 20, 0)


def test_recognition_names_the_class_of_the_nearest_reference():
    points, labels = np.array([[0.0], [10], [1], [9], [8]]), np.array([0, 1, 0, 1, 0])
    found, table = rates.recognise(points, labels, np.arange(5), 1)
    assert (found.count, found.of) == (2, 3)
    np.testing.assert_array_equal(table, [[1, 1], [0, 1]])


def people(count, faces=6):
    rng = np.random.default_rng(0)
    return {f"P{k}": [rng.integers(0, 256, (96, 96, 3), dtype=np.uint8) for _ in range(faces)] for k in range(count)}


@pytest.mark.parametrize(("count", "seen"), [(2, 2), (3, 3), (4, 2), (5, 3), (20, 10)])
def test_half_of_four_people_or_more_stay_unseen(count, seen):
    pictures = triplets.faces(people(count))
    assert pictures.seen == seen and pictures.grey.shape == (6 * count, 24 * 24)
    job = training.job(pictures, training.DEFAULTS)
    assert hash(job) == hash(training.job(triplets.faces(people(count)), training.DEFAULTS))


def test_too_few_faces_are_refused_with_what_helps():
    with pytest.raises(ValueError, match="1 people have 4 faces or more; collect 4 faces each"):
        triplets.faces(people(1) | {"short": people(1)["P0"][:3]})


def test_a_training_on_own_faces_runs_with_varied_pictures():
    job = training.job(triplets.faces(people(2)), training.DEFAULTS | {"epochs": 1})
    x, _ = job.batch(0)
    assert x.shape == (64, 10, 576) and 0 <= x.min() <= x.max() <= 1
    plain = job.pictures.grey[job.numbers(0)]
    assert (x != plain).any(-1).mean() > 0.9
    with compute.inline():
        last, checkpoint = advance(job, None, 5)
    assert checkpoint.step == 5 and last[0].values["points"].shape == (12, 8)


def test_augmentation_of_a_flat_picture_only_changes_its_light():
    varied = triplets.augment(np.full((50, 9), 0.5, np.float32), 3, np.random.default_rng(0))
    assert np.ptp(varied, axis=1).max() < 1e-6 and 0.4 <= varied.min() < varied.max() <= 0.6


@pytest.mark.parametrize(("name", "value"), [("margin", 0), ("embedding", 1), ("epochs", 31), ("mining", "soft")])
def test_impossible_settings_are_named(name, value):
    with pytest.raises(ValueError, match=f"{name} .*{value}"):
        training.job(None, training.DEFAULTS | {name: value})


@pytest.mark.parametrize("number", range(30))
def test_every_question_has_its_computed_answer_among_its_choices(trained, number):
    job, _, last = trained
    labels, parts = np.array(job.pictures.labels), triplets.parts(job.pictures)
    curves = {}
    for name, among, points in (
        ("unseen", parts.unseen, last.values["points"]),
        ("seen", parts.seen, last.values["points"]),
        ("raw pixels", parts.unseen, job.pictures.grey),
    ):
        drawn = pairs.pairs(labels, among, 260, 0)
        squared = pairs.distances(points, drawn)
        curves[name] = roc.roc(squared, drawn.same)
    asked = verify_words.ask(verify_words.Seen(curves, squared, drawn.same, 0.8, job.margin), number)
    assert asked.answer in asked.choices and len(set(asked.choices)) == len(asked.choices) == 3
    assert quiz.grade(asked, asked.answer).right
    assert all(not quiz.grade(asked, choice).right for choice in asked.choices if choice != asked.answer)
    if number % 3 == 2:
        assert asked.answer == "seen"


def apart(same, different):
    """What a question may be about where the network, on seen and unseen classes, and raw pixels do the same."""
    squared, alike = np.array([*same, *different]), np.arange(len(same) + len(different)) < len(same)
    curve = roc.roc(squared, alike)
    curves = dict.fromkeys(("unseen", "seen", "raw pixels"), curve)
    return verify_words.Seen(curves, squared, alike, 0.8, 0.2)


@pytest.mark.parametrize("number", range(2, 30, 3))
def test_which_curve_is_best_is_not_asked_where_the_best_two_are_equal(number):
    asked = verify_words.ask(apart([0.01, 0.02], [3.0, 3.1]), number)
    assert "ROC" not in asked.text and quiz.grade(asked, asked.answer).right


@pytest.mark.parametrize("number", range(1, 30, 3))
def test_the_threshold_asked_about_changes_both_errors_also_where_all_are_told_apart(number):
    asked = verify_words.ask(apart([0.01, 0.02], [3.0, 3.1]), number)
    upward = asked.answer == verify_words.UP_DOWN
    assert ("from 0 to 3.11" if upward else "from 3.11 to 0") in asked.text
    assert ("false accepts go from 0 to 2, false rejects from 2 to 0" in asked.why) == upward


def test_where_no_threshold_changes_both_errors_a_triplet_is_asked_about():
    assert "A triplet has" in verify_words.ask(apart([0.0, 0.0], [3.0, 3.1]), 1).text
