"""A Siamese network trained with triplet loss by Keras on digits 0 to 6: can it verify digits, seen or unseen?"""

import keras
import numpy as np
from keras import ops
from sklearn.datasets import load_digits
from sklearn.metrics import roc_auc_score, roc_curve

# --- settings: the page writes its own here
steps = 0  # of training
pairs = 260
on = "unseen"  # or "seen": classes
draw = 0  # seed of the pairs
mining = "semi-hard"  # or "random", "hard"
margin = 0.2
embedding = 8
candidates = 8
learning_rate = 0.003
seed = 1

# --- the pictures: every other one of the digits 0 to 6 is trained on
pictures, labels = load_digits(return_X_y=True)
pictures = np.rint(pictures * 255 / 16).astype("float32") / 255
own = [np.flatnonzero(labels == digit) for digit in range(7)]
train = [numbers[::2] for numbers in own]
seen, unseen = np.sort(np.concatenate([numbers[1::2] for numbers in own])), np.flatnonzero(labels >= 7)


# --- the network, and the loss: p and n are squared distances to the positive and to the chosen negative
def triplet_loss(_, points):
    anchor, positive, negatives = points[:, :1], points[:, 1], points[:, 2:]
    p = ops.sum(ops.square(anchor[:, 0] - positive), -1)
    n = ops.sum(ops.square(anchor - negatives), -1)
    farther = n > p[:, None]
    semi_hard = ops.where(ops.any(farther, -1), ops.min(ops.where(farther, n, 9.0), -1), ops.max(n, -1))
    chosen = {"random": n[:, 0], "semi-hard": semi_hard, "hard": ops.min(n, -1)}[mining]
    return ops.mean(ops.relu(p - chosen + margin))


first, second = (keras.initializers.GlorotUniform(seed + k) for k in (0, 1))
hidden = keras.layers.Dense(64, "relu", kernel_initializer=first)
out = keras.layers.Dense(embedding, kernel_initializer=second)
network = keras.Sequential([keras.Input((2 + candidates, 64)), hidden, out, keras.layers.UnitNormalization()])
network.compile(keras.optimizers.Adam(learning_rate), loss=triplet_loss)

# --- training: each step draws 64 anchors, a positive each, and candidate negatives
sizes = np.array([len(numbers) for numbers in train])
rows = np.stack([np.pad(numbers, (0, sizes.max() - len(numbers))) for numbers in train])
for step in range(steps):
    random = np.random.default_rng((seed, step))
    anchor = random.integers(7, size=64)
    others = (anchor[:, None] + random.integers(1, 7, size=(64, candidates))) % 7
    a = random.integers(sizes[anchor])
    p = (a + random.integers(1, sizes[anchor])) % sizes[anchor]
    negatives = rows[others, random.integers(sizes[others])]
    chosen = np.concatenate([rows[anchor, a][:, None], rows[anchor, p][:, None], negatives], 1)
    network.train_on_batch(pictures[chosen], np.zeros((64, 1)))


# --- the pairs: no picture stands in two of them
def apart(numbers, same):
    found, waiting = [], []
    for number in numbers:
        match = [k for k in waiting if (labels[k] == labels[number]) == same]
        if match:
            waiting.remove(match[0])
            found.append((match[0], number))
        else:
            waiting.append(number)
        if len(found) == pairs // 2:
            break
    return found


random = np.random.default_rng(draw)
numbers = random.permutation(unseen if on == "unseen" else seen)
same = apart(numbers, True)
different = apart(random.permutation(np.setdiff1d(numbers, same)), False)
a, b = np.array(same + different).T
truth = labels[a] == labels[b]

# --- the result: area under the ROC curve and equal error rate, of the network and of raw pixels
points = pictures
for layer in network.layers:
    points = layer(points)
result = {}
for name, x in (("network", np.array(points)), ("raw pixels", pictures)):
    squared = ((x[a].astype(float) - x[b]) ** 2).sum(1)
    false_accepts, true_accepts, _ = roc_curve(truth, -squared, drop_intermediate=False)
    grid = np.linspace(0, 1, 1_000_001)
    eer = grid[np.argmin(np.abs(1 - np.interp(grid, false_accepts, true_accepts) - grid))]
    result[name] = (float(roc_auc_score(truth, -squared)), float(eer))
    print(f"{name}: ROC area {result[name][0]:.3f}, equal error rate {result[name][1]:.1%}")
