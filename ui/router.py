"""The script that Streamlit runs for every visit: the menu, made from the catalogue, and the chosen page."""

from copy import copy
from pathlib import Path

import streamlit as st

from ui import menu

st.set_page_config(page_title="Glassbox", page_icon=menu.ICON, layout="wide", initial_sidebar_state=250)
st.html(Path(__file__).with_name("page.css"))

# Copies, because a page remembers whether it may run; made anew they would cost a quarter of every slider move.
st.navigation({chapter: [copy(page) for page in pages] for chapter, pages in menu.pages().items()}).run()
