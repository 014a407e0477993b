"""Questions about the variations, answered from the pass on the screen or from layers that Keras builds."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from engine.quiz import Question
from engine.sequence import directions, variation_sizes
from engine.sequence.directions import LayersTrace, Trace
from engine.sequence.spelled import quoted
from engine.sequence.variations import FEATURES, BesideTrace, GRUTrace, Settings

WORDS = ("moon", "never", "yellow")  # to put in the place of another
NEAR = 12  # words: over many more a change fades below what 32-bit numbers hold, and none would guess where


@dataclass(frozen=True)
class Asked:
    """A question and what the picture does meanwhile."""

    question: Question
    hide_from: int | None = None  # step from which on states are hidden
    show: dict[str, Any] | None = None  # settings that the answer is about


NOTHING = Asked(Question("", 0.0, ""))  # while none is open


def question(trace: Trace, settings: Settings, unit: int, seed: int) -> Asked:
    """Ask for a state or a number of weights; of several layers, how many states notice a changed word.

    Parameters
    ----------
    trace : GRUTrace, BesideTrace or LayersTrace
        What is on the screen.
    settings : Settings
        Its settings.
    unit : int
        The selected unit, from 0.
    seed : int
        Chooses the question, the step and the word.

    Returns
    -------
    Asked
        The question with its computed answer.
    """
    rng = np.random.default_rng(seed)
    if isinstance(trace, LayersTrace):
        kinds: list[Callable[..., Asked]] = [_noticed, _last_word] if any(trace.backward) else [_noticed, _second_layer]
    else:
        kinds = [_state, _weights] if isinstance(trace, GRUTrace) else [_fewer, _state]
    return kinds[seed % 2](trace, settings, unit, rng)


def _state(trace: GRUTrace | BesideTrace, settings: Settings, u: int, rng: np.random.Generator) -> Asked:
    t = int(rng.integers(min(1, len(trace.tokens) - 1), len(trace.tokens)))
    run = trace.run
    z, new, old, answer = (float(a[u]) for a in (run.z[t], run.candidate[t], run.hidden[t], run.hidden[t + 1]))
    text = (f"GRU, word {t + 1} ({quoted(trace.tokens[t])}), unit {u + 1}: the state was {old:.2f}, the update gate is "
            f"z = {z:.2f}, the candidate {new:.2f}. What is the new state, with Keras's z?")  # fmt: skip
    why = f"z·h + (1 − z)·h̃ = {z:.2f}·({old:.2f}) + {1 - z:.2f}·({new:.2f}) = {answer:.3f}."
    traps = (
        (z * new + (1 - z) * old, "In Keras z is the share that is kept, not the share that is new."),
        (z * old, "That is only what is kept."),
        (z * old + new, "What is written gets the rest, 1 − z: one gate decides both."),
    )
    return Asked(Question(text, answer, why, 0.02, traps=traps), t)


def _weights(trace: GRUTrace, settings: Settings, u: int, rng: np.random.Generator) -> Asked:
    units = _units(settings, rng)
    gru, before, lstm, simple, *_ = variation_sizes.sizes(units, 1)
    text = f"How many weights has keras.layers.GRU({units}, reset_after=True) that reads {FEATURES} numbers a word?"
    why = f"{gru.formula} = {gru.count:,}: update gate, reset gate and candidate, each with two biases per unit."
    traps = ((before.count, "Keras's default reset_after=True has two rows of biases."),
             (lstm.count, "That is the LSTM, with three gates and a candidate."),
             (2 * simple.count, "The candidate has weights as well: two gates make three parts."))  # fmt: skip
    return Asked(Question(text, gru.count, why, traps=traps))


def _fewer(trace: BesideTrace, settings: Settings, u: int, rng: np.random.Generator) -> Asked:
    units = _units(settings, rng)
    gru, before, lstm, *_ = variation_sizes.sizes(units, 1)
    text = (f"With {units} units that read {FEATURES} numbers a word: how many weights fewer has the GRU "
            "(reset_after=True) than the LSTM?")  # fmt: skip
    answer = lstm.count - gru.count
    why = f"{lstm.formula} = {lstm.count:,} and {gru.formula} = {gru.count:,}, so {answer:,} fewer."
    traps = ((lstm.count - before.count, "A GRU with reset_after=True has a second row of biases."),)
    return Asked(Question(text, answer, why, traps=traps))


def _units(settings: Settings, rng: np.random.Generator) -> int:
    """Draw a size that the page's table of weights does not hold, and that is not the number of features."""
    return int(next(n for n in rng.permutation(np.arange(2, 11)) if n not in (settings.units, FEATURES)))


def _edited(trace: LayersTrace, settings: Settings, place: int) -> tuple[LayersTrace, dict[str, Any]]:
    """Let the layers read the sentence as typed with one of its words changed."""
    into = next(word for word in WORDS if word != trace.old[place])
    read = directions.read_both_ways if any(trace.backward) else directions.read_stack
    return read(replace(settings, edit=place + 1, into=into)), {"edit": place + 1, "into": into}


def _noticed(trace: LayersTrace, settings: Settings, u: int, rng: np.random.Generator) -> Asked:
    """Ask for a place that is not the one on the screen, where there is another."""
    T, both = len(trace.old), any(trace.backward)
    layer = int(rng.integers(len(trace.reads)))
    near = range(min(T, NEAR)) if trace.backward[layer] else range(max(0, T - NEAR), T)
    place = int(rng.choice([t for t in near if t != trace.place] or [0]))
    other, show = _edited(trace, settings, place)
    name = ("forward", "backward")[layer] if both else f"layer {layer + 1}"
    answer = int(other.noticed[layer])
    text = (f"Word {place + 1} of {T} ({quoted(trace.old[place])}) becomes “{show['into']}”. "
            f"At how many words does the {name} state change?")  # fmt: skip
    reach = place + 1 if trace.backward[layer] else T - place
    ends = ("the first word", f"word {place + 1}") if trace.backward[layer] else (f"word {place + 1}", "the last")
    why = f"The change reaches the states from {ends[0]} to {ends[1]}: {answer} of {T}."
    wrong = "That is the other direction." if both else "All layers of a stack read forward: none can know it earlier."
    traps = () if (mirror := T + 1 - reach) == reach else ((mirror, wrong),)
    return Asked(Question(text, answer, why, traps=traps), show=show)


def _last_word(trace: LayersTrace, settings: Settings, u: int, rng: np.random.Generator) -> Asked:
    T = len(trace.old)
    if T > NEAR or trace.place == T - 1:  # the picture shows it already
        return _noticed(trace, settings, u, rng)
    other, show = _edited(trace, settings, T - 1)
    answer = int((other.change > 0).any(0).sum())
    text = (f"Only the last word ({quoted(trace.old[-1])}) becomes “{show['into']}”. Bidirectional gives out both "
            f"states at every word. At how many of the {T} words does its output change?")  # fmt: skip
    why = f"Every backward state has read the last word, so all {answer} outputs need the whole sequence."
    traps = ((1, "That is the forward half; the backward half began at the last word."),) if T > 1 else ()
    return Asked(Question(text, answer, why, traps=traps), show=show)


def _second_layer(trace: LayersTrace, settings: Settings, u: int, rng: np.random.Generator) -> Asked:
    units, after = _units(settings, rng), settings.reset_after
    one, two = (variation_sizes.sizes(units, layers, after) for layers in (1, 2))
    answer = two[5].count - one[5].count
    text = (f"Two layers GRU({units}, reset_after={after}) read {FEATURES} numbers a word. How many weights has the "
            "second layer?")  # fmt: skip
    bias = f"2·{units}" if after else f"{units}"
    why = f"It reads the {units} units of the first: 3·({units}·({units} + {units}) + {bias}) = {answer:,}."
    traps = ((one[5].count, "That is the first layer, which reads the words."),)
    return Asked(Question(text, answer, why, traps=traps))
