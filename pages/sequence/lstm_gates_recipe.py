"""An LSTM layer that reads one sequence, by Keras: gates, cell state and hidden state that the page shows."""

import base64

import keras
import numpy as np

# --- settings: the page writes its own here
x = [[1.0, 0.0], [2.0, 0.0], [3.0, 0.0], [4.0, 0.0]]  # a row per step: a number each and a 0, or a word's embedding
units = 1
kernel = [[0.0, 0.0, 0.1, 0.0], [0.0, 0.0, 0.0, 0.0]]  # (features, 4 units) in Keras's order i, f, g, o
recurrent_kernel = [[0.0, 0.0, 0.0, 0.0]]  # (units, 4 units)
bias = [120.0, 120.0, 0.0, 120.0]  # (4 units,)
dense = None  # (units,) of the sigmoid unit that reads h, or None
dense_bias = 0.0


# --- weights of a trained layer come as 32-bit numbers in base64
def read(numbers, *shape):
    if isinstance(numbers, str):
        numbers = np.frombuffer(base64.b64decode(numbers), "float32")
    return np.array(numbers, "float32").reshape(shape)


K = read(kernel, -1, 4 * units)
R = read(recurrent_kernel, units, 4 * units)
b = read(bias, 4 * units)
inputs = read(x, -1, len(K))

# --- the layer: h at every step
lstm = keras.layers.LSTM(units, return_sequences=True)
lstm.build((None, *inputs.shape))
lstm.set_weights([K, R, b])
hidden = np.array(lstm(inputs[None]))[0]

# --- its gates, from the same weights: z = x K + h R + b
before = np.concatenate([np.zeros((1, units), "float32"), hidden[:-1]])
z = inputs @ K + before @ R + b
i, f, g, o = np.split(z, 4, axis=1)
i, f, o = (np.array(keras.ops.sigmoid(gate)) for gate in (i, f, o))
g = np.tanh(g)

# --- the cell state: keep, write
cell = np.zeros_like(hidden)
for t in range(len(inputs)):
    cell[t] = f[t] * (cell[t - 1] if t else 0) + i[t] * g[t]
print("largest difference between o tanh(c) and Keras's h:", abs(o * np.tanh(cell) - hidden).max())

# --- the result: (steps, units) each
result = {"f": f, "i": i, "g": g, "o": o, "c": cell, "h": hidden}
if dense is not None:
    result["p"] = 1 / (1 + np.exp(-(hidden @ read(dense, units) + dense_bias)))
for name, numbers in result.items():
    print(name, numbers[-1])
