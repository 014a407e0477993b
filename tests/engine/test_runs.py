"""Claims about engine/runs.py: play, pause, step, scrub, forget, share, within a budget of memory."""

from __future__ import annotations

import gc
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))  # the workers inherit it

import jobs_for_tests as jobs
import tasks_for_tests as tasks

from engine import compute, training
from engine.pools import LocalPool
from engine.run import Run
from engine.runs import Limits, Runs


@pytest.fixture(autouse=True)
def here(request: pytest.FixtureRequest) -> Iterator[None]:
    """Train in a thread of this process unless a test is about workers."""
    if "workers" in request.fixturenames:
        yield
    else:
        with compute.inline():
            yield


@pytest.fixture(scope="module")
def workers() -> Iterator[None]:
    """A training worker that is there at once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("GLASSBOX_INLINE", raising=False)
        patch.delenv("GLASSBOX_DASK", raising=False)
        compute.stop()
        compute._pools.update(training=LocalPool(1, prepare=tasks.nothing), interactive=LocalPool(1))
        yield
        compute.stop()


def until(claim: Callable[[], Any], seconds: float = 60) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if claim():
            return True
        time.sleep(0.005)
    return False


def settled(run: Run) -> bool:
    return until(lambda: (run.poll(), not run.busy)[1])


def begun(job: Any, **limits: Any) -> Run:
    run = Runs(Limits(**limits)).start("me", job)
    assert settled(run)
    return run


def played(job: Any, **limits: Any) -> Run:
    run = begun(job, **limits)
    run.play()
    assert until(lambda: (run.poll(), run.finished)[1])
    return run


def shown(run: Run) -> list[int]:
    return [snapshot.step for snapshot in run.snapshots]


def test_a_run_begins_paused_with_the_snapshot_before_the_first_step() -> None:
    run = begun(jobs.Counter())
    assert (run.position, run.playing, run.finished, shown(run), run.total_steps) == (0, False, False, [0], 100)


def test_playing_goes_to_the_end_and_stops() -> None:
    run = played(jobs.Counter())
    assert (run.position, run.playing, run.finished, run.error) == (100, False, True, "")
    assert shown(run) == list(range(0, 101, 2))
    assert [float(s.values["sum"][0]) for s in run.snapshots] == [n * (n + 1) / 2 for n in shown(run)]


def test_pausing_stops_after_the_chunk_under_way_and_playing_goes_on() -> None:
    run = begun(jobs.Counter(10**6), chunk_seconds=0.001)
    run.play()
    assert until(lambda: run.position > 20)
    run.pause()
    assert settled(run)
    position = run.position
    time.sleep(0.05)
    assert (run.position, run.playing, run.rate) == (position, False, 0.0)
    run.play()
    assert until(lambda: run.position > position)
    run.cancel()


def test_a_single_step_shows_a_step_that_playing_would_skip() -> None:
    run = begun(jobs.Counter())
    run.step()
    assert settled(run)
    assert (run.position, run.snapshot.values["sum"]) == (1, 1)
    run.step()
    run.step(2)
    assert settled(run)
    assert (run.position, run.snapshot.values["sum"]) == (4, 10)


def test_a_step_back_trains_again_from_an_older_checkpoint() -> None:
    run = played(jobs.Counter(60), chunk_seconds=1e-9)
    for expected in (59, 58, 57):
        run.step_back()
        assert settled(run)
        assert (run.position, float(run.snapshot.values["sum"][0])) == (expected, expected * (expected + 1) / 2)
    run.step_back(1000)
    assert settled(run)
    assert run.position == 0


def test_steps_beyond_the_end_stop_at_the_end() -> None:
    run = begun(jobs.Counter(7))
    run.step(50)
    assert until(lambda: (run.poll(), run.position == 7)[1])
    assert run.finished


def test_seeking_goes_to_the_nearest_snapshot_without_training() -> None:
    run = played(jobs.Counter())
    run.seek(41)
    assert (run.position, run.busy, run.playing) == (40, False, False)
    run.seek(-5)
    assert run.position == 0
    run.seek(5000)
    assert run.position == 100


def test_playing_from_a_scrubbed_position_gives_the_same_training_again() -> None:
    run = played(jobs.Counter(), chunk_seconds=1e-9)
    before = [(s.step, float(s.values["sum"][0])) for s in run.snapshots]
    run.seek(30)
    run.play()
    assert shown(run)[-1] < 100
    assert until(lambda: (run.poll(), run.finished)[1])
    assert [(s.step, float(s.values["sum"][0])) for s in run.snapshots] == before


def test_snapshots_and_checkpoints_keep_to_their_budget_with_the_first_and_the_last() -> None:
    run = played(jobs.Counter(1000, size=1000), snapshot_bytes=200_000, checkpoint_bytes=50_000, chunk_seconds=1e-9)
    assert sum(s.nbytes for s in run.snapshots) <= 200_000
    assert sum(c.nbytes for c in run._history._checkpoints.values()) <= 50_000
    assert (shown(run)[0], shown(run)[-1]) == (0, 1000)
    assert len(shown(run)) > 10


def test_what_is_kept_is_spread_over_the_whole_training() -> None:
    run = played(jobs.Counter(1000, size=1000), snapshot_bytes=200_000, chunk_seconds=1e-9)
    gaps = np.diff(shown(run))
    assert gaps.max() <= 3 * np.median(gaps)


def test_a_step_whose_checkpoint_was_dropped_is_computed_exactly_from_an_older_one() -> None:
    run = played(jobs.Counter(1000, size=1000), snapshot_bytes=200_000, checkpoint_bytes=30_000, chunk_seconds=1e-9)
    run.seek(500)
    run.step_back()
    assert until(lambda: (run.poll(), run._goal is None)[1])
    assert run.snapshot.values["sum"][0] == run.position * (run.position + 1) / 2
    assert run.position % 2 == 1


def test_all_runs_together_keep_to_the_memory_of_the_server() -> None:
    runs = Runs(Limits(snapshot_bytes=100, checkpoint_bytes=100, total_bytes=400))
    assert runs.budgets() == (100, 100)
    for session in "abcd":
        runs.start(session, jobs.Counter())
    assert runs.budgets() == (50, 50)


def test_a_run_that_nobody_polls_stops_asking_and_goes_on_when_somebody_does() -> None:
    run = begun(jobs.Counter(10**7), idle_pause=0.1, chunk_seconds=0.001)
    run.play()
    assert until(lambda: not run.active)
    assert until(lambda: not run.busy)
    position = run.position
    time.sleep(0.05)
    assert (run.position, run.playing) == (position, True)
    run.poll()
    assert until(lambda: run.position > position)
    run.cancel()


def test_a_forgotten_run_is_released_without_anybody_coming_back() -> None:
    runs = Runs(Limits(idle_release=0.1))
    run = runs.start("me", jobs.Counter())
    assert settled(run)
    reference = weakref.ref(run)
    del run
    assert until(lambda: runs.get("me") is None, 5)
    gc.collect()
    assert reference() is None


def test_a_new_run_of_a_session_cancels_the_old_and_leaves_the_others() -> None:
    runs = Runs()
    mine, other = runs.start("me", jobs.Counter(10**7)), runs.start("you", jobs.Counter(10**7))
    mine.play()
    other.play()
    assert until(lambda: mine.position and other.position)
    again = runs.start("me", jobs.Counter())
    position = mine.position
    assert runs.get("me") is again
    time.sleep(0.1)
    assert (mine.position, mine.playing, other.playing) == (position, False, True)
    runs.cancel("you")
    assert runs.get("you") is None


def test_a_result_that_arrives_after_the_end_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    gate = threading.Event()
    monkeypatch.setattr(jobs.Counter, "prepare", lambda job: gate.wait(5))
    run = Runs().start("me", jobs.Counter())
    run.cancel()
    gate.set()
    time.sleep(0.1)
    assert (run.snapshots, run.poll(), run.error) == ((), False, "")


def test_a_failing_chunk_becomes_a_sentence() -> None:
    run = begun(jobs.Counter(fail_at=5))
    run.play()
    assert until(lambda: run.error)
    assert (run.error, run.playing, run.busy) == ("step 5 cannot be done; use fewer", False, False)
    run.step()
    assert settled(run)
    assert run.position == 1 or run.error


def test_poll_tells_once_that_something_has_arrived() -> None:
    run = Runs().start("me", jobs.Counter())
    assert until(run.poll)
    assert not run.poll()


def test_the_rate_is_what_the_learner_sees() -> None:
    run = begun(jobs.Counter(10**7), chunk_seconds=0.05)
    run.play()
    begin = time.monotonic()
    assert until(lambda: (run.poll(), time.monotonic() - begin > 1)[1])
    seen = run._head.step / (time.monotonic() - begin)
    assert run.rate == pytest.approx(seen, rel=0.5)
    run.cancel()


def test_chunks_grow_to_the_time_they_should_take() -> None:
    run = begun(jobs.Counter(10**7), chunk_seconds=0.1)
    run.play()
    assert until(lambda: (run.poll(), run._size > 1000)[1])
    run.cancel()


def test_where_every_turn_builds_the_model_anew_it_trains_longer_than_that_takes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    advance = jobs.Counter.advance

    def slow_at_first(job: jobs.Counter, checkpoint: Any, steps: int, look: bool) -> Any:
        time.sleep(0.18 + 0.002 * steps)
        return advance(job, checkpoint, steps, look)

    monkeypatch.setattr(jobs.Counter, "prepare", lambda job: time.sleep(0.2))
    monkeypatch.setattr(jobs.Counter, "advance", slow_at_first)
    run = begun(jobs.Counter(10**7), chunk_seconds=0.2)
    run.play()
    assert until(lambda: (run.poll(), run._size > 50)[1], 20)
    run.cancel()


def test_real_training_through_real_workers_equals_training_in_one_go(workers: None) -> None:
    run = played(jobs.Dense())
    with compute.inline():
        snapshots, _ = training.advance(jobs.Dense(), None, 10_000)
    assert shown(run) == [snapshot.step for snapshot in snapshots]
    for ours, theirs in zip(run.snapshots, snapshots, strict=True):
        np.testing.assert_allclose(ours.values["weights"], theirs.values["weights"], atol=1e-6)


def test_runs_share_the_workers_fairly(workers: None) -> None:
    runs = Runs(Limits(chunk_seconds=0.02))
    mine = [runs.start(str(number), jobs.Counter(10**9)) for number in range(5)]
    for run in mine:
        run.play()
    assert runs.share() == (5, 1)
    assert until(lambda: ([run.poll() for run in mine], min(run._head.step if run._head else 0 for run in mine))[1])
    all_play = time.monotonic()
    time.sleep(2)  # less than the time that the pace is kept
    chunks = [sum(when > all_play for when, _ in run._pace) for run in mine]
    for run in mine:
        run.cancel()
    assert 3 <= max(chunks) <= 2 * min(chunks)
    assert runs.share() == (0, 1)


def test_an_error_in_a_worker_arrives_as_the_same_sentence(workers: None) -> None:
    run = begun(jobs.Counter(fail_at=3))
    run.step(5)
    assert until(lambda: run.error)
    assert run.error == "step 3 cannot be done; use fewer"


def test_waiting_ends_when_what_is_under_way_has_arrived() -> None:
    run = Runs(Limits()).start("me", jobs.Counter())
    run.wait(60)
    assert not run.busy and run.snapshot is not None
