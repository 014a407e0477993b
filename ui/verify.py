"""The parts of the verification page that follow its training: the map, the curves, the counts, one triplet worked."""

import base64
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from engine.faces import triplets, verification, verify_words
from engine.faces.triplet_training import SHOWN, TripletJob
from engine.faces.triplets import Pictures
from engine.faces.verification import Pairs, Rate, Roc
from engine.run import Run
from engine.training import Snapshot
from engine.words import projection, vectors
from ui import training
from ui.figures import roc
from ui.lesson import plain
from ui.scenes import map as scene

UNSEEN, SEEN = "unseen", "seen"  # classes
RAW = "raw pixels"
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


@dataclass(frozen=True)
class Choice:
    """What the page asks about a snapshot."""

    on: str  # UNSEEN or SEEN
    threshold: float
    pairs: int
    references: int
    draw: int


@dataclass(frozen=True, eq=False)
class Result:
    """One snapshot, verified."""

    labels: np.ndarray  # (N,)
    among: np.ndarray  # (P,) the pictures verified on
    drawn: Pairs
    squared: np.ndarray  # (M,) of the network
    raw: np.ndarray  # (M,) of the pixels
    curves: dict[str, Roc]
    now: Roc  # the network's on the chosen classes
    accepts: Rate
    rejects: Rate


def own_faces(people: Mapping[str, Sequence[np.ndarray]]) -> tuple[Pictures | None, str]:
    """Return the session's faces, or none and what to collect first."""
    try:
        return triplets.faces(people), ""
    except ValueError as refusal:
        return None, f"Not enough own faces yet, so these are digits: {plain(str(refusal))}."


def snapshots(untrained: Snapshot, run: Run | None) -> tuple[Sequence[Snapshot], int]:
    """Return the snapshots to draw and which is now."""
    return training.frames(run) if run else ((untrained,), 0)


def verify(job: TripletJob, snapshot: Snapshot, choice: Choice) -> Result:
    """Verify the pairs of the choice with the network of a snapshot, beside raw pixels; kept in this session only."""
    return training.remember("verified", (job, snapshot.step, choice), lambda: _verify(job, snapshot, choice))


def _verify(job: TripletJob, snapshot: Snapshot, choice: Choice) -> Result:
    pictures, parts = job.pictures, triplets.parts(job.pictures)
    labels, groups = np.array(pictures.labels), {UNSEEN: parts.unseen, SEEN: parts.seen}
    curves, kept = {}, {}
    for name, among in groups.items():
        if len(among):
            drawn = verification.pairs(labels, among, choice.pairs, choice.draw)
            squared = verification.distances(snapshot.values["points"], drawn)
            kept[name] = (drawn, squared, verification.distances(pictures.grey, drawn))
            curves[name] = verification.roc(squared, drawn.same)
    drawn, squared, raw = kept[choice.on]
    curves[RAW] = verification.roc(raw, drawn.same)
    counts = verification.rates(squared, drawn.same, choice.threshold)
    now = curves[choice.on]
    return Result(labels, groups[choice.on], drawn, squared, raw, curves, now, *counts)


def show_map(job: TripletJob, shown: Sequence[Snapshot], now: int) -> None:
    """Mount the embedding of every snapshot, on the axes of the last."""
    pictures, parts = job.pictures, triplets.parts(job.pictures)
    labels = np.array(pictures.labels)
    tested = np.concatenate([parts.seen, parts.unseen])
    picked = np.concatenate([tested[labels[tested] == k][:EACH] for k in range(len(pictures.names))])
    points = [snapshot.values["points"][picked] for snapshot in shown]
    key = (job, tuple(snapshot.step for snapshot in shown))
    positions, axes, tables = training.remember("embedding", key, lambda: _laid_out(points))
    st.session_state["embedding places"] = (job, positions[now])
    group = labels[picked].astype("uint8")
    nth = np.array([(group[:k] == own).sum() for k, own in enumerate(group)])
    names = [name if k < pictures.seen else f"{name} (unseen)" for k, name in enumerate(pictures.names)]
    scene.show(
        "embedding map", [f"{pictures.names[own]} · {k + 1}" for own, k in zip(group, nth, strict=True)], positions,
        width=job.embedding, neighbours=tables[0], cosines=tables[1], neighbour_frames=range(len(shown)), groups=group,
        group_names=names, frames=[f"step {snapshot.step}" for snapshot in shown], current=now,
        axes={"x": axes[0], "y": axes[1], "zero": job.embedding == 2}, noun="pictures", singular="picture", height=215,
        order=np.lexsort((group, nth)),
    )  # fmt: skip


def _laid_out(points: list[np.ndarray]) -> tuple[np.ndarray, tuple[str, ...], list[np.ndarray]]:
    before = st.session_state.get("embedding places", (None, None))[1]
    axes: tuple[str, ...]
    if points[-1].shape[1] == 2:
        positions, axes = np.stack(points), ("first number", "second number")
    else:
        plane = projection.pca(points[-1])
        if before is not None and len(before) == len(points[-1]):
            plane = projection.turned(plane, points[-1], before)
        axes = tuple(name.replace(" of the variance", "") for name in plane.names)
        positions = np.stack([plane(p) for p in points])
    tables = [vectors.nearest(p, NEIGHBOURS) for p in points]
    return positions, axes, [np.stack(part) for part in zip(*tables, strict=True)]


def show_curves(found: Result, choice: Choice) -> None:
    """Draw the ROC curves and the distances with the threshold."""
    left, right = st.columns(2, gap="small")
    points = {f"{c.auc:.3f} {name}": (c.false_accepts, c.true_accepts) for name, c in found.curves.items()}
    now = (found.accepts.share, 1 - found.rejects.share)
    left.altair_chart(roc.curves(points, now, found.now.eer), key="roc")
    right.altair_chart(roc.distances(found.squared, found.drawn.same, choice.threshold), key="distances")


def show_counts(job: TripletJob, snapshot: Snapshot, found: Result, choice: Choice) -> None:
    """Put the network beside raw pixels: one to one, and one to many."""
    same = found.drawn.same
    fair = verification.same_false_accepts(found.raw, same, found.accepts.count)
    raw_rates = verification.rates(found.raw, same, fair)
    rows = {}
    for name, curve, rates, points in (
        ("network", found.now, (found.accepts, found.rejects), snapshot.values["points"]),
        (RAW, found.curves[RAW], raw_rates, job.pictures.grey),
    ):
        right, _ = verification.recognise(points, found.labels, found.among, choice.references)
        rows[name] = {
            "ROC area": f"{curve.auc:.3f}", "equal error rate": f"{curve.eer:.1%} at {curve.eer_threshold:.2f}",
            "false accepts": said(rates[0]), "false rejects": said(rates[1]), "recognised, one to many": said(right),
        }  # fmt: skip
    st.markdown(f"#### {len(same)} pairs of {choice.on} classes, half the same, at threshold {choice.threshold:g}")
    st.dataframe(pd.DataFrame(rows), width="stretch")
    alone = "No picture stands in two pairs." if found.drawn.apart else (
        "Pictures recur in several pairs, so the intervals are too narrow."
    )  # fmt: skip
    st.caption(
        f"In brackets: 95 % interval (Wilson). {alone} Raw pixels are judged at their own threshold with as many false "
        "accepts. One to many: the nearest reference picture names the class."
    )


def said(rate: Rate) -> str:
    """A rate with its count and interval."""
    return f"{rate.count} of {rate.of} = {rate.share:.1%} [{rate.low:.1%}, {rate.high:.1%}]"


def show_triplets(job: TripletJob, snapshot: Snapshot, number: int) -> None:
    """Show the triplets that the next step mines, and one of them worked."""
    positive, negative = snapshot.values["positive"], snapshot.values["negative"]
    kinds, costs = triplets.label(positive, negative, job.margin), triplets.loss(positive, negative, job.margin)
    counts = np.bincount(kinds, minlength=3)
    st.markdown(
        f"#### The {len(kinds)} triplets mined next: "
        + ", ".join(f"{count} {name}" for name, count in zip(triplets.LABELS, counts, strict=True))
    )
    side = job.pictures.side
    table: dict[str, Any] = {"": range(1, SHOWN + 1)}
    for k, column in enumerate(("A", "P", "N")):
        table[column] = [_picture(pixels[k], side) for pixels in snapshot.values["pixels"]]
    table |= {"p": positive[:SHOWN], "n": negative[:SHOWN], "loss": costs[:SHOWN]}
    table["kind"] = [triplets.LABELS[k] for k in kinds[:SHOWN]]
    narrow = {"": st.column_config.NumberColumn(width=24)}
    pictures = {column: st.column_config.ImageColumn(width=36) for column in "APN"}
    digits = {name: st.column_config.NumberColumn(format="%.3f", width=50) for name in ("p", "n", "loss")}
    left, right = st.columns(2, gap="small")
    left.dataframe(pd.DataFrame(table), hide_index=True, column_config=narrow | pictures | digits, height=330)
    k = number - 1
    with right:
        st.markdown(f"**Triplet {number}**, its {job.embedding} numbers each, is **{triplets.LABELS[kinds[k]]}**")
        st.latex(worked(positive[k], negative[k], job.margin, costs[k]), width="stretch")
        rows = terms(snapshot.values["triplets"][k])
        config = {name: st.column_config.NumberColumn(format="%.3f", width=52) for name in rows}
        st.dataframe(rows, column_config=config, height=210)


def worked(positive: float, negative: float, margin: float, cost: float) -> str:
    """One triplet's loss in its numbers."""
    kind = int(triplets.label(np.array([positive]), np.array([negative]), margin)[0])
    where = (r"n \ge p + \alpha", r"p < n < p + \alpha", r"n \le p")[kind]
    return (
        rf"\begin{{aligned}} p &= \lVert f(A)-f(P)\rVert^2 = {positive:.4f} \\ "
        rf"n &= \lVert f(A)-f(N)\rVert^2 = {negative:.4f}, \quad {where} \\ "
        rf"L &= \max({positive:.4f} - {negative:.4f} + {margin:g},\ 0) = {cost:.4f} \end{{aligned}}"
    )


def terms(points: np.ndarray) -> pd.DataFrame:
    """The numbers of f(A), f(P), f(N) and the squares that add up to the two distances."""
    a, p, n = points.astype(float)
    table = pd.DataFrame({"f(A)": a, "f(P)": p, "f(N)": n, "(A−P)²": (a - p) ** 2, "(A−N)²": (a - n) ** 2})
    table.index = [str(k + 1) for k in range(len(a))]
    table.loc["sum"] = [None, None, None, *table[["(A−P)²", "(A−N)²"]].sum()]
    return table.round(4)


def _picture(pixels: np.ndarray, side: int) -> str:
    """A small grey picture inside the page itself: no file server keeps a copy."""
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(pixels.reshape(side, side)).resize((48, 48), Image.Resampling.NEAREST).save(file, "PNG")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


def notice(job: TripletJob, found: Result, choice: Choice, step: int) -> list[str]:
    """What the picture shows now."""
    areas = {name: curve.auc for name, curve in found.curves.items()}
    state = f"After {step} steps" if step else "Before training"
    listed = ", ".join(f"**{area:.3f}** {NAMED[name]}" for name, area in areas.items())
    sentences = [f"{state} the ROC areas are: {listed}."]
    if job.own is None:
        better = "better" if areas[choice.on] > areas[RAW] else "no better"
        sentences.append(f"On {choice.on} digits the network is now **{better}** than the distance of raw pixels.")
        sentences.append(
            "A face system only ever meets people it was not trained on: what makes it work is training on millions "
            "of identities, not on seven."
        )
    elif not len(triplets.parts(job.pictures).unseen):
        sentences.append("All people are trained on; with four people or more, half are kept unseen.")
    zero = "" if found.accepts.count else f" 0 of {found.accepts.of} still allows {found.accepts.high:.1%}."
    accepts, rejects = found.accepts.count, found.rejects.count
    sentences.append(f"At threshold {choice.threshold:g}: {accepts} false accepts, {rejects} false rejects.{zero}")
    return sentences


def question(job: TripletJob, found: Result, choice: Choice, number: int) -> Any:
    """Ask about this moment."""
    seen = verify_words.Seen(found.curves, found.squared, found.drawn.same, choice.threshold, job.margin)
    return verify_words.ask(seen, number)
