"""One step ahead: windows, the naive and the linear forecast by scikit-learn, and networks trained by Keras."""

import keras
import numpy as np
from sklearn.linear_model import LinearRegression
from sklearn.metrics import mean_absolute_error, root_mean_squared_error
from sklearn.preprocessing import StandardScaler

# --- settings: the page writes its own here
values = [8.0, 9.5, 11.0, 9.0, 8.5, 10.0, 12.5, 10.0, 9.5, 11.0, 13.5, 11.5, 10.0, 12.0, 14.5, 12.0, 11.0, 13.0, 15.0]
n_steps = 4
test = 4  # samples of the test part, the last ones
leak = False  # True fits the scaling on all values, the future included
networks = ["LSTM"]  # Dense, SimpleRNN, LSTM, GRU
units = 16
learning_rate = 0.01
batches = 0  # of training; 0: no network
seed = 0

# --- the samples: n_steps values and the one after them; the split is in time, nothing is shuffled before it
series = np.array(values)
x = np.array([series[i : i + n_steps] for i in range(len(series) - n_steps)])
y = series[n_steps:]
print(len(y), "samples:", len(y) - test, "train,", test, "test")


# --- two forecasts that every network has to beat
def score(forecast):
    last = y[-test:], forecast[-test:]
    return {"forecast": forecast, "rmse": root_mean_squared_error(*last), "mae": mean_absolute_error(*last)}


linear = LinearRegression().fit(x[:-test], y[:-test])
result = {"x": x, "y": y, "naive": score(x[:, -1]), "linear": score(linear.predict(x))}

# --- scaling: fitted on the training part only, unless a leak is wanted
scaler = StandardScaler().fit(series[:, None] if leak else series[:-test, None])
scaled_x = scaler.transform(x.reshape(-1, 1)).reshape(*x.shape, 1).astype("float32")
scaled_y = scaler.transform(y[:, None]).astype("float32")


# --- the networks
def build(name):
    first = keras.initializers.GlorotUniform(seed)
    if name == "Dense":
        hidden = [keras.layers.Flatten(), keras.layers.Dense(units, "relu", kernel_initializer=first)]
    else:
        again = keras.initializers.Orthogonal(seed=seed + 1)
        hidden = [getattr(keras.layers, name)(units, kernel_initializer=first, recurrent_initializer=again)]
    output = keras.layers.Dense(1, kernel_initializer=keras.initializers.GlorotUniform(seed + 2))
    model = keras.Sequential([keras.Input((n_steps, 1)), *hidden, output])
    model.compile(keras.optimizers.Adam(learning_rate), loss="mse")
    return model


def train(model, size=16):
    count = len(y) - test
    per_epoch = -(-count // size)
    for step in range(batches):
        epoch, place = divmod(step, per_epoch)
        order = np.random.default_rng((seed, epoch)).permutation(count)[place * size : (place + 1) * size]
        model.train_on_batch(scaled_x[order], scaled_y[order])


for name in networks if batches else []:
    model = build(name)
    train(model)
    result[name] = score(scaler.inverse_transform(np.array(model(scaled_x), "float64"))[:, 0])

for name in result.keys() - {"x", "y"}:
    print(name, "RMSE", result[name]["rmse"], "MAE", result[name]["mae"])
