"""A convolution layer on one picture, by TensorFlow: the feature maps that the page shows."""

import base64
import io

import cv2
import numpy as np
import tensorflow as tf
from PIL import Image
from skimage import data
from sklearn.datasets import load_digits, load_sample_image

# --- settings: the page writes its own here
image = "camera"  # a sample's name, a list of rows, or a PNG file in base64
size = 28  # pixels a side
colour = False
kernels = [[[1, 0, -1], [1, 0, -1], [1, 0, -1]]]  # one or more, as they are laid on the picture
strides = 1
padding = "valid"  # "valid", "same" or the number of zeros on every side
bias = 0.0
relu = False


# --- the picture: cut to a square, resized, 0 to 255
def read(image):
    if isinstance(image, list):
        return np.array(image, "float32")
    if image == "digit":
        return np.float32(load_digits().images[13] * (255 / 16))
    if image == "checkerboard":
        return np.kron(np.indices((8, 8)).sum(0) % 2, np.ones((16, 16))).astype("float32") * 255
    if image == "flower":
        return load_sample_image("flower.jpg")
    if image in ("camera", "astronaut", "coins"):
        return getattr(data, image)()
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(image))))


picture = read(image)
if not isinstance(image, list):
    side = min(picture.shape[:2])
    top, left = ((length - side) // 2 for length in picture.shape[:2])
    square = np.ascontiguousarray(picture[top : top + side, left : left + side], "float32")
    way = cv2.INTER_AREA if size <= side else cv2.INTER_CUBIC
    picture = np.clip(cv2.resize(square, (size, size), interpolation=way), 0, 255)
if colour and picture.ndim == 2:
    picture = np.repeat(picture[:, :, None], 3, axis=2)
elif not colour:
    picture = (picture if picture.ndim == 2 else cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY))[:, :, None]

# --- the layer: the same cells for every channel
weights = np.repeat(np.moveaxis(np.float32(kernels), 0, -1)[:, :, None, :], picture.shape[2], axis=2)
zeros = padding.upper() if isinstance(padding, str) else [[0, 0], [padding] * 2, [padding] * 2, [0, 0]]
maps = tf.nn.conv2d(picture[None], weights, strides, zeros) + bias
if relu:
    maps = tf.nn.relu(maps)

# --- the result: (rows, columns, filters)
result = maps.numpy()[0]
print(result.shape)
print(result[:, :, 0])
