"""Train the translators and taggers that are shipped: ``python -m engine.sequence.make_encoder_decoder``.

The same seeds, the same file. (With another version or number of threads the last digits of the weights may differ.)
"""

import argparse
from typing import Any

import numpy as np

from engine import compute
from engine.sequence import tagger_training, translation_training
from engine.training import advance


def main() -> None:
    """Write data/encoder_decoder.npz."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    kept = {}
    for key, job in {**translation_training.JOBS, **tagger_training.JOBS}.items():
        with compute.inline():
            snapshots, _ = advance(job, None, job.total_steps)
        values = [snapshot.values for snapshot in snapshots]
        kept[f"{key}/weights"] = values[-1]["weights"]
        kept[f"{key}/epochs"] = np.array([s.step / job.steps_per_epoch for s in snapshots], np.float32)
        for part, name in (("losses", "loss"), ("exact", "exact")):
            kept[f"{key}/{part}"] = np.array([value[name] for value in values], np.float32)
        kept |= evaluated(key, job, values[-1]["weights"])
        print(
            f"{key}: loss {values[-1]['loss']:.4f}, {values[-1]['exact']:.1%} of 200 held-out inputs right", flush=True
        )
    np.savez_compressed(translation_training.SHIPPED, **kept)
    print(f"{translation_training.SHIPPED}: {translation_training.SHIPPED.stat().st_size:,} bytes")


def evaluated(key: str, job: Any, weights: np.ndarray) -> dict[str, np.ndarray]:
    """Count what a trained network gets right on inputs that it has not seen."""
    with compute.inline():
        if isinstance(job, tagger_training.TaggerJob):
            found = tagger_training.scores(job.units, job.both_ways, weights)
            counts = np.array([(kind.right, kind.marked, kind.true) for kind in found.kinds], np.int32)
            return {f"{key}/scores": counts, f"{key}/open": np.array(found.open, np.float32)}
        by_length = translation_training.by_length(job.spec, weights)
        counts = np.stack([by_length.lengths, by_length.right, by_length.asked]).astype(np.int32)
        return {f"{key}/by_length": counts}


if __name__ == "__main__":
    main()
