"""A network that writes one character at a time, by Keras: the text, probabilities and states that the page shows.

The shipped weights lie in the project's folder data/: run this in the folder above it. With `weights = None` and
`steps = 1500` the same training begins at chance, and takes about a minute.
"""

import re
from collections import Counter
from pathlib import Path

import keras
import numpy as np
from gensim.corpora import WikiCorpus
from gensim.test.utils import datapath

# --- settings: the page writes its own here
source = "place names"  # or "Wikipedia words", "Lee news", "own text"
own_text = ""
cell = "LSTM"  # or "GRU", "SimpleRNN"
units = 64
seed = 0  # of the weights and of the order
rate = 0.004
weights = "data/char_rnn.npz"  # or None: begin at chance
moment = -1  # which of the shipped moments, the last or an earlier one
steps = 0  # of training, from there
prefix = ""
characters = 160
temperature = 0.8
draw_seed = 0

# --- the text: pieces in order, a tenth of them held out
prose = source == "Lee news"
if source == "place names":
    names = set()
    for line in Path(datapath("questions-words.txt")).read_text("utf-8").splitlines():
        if line.startswith(":"):
            wanted = line[1:].strip() in ("capital-common-countries", "capital-world", "city-in-state")
        elif wanted:
            names.update(line.split())
    pieces = sorted(names)
elif source == "Wikipedia words":
    file = datapath("enwiki-latest-pages-articles1.xml-p000000010p000030302-shortened.bz2")
    counts = Counter(word for article in WikiCorpus(file, dictionary={}, processes=1).get_texts() for word in article)
    pieces = sorted(word for word, n in counts.items() if n >= 5 and re.fullmatch("[a-z]{3,24}", word))
elif source == "Lee news":
    lines = Path(datapath("lee_background.cor")).read_text("utf-8").strip("\n").split("\n")
    pieces = [re.sub(r"\s+", " ", re.sub(r"[^ -~]", "", line)).strip() for line in lines]
else:
    pieces = [" ".join(line.split()) for line in own_text.splitlines() if line.split()]
    prose = len(pieces) < 8 or max(map(len, pieces)) > 40  # many short lines are a list
alphabet = ["\n", *sorted(set("".join(pieces)))]
code = {letter: k for k, letter in enumerate(alphabet)}
held_out = set(
    np.random.default_rng(0).permutation(len(pieces))[: round(0.1 * len(pieces)) if len(pieces) >= 16 else 0]
)
pieces = [piece for k, piece in enumerate(pieces) if k not in held_out]
pieces = ["\n".join(pieces)] if prose else list(dict.fromkeys(pieces))
coded = [np.array([code[letter] for letter in piece + "\n"]) for piece in pieces]

# --- the layers: characters one-hot, a recurrent layer, z for every character
recurrent = {"LSTM": keras.layers.LSTM, "GRU": keras.layers.GRU, "SimpleRNN": keras.layers.SimpleRNN}[cell](
    units,
    return_sequences=True,
    kernel_initializer=keras.initializers.GlorotUniform(seed),
    recurrent_initializer=keras.initializers.Orthogonal(seed=seed + 1),
)
one_hot = keras.layers.Embedding(len(alphabet), len(alphabet), embeddings_initializer="identity", trainable=False)
dense = keras.layers.Dense(len(alphabet), kernel_initializer=keras.initializers.GlorotUniform(seed + 2))
model = keras.Sequential([keras.Input((None,), dtype="int32"), one_hot, recurrent, dense])
if weights is not None:
    with np.load(weights) as file:
        arrays = [
            file[name][moment].astype("float32") for name in ("kernel", "recurrent", "bias", "dense", "dense_bias")
        ]
    recurrent.set_weights(arrays[:3])
    dense.set_weights(arrays[3:])


# --- training: 32 windows of 64 characters a step, of a list in a new order each
def windows(random, rows=32, length=64):
    if prose:
        stream = coded[0]
        while len(stream) < length + 2:
            stream = np.concatenate([stream, stream])
        return stream[random.integers(0, len(stream) - length, rows)[:, None] + np.arange(length + 1)]
    found = np.zeros((rows, length + 1), int)  # each begins with a new line
    for row in found:
        filled = 1
        while filled <= length:
            part = coded[random.integers(len(coded))][: length + 1 - filled]
            row[filled : filled + len(part)] = part
            filled += len(part)
    return found


model.compile(
    keras.optimizers.Adam(rate, clipnorm=1.0),
    keras.losses.SparseCategoricalCrossentropy(from_logits=True),
)
for step in range(steps):
    rows = windows(np.random.default_rng((seed, step)))
    model.train_on_batch(rows[:, :-1], rows[:, 1:])

# --- writing: read one character, draw the next, with a state that goes on
reader = keras.Sequential([keras.Input((1,), batch_size=1, dtype="int32"), one_hot,
                           recurrent.__class__(units, stateful=True), dense])  # fmt: skip
reader.layers[1].set_weights(recurrent.get_weights())
random = np.random.default_rng(draw_seed).random(len(prefix) + characters)
text, probability, hidden = "", [], []
z = reader(np.array([[0]])).numpy()[0]  # a new line begins
for t, number in enumerate(random):
    scaled = z.astype("float64") / temperature
    p = np.exp(scaled - scaled.max())
    p /= p.sum()
    order = np.argsort(-p, kind="stable")  # the likeliest first, side by side from 0 to 1
    drawn = order[min((p[order].cumsum() <= number).sum(), len(p) - 1)]
    chosen = code[prefix[t]] if t < len(prefix) else drawn
    text += alphabet[chosen]
    probability.append(p[chosen])
    z = reader(np.array([[chosen]])).numpy()[0]
    hidden.append(reader.layers[1].states[0].numpy()[0])

# --- the result
result = {"text": text, "probability": np.array(probability), "hidden": np.array(hidden)}  # (T,), (T, units)
print(text)
print("probability of each character", result["probability"].round(3))
