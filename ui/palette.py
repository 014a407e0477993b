"""The colours of Glassbox: one role each, the same in every lesson (Okabe-Ito, safe for colour-blind eyes)."""

COLOURS = {
    "input": "#0072B2",
    "weight": "#E69F00",
    "result": "#009E73",
    "gradient": "#D55E00",
    "f": "#D55E00",  # forget gate
    "i": "#009E73",  # input gate
    "g": "#CC79A7",  # candidate
    "o": "#0072B2",  # output gate
    "c": "#E69F00",  # cell state
    "h": "#56B4E9",  # hidden state
    "plain": "#8A8A8A",  # what a network is compared with
}

# Signed values run from `negative` through the page's background (zero) to `positive`.
NEGATIVE, POSITIVE = "#D55E00", "#0072B2"
# Magnitudes run from the page's background (zero) to this.
SEQUENTIAL = "#009E73"
