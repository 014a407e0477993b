"""The page of encoder and decoder: what it sends to its picture, and what it says."""

import numpy as np
import pytest

from engine.runs import RUNS
from engine.sequence import dates, signs, tagger, tagger_training, translator
from engine.training import advance
from tests.pages.driving import alive, open_page, recipe_settings, run_recipe, scene, table
from ui import encoder_decoder

URL = "encoder-decoder"


@pytest.fixture(autouse=True)
def forget_runs():
    yield
    for session in list(RUNS._runs):
        RUNS.cancel(session)


def said(at) -> str:
    return " ".join(
        element.value for kind in ("markdown", "warning", "caption") for element in getattr(at, kind)
    ).replace("\\", "")


def test_the_page_opens_on_a_working_translation_with_its_alignment():
    at = open_page(URL)
    header, arrays = scene(at, "timeline")
    assert header["words"]["text"] == ["2019-03-17"] and header["words"]["verdict"] == [" · right"]
    assert header["steps"] == [*"sunday,␣17␣march␣2019", *"2019-03-17", "∎"] and header["arcs"]["first"] == 21
    np.testing.assert_allclose(arrays["@attention"][:21].sum(0), 1, atol=1e-5)
    assert np.isnan(arrays["@attention"][21:]).all()
    assert "No clean diagonal" in said(at) and "Trained beforehand" in said(at)


def test_without_attention_there_is_no_alignment_and_one_vector_goes_on():
    header, arrays = scene(open_page(URL, attention="false"), "timeline")
    assert header["arcs"]["row"] == "" and "@attention" not in arrays and "@p" in arrays


def test_padding_that_is_not_skipped_is_shown_and_said():
    at = open_page(URL, mask="false", text="17.03.2019")
    header, arrays = scene(at, "timeline")
    assert header["steps"][10:28] == ["·"] * 18
    assert f"{arrays['@attention'][10:28].sum() / arrays['@attention'].shape[1]:.0%}" in said(at)


def test_tags_are_shown_with_precision_and_recall_of_both_networks():
    at = open_page(URL, task="entity tags", text="jordan also exports wine")
    words = scene(at, "timeline")[0]["words"]
    assert words["tags"] == ["B-LOC", "O", "O", "O"] and words["behind"] == [" [B-LOC]", "", "", ""]
    rows = table(at, "precision")[1:]
    assert [row[:2] for row in rows] == [
        [name, kind] for name in tagger_training.JOBS for kind in ("PER", "LOC", "all")
    ]
    assert "one direction is right in" in said(at)


def test_another_task_brings_an_input_that_fits_it():
    at = open_page(URL)
    for task in encoder_decoder.TASKS[::-1]:
        at.selectbox(key="task").set_value(task).run()
        alive(at)
        assert not at.warning, task


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"text": "tomorrow"}, ""),
        ({"text": "<b>17</b>"}, "never met '<', '>'"),
        ({"text": "tomorrow", "reads": "the answer"}, "no right answer"),
        ({"text": "wednesday, the 25 september 2024"}, "are too many; use up to 28"),
        ({"task": "spoken numbers", "text": "four hundred"}, "never met 'hundred'"),
        ({"task": "entity tags", "text": "…"}, "0 words cannot be tagged"),
    ],
)
def test_what_cannot_be_read_is_said_in_place_of_the_picture(query, sentence):
    at = open_page(URL, **query)
    assert not at.exception
    if sentence:
        assert sentence in at.warning[0].value.replace("\\", "")
    else:
        assert "no rule knows" in scene(at, "timeline")[0]["words"]["verdict"][0]


def test_an_open_question_hides_where_the_decoder_looks():
    at = open_page(URL)
    next(button for button in at.button if button.label == "Ask me").click().run()
    arrays = scene(at, "timeline")[1]
    assert "No clean diagonal" not in said(at)
    assert all(arrays[f"@{name}.masked"].all() for name in ("attention", "alpha", "scores", "top", "total"))


def test_an_open_question_hides_the_tags():
    at = open_page(URL, task="entity tags", text="jordan laughed")
    next(button for button in at.button if button.label == "Ask me").click().run()
    header, arrays = scene(at, "timeline")
    assert arrays["@p.masked"].all() and set(header["words"]["tags"]) == {"?"}
    assert set(header["words"]["behind"]) == {""}


def test_a_moved_setting_shows_the_untrained_network_and_trains_nothing():
    at = open_page(URL, units="24")
    header, arrays = scene(at, "timeline")
    assert not RUNS._runs and header["frames"] is None and "Not trained yet" in said(at)
    found = translator.translate_untrained(signs.Spec(units=24), 0, dates.EXAMPLE)
    assert header["words"]["text"] == [found.text]
    np.testing.assert_allclose(arrays["@p"][21 : 21 + len(found.output)], found.probabilities, atol=1e-6)
    at.slider(key="epochs").set_value(3).run()
    np.testing.assert_array_equal(scene(at, "timeline")[1]["@p"], arrays["@p"])


@pytest.mark.parametrize("query", [{}, {"task": "entity tags", "text": "jordan also exports wine"}])
def test_a_training_at_rest_sends_its_moments_and_each_is_what_its_weights_say(query):
    at = open_page(URL, units="8", epochs="1", **query)
    next(button for button in at.button if button.label == "Train").click().run()
    run = next(iter(RUNS._runs.values()))
    while run.playing or run.busy:
        run.poll()
        run.wait(1)
    at.run()
    alive(at)
    header, arrays = scene(at, "timeline")
    frames, texts = header["frames"], header["frames"]["texts"]
    assert frames["places"][0] == 0 and frames["places"][-1] == run.total_steps and len(frames["places"]) <= 20
    kept = {snapshot.step: snapshot.values for snapshot in run.snapshots}
    for k, place in enumerate(frames["places"]):
        weights = kept[place]["weights"]
        if "task" in query:
            found = tagger.tag(8, True, weights, query["text"])
            assert texts[k]["words"]["tags"] == list(found.tags)
            np.testing.assert_allclose(arrays["#p"][k], found.probabilities, atol=1e-6)
            continue
        found = translator.translate(run.job.spec, weights, dates.EXAMPLE)
        assert texts[k]["words"]["text"] == [found.text or "(nothing)"]
        assert len(texts[k]["steps"]) == 21 + len(found.output) <= header["columns"]
        np.testing.assert_allclose(arrays["#p"][k][21 : 21 + len(found.output)], found.probabilities, atol=1e-6)
        assert np.isnan(arrays["#p"][k][21 + len(found.output) :]).all()
    np.testing.assert_allclose(arrays["#curves"][:, 0], [v["exact"] for v in kept.values()], atol=1e-6)


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"attention": "false"},
        {"task": "spoken numbers", "text": "double four seven"},
        {"task": "entity tags", "text": "jordan saw new york"},
    ],
)
def test_the_recipe_trains_the_same_network(query, monkeypatch):
    _, settings = recipe_settings(URL, monkeypatch, **query)
    job = encoder_decoder.job(
        settings["task"],
        {"units": 8, "epochs": 1, "learning_rate": 0.005, "seed": 3},
        attention=settings.get("attention", True),
        mask=settings.get("mask", True),
        both_ways=settings.get("both_ways", True),
    )
    weights = advance(job, None, job.total_steps)[0][-1].values["weights"]
    result = run_recipe(URL, settings | {"units": 8, "epochs": 1, "seed": 3})
    if isinstance(job, tagger_training.TaggerJob):
        found = tagger.tag(8, True, weights, settings["text"])
        np.testing.assert_allclose(result["probabilities"], found.probabilities, atol=1e-3)
        return
    found = translator.translate(job.spec, weights, settings["text"])
    assert result["text"] == found.text
    if job.spec.attention:
        np.testing.assert_allclose(result["attention"], found.attention, atol=1e-3)
