"""A GRU, an LSTM, a Bidirectional(GRU) and stacked GRUs that read one sentence, by Keras, and their weights."""

import keras
import numpy as np

# --- settings: the page writes its own here
words = ["it", "is", "good"]
x = [[0.5, -1.0, 0.0, 0.2], [1.0, 0.3, -0.4, 0.1], [0.0, 0.8, 0.6, -1.2]]  # (words, 4): a seeded vector per word
units = 3
seed = 0
reset_after = True
layers = 3

# --- layers whose weights are drawn from a seed: nothing here is trained
sentence = np.array(x, "float32")[None]  # (1, words, 4)
make = keras.initializers


def drawn(number, sequences=True, **more):
    start = 100 * seed + 10 * number
    return {
        "kernel_initializer": make.GlorotUniform(start),
        "recurrent_initializer": make.Orthogonal(seed=start + 1),
        "bias_initializer": make.RandomNormal(stddev=0.5, seed=start + 2),
        "return_sequences": sequences,
        **more,
    }


def gru(number, **more):
    return keras.layers.GRU(units, **drawn(number, reset_after=reset_after, **more))


# --- one GRU, and an LSTM of the same size
alone, lstm = gru(0), keras.layers.LSTM(units, **drawn(5))
result = {"GRU": np.array(alone(sentence))[0], "LSTM": np.array(lstm(sentence))[0]}

# --- its gates at the last word, by hand: Keras's order is z (what is kept), r, candidate
kernel, recurrent, bias = alone.get_weights()
before = result["GRU"][-2] if len(words) > 1 else np.zeros(units)
bias_x, bias_h = bias if reset_after else (bias, 0 * bias)
xz, xr, xh = np.split(sentence[0, -1] @ kernel + bias_x, 3)
hz, hr, hh = np.split(before @ recurrent + bias_h, 3)
z, r = 1 / (1 + np.exp(-(xz + hz))), 1 / (1 + np.exp(-(xr + hr)))
candidate = np.tanh(xh + (r * hh if reset_after else (r * before) @ recurrent[:, 2 * units :]))
result["z"], result["r"], result["candidate"] = z, r, candidate
print("by hand and by Keras:", z * before + (1 - z) * candidate, result["GRU"][-1])

# --- two directions: the backward GRU has weights of its own; its states come back in the order of the words
both = keras.layers.Bidirectional(gru(0), backward_layer=gru(1, go_backwards=True))
every = np.array(both(sentence))[0]
result["forward"], result["backward"] = every[:, :units], every[:, units:]

# --- layers on top of one another: each hands its whole sequence of states up
stack = [gru(number) for number in range(layers)]
states = sentence
for k, layer in enumerate(stack):
    states = layer(states)
    result[f"layer {k + 1}"] = np.array(states)[0]

# --- weights
result["weights"] = {
    "GRU": alone.count_params(),
    "LSTM": lstm.count_params(),
    "Bidirectional": both.count_params(),
    "stack": sum(layer.count_params() for layer in stack),
}
for name, numbers in result.items():
    print(name, numbers if name == "weights" else numbers[-1])
