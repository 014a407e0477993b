"""A tagged sentence in the timeline: what is known of each word from the left and from the right, and its tag."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.sequence.tagger import Tagged
from engine.sequence.tagging import TAGS
from ui.scenes import timeline
from ui.scenes.timeline import Layer, Line, Link, Row, Strip, Token, label, learning, sym, value, word
from ui.scenes.timeline.learning import Past
from ui.scenes.timeline.translation import GAP

LAYERS = Layer("p", "p"), Layer("forward", "h"), Layer("backward", "h′")
STATES = 56  # px for all units of a direction


def show(key: str, moments: Sequence[Tagged], hidden: bool = False, past: Past | None = None) -> None:
    """Mount the timeline of a tagged sentence at one or several moments; `hidden`: its tags are question marks."""
    found = moments[past.now if past else 0]
    both_ways = found.backward.shape[1] > 0
    links = [Link("forward", "forward", dt=1), Link("forward", "p")]
    if both_ways:
        links += [Link("backward", "backward", dt=-1, role="gradient"), Link("backward", "p", role="gradient")]
    texts = [{"steps": list(found.words), "units": {}, "words": _words(moment, hidden)} for moment in moments]
    mask = np.full(found.probabilities.shape, hidden)
    timeline.show(
        key,
        found.words,
        _rows(found, both_ways, mask),
        strip=Strip(LAYERS if both_ways else LAYERS[:2], links),
        lines=_lines(found, both_ways),
        arrays={"logits": found.logits},
        masked={"logits": mask},
        words=_words(found, hidden),
        step_name="word",
        frames=learning.frames(past, [_arrays(moment) for moment in moments], texts) if past else None,
    )


def _arrays(found: Tagged) -> dict[str, np.ndarray]:
    backward = {"backward": found.backward} if found.backward.shape[1] else {}
    return {"forward": found.forward, **backward, "p": found.probabilities, "logits": found.logits}


def _words(found: Tagged, hidden: bool) -> dict[str, list[str]]:
    """The tag of every word, and what stands behind it in the sentence."""
    if hidden:
        return {"tags": ["?"] * len(found.tags), "behind": [""] * len(found.tags)}
    return {"tags": list(found.tags), "behind": ["" if tag == "O" else f" [{tag}]" for tag in found.tags]}


def _rows(found: Tagged, both_ways: bool, mask: np.ndarray) -> list[Row]:
    look: dict[str, Any] = {"role": "h", "limit": 1.0, "cell": STATES / found.forward.shape[1]}
    rows = [Row("forward", "h", "from left", found.forward, **look)]
    if both_ways:
        rows.append(Row("backward", "h′", "from right", found.backward, **look))
    tags = Row("p", "p", "tags", found.probabilities, scale="unit", axis="", units=TAGS, cell=16, masked=mask)
    return [*rows, tags]


def _lines(found: Tagged, both_ways: bool) -> list[Line]:
    """The sentence with its tags, then the arithmetic of one word."""
    sentence: list[Token] = []
    for k in range(len(found.words)):
        sentence += [" " if k else "", label(k), word("behind", k, role="result")]
    states: list[Token] = [sym("h", "t", role="h")]
    if both_ways:
        states += ["; ", sym("h′", "t", role="gradient")]
    logits: list[Token] = []
    for k, tag in enumerate(TAGS):
        logits += [
            GAP if k else "", f"{tag} ", value("logits", "t", k, decimals=2), " → ",
            value("p", "t", k, role="result", decimals=3),
        ]  # fmt: skip
    first: list[Token] = [
        sym("p", "t", role="result"), " = softmax(V·[", *states, "] + b):  “", label(role="input"), "” gets ",
        word("tags", role="result"),
    ]  # fmt: skip
    return [sentence, first, logits]
