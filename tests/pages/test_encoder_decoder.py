"""The page of encoder and decoder: what it sends to its picture, and what it says."""

import numpy as np
import pytest

from engine.sequence import tagger, tagger_training, translator
from engine.training import advance
from tests.pages.driving import alive, open_page, recipe_settings, run_recipe, scene
from ui import encoder_decoder

URL = "encoder-decoder"


def said(at) -> str:
    return " ".join(
        element.value for kind in ("markdown", "warning", "caption") for element in getattr(at, kind)
    ).replace("\\", "")


def test_the_page_opens_on_a_working_translation_with_its_alignment():
    at = open_page(URL)
    header, arrays = scene(at, "timeline")
    assert "2019-03-17" in said(at) and "right" in said(at)
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
    assert "jordan :green-badge[B-LOC]" in said(at)
    table = at.dataframe[0].value
    assert set(table["network"]) == set(tagger_training.JOBS) and set(table["kind"]) == {"PER", "LOC", "all"}
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
        assert "no rule knows" in said(at)


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
    assert arrays["@p.masked"].all() and set(header["words"]["tags"]) == {"?"} and "badge" not in said(at)


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
