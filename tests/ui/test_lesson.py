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
