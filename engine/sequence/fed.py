"""Keras's recurrent layers with their weights as arguments: one compiled call serves every number of units.

A built layer has weights of one shape, and so has every function compiled with it; a new number of units would cost a
compilation of its own. Here a layer is made without weights and gets tensors in their place while a call is compiled.
What runs is the layer's own code on the weights of the call, so nothing is set or locked between two calls.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np


def make(kind: str, **settings: Any) -> Any:
    """Make a layer or cell without weights: they are `feed`'s business.

    Parameters
    ----------
    kind : str
        "SimpleRNN", "LSTM" or "GRU", also as "SimpleRNNCell" and so on.
    **settings
        Of the Keras class, but for the number of units.

    Returns
    -------
    keras.layers.Layer
        For `feed`.
    """
    import keras

    plain = {} if kind.startswith("SimpleRNN") or kind.endswith("Cell") else {"use_cudnn": False}
    return _unbuilt(getattr(keras.layers, kind)(1, **plain, **settings))


def both_ways(layer: Any) -> Any:
    """Put keras.layers.Bidirectional around a layer from `make`; it takes six weights, the forward layer's first."""
    import keras

    return _unbuilt(keras.layers.Bidirectional(layer))


def _unbuilt(layer: Any) -> Any:
    for name in ("forward_layer", "backward_layer", "cell"):
        if hasattr(layer, name):
            _unbuilt(getattr(layer, name))
    layer.built = True  # else its first call would give it weights of its own
    return layer


def feed(layer: Any, weights: Sequence[Any]) -> Any:
    """Give a recurrent layer or cell its weights, inside the function that is being compiled.

    Parameters
    ----------
    layer : keras.layers.Layer
        From `make` or `both_ways`.
    weights : sequence of tf.Tensor
        In Keras's order: kernel (features, gates * units), recurrent kernel (units, gates * units), and bias or None.

    Returns
    -------
    keras.layers.Layer
        The same, ready to be called. Name the initial state in the call: the layer does not know how large it is.
    """
    import tensorflow as tf

    if hasattr(layer, "forward_layer"):
        feed(layer.forward_layer, weights[:3])
        feed(layer.backward_layer, weights[3:])
        return layer
    cell = getattr(layer, "cell", layer)
    cell.units = tf.shape(weights[1])[0]
    cell.kernel, cell.recurrent_kernel, cell.bias = weights
    return layer


def dense(**settings: Any) -> Any:
    """Make a keras.layers.Dense without weights; its `kernel` and `bias` are assigned as `feed` does.

    Parameters
    ----------
    **settings
        Of keras.layers.Dense.

    Returns
    -------
    keras.layers.Dense
        Its number of units is that of the kernel's columns.
    """
    import keras

    class Fed(keras.layers.Dense):
        kernel: Any = None  # in Keras a property that reads the layer's own variable
        bias: Any = None

    return _unbuilt(Fed(1, **settings))


def embedding(**settings: Any) -> Any:
    """Make a keras.layers.Embedding without weights; its `embeddings` are assigned as `feed` does.

    Parameters
    ----------
    **settings
        Of keras.layers.Embedding, but for its sizes.

    Returns
    -------
    keras.layers.Embedding
        Its sizes are those of the matrix.
    """
    import keras

    class Fed(keras.layers.Embedding):
        embeddings: Any = None  # in Keras a property that reads the layer's own variable

    return _unbuilt(Fed(1, 1, **settings))


def numbers(*arrays: np.ndarray, dtype: str = "float32") -> list[Any]:
    """Turn arrays into tensors of one type, as a compiled function wants its arguments."""
    import tensorflow as tf

    return [tf.constant(np.ascontiguousarray(array, dtype)) for array in arrays]


def spec(*shape: int | None, dtype: str = "float32") -> Any:
    """Describe an argument of a compiled function; None where any size will do."""
    import tensorflow as tf

    return tf.TensorSpec(shape, dtype)
