"""The kinds of sequence problems in the timeline: two orders of words, five trained networks, and padding."""

import numpy as np

from engine.sequence.kinds import ONE_TO_ONE, TRANSLATION, KindTrace
from engine.sequence.kinds_data import short
from engine.sequence.kinds_words import WHERE
from engine.sequence.padding import PaddingTrace
from engine.sequence.why_order import OrderTrace
from ui.scenes import timeline
from ui.scenes.timeline import Layer, Line, Link, Row, Strip, Token, label, only, sym, value

LINE = 12  # px: high enough for a name
NAMED = 10  # up to so many classes each has its name beside its row


def show_orders(key: str, traced: OrderTrace, hide: bool = False) -> None:
    """Mount two sentences under each other; an open question hides the states after the last words."""
    longest = traced.hidden.shape[1]
    ends = np.arange(longest) >= min(map(len, traced.sentences)) - 1
    hidden = ends if hide else None
    words = [[*map(short, sentence), *["–"] * (longest - len(sentence))] for sentence in traced.sentences]
    first, second = traced.hidden
    rows = [
        Row("first", "h", "1st sentence", first, "h", limit=1.0, masked=hidden),
        Row("second", "h′", "2nd sentence", second, "result", limit=1.0, masked=hidden),
        Row("difference", "h − h′", "apart", first - second, "gradient", limit=2.0, masked=hidden),
    ]  # fmt: skip
    there = ~np.isnan(traced.hidden[:, :, 0])
    strip = Strip(
        (Layer("first", "h", there[0]), Layer("second", "h′", there[1])),
        (Link("first", "first", "W", dt=1), Link("second", "second", "W", dt=1)),
    )
    same = np.array([a == b for a, b in zip(*words, strict=True)]) * 1
    here = label("t", role="input")
    h, other = value("first", "t", "u", role="h"), value("second", "t", "u", role="result")
    apart = value("difference", "t", "u", role="gradient")
    lines: list[Line] = [
        only("same", ["Both sentences have the same word here: ", here], ["Here the sentences differ: ", here]),
        ["Unit ", sym("u", "u"), ": ", sym("h", "t", "u", role="h"), " = ", h, " in the first, ",
         sym("h′", "t", "u", role="result"), " = ", other, " in the second; difference ", apart],
    ]  # fmt: skip
    labels = [a if a == b else f"{a} | {b}" for a, b in zip(*words, strict=True)]
    timeline.show(key, labels, rows, strip=strip, lines=lines, arrays={"same": same}, step_name="word",
                  select={"t": longest - 1})  # fmt: skip


def show_kind(key: str, traced: KindTrace, hide: int | None = None) -> None:
    """Mount a network unrolled over one example; what comes out of step `hide` and later is an open question.

    Where `hide` is WHERE, the question is at which steps anything comes out.
    """
    steps = len(traced.steps)
    hidden = None if hide is None else np.arange(steps) >= hide
    few = len(traced.classes) <= NAMED
    rows = [
        Row("outputs", "ŷ", f"out, ({len(traced.classes)})", traced.outputs, scale="unit", axis="" if few else "y",
            units=traced.classes if len(traced.classes) > 1 else (), masked=hidden, cell=LINE if few else None),
        Row("hidden", "h", f"state, ({traced.hidden.shape[1]})", traced.hidden, "h", "cells", *_scale(traced)),
        Row("x", "x", f"in, ({traced.x.shape[1]})", traced.x, "input", axis="x"),
    ]  # fmt: skip
    best, last = np.nan_to_num(traced.outputs).max(1), int(np.nan_to_num(traced.outputs[-1]).argmax())
    arrays = {"best": best, "has x": traced.has_x * 1, "has y": (traced.has_y | (hide == WHERE)) * 1}
    timeline.show(
        key, _labels(traced, hide), rows, strip=_strip(traced, hide), lines=_lines(traced), arrays=arrays,
        masked={} if hidden is None else {"best": hidden}, step_name="step", marks=_marks(traced),
        select={"t": max(0, hide), "y": 0} if hide is not None else {"t": steps - 1, "y": last},
    )  # fmt: skip


def _scale(traced: KindTrace) -> tuple[str, float | None]:
    return ("magnitude", None) if traced.kind == ONE_TO_ONE else ("signed", 1.0)


def _labels(traced: KindTrace, hide: int | None) -> list[str]:
    """Over each step what comes in, and behind an arrow what comes out; where that goes in again, only that."""
    found = []
    for t, (step, said) in enumerate(zip(traced.steps, traced.said, strict=True)):
        answer = said if hide is None or t < hide else "?"
        if traced.writes:
            found.append(answer if said else step)
        else:
            found.append(step if not said or hide == WHERE else f"{step} → {answer}")
    return found


def _marks(traced: KindTrace) -> dict[int, str]:
    if traced.kind != TRANSLATION:
        return {}
    return {int(traced.has_x.sum()) - 1: "the whole sentence is in this one vector"}


def _strip(traced: KindTrace, hide: int | None) -> Strip:
    """The network, and how many numbers its arrows carry."""
    features, units = str(traced.x.shape[1]), str(traced.hidden.shape[1])
    links = [Link("x", "hidden", features), Link("hidden", "outputs", units)]
    if traced.kind != ONE_TO_ONE:
        links.append(Link("hidden", "hidden", units, dt=1))
    if traced.writes:
        links.append(Link("outputs", "hidden", "", dt=1, role="result"))
    outputs = Layer("outputs", "ŷ", None if hide == WHERE else traced.has_y)
    return Strip((outputs, Layer("hidden", "h"), Layer("x", "x", traced.has_x)), tuple(links))


def _lines(traced: KindTrace) -> list[Line]:
    sizes = [array.shape[1] for array in (traced.x, traced.hidden, traced.outputs)]
    x, h, before = sym("x", "t", role="input"), sym("h", "t", role="h"), sym("h", "t-1", role="h")
    come: list[Token] = [x, f": {sizes[0]} numbers come in · ", h, f": {sizes[1]} numbers, from ", x]
    own: list[Token] = [
        "nothing comes in from outside · ",
        h,
        f": {sizes[1]} numbers, from what came out before and ",
        before,
    ]
    if traced.kind != ONE_TO_ONE:
        come += [" and ", before]
    what = f"{sizes[2]} probabilities; the largest is " if sizes[2] > 1 else f"how probable is {traced.classes[0]}? "
    out: list[Token] = [sym("ŷ", "t", role="result"), f": {what}", value("best", "t", role="result"), ": ",
                        label("t", role="result")]  # fmt: skip
    return [only("has x", come, own), only("has y", out, ["nothing comes out here"])]


def show_padding(key: str, traced: PaddingTrace, row: int, hide: bool = False) -> None:
    """Mount one review of a padded batch; an open question hides its states in the padding."""
    real = traced.real[row]
    words = iter(traced.sentences[row])
    labels = [next(words) if there else "∅" for there in real]
    hidden = ~real if hide else None
    rows = [
        Row("mask", "mask", "a word?", real * 1.0, "weight", scale="unit", limit=1.0),
        Row("hidden", "h", "state", traced.hidden[row], "h", limit=1.0, masked=hidden),
        Row("x", "x", "embedding", traced.x[row], "input", axis="x"),
    ]
    strip = Strip(
        (Layer("hidden", "h"), Layer("x", "x", real if traced.masked else None)),
        (Link("x", "hidden", str(traced.x.shape[2])), Link("hidden", "hidden", str(traced.hidden.shape[2]), dt=1)),
    )
    over = "Padding: the mask hands the state on as it is" if traced.masked else "Padding is read like a word"
    lines: list[Line] = [
        only("mask 1", ["The word ", label("t", role="input"), " changes the state; unit ", sym("u", "u"), ": ",
                        value("hidden", "t", "u", role="h")],
             [f"{over}; unit ", sym("u", "u"), ": ", value("hidden", "t", "u", role="h")]),
    ]  # fmt: skip
    timeline.show(key, labels, rows, strip=strip, lines=lines, arrays={"mask 1": real * 1}, step_name="word",
                  select={"t": len(labels) - 1})  # fmt: skip
