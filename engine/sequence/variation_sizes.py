"""How many weights the variations have, counted from real Keras layers."""

from engine.compute import task
from engine.sequence.lstm_sizes import Size
from engine.sequence.variations import FEATURES


@task
def sizes(units: int = 3, layers: int = 3) -> tuple[Size, ...]:
    """Count weights: a GRU has 3 (units (features + units) + 2 units), an LSTM 4 (units (features + units) + units).

    Parameters
    ----------
    units : int
        Of every layer, 1 to 16; they read 4 numbers per word.
    layers : int
        Of the stack, 1 to 3.

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
    from keras import layers as kinds

    u, f = units, FEATURES
    gru, further = f"3·({u}·({f} + {u}) + 2·{u})", f"3·({u}·({u} + {u}) + 2·{u})"
    stack = gru + (f" + {further}" if layers == 2 else f" + {layers - 1}·{further}" if layers > 2 else "")
    before = f"3·({u}·({f} + {u}) + {u})"
    words, number = f"{f} numbers a word", "1 number a step"
    kept = [kinds.GRU(u, return_sequences=True) for _ in range(layers)]
    return (
        Size(f"GRU({u})", words, gru, _count(f, kinds.GRU(u))),
        Size(f"GRU({u}, reset_after=False)", words, before, _count(f, kinds.GRU(u, reset_after=False))),
        Size(f"LSTM({u})", words, f"4·({u}·({f} + {u}) + {u})", _count(f, kinds.LSTM(u))),
        Size(f"SimpleRNN({u})", words, f"{u}·({f} + {u}) + {u}", _count(f, kinds.SimpleRNN(u))),
        Size(f"Bidirectional(GRU({u}))", words, f"2·{gru}", _count(f, kinds.Bidirectional(kinds.GRU(u)))),
        Size(f"{layers} stacked GRU({u})", words, stack, _count(f, *kept)),
        Size("GRU(100)", number, "3·(100·(1 + 100) + 2·100)", _count(1, kinds.GRU(100))),
        Size("LSTM(100)", number, "4·(100·(1 + 100) + 100)", _count(1, kinds.LSTM(100))),
    )  # fmt: skip


def _count(features: int, *stack: object) -> int:
    """Let Keras build the layers on top of one another and count."""
    import keras

    return keras.Sequential([keras.Input((None, features)), *stack]).count_params()
