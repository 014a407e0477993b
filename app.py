"""The entry point of Glassbox: `streamlit run app.py`.

The router lives in `ui/router.py`; the workers that hold the models start with the server, before the first visit.
"""

import streamlit as st

from ui.server import lifespan

app = st.App("ui/router.py", lifespan=lifespan)
