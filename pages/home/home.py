"""The home page: what Glassbox is, the lessons as cards by chapter, and how to use it in class."""

import streamlit as st

from ui import catalogue

st.html("<style>.st-key-cards h4 { padding: 0 } .st-key-home-head p { max-width: 46em; font-size: 1.15rem }</style>")

with st.container(key="home-head"):
    st.title("Glassbox", anchor=False)
    st.markdown(
        "See inside real neural networks. Move a slider and every number on the screen is recomputed by "
        "TensorFlow, gensim or OpenCV; hover over a picture to follow each number back to where it came from."
    )

with st.container(key="cards"):
    for chapter, name in catalogue.CHAPTERS.items():
        lessons = [lesson for lesson in catalogue.LESSONS if lesson.chapter == chapter]
        if not lessons:
            continue
        st.subheader(name, anchor=False)
        for start in range(0, len(lessons), 3):
            for column, lesson in zip(st.columns(3), lessons[start : start + 3], strict=False):
                with column.container(border=True, height="stretch"):
                    st.page_link(lesson.script, label=f"**{lesson.title}**", icon=lesson.icon)
                    st.markdown(lesson.claim)

st.subheader("In class", anchor=False)
st.markdown(
    "- **Send a picture as a link.** The address bar holds every setting: what you see is what the class sees.\n"
    "- **Ask before you show.** *Predict* hides the answer in the picture until someone has decided.\n"
    "- **Let them check.** *Run it yourself* is a script for exactly this view; the line *Checked* names the "
    "independent computation that the numbers were just compared with.\n"
    "- **Drive it by keyboard.** In a picture the arrow keys step, space plays, Home and End jump."
)
