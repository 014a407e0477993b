"""Word map: gensim's Word2Vec learns where words belong, and the map shows what is true and what only looks so."""

import streamlit as st

from engine.run import Run
from engine.training import Snapshot
from engine.words import atlas, corpora, projection, questions, word2vec
from ui import training, word_map, words
from ui.lesson import Frame
from ui.scenes import map as scene

DEFAULTS = {
    "corpus": corpora.GRAMMAR, "projection": projection.PCA2, "members": "people", "x": "woman - man",
    "y": "king - man", "most": 2_000,
    "question": "king - man + woman", "compare": "king, queen", **word2vec.DEFAULTS,
}  # fmt: skip
REAL = {"vector_size": 100, "output": word2vec.HIERARCHICAL, "min_count": 5, "epochs": 15, "subsample": True}
ALL = {"members": atlas.ALL}
PRESETS = {
    "Royal family": {},
    "All words": ALL,
    "Gender axis": {"projection": projection.AXES},
    "t-SNE": {"projection": projection.TSNE, **ALL},
    "3-D": {"projection": projection.PCA3, **ALL},
    "CBOW": {"algorithm": word2vec.CBOW, "vector_size": 50},
    "Only 2-D": {"vector_size": 2, **ALL},
    "Real text": {"corpus": corpora.WIKIPEDIA, **REAL, **ALL, "compare": "france, spain"},
    "Class example": {"corpus": words.CLASS},
    "By hand": {"corpus": words.TABLE},
}

frame = Frame("word-map", DEFAULTS, PRESETS)


@frame.show
def lesson() -> None:
    """Draw controls, picture and words: all that a moved control changes."""
    with frame.controls:
        source = frame.select("Text", "corpus", words.SOURCES)
        below = st.container()
        by_hand = source in (words.CLASS, words.TABLE)
        ready_made = by_hand or source == words.DOWNLOADED
        members = frame.select("Words", "members", atlas.MEMBERS, disabled=source != corpora.GRAMMAR)
        view = frame.select("Map", "projection", projection.NAMES, disabled=source == words.CLASS)
        question = frame.text("A sum of words", "question", 100)
        compare = frame.text("Two words", "compare", 80)
        with st.expander("Training", key="settings", on_change="ignore"):
            settings = {
                "algorithm": frame.choose(
                    "Algorithm", "algorithm", [word2vec.SKIP_GRAM, word2vec.CBOW], disabled=ready_made
                )
            }
            for name in ("vector_size", "window", "epochs", "min_count"):
                settings[name] = frame.slider(name, name, *word2vec.LIMITS[name], disabled=ready_made)
            settings["output"] = frame.select(
                "Output", "output", [word2vec.NEGATIVE, word2vec.HIERARCHICAL], disabled=ready_made
            )
            hierarchical = settings["output"] == word2vec.HIERARCHICAL
            settings["negative"] = frame.slider(
                "negative", "negative", *word2vec.LIMITS["negative"], disabled=ready_made or hierarchical
            )
            settings["subsample"] = frame.toggle(
                "Skip some frequent words", "subsample", disabled=ready_made, help="sample=0.001"
            )
            settings["seed"] = frame.number("seed", "seed", *word2vec.LIMITS["seed"], disabled=ready_made)
        with st.expander("Axes, number of words", key="axes", on_change="ignore"):
            x, y = (
                frame.text(f"Axis {axis} of chosen axes", axis, 60, disabled=view != projection.AXES) for axis in "xy"
            )
            most = frame.slider("Words on the map, the most frequent", "most", 100, scene.MOST, 100)

    with frame.picture:
        stage, under = st.container(), st.container()
    with below:
        text = words.choose(frame, source, under)
    look = atlas.Look(view, x, y, members if source == corpora.GRAMMAR else atlas.ALL, most, settings["seed"])
    job = None if ready_made else frame.ask_privately(word2vec.job, text, settings)

    def describe(snapshot: Snapshot, rate: float) -> str:
        """How far the training is, in one line."""
        now = word2vec.progress(snapshot, rate, settings["epochs"])
        loss = f" · loss a pair {now.loss:.2f}" if snapshot.step else ""
        speed = f" · {now.pairs_per_second:,.0f} pairs a second" if now.pairs_per_second else ""
        return f"Epoch {now.epoch:.1f} of {now.epochs}{loss}{speed}"

    def draw(run: Run | None) -> None:
        """All that follows the training."""
        at = word_map.moment(text, run)
        with stage if ready_made else st.container():
            word_map.show(at, look, question, as_it_is=by_hand, asking=frame.asking)
        word_map.numbers(at, question, compare, settings["epochs"])
        word_map.tests(at)

    with frame.picture:
        run = None if ready_made else training.show(job, draw, describe, shipped=job == word2vec.shipped_job())
        if ready_made:
            draw(None)

    at = word_map.moment(text, run)
    frame.notice(*word_map.notice(at, look, question, source, by_hand))
    frame.predict(lambda: questions.ask(at.model, frame.round))
    frame.recipe(**word_map.recipe(at.model, text, job, question, source))
    frame.checked(*word_map.check(at, question))
