"""What holds for every lesson in the catalogue, whatever it teaches."""

import pytest
from streamlit.runtime.scriptrunner_utils.script_requests import ScriptRequests
from streamlit.testing.v1 import AppTest

from tests.pages.driving import SECONDS, alive, checked, moves, open_page
from ui import catalogue, recipe

URLS = [lesson.url for lesson in catalogue.LESSONS]


@pytest.mark.parametrize("url", URLS)
def test_a_lesson_opens_with_a_picture_that_was_checked(url):
    at = open_page(url)
    alive(at)
    assert at.get("bidi_component") or at.get("vega_lite_chart") or at.get("plotly_chart")
    assert checked(at)
    assert not at.warning


@pytest.mark.parametrize("url", URLS)
def test_every_preset_shows_a_picture(url):
    at = open_page(url)
    presets = [button.key for button in at.button if button.key and button.key.startswith("preset ")]
    assert presets
    for preset in presets:
        at.button(key=preset).click().run()
        alive(at)
        assert not at.warning, f"{preset}: {at.warning[0].value}"
        assert checked(at), preset


@pytest.mark.parametrize("url", URLS)
def test_every_control_at_both_ends_leaves_the_page_alive(url):
    at = open_page(url)
    for name, move in list(moves(at)):
        move(at)
        assert not at.exception, f"{name}: {at.exception[0].message}"
        alive(at)
        at = open_page(url) if at.warning else at


@pytest.mark.parametrize("url", URLS)
def test_a_link_with_nonsense_in_it_opens_the_default_and_says_so(url):
    plain = open_page(url)
    keys = [widget.key for kind in ("slider", "selectbox", "segmented_control") for widget in getattr(plain, kind)]
    at = open_page(url, **dict.fromkeys(keys, "<b>nonsense</b>"))
    alive(at)
    assert at.warning[0].value.count("which this page cannot show") == len(keys)
    assert checked(at)


def press(at, label):
    next(button for button in at.button if button.label == label).click().run()
    alive(at)


def answer_a_question(at):
    press(at, "Ask me")
    answer = at.radio(key="predict-answer") if at.radio else at.number_input(key="predict-answer")
    answer.set_value(answer.options[0] if at.radio else -12345.0)
    press(at, "Check")
    return [*at.success, *at.error]


@pytest.mark.parametrize("query", [{"height": "2", "rows": "9"}, {"what": "a stack", "stack": "nonsense"}])
def test_a_refusal_keeps_a_move_that_arrives_meanwhile(query, monkeypatch):
    stopped = []
    monkeypatch.setattr(ScriptRequests, "request_stop", lambda self: stopped.append(self))  # drops what is waiting
    at = open_page("output-size", **query)
    assert at.warning and not checked(at)
    assert not stopped


@pytest.mark.parametrize("asked", ["inf", "-1e400", "nan", "9" * 40])
def test_a_link_may_ask_for_no_number_of_this_world(asked):
    at = open_page("output-size", height=asked)
    alive(at)
    assert at.number_input(key="height").value == 6
    assert "which this page cannot show" in at.warning[0].value


@pytest.mark.parametrize("url", URLS)
def test_predict_asks_takes_an_answer_and_gives_a_reason(url):
    at = open_page(url)
    said = answer_a_question(at)
    assert len(said) == 1 and len(said[0].value) > 10
    assert at.radio or at.error, "-12345 is not the answer to any question"
    press(at, "Next question")


@pytest.mark.parametrize("url", URLS)
def test_a_verdict_leaves_with_the_settings_it_speaks_of(url):
    at = open_page(url)
    assert answer_a_question(at)
    press(at, [button.label for button in at.button if (button.key or "").startswith("preset")][1])
    assert "Ask me" in [button.label for button in at.button]
    assert not at.success and not at.error


@pytest.mark.parametrize("url", URLS)
def test_a_recipe_is_a_script_and_a_notebook(url):
    source = recipe.fill(catalogue.BY_URL[url].recipe, {})
    compile(source, url, "exec")
    assert recipe.notebook(source).count('"cell_type": "code"') >= 2


def test_the_home_page_shows_every_lesson():
    at = AppTest.from_file(str(catalogue.ROOT / "ui/router.py"), default_timeout=SECONDS).run()
    assert not at.exception
    links = [link.proto.label for link in at.get("page_link")]
    assert links == [
        f"**{lesson.title}**"
        for chapter in catalogue.CHAPTERS
        for lesson in catalogue.LESSONS
        if lesson.chapter == chapter
    ]
