"""An LSTM layer in the timeline: its gates, its cell state on a conveyor belt, and the arithmetic of one step."""

import numpy as np

from engine.sequence.gate_views import View
from engine.sequence.spelled import cut
from ui.scenes import timeline
from ui.scenes.timeline import Line, Row, Token, only, sym, value

ROWS = (  # name, label, scale
    ("f", "forget", "unit"),
    ("i", "input", "unit"),
    ("g", "candidate", "signed"),
    ("o", "output", "unit"),
    ("c", "cell", "signed"),
    ("h", "hidden", "signed"),
)
MOST = 2.0  # of all cells together: tanh hardly tells more apart, and one large cell would bleach the others
APART = "\u2003\u2002"  # between two equations of one line


def show(key: str, view: View, step: int, hide_from: int | None = None) -> None:
    """Mount the timeline of a view; from step `hide_from` on, c, h and the verdict are question marks."""
    hidden = np.arange(len(view.tokens)) >= (len(view.tokens) if hide_from is None else hide_from)
    arrays, masked = _arrays(view, hidden)
    timeline.show(
        key, _labels(view), rows(view, hidden), lines=lines(view), arrays=arrays, masked=masked,
        marks={} if view.probability is None else dict.fromkeys(view.ends, "a clause ends"),
        select={"t": step if hide_from is None else hide_from, "u": view.place}, step_name="word" if view.ends else "t",
        height=377 if view.whole else 290,
    )  # fmt: skip


def _labels(view: View) -> list[str]:
    """Words outside the vocabulary in brackets, changed words behind an arrow."""
    known = [cut(token) if there else f"[{cut(token)}]" for token, there in zip(view.tokens, view.known, strict=True)]
    return [f"→{text}" if t in view.changed else text for t, text in enumerate(known)]


def rows(view: View, hidden: np.ndarray) -> list[Row]:
    """The belt, the gates, cell and hidden state of one unit or of all, and the verdict at clause ends."""
    found = [] if view.whole or view.difference else [_belt(view, hidden)]
    found += [_row(view, name, label, scale, hidden) for name, label, scale in ROWS]
    if view.probability is not None:
        found.append(Row(
            "p", "p", "p(good)", view.probability, "result", "bars", "signed" if view.difference else "unit",
            limit=1, targets=_told(view.probability_before, hidden), masked=hidden, height=40,
        ))  # fmt: skip
    return found


def _told(before: np.ndarray | None, hidden: np.ndarray) -> np.ndarray | None:
    """The verdicts before a change, which say much of those after it: none where these are asked for."""
    return None if before is None else np.where(hidden, np.nan, before)


def _belt(view: View, hidden: np.ndarray) -> Row:
    u = view.place
    parts = {"kept": view.arrays["kept"][:, u], "added": view.arrays["written"][:, u], "shown": view.arrays["h"][1:, u]}
    # One scale before and after a change; by hand the numbers fill the height unless that would answer a question.
    limit = None if view.probability is None and not hidden.any() else view.largest
    return Row(
        "belt", "c", view.names[u].split(" · ")[0], view.arrays["c"][1:, u], "c", "flow", limit=limit,
        start=view.arrays["c"][0, u : u + 1], masked=hidden, flow=parts, axis="", height=104,
    )  # fmt: skip


def _row(view: View, name: str, label: str, scale: str, hidden: np.ndarray) -> Row:
    values = view.arrays[name][1:] if name in "ch" else view.arrays[name]
    values = values if view.whole else values[:, view.place : view.place + 1]
    limit = 2.0 if view.difference and name in "gh" else 1.0  # between -1 and 1 they differ by up to 2
    limit = min(view.largest, MOST if view.whole else view.largest) if name == "c" else limit
    scale = "signed" if view.difference else scale
    return Row(
        f"row {name}", name, label, values, name, scale=scale, limit=limit, masked=hidden if name in "ch" else None,
        axis="u" if view.whole else "", units=view.names if view.whole else (),
    )  # fmt: skip


def _arrays(view: View, hidden: np.ndarray) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Return the numbers of the lines, and which of them a question hides."""
    late = np.concatenate([hidden[:1] & False, hidden])
    states = ("c", "h", "c before", "h before", "c after", "h after")
    masked = dict.fromkeys(states, late) | dict.fromkeys(("tanh c", "kept", "erased", "written"), hidden)
    sums = {name: array.round(2) + 0.0 for name, array in view.arrays.items() if name[0] in "xhb" and " " in name}
    arrays = view.arrays | sums | {"ends": np.isin(np.arange(len(view.tokens)), view.ends)}
    return arrays, {name: mask for name, mask in masked.items() if name in arrays}


def lines(view: View) -> list[Line]:
    """The arithmetic of one step of the selected unit."""
    u = "u" if view.whole else view.place
    if view.difference:
        return [_change(names, u) for names in ("fi", "go", "ch")]
    gates: list[Line] = [[*_gate(a, u), APART, *_gate(b, u)] for a, b in ("fi", "go")]
    return [*gates, _cell(u), _hidden(u), _words(view, u)]


def _gate(name: str, u: int | str) -> list[Token]:
    parts = [value(f"{part} {name}", *at, decimals=2, role=role) for part, at, role in (
        ("x", ("t", u), "input"), ("h", ("t", u), "h"), ("b", (u,), "weight"))]  # fmt: skip
    function = "tanh" if name == "g" else "σ"
    total = [parts[0], " + ", parts[1], " + ", parts[2]]
    return [sym(name, "t", role=name), f" = {function}(", *total, ") = ", value(name, "t", u, role=name)]


def _cell(u: int | str) -> Line:
    f, i, g, c = (sym(name, at, role=name) for name, at in (("f", "t"), ("i", "t"), ("g", "t"), ("c", "t-1")))
    kept = [value("f", "t", u, role="f"), "·", value("c", "t", u, role="c")]
    written = [value("i", "t", u, role="i"), "·", value("g", "t", u, role="g")]
    formula = [sym("c", "t", role="c"), " = ", f, "⊙", c, " + ", i, "⊙", g, " = "]
    return [*formula, *kept, " + ", *written, " = ", value("c", "t+1", u, role="result")]


def _hidden(u: int | str) -> Line:
    o, c = sym("o", "t", role="o"), sym("c", "t", role="c")
    numbers = [value("o", "t", u, role="o"), "·", value("tanh c", "t", u, role="c")]
    formula = [sym("h", "t", role="h"), " = ", o, "⊙tanh(", c, ") = "]
    return [*formula, *numbers, " = ", value("h", "t+1", u, role="result")]


def _words(view: View, u: int | str) -> Line:
    """What the belt shows, in words: the colours are those of the picture."""
    found: list[Token] = ["on the belt: "]
    for name, role in (("kept", "c"), ("erased", "f"), ("written", "i")):
        found += [f"{name} ", value(name, "t", u, role=role), " · "]
    found += ["shown ", value("h", "t+1", u, role="h")]
    if view.probability is None:
        return found
    return only("ends", [*found, " · p(good) ", value("p", "t", 0, role="result")], found)


def _change(names: str, u: int | str) -> Line:
    """How much two of the quantities differ: after the change less before."""
    found: list[Token] = []
    for name in names:
        at = "t+1" if name in "ch" else "t"
        before, after = value(f"{name} before", at, u), value(f"{name} after", at, u)
        less = value(name, at, u, role="result")
        found += [sym(name, "t", role=name), ": ", after, " − ", before, " = ", less, APART]
    return found[:-1]
