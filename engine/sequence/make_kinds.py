"""Train the five small networks and write data/kinds.npz: python -m engine.sequence.make_kinds (about a minute)."""

from typing import Any

import numpy as np

from engine.sequence import kinds_data as data
from engine.sequence import kinds_models

HELD_OUT = 5  # every fifth sentence is not trained on
EPOCHS = {
    kinds_models.ONE_TO_ONE: 60,
    kinds_models.ONE_TO_MANY: 60,
    kinds_models.MANY_TO_ONE: 60,
    kinds_models.MANY_TO_MANY: 8,
    kinds_models.TRANSLATION: 160,
}


def examples(kind: str) -> tuple[list[np.ndarray], np.ndarray]:
    """The inputs of a kind and what should come out (n, ...), 0 where nothing is asked."""
    if kind == kinds_models.ONE_TO_ONE:
        images, labels = data.digits()
        return [images], labels
    if kind == kinds_models.ONE_TO_MANY:
        images, labels = data.digits()
        names = data.padded([np.array([1, *map(data.LETTERS.index, name), 2]) for name in data.DIGITS])[labels]
        return [images, names[:, :-1]], names[:, 1:]
    if kind == kinds_models.MANY_TO_ONE:
        return [_padded([sentence for sentence, _ in data.reviews()], data.review_words())], np.array(
            [label for _, label in data.reviews()]
        )
    if kind == kinds_models.MANY_TO_MANY:
        tags = data.padded([np.array([data.TAGS.index(tag) for tag in found]) for _, found in data.tagged()])
        return [_padded([sentence for sentence, _ in data.tagged()], data.tagged_words())], tags
    known = data.spanish_words()
    spanish = data.padded([np.array([1, *map(known.index, found), 2]) for _, found in data.translated()])
    english = _padded([sentence for sentence, _ in data.translated()], data.english_words())
    return [english, spanish[:, :-1]], spanish[:, 1:]


def _padded(sentences: list[tuple[str, ...]], known: tuple[str, ...]) -> np.ndarray:
    return data.padded([np.array([known.index(word) for word in sentence]) for sentence in sentences])


def split(kind: str, count: int) -> np.ndarray:
    """Which examples are trained on (n,)."""
    if kind in (kinds_models.ONE_TO_ONE, kinds_models.ONE_TO_MANY):
        return np.arange(count) < data.TRAINED
    ours = np.random.default_rng(1).permutation(count) % HELD_OUT > 0
    if kind == kinds_models.MANY_TO_ONE:  # what a single word says cannot be found out from longer sentences alone
        ours |= np.array([len(sentence) <= 2 for sentence, _ in data.reviews()])
    return ours


def asked(kind: str, inputs: list[np.ndarray], targets: np.ndarray) -> np.ndarray:
    """Where something should come out: shaped as the targets."""
    if kind == kinds_models.MANY_TO_MANY:
        return inputs[0] > 0
    return targets > 0 if kind in (kinds_models.ONE_TO_MANY, kinds_models.TRANSLATION) else np.ones(targets.shape, bool)


def train(kind: str) -> tuple[Any, float]:
    """Train the model of a kind from seed 0: the model, and its share of held-out examples without any mistake."""
    import keras

    keras.utils.set_random_seed(0)
    model = kinds_models.build(kind)
    inputs, targets = examples(kind)
    ours, where = split(kind, len(targets)), asked(kind, inputs, targets)
    learner = keras.Model(model.input, model.outputs[-1])
    loss = "binary_crossentropy" if kind == kinds_models.MANY_TO_ONE else "sparse_categorical_crossentropy"
    learner.compile(keras.optimizers.Adam(3e-3), loss)
    learner.fit(
        _one(inputs, ours), targets[ours], 32, EPOCHS[kind], verbose=0, sample_weight=where[ours].astype("float32")
    )
    found = np.array(learner(_one(inputs, ~ours)))
    answers = found[:, 0] > 0.5 if kind == kinds_models.MANY_TO_ONE else found.argmax(-1)
    right = (answers == targets[~ours]) | ~where[~ours]
    return model, float(right.reshape(len(right), -1).all(1).mean())


def _one(inputs: list[np.ndarray], rows: np.ndarray) -> Any:
    chosen = [array[rows] for array in inputs]
    return chosen if len(chosen) > 1 else chosen[0]


def main() -> None:
    """Train all five, say how often each is right on what it has not seen, and write the weights."""
    kept: dict[str, np.ndarray] = {}
    for kind in kinds_models.KINDS:
        model, accuracy = train(kind)
        kept |= {f"{kind}/{k}": array for k, array in enumerate(model.get_weights())}
        kept[f"{kind}/accuracy"] = np.array(accuracy, np.float32)
        count = np.sum(~split(kind, len(examples(kind)[1])))
        print(f"{kind}: {accuracy:.1%} of {count} examples right, {model.count_params()} weights")
    np.savez_compressed(kinds_models.WEIGHTS, **kept)  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
