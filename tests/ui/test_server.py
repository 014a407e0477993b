"""What is done once per server."""

from streamlit import config
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session

from ui import server


def test_the_remembered_theme_is_the_one_that_streamlit_reads(monkeypatch):
    read = app_session._populate_theme_msg
    monkeypatch.setattr(app_session, "_populate_theme_msg", read)  # put back afterwards
    server.remember_theme()
    sections = ["theme", *(f"theme.{category.value}" for category in config.CustomThemeCategories)]
    fresh = {section: CustomThemeConfig() for section in sections}
    for section in sections:
        read(fresh[section], section)
        for _ in range(2):
            remembered = CustomThemeConfig()
            app_session._populate_theme_msg(remembered, section)
            assert remembered == fresh[section]
    assert fresh["theme.dark"].primary_color and not fresh["theme.sidebar"].ByteSize()


def test_a_theme_that_is_not_there_is_not_mentioned(monkeypatch):
    monkeypatch.setattr(app_session, "_populate_theme_msg", app_session._populate_theme_msg)
    server.remember_theme()
    theme = CustomThemeConfig()
    app_session._populate_theme_msg(theme.sidebar, "theme.sidebar")
    assert not theme.HasField("sidebar")
