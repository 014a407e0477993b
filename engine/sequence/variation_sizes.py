"""How many weights the variations have, counted from real Keras layers."""

from functools import lru_cache

from engine.compute import task
from engine.sequence.lstm_sizes import Size
from engine.sequence.variations import FEATURES


@task
def sizes(units: int = 3, layers: int = 3, reset_after: bool = True) -> tuple[Size, ...]:
    """Count weights: a GRU has 3 (units (features + units) + 2 units), an LSTM 4 (units (features + units) + units).

    Parameters
    ----------
    units : int
        Of every layer, 1 to 16; they read 4 numbers per word.
    layers : int
        Of the stack, 1 to 3.
    reset_after : bool
        Of the two directions and of the stack.

    Returns
    -------
    tuple of Size
        GRU with both kinds of reset, LSTM, SimpleRNN, Bidirectional, the stack; and GRU(100), LSTM(100) on one number.

    Raises
    ------
    ValueError
        If there are no units or layers.

    References
    ----------
    https://keras.io/api/layers/recurrent_layers/gru/

    Examples
    --------
    >>> [size.count for size in sizes(units=2, layers=2)]
    [48, 42, 56, 14, 96, 84, 30900, 40800]
    """
    if units < 1 or layers < 1:
        raise ValueError(f"{layers} layers of {units} units have nothing to count; use at least 1 of each")
    return _sizes(units, layers, reset_after)


def _sizes(u: int, layers: int, reset_after: bool) -> tuple[Size, ...]:
    f = FEATURES
    bias = f"2·{u}" if reset_after else f"{u}"
    gru, further = f"3·({u}·({f} + {u}) + {bias})", f"3·({u}·({u} + {u}) + {bias})"
    part = f"GRU({u})" if reset_after else f"GRU({u}, reset_after=False)"
    stack = gru + (f" + {further}" if layers == 2 else f" + {layers - 1}·{further}" if layers > 2 else "")
    after, before = f"3·({u}·({f} + {u}) + 2·{u})", f"3·({u}·({f} + {u}) + {u})"
    words, number = f"{f} numbers a word", "1 number a step"
    first, other = (_count("GRU", u, n, reset_after=reset_after) for n in (f, u))
    return (
        Size(f"GRU({u})", words, after, _count("GRU", u, f)),
        Size(f"GRU({u}, reset_after=False)", words, before, _count("GRU", u, f, reset_after=False)),
        Size(f"LSTM({u})", words, f"4·({u}·({f} + {u}) + {u})", _count("LSTM", u, f)),
        Size(f"SimpleRNN({u})", words, f"{u}·({f} + {u}) + {u}", _count("SimpleRNN", u, f)),
        Size(f"Bidirectional({part})", words, f"2·{gru}", _count("GRU", u, f, both=True, reset_after=reset_after)),
        Size(f"{layers} stacked {part}", words, stack, first + (layers - 1) * other),
        Size("GRU(100)", number, "3·(100·(1 + 100) + 2·100)", _count("GRU", 100, 1)),
        Size("LSTM(100)", number, "4·(100·(1 + 100) + 100)", _count("LSTM", 100, 1)),
    )  # fmt: skip


@lru_cache(maxsize=256)
def _count(kind: str, units: int, features: int, both: bool = False, **more: bool) -> int:
    """Let Keras build a layer and count."""
    from keras import layers

    layer = getattr(layers, kind)(units, kernel_initializer="zeros", recurrent_initializer="zeros", **more)
    layer = layers.Bidirectional(layer) if both else layer
    layer.build((None, None, features))
    return layer.count_params()
