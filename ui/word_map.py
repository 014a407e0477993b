"""The parts of the word-map page that follow a training: which snapshots to draw, the map, the numbers under it."""

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from engine.checks import Check
from engine.compute import TimeLimit, WorkerDied
from engine.run import Run
from engine.training import Snapshot
from engine.words import atlas, corpora, evaluation, grammar, sums, vectors, word2vec
from engine.words.vectors import WordVectors
from ui import training, words
from ui.figures import losses
from ui.lesson import cached, plain
from ui.scenes import map as scene

HEIGHT = 470  # px: with what stands above and below it, all of a window 800 px high
WAITING = "Neighbours of so many words are worked out when the training pauses."
HIDDEN = "Hidden while the question is open."
REMARKS = {
    corpora.GRAMMAR: "This text is written by a grammar made to show the effect: 153 words whose properties stand in "
    "separate contexts. **Real text** has neighbours, but hardly analogies.",
    corpora.WIKIPEDIA: "106 articles give sensible neighbours (try france, january, university, music) and few "
    "analogies: those need billions of words.",
    corpora.LEE: "300 news items of 2000 and 2001: too little for more than topics.",
    words.CLASS: "In class the sum lands exactly on queen, because the numbers were chosen so: "
    "(.30, .70) − (.20, .20) + (.60, .30) = (.70, .80).",
    words.TABLE: "Nobody trained these numbers: a person wrote what each word means. Word2Vec has to find such "
    "directions in the text alone.",
}
POINT = "**Point at a word**: lines lead to its true neighbours, dotted rings mark what only looks near."
TIGHT = 10  # numbers a word: with so few the grammar's properties do not fit beside one another
CRAMPED = (
    "{size} numbers have no room for gender, rank, age, country and topic at once: words that differ fall on one spot. "
    "Train in 20 dimensions, then project, as “Royal family” does."
)


@dataclass(frozen=True, eq=False)
class Moment:
    """What is drawn now: the models of the snapshots, and which of them is the present one."""

    models: Sequence[WordVectors]
    names: Sequence[str]
    now: int
    run: Run | None = None
    snapshots: Sequence[Snapshot] = ()

    @property
    def model(self) -> WordVectors:
        return self.models[self.now]

    @property
    def key(self) -> tuple[Any, ...]:
        """What tells this moment from others of the session; None for what is shared by all."""
        run = self.run
        return (run.job, tuple(s.step for s in self.snapshots), self.now, run.playing) if run else (self.models[0],)


def moment(text: Any, run: Run | None) -> Moment:
    """Return what there is to draw: ready-made vectors, the run's snapshots, or what is shipped."""
    if isinstance(text, WordVectors):
        return Moment([text], [""], 0)
    snapshots, now = training.frames(run) if run else (word2vec.shipped(), -1)
    names = [f"epoch {snapshot.values['epoch']:.1f}" for snapshot in snapshots]
    if run is None:
        return Moment(atlas.shipped_models(), names, len(names) - 1, None, snapshots)
    key = (run.job, tuple(snapshot.step for snapshot in snapshots))
    models = training.remember("models", key, lambda: [word2vec.model(snapshot.values) for snapshot in snapshots])
    return Moment(models, names, now, run, snapshots)


def show(at: Moment, look: atlas.Look, question: str, *, as_it_is: bool, asking: bool) -> atlas.Atlas | None:
    """Mount the map, or say why there is none."""
    try:
        drawn = atlas.with_sum(_drawn(at, look, as_it_is), at.models, question)
    except (ValueError, TimeLimit, WorkerDied) as refusal:
        st.warning(plain(str(refusal)), icon=":material/info:")
        return None
    st.session_state["word places"] = (drawn.words, drawn.positions[at.now])
    seen = atlas.without_neighbours(drawn) if asking else drawn
    scene.show(
        "map",
        seen.words,
        seen.positions,
        width=at.model.vectors.shape[1],
        neighbours=seen.neighbours,
        cosines=seen.cosines,
        neighbour_frames=seen.neighbour_frames,
        groups=seen.group,
        group_names=seen.group_names,
        marks=seen.marks,
        stars=seen.stars,
        arrows=seen.arrows,
        frames=at.names,
        current=at.now,
        waiting=HIDDEN if asking else WAITING,
        axes={"x": seen.axes[0], "y": seen.axes[1], "zero": seen.zero},
        timeline=bool(at.snapshots),
        height=HEIGHT,
    )
    return drawn


def _drawn(at: Moment, look: atlas.Look, as_it_is: bool) -> atlas.Atlas:
    if at.run is None and at.snapshots:
        return cached(atlas.shipped)(look)
    words_before, places = st.session_state.get("word places", ((), None))
    known = places if words_before == at.model.words[: look.most] else None
    live = bool(at.run and at.run.playing)
    return training.remember(
        "atlas", (at.key, look, as_it_is), lambda: atlas.draw(at.models, look, plain=as_it_is, towards=known, live=live)
    )


def numbers(at: Moment, question: str, compare: str, epochs: int) -> None:
    """Show a cosine with its terms, a sum of words, ranked, and how the loss fell, under the map."""
    _said("#### Two words: the cosine, term by term", lambda: _cosine(at.model, compare))
    left, right = st.columns([3, 2], gap="medium") if at.snapshots else (st.container(), None)
    with left:
        _said("#### A sum of words: what is nearest", lambda: _ranking(at, question))
    if right:
        with right:
            _loss(at, epochs)


def _loss(at: Moment, epochs: int) -> None:
    seen = word2vec.losses(at.run.snapshots if at.run else at.snapshots, epochs)
    if at.run:  # of a large text not all snapshots are kept, but their losses are small
        kept: dict[float, float] = training.remember("losses", at.run.job, dict)
        kept.update(zip(*seen, strict=True))
        seen = np.array(sorted(kept)), np.array([kept[epoch] for epoch in sorted(kept)])
    if len(seen[0]) > 1:
        st.markdown("#### Loss a pair, by epoch")
        st.vega_lite_chart(spec=losses.line(*seen, last=epochs, title="loss"), key="losses")


def _said(heading: str, parts: Callable[[], list[str]]) -> None:
    try:
        st.markdown("\n\n".join([heading, *parts()]))
    except ValueError as refusal:
        st.markdown(heading)
        st.warning(plain(str(refusal)), icon=":material/info:")


def _cosine(model: WordVectors, compare: str) -> list[str]:
    found = vectors.cosine(model, *vectors.two(compare))
    return [f"$$\n{words.cosine_latex(found)}\n$$", words.cosine_table(found)]


def _ranked(at: Moment, question: str) -> tuple[sums.Ranking, sums.Ranking]:
    """Rank as gensim does and with nothing left out; kept, for a moved slider seldom changes either."""
    return training.remember(
        "ranked",
        (at.key, question),
        lambda: (sums.rank(at.model, question), sums.rank(at.model, question, exclude=False)),
    )


def _ranking(at: Moment, question: str) -> list[str]:
    ruled, free = _ranked(at, question)
    short = [f"$$\n{words.sum_latex(at.model, ruled.asked)}\n$$"] if len(ruled.asked.plain) <= 4 else []
    said = ":small[gensim leaves out the words of the question, and adds vectors brought to length 1.]"
    return [*short, words.ranking_table(ruled, free), said]


def tests(at: Moment) -> None:
    """Offer gensim's two tests of the vectors of this moment."""
    panel = st.expander("Test these vectors: WordSim-353 and Google analogies", key="tests", on_change="rerun")
    if not panel.open or (at.run and at.run.playing):
        return
    with panel, st.spinner("Testing…"):
        words.evaluation_tables(training.remember("tests", at.key, lambda: evaluation.evaluate(at.model)))


def notice(at: Moment, look: atlas.Look, question: str, source: str, by_hand: bool) -> list[str]:
    """What the map shows now."""
    said, size = [POINT], at.model.vectors.shape[1]
    with contextlib.suppress(ValueError):
        said[0] += _kept(_drawn(at, look, by_hand), size)
        ruled, free = _ranked(at, question)
        alike = (
            "so does the plain ranking" if free.words[0] == ruled.words[0] else f"else it would be “{free.words[0]}”"
        )
        said.append(plain(f"gensim answers “{ruled.words[0]}” to {sums.written(at.model, ruled.asked)}; {alike}."))
    if source == corpora.GRAMMAR and look.members == "people":
        same_way = vectors.parallel(at.model, grammar.GENDER_PAIRS)
        said.append(
            f"The steps from man to woman, king to queen and eight more have cosines of {same_way.min():.3f} to "
            f"{same_way.max():.3f} with one another; 1 is parallel."
        )
    if source == corpora.GRAMMAR and size <= TIGHT:
        return [*said, CRAMPED.format(size=size)]
    return [*said, REMARKS[source]] if source in REMARKS else said


def _kept(drawn: atlas.Atlas, size: int) -> str:
    shown = drawn.positions.shape[2]
    if drawn.neighbours is None or size <= shown:
        return ""
    return (
        f" Of the neighbours in {size} dimensions, this map keeps **{drawn.kept:.0%}** nearest; "
        f"that is the price of {shown} dimensions."
    )


def recipe(model: WordVectors, text: Any, job: Any, question: str, source: str) -> dict[str, Any]:
    """Return what the recipe needs to come to the same ranking."""
    asked = question if sums.known(model, question) else model.words[0]
    filled: dict[str, Any] = {"corpus": source, "question": sums.written(model, sums.total(model, asked))}
    if job is not None:
        filled |= {"settings": word2vec.recipe_settings(job), "own_text": text.typed}
        return filled | ({"families": grammar.table()} if source == corpora.GRAMMAR else {})
    if source == words.DOWNLOADED:
        return filled | {"download": st.session_state["pretrained"]}
    return filled | {"by_hand": dict(zip(model.words, model.vectors.tolist(), strict=True))}


def check(at: Moment, question: str) -> list[Check]:
    """Compare this moment's cosines with gensim's; nothing while a training plays or no worker answers."""
    if at.run and at.run.playing:
        return []
    try:
        if at.run is None and at.snapshots:
            return [cached(atlas.check_shipped)(question)]
        return [training.remember("check", (at.key, question), lambda: sums.check(at.model, question))]
    except (TimeLimit, WorkerDied) as reason:
        st.caption(f"Not checked now: {plain(str(reason))}")
        return []
