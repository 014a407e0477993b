"""What every worker computes once while nobody waits: the first picture of a model takes up to a second longer.

The settings are small ones. What takes long is making a model's graph, and that serves all sizes.
"""

from functools import partial
from typing import Any

from engine.faces import triplet_training
from engine.sequence import (
    bptt,
    cells,
    char_rnn_training,
    directions,
    forecasting,
    lstm,
    padding,
    rnn,
    tagger_training,
    translation_training,
    vanishing,
    variation_sizes,
    variations,
    why_order,
)
from engine.sequence.char_rnn import Writing
from engine.sequence.dates import EXAMPLE
from engine.sequence.translator import OWN
from engine.vision import convolution, output_size

_GRU = variations.Settings(units=1)

CALLS: tuple[partial[Any], ...] = (
    partial(convolution.trace, "camera"),
    partial(rnn.trace),
    partial(lstm.trace),
    partial(bptt.trace, U="0.5", W="0.4", V="0.3"),
    partial(output_size.trace, output_size.Settings()),
    partial(why_order.compare_orders, "man eats", "eats man"),
    partial(padding.pad, "good film"),
    partial(variations.read_gru, _GRU),
    partial(directions.read_both_ways, _GRU),
    partial(directions.read_stack, _GRU),
    partial(variation_sizes.sizes),
    partial(forecasting.check, range(12), 2, 4),
    partial(char_rnn_training.write_shipped, Writing("", 20)),
    partial(char_rnn_training.fresh_shipped, 1.0),
    *(partial(translation_training.translate_shipped, key, EXAMPLE, OWN) for key in translation_training.JOBS
      if key.startswith("dates")),
    *(partial(tagger_training.tag_shipped, key, "jordan laughed") for key in tagger_training.JOBS),
    partial(triplet_training.untrained, triplet_training.job(None, triplet_training.DEFAULTS)),
    *(partial(vanishing.trace, cells.Setup((cell,), 5, 2)) for cell in cells.CELLS),
)  # fmt: skip
