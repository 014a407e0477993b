"""Questions about an LSTM's next state, answered from the pass on the screen."""

import numpy as np

from engine.quiz import Question
from engine.sequence.lstm_layer import Pass
from engine.sequence.spelled import quoted

GOOD, BAD = "good", "bad"


def question(run: Pass, unit: int, seed: int) -> tuple[Question, int]:
    """Ask for a cell state, a hidden state, or for the verdict at the end, in turn.

    Parameters
    ----------
    run : Pass
        The pass on the screen.
    unit : int
        The selected unit, from 0.
    seed : int
        Chooses the question and the step.

    Returns
    -------
    (Question, int)
        The question with its computed answer, and the step (from 0) from which on c, h and the verdict are hidden.
    """
    rng = np.random.default_rng(seed)
    kinds = [_cell, _hidden, _cell if run.probability is None else _verdict]
    return kinds[seed % 3](run, unit, int(rng.integers(min(1, len(run.tokens) - 1), len(run.tokens))))


def _named(run: Pass, t: int) -> str:
    return f"step {t + 1} ({quoted(run.tokens[t])})"


def _cell(run: Pass, u: int, t: int) -> tuple[Question, int]:
    f, i, g = (float(run.gates[part][t, u]) for part in "fig")
    old, new = float(run.cell[t, u]), float(run.cell[t + 1, u])
    # Four decimals, as in the picture: with fewer, who computes rightly with a state of 50 is far off.
    gates = f"The gates are f = {f:.4f} and i = {i:.4f}, the candidate is g = {g:.4f}."
    text = f"Before {_named(run, t)} the cell state is {old:.4f}. {gates} What is the cell state after it?"
    why = f"f·c + i·g = {f:.4f}·({old:.4f}) + {i:.4f}·({g:.4f}) = {new:.4f}."
    traps = (
        (old + g, "That adds the candidate without asking the gates."),
        (f * old, "That is only what is kept."),
        (i * g, "That is only what is written."),
        (f * g + i * old, "The forget gate acts on the old state."),
    )
    return Question(text, new, why, 0.03, traps=traps), t


def _hidden(run: Pass, u: int, t: int) -> tuple[Question, int]:
    o, c, h = float(run.gates["o"][t, u]), float(run.cell[t + 1, u]), float(run.hidden[t + 1, u])
    text = f"At {_named(run, t)} the new cell state is {c:.2f} and the output gate {o:.2f}. What does the unit show, h?"
    why = f"o·tanh(c) = {o:.2f}·tanh({c:.2f}) = {o:.2f}·{np.tanh(c):.2f} = {h:.3f}."
    return Question(text, h, why, 0.02, traps=((o * c, "Without tanh: what is shown stays between −1 and 1."),)), t


def _verdict(run: Pass, u: int, t: int) -> tuple[Question, int]:
    p = float(run.probability[run.ends[-1]]) if run.probability is not None else 0.5
    text = f"At its end ({quoted(run.tokens[run.ends[-1]])}), which verdict does the network give?"
    first = float(run.probability[run.ends[0]]) if run.probability is not None else 0.5
    turned = (first > 0.5) != (p > 0.5)
    why = f"p(good) is {p:.1%} there" + (
        f", and {first:.1%} where the first clause ends." if len(run.ends) > 1 else "."
    )
    other = (
        "That was its verdict after the first clause." if turned else "The latest opinion that is not conceded counts."
    )
    answer, wrong = (GOOD, BAD) if p > 0.5 else (BAD, GOOD)
    return Question(text, answer, why, choices=(GOOD, BAD), traps=((wrong, other),)), run.ends[0]
