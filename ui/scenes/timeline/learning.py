"""Moments of a training of translators and taggers, to scrub through under the timeline."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ui.scenes.timeline import Frames


@dataclass(frozen=True, eq=False)
class Past:
    """Where the moments lie in their training, and what it came to so far."""

    places: Sequence[int]  # (F,) steps of the moments
    now: int  # the moment to show first
    end: int  # last step of the training
    steps: Sequence[int]  # (S,) of the chart's points, more than the moments
    exact: Sequence[float]  # (S,) share of unseen inputs without a mistake


def frames(past: Past, each: Sequence[Mapping[str, np.ndarray]], texts: Sequence[Mapping[str, Any]]) -> Frames:
    """Put the numbers and texts of the moments together."""
    arrays = {name: np.stack([moment[name] for moment in each]) for name in each[0]}
    return Frames(
        past.places, arrays, past.end, np.array(past.steps), np.array(past.exact, np.float32)[:, None], ["result"],
        ["this training"], "unseen inputs right", past.now, "batch", empty="Train, and it grows here",
        texts=texts,
    )  # fmt: skip
