"""What to say of the variations: sentences about what the picture shows, and the settings of the recipe."""

from collections.abc import Callable
from typing import Any

import numpy as np

from engine.sequence import variations
from engine.sequence.directions import LayersTrace, Trace
from engine.sequence.lstm_sizes import Size
from engine.sequence.spelled import quoted
from engine.sequence.variations import BesideTrace, GRUTrace, Settings


def notices(trace: Trace, unit: int, sizes: Callable[[], tuple[Size, ...]], asking: bool = False) -> list[str]:
    """Two to four sentences about this view, none that answers an open question; only some ask for the sizes."""
    if isinstance(trace, GRUTrace):
        return _gru(trace, unit, asking)
    if isinstance(trace, BesideTrace):
        return _beside(trace, unit, sizes, asking)
    return _both_ways(trace, asking) if any(trace.backward) else _stack(trace, sizes, asking)


def _gru(trace: GRUTrace, u: int, asking: bool) -> list[str]:
    run = trace.run
    ends = dict.fromkeys((int(run.z[:, u].argmax()), int(run.z[:, u].argmin())))  # one word has one place for both
    shares = ", ".join(f"{run.z[t, u]:.0%} at {quoted(trace.tokens[t])}" for t in ends)
    found = [
        f"Keras's z is the share that is *kept*: {shares}. What is erased is replaced: one gate does both.",
        f"With a reset gate of 0 the candidate sees the word alone; here r is {run.r[:, u].mean():.2f} on average.",
    ]
    moved = np.abs(run.hidden - trace.other.hidden).max()
    if not asking:
        where = "before" if run.cell.reset_after else "after"
        found.append(f"With the reset {where} the recurrent kernel the same kernels give states that differ by up to "
                     f"{moved:.2f}: weights of one kind do not fit the other.")  # fmt: skip
    return found


def _beside(trace: BesideTrace, u: int, sizes: Callable[[], tuple[Size, ...]], asking: bool) -> list[str]:
    both = trace.lstm.gates["f"][:, u] + trace.lstm.gates["i"][:, u]
    found = [
        "The GRU has 2 gates and one state; the LSTM has 3 gates and two states, c on the belt and h that it shows.",
        "In the GRU kept and new shares add up to 1 (z and 1 − z). In the LSTM f + i may be anything from 0 to 2: here "
        f"{_span(both)} in unit {u + 1}.",
    ]
    if asking:
        return found
    after, before, lstm, *_ = sizes()
    gru = after if trace.run.cell.reset_after else before
    largest = np.abs(trace.lstm.cell).max()
    fewer = f"{lstm.count:,}: {1 - gru.count / lstm.count:.0%} fewer"
    bounds = f"|h| of the GRU stays below 1, |c| of the LSTM reaches {largest:.2f} in some unit."
    return [*found, f"{gru.name} has {gru.count:,} weights, {lstm.name} {fewer}. {bounds}"]


def _span(numbers: np.ndarray) -> str:
    least, most = f"{numbers.min():.2f}", f"{numbers.max():.2f}"
    return least if least == most else f"from {least} to {most}"


def _both_ways(trace: LayersTrace, asking: bool) -> list[str]:
    T = len(trace.tokens)
    words = f"{T} words" if T > 1 else "word"
    found = [f"Two GRUs with weights of their own read the same {words}; at every word their states are laid side by "
             "side."]  # fmt: skip
    if trace.place is not None and not asking:
        forward, backward = trace.noticed
        swap = f"{quoted(trace.tokens[trace.place])} in place of {quoted(trace.old[trace.place])}"
        states = f"{forward} of {T} forward and {backward} of {T} backward states"
        found.append(f"{swap} changes {states}; all others are equal to the last bit.")
    if not asking:
        found.append("The backward states begin at the last word, so no output is ready before it has come: it needs "
                     "the whole sequence, and cannot follow live speech word by word.")  # fmt: skip
        ends = f"forward at {quoted(trace.tokens[-1])} and backward at {quoted(trace.tokens[0])}"
        found.append(f"`return_sequences=False` gives {ends}: each has read {'all' if T > 1 else 'the'} {words}.")
    return found


def _stack(trace: LayersTrace, sizes: Callable[[], tuple[Size, ...]], asking: bool) -> list[str]:
    count = len(trace.reads)
    found = ["Layer 1 reads the words; every further layer reads the states below it and its own past.",
             "So all layers but the last need `return_sequences=True`: one state per word to hand up."]  # fmt: skip
    found = found if count > 1 else ["One layer reads the words; a layer on top of it would read its states."]
    if trace.place is not None and not asking:
        at = trace.change[:, trace.place]
        steps = ", ".join(f"{_two_digits(value)} in layer {k + 1}" for k, value in enumerate(at))
        reached = f"all {count} layers" if count > 1 else "the layer"
        found.append(f"The changed word reaches {reached} at its own step, by up to {steps}. No state before it moves.")
    if not asking:
        stack = sizes()[5]
        found.append(f"{stack.name if count > 1 else 'One layer'}: {stack.formula} = {stack.count:,} weights.")
    return found


def _two_digits(number: float) -> str:
    return f"{number:.2f}" if number >= 0.1 else f"{number:.2g}"


def recipe_settings(settings: Settings, trace: Trace) -> dict[str, Any]:
    """Return what the recipe needs: the words' vectors as they were read, and the sizes."""
    x = variations.vectors(trace.tokens, settings.seed)
    rows = [[float(str(number)) for number in row] for row in x]
    kept = {name: getattr(settings, name) for name in ("units", "seed", "reset_after", "layers")}
    return {"words": list(trace.tokens), "x": rows, **kept}
