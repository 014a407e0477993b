"""Train the network that is shipped: ``python -m engine.sequence.make_char_rnn``. The same seed, the same weights.

(On another processor the last digits may differ. Half precision is enough: what is shown is computed from these.)
"""

import argparse
import time

import numpy as np

from engine import compute
from engine.sequence import char_rnn_training as training
from engine.sequence.moments import spread
from engine.training import advance


def main() -> None:
    """Write data/char_rnn.npz: the weights of 12 moments, and the perplexity of all."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    job, begin = training.shipped_job(), time.perf_counter()
    with compute.inline():
        snapshots, _ = advance(job, None, job.total_steps)
    kept = [snapshots[k] for k in spread(len(snapshots), len(snapshots) - 1, training.MOMENTS)]
    found = training.curve(snapshots)
    arrays = {name: np.stack([s.values[name] for s in kept]).astype(np.float16) for name in training.NAMES}
    training.SHIPPED.parent.mkdir(exist_ok=True)
    np.savez_compressed(
        training.SHIPPED,
        moments=np.array([s.step for s in kept]),
        steps=found.steps,
        perplexities=found.perplexities,
        **arrays,  # type: ignore[arg-type]
    )
    print(
        f"{training.SHIPPED}: {len(kept)} moments, perplexity {found.perplexities[-1].round(2)} (trained, held out), "
        f"{training.SHIPPED.stat().st_size:,} bytes, {time.perf_counter() - begin:.0f} s"
    )


if __name__ == "__main__":
    main()
