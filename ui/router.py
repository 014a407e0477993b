"""The script that Streamlit runs for every visit: the menu, made from the catalogue, and the chosen page."""

import streamlit as st

from ui import catalogue

st.set_page_config(
    page_title="Glassbox", page_icon=str(catalogue.ROOT / "ui/icon.svg"), layout="wide", initial_sidebar_state=250
)

home = st.Page(catalogue.ROOT / "pages/home/home.py", title="Home", icon=":material/home:", default=True)
menu: dict[str, list] = {"": [home]}
for lesson in catalogue.LESSONS:
    page = st.Page(lesson.script, title=lesson.title, icon=lesson.icon, url_path=lesson.url, help=lesson.claim)
    menu.setdefault(catalogue.CHAPTERS[lesson.chapter], []).append(page)

st.navigation(menu).run()
