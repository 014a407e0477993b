"""Answers are graded by what the engine computed."""

import pytest

from engine.quiz import Question, grade

ASK = Question("How wide?", 4.0, "6 - 3 + 1 = 4", tolerance=0.05, traps=((6.0, "That is with padding."),))


@pytest.mark.parametrize("given", [4, 4.04, 3.96])
def test_an_answer_within_the_tolerance_is_right(given):
    assert grade(ASK, given).right


@pytest.mark.parametrize("given", [4.06, -4, 0, 1e9])
def test_an_answer_outside_is_wrong_and_the_answer_is_told(given):
    verdict = grade(ASK, given)
    assert not verdict.right and "The answer is 4" in verdict.reason


def test_a_tempting_wrong_answer_gets_its_own_reason():
    assert grade(ASK, 6).reason.startswith("That is with padding.")


def test_a_choice_is_compared_as_a_word():
    ask = Question("Which?", "LSTM", "it keeps a cell", choices=("LSTM", "RNN"), traps=(("RNN", "It forgets."),))
    assert grade(ask, "LSTM").right and grade(ask, "RNN").reason.startswith("It forgets.")
