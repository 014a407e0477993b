"""Order in sequences, by Keras: the numbers that the page shows for its present view."""

import keras
import numpy as np
from keras.layers import Dense, Embedding, SimpleRNN

# --- settings: the page writes its own here
view = "same words, another order"
inputs = [[0, 1, 2], [2, 1, 0]]  # places of the words in the vocabulary; a picture is 64 numbers
units = 3
seed = 0
masked = True  # whether the recurrent layer passes over padding, which is place 0
weights = "kinds.npz"  # the trained weights, downloaded from the page, beside this script

# --- two sentences before a layer that counts and a layer that reads
if view == "same words, another order":
    vocabulary = 1 + max(place for sentence in inputs for place in sentence)
    counts = np.array([np.bincount(sentence, minlength=vocabulary) for sentence in inputs], "float32")
    dense = Dense(units, "tanh", kernel_initializer=keras.initializers.GlorotUniform(seed))
    rnn = SimpleRNN(
        units,
        kernel_initializer=keras.initializers.GlorotUniform(seed + 1),
        recurrent_initializer=keras.initializers.Orthogonal(1.0, seed + 2),
    )
    one_hot = [np.eye(vocabulary, dtype="float32")[sentence][None] for sentence in inputs]
    result = [np.array(dense(counts)), np.concatenate([np.array(rnn(sentence)) for sentence in one_hot])]

# --- one of the five kinds of networks, with its trained weights
else:
    kind = "many to one" if view.startswith("unequal") else view
    kept = np.load(weights)
    arrays = [kept[f"{kind}/{k}"] for k in range(len(kept)) if f"{kind}/{k}" in kept]
    image, ids = keras.Input((64,)), keras.Input((None,), dtype="int32")
    if kind == "one to one":  # a picture, which digit
        hidden = Dense(16, "relu")(image)
        model = keras.Model(image, [hidden, Dense(10, "softmax")(hidden)])
    elif kind == "one to many":  # a picture, its name letter by letter
        start = Dense(32, "tanh")(image)
        hidden = SimpleRNN(32, return_sequences=True)(Embedding(len(arrays[-1]), 8)(ids), initial_state=start)
        model = keras.Model([image, ids], [hidden, Dense(len(arrays[-1]), "softmax")(hidden)])
    elif kind == "many to one":  # a review, whether it is kind
        read = Embedding(len(arrays[0]), 8, mask_zero=masked)(ids)
        hidden, last = SimpleRNN(16, return_sequences=True, return_state=True)(read)
        model = keras.Model(ids, [hidden, Dense(1, "sigmoid")(last)])
    elif kind == "many to many, same length":  # a tag for every word
        hidden = SimpleRNN(16, return_sequences=True)(Embedding(len(arrays[0]), 8, mask_zero=True)(ids))
        model = keras.Model(ids, [hidden, Dense(5, "softmax")(hidden)])
    else:  # English read by one layer, Spanish written by another
        spanish, (words, written) = keras.Input((None,), dtype="int32"), (len(arrays[0]), len(arrays[4]))
        encoded, last = SimpleRNN(40, return_sequences=True, return_state=True)(
            Embedding(words, 12, mask_zero=True)(ids)
        )
        hidden = SimpleRNN(40, return_sequences=True)(Embedding(written, 12)(spanish), initial_state=last)
        model = keras.Model([ids, spanish], [encoded, hidden, Dense(written, "softmax")(hidden)])
    model.summary()
    model.set_weights(arrays)

    # --- one call; its results are the states and what comes out of them
    batch = [np.array(array) for array in inputs]
    result = [np.array(array) for array in model(batch if len(batch) > 1 else batch[0])]
for array in result:
    print(array.shape)
    print(array)
