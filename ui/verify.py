"""The parts of the verification page that follow its training: the map, the curves, the counts."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import streamlit as st

from engine.faces import triplets, verification, verify_words
from engine.faces.rates import Rate
from engine.faces.triplet_training import TripletJob
from engine.faces.triplets import Pictures
from engine.faces.verification import RAW, SEEN, UNSEEN, Choice, Verified
from engine.run import Run
from engine.training import Snapshot
from engine.words import projection, vectors
from ui import tables, training
from ui.figures import roc
from ui.lesson import plain
from ui.scenes import map as scene

NAMED = {
    SEEN: "on new pictures of seen classes", UNSEEN: "on classes never seen", RAW: "for raw pixels without a network",
}  # fmt: skip
EACH = 40  # pictures of a class on the map
NEIGHBOURS = 8
PLAINLY = "A teaching model: it shows how verification works and where it fails. **Not an access control.**"
FORMULA = (
    r"L = \max\bigl(\lVert f(A)-f(P)\rVert^2 - \lVert f(A)-f(N)\rVert^2 + \alpha,\ 0\bigr) \qquad "
    r"\text{same} \iff \lVert f(a)-f(b)\rVert^2 \le t"
)


def own_faces(people: Mapping[str, Sequence[np.ndarray]]) -> tuple[Pictures | None, str]:
    """Return the session's faces, or none and what to collect first."""
    try:
        return triplets.faces(people), ""
    except ValueError as refusal:
        return None, f"Not enough own faces yet, so these are digits: {plain(str(refusal))}."


def snapshots(untrained: Snapshot, run: Run | None) -> tuple[Sequence[Snapshot], int]:
    """Return the snapshots to draw and which is now."""
    return training.frames(run) if run else ((untrained,), 0)


def verify(job: TripletJob, snapshot: Snapshot, choice: Choice) -> Verified:
    """Verify the network of a snapshot; kept in this session only."""
    return training.remember(
        "verified",
        (job, snapshot.step, choice),
        lambda: verification.verify(job.pictures, snapshot.values["points"], choice),
    )


def show_map(job: TripletJob, shown: Sequence[Snapshot], now: int) -> None:
    """Mount the embedding of every snapshot, on the axes of the last."""
    steps = tuple(snapshot.step for snapshot in shown)
    picked, labels = training.remember("embedding labels", job, lambda: _labelled(job))
    positions, axes, near = training.remember("embedding", (job, steps), lambda: _laid_out(job, shown, picked))
    st.session_state["embedding places"] = positions[now]
    scene.show(
        "embedding map", positions=positions, width=job.embedding, neighbours=near[0], cosines=near[1],
        neighbour_frames=range(len(shown)), frames=[f"step {step}" for step in steps], current=now,
        axes={"x": axes[0], "y": axes[1], "zero": job.embedding == 2}, noun="pictures", singular="picture", height=195,
        **labels,
    )  # fmt: skip


def _labelled(job: TripletJob) -> tuple[np.ndarray, dict[str, Any]]:
    """Choose the pictures on the map; say what each is called and of which class it is."""
    pictures, parts = job.pictures, triplets.parts(job.pictures)
    labels = np.array(pictures.labels)
    tested = np.concatenate([parts.seen, parts.unseen])
    picked = np.concatenate([tested[labels[tested] == k][:EACH] for k in range(len(pictures.names))])
    group = labels[picked].astype("uint8")
    nth = np.array([(group[:k] == own).sum() for k, own in enumerate(group)])
    return picked, {
        "labels": [f"{pictures.names[own]} · {k + 1}" for own, k in zip(group, nth, strict=True)],
        "groups": group,
        "group_names": [name if k < pictures.seen else f"{name} (unseen)" for k, name in enumerate(pictures.names)],
        "order": np.lexsort((group, nth)),
    }


def _laid_out(
    job: TripletJob, shown: Sequence[Snapshot], picked: np.ndarray
) -> tuple[np.ndarray, tuple[str, ...], list[np.ndarray]]:
    points = [snapshot.values["points"][picked] for snapshot in shown]
    axes: tuple[str, ...]
    if job.embedding == 2:
        positions, axes = np.stack(points), ("first number", "second number")
    else:
        plane = projection.pca(points[-1])
        before = st.session_state.get("embedding places")  # turned towards them, the picture does not jump
        if before is not None and len(before) == len(picked):
            plane = projection.turned(plane, points[-1], before)
        axes = tuple(name.replace(" of the variance", "") for name in plane.names)
        positions = np.stack([plane(p) for p in points])
    near = [vectors.nearest(p, NEIGHBOURS) for p in points]
    return positions, axes, [np.stack(part) for part in zip(*near, strict=True)]


def show_curves(found: Verified, choice: Choice, threshold: float, moment: str) -> None:
    """Say what is judged and when, and draw the ROC curves and the distances with the threshold."""
    st.markdown(
        f"**{moment}**: {len(found.squared)} pairs of {choice.on} classes, half the same, at threshold {threshold:g}"
    )
    accepts, rejects = found.rates(threshold)
    points = {f"{c.auc:.3f} {name}": (c.false_accepts, c.true_accepts) for name, c in found.curves.items()}
    left, right = st.columns(2, gap="small")
    left.vega_lite_chart(roc.curves(points, (accepts.share, 1 - rejects.share), found.now.eer), key="roc")
    right.vega_lite_chart(roc.distances(found.squared, found.drawn.same, threshold), key="distances")


def show_counts(found: Verified, threshold: float, moment: str) -> None:
    """Put the network beside raw pixels: one to one, and one to many."""
    columns = [
        _counted(found.now, found.rates(threshold), found.recognised),
        _counted(found.curves[RAW], found.raw_rates(threshold), found.raw_recognised),
    ]
    names = ("ROC area", "equal error rate", "false accepts", "false rejects", "recognised, one to many")
    alone = "No picture stands in two pairs." if found.drawn.apart else (
        "Pictures recur in several pairs, so the intervals are too narrow."
    )  # fmt: skip
    st.markdown(tables.markdown(("", "network", RAW), zip(names, *columns, strict=True)))
    st.caption(
        f"In brackets: 95 % interval (Wilson). {alone} Raw pixels are judged at their own threshold with as many false "
        "accepts. One to many: the nearest reference picture names the class. Curves, counts and triplets are those of "
        f"{moment[0].lower()}{moment[1:]}; the slider under the map moves the points alone."
    )


def _counted(curve: Any, rates: tuple[Rate, Rate], recognised: Rate) -> list[str]:
    return [
        f"{curve.auc:.3f}", f"{curve.eer:.1%} at {curve.eer_threshold:.3g}", *map(said, (*rates, recognised)),
    ]  # fmt: skip


def said(rate: Rate) -> str:
    """A rate with its count and interval."""
    return f"{rate.count} of {rate.of} = {rate.share:.1%} \\[{rate.low:.1%}, {rate.high:.1%}\\]"


def moment(snapshot: Snapshot) -> str:
    """Which moment of the training it is."""
    return f"Step {snapshot.step}" if snapshot.step else "Before training"


def notice(job: TripletJob, found: Verified, choice: Choice, threshold: float, step: int) -> list[str]:
    """What the picture shows now."""
    areas = {name: curve.auc for name, curve in found.curves.items()}
    state = f"After {step} steps" if step else "Before training"
    listed = ", ".join(f"**{area:.3f}** {NAMED[name]}" for name, area in areas.items())
    sentences = [f"{state} the ROC areas are: {listed}."]
    better = "better" if areas[choice.on] > areas[RAW] else "no better"
    classes = f"{choice.on} {'digits' if job.own is None else 'people'}"
    sentences.append(f"On {classes} the network is now **{better}** than the distance of raw pixels.")
    if job.own is None:
        sentences.append(
            "A face system only ever meets people it was not trained on: what makes it work is training on millions "
            "of identities, not on seven."
        )
    elif UNSEEN not in areas:
        sentences.append("All people are trained on; with four people or more, half are kept unseen.")
    accepts, rejects = found.rates(threshold)
    zero = "" if accepts.count else f" 0 of {accepts.of} still allows {accepts.high:.1%}."
    sentences.append(f"At threshold {threshold:g}: {accepts.count} false accepts, {rejects.count} false rejects.{zero}")
    return sentences


def question(job: TripletJob, found: Verified, threshold: float, number: int) -> Any:
    """Ask about this moment."""
    seen = verify_words.Seen(found.curves, found.squared, found.drawn.same, threshold, job.margin)
    return verify_words.ask(seen, number)
