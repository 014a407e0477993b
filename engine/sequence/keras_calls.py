"""How a small Keras model is called: as it is while it is new, as a graph when it is asked for often."""

import itertools
from collections.abc import Callable, Sequence
from typing import Any

NEW = 3  # calls; making the graph of a recurrent network takes as long as four of them, and then it answers at once


def call_of(model: Any, signature: Sequence[Any]) -> Callable[..., list[Any]]:
    """Give a function of the model's inputs that returns its outputs.

    A lesson builds many networks that are asked for once or twice: their graph would never pay.

    Parameters
    ----------
    model : keras.Model
        Functional, with a list of outputs.
    signature : sequence of tf.TensorSpec
        Of its inputs.
    """
    import tensorflow as tf

    def plain(*inputs: Any) -> Any:
        return model(list(inputs) if len(inputs) > 1 else inputs[0])

    graph, count = tf.function(plain, input_signature=list(signature)), itertools.count()
    return lambda *inputs: (plain if next(count) < NEW else graph)(*inputs)
