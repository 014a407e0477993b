"""The triplets that the next step mines: their pictures and distances in one table, and one of them worked."""

import base64
import io

import numpy as np
import streamlit as st

from engine.faces import triplets
from engine.faces.triplet_training import SHOWN, TripletJob
from engine.training import Snapshot
from ui import tables, training

HEIGHT = 345  # px of the two tables: twelve triplets
STYLE = (
    "<style>.triplets{max-height:" + str(HEIGHT) + "px;overflow-y:auto}.triplets table{border-collapse:collapse}"
    ".triplets td,.triplets th{padding:1px 4px;text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}"
    ".triplets table{font-size:.85rem}.stMain .st-key-terms .stMarkdown :is(th,td){padding:.2rem .3rem}"
    ".triplets th{position:sticky;top:0;font-weight:600;background:var(--st-background-color)}"
    ".triplets td:last-child,.triplets th:last-child{text-align:left}"
    ".triplets .chosen{background:color-mix(in srgb,#009E73 18%,transparent)}"
    ".triplets img{width:24px;height:24px;display:block;image-rendering:pixelated}</style>"
)


def show(job: TripletJob, snapshot: Snapshot, number: int) -> None:
    """Show the triplets that the next step mines, and one of them worked."""
    positive, negative = snapshot.values["positive"], snapshot.values["negative"]
    kinds, costs = triplets.label(positive, negative, job.margin), triplets.loss(positive, negative, job.margin)
    counts = np.bincount(kinds, minlength=len(triplets.LABELS))
    st.markdown(
        f"#### The {len(kinds)} triplets mined next: "
        + ", ".join(f"{count} {name}" for name, count in zip(triplets.LABELS, counts, strict=True))
    )
    pictures = training.remember("triplet pictures", (job, snapshot.step), lambda: _pictures(job, snapshot))
    rows = zip(pictures, positive, negative, costs, [triplets.LABELS[kind] for kind in kinds], strict=False)
    left, right = st.columns(2, gap="small")
    left.html(f'{STYLE}<div class="triplets">{table(list(rows), number)}</div>')
    k = number - 1
    with right:
        st.markdown(
            f"**Triplet {number}**, its {job.embedding} numbers each, is **{triplets.LABELS[kinds[k]]}**\n\n"
            f"$$\n{worked(positive[k], negative[k], job.margin, costs[k])}\n$$"
        )
        with st.container(height="content" if job.embedding <= 8 else HEIGHT, border=False, key="terms"):
            st.markdown(terms(snapshot.values["triplets"][k]))


def table(rows: list[tuple[str, float, float, float, str]], number: int) -> str:
    """The table of the first triplets, as HTML; only numbers and our own words and pictures are in it."""
    heads = "".join(f"<th>{head}</th>" for head in ("", "A", "P", "N", "p", "n", "loss", "kind"))
    lines = [
        f'<tr class="{"chosen" if k == number else ""}"><td>{k}</td>{pictures}'
        f"<td>{p:.3f}</td><td>{n:.3f}</td><td>{cost:.3f}</td><td>{kind}</td></tr>"
        for k, (pictures, p, n, cost, kind) in enumerate(rows, 1)
    ]
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{''.join(lines)}</tbody></table>"


def _pictures(job: TripletJob, snapshot: Snapshot) -> list[str]:
    """The three cells with pictures of each row, inside the page itself: no file server keeps a copy."""
    from PIL import Image

    def cell(pixels: np.ndarray, alt: str) -> str:
        file = io.BytesIO()
        Image.fromarray(pixels.reshape(job.pictures.side, -1)).save(file, "PNG")
        address = base64.b64encode(file.getvalue()).decode()
        return f'<td><img src="data:image/png;base64,{address}" alt="{alt}"></td>'

    names = ("anchor", "positive", "negative")
    shown = snapshot.values["pixels"][:SHOWN]
    return ["".join(cell(pixels, name) for pixels, name in zip(three, names, strict=True)) for three in shown]


def worked(positive: float, negative: float, margin: float, cost: float) -> str:
    """One triplet's loss in its numbers."""
    kind = int(triplets.label(np.array([positive]), np.array([negative]), margin)[0])
    where = (r"n \ge p + \alpha", r"p < n < p + \alpha", r"n \le p")[kind]
    return (
        rf"\begin{{aligned}} p &= \lVert f(A)-f(P)\rVert^2 = {positive:.4f} \\ "
        rf"n &= \lVert f(A)-f(N)\rVert^2 = {negative:.4f}, \quad {where} \\ "
        rf"L &= \max({positive:.4f} - {negative:.4f} + {margin:g},\ 0) = {cost:.4f} \end{{aligned}}"
    )


def terms(points: np.ndarray) -> str:
    """The numbers of f(A), f(P), f(N) and the squares that add up to the two distances."""
    a, p, n = points.astype(float)
    squares = np.stack([(a - p) ** 2, (a - n) ** 2], 1)
    rows = [[str(k), *(f"{value:.3f}" for value in (*three, *two))]
            for k, (three, two) in enumerate(zip(points.T, squares, strict=True), 1)]  # fmt: skip
    total = ["sum", "", "", "", *(f"**{value:.4f}**" for value in squares.sum(0))]
    return tables.markdown(("", "f(A)", "f(P)", "f(N)", "(A−P)²", "(A−N)²"), [*rows, total])
