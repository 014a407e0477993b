"""How a lesson's words are set."""

import pytest

from ui import lesson


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("from -482.8 to 440", "from −482.8 to 440"),
        ("(-.5)·x", "(−.5)·x"),
        (lesson.plain("-3 or 4"), "−3 or 4"),
        ("on 2026-11-29, rows 1-3, 6.0e-08, king - man, a-1", "on 2026-11-29, rows 1-3, 6.0e-08, king - man, a-1"),
        ("the layer `pad -1`: -1", "the layer `pad -1`: −1"),
    ],
)
def test_a_number_below_zero_has_a_true_minus_sign_and_nothing_else_has(written, shown):
    assert lesson.minus(written) == shown


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("the input gives 0.5", "The input gives 0.5"),
        ("kernel_size 7 does not fit", "kernel_size 7 does not fit"),
        ("h_2 is 0.83", "h_2 is 0.83"),
        ("x stays", "x stays"),
        ("tanh(1) is 0.76", "tanh(1) is 0.76"),
        ("", ""),
    ],
)
def test_a_sentence_begins_with_a_capital_letter_and_a_symbol_stays(written, shown):
    assert lesson.capital(written) == shown
