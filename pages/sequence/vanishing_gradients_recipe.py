"""The gradient with respect to every state of recurrent layers, by Keras and tf.GradientTape, cell by cell."""

import keras
import numpy as np
import tensorflow as tf

# --- settings: the page writes its own here
strip = None  # or a falling strip of gradients, the last step's first: then only that is made
cells = ["SimpleRNN tanh", "LSTM", "GRU"]
length = 50
units = 32
scale = 1.0  # of the orthogonal recurrent weights
forget_bias = 1.0  # of the LSTM
update_bias = 0.0  # of the GRU
seed = 0
steps = 0  # of training before the gradients are taken
optimizer = "adam"
learning_rate = 0.003
clip = 0.0  # global_clipnorm; 0: none


# --- the task: which of four letters came first? Four others follow and say nothing
def sequences(count, step):
    rng = np.random.default_rng((seed, step))
    places = rng.integers(4, 8, (count, length))
    places[:, 0] = rng.integers(0, 4, count)
    return np.eye(8, dtype="float32")[places], places[:, 0].astype("int32")


# --- the layers, as Keras draws them; the bias of the gate that keeps the past is set by hand
def build(cell):
    kind = {"LSTM": keras.layers.LSTM, "GRU": keras.layers.GRU}.get(cell, keras.layers.SimpleRNN)
    simple = kind is keras.layers.SimpleRNN
    layer = kind(
        units,
        kernel_initializer=keras.initializers.GlorotUniform(seed),
        recurrent_initializer=keras.initializers.Orthogonal(scale, seed + 1),
        **({"activation": cell.split()[1].lower()} if simple else {}),
    )
    layer.build((None, None, 8))
    kernel, recurrent_kernel, bias = (np.array(weight) for weight in layer.get_weights())
    if cell == "LSTM":
        bias[units : 2 * units] = forget_bias  # gates i, f, c, o
    if cell == "GRU":
        bias[0, :units] = update_bias  # gates z, r, h; a large z keeps the past
    layer.set_weights([kernel, recurrent_kernel, bias])
    dense = keras.layers.Dense(4, kernel_initializer=keras.initializers.GlorotUniform(seed + 2))
    dense.build((None, units))
    return layer, dense


# --- training: fresh sequences at every step
def train(layer, dense):
    weights = layer.trainable_variables + dense.trainable_variables
    kind = keras.optimizers.Adam if optimizer == "adam" else keras.optimizers.SGD
    adjust = kind(learning_rate, global_clipnorm=clip or None)
    adjust.build(weights)

    @tf.function
    def step(x, y):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y, dense(layer(x))))
        adjust.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))

    for k in range(steps):
        step(*map(tf.constant, sequences(64, 1 + k)))


# --- the gradients: run the layer's own cell step by step and watch every state, in 64-bit floats
def gradients(layer, dense):
    x, y = sequences(32, 0)
    exact = layer.__class__.from_config(layer.get_config() | {"dtype": "float64"})
    exact.build((None, None, 8))
    exact.set_weights(layer.get_weights())
    kernel, bias = (weight.astype("float64") for weight in dense.get_weights())
    count = 2 if isinstance(layer, keras.layers.LSTM) else 1  # an LSTM's state is h and c
    states = [[tf.zeros((len(x), units), tf.float64)] * count]
    with tf.GradientTape() as tape:
        for t in range(length):
            new = exact.cell(tf.constant(x[:, t], tf.float64), states[-1])[1]
            states.append(list(new) if isinstance(new, (list, tuple)) else [new])
            tape.watch(states[-1])
        logits = states[-1][0] @ kernel + bias
        loss = tf.reduce_sum(tf.nn.sparse_softmax_cross_entropy_with_logits(y, logits))  # of 32 independent sequences
    found = tape.gradient(loss, states[1:])
    return [np.array([np.linalg.norm(g[k], axis=1).mean() for g in found]) for k in range(count)]


# --- the result: mean size of the gradient at every step
def measure(cell):
    layer, dense = build(cell)
    train(layer, dense)
    hidden, *carry = gradients(layer, dense)
    print(cell, "first", hidden[0], "last", hidden[-1])
    return {"hidden": hidden, "carry": carry[0] if carry else None}


result = {cell: measure(cell) for cell in cells} if strip is None else {}

# --- the strip: one unit, U = W = 1, inputs that make every slope 1 - h² the wanted factor
if strip is not None:
    h = np.append(0.5, np.sqrt(1 - np.array(strip[1:]) / np.array(strip[:-1]))[::-1])
    layer = keras.layers.SimpleRNN(1, dtype="float64")
    layer.build((None, None, 1))
    layer.set_weights([np.ones((1, 1)), np.ones((1, 1)), np.zeros(1)])
    states = [tf.zeros((1, 1), tf.float64)]
    with tf.GradientTape() as tape:
        for x in np.arctanh(h) - np.append(0.0, h[:-1]):
            states.append(layer.cell(tf.constant([[x]]), [states[-1]])[0])
            tape.watch(states[-1])
        loss = strip[0] * states[-1]
    result = {"strip": np.array([g[0, 0] for g in tape.gradient(loss, states[1:])])}
    print(result["strip"])
