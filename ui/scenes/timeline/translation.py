"""Encoder and decoder in the timeline: signs read and written on one axis, their states, the alignment, the outputs."""

import numpy as np

from engine.sequence.tagger import Tagged
from engine.sequence.tagging import TAGS
from engine.sequence.translator import Translation
from ui.scenes import timeline
from ui.scenes.timeline import Arcs, Layer, Line, Link, Row, Strip, Token, at, label, sym, value, word

SHOWN = {" ": "␣", "": "·", "end": "∎"}
TOP = 2  # inputs whose arithmetic is written out
BAND = 130  # px for the alignment and, beside it, the outputs
STATES = 78  # px for all units of the states


def show(key: str, found: Translation, hidden: bool = False) -> None:
    """Mount the timeline of a translation; `hidden`: where the decoder looks is a question mark."""
    read, steps = len(found.signs), len(found.signs) + len(found.output)
    names = [SHOWN.get(sign, sign) for sign in (*found.signs, *found.output)]
    arrays = _arrays(found)
    masked = (
        {name: np.full(steps, hidden) for name in ("alpha", "scores", "total", "top")} if found.spec.attention else {}
    )
    spaces = found.spec.task == "dates"
    timeline.show(
        key,
        names,
        rows(found, hidden),
        strip=Strip(arcs=Arcs(read, "attention" if found.spec.attention else "")),
        lines=lines(found),
        arrays=arrays,
        masked=masked,
        marks={read - 1: "all is read", steps - 1: "the end"},
        words={
            "fed": ["", *[""] * (read - 1), *(SHOWN.get(sign, sign) if sign != "end" else "end" for sign in found.fed)],
            "written": list(found.spec.written),
            "sign": [*(("space" if spaces and s == " " else s or "padding") for s in found.signs)],
        },
        select={"t": read},
        step_name="step",
    )


def rows(found: Translation, hidden: bool) -> list[Row]:
    """The states of both, the alignment matrix where there is attention, and the probabilities of what is written."""
    read, written = len(found.signs), len(found.output)
    states = np.concatenate([found.encoder, found.decoder])
    blank = np.full((read, found.probabilities.shape[1]), np.nan)
    names = [SHOWN.get(sign, sign) for sign in found.output]
    picture = [Row("states", "h, s", "states", states, "h", limit=1.0, cell=STATES / states.shape[1])]
    if found.spec.attention:
        matrix = np.concatenate([found.attention.T, np.full((written, written), np.nan)])
        picture.append(
            Row(
                "attention",
                "α",
                "attention",
                matrix,
                "weight",
                scale="unit",
                axis="",
                units=names,
                cell=_cell(written),
                span=(0, read),
                masked=np.full(matrix.shape, hidden),
            )
        )
    p = np.concatenate([blank, found.probabilities])
    picture.append(
        Row(
            "p",
            "p",
            "output",
            p,
            scale="unit",
            axis="",
            units=list(found.spec.written),
            cell=_cell(p.shape[1]),
            span=(read, read + written),
            beside=found.spec.attention,
        )
    )
    return picture


def _cell(count: int) -> float:
    """The height of one of so many cells that share a band, with room for its name."""
    return max(10.0, min(22.0, BAND / count))


def _arrays(found: Translation) -> dict[str, np.ndarray]:
    """The numbers of the lines, one row for every step read or written."""
    read, written = len(found.signs), len(found.output)

    def behind(array: np.ndarray) -> np.ndarray:
        return np.concatenate([np.zeros((read, array.shape[1]), array.dtype), array])

    arrays = {"decoding": np.arange(read + written) >= read, "best": behind(np.argsort(-found.probabilities, 1)[:, :2])}
    arrays["decoding"] = arrays["decoding"].astype(np.int32)
    if found.spec.attention:
        order = np.argsort(-found.attention, 1)[:, :TOP]
        total = np.exp(found.scores.astype("float64")).sum(1, keepdims=True)
        arrays |= {
            "scores": behind(found.scores),
            "alpha": behind(found.attention),
            "total": behind(total),
            "top": behind(order),
        }
    return arrays


def lines(found: Translation) -> list[Line]:
    """The arithmetic of one step: the state, the attention to the two strongest inputs, the likeliest outputs."""
    read = len(found.signs)
    k = f"t-{read}"
    state = [sym("s", k, role="result"), " = GRU(", sym("s", f"t-{read + 1}"), ", “", word("fed", role="input"), "”)"]
    reading: list[Token] = [
        sym("h", "t", role="h"),
        " = GRU(",
        sym("h", "t-1", role="h"),
        ", “",
        label(role="input"),
        "”)  the encoder reads “",
        label(role="input"),
        "” into its state",
    ]
    last, inputs = sym("h", read - 1, role="h"), [sym("s", k, role="result")]
    if found.spec.attention:
        inputs += ["; ", sym("c", k, role="weight")]
        between = _attention(found, k)
        first = [
            *state,
            GAP,
            sym("c", k, role="weight"),
            " = Σ",
            sym("α", k, role="weight"),
            "·",
            sym("h", role="h"),
            " over all inputs",
        ]
    else:
        first, inputs = [*state[:-1], "”; ", last, ")"], [*inputs, "; ", last]
        between = [["All it knows of the input is ", last, f": {found.spec.units} numbers, the same at every step"]]
    output: list[Token] = [
        sym("p", k, role="result"),
        " = softmax(V·[",
        *inputs,
        "] + b):  “",
        word("written", at("best", "t", 0), role="result"),
        "” ",
        value("p", "t", at("best", "t", 0), role="result"),
        ",  then “",
        word("written", at("best", "t", 1)),
        "” ",
        value("p", "t", at("best", "t", 1)),
    ]
    return [
        timeline.only("decoding", first, reading),
        *(timeline.only("decoding", line) for line in between),
        timeline.only("decoding", output),
    ]


def _attention(found: Translation, k: str) -> list[list[Token]]:
    terms: list[Token] = [sym("α", k, role="weight"), " = "]
    for place in range(min(TOP, len(found.signs))):
        which = at("top", "t", place)
        terms += [
            GAP if place else "",
            "“",
            label(which, role="input"),
            "” exp(",
            value("scores", "t", which, decimals=2),
            ")/",
            value("total", "t", 0),
            " = ",
            value("alpha", "t", which, role="weight", decimals=3),
        ]
    return [terms]


TAG_STRIP = [Layer("p", "p"), Layer("forward", "h"), Layer("backward", "h′")]
GAP = "\u2003"  # spaces of HTML run together


def show_tags(key: str, found: Tagged, hidden: bool = False) -> None:
    """Mount the timeline of a tagged sentence; `hidden`: its tags are question marks."""
    both_ways = found.backward.shape[1] > 0
    layers = TAG_STRIP if both_ways else TAG_STRIP[:2]
    links = [Link("forward", "forward", dt=1), Link("forward", "p")]
    pictured = [Row("forward", "h", "from left", found.forward, "h", limit=1.0, cell=56 / found.forward.shape[1])]
    if both_ways:
        links += [Link("backward", "backward", dt=-1, role="gradient"), Link("backward", "p", role="gradient")]
        pictured.append(
            Row("backward", "h′", "from right", found.backward, "h", limit=1.0, cell=56 / found.forward.shape[1])
        )
    mask = np.full(found.probabilities.shape, hidden)
    pictured.append(Row("p", "p", "tags", found.probabilities, scale="unit", axis="", units=TAGS, cell=16, masked=mask))
    timeline.show(
        key,
        found.words,
        pictured,
        strip=Strip(layers, links),
        lines=_tag_lines(found, both_ways),
        arrays={"logits": found.logits},
        masked={"logits": mask},
        words={"tags": ["?"] * len(found.tags) if hidden else found.tags},
        step_name="word",
    )


def _tag_lines(found: Tagged, both_ways: bool) -> list[Line]:
    states = [
        sym("h", "t", role="h"),
        *(["; ", sym("h′", "t", role="gradient")] if both_ways else []),
    ]
    logits: list = []
    for k, tag in enumerate(TAGS):
        logits += [
            GAP if k else "",
            f"{tag} ",
            value("logits", "t", k, decimals=2),
            " → ",
            value("p", "t", k, role="result", decimals=3),
        ]
    return [
        [
            sym("p", "t", role="result"),
            " = softmax(V·[",
            *states,
            "] + b):  “",
            label(role="input"),
            "” gets ",
            word("tags", role="result"),
        ],
        logits,
    ]
