"""Train the word map that is shipped: ``python -m engine.words.make_word_map``. The same seed, the same file."""

import numpy as np

from engine import compute
from engine.training import advance
from engine.words import corpora, word2vec


def main() -> None:
    """Write data/word_map.npz."""
    training = word2vec.job(corpora.Text(), word2vec.DEFAULTS)
    with compute.inline():
        snapshots, _ = advance(training, None, training.total_steps)
    values = [snapshot.values for snapshot in snapshots]
    np.savez_compressed(
        word2vec.SHIPPED,
        letters=values[0]["letters"],
        counts=values[0]["counts"],
        pairs_per_word=values[0]["pairs_per_word"],
        steps=np.array([snapshot.step for snapshot in snapshots]),
        epochs=np.array([v["epoch"] for v in values]),
        losses=np.array([v["loss"] for v in values]),
        words=np.array([v["words"] for v in values]),
        vectors=np.stack([v["vectors"] for v in values]),
    )
    size = word2vec.SHIPPED.stat().st_size
    print(f"{word2vec.SHIPPED}: {len(values)} snapshots of {values[0]['vectors'].shape}, {size:,} bytes")


if __name__ == "__main__":
    main()
