"""Cosines, neighbours, sums and projections, against gensim, scikit-learn and hand-worked numbers."""

import gzip
import socket
from pathlib import Path

import numpy as np
import pytest
from gensim.models import KeyedVectors
from gensim.test.utils import datapath
from scipy.stats import spearmanr
from sklearn.decomposition import PCA
from sklearn.manifold import trustworthiness
from sklearn.neighbors import NearestNeighbors

from engine.words import atlas, evaluation, examples, grammar, pretrained, projection, questions, sums, vectors
from engine.words.vectors import WordVectors


@pytest.fixture(scope="module")
def royal() -> WordVectors:
    return atlas.shipped_models()[-1]


@pytest.fixture(scope="module")
def keyed(royal) -> KeyedVectors:
    made = KeyedVectors(royal.vectors.shape[1])
    made.add_vectors(list(royal.words), royal.vectors)
    return made


def some(count: int, size: int, seed: int = 0) -> WordVectors:
    rows = np.random.default_rng(seed).normal(size=(count, size)).astype("float32")
    return WordVectors(tuple(f"w{k}" for k in range(count)), rows, np.arange(count, 0, -1))


# ---- cosines, neighbours, sums


def test_the_nearest_words_are_gensims(royal, keyed):
    indices, cosines = vectors.nearest(royal.vectors, 10)
    for k, word in enumerate(royal.words):
        theirs = keyed.most_similar(word, topn=10)
        assert [royal.words[i] for i in indices[k]] == [name for name, _ in theirs]
        np.testing.assert_allclose(cosines[k], [value for _, value in theirs], atol=1e-6)


def test_the_nearest_words_of_a_vocabulary_larger_than_a_block_are_scikit_learns():
    model = some(2_300, 8)
    indices, cosines = vectors.nearest(model.vectors, 5)
    distance, theirs = NearestNeighbors(n_neighbors=6, metric="cosine").fit(model.vectors).kneighbors(model.vectors)
    np.testing.assert_allclose(cosines, 1 - distance[:, 1:], atol=1e-5)
    assert (indices == theirs[:, 1:]).mean() > 0.999  # ties within rounding may change places


def test_a_few_words_have_a_quarter_of_them_as_neighbours():
    assert vectors.nearest(some(20, 4).vectors)[0].shape == (20, 5)
    assert vectors.nearest(some(3, 4).vectors)[0].shape == (3, 2)
    assert vectors.nearest(some(2, 4).vectors)[0].shape == (2, 1)


@pytest.mark.parametrize(
    "question", ["king - man + woman", "paris - france + italy", "queen", "boy + girl", "walked - walking + swimming"]
)
def test_a_sum_of_words_is_ranked_as_gensim_ranks_it(royal, keyed, question):
    ours = sums.rank(royal, question, count=8)
    plus, minus = sums.parse(question)
    theirs = keyed.most_similar(positive=list(plus), negative=list(minus), topn=8)
    assert list(ours.words) == [word for word, _ in theirs]
    np.testing.assert_allclose(ours.cosines, [value for _, value in theirs], atol=1e-6)
    assert sums.check(royal, question).passed


def test_the_check_notices_wrong_numbers(royal, monkeypatch):
    wrong = WordVectors(royal.words, royal.vectors + 0.05, royal.counts)
    other = vectors.keyed_vectors(royal)
    monkeypatch.setattr(sums, "keyed_vectors", lambda _: other)
    assert not sums.check(wrong, "king - man + woman").passed


def test_without_gensims_rule_the_words_of_the_question_may_win(royal, keyed):
    free = sums.rank(royal, "king - man + woman", exclude=False)
    target = (
        keyed.get_vector("king", norm=True) - keyed.get_vector("man", norm=True) + keyed.get_vector("woman", norm=True)
    )
    theirs = keyed.similar_by_vector(target, topn=8)
    assert list(free.words) == [word for word, _ in theirs]
    assert [word for word, given in zip(free.words, free.given, strict=True) if given] == ["king", "woman"]


def test_a_real_model_answers_king_when_nothing_is_left_out():
    near = WordVectors(
        ("king", "queen", "man", "woman"),
        np.array([[1, 0.1, 0], [0.8, 0.5, 0], [0.1, 0, 1], [0.1, 0.1, 1]]),
        np.ones(4),
    )
    assert sums.rank(near, "king - man + woman").words[0] == "queen"
    assert sums.rank(near, "king - man + woman", exclude=False).words[0] == "king"


def test_a_cosine_is_the_sum_of_its_terms_over_the_lengths(royal, keyed):
    found = vectors.cosine(royal, "king", "queen")
    assert found.products.sum() == pytest.approx(found.dot)
    assert found.dot / (found.norms[0] * found.norms[1]) == pytest.approx(found.cosine)
    assert found.cosine == pytest.approx(keyed.similarity("king", "queen"), abs=1e-6)


def test_the_class_example_comes_out_exactly():
    model = examples.class_example()
    total = sums.total(model, "king - man + woman")
    np.testing.assert_allclose(total.plain, [0.70, 0.80], atol=1e-12)
    np.testing.assert_allclose(model.vectors[model.find("queen")], [0.70, 0.80])
    assert sums.rank(model, "king - man + woman").words[0] == "queen"


def test_the_table_made_by_hand_solves_the_analogy_by_its_features():
    model = examples.feature_table()
    assert sums.rank(model, "king - man + woman").words[0] == "queen"
    assert sums.rank(model, "prince - boy + girl").words[0] == "princess"
    king, apple = (model.vectors[model.find(word)] for word in ("king", "apple"))
    assert king[1] == 1 and apple[3] == 1  # royal, food


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([("a", (1, 0, 0, 0)), (" ", (0, 1, 0, 0))], "1 words; a map needs three"),
        ([("a", (1, 0, 0, 0)), ("b", (0, 0, 0, 0)), ("c", (0, 1, 0, 0))], "b has 0 for every feature"),
        ([("a", (1, 0, 0, 0)), ("b", (0, float("nan"), 0, 0))], "b needs a number from -1 to 1"),
        ([("a", (1, 0, 0, 0)), ("b", (0, 3.0, 0, 0))], "b needs a number from -1 to 1"),
        ([("man", (1, 0, 0, 0)), ("king", (1, 1, 0, 0)), (" Man", (0, 1, 0, 0))], "man stands twice in the table"),
        ([("ice cream", (0, 0, 0, 1))], "“ice cream” cannot be asked for in a sum"),
    ],
    ids=["one word", "zeros", "no number", "too large", "the same word again", "two words in one"],
)
def test_a_table_without_a_map_in_it_gets_a_sentence(rows, sentence):
    with pytest.raises(ValueError, match=sentence):
        examples.feature_table(rows)


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("king - man + woman", (("king", "woman"), ("man",))),
        ("  king −  man + woman ", (("king", "woman"), ("man",))),
        ("well-known + e-mail", (("well-known", "e-mail"), ())),
        ("- man + king", (("king",), ("man",))),
    ],
)
def test_a_sum_is_read_as_it_is_written(question, parts):
    assert sums.parse(question) == parts


@pytest.mark.parametrize("question", ["", "   ", "king queen", "king - ", "a + b + c + d + e + f + g", "+ + +"])
def test_a_sum_that_cannot_be_read_gets_a_sentence(question):
    with pytest.raises(ValueError, match="cannot be read as a sum"):
        sums.parse(question)


@pytest.mark.parametrize("question", ["king - king", "king + man - man - king"])
def test_a_sum_that_comes_to_nothing_has_no_nearest_word(royal, question):
    with pytest.raises(ValueError, match="comes to nothing, and no word is nearest to nothing"):
        sums.rank(royal, question)
    assert not sums.known(royal, question)


def test_an_unknown_word_is_named_with_some_that_are_there(royal):
    with pytest.raises(ValueError, match=r"“elephant” is not among the 153 words of this model, such as and, "):
        sums.rank(royal, "king - elephant + woman")
    with pytest.raises(ValueError, match="“queeen” is not among"):
        vectors.cosine(royal, "king", "queeen")


def test_the_steps_from_man_to_woman_are_parallel_in_the_grammar(royal):
    cosines = vectors.parallel(royal, grammar.GENDER_PAIRS)
    assert len(cosines) == 45 and cosines.min() > 0.9


# ---- projections


def test_the_map_is_scikit_learns_pca_up_to_mirrors(royal):
    rows = vectors.unit(royal.vectors)
    plane = projection.pca(rows, 3)
    theirs = PCA(3).fit(rows)
    np.testing.assert_allclose(np.abs(plane(rows)), np.abs(theirs.transform(rows)), atol=1e-4)
    assert plane.names[0] == f"component 1: {theirs.explained_variance_ratio_[0]:.0%} of the variance"


def test_a_map_of_fewer_dimensions_than_it_shows_leaves_the_rest_empty():
    plane = projection.pca(some(5, 2).unit, 3)
    assert plane(some(5, 2).unit)[:, 2].tolist() == [0] * 5


@pytest.mark.parametrize("dimensions", [2, 3])
def test_turning_a_map_undoes_a_rotation_and_a_mirror_and_keeps_distances(royal, dimensions):
    plane, rows = projection.pca(royal.unit, dimensions), royal.unit
    turn, _ = np.linalg.qr(np.random.default_rng(1).normal(size=(dimensions, dimensions)))
    there = plane(rows) @ turn
    np.testing.assert_allclose(projection.turned(plane, rows, there)(rows), there, atol=1e-5)


def test_on_chosen_axes_a_word_lies_at_its_cosine_with_each_difference(royal, keyed):
    plane = projection.chosen(royal, ("woman", "man"), ("king", "man"))
    step = keyed.get_vector("woman", norm=True) - keyed.get_vector("man", norm=True)
    theirs = keyed.cosine_similarities(step, keyed.vectors)
    np.testing.assert_allclose(plane(royal.unit)[:, 0], theirs, atol=1e-5)
    with pytest.raises(ValueError, match="man - man is no direction"):
        projection.chosen(royal, ("man", "man"), ("king", "man"))


def test_t_sne_gives_the_same_map_twice_and_keeps_neighbours(royal):
    once, again = (projection.tsne(royal.vectors, 3) for _ in range(2))
    np.testing.assert_array_equal(once, again)
    assert trustworthiness(royal.unit, once, n_neighbors=5) > 0.9
    with pytest.raises(ValueError, match="2,001 words takes too long"):
        projection.tsne(np.ones((2_001, 2)), 0)


def test_t_sne_lays_out_three_words():
    assert projection.tsne(some(3, 5).vectors, 0).shape == (3, 2)


def test_what_a_map_keeps_is_the_share_of_neighbours_that_scikit_learn_finds_on_it(royal):
    places, (true, _) = projection.pca(royal.unit)(royal.unit), vectors.nearest(royal.vectors)
    near = NearestNeighbors(n_neighbors=10).fit(places).kneighbors(return_distance=False)
    share = np.mean([len(set(a) & set(b)) / 10 for a, b in zip(true, near, strict=True)])
    assert projection.kept(places, true) == pytest.approx(share, abs=0.01)


# ---- the map


def test_the_corner_of_the_parallelogram_lies_where_the_vectors_say(royal):
    drawn = atlas.with_sum(atlas.shipped(atlas.Look()), atlas.shipped_models(), "king - man + woman")
    places = dict(zip((*drawn.words, *drawn.marks), drawn.positions[-1], strict=True))
    corner = places["king"] - places["man"] + places["woman"]
    np.testing.assert_allclose(places["king − man + woman"], corner, atol=1e-5)
    names = [*drawn.words, *drawn.marks]
    assert [(names[a], names[b]) for a, b in drawn.arrows] == [("man", "king"), ("woman", "king − man + woman")]
    assert names[drawn.stars[0]] == "queen"


def test_every_snapshot_is_seen_from_the_axes_of_the_last(royal):
    drawn = atlas.shipped(atlas.Look(members=atlas.ALL))
    plane = projection.pca(royal.unit)
    for model, places in zip(atlas.shipped_models(), drawn.positions, strict=True):
        np.testing.assert_allclose(places, plane(model.unit), atol=1e-6)


def test_a_live_map_turns_towards_the_one_before_and_waits_with_the_neighbours_of_many_words():
    model = some(2_500, 6)
    before = atlas.draw([model], atlas.Look(most=2_500)).positions[0]
    live = atlas.draw([model], atlas.Look(most=2_500), towards=before[:, ::-1], live=True)
    np.testing.assert_allclose(live.positions[0], before[:, ::-1], atol=1e-4)
    assert live.neighbours is None and np.isnan(live.kept)
    assert atlas.draw([model], atlas.Look(most=500), live=True).neighbours.shape == (1, 500, 10)


def test_a_sum_with_words_that_are_not_on_the_map_adds_no_arrows():
    plain = atlas.shipped(atlas.Look(members="people"))
    for question in ("king - man + paris", "king - man + elephant", "king", ""):
        assert atlas.with_sum(plain, atlas.shipped_models(), question) is plain


def test_the_class_example_is_drawn_as_it_is():
    model = examples.class_example()
    drawn = atlas.with_sum(
        atlas.draw([model], atlas.Look(members=atlas.ALL), plain=True), [model], "king - man + woman"
    )
    np.testing.assert_allclose(drawn.positions[0, :4], model.vectors, atol=1e-6)
    np.testing.assert_allclose(drawn.positions[0, 4], [0.7, 0.8], atol=1e-6)
    assert drawn.zero


def test_the_table_made_by_hand_lands_on_the_queen_exactly_when_drawn_with_its_lengths():
    model = examples.feature_table()
    drawn = atlas.with_sum(atlas.draw([model], atlas.Look(), plain=True), [model], "king - man + woman")
    np.testing.assert_allclose(drawn.positions[0, -1], drawn.positions[0, drawn.words.index("queen")], atol=1e-6)


# ---- tests of vectors, questions, vectors of others


def test_the_evaluation_is_that_of_gensim_and_scipy():
    words = [
        "tiger",
        "cat",
        "book",
        "paper",
        "computer",
        "keyboard",
        "plane",
        "car",
        "train",
        "boy",
        "girl",
        "brother",
        "sister",
    ]
    model = WordVectors(tuple(words), some(len(words), 6).vectors, np.ones(len(words)))
    found = evaluation.evaluate(model)
    rated = [
        line.split() for line in Path(datapath("wordsim353.tsv")).read_text().splitlines() if not line.startswith("#")
    ]
    rated = [(a.lower(), b.lower(), float(value)) for a, b, value in rated if {a.lower(), b.lower()} <= set(words)]
    ours = [vectors.cosine(model, a, b).cosine for a, b, _ in rated]
    assert (found.pairs, found.pairs_total) == (len(rated), 353)
    assert found.rho == pytest.approx(spearmanr(ours, [value for *_, value in rated]).statistic)
    assert found.total.asked == 2 and found.total.total == 19_544  # boy girl brother sister, and the other way round


def test_the_shipped_grammar_model_answers_every_analogy_it_can_be_asked(royal):
    found = evaluation.evaluate(royal)
    assert {section.name: (section.right, section.asked) for section in found.sections} == {
        "capital-common-countries": (56, 56), "capital-world": (17, 17), "family": (90, 90),
        "gram6-nationality-adjective": (52, 52), "gram7-past-tense": (42, 42), "gram8-plural": (20, 20),
    }  # fmt: skip
    assert np.isnan(found.rho) and found.failures == ()


def test_failures_are_told_with_the_answer_of_the_model():
    words = ("boy", "girl", "brother", "sister", "king", "queen")
    found = evaluation.evaluate(WordVectors(words, some(6, 5, seed=4).vectors, np.ones(6)))
    assert found.failures and found.total.right < found.total.asked
    for a, b, c, right, answer in found.failures:
        model = WordVectors(words, some(6, 5, seed=4).vectors, np.ones(6))
        assert answer == sums.rank(model, f"{b} - {a} + {c}", count=1).words[0] != right


@pytest.mark.parametrize("number", range(8))
def test_a_question_has_its_answer_among_its_choices_and_the_answer_is_true(royal, number):
    asked = questions.ask(royal, number)
    assert asked.answer in asked.choices and len(asked.choices) == len(set(asked.choices))
    if number % 2 == 0:
        word = asked.text.split("“")[1].split("”")[0]
        values = {choice: vectors.cosine(royal, word, choice).cosine for choice in asked.choices}
        assert max(values, key=values.get) == asked.answer
    else:
        text = asked.text.split("cosine with ")[1].split(",")[0].replace("−", "-")
        assert sums.rank(royal, text, exclude=False).words[0] == asked.answer


def test_a_file_of_others_vectors_is_read_as_gensim_reads_it(tmp_path):
    lines = ["4 3", "the 0.1 0.2 0.3", "of 1 0 0", "king 0.5 0.5 0", "queen 0.4 0.6 0.1"]
    path = tmp_path / "small.gz"
    path.write_bytes(gzip.compress("\n".join(lines).encode() + b"\n"))
    model = pretrained.read(path, most=3)
    assert model.words == ("the", "of", "king")
    np.testing.assert_allclose(model.vectors[0], [0.1, 0.2, 0.3])


def test_vectors_that_were_fetched_before_are_not_fetched_again(tmp_path, monkeypatch):
    from gensim import downloader

    name = "glove-wiki-gigaword-50"
    (tmp_path / name).mkdir()
    (tmp_path / name / f"{name}.gz").write_bytes(gzip.compress(b"3 2\na 1 2\nb 2 1\nc 0 1\n"))
    monkeypatch.setattr(downloader, "BASE_DIR", str(tmp_path))
    monkeypatch.setattr(downloader, "load", lambda *_, **__: pytest.fail("it asked the network"))
    assert pretrained.fetch(name).words == ("a", "b", "c")


@pytest.mark.parametrize(
    "error", [ConnectionError("no route"), ValueError("unable to read local cache '/root/gensim-data'")]
)
def test_without_a_connection_the_download_says_so_and_not_where_the_server_keeps_its_files(
    error, tmp_path, monkeypatch
):
    from gensim import downloader

    def refuse(*_, **__):
        raise error

    monkeypatch.setattr(downloader, "BASE_DIR", str(tmp_path))
    monkeypatch.setattr(downloader, "load", refuse)
    with pytest.raises(ValueError, match=r"could not be fetched \(\w+\); without a connection use the other") as said:
        pretrained.fetch("glove-twitter-25")
    assert "/root" not in str(said.value)
    with pytest.raises(ValueError, match="there are no vectors nonsense"):
        pretrained.fetch("nonsense")


def test_a_network_that_never_answers_is_given_up(tmp_path, monkeypatch):
    from gensim import downloader

    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setattr(downloader, "BASE_DIR", str(tmp_path))
        monkeypatch.setattr(downloader, "DATA_LIST_URL", f"http://127.0.0.1:{silent.getsockname()[1]}/list.json")
        monkeypatch.setattr(pretrained, "PATIENCE", 0.2)
        with pytest.raises(ValueError, match="could not be fetched"):
            pretrained.fetch("glove-twitter-25")
    assert socket.getdefaulttimeout() is None


@pytest.mark.parametrize(("size", "count"), [(5, 0), (7, 7), (40, 10), (41, 10), (999, 10), (2_003, 8)])
def test_the_largest_numbers_are_those_of_a_full_sort(size, count):
    numbers = np.random.default_rng(size).normal(size=(30, size)).astype("float32")
    found = np.sort(vectors.largest(numbers, count), axis=1)
    np.testing.assert_array_equal(found, np.sort(np.argsort(-numbers, axis=1)[:, :count], axis=1))
