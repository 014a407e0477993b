"""What of the vanishing-gradients page follows a training: its moments, what to notice, the recipe's settings."""

from collections.abc import Sequence
from dataclasses import asdict, fields
from typing import Any

import numpy as np

from engine.run import Run
from engine.sequence import vanishing_words
from engine.sequence.vanishing import Gradients, VanishingTrace
from engine.sequence.vanishing_training import RememberJob
from engine.training import Snapshot
from ui import training
from ui.scenes.timeline import vanishing as scene

PRODUCT = (
    r"\frac{\partial L}{\partial h_t} = \frac{\partial L}{\partial h_T}\prod_{k=t+1}^{T}"
    r"\frac{\partial h_k}{\partial h_{k-1}}"
)
BOUND = (
    r"\left\|\frac{\partial L}{\partial h_t}\right\| \le \left\|\frac{\partial L}{\partial h_T}\right\|"
    r"\left(\|W\|\,\max|f'|\right)^{T-t}"
)


def show(traced: VanishingTrace, run: Run | None, *, carry: bool, ratio: bool, hidden: int | None, end: int) -> None:
    """Mount the curves of the run's moments, or of the untrained layers."""
    look: dict[str, Any] = {"carry": carry, "ratio": ratio, "hidden": hidden}
    if run is None:
        scene.show("gradients", traced.setup, [traced.gradients], [0], scene.Past(end=end), **look)
        return
    snapshots, now = training.frames(run)
    now = _drawn(snapshots, now)
    past = scene.Past([s.step for s in run.snapshots], np.array([s.values["accuracy"] for s in run.snapshots]), end)
    places = [snapshot.step for snapshot in snapshots]
    scene.show("gradients", traced.setup, [_gradients(s) for s in snapshots], places, past, now=now, **look)


def _drawn(snapshots: Sequence[Snapshot], now: int) -> int:
    """Of the moments up to `now` the last in which some cell has not exploded."""
    return max((k for k in range(now + 1) if np.isfinite(snapshots[k].values["norm"]).any()), default=now)


def _gradients(snapshot: Snapshot) -> Gradients:
    return Gradients(**{field.name: snapshot.values[field.name] for field in fields(Gradients)})


def notices(traced: VanishingTrace, run: Run | None, *, carry: bool, hidden: int | None) -> list[str]:
    """What the picture shows now: the untrained layers, or the moment at which the training rests."""
    if run is None or (run.position == 0 and not run.playing):
        return vanishing_words.notices(traced, carry=carry, hidden=hidden)
    if run.playing:
        return vanishing_words.notices(traced, when="Before any training:")[:1]
    snapshots, now = training.frames(run)
    drawn = snapshots[_drawn(snapshots, now)]
    came = vanishing_words.after(traced.setup.cells, snapshots[: now + 1])
    return [*came, *vanishing_words.notices(traced, _gradients(drawn), when=f"At training step {drawn.step}:")][:4]


def recipe(job: RememberJob, run: Run | None) -> dict[str, Any]:
    """The settings of this moment; a curriculum's training is not in the recipe."""
    done = run.position if run and not run.playing and not job.curriculum else 0
    values = {**asdict(job.setup), "cells": list(job.setup.cells), "steps": done}
    return values | {"optimizer": job.optimizer, "learning_rate": job.learning_rate, "clip": job.clip}
