"""Open a lesson's page without a browser, move its controls, and read what it sends to its scenes."""

import contextlib
import io
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from streamlit.testing.v1 import AppTest

from ui import catalogue, recipe, scenes

SECONDS = 120


def open_page(url: str, **query: str) -> AppTest:
    """Open a lesson by its link and run it once."""
    at = AppTest.from_file(str(catalogue.BY_URL[url].script), default_timeout=SECONDS)
    at.query_params.update(query)
    return at.run()


def scene(at: AppTest, name: str) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return the header and the arrays that the page sent to its scene `name`."""
    for component in at.get("bidi_component"):
        if component.proto.component_name == f"glassbox_{name}":
            return scenes.unpack(component.proto.bytes)
    raise AssertionError(f"the page shows no {name} scene; it says {[w.value for w in at.warning]}")


def table(at: AppTest, head: str) -> list[list[str]]:
    """Return the rows of the page's first Markdown table with a column of that name, the heads first."""
    for shown in at.markdown:
        lines = [line[2:-2] for line in shown.value.split("\n") if line.startswith("| ")]
        rows = [[cell.replace("\\", "") for cell in line.split(" | ")] for line in lines]
        if rows and head in rows[0]:
            return [rows[0], *rows[2:]]
    raise AssertionError(f"no table with a column {head}")


def alive(at: AppTest) -> None:
    """Assert that the page ran without a traceback and shows a picture, or a sentence in its place."""
    assert not at.exception, at.exception[0].message
    assert at.get("bidi_component") or at.warning, "neither a picture nor a sentence"


def checked(at: AppTest) -> list[str]:
    """Return the lines that say what the numbers were checked against."""
    return [line for caption in at.caption for line in caption.value.split("\n") if "Checked just now" in line]


def moves(at: AppTest) -> Iterator[tuple[str, Callable[[AppTest], Any]]]:
    """Every control at both ends and every option: what is moved, and how to do it on a freshly opened page."""
    for kind in ("slider", "number_input"):
        for widget in getattr(at, kind):
            for end in ("min", "max"):
                if getattr(widget, end) is not None:
                    value = type(widget.value)(getattr(widget, end))
                    yield f"{widget.key} = {value}", _set(kind, widget.key, value)
    for widget in at.selectbox:
        for option in widget.options:
            yield f"{widget.key} = {option}", _set("selectbox", widget.key, option)
    for widget in at.segmented_control:
        for option in widget.options:
            yield f"{widget.key} = {option}", _set("segmented_control", widget.key, option)
    for widget in at.toggle:
        yield f"{widget.key} switched", _set("toggle", widget.key, not widget.value)
    for widget in (*at.text_input, *at.text_area):
        yield f"{widget.key} empty", _set(widget.type, widget.key, "")


def run_recipe(url: str, settings: dict[str, Any]) -> Any:
    """Fill a lesson's recipe, run it as a script, and return its `result`."""
    script, names = recipe.fill(catalogue.BY_URL[url].recipe, settings), {"__name__": "__main__"}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(script, str(catalogue.BY_URL[url].recipe), "exec"), names)
    return names["result"]


def recipe_settings(url: str, monkeypatch: Any, **query: str) -> tuple[AppTest, dict[str, Any]]:
    """Open a page and return it with the settings that it would write into its recipe."""
    seen: dict[str, Any] = {}
    monkeypatch.setattr("ui.lesson.Frame.recipe", lambda self, **settings: seen.update(settings))
    return open_page(url, **query), seen


def _set(kind: str, key: str, value: Any) -> Callable[[AppTest], Any]:
    def move(at: AppTest) -> None:
        widget = getattr(at, kind)(key=key)
        if not widget.disabled:  # an earlier move may have put it out of use
            widget.set_value(value).run()

    return move
