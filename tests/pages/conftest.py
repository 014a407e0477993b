"""What the page tests share."""

import pytest
import streamlit_webrtc.component


@pytest.fixture(autouse=True)
def no_stream_without_a_server(monkeypatch):
    """The camera's component asks the running server about its session; these tests run pages without one."""
    monkeypatch.setattr(streamlit_webrtc.component, "get_this_session_info", lambda: None)
