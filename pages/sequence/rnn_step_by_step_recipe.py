"""A SimpleRNN that reads one sequence, by Keras: the hidden states and outputs that the page shows."""

import keras
import numpy as np

# --- settings: the page writes its own here
x = [[1.0], [2.0]]  # a row per time step; whole numbers stand for the place of the 1 in a one-hot vector
targets = [2.0, 3.0]  # a number per time step, or None
units = 1
activation = "tanh"
seed = 0
gain = 1.0  # of a drawn W
U = [[0.5]]  # (units, inputs), or None: drawn from the seed
W = [[0.4]]  # (units, units), or None
V = [[0.3]]  # (1, units), or None
b = [0.0]  # (units,)
h0 = [0.0]  # (units,) the state before the first step

# --- the input: (1 sequence, time steps, inputs)
inputs = np.eye(max(x) + 1)[x] if isinstance(x[0], int) else np.array(x)
inputs = inputs[None].astype("float32")

# --- the layers: the same weights at every time step
rnn = keras.layers.SimpleRNN(
    units,
    activation=activation,
    kernel_initializer=keras.initializers.GlorotUniform(seed),
    recurrent_initializer=keras.initializers.Orthogonal(gain, seed + 1),
    return_sequences=True,
)
dense = keras.layers.Dense(1, use_bias=False, kernel_initializer=keras.initializers.GlorotUniform(seed + 2))
rnn.build(inputs.shape)
dense.build((None, units))
kernel, recurrent_kernel, _ = rnn.get_weights()
rnn.set_weights(
    [
        kernel if U is None else np.transpose(U),  # Keras keeps U, W and V transposed
        recurrent_kernel if W is None else np.transpose(W),
        np.array(b),
    ]
)
if V is not None:
    dense.set_weights([np.transpose(V)])

# --- the result: a state and an output per time step
hidden = rnn(inputs, initial_state=keras.ops.convert_to_tensor([h0]))
outputs = dense(hidden)
result = {"hidden": np.array(hidden)[0], "outputs": np.array(outputs)[0, :, 0]}  # (T, units), (T,)
print(result["hidden"])
print(result["outputs"])
if targets is not None:
    losses = (result["outputs"] - np.array(targets)) ** 2 / 2
    print("losses", losses, "mean", losses.mean())
