"""The frame of a lesson: title, presets, controls, picture, numbers, predict, what to notice, recipe, check.

A page makes one `Frame` and hands it one function, which asks for the controls, calls the engine through `ask`, draws
the picture and fills in the words. The frame places the parts, binds every control to the address bar and turns a
refusal of the engine into a sentence where the picture would be. A moved control runs that function again and nothing
else: neither the menu nor the lesson's head.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, NoReturn, ParamSpec, TypeVar

import streamlit as st
from streamlit.runtime.state.session_state_proxy import get_session_state

from engine import compute, quiz
from engine.checks import Check
from ui import catalogue, recipe

P = ParamSpec("P")
R = TypeVar("R")


class Refused(Exception):
    """Nothing more can be drawn in this run, and the reason stands in place of the picture.

    Not `st.stop()`: it also drops a move of a control that has arrived in the meantime.
    """


class Frame:
    """One lesson's page, from top to bottom.

    Parameters
    ----------
    url : str
        The lesson's address in the catalogue.
    defaults : mapping of str to value
        Every control's key with the value it has when nothing was chosen; the keys are the names in the address bar.
    presets : mapping of str to mapping
        Name of each preset with the settings it changes; all others return to their defaults.
    """

    def __init__(self, url: str, defaults: Mapping[str, Any], presets: Mapping[str, Mapping[str, Any]]) -> None:
        self.lesson = catalogue.BY_URL[url]
        self.defaults = defaults
        self._opened_now = st.session_state.get("lesson") != url  # only then does the address come from a link
        st.session_state["lesson"] = url
        if self._opened_now:  # another lesson's control of the same name has other limits
            for key in defaults.keys() - st.query_params.keys():
                st.session_state.pop(key, None)
        with st.container(key="lesson-head", horizontal=True, vertical_alignment="bottom", gap="medium"):
            st.title(self.lesson.title, anchor=False, width="content")
            st.markdown(self.lesson.claim, width="content")
        with st.container(key="lesson-presets", horizontal=True, gap="small"):
            for name, changes in presets.items():
                st.button(name, key=f"preset {name}", on_click=self._apply, args=(changes,))

    def show(self, lesson: Callable[[], None]) -> None:
        """Run `lesson`, now and whenever one of its controls is moved; for use as a decorator."""

        def body() -> None:
            self._drawn: set[str] = set()
            self._row: list[Any] = []  # columns under the picture that are still free
            self._unread: list[str] = []  # what the page could not show of its link
            notes = st.container(key="lesson-notes")
            with st.container(key="lesson-body"):
                self.controls, self.picture = st.columns([1, 3.4], gap="medium")
            try:
                lesson()
            except Refused:
                pass  # it has been said
            finally:
                self._opened_now = False
                if self._unread:
                    notes.warning("  \n".join(self._unread), icon=":material/link_off:")

        st.fragment(body)()

    # ---- controls: each bound to the address bar, so the link is the lesson's state --------------------------------

    def slider(self, label: str, key: str, low: float, high: float, step: float | None = None, **more: Any) -> Any:
        return self._bound(st.slider, label, key, low, high, self.defaults[key], step, **more)

    def number(self, label: str, key: str, low: float, high: float, step: float | None = None, **more: Any) -> Any:
        value = self._bound(st.number_input, label, key, low, high, self.defaults[key], step, **more)
        return self.defaults[key] if value is None else value

    def select(self, label: str, key: str, options: Sequence[str], **more: Any) -> str:
        return self._bound(st.selectbox, label, key, options, list(options).index(self.defaults[key]), **more)

    def choose(self, label: str, key: str, options: Sequence[str], **more: Any) -> str:
        """Return one of a few options, all visible at once."""
        return self._bound(st.segmented_control, label, key, options, default=self.defaults[key], required=True, **more)

    def pills(self, label: str, key: str, options: Sequence[str], **more: Any) -> list[str]:
        """Return any number of the options."""
        return self._bound(st.pills, label, key, options, selection_mode="multi", default=self.defaults[key], **more)

    def toggle(self, label: str, key: str, **more: Any) -> bool:
        return self._bound(st.toggle, label, key, self.defaults[key], **more)

    def text(self, label: str, key: str, max_chars: int = 400, **more: Any) -> str:
        return self._bound(st.text_input, label, key, self.defaults[key], max_chars, **more) or ""

    def text_area(self, label: str, key: str, max_chars: int = 4000, **more: Any) -> str:
        more = {"height": 100, "max_chars": max_chars} | more
        return self._bound(st.text_area, label, key, self.defaults[key], **more) or ""

    def _bound(self, widget: Callable[..., Any], label: str, key: str, *args: Any, **more: Any) -> Any:
        self._drawn.add(key)
        asked = st.query_params.get(key) if self._opened_now else None
        if asked is not None and (_means(asked, math.inf) or _means(asked, -math.inf)):
            _forget_asked(key)
        value = widget(label, *args, key=key, bind="query-params", **more)
        if asked is not None and value == self.defaults[key] and not _means(asked, value):
            self._unread.append(
                f"The link asks for {plain(f'{key} = {asked[:60]}')}, which this page cannot show; "
                f"it shows {plain(str(value))} instead."
            )
        return value

    def _apply(self, changes: Mapping[str, Any]) -> None:
        for key, value in {**self.defaults, **changes}.items():
            st.session_state[key] = value

    # ---- the engine ------------------------------------------------------------------------------------------------

    def ask(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Call the engine through a cache shared by all sessions; what it refuses is said in place of the picture."""
        return self._answer(cached(function), *args, **kwargs)

    def ask_privately(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Call the engine without a cache: for what a person uploaded, drew or filmed, and for what is quick."""
        return self._answer(function, *args, **kwargs)

    def _answer(self, function: Callable[..., R], *args: Any, **kwargs: Any) -> R:
        waiting = None
        if not compute.status().ready:  # only in the first seconds of a server
            waiting = self.picture.empty()
            with waiting.container():
                st.caption("Starting the models: this takes a few seconds after the server was started.")
                st.skeleton(height=420)
        try:
            return function(*args, **kwargs)
        except (ValueError, compute.TimeLimit, compute.WorkerDied) as refusal:
            self.refuse(str(refusal))
        finally:
            if waiting:
                waiting.empty()

    def refuse(self, sentence: str) -> NoReturn:
        """Say in place of the picture why there is none; the controls stay as they are."""
        with self.picture:
            st.warning(plain(capital(sentence)), icon=":material/info:")
        raise Refused(sentence)

    # ---- the words -------------------------------------------------------------------------------------------------

    def formula(self, latex: str) -> None:
        """Show the general formula under the picture, whose numbers show it with its values."""
        with self.picture:
            st.latex(latex, width="content")

    @property
    def asking(self) -> bool:
        """Whether a question is open, so that the picture must not show the answer yet."""
        return self._quiz_state()["open"]

    @property
    def round(self) -> int:
        """Which question of this visit it is: the seed of the next one."""
        return self._quiz_state()["round"]

    def predict(
        self, question: quiz.Question | Callable[[], quiz.Question], show: Mapping[str, Any] | None = None
    ) -> None:
        """Ask one question, take an answer, and only then reveal: right, or wrong with a reason.

        A question that takes time to work out is given as a function, called only while it is open.

        Where the question is about other settings than the present ones, `show` names those settings: the verdict then
        comes with a button that makes the picture show them.
        """
        state, settings = self._quiz_state(), self._settings()
        if state["verdict"] and state["settings"] != settings:  # it speaks of another picture now
            _next(state, open=False)
        with self._below():
            if not state["open"] and not state["verdict"]:
                st.markdown("#### Predict\n\nWhat will the picture show? Decide first, then look.")
                st.button("Ask me", on_click=state.update, kwargs={"open": True}, icon=":material/help:")
                return
            st.markdown("#### Predict")
            if state["open"]:
                self._question(question() if callable(question) else question, show)
                return
            verdict, streak = state["verdict"], state["streak"]
            say, sign = (st.success, "check_circle") if verdict.right else (st.error, "cancel")
            say(minus(capital(verdict.reason)), icon=f":material/{sign}:")  # else an emoji in front would become it
            if streak > 1:
                st.markdown(f"**{streak} right in a row.**")
            with st.container(horizontal=True):
                st.button("Next question", on_click=_next, args=(state,), icon=":material/arrow_forward:")
                if state.get("show"):
                    st.button(
                        "Show it in the picture",
                        on_click=self._reveal,
                        args=(state["show"],),
                        icon=":material/visibility:",
                    )

    def _question(self, question: quiz.Question, show: Mapping[str, Any] | None) -> None:
        with st.form("predict-form", border=False):
            st.markdown(minus(question.text))
            if question.choices:
                st.radio("Your answer", question.choices, key="predict-answer", index=None, horizontal=True)
            else:
                st.number_input("Your answer", key="predict-answer", value=None, format="%g", width=200)
            st.form_submit_button("Check", on_click=self._graded, args=(question, show), type="primary")

    def _graded(self, question: quiz.Question, show: Mapping[str, Any] | None) -> None:
        given = st.session_state.get("predict-answer")
        if given is None:
            return
        state, verdict = self._quiz_state(), quiz.grade(question, given)
        streak = state["streak"] + 1 if verdict.right else 0
        state.update(open=False, verdict=verdict, show=show, streak=streak, settings=self._settings())

    def _reveal(self, show: Mapping[str, Any]) -> None:
        self._apply(show)
        self._quiz_state()["settings"] = self._settings()

    def _settings(self) -> dict[str, Any]:
        return {key: st.session_state.get(key) for key in self.defaults}

    def _quiz_state(self) -> dict[str, Any]:
        state = st.session_state.setdefault("predict", {})
        if state.get("url") != self.lesson.url:
            state.clear()
            state.update(url=self.lesson.url, round=0, open=False, verdict=None, streak=0)
        return state

    def notice(self, *sentences: str) -> None:
        """Two to four short sentences, each something the picture shows now."""
        with self._below():
            st.markdown("\n".join(["#### What to notice", *(f"- {minus(sentence)}" for sentence in sentences)]))

    def recipe(self, **settings: Any) -> None:
        """Offer the lesson's recipe with the current settings, to read, copy or download."""
        panel = st.expander("Run it yourself", icon=":material/code:", key="recipe", on_change="rerun")
        if not panel.open:
            return
        script, name = recipe.fill(self.lesson.recipe, settings), self.lesson.script.stem
        with panel:
            st.markdown("This script recomputes what the picture shows, with the settings of this moment.")
            with st.container(horizontal=True):
                st.download_button("Script (.py)", script, f"{name}.py", "text/x-python", on_click="ignore")
                st.download_button(
                    "Notebook (.ipynb)", lambda: recipe.notebook(script), f"{name}.ipynb", on_click="ignore"
                )
            st.code(script, language="python")

    def checked(self, *checks: Check) -> None:
        """Say against what the numbers on this page were just compared, and the largest difference found.

        Raises RuntimeError where a control was left out: a preset can only write controls that are on the page into the
        address, so one that does not apply is drawn disabled.
        """
        if missing := set(self.defaults) - self._drawn:
            raise RuntimeError(f"draw {', '.join(sorted(missing))} always, disabled where they do not apply")
        passed = [_equal(check) for check in checks if check.passed]
        if passed:
            st.caption("  \n".join(f":material/check_circle: Checked just now: {said}" for said in passed))
        for check in checks:
            if not check.passed:
                said = f"These numbers differ from `{check.against}` by {check.difference:.1e}."
                st.error(f"{said} Please report this page's address.")

    def _below(self) -> Any:
        """Return the next free half of a row under the picture."""
        if not self._row:
            self._row = list(st.columns(2, gap="large"))
        return self._row.pop(0)


@cache
def cached(function: Callable[P, R]) -> Callable[P, R]:
    """Remember an engine function's answers for all sessions; its arguments must be small, hashable settings.

    Answers are shared, not copied: what comes from a worker is read-only.
    """
    return st.cache_resource(max_entries=200, show_spinner=False)(function)


def plain(text: str) -> str:
    """Escape Markdown, so that what a person typed is shown as typed."""
    return re.sub(r"([\\`*_{}\[\]()#+!|<>~$:-])", r"\\\1", text)


def minus(text: str) -> str:
    """Write a true minus sign before numbers, as the pictures do: "-0.5" becomes "−0.5"; code stays as it is."""
    parts = text.split("`")
    parts[::2] = [re.sub(r"(?<![\w.\\-])\\?-(?=\.?\d)", "−", part) for part in parts[::2]]
    return "`".join(parts)


def capital(text: str) -> str:
    """Begin a sentence with a capital letter, unless it begins with a symbol or a name such as `kernel_size`."""
    return re.sub(r"^[a-z](?=[a-z]+[ ,])", lambda letter: letter[0].upper(), text)


def _equal(check: Check) -> str:
    if check.difference == 0:
        return f"exactly equal to `{check.against}`"
    return f"equal to `{check.against}` to {check.difference:.1e}"


def _forget_asked(key: str) -> None:
    """Keep a link's infinite number from Streamlit, which would make a whole number of it, and fail."""
    with get_session_state().query_params() as parameters:
        parameters._initial_query_params.pop(key, None)


def _means(asked: str, value: Any) -> bool:
    """Whether the text of a link says `value`."""
    if isinstance(value, bool):
        return asked.lower() == str(value).lower()
    try:
        return float(asked) == float(value)
    except (TypeError, ValueError):
        return asked == str(value)


def _next(state: dict[str, Any], open: bool = True) -> None:
    state.update(open=open, verdict=None, round=state["round"] + 1)
    st.session_state.pop("predict-answer", None)
