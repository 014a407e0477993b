"""The word-map page: what it sends to its map, its numbers, its training, and what it says of bad input."""

import time

import numpy as np
import pytest

from engine.words import atlas, pretrained, vectors
from engine.words.vectors import WordVectors
from tests.pages.driving import alive, checked, open_page, recipe_settings, run_recipe, scene, table

# Cosines of one training on two processors: their sums round differently, and 10 epochs make more of it.
ANOTHER_PROCESSOR = 1e-3


def press(at, label):
    next(button for button in at.button if button.label == label).click().run()
    alive(at)
    return at


def train(at):
    """Train to the end, as a person waits."""
    press(at, "Train")
    deadline = time.monotonic() + 100
    while not any(button.label == "Train again" for button in at.button):
        assert time.monotonic() < deadline, [caption.value for caption in at.caption]
        time.sleep(0.2)
        at.run()
    return at


def number(shown: str) -> float:
    return float(shown.replace("−", "-"))


def ranking_of(at) -> list[tuple[str, float]]:
    return [(word, number(cosine)) for word, cosine, *_ in table(at, "as gensim ranks")[1:] if word]


def assert_ranking(at, ranking) -> None:
    """Assert that the page's ranking is that of the recipe, to the four digits shown."""
    ours = ranking_of(at)
    assert [word for word, _ in ours] == [word for word, _ in ranking]
    np.testing.assert_allclose([cosine for _, cosine in ours], [cosine for _, cosine in ranking], atol=6e-5)


def sentences(at) -> str:
    return " ".join(warning.value for warning in at.warning).replace("\\", "")


def test_the_page_opens_on_a_trained_map_with_the_parallelogram():
    at = open_page("word-map")
    header, arrays = scene(at, "map")
    names = [*header["labels"], *header["marks"]]
    assert [(names[a], names[b]) for a, b in header["arrows"]] == [("man", "king"), ("woman", "king − man + woman")]
    places = dict(zip(names, arrays["positions"][-1], strict=True))
    assert np.linalg.norm(places["king − man + woman"] - places["queen"]) < 0.1 * np.linalg.norm(
        places["king"] - places["queen"]
    )
    assert len(header["frames"]) == arrays["positions"].shape[0] > 20 and header["frames"][-1] == "epoch 10.0"
    assert checked(at)


def test_the_neighbours_on_the_map_are_those_of_the_engine():
    header, arrays = scene(open_page("word-map", members="all words"), "map")
    indices, cosines = vectors.nearest(atlas.shipped_models()[-1].vectors)
    np.testing.assert_array_equal(arrays["neighbours"][-1], indices)
    np.testing.assert_allclose(arrays["cosines"][-1], cosines, atol=1e-6)
    assert header["neighbourFrames"] == list(range(len(header["frames"])))


def test_the_ranking_stands_with_and_without_gensims_rule():
    _, *rows = table(open_page("word-map"), "as gensim ranks")
    with_rule, _, without, _ = zip(*rows, strict=True)
    assert with_rule[0] == "queen"
    assert {"king (asked)", "woman (asked)"} <= set(without)
    assert not any("(asked)" in word for word in with_rule)


def test_the_cosine_is_worked_with_the_actual_vectors():
    at = open_page("word-map", compare="queen king")
    _, *rows = table(at, "sum")
    model = atlas.shipped_models()[-1]
    queen, king = (model.vectors[model.find(word)] for word in ("queen", "king"))
    numbers = [[number(shown) for shown in row[2:]] for row in rows]
    np.testing.assert_allclose(numbers, [queen, king, queen * king], atol=5.1e-4)
    assert rows[2][1] == f"**{queen @ king:.3f}**"
    assert any(f"= {vectors.cosine(model, 'king', 'queen').cosine:.4f}" in shown.value for shown in at.markdown)


def test_the_class_example_shows_the_class_numbers():
    at = open_page("word-map", corpus="class example (2-D)")
    header, arrays = scene(at, "map")
    places = dict(zip([*header["labels"], *header["marks"]], arrays["positions"][0].round(2).tolist(), strict=True))
    assert places["queen"] == places["king − man + woman"] == pytest.approx([0.70, 0.80])
    assert any(r"(0.30,\,0.70)" in shown.value and r"=\; & (0.70,\,0.80)" in shown.value for shown in at.markdown)


def test_the_chosen_axes_put_women_right_of_men_and_royals_above():
    header, arrays = scene(open_page("word-map", projection="chosen axes"), "map")
    place = dict(zip([*header["labels"], *header["marks"]], arrays["positions"][-1], strict=True))
    for man, woman in [("man", "woman"), ("king", "queen"), ("boy", "girl"), ("father", "mother")]:
        assert place[woman][0] > 0 > place[man][0]
    assert min(place["king"][1], place["queen"][1]) > max(place["man"][1], place["woman"][1])
    assert header["axes"] == {"x": "woman − man →", "y": "king − man →", "zero": True}


def test_three_dimensions_have_three_coordinates():
    assert scene(open_page("word-map", projection="PCA 3-D"), "map")[1]["positions"].shape[2] == 3


def test_training_live_ends_where_the_shipped_training_ended():
    at = train(open_page("word-map", members="all words"))
    header, arrays = scene(at, "map")
    _, cosines = vectors.nearest(atlas.shipped_models()[-1].vectors)
    np.testing.assert_allclose(arrays["cosines"][-1], cosines, atol=ANOTHER_PROCESSOR)
    assert len(header["frames"]) > 20 and header["current"] == len(header["frames"]) - 1
    assert "Epoch 10.0 of 10" in at.caption[0].value and checked(at)


def test_one_batch_and_back_move_the_map_by_one_step():
    at = press(open_page("word-map"), "One batch")
    one = scene(at, "map")[0]["frames"]
    assert one[0] == "epoch 0.0" and len(one) == 2
    press(press(at, "One batch"), "Back")
    assert scene(at, "map")[0]["current"] == 1
    assert "Epoch 0.0 of 10" in at.caption[0].value
    press(at, "Start over")
    assert "Trained beforehand" in at.caption[0].value


def test_it_is_said_that_a_few_numbers_a_word_have_no_room_for_the_grammar():
    said = " ".join(shown.value for shown in open_page("word-map", vector_size="2").markdown)
    assert "2 numbers have no room for gender, rank, age, country and topic at once" in said


def test_other_settings_begin_untrained_and_say_so():
    at = open_page("word-map", algorithm="CBOW", vector_size="7")
    header, _ = scene(at, "map")
    assert header["width"] == 7 and header["frames"] == ["epoch 0.0"]
    assert "Not trained yet" in at.caption[0].value


def test_the_question_hides_the_neighbours_until_it_is_answered():
    at = press(open_page("word-map"), "Ask me")
    assert "neighbours" not in scene(at, "map")[1]
    at.radio(key="predict-answer").set_value(at.radio(key="predict-answer").options[0])
    press(at, "Check")
    assert "neighbours" in scene(at, "map")[1]


def test_the_tests_of_the_vectors_show_coverage_and_all_analogies_right():
    at = open_page("word-map")
    at.session_state["tests"] = True  # its panel is opened
    alive(at.run())
    heads, *sections = table(at, "section")
    assert heads == ["section", "right", "asked", "in the file", "share"]
    assert ["family", "90", "90", "506", "100%"] in sections
    assert all(right == asked for _, right, asked, *_ in sections)
    assert sum(int(asked) for _, _, asked, *_ in sections) == 277
    said = " ".join(markdown.value for markdown in at.markdown)
    assert "too few pairs for a ρ over 2 of 353 pairs" in said and "277 right of 277 asked = **100.0%**" in said


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"question": "king - elephant + woman"}, "“elephant” is not among the 153 words"),
        ({"question": "king queen"}, "cannot be read as a sum"),
        ({"compare": "king"}, "“king” is not two words; write two"),
        ({"question": "king - king"}, "king - king comes to nothing"),
        ({"compare": "king, <b>dragon</b>"}, "“<b>dragon</b>” is not among"),
        ({"projection": "chosen axes", "x": "woman"}, "is no axis"),
        ({"projection": "chosen axes", "y": "king - dragon"}, "“dragon” is not among"),
        ({"corpus": "own text"}, "Type a text or upload a file"),
        ({"corpus": "GloVe (download)"}, "fetches 66 MB"),
    ],
)
def test_what_cannot_be_done_is_said_and_the_page_is_alive(query, sentence):
    at = open_page("word-map", **query)
    assert not at.exception
    assert sentence in sentences(at)
    assert at.selectbox(key="corpus").value == query.get("corpus", "royal-family grammar")


OWN = "The cat sat on the mat. The dog sat on the rug. A cat and a dog ran to the mat and the rug."


def test_own_text_is_trained_in_the_session_only():
    at = open_page("word-map", corpus="own text")
    at.text_area(key="own-text").set_value(OWN).run()
    alive(at)
    assert set(scene(at, "map")[0]["labels"]) == set(OWN.lower().replace(".", "").split())
    assert OWN[:20] not in str(dict(at.query_params))
    train(at)
    assert "Epoch 10.0 of 10" in at.caption[0].value


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("word word word", "only one word"), ("?", "no words"), ("hello world hello", "only two different words")],
)
def test_a_text_without_a_map_gets_a_sentence(typed, sentence):
    at = open_page("word-map", corpus="own text")
    at.text_area(key="own-text").set_value(typed).run()
    assert not at.exception and sentence in sentences(at)


def upload(data: bytes, name="text.txt"):
    at = open_page("word-map", corpus="own text")
    return at.file_uploader(key="text-file").upload(name, data, "text/plain").run()


def test_an_upload_of_a_thousand_lines_with_emoji_becomes_a_map():
    lines = "\n".join(
        f"the {animal} is happy 😀 and 🚀 flies with {animal}s"
        for animal in ("cat", "dog", "bird", "cow")
        for _ in range(250)
    )
    at = upload(lines.encode())
    alive(at)
    assert {"😀", "🚀", "cat"} <= set(scene(at, "map")[0]["labels"])


@pytest.mark.parametrize(
    ("data", "sentence"),
    [(b"\x89PNG\r\n\x1a\n" + bytes(range(32)) * 40, "not a text"), (b"", "empty"), (b"one", "only one word")],
)
def test_a_bad_upload_gets_a_sentence(data, sentence):
    at = upload(data)
    assert not at.exception and sentence in sentences(at)


def test_a_min_count_that_leaves_nothing_is_a_sentence():
    at = open_page("word-map", corpus="own text", min_count="20")
    at.text_area(key="own-text").set_value(OWN).run()
    assert not at.exception and "min_count 20 leaves no word of this text" in sentences(at)


def test_fetched_vectors_become_a_map(monkeypatch):
    rows = np.random.default_rng(0).normal(size=(40, 6)).astype("float32")
    few = WordVectors(tuple(f"word{k}" for k in range(40)), rows, np.arange(40, 0, -1))
    monkeypatch.setattr(pretrained, "fetch", lambda name: few)
    at = press_download(open_page("word-map", corpus="GloVe (download)"))
    assert scene(at, "map")[0]["labels"] == list(few.words)
    assert checked(at)


def press_download(at):
    at.button(key="download").click().run()
    assert not at.exception
    return at


@pytest.mark.parametrize(
    "query",
    [
        {"corpus": "class example (2-D)"},
        {"corpus": "feature table by hand", "question": "prince - boy + girl"},
    ],
)
def test_the_recipe_gives_the_ranking_of_the_page(query, monkeypatch):
    at, settings = recipe_settings("word-map", monkeypatch, **query)
    assert_ranking(at, run_recipe("word-map", settings))


@pytest.mark.parametrize("query", [{}, {"question": "paris - france + italy", "members": "all words"}])
def test_the_recipe_trains_what_the_page_brings_along(query, monkeypatch):
    at, settings = recipe_settings("word-map", monkeypatch, **query)
    shown, again = ranking_of(at), run_recipe("word-map", settings)
    assert shown[0][0] == again[0][0]  # further down two that are equally near may change places
    cosines = [[cosine for _, cosine in ranking] for ranking in (shown, again)]
    np.testing.assert_allclose(*cosines, atol=ANOTHER_PROCESSOR)


@pytest.mark.parametrize(
    ("text", "question"),
    [(OWN, "cat - mat + rug"), ("猫坐在垫子上。狗坐下了！बिल्ली चटाई पर बैठी। कुत्ता बैठा।", "猫 - 坐 + 狗")],
    ids=["English", "Chinese and Hindi"],
)
def test_the_recipe_of_a_live_training_on_own_text_gives_its_ranking(text, question, monkeypatch):
    at, settings = recipe_settings(
        "word-map", monkeypatch, corpus="own text", question=question, algorithm="CBOW", vector_size="8"
    )
    at.text_area(key="own-text").set_value(text).run()
    train(at)
    assert_ranking(at, run_recipe("word-map", settings))
