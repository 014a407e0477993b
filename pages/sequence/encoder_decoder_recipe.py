"""Encoder and decoder by Keras: train a small translator (or tagger) and look at what it does with one input."""

import datetime

import keras
import numpy as np
from keras import layers, ops

# --- settings: the page writes its own here
task = "dates"  # or "spoken numbers", "entity tags"
text = "sunday, 17 march 2019"
attention = True
teacher = False  # feed the decoder the right answer:
answer = "2019-03-17"
mask = True  # skip the padding
both_ways = True  # of a tagger
units = 32
epochs = 12
learning_rate = 0.005
seed = 0
lists = {}  # words of the spoken numbers or of the tagged sentences; the page writes them here


# --- dates in six forms -> YYYY-MM-DD
def date_pairs(count, random):
    months = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ]
    weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    first, last = datetime.date(1950, 1, 1).toordinal(), datetime.date(2049, 12, 31).toordinal()
    pairs = {}
    while len(pairs) < count:
        date = datetime.date.fromordinal(first + int(random.integers(last - first + 1)))
        name, d, m, y = months[date.month - 1], date.day, date.month, date.year
        forms = (
            f"{d} {name} {y}",
            f"{name} {d}, {y}",
            f"{weekdays[date.weekday()]}, {d} {name} {y}",
            f"{d} {name[:3]} {y % 100:02d}",
            f"{d:02d}.{m:02d}.{y}",
            f"{m:02d}/{d:02d}/{y}",
        )
        pairs[forms[random.integers(6)]] = date.isoformat()
    letters = " ,./0123456789" + "".join(sorted(set("".join(months + weekdays))))
    return [(list(said), meant) for said, meant in pairs.items()], list(letters), list("-0123456789")


# --- numbers read out over a telephone -> digits
def number_pairs(count, random):
    digits, teens, tens = lists["digits"], lists["teens"], lists["tens"]

    def one():
        k = int(random.integers(10))
        return ("oh" if k == 0 and random.random() < 0.5 else digits[k]), str(k)

    def ten():
        unit = int(random.integers(10))
        k = random.integers(8)
        return [tens[k], *([digits[unit]] if unit else [])], f"{k + 2}{unit}"

    def say(length):
        said, meant = [], ""
        while length:
            single, double, teen, ty, triple = one(), one(), int(random.integers(10)), ten(), one()
            groups = [
                ([single[0]], single[1]),
                (["double", double[0]], 2 * double[1]),
                ([teens[teen]], f"1{teen}"),
                ty,
                (["triple", triple[0]], 3 * triple[1]),
            ]
            words, number = groups[int(random.choice(5, p=(0.52, 0.14, 0.12, 0.16, 0.06)))]
            if len(number) <= length and not (said and said[-1] in tens and words[0] in digits[1:]):
                said, meant, length = said + words, meant + number, length - len(number)
        return said, meant

    lengths = random.integers(1, 13, count)
    return (
        [say(int(length)) for length in lengths],
        [*digits, "oh", *teens, *tens, "double", "triple"],
        list("0123456789"),
    )


# --- sentences with people and places -> a tag for every word
def tagged_sentences(count, random):
    def pick(options):
        return options[random.integers(len(options))]

    def sentence(person):
        both, kind = random.random() < 0.5, "PER" if person else "LOC"
        name = pick(lists["both"] if both else lists["people"] if person else lists["places"])
        if random.random() < 0.25:
            start = f"{pick(lists['who'])} {pick(lists['with_person'] if person else lists['to_place'])}"
            return [(start, ""), (name, kind), (pick(lists["when"]), "")]
        parts = [(name, kind), (pick(lists["between"]), "")]
        for word in pick(lists["person_does"] if person else lists["place_is"]).split():
            names = {"{per}": lists["people"] + lists["both"], "{loc}": lists["places"] + lists["both"]}.get(word)
            parts.append((pick(names), word[1:4].upper()) if names else (word, ""))
        return parts

    found = {}
    while len(found) < count:
        parts = sentence(len(found) % 2 == 0)
        pairs = [
            (w, f"{'I' if k else 'B'}-{kind}" if kind else "O")
            for part, kind in parts
            for k, w in enumerate(part.split())
        ]
        words, tags = zip(*pairs, strict=True)
        found.setdefault(words, tags)
    return list(found.items())


# --- the networks: every initializer has a seed of its own
def gru(place, **more):
    start, again = keras.initializers.GlorotUniform(place), keras.initializers.Orthogonal(seed=place + 1)
    return layers.GRU(units, return_sequences=True, kernel_initializer=start, recurrent_initializer=again, **more)


def embedding(count, place, **more):
    return layers.Embedding(count, 16, keras.initializers.RandomUniform(seed=place), **more)


def dense(width, place, **more):
    return layers.Dense(width, kernel_initializer=keras.initializers.GlorotUniform(place), **more)


def translator(signs, written):
    read, fed, first = keras.Input((None,), dtype="int32"), keras.Input((None,), dtype="int32"), seed * 100
    states, last = gru(first + 1, return_state=True)(embedding(signs + 1, first, mask_zero=mask)(read))
    given = embedding(written + 3, first + 10)(fed)
    context = last[:, None] * ops.ones_like(given[..., :1])  # the one vector, at every step
    decoder = gru(first + 11)
    if attention:
        steps = decoder(given, initial_state=last)
        query, key = dense(units, first + 20, use_bias=False)(steps), dense(units, first + 21, use_bias=False)(states)
        attend = layers.AdditiveAttention()
        context, weights = attend([query, states, key], return_attention_scores=True)
        attend.scale.assign(keras.initializers.GlorotUniform(first + 22)((units,)))  # the layer draws it without a seed
    else:
        steps = decoder(layers.Concatenate()([given, context]), initial_state=last)
    logits = dense(written + 3, first + 30)(layers.Concatenate()([steps, context]))
    return keras.Model([read, fed], logits), keras.Model([read, fed], weights if attention else logits)


def tagger(words):
    read = keras.Input((None,), dtype="int32")
    cell = gru(seed)
    if both_ways:
        cell = layers.Bidirectional(cell, backward_layer=gru(seed + 2, go_backwards=True))
    return keras.Model(read, dense(4, seed + 5)(cell(embedding(words + 2, seed + 4, mask_zero=True)(read))))


def train(model, x, y, ignore):
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=ignore)
    model.compile(keras.optimizers.Adam(learning_rate), loss)
    for epoch in range(epochs):
        order = np.random.default_rng((seed, epoch)).permutation(len(y))
        shuffled = [part[order] for part in x] if isinstance(x, list) else x[order]
        model.fit(shuffled, y[order], batch_size=64, shuffle=False, verbose=2)


# --- train it and show the input
random = np.random.default_rng(0)
clean = " ".join(text.lower().split())
if task == "entity tags":
    names = ["O", "B-PER", "B-LOC", "I-LOC"]
    found = tagged_sentences(2000, random)
    ids = {word: k + 2 for k, word in enumerate(sorted({word for words, _ in found for word in words}))}
    x, y = np.zeros((2000, 16), "int32"), np.zeros((2000, 16), "int32")
    for row, (words, tags) in enumerate(found):
        x[row, : len(words)], y[row, : len(words)] = [ids[word] for word in words], [names.index(tag) for tag in tags]
    hidden = np.random.default_rng(seed).random(x.shape) < 0.03  # so that it has met unknown words
    model = tagger(len(ids))
    train(model, np.where(hidden & (x > 0), 1, x).astype("int32"), y, None)
    words = "".join(sign if sign.isalnum() else " " for sign in clean).split()
    logits = model(np.array([[ids.get(word, 1) for word in words]]))
    result = {"probabilities": np.array(ops.softmax(logits))[0]}
    print([(word, names[k]) for word, k in zip(words, result["probabilities"].argmax(1), strict=True)])
else:
    pairs, signs, letters = (date_pairs if task == "dates" else number_pairs)(9000, random)
    longest, most = (28, 11) if task == "dates" else (12, 13)
    x, y = np.zeros((8000, longest), "int32"), np.zeros((8000, most), "int32")
    for row, (said, meant) in enumerate(pairs[:8000]):
        x[row, : len(said)] = [signs.index(sign) + 1 for sign in said]
        y[row, : len(meant) + 1] = [*(letters.index(sign) + 3 for sign in meant), 2]  # 1 starts an output, 2 ends it
    fed = np.concatenate([np.ones((8000, 1), "int32"), np.where(y == 0, 2, y)[:, :-1]], 1)
    model, inside = translator(len(signs), len(letters))
    train(model, [x, fed], y, 0)
    said = list(clean) if task == "dates" else clean.split()
    read = np.array([[signs.index(sign) + 1 for sign in said]])
    read = read if mask else np.pad(read, ((0, 0), (0, (28 if task == "dates" else 20) - len(said))))
    steps = [1, *(letters.index(sign) + 3 for sign in answer)] if teacher else [1]
    while not teacher and len(steps) <= (11 if task == "dates" else 21) and 2 not in steps:
        steps.append(int(np.array(model([read, np.array([steps])]))[0, -1, 2:].argmax()) + 2)  # it reads its own output
    fed = np.array([steps if teacher else steps[:-1]])
    output = np.array(model([read, fed]))[0, :, 2:].argmax(1) + 2
    result = {"text": "".join(letters[k - 3] for k in output if k > 2)}
    result["attention" if attention else "logits"] = np.array(inside([read, fed]))[0]
    print(clean, "->", result["text"])
