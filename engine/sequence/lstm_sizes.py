"""How many weights recurrent layers have, counted from real Keras layers."""

from dataclasses import dataclass

from engine.compute import task

SUM = "40,800 + 5,050 + 2,550 + 51"


@dataclass(frozen=True)
class Size:
    """One layer, or a whole model."""

    name: str
    reads: str  # what comes in, in words
    formula: str  # with its numbers
    count: int  # by Keras


@task
def sizes() -> tuple[Size, ...]:
    """Count the weights of an LSTM: 4 (units (features + units) + units), one set per gate and candidate.

    Returns
    -------
    tuple of Size
        LSTM(100) and SimpleRNN(100) on (5, 1), Dense(50) on 100, and the model LSTM(100), Dense(50), Dense(50),
        Dense(1).

    References
    ----------
    https://keras.io/api/layers/recurrent_layers/lstm/

    Examples
    --------
    >>> [size.count for size in sizes()]
    [40800, 10200, 5050, 48451]
    """
    import keras

    layers = keras.layers
    parts = [layers.LSTM(100), layers.Dense(50), layers.Dense(50), layers.Dense(1)]
    whole = keras.Sequential([keras.Input((5, 1)), *parts])
    simple = layers.SimpleRNN(100)
    simple.build((None, 5, 1))
    return (
        Size("LSTM(100)", "5 steps of 1 number", "4 · (100 · (1 + 100) + 100)", parts[0].count_params()),
        Size("SimpleRNN(100)", "5 steps of 1 number", "100 · (1 + 100) + 100", simple.count_params()),
        Size("Dense(50)", "100 numbers", "100 · 50 + 50", parts[1].count_params()),
        Size("LSTM(100), Dense(50), Dense(50), Dense(1)", "5 steps of 1 number", SUM, whole.count_params()),
    )  # fmt: skip
