"""A Siamese network trained with triplet loss by Keras: can it verify digits or faces of classes it never saw?"""

import zipfile

import keras
import numpy as np
from keras import ops
from PIL import Image
from sklearn.datasets import load_digits
from sklearn.metrics import roc_auc_score, roc_curve

# --- settings: the page writes its own here
faces = ""  # digits, or the file "faces.zip" of the page "Capture faces"
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

# --- the pictures: digits, or grey faces of 24 x 24 pixels of everybody with four faces or more
if faces:
    people = {}
    with zipfile.ZipFile(faces) as archive:
        for name in archive.namelist()[:-1]:  # the last file is the table
            grey = np.asarray(Image.open(archive.open(name))) @ [0.299, 0.587, 0.114]
            small = np.rint(grey.reshape(24, 4, 24, 4).mean((1, 3)))
            people.setdefault(name.split("/")[0], []).append(small.ravel())
    people = [own for own in people.values() if len(own) >= 4]
    pictures, labels = np.concatenate(people), np.repeat(np.arange(len(people)), [len(own) for own in people])
    classes = len(people) if len(people) < 4 else len(people) - len(people) // 2
else:
    pictures, labels = load_digits(return_X_y=True)
    pictures, classes = np.rint(pictures * 255 / 16), 7
pictures = pictures.astype("float32") / 255
side = int(pictures.shape[1] ** 0.5)

# --- the first classes are trained on, with every other picture of theirs; the others stay unseen
own = [np.flatnonzero(labels == k) for k in range(classes)]
train = [numbers[::2] for numbers in own]
seen, unseen = np.sort(np.concatenate([numbers[1::2] for numbers in own])), np.flatnonzero(labels >= classes)


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
network = keras.Sequential([keras.Input((2 + candidates, side**2)), hidden, out, keras.layers.UnitNormalization()])
network.compile(keras.optimizers.Adam(learning_rate), loss=triplet_loss)


# --- so few faces are varied: mirrored or not, moved by up to 2 pixels, up to 20 % brighter or darker
def varied(x, random):
    flat = x.reshape(-1, side, side)
    mirror, start = random.random(len(flat)) < 0.5, 2 + random.integers(-2, 3, (len(flat), 2))
    light = random.uniform(0.8, 1.2, len(flat)).astype("float32")
    padded = np.pad(flat, ((0, 0), (2, 2), (2, 2)), mode="edge")
    for k, (top, left) in enumerate(start):
        moved = padded[k, top : top + side, left : left + side]
        flat[k] = np.clip((moved[:, ::-1] if mirror[k] else moved) * light[k], 0, 1)
    return flat.reshape(x.shape)


# --- training: each step draws 64 anchors, a positive each, and candidate negatives
sizes = np.array([len(numbers) for numbers in train])
rows = np.stack([np.pad(numbers, (0, sizes.max() - len(numbers))) for numbers in train])
for step in range(steps):
    random = np.random.default_rng((seed, step))
    anchor = random.integers(classes, size=64)
    others = (anchor[:, None] + random.integers(1, classes, size=(64, candidates))) % classes
    a = random.integers(sizes[anchor])
    p = (a + random.integers(1, sizes[anchor])) % sizes[anchor]
    negatives = rows[others, random.integers(sizes[others])]
    chosen = np.concatenate([rows[anchor, a][:, None], rows[anchor, p][:, None], negatives], 1)
    x = pictures[chosen]
    if faces:
        x = varied(x, np.random.default_rng((seed, step, 1)))
    network.train_on_batch(x, np.zeros((64, 1)))


# --- the pairs, half of them the same: no picture stands in two of them
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
different = apart(random.permutation(np.setdiff1d(numbers, np.ravel(same))), False)
if min(len(same), len(different)) < pairs // 2:  # too few pictures: they recur
    both = np.stack(np.triu_indices(len(numbers), 1), 1)
    alike = labels[numbers[both[:, 0]]] == labels[numbers[both[:, 1]]]
    same, different = (random.permutation(numbers[both[alike == wanted]]).tolist() for wanted in (True, False))
    count = min(pairs // 2, len(same), len(different))
    same, different = same[:count], different[:count]
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
