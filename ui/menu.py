"""The pages of the menu, made once from the catalogue."""

from functools import cache

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from ui import catalogue

ICON = str(catalogue.ROOT / "ui/icon.svg")


@cache
def pages() -> dict[str, list[StreamlitPage]]:
    """Return the home page and all lessons by chapter.

    Names only: Streamlit draws the whole menu anew four times for every move of a slider, and an icon and a tooltip on
    each line would be nearly half of that.
    """
    found = {"": [st.Page(catalogue.ROOT / "pages/home/home.py", title="Home", default=True)]}
    for lesson in catalogue.LESSONS:
        page = st.Page(lesson.script, title=lesson.title, url_path=lesson.url)
        found.setdefault(catalogue.CHAPTERS[lesson.chapter], []).append(page)
    return found
