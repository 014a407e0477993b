"""Encoder and decoder in the timeline: signs read and written on one axis, their states, the alignment, the outputs.

A training's moments write outputs of different lengths: the columns are as many as the longest needs.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.sequence.translation_questions import mistakes
from engine.sequence.translator import Translation
from ui.scenes import timeline
from ui.scenes.timeline import Arcs, Line, Row, Strip, Token, at, label, learning, sym, value, word
from ui.scenes.timeline.learning import Past

SHOWN = {" ": "␣", "": "·", "end": "∎"}
TOP = 2  # inputs whose arithmetic is written out
BAND = 130  # px for the alignment and, beside it, the outputs
STATES = 78  # px for all units of the states
GAP = "\u2003"  # spaces of HTML run together
HIDDEN = ("alpha", "scores", "total", "top")  # what a question about the attention hides, besides the matrix


def show(key: str, moments: Sequence[Translation], hidden: bool = False, past: Past | None = None) -> None:
    """Mount the timeline of a translation at one or several moments; `hidden`: where the decoder looks is asked."""
    found = moments[past.now if past else 0]
    view = _View(found, max(len(moment.output) for moment in moments))
    present, texts = view.arrays(found), [view.texts(moment) for moment in moments]
    frames = learning.frames(past, [view.arrays(moment) for moment in moments], texts) if past else None
    masked = hidden and found.spec.attention
    now = texts[past.now if past else 0]
    timeline.show(
        key,
        now["steps"],
        view.rows(present, now["units"], masked),
        strip=Strip(arcs=Arcs(view.read, "attention" if found.spec.attention else "")),
        lines=lines(found),
        arrays=present,
        masked={name: np.ones(view.columns, bool) for name in HIDDEN if masked},
        marks={view.read - 1: "all is read"},
        words=now["words"],
        select={"t": view.read},
        step_name="step",
        columns=view.columns,
        frames=frames,
    )


class _View:
    """The columns of a translation: what is read, and behind it as much as any moment writes."""

    def __init__(self, found: Translation, most: int) -> None:
        self.spec, self.read, self.most = found.spec, len(found.signs), most
        self.columns = self.read + most

    def _behind(self, array: np.ndarray, fill: float = np.nan) -> np.ndarray:
        """Put what belongs to steps of the decoder into their columns (columns, ...)."""
        placed = np.full((self.columns, *array.shape[1:]), fill, np.int32 if fill == 0 else np.float32)
        placed[self.read : self.read + len(array)] = array
        return placed

    def arrays(self, found: Translation) -> dict[str, np.ndarray]:
        """All numbers of one moment, a row for every column."""
        states = self._behind(found.decoder)
        states[: self.read] = found.encoder
        arrays = {
            "states": states,
            "p": self._behind(found.probabilities),
            "decoding": (np.arange(self.columns) >= self.read).astype(np.int32),
            "best": self._behind(np.argsort(-found.probabilities, 1)[:, :2], 0),
        }
        if not self.spec.attention:
            return arrays
        matrix = np.full((self.columns, self.most), np.nan, np.float32)
        matrix[: self.read, : len(found.output)] = found.attention.T
        total = np.exp(found.scores.astype("float64")).sum(1, keepdims=True)
        return arrays | {
            "attention": matrix,
            "scores": self._behind(found.scores),
            "alpha": self._behind(found.attention),
            "total": self._behind(total),
            "top": self._behind(np.argsort(-found.attention, 1)[:, :TOP], 0),
        }

    def texts(self, found: Translation) -> dict[str, Any]:
        """What stands over the steps of one moment, the names of the matrix's rows, and words for the lines."""
        written = [SHOWN.get(sign, sign) for sign in found.output]
        fed = [SHOWN.get(sign, sign) if sign != "end" else "end" for sign in found.fed]
        return {
            "steps": [*(SHOWN.get(sign, sign) for sign in found.signs), *written],
            "units": {"attention": written + [""] * (self.most - len(written))} if self.spec.attention else {},
            "words": {
                "fed": ["", *[""] * (self.read - 1), *fed],
                "written": list(self.spec.written),
                "text": [found.text or "(nothing)"],
                "verdict": [verdict(found)],
            },
        }

    def rows(self, present: dict[str, np.ndarray], units: dict[str, Any], hidden: bool) -> list[Row]:
        """The states of both, the alignment matrix where there is attention, and the probabilities of what is said."""
        states = present["states"]
        picture = [Row("states", "h, s", "states", states, "h", limit=1.0, cell=STATES / states.shape[1])]
        look: dict[str, Any] = {"scale": "unit", "axis": ""}
        if self.spec.attention:
            matrix = present["attention"]
            picture.append(
                Row("attention", "α", "attention", matrix, "weight", **look, units=units["attention"],
                    cell=_cell(self.most), span=(0, self.read), masked=np.full(matrix.shape, hidden))
            )  # fmt: skip
        p = present["p"]
        picture.append(
            Row("p", "p", "output", p, **look, units=list(self.spec.written), cell=_cell(p.shape[1]),
                span=(self.read, self.columns), beside=self.spec.attention)
        )  # fmt: skip
        return picture


def verdict(found: Translation) -> str:
    """Say behind what was written whether it is right."""
    count = mistakes(found)
    if count is None:
        return " · no rule knows the right answer to this"
    if count == 0:
        return " · right"
    return f" · {count} sign{'s' * (count > 1)} wrong, right is {found.truth}"


def _cell(count: int) -> float:
    """The height of one of so many cells that share a band, with room for its name."""
    return max(10.0, min(22.0, BAND / count))


def lines(found: Translation) -> list[Line]:
    """What is written, then the arithmetic of one step: the state, the two strongest inputs, the likeliest outputs."""
    read = len(found.signs)
    k = f"t-{read}"
    state = [sym("s", k, role="result"), " = GRU(", sym("s", f"t-{read + 1}"), ", “", word("fed", role="input"), "”)"]
    reading: list[Token] = [
        sym("h", "t", role="h"), " = GRU(", sym("h", "t-1", role="h"), ", “", label(role="input"),
        "”)  the encoder reads “", label(role="input"), "” into its state",
    ]  # fmt: skip
    last = sym("h", read - 1, role="h")
    if found.spec.attention:
        heard: list[Token] = ["; ", sym("c", k, role="weight")]
        between = [_attention(found, k)]
        mean = [" = Σ", sym("α", k, role="weight"), "·", sym("h", role="h"), " over all inputs"]
        first = [*state, GAP, sym("c", k, role="weight"), *mean]
    else:
        heard = ["; ", last]
        between = [["All it knows of the input is ", last, f": {found.spec.units} numbers, the same at every step"]]
        first = [*state[:-1], "”; ", last, ")"]
    written: list[Line] = [["It writes ", word("text", 0, role="result"), word("verdict", 0)]]
    return [
        *written,
        timeline.only("decoding", first, reading),
        *(timeline.only("decoding", line) for line in between),
        timeline.only("decoding", _output(k, heard)),
    ]


def _output(k: str, heard: list[Token]) -> list[Token]:
    return [
        sym("p", k, role="result"), " = softmax(V·[", sym("s", k, role="result"), *heard, "] + b):  “",
        word("written", at("best", "t", 0), role="result"), "” ", value("p", "t", at("best", "t", 0), role="result"),
        ",  then “", word("written", at("best", "t", 1)), "” ", value("p", "t", at("best", "t", 1)),
    ]  # fmt: skip


def _attention(found: Translation, k: str) -> list[Token]:
    terms: list[Token] = [sym("α", k, role="weight"), " = "]
    for place in range(min(TOP, len(found.signs))):
        which = at("top", "t", place)
        terms += [
            GAP if place else "", "“", label(which, role="input"), "” exp(", value("scores", "t", which, decimals=2),
            ")/", value("total", "t", 0), " = ", value("alpha", "t", which, role="weight", decimals=3),
        ]  # fmt: skip
    return terms
