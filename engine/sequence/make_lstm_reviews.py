"""Train the LSTM that is shipped: ``python -m engine.sequence.make_lstm_reviews``. The same seed, the same weights.

(On another processor the last digits of the weights may differ.)
"""

import argparse
from typing import Any

import numpy as np

from engine.sequence import review_model, reviews
from engine.sequence.review_model import HELD_OUT, SHIPPED, TRAINING, UNITS, Batch

FEATURES, EPOCHS, SEED = 16, 10, 0
FORGET_BIAS = 3.0  # forget gates begin open: who lets go from the start cannot learn what is worth keeping
UNKNOWN_SHARE = 0.05  # of the words are hidden in training, so that the network has met unknown words


def main() -> None:
    """Write data/lstm_reviews.npz."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    found = reviews.reviews(TRAINING + HELD_OUT, SEED)
    vocabulary = ("", *sorted({word for review in found[:TRAINING] for word in review.words}))
    model = _train(review_model.batch(found[:TRAINING], vocabulary), len(vocabulary))
    held_out = review_model.batch(found[TRAINING:], vocabulary)
    embedding, kernel, recurrent_kernel, bias, dense, dense_bias = model.get_weights()
    SHIPPED.parent.mkdir(exist_ok=True)
    np.savez_compressed(
        SHIPPED, vocabulary=np.array(vocabulary), embedding=embedding, kernel=kernel, recurrent_kernel=recurrent_kernel,
        bias=bias, dense=dense[:, 0], dense_bias=dense_bias[0], ids=held_out.ids.astype(np.uint8),
        lengths=held_out.lengths.astype(np.uint8), verdicts=held_out.verdicts.astype(np.int8),
    )  # fmt: skip
    probability = np.asarray(model(held_out.ids))[..., 0]
    told = held_out.verdicts >= 0
    right = ((probability > 0.5) == held_out.verdicts)[told].mean()
    told_right = f"{right:.1%} of {told.sum()} held-out clause ends right"
    print(f"{SHIPPED}: {len(vocabulary)} words, {told_right}, {SHIPPED.stat().st_size:,} bytes")


def _train(batch: Batch, words: int) -> Any:
    """Show the network every review `EPOCHS` times; only clause ends with a verdict count."""
    import keras

    keras.utils.set_random_seed(SEED)
    layers = [
        keras.layers.Embedding(words, FEATURES),
        keras.layers.LSTM(UNITS, return_sequences=True),
        keras.layers.Dense(1, activation="sigmoid"),
    ]
    model = keras.Sequential([keras.Input((None,), dtype="int32"), *layers])
    model.compile(keras.optimizers.Adam(5e-3), "binary_crossentropy")
    kernel, recurrent_kernel, bias = layers[1].get_weights()
    bias[UNITS : 2 * UNITS] = FORGET_BIAS
    layers[1].set_weights([kernel, recurrent_kernel, bias])
    hidden = np.random.default_rng(SEED).random((EPOCHS, *batch.ids.shape)) < UNKNOWN_SHARE
    told = batch.verdicts >= 0
    for epoch in range(EPOCHS):
        ids = np.where(hidden[epoch], review_model.UNKNOWN, batch.ids)
        model.optimizer.learning_rate = 5e-3 if epoch < EPOCHS - 3 else 1e-3
        model.fit(ids, np.maximum(batch.verdicts, 0)[..., None], 32, sample_weight=told.astype("float32"), verbose=2)
    return model


if __name__ == "__main__":
    main()
