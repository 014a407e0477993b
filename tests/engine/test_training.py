"""Claims about engine/training.py and its jobs: the same weights however the steps are split."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))  # the workers inherit it

import jobs_for_tests as jobs

from engine import compute, training
from engine.pools import LocalPool

JOBS = [jobs.Dense(), jobs.Fresh(epochs=1), jobs.Words(sg=1)]


@pytest.fixture(autouse=True)
def here(request: pytest.FixtureRequest) -> Iterator[None]:
    """Train in this process unless a test is about workers."""
    if "workers" in request.fixturenames:
        yield
    else:
        with compute.inline():
            yield


@pytest.fixture
def workers(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A real worker."""
    monkeypatch.delenv("GLASSBOX_INLINE", raising=False)
    monkeypatch.delenv("GLASSBOX_DASK", raising=False)
    compute.stop()
    compute._pools.update(training=LocalPool(1), interactive=LocalPool(1))
    yield
    compute.stop()


def whole(job: Any) -> tuple[list[training.Snapshot], training.Checkpoint]:
    return training.advance(job, None, 10_000)


def same(one: Any, other: Any) -> bool:
    names = one.keys() == other.keys()
    return names and all(np.asarray(one[name]).tobytes() == np.asarray(other[name]).tobytes() for name in one)


@pytest.mark.parametrize("job", JOBS, ids=lambda job: type(job).__name__)
@pytest.mark.parametrize("sizes", [[1], [3, 1, 5], [7, 0, 2, 66]], ids=str)
def test_any_split_gives_the_same_bits(job: Any, sizes: list[int]) -> None:
    snapshots, last = whole(job)
    shown, checkpoint, turn = [], None, 0
    while checkpoint is None or checkpoint.step < checkpoint.total_steps:
        more, checkpoint = training.advance(job, checkpoint, sizes[turn % len(sizes)])
        shown, turn = shown + more, turn + 1
    assert same(checkpoint.arrays, last.arrays)
    assert [snapshot.step for snapshot in shown] == [snapshot.step for snapshot in snapshots]
    assert all(same(one.values, other.values) for one, other in zip(shown, snapshots, strict=True))


@pytest.mark.parametrize("job", JOBS, ids=lambda job: type(job).__name__)
def test_a_look_shows_the_last_step_and_changes_nothing_after_it(job: Any) -> None:
    snapshots, last = whole(job)
    looked, checkpoint = training.advance(job, None, 6, look=True)
    assert looked[-1].step == 6
    more, checkpoint = training.advance(job, checkpoint, 10_000)
    assert same(checkpoint.arrays, last.arrays)
    assert same(more[0].values, next(shot for shot in snapshots if shot.step == more[0].step).values)


@pytest.mark.parametrize("job", JOBS, ids=lambda job: type(job).__name__)
def test_a_step_back_is_an_advance_from_an_older_checkpoint(job: Any) -> None:
    _, fifth = training.advance(job, None, 5)
    _, ninth = training.advance(job, fifth, 4)
    _, again = training.advance(job, fifth, 4)
    assert same(again.arrays, ninth.arrays)
    with pytest.raises(ValueError, match="steps -1 leads back"):
        training.advance(job, ninth, -1)


@pytest.mark.parametrize(
    "job", [jobs.Dense(), jobs.Fresh(epochs=1, steps_per_epoch=12)], ids=lambda job: type(job).__name__
)
def test_training_equals_fit_on_the_same_batches_with_dropout_and_adam(job: Any) -> None:
    snapshots, last = whole(job)
    model, losses = job.build(), []
    for step in range(last.total_steps):
        x, y = job.batch(step)
        losses += model.fit(x, y, batch_size=len(x), shuffle=False, verbose=0).history["loss"]
    expected = [variable.numpy() for variable in [*model.variables, *model.optimizer.variables]]
    assert all(np.allclose(last.arrays[str(number)], array, rtol=0, atol=1e-6) for number, array in enumerate(expected))
    ours = np.concatenate([snapshot.values["losses"] for snapshot in snapshots])
    np.testing.assert_allclose(ours, losses, atol=1e-5)


def test_the_comparison_with_fit_notices_another_order_of_the_examples() -> None:
    _, one = whole(jobs.Dense())
    _, other = whole(jobs.Dense(seed=1))
    assert not np.allclose(one.arrays["0"], other.arrays["0"], rtol=0, atol=1e-6)


def test_an_epoch_shows_every_example_once() -> None:
    job = jobs.Dense()
    rows = np.concatenate([job.batch(step)[1] for step in range(job.steps_per_epoch)])
    assert sorted(rows) == sorted(job.data()[1])
    assert sorted(job.order(2)) == list(range(50))
    assert list(job.order(0)) != list(job.order(1))


@pytest.mark.parametrize(("hs", "negative"), [(0, 5), (1, 0), (1, 3)])
@pytest.mark.parametrize("sg", [0, 1])
def test_word2vec_equals_gensim_to_the_last_bit(sg: int, hs: int, negative: int) -> None:
    from gensim.models import Word2Vec

    job = jobs.Words(sg=sg, hs=hs, negative=negative)
    _, last = whole(job)
    model = Word2Vec(job.sentences(), **job.settings())
    expected = {"vectors": model.wv.vectors}
    expected |= {name: getattr(model, name) for name in ("syn1", "syn1neg") if hasattr(model, name)}
    assert same({name: last.arrays[name] for name in expected}, expected)
    assert model.random.get_state()[1].tobytes() == last.arrays["random"].tobytes()


def test_word2vec_counts_its_loss_anew_each_epoch() -> None:
    from gensim.models import Word2Vec

    job = jobs.Words(sg=1, snapshot_every=1)
    snapshots, _ = whole(job)
    model = Word2Vec(job.sentences(), **job.settings())
    ends = [snapshot.values["loss"] for snapshot in snapshots if snapshot.step and snapshot.values["epoch"] % 1 == 0]
    assert len(ends) == 3
    assert sum(ends) == pytest.approx(model.get_latest_training_loss(), rel=1e-4)


def test_impossible_word2vec_settings_are_refused_by_name() -> None:
    with pytest.raises(ValueError, match="min_count 9999 leaves no word"):
        whole(jobs.Words(min_count=9999))
    with pytest.raises(ValueError, match="hs 0 and negative 0 train nothing"):
        whole(jobs.Words(negative=0))


def test_a_job_survives_the_death_of_its_worker_between_and_inside_chunks(workers: None, tmp_path: Path) -> None:
    job = replace(jobs.Dense(), marker=str(tmp_path / "died"))
    _, checkpoint = training.advance(job, None, 5)  # this worker dies while it loads the data
    compute._pool("training").start().executor.submit(os._exit, 1)
    _, last = training.advance(job, checkpoint, 10_000)
    with compute.inline():
        _, expected = whole(jobs.Dense())
    assert all(np.allclose(last.arrays[name], expected.arrays[name], rtol=0, atol=1e-6) for name in expected.arrays)


def test_a_private_job_is_forgotten_soon_after_its_last_call_and_can_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    job = jobs.Private()
    training.advance(job, None, 3)
    assert job in training._for_now
    monkeypatch.setattr(training, "FORGET", 0.1)
    _, first = training.advance(job, None, 3)
    deadline = time.monotonic() + 30
    while job in training._for_now and time.monotonic() < deadline:
        time.sleep(0.05)
    assert job not in training._for_now
    _, later = training.advance(job, first, 3)
    _, whole = training.advance(jobs.Dense(), None, 6)
    for name, array in whole.arrays.items():
        np.testing.assert_array_equal(later.arrays[name], array)
