"""Verify: a Siamese network learns from triplets, and is judged on classes that it has never seen."""

import streamlit as st

from engine.faces import pairs, triplet_training, triplets
from engine.faces.gallery import Gallery
from engine.faces.verification import SEEN, UNSEEN, Choice
from engine.run import Run
from engine.training import Snapshot
from ui import camera, training
from ui import triplets as mined
from ui import verify as parts
from ui.lesson import Frame

DIGITS, OWN = "digits", "own faces"
DEFAULTS = {
    "source": DIGITS, "on": UNSEEN, "threshold": 0.8, "pairs": pairs.MOST_PAIRS, "references": 1,
    "triplet": 1, "draw": 0, **triplet_training.DEFAULTS,
}  # fmt: skip
PRESETS = {
    "Unseen digits": {},
    "Seen digits": {"on": SEEN},
    "Random triplets": {"mining": triplets.RANDOM},
    "Hard triplets": {"mining": triplets.HARD, "candidates": 16},
    "Flat": {"embedding": 2, "margin": 0.5, "epochs": 15},
    "Strict": {"threshold": 0.1},
    "Few pairs": {"pairs": 20},
    "Own faces": {"source": OWN},
}
LIMITS = triplet_training.LIMITS
OWN_RECIPE = "These are your own faces. The script below reads them from the **faces.zip** of the page “Capture faces”."
UNTRAINED = "Not trained yet: the network is chance. **Train** moves the points."

frame = Frame("verify", DEFAULTS, PRESETS)


@frame.show
def lesson() -> None:
    """Draw controls, picture and words: all that a moved control changes."""
    people = {
        name: [face.pixels for face in faces] for name, faces in camera.session("gallery", Gallery).people().items()
    }

    with frame.controls:
        source = frame.choose("Pictures", "source", [DIGITS, OWN])
        own, missing = parts.own_faces(people) if source == OWN else (None, "")
        enough = own is None or own.seen < len(own.names)
        on = frame.choose("Verify on classes", "on", [UNSEEN, SEEN], disabled=not enough)
        threshold = frame.slider("Threshold t", "threshold", 0.0, 4.0, 0.02)
        count = frame.slider("Pairs", "pairs", pairs.FEWEST_PAIRS, pairs.MOST_PAIRS, 20)
        number = frame.slider("Triplet to work out", "triplet", 1, triplet_training.SHOWN)
        mining = frame.select("Triplets mined", "mining", triplets.MINING)
        margin = frame.slider("Margin α", "margin", *LIMITS["margin"], 0.05)
        with st.expander("More", key="more", on_change="ignore"):
            settings = {
                name: frame.slider(title, name, *LIMITS[name])
                for name, title in (
                    ("embedding", "Embedding, numbers"),
                    ("candidates", "Negatives to choose from"),
                    ("epochs", "epochs, 30 steps each"),
                )
            }
            settings["learning_rate"] = frame.slider(
                "learning_rate", "learning_rate", *LIMITS["learning_rate"], 0.0005, format="%.4f"
            )
            settings["seed"] = frame.number("seed", "seed", *LIMITS["seed"])
            references = frame.slider("Reference pictures of each class", "references", 1, 10)
            draw_seed = frame.number("seed of the pairs", "draw", 0, 999)

    job = frame.ask_privately(triplet_training.job, own, {"mining": mining, "margin": margin, **settings})
    choice = Choice(on if enough else SEEN, count, references, draw_seed)
    if own is None:
        untrained = frame.ask(triplet_training.untrained, job)
    else:  # faces stay in this session
        untrained = training.remember("untrained", job, lambda: frame.ask_privately(triplet_training.untrained, job))

    def describe(snapshot: Snapshot, rate: float) -> str:
        """How far the training is, in one line."""
        loss = f" · loss {snapshot.values['loss']:.4f}" if snapshot.step else ""
        speed = f" · {rate:.0f} steps a second" if rate else ""
        return f"Step {snapshot.step} of {job.epochs * job.steps_per_epoch}{loss}{speed}"

    def draw(run: Run | None) -> None:
        """All that follows the training."""
        shown, now = parts.snapshots(untrained, run)
        parts.show_map(job, shown, now)
        found = parts.verify(job, shown[now], choice)
        if frame.asking:
            st.info("The curves and counts are hidden while the question is open.", icon=":material/visibility_off:")
        else:
            parts.show_curves(found, choice, threshold, parts.moment(shown[now]))
            parts.show_counts(found, threshold, parts.moment(shown[now]))
        mined.show(job, shown[now], number)

    with frame.picture:
        if missing:
            st.info(missing, icon=":material/info:")
        elif own:
            st.caption(OWN_RECIPE)
        run = training.show(job, draw, describe, shipped=True, before=UNTRAINED)
        st.caption(parts.PLAINLY)
    frame.formula(parts.FORMULA)
    shown, now = parts.snapshots(untrained, run)
    found = parts.verify(job, shown[now], choice)
    if not frame.asking:
        frame.notice(*parts.notice(job, found, choice, threshold, shown[now].step))
    else:
        frame.notice("The picture is asked about: decide first.")
    frame.predict(lambda: parts.question(job, found, threshold, frame.round))
    frame.recipe(
        faces="faces.zip" if own else "", steps=shown[now].step, pairs=count, on=choice.on, draw=draw_seed,
        mining=mining, margin=margin,
        **{name: settings[name] for name in ("embedding", "candidates", "learning_rate", "seed")},
    )  # fmt: skip
    frame.checked(*found.checks)
