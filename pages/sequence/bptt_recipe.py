"""Backpropagation through time, by hand and by TensorFlow: the gradients that the page shows."""

import keras
import numpy as np
import tensorflow as tf

# --- settings: the page writes its own here
x = [[1.0], [2.0]]  # a row per time step
targets = [2.0, 3.0]  # a number per time step
shares = [0.5, 0.5]  # how much the loss of each step counts; 1/T each for the mean
cut = 2  # the way back ends after so many steps; the number of steps or more: never
learning_rate = 0.1
activation = "tanh"
U = [[0.5]]  # (units, inputs)
W = [[0.4]]  # (units, units)
V = [[0.3]]  # (1, units)
b = [0.0]  # (units,)
h0 = [0.0]  # (units,) the state before the first step

# --- the layers, with these weights (Keras keeps U, W and V transposed)
x, targets, shares = (np.array(given, "float32") for given in (x, targets, shares))
units = len(h0)
rnn = keras.layers.SimpleRNN(units, activation=activation, return_sequences=True)
dense = keras.layers.Dense(1, use_bias=False)
rnn.build((1, None, x.shape[1]))
dense.build((1, None, units))
rnn.set_weights([np.transpose(U), np.transpose(W), np.array(b)])
dense.set_weights([np.transpose(V)])


# --- forward and back with the tape: the state goes on over a cut, the gradient does not
def read():
    """Return the states, outputs and loss; one stretch after the other."""
    state, hidden = tf.constant([h0], "float32"), []
    for start in range(0, len(x), cut):
        hidden.append(rnn(x[None, start : start + cut], initial_state=tf.stop_gradient(state)))
        state = hidden[-1][:, -1]
    hidden = tf.concat(hidden, axis=1)
    outputs = dense(hidden)[0, :, 0]
    return hidden[0], outputs, tf.reduce_sum(shares * (outputs - targets) ** 2 / 2)


with tf.GradientTape() as tape:
    hidden, outputs, loss = read()
variables = [dense.kernel, *rnn.trainable_variables]
by_tape = {name: g.numpy().T for name, g in zip("VUWb", tape.gradient(loss, variables), strict=True)}

# --- the same by hand, from the last step to the first
slopes = {
    "tanh": lambda h: 1 - h**2,
    "sigmoid": lambda h: h * (1 - h),
    "relu": lambda h: (h > 0) * 1.0,
    "linear": np.ones_like,
}
states = np.concatenate([[h0], hidden])
by_hand = {name: np.zeros(np.shape(weight)) for name, weight in {"V": V, "U": U, "W": W, "b": b}.items()}
coming_back = np.zeros(units)
for t in reversed(range(len(x))):
    error = shares[t] * (outputs[t].numpy() - targets[t])  # dL / doutput_t
    reaching = error * np.array(V)[0] + coming_back  # dL / dh_t
    delta = slopes[activation](states[t + 1]) * reaching  # dL / da_t
    by_hand["V"] += error * states[t + 1]
    by_hand["W"] += np.outer(delta, states[t])
    by_hand["U"] += np.outer(delta, x[t])
    by_hand["b"] += delta
    coming_back = np.array(W).T @ delta if t % cut else np.zeros(units)  # nothing comes back over a cut
    print(f"t = {t + 1}: dL/doutput {error:.4f}, dL/dh {reaching}, dL/da {delta}")
for name in by_hand:
    print(f"dL/d{name} by hand", by_hand[name].tolist(), "by the tape", by_tape[name].tolist())

# --- one step of gradient descent
for variable, gradient in zip(variables, (by_tape[name].T for name in "VUWb"), strict=True):
    variable.assign_sub(learning_rate * gradient)
_, _, new_loss = read()
print("loss", float(loss), "after one update", float(new_loss))
result = {**by_hand, "loss": float(loss), "new loss": float(new_loss)}
