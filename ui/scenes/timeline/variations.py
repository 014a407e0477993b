"""The variations in the timeline: a GRU's gates, a GRU beside an LSTM, two directions, and layers stacked."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.sequence.directions import LayersTrace, Trace, by_word
from engine.sequence.gru import PARTS, GRUPass
from engine.sequence.lstm_layer import Pass
from engine.sequence.spelled import cut
from engine.sequence.variations import BesideTrace, GRUTrace
from ui.scenes import timeline
from ui.scenes.timeline import Layer, Line, Link, Row, Strip, Token, label, only, sym, value, word

FORWARD, BACKWARD = "forward", "backward"
ROLES = {"z": "f", "r": "i", "c": "g"}  # what is kept has the colour of the forget gate, it does its work
APART = "\u2003\u2002"  # between two equations of one line
NEAR = 4  # words written out of what a state has read


def show(key: str, trace: Trace, unit: int, hide_from: int | None = None) -> None:
    """Mount the timeline of a view; from step `hide_from` on the states of a GRU are question marks."""
    hidden = np.arange(len(trace.tokens)) >= (len(trace.tokens) if hide_from is None else hide_from)
    first = min(1, len(trace.tokens) - 1) if hide_from is None else hide_from
    select = {"t": first, "u": unit}
    if isinstance(trace, LayersTrace):
        _show_layers(key, trace, select)
    elif isinstance(trace, BesideTrace):
        _show_beside(key, trace, unit, hidden, select)
    else:
        _show_gru(key, trace, unit, hidden, select)


# ---- one GRU --------------------------------------------------------------------------------------------------------


def _show_gru(key: str, trace: GRUTrace, unit: int, hidden: np.ndarray, select: dict[str, int]) -> None:
    run = trace.run
    parts = (run.hidden[:, unit], run.kept[:, unit], run.written[:, unit], np.zeros(len(run.x), np.float32))
    belt = _belt("belt", "h", f"unit {unit + 1}", *parts, _limit(run.hidden[:, unit]), hidden, 104)
    rows = [belt, *_gates(run, unit), _one("row h", "h", "state", run.hidden[1:, unit], "h", hidden)]
    lines = [_gate("z", unit), _gate("r", unit), _candidate(run, unit), _state(unit, "", ""), _belt_words(unit)]
    late = np.concatenate([hidden[:1] & False, hidden])
    masked = {"hidden": late, "kept": hidden, "written": hidden, "erased": hidden}
    timeline.show(
        key, _cut(trace.tokens), rows, lines=lines, arrays=_arrays(run), masked=masked, select=select, step_name="word",
        height=300,
    )  # fmt: skip


def _gates(run: GRUPass, u: int) -> list[Row]:
    found = [("z", "z", "keep (update)", run.z, "unit"), ("r", "r", "reset", run.r, "unit"),
             ("c", "h̃", "candidate", run.candidate, "signed")]  # fmt: skip
    return [_one(f"row {name}", sign, text, array[:, u], ROLES[name], scale=scale)
            for name, sign, text, array, scale in found]  # fmt: skip


def _one(
    name: str, symbol: str, text: str, values: np.ndarray, role: str, masked: np.ndarray | None = None,
    scale: str = "signed", limit: float = 1.0,
) -> Row:  # fmt: skip
    """One unit's row of cells."""
    return Row(name, symbol, text, values, role, scale=scale, limit=limit,
               axis="", masked=masked)  # fmt: skip


def _arrays(run: GRUPass, end: str = "", backward: bool = False) -> dict[str, np.ndarray]:
    """Name the numbers of a pass by word: gates, states, and the parts of each sum."""
    found = {"z": run.z, "r": run.r, "c": run.candidate, "1-z": 1 - run.z, "hidden": run.hidden}
    found |= {"kept": run.kept, "written": run.written, "erased": run.hidden[:-1] - run.kept}
    for name, sums in (("x", run.from_input), ("s", run.from_state)):
        found |= {f"{name} {part}": array for part, array in zip(PARTS, np.split(sums, 3, axis=-1), strict=True)}
    arrays = {f"{name}{end}": by_word(array, backward) for name, array in found.items()}
    bias = run.cell.bias if run.cell.reset_after else np.stack([run.cell.bias, np.zeros_like(run.cell.bias)])
    parts = dict(zip(PARTS, np.split(bias, 3, axis=-1), strict=True))
    return arrays | {"b z": parts["z"].sum(0), "b r": parts["r"].sum(0), "b h": parts["h"][0], "b s": parts["h"][1]}


def _part(array: str, *at: str | int, role: str) -> Token:
    return value(array, *at, role=role, decimals=2)


def _gate(name: str, u: int) -> Line:
    parts = [_part(f"x {name}", "t", u, role="input"), " + ", _part(f"s {name}", "t", u, role="h"), " + ",
             _part(f"b {name}", u, role="weight")]  # fmt: skip
    role = ROLES[name]
    formula = [sym(name, "t", role=role), " = σ(", sym("x", "t", role="input"), sym("K"), " + "]
    formula += [sym("h", "t-1", role="h"), sym("R"), " + ", sym("b", role="weight"), ")"]
    return [*formula, " = σ(", *parts, ") = ", value(name, "t", u, role=role)]


def _candidate(run: GRUPass, u: int) -> Line:
    """The reset gate after the recurrent kernel, or before it."""
    h, r, b = sym("h", "t-1", role="h"), sym("r", "t", role="i"), sym("b", role="weight")
    own: list[Token] = [_part("x h", "t", u, role="input"), " + ", _part("b h", u, role="weight"), " + "]
    formula: list[Token] = [sym("h̃", "t", role="g"), " = tanh(", sym("x", "t", role="input"), sym("K"), " + ", b, " + "]
    if run.cell.reset_after:
        past = ["(", _part("s h", "t", u, role="h"), " + ", _part("b s", u, role="weight"), ")"]
        formula += [r, "·(", h, sym("R"), " + ", sym("b′", role="weight"), ")) = tanh("]
        own += [_part("r", "t", u, role="i"), "·", *past]
    else:
        formula += ["(", r, "⊙", h, ")", sym("R"), ") = tanh("]
        own.append(_part("s h", "t", u, role="h"))
    return [*formula, *own, ") = ", value("c", "t", u, role="g")]


def _state(u: int | str, end: str, mark: str, back: bool = False) -> Line:
    """The new state: a share of the old one and the rest of the candidate."""
    old, new, step = ("t+1", "t", "t+1") if back else ("t", "t+1", "t-1")
    z, c, h = (sym(name, "t", role=role, mark=mark) for name, role in (("z", "f"), ("h̃", "g"), ("h", "h")))
    formula = [h, " = ", z, "⊙", sym("h", step, role="h", mark=mark), " + (1−", z, ")⊙", c, " = "]
    numbers = [value(f"z{end}", "t", u, role="f"), "·", value(f"hidden{end}", old, u, role="h"), " + ",
               value(f"1-z{end}", "t", u, role="f"), "·", value(f"c{end}", "t", u, role="g")]  # fmt: skip
    return [*formula, *numbers, " = ", value(f"hidden{end}", new, u, role="result")]


def _belt_words(u: int) -> Line:
    found: list[Token] = ["on the belt: "]
    for name, role in (("kept", "c"), ("erased", "f"), ("written", "i")):
        found += [f"{name} ", value(name, "t", u, role=role), " · "]
    return [*found, "and all of it is shown"]


# ---- GRU beside LSTM ------------------------------------------------------------------------------------------------


def _show_beside(key: str, trace: BesideTrace, u: int, hidden: np.ndarray, select: dict[str, int]) -> None:
    run, lstm = trace.run, trace.lstm
    none = np.zeros(len(trace.tokens), np.float32)
    limit = _limit(run.hidden[:, u], lstm.cell[:, u])  # one scale for both belts
    belts = [
        _belt("belt", "h", "GRU", run.hidden[:, u], run.kept[:, u], run.written[:, u], none, limit, hidden),
        _belt("carry", "c", "LSTM", lstm.cell[:, u], lstm.kept[:, u], lstm.written[:, u], lstm.hidden[1:, u], limit,
              hidden),
    ]  # fmt: skip
    names = {"f": "forget", "i": "input", "g": "candidate", "o": "output"}
    gates = [_one(f"lstm {name}", name, text, lstm.gates[name][:, u], name, scale="signed" if name == "g" else "unit")
             for name, text in names.items()]  # fmt: skip
    arrays = _arrays(run) | _lstm_arrays(lstm)
    late = np.concatenate([hidden[:1] & False, hidden])
    rows = [belts[0], *_gates(run, u), belts[1], *gates]
    timeline.show(
        key, _cut(trace.tokens), rows, lines=[_state(u, "", ""), *_lstm_lines(u)],
        arrays=arrays, masked={"hidden": late, "l c": late, "l h": late, "l tanh": hidden}, select=select,
        step_name="word", height=430,
    )  # fmt: skip


def _belt(
    name: str, symbol: str, text: str, level: np.ndarray, kept: np.ndarray, added: np.ndarray, shown: np.ndarray,
    limit: float, hidden: np.ndarray, height: int = 72,
) -> Row:  # fmt: skip
    flow = {"kept": kept, "added": added, "shown": shown}
    return Row(name, symbol, text, level[1:], "c" if symbol == "c" else "h", "flow", limit=limit, start=level[:1],
               masked=hidden, flow=flow, axis="", height=height)  # fmt: skip


def _limit(*levels: np.ndarray) -> float:
    """The largest level, rounded up so that the scale does not answer a question."""
    return max(0.25, float(np.ceil(4 * max(np.abs(level).max() for level in levels)) / 4))


def _lstm_arrays(lstm: Pass) -> dict[str, np.ndarray]:
    gates = {f"l {name}": array for name, array in lstm.gates.items()}
    return gates | {"l c": lstm.cell, "l h": lstm.hidden, "l tanh": np.tanh(lstm.cell[1:])}


def _lstm_lines(u: int) -> list[Line]:
    f, i, g, o = (sym(name, "t", role=name) for name in "figo")
    c, old, h = sym("c", "t", role="c"), sym("c", "t-1", role="c"), sym("h", "t", role="h")
    kept = [value("l f", "t", u, role="f"), "·", value("l c", "t", u, role="c")]
    written = [value("l i", "t", u, role="i"), "·", value("l g", "t", u, role="g")]
    carry = [c, " = ", f, "⊙", old, " + ", i, "⊙", g, " = ", *kept, " + ", *written, " = "]
    shown = [h, " = ", o, "⊙tanh(", c, ") = ", value("l o", "t", u, role="o"), "·", value("l tanh", "t", u, role="c")]
    return [[*carry, value("l c", "t+1", u, role="result")], [*shown, " = ", value("l h", "t+1", u, role="result")]]


# ---- two directions, and layers -------------------------------------------------------------------------------------


def _show_layers(key: str, trace: LayersTrace, select: dict[str, int]) -> None:
    both = any(trace.backward)
    strip, names = _both_strip() if both else _stack_strip(len(trace.reads))
    rows = [_layer_row(trace, k, names[k], both) for k in range(len(trace.reads))]
    x = Row("x", "x", "word vector", trace.reads[0].x, "input", axis="", cell=8)
    changes = _changes(trace, names)
    arrays: dict[str, np.ndarray] = {}
    for k, run in enumerate(trace.reads):
        arrays |= _arrays(run, f" {k}", trace.backward[k])
    arrays |= {"last": trace.last, "edited": np.full(len(trace.tokens), trace.place is not None)}
    order = [rows[0], x, rows[1]] if both else [*rows[::-1], x]
    timeline.show(
        key, _labels(trace), [*order, changes], strip=strip, lines=_both_lines() if both else _stack_lines(trace),
        arrays=arrays, words=_read_words(_cut(trace.tokens)), select=select, step_name="word",
        height=205 if both else 215,
    )  # fmt: skip


def _labels(trace: LayersTrace) -> list[str]:
    return [f"→{text}" if t == trace.place else text for t, text in enumerate(_cut(trace.tokens))]


def _cut(tokens: Sequence[str]) -> list[str]:
    return [cut(token) for token in tokens]


def _both_strip() -> tuple[Strip, list[str]]:
    links = (Link("x", FORWARD), Link("x", BACKWARD), Link(FORWARD, FORWARD, dt=1), Link(BACKWARD, BACKWARD, dt=-1))
    layers = (Layer(FORWARD, "h→"), Layer("x", "x"), Layer(BACKWARD, "h←"))
    return Strip(layers=layers, links=links), [FORWARD, BACKWARD]


def _stack_strip(count: int) -> tuple[Strip, list[str]]:
    names = [f"layer {k + 1}" for k in range(count)]
    up = [Link(below, above) for below, above in zip(["x", *names], names, strict=False)]
    layers = [Layer(name, f"h⁽{'¹²³'[k]}⁾") for k, name in enumerate(names)]
    return Strip(layers=(*layers[::-1], Layer("x", "x")), links=(*up, *(Link(n, n, dt=1) for n in names))), names


def _layer_row(trace: LayersTrace, k: int, name: str, both: bool) -> Row:
    symbol = ("h→", "h←")[k] if both else f"h⁽{'¹²³'[k]}⁾"
    return Row(name, symbol, name, trace.after[k], "result" if both and k else "h", limit=1.0)


def _changes(trace: LayersTrace, names: Sequence[str]) -> Row:
    """By how much each layer's state differs from that of the sentence as typed; layers as they stand above."""
    order = slice(None) if any(trace.backward) else slice(None, None, -1)
    values, units = trace.change[order].T, list(names)[order] if len(names) > 1 else ()  # one is read off at the right
    return Row("change", "Δ", "difference", np.ascontiguousarray(values), "gradient", scale="magnitude", axis="",
               limit=max(float(values.max()), 0.1), units=units, cell=15)  # fmt: skip


def _read_words(tokens: Sequence[str]) -> dict[str, list[str]]:
    """Write out what a forward and a backward state have read by each word."""
    heard = [(" … " if t >= NEAR else "") + " ".join(tokens[max(0, t + 1 - NEAR) : t + 1]) for t in range(len(tokens))]
    ahead = [" ".join(tokens[t : t + NEAR]) + (" … " if t + NEAR < len(tokens) else "") for t in range(len(tokens))]
    return {"heard": heard, "ahead": ahead}


def _both_lines() -> list[Any]:
    known: Line = [sym("h→", "t", role="h"), " has read “", word("heard", "t", role="h"), "”", APART,
                   sym("h←", "t", role="result"), " has read “", word("ahead", "t", role="result"), "”"]  # fmt: skip
    moved = [value("change", "t", k, role="gradient") for k in (0, 1)]
    differ = ["the changed word moves ", sym("h→", "t", role="h"), " by up to ", moved[0], " and ",
              sym("h←", "t", role="result"), " by up to ", moved[1]]  # fmt: skip
    still = ["no word is changed: choose one, and see which states at “", label("t"), "” can know of it"]
    return [known, _state("u", " 0", "→"), _state("u", " 1", "←", back=True), only("edited", differ, still)]


def _stack_lines(trace: LayersTrace) -> list[Line]:
    return [_state("u", f" {k}", f"({k + 1})") for k in reversed(range(len(trace.reads)))]
