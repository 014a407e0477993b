"""Small tables: how numbers and typed text are written."""

from ui import tables


def test_numbers_have_the_minus_sign_of_the_pictures():
    text = tables.markdown(["t", "difference"], [["1", "-0.0021"], ["2", "+0.0010"]])
    assert text.split("\n")[2:] == ["| 1 | −0.0021 |", "| 2 | +0.0010 |"]


def test_columns_of_numbers_have_it_too_and_columns_of_text_stay_as_they_were_typed():
    text = tables.by_columns({"word": ["c-3 -1"], "cosine": ["-0.5"]})
    assert text.split("\n")[2] == r"| c\-3 \-1 | −0.5 |"
