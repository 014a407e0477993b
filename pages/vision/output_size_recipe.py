"""The size of what a layer or a stack of layers puts out, by Keras: what the page shows."""

import keras
import numpy as np
import tensorflow as tf

# --- settings: the page writes its own here
size = (6, 6)  # rows and columns of the input, or one number of samples
kernel_size = (3, 3)
strides = 1
dilation_rate = 1
pads = [(0, 0), (0, 0)]  # cells before and after each axis; a transposed layer cuts them off
fill = "zeros"  # what the padding holds: "zeros", "reflect" or "replicate"
transposed = False
channels = 3
stack = []  # instead of one layer: (kind, filters, kernel size, strides, padding, dilation) of each


# --- one layer with all weights one: every result counts what it sees
def windows(picture):
    kind = f"Conv{len(size)}D" + ("Transpose" if transposed else "")
    both = strides > 1 and dilation_rate > 1  # Keras takes one of them at a time
    layer = getattr(keras.layers, kind)(
        1, kernel_size, strides=1 if both else strides, dilation_rate=dilation_rate,
        use_bias=False, kernel_initializer="ones",
    )  # fmt: skip
    every = (slice(None), *[slice(None, None, strides)] * len(size))
    if not both:
        return layer(picture)
    if not transposed:
        return layer(picture)[every]
    spread = np.zeros((1, *((n - 1) * strides + 1 for n in size), 1), "float32")
    spread[every] = picture
    output = layer(spread)
    length = [
        (n - 1) * strides + max(dilation_rate * (k - 1) + 1, strides) for n, k in zip(size, kernel_size, strict=True)
    ]
    return tf.pad(output, [(0, 0), *((0, n - m) for n, m in zip(length, output.shape[1:-1], strict=True)), (0, 0)])


# --- how many windows see each pixel: the gradient of their sum
def one_layer():
    picture = tf.ones((1, *size, 1))
    if transposed:
        output = windows(picture).numpy()[0, ..., 0]
        return output[tuple(slice(a, n - b) for n, (a, b) in zip(output.shape, pads, strict=True))]
    with tf.GradientTape() as tape:
        tape.watch(picture)
        padded = picture
        for axis, (before, after) in enumerate(pads):
            if fill == "zeros":
                padded = tf.pad(padded, [(before, after) if k == axis + 1 else (0, 0) for k in range(len(size) + 2)])
            else:
                mode = {"reflect": "reflect", "replicate": "edge"}[fill]
                padded = tf.gather(padded, np.pad(np.arange(size[axis]), (before, after), mode), axis=axis + 1)
        output = windows(padded)
    print("output", output.shape[1:-1])
    return tape.gradient(output, picture).numpy()[0, ..., 0]


# --- a stack: the real model, counted by Keras
def make(kind, filters, kernel, steps, padding, dilation):
    layers = keras.layers
    if kind == "conv":
        return layers.Conv2D(filters, kernel, steps, padding, dilation_rate=dilation, activation="relu")
    if kind in ("pool", "average"):
        return (layers.MaxPooling2D if kind == "pool" else layers.AveragePooling2D)(kernel, steps, padding)
    if kind == "dense":
        return layers.Dense(filters)
    return layers.Flatten() if kind == "flatten" else layers.GlobalAveragePooling2D()


def whole_stack():
    model = keras.Sequential([keras.Input((*size, channels)), *(make(*layer) for layer in stack)])
    model.summary()
    return np.array([layer.count_params() for layer in model.layers])


# --- the result: windows that see each pixel, or parameters of each layer
result = whole_stack() if stack else one_layer()
print(result)
