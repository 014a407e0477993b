"""Why order: the same words in another order, the five kinds of sequence problems, and padding."""

import streamlit as st

from engine.sequence import kinds, kinds_models, kinds_words, padding, why_order
from engine.sequence import kinds_data as data
from ui import tables
from ui.lesson import Frame
from ui.scenes.timeline import kinds as unrolled

DEFAULTS = {
    "view": kinds_words.ORDERS, "text": "Man eats hot-dog", "other": "Hot-dog eats man", "digit": 0, "row": 1,
    "side": padding.SIDES[0], "masked": True, "units": 3, "seed": 0,
}  # fmt: skip
FIELDS = {kinds_words.ORDERS: "First sentence", kinds.MANY_TO_ONE: "Review", kinds.MANY_TO_MANY: "Sentence",
          kinds.TRANSLATION: "English", kinds_words.PADDING: "Reviews, apart by /"}  # fmt: skip
HELP = {
    kinds.MANY_TO_ONE: f"It knows: {', '.join(data.review_words()[1:])}.",
    kinds.MANY_TO_MANY: f"It knows: {', '.join(data.tagged_words()[1:])}.",
    kinds.TRANSLATION: f"It knows: {', '.join(data.english_words()[1:])}.",
}
HELP[kinds_words.PADDING] = HELP[kinds.MANY_TO_ONE]


def opened(view: str) -> dict[str, str]:
    """The settings with which a view opens."""
    return {"view": view} | dict(zip(("text", "other"), kinds_words.EXAMPLES.get(view, ("", "")), strict=True))


PRESETS = {
    "Man eats hot-dog": {},
    "One to one": opened(kinds.ONE_TO_ONE),
    "One to many": opened(kinds.ONE_TO_MANY),
    "Many to one": opened(kinds.MANY_TO_ONE),
    "Many to many": opened(kinds.MANY_TO_MANY),
    "Other length": opened(kinds.TRANSLATION),
    "Padding": opened(kinds_words.PADDING),
    "No mask": opened(kinds_words.PADDING) | {"masked": False, "row": 2},
}

frame = Frame("why-order", DEFAULTS, PRESETS)


def offer_weights() -> None:
    """The trained weights, for the script under the picture."""
    st.download_button("Trained weights for the script (kinds.npz)", kinds_models.WEIGHTS.read_bytes(), "kinds.npz",
                       on_click="ignore", icon=":material/download:")  # fmt: skip


@frame.show
def lesson() -> None:
    """Draw controls, picture and words: all that a moved control changes."""
    with frame.controls:
        view = frame.select("What to see", "view", kinds_words.VIEWS,
                            on_change=lambda: st.session_state.update(opened(st.session_state["view"])))  # fmt: skip
        text = frame.text(FIELDS.get(view, "Sentence"), "text", disabled=view not in FIELDS, help=HELP.get(view))
        orders, padded = view == kinds_words.ORDERS, view == kinds_words.PADDING
        pictures = view in (kinds.ONE_TO_ONE, kinds.ONE_TO_MANY)
        other = frame.text("Second sentence", "other", disabled=not orders)
        digit = frame.slider("Which picture", "digit", 0, data.SHOWN - 1, disabled=not pictures)
        shown = st.empty()
        row = frame.slider("Which review", "row", 1, padding.MAX_SENTENCES, disabled=not padded)
        side = frame.choose("Padding", "side", padding.SIDES, disabled=not padded)
        masked = frame.toggle("Mask the padding", "masked", disabled=not padded)
        units = frame.slider("Units", "units", 1, why_order.MAX_UNITS, disabled=not orders)
        seed = frame.number("Seed of the weights", "seed", 0, 9999, disabled=not orders)

    def show_orders() -> None:
        """Two sentences, two layers."""
        traced = frame.ask(why_order.compare_orders, text, other, units, seed)
        with frame.picture:
            unrolled.show_orders("timeline", traced, frame.asking)
            if not frame.asking:
                st.markdown(tables.by_columns(kinds_words.order_table(traced)))
        frame.formula(r"\text{Dense: } \tanh(W\,\textstyle\sum_t x_t)")
        frame.formula(r"\text{RNN: } h_t = \tanh(U\,x_t + W\,h_{t-1})")
        frame.notice(*[kinds_words.LATER] if frame.asking else kinds_words.order_notices(traced))
        frame.predict(kinds_words.order_question(traced, frame.round))
        places = [[traced.words.index(word) for word in sentence] for sentence in traced.sentences]
        frame.recipe(view=view, inputs=places, units=units, seed=seed)
        frame.checked(traced.check)

    def show_kind() -> None:
        """One trained network, unrolled."""
        traced = frame.ask(kinds.trace, view, text, digit)
        question, hide = kinds_words.kind_question(traced, frame.round)
        if pictures:
            shown.image(data.picture(traced.x[0]), caption=f"picture {digit}", width=112)
        with frame.picture:
            unrolled.show_kind("timeline", traced, hide if frame.asking else None)
            st.markdown(tables.by_columns(kinds_words.layer_table(traced), text=(0, 1)))
        frame.notice(*[kinds_words.LATER] if frame.asking else kinds_words.kind_notices(traced))
        frame.predict(question)
        offer_weights()
        frame.recipe(view=view, inputs=[[array] for array in traced.inputs])
        frame.checked(traced.check)

    def show_padding() -> None:
        """Reviews of unequal length in one batch."""
        traced = frame.ask(padding.pad, text, side, masked)
        if row > len(traced.sentences):
            frame.refuse(f"there are {len(traced.sentences)} reviews; choose review 1 to {len(traced.sentences)}")
        with frame.picture:
            unrolled.show_padding("timeline", traced, row - 1, frame.asking)
            if not frame.asking:
                st.markdown(tables.by_columns(kinds_words.padding_table(traced), text=(0, 1)))
        frame.notice(*kinds_words.padding_notices(traced)[: 1 if frame.asking else None])
        frame.predict(kinds_words.padding_question(traced, (row - 1 + frame.round) % len(traced.sentences)))
        offer_weights()
        frame.recipe(view=view, inputs=[traced.ids.tolist()], masked=masked)
        frame.checked(traced.check)

    (show_orders if orders else show_padding if padded else show_kind)()
