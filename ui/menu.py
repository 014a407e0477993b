"""The pages of the menu, made once from the catalogue."""

from functools import cache

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from ui import catalogue

ICON = str(catalogue.ROOT / "ui/icon.svg")


@cache
def pages() -> dict[str, list[StreamlitPage]]:
    """Return the home page and all lessons by chapter."""
    found = {"": [st.Page(catalogue.ROOT / "pages/home/home.py", title="Home", icon=":material/home:", default=True)]}
    for lesson in catalogue.LESSONS:
        page = st.Page(lesson.script, title=lesson.title, icon=lesson.icon, url_path=lesson.url, help=lesson.claim)
        found.setdefault(catalogue.CHAPTERS[lesson.chapter], []).append(page)
    return found
