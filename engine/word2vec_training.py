"""gensim's Word2Vec trained in steps: `Word2VecJob`, which lessons subclass."""

from __future__ import annotations

import functools
import queue
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np

from engine.training import SteppedJob

_RANDOM = "MT19937"


@dataclass(frozen=True, kw_only=True)
class Word2VecJob(SteppedJob):
    r"""Trains ``gensim.models.Word2Vec(sentences, workers=1)``, one of gensim's own batches of sentences per step.

    The settings are gensim's. The learning rate falls as gensim's does:
    :math:`\alpha - (\alpha - \alpha_{min}) \cdot progress`.

    Parameters
    ----------
    sg, hs : {0, 1}
        Skip-gram or CBOW; hierarchical softmax or not.
    negative : int
        Noise words per pair, 0 for none.
    vector_size, window, min_count, epochs, seed : int
        As in gensim.
    sample, alpha, min_alpha : float
        As in gensim.
    batch_words : int
        Words per step.
    snapshot_every : int
        Steps between snapshots.
    """

    sg: int = 0
    hs: int = 0
    negative: int = 5
    vector_size: int = 100
    window: int = 5
    min_count: int = 5
    sample: float = 1e-3
    alpha: float = 0.025
    min_alpha: float = 0.0001
    epochs: int = 5
    seed: int = 1
    batch_words: int = 10_000
    snapshot_every: int = 10

    def sentences(self) -> Sequence[Sequence[str]]:
        """Give the corpus.

        Returns
        -------
        sequence of sequences of str
            Tokens, the same each time.
        """
        raise NotImplementedError

    def snapshot(self, model: Any, step: int) -> dict[str, Any]:
        """Look at the model.

        Parameters
        ----------
        model : gensim.models.Word2Vec
            In the state after `step`; leave it as it is.
        step : int
            Steps done, 0 before the first.

        Returns
        -------
        dict
            NumPy arrays and plain values. The names `loss`, `words` and `epoch` are added: gensim's loss and the
            words trained since the epoch began, and how many epochs (with their fraction) are done.
        """
        raise NotImplementedError

    def machine(self) -> Any:
        """Build the vocabulary and the model; see `SteppedJob`."""
        return _GensimMachine(self)

    def settings(self) -> dict[str, Any]:
        """Give gensim's own arguments.

        Returns
        -------
        dict
            For ``gensim.models.Word2Vec``.
        """
        names = "sg hs negative vector_size window min_count sample alpha min_alpha epochs seed batch_words"
        return {name: getattr(self, name) for name in names.split()} | {"workers": 1, "compute_loss": True}


class _GensimMachine:
    def __init__(self, job: Word2VecJob) -> None:
        from gensim.models import Word2Vec

        self.job = job
        self.sentences = job.sentences()
        self.model = Word2Vec(**job.settings())
        # gensim's own count of the words, made in C and not one after the other
        self.model.build_vocab_from_freq(Counter(chain.from_iterable(self.sentences)), corpus_count=len(self.sentences))
        if not self.model.wv:
            raise ValueError(f"min_count {job.min_count} leaves no word of this text; use a smaller one")
        if not (job.hs or job.negative):
            raise ValueError("hs 0 and negative 0 train nothing; use hs 1 or negative 1 or more")
        self.memory = self.model._get_thread_working_mem()
        self.batches = functools.lru_cache(maxsize=2)(self._batches)
        self.epoch_steps = len(self.batches(0))
        self.total_steps = job.epochs * self.epoch_steps
        self.tally = np.zeros(2)  # loss and words of this epoch
        self.initial = self.save()

    @functools.cached_property
    def matrices(self) -> dict[str, np.ndarray]:
        named = {"vectors": self.model.wv.vectors}
        return named | {name: getattr(self.model, name) for name in ("syn1", "syn1neg") if hasattr(self.model, name)}

    def _batches(self, epoch: int) -> list[tuple[list[list[str]], float]]:
        # gensim's producer cuts the batches and sets the learning rate of each; it ends with one None per thread
        jobs: queue.Queue = queue.Queue()
        self.model._job_producer(self.sentences, jobs, cur_epoch=epoch, total_examples=self.model.corpus_count)
        return list(jobs.queue)[:-1]

    def load(self, arrays: dict[str, np.ndarray]) -> None:
        for name, matrix in self.matrices.items():
            matrix[...] = arrays[name]
        position, has_gauss, gauss = arrays["random_rest"]
        self.model.random.set_state((_RANDOM, arrays["random"], int(position), int(has_gauss), gauss))
        self.model.wv.norms = None  # of the words' vectors as they were
        self.tally = arrays["tally"].copy()

    def save(self) -> dict[str, np.ndarray]:
        _, words, *rest = self.model.random.get_state()
        state = {"random": np.array(words), "random_rest": np.array(rest, float), "tally": self.tally.copy()}
        return state | {name: matrix.copy() for name, matrix in self.matrices.items()}

    def run(self, step: int, stop: int) -> tuple[int, np.ndarray]:
        epoch, first = divmod(step, self.epoch_steps)
        batches = self.batches(epoch)[first : first + stop - step]
        if first == 0:
            self.tally[:] = 0
        losses = [self._train(*batch) for batch in batches]
        return step + len(batches), np.array(losses, np.float32)

    def _train(self, sentences: list[list[str]], alpha: float) -> float:
        from gensim.models.word2vec import train_batch_cbow, train_batch_sg

        self.model.running_training_loss = 0.0  # gensim's own sum saturates
        if self.job.sg:
            words = train_batch_sg(self.model, sentences, alpha, self.memory[0], True)
        else:
            words = train_batch_cbow(self.model, sentences, alpha, *self.memory, True)
        loss = float(self.model.running_training_loss)
        self.tally += loss, words
        return loss

    def look(self, step: int, losses: np.ndarray) -> dict[str, Any]:
        self.model.wv.norms = None
        values = {"loss": float(self.tally[0]), "words": int(self.tally[1]), "epoch": step / self.epoch_steps}
        return values | self.job.snapshot(self.model, step)
