"""What the workers compute ahead must be what the lessons ask for, and must not fail unseen."""

import time

import pytest

from engine import rehearsal
from engine.pools import QUIET, Call, LocalPool
from tests.engine import tasks_for_tests as tasks


@pytest.mark.parametrize("call", rehearsal.CALLS, ids=lambda call: f"{call.func.__module__}.{call.func.__name__}")
def test_it_is_a_task_and_gives_a_result(call):
    assert call.func.seconds > 0 and call.func.pool == "interactive"
    assert call() is not None


def test_every_worker_gets_every_call_and_a_failed_one_stops_nothing():
    made = []

    def make(name, *args):
        made.append(Call(tasks.__name__, name, 10, args, {}))
        return made[-1]

    pool = LocalPool(2, prepare=tasks.nothing)
    begin = time.monotonic()
    pool.submit(Call(tasks.__name__, "nothing", 10, (), {}))  # somebody is at work: the rehearsal waits
    pool.rehearse([lambda: make("nothing"), lambda: make("no_such_function"), lambda: make("rest", 0.5)])
    pool.stop()
    assert time.monotonic() - begin > QUIET
    assert [call.qualname for call in made] == ["nothing"] * 2 + ["no_such_function"] * 2 + ["rest"] * 2
    assert isinstance(made[2].future.exception(), AttributeError)
    assert made[4].future.result() != made[5].future.result()  # two processes
