"""What the word lessons share: choosing a text, a cosine with its terms, a ranking as a table."""

import math
import re
from collections.abc import Iterable
from itertools import zip_longest
from typing import Any

import streamlit as st

from engine.words import corpora, evaluation, examples, pretrained
from engine.words.sums import Ranking, Sum
from engine.words.vectors import Cosine, WordVectors
from ui import tables
from ui.lesson import Frame, plain
from ui.training import remember

CLASS, TABLE, DOWNLOADED = "class example (2-D)", "feature table by hand", "GloVe (download)"
SOURCES = (*corpora.NAMES, CLASS, TABLE, DOWNLOADED)
SENTENCES = corpora.Text().count


def choose(frame: Frame, source: str, under: Any) -> corpora.Text | WordVectors:
    """Return the chosen text to train on, or ready-made vectors; a table to edit comes `under` the map.

    A person's own text stays in this session: it is no part of the address and enters no shared cache.
    """
    if source == CLASS:
        return examples.class_example()
    if source == TABLE:
        with under:
            table = _edited_table()
        return frame.ask_privately(examples.feature_table, table)
    if source == DOWNLOADED:
        return _downloaded(frame)
    return _own_text(frame) if source == corpora.OWN else corpora.Text(source, SENTENCES)


def _own_text(frame: Frame) -> corpora.Text:
    file = st.file_uploader(
        "A text file", ["txt", "md", "csv"], key="text-file", max_upload_size=corpora.MAX_BYTES // 1_000_000,
        help="UTF-8, UTF-16 or Windows-1252. It stays in this session.",
    )  # fmt: skip
    typed = st.text_area("or your text", key="own-text", max_chars=20_000, height=110,
                         placeholder="The cat sat on the mat. The dog sat on the rug.")  # fmt: skip
    if file is None and not typed.strip():
        frame.refuse("Type a text or upload a file on the left: it stays in this session. "
                     "Some pages of one kind of text give the first sensible neighbours.")  # fmt: skip
    text = frame.ask_privately(corpora.decode, file.getvalue()) if file else typed
    frame.ask_privately(corpora.own, text)
    return corpora.Text(corpora.OWN, typed=text)


def _edited_table() -> list[tuple[str, list[float]]]:
    import pandas as pd  # 70 MB that the web process does without as long as nobody edits a table

    st.markdown("#### The table: change a number, add a word")
    table = pd.DataFrame.from_dict(examples.TABLE, orient="index", columns=list(examples.FEATURES)).rename_axis("word")
    edited = st.data_editor(
        table.reset_index(), key="features", num_rows="dynamic", hide_index=True, height=250, width="stretch"
    )
    edited = edited.dropna(subset=["word"]).fillna(math.nan)
    return [(str(word), [float(value) for value in values]) for word, *values in edited.itertuples(index=False)]


def _downloaded(frame: Frame) -> WordVectors:
    models = pretrained.MODELS
    name = st.selectbox("Vectors", list(models), key="pretrained", format_func=lambda name: models[name][1])
    size, _, what = models[name]
    st.caption(
        f"{name}: {what}. From github.com/RaRe-Technologies/gensim-data, once; "
        f"the first {pretrained.MOST:,} words are used."
    )
    kept = st.session_state.get("kept results", {}).get("downloaded", (None,))[0] == name
    if not st.button(f"Download {size} MB", key="download", disabled=kept, icon=":material/download:") and not kept:
        frame.refuse(
            f"These vectors are not part of Glassbox. The button on the left fetches {size} MB from the internet; "
            "every other corpus works without a connection."
        )
    with st.spinner(f"Fetching {size} MB…"):
        return remember("downloaded", name, lambda: frame.ask_privately(pretrained.fetch, name))


def cosine_latex(found: Cosine) -> str:
    """Write a cosine with its first term, its last, and the whole sums, on lines that fit a phone."""
    terms = [rf"{_factor(a)}\cdot{_factor(b)}" for a, b in zip(found.a, found.b, strict=True)]
    if len(terms) > 2:
        terms = [terms[0], r"\dots", terms[-1]]
    first, second = (latex_text(word[:16]) for word in found.words)
    return (
        rf"\begin{{aligned}} \cos(\text{{{first}}},\,\text{{{second}}}) "
        rf"&= \frac{{{' + '.join(terms)}}}{{{found.norms[0]:.3f}\cdot{found.norms[1]:.3f}}} \\[0.8em] "
        rf"&= \frac{{{found.dot:.4f}}}{{{found.norms[0] * found.norms[1]:.4f}}} = {found.cosine:.4f} \end{{aligned}}"
    )


def sum_latex(model: WordVectors, asked: Sum) -> str:
    """Write a sum of short vectors one below the other, number by number, and what it comes to."""
    terms = [("", k) for k in asked.plus[:1]] + [("-", k) for k in asked.minus] + [("+", k) for k in asked.plus[1:]]
    lines = [rf"{sign}\; & ({_row(model.vectors[k])}) && \text{{{latex_text(model.words[k])}}}" for sign, k in terms]
    lines.append(rf"=\; & ({_row(asked.plain)})")
    return r"\begin{aligned} " + r" \\ ".join(lines) + r" \end{aligned}"


def cosine_table(found: Cosine) -> str:
    """The two vectors and their products, number by number, with the sum."""
    columns = [str(k + 1) for k in range(len(found.a))]
    second = f"{plain(found.words[1])} again" if found.words[0] == found.words[1] else plain(found.words[1])
    rows = [
        [name, total, *(f"{value:.3f}" for value in values)]
        for name, total, values in (
            (plain(found.words[0]), "", found.a),
            (second, "", found.b),
            ("product", f"**{found.dot:.3f}**", found.products),
        )
    ]
    return tables.markdown(["", "sum", *columns], rows)


def ranking_table(with_rule: Ranking, without: Ranking) -> str:
    """gensim's answer beside the one in which the words of the question may win too."""
    halves = [
        [(plain(word), f"{cosine:.4f}") for word, cosine in zip(_marked(ranking), ranking.cosines, strict=True)]
        for ranking in (with_rule, without)
    ]
    rows = [
        left + right for left, right in zip_longest(*halves, fillvalue=("", ""))
    ]  # of few words one list is shorter
    return tables.markdown(["as gensim ranks", "cosine", "nothing left out", "cosine"], rows, text=(0, 2))


def evaluation_tables(found: evaluation.Evaluation) -> None:
    """Show both tests with what they cover."""
    rho = "too few pairs for a ρ" if math.isnan(found.rho) else f"Spearman ρ = **{found.rho:.3f}**"
    st.markdown(
        f"**WordSim-353** (people's ratings of similarity): {rho} over {found.pairs} of {found.pairs_total} pairs; "
        "the others have a word that this model does not know."
    )
    total = found.total
    share = f" = **{total.right / total.asked:.1%}**" if total.asked else ""
    st.markdown(
        f"**Google analogies** (a is to b as c is to d): {total.right:,} right of {total.asked:,} asked{share}; "
        f"the file has {total.total:,}."
    )
    rows = [
        (plain(s.name), f"{s.right}", f"{s.asked}", f"{s.total}", f"{s.right / s.asked:.0%}") for s in found.sections
    ]
    st.markdown(tables.markdown(["section", "right", "asked", "in the file", "share"], rows))
    if found.failures:
        lines = [f"- {a} : {b} = {c} : **{answer}**, not {right}" for a, b, c, right, answer in found.failures]
        st.markdown("It fails, for example, at:\n" + "\n".join(lines))


def latex_text(word: str) -> str:
    """Make a word harmless inside \\text{…}."""
    return re.sub(r"[\\{}$&#^_%~]", " ", word)


def _marked(ranking: Ranking) -> list[str]:
    return [f"{word} (asked)" if given else word for word, given in zip(ranking.words, ranking.given, strict=True)]


def _factor(value: float) -> str:
    return f"({value:.3f})" if value < 0 else f"{value:.3f}"


def _row(values: Iterable[Any]) -> str:
    return ",\\,".join(f"{float(value):.2f}" for value in values)
