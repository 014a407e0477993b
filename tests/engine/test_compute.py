"""Claims about engine/compute.py: where calls run, what they raise, what happens when a worker dies or hangs."""

from __future__ import annotations

import os
import pickle
import signal
import socket
import subprocess
import sys
import textwrap
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE))  # the workers inherit it

import tasks_for_tests as tasks  # noqa: E402

from engine import board, compute, parcel  # noqa: E402
from engine.crew import Crew  # noqa: E402
from engine.pools import Call, LocalPool  # noqa: E402


@pytest.fixture(scope="module", autouse=True)
def real_workers() -> Iterator[None]:
    """Two light workers per pool: most claims need no model."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("GLASSBOX_INLINE", raising=False)
        patch.delenv("GLASSBOX_DASK", raising=False)
        compute.stop()
        for name, niceness in compute.NICENESS.items():
            compute._pools[name] = LocalPool(2, niceness, tasks.nothing)
        yield
        compute.stop()


@pytest.fixture
def environment() -> dict[str, str]:
    """The surroundings of a process of its own that starts real, warm workers."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GLASSBOX_")}
    return kept | {"PYTHONPATH": f"{ROOT}{os.pathsep}{HERE}", "GLASSBOX_WORKERS": "1"}


def until(claim: Callable[[], bool], seconds: float = 30) -> bool:
    deadline = time.monotonic() + seconds
    while not claim() and time.monotonic() < deadline:
        time.sleep(0.05)
    return claim()


def test_a_task_runs_in_another_process() -> None:
    assert tasks.process() != os.getpid()


def test_a_task_inside_a_worker_is_a_plain_call() -> None:
    outer, inner = tasks.outer_and_inner()
    assert outer == inner != os.getpid()


def test_a_task_inline_is_a_plain_call() -> None:
    with compute.inline():
        assert tasks.process() == os.getpid()


def test_the_environment_makes_every_task_a_plain_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLASSBOX_INLINE", "1")
    assert tasks.process() == os.getpid()
    assert compute.submit(tasks.process).result() == os.getpid()


def test_a_value_error_arrives_unchanged() -> None:
    with pytest.raises(ValueError, match=r"^number 3 is odd; use an even one$"):
        tasks.halve(3)


def test_a_decorated_function_pickles_by_name() -> None:
    assert pickle.loads(pickle.dumps(tasks.halve)) is tasks.halve


def test_a_submitted_call_answers_later_and_can_be_cancelled_while_it_waits() -> None:
    busy = [compute.submit(tasks.rest, 0.5) for _ in range(4)]
    late = compute.submit(tasks.process)
    assert late.cancel()
    assert all(future.result() != os.getpid() for future in busy)
    with pytest.raises(CancelledError):
        late.result()


def test_who_waits_for_a_submitted_call_is_told_when_the_server_is_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    assert compute.wait(compute.submit(tasks.process)) != os.getpid()
    monkeypatch.setattr(compute, "PATIENCE", 0.1)
    busy = [compute.submit(tasks.rest, 0.5) for _ in range(4)]
    late = compute.submit(tasks.process)
    with pytest.raises(compute.ServerBusy, match="no worker was free in time"):
        compute.wait(late, 0.01)
    assert late.cancelled() and all(future.result() for future in busy)


def test_the_pools_do_not_wait_for_one_another_and_training_has_the_lower_priority() -> None:
    training = [compute.submit(tasks.train_for, 1.0) for _ in range(4)]
    tasks.process()
    assert not all(future.done() for future in training)
    assert {future.result() for future in training} == {min(19, os.nice(0) + compute.NICENESS["training"])}


def test_a_call_whose_worker_is_killed_is_answered_by_another(tmp_path: Path) -> None:
    assert tasks.die_once(str(tmp_path / "died")) != os.getpid()


def test_a_call_whose_worker_is_killed_while_it_answers_is_answered_by_another(tmp_path: Path) -> None:
    assert tasks.die_while_answering(str(tmp_path / "died")).sum() == 1000


def test_a_worker_that_is_killed_while_idle_is_replaced_before_the_next_call() -> None:
    pool = compute._pool("interactive")
    tasks.process()
    assert until(lambda: pool.warm == 2)
    before = {note.pid for note in pool.start().board.notes}
    os.kill(min(before), signal.SIGKILL)
    assert until(lambda: pool.warm == 2 and before.isdisjoint(note.pid for note in pool._crew.board.notes), 10)


def test_a_call_that_kills_two_workers_ends_in_a_sentence() -> None:
    with pytest.raises(compute.WorkerDied, match="that computed this died twice"):
        tasks.die()
    assert tasks.halve(4) == 2


def test_all_calls_are_answered_while_a_worker_dies_and_the_pool_is_replaced_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blamed: list[Crew] = []
    original = Crew.blame
    monkeypatch.setattr(Crew, "blame", lambda crew: (blamed.append(crew), original(crew)))
    with ThreadPoolExecutor(12) as threads:
        answers = [threads.submit(tasks.rest, 0.1) for _ in range(12)]
        killed = threads.submit(tasks.die_once, str(tmp_path / "died"))
        assert {answer.result() for answer in answers}.isdisjoint({os.getpid()})
        assert killed.result() != os.getpid()
    assert len(blamed) == 1


def test_a_call_past_its_limit_ends_in_a_sentence_and_the_worker_lives_on() -> None:
    pool = compute._pool("interactive")
    crew = pool.start()
    assert until(lambda: pool.warm == 2)
    before = {note.pid for note in crew.board.notes}
    with pytest.raises(compute.TimeLimit, match=r"^This took longer than 0.3 s"):
        tasks.dawdle()
    assert tasks.process() in before


@pytest.mark.skipif(not hasattr(signal, "pthread_sigmask"), reason="no signal masks on this system")
def test_a_call_deaf_to_its_limit_is_killed_and_its_neighbour_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(board, "GRACE", 0.3)
    with ThreadPoolExecutor(2) as threads:
        neighbour = threads.submit(tasks.rest, 2.0)
        with pytest.raises(compute.TimeLimit, match=r"^This took longer than 0.3 s"):
            tasks.hang()
        assert neighbour.result() != os.getpid()


def test_an_overdue_worker_that_has_died_already_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as died:
        pass
    monkeypatch.setattr(board.Board, "overdue", lambda self: [(died.pid, -1)])
    compute._pool("interactive").start().stop_overdue()


def test_a_caller_does_not_wait_for_ever_for_a_free_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compute, "PATIENCE", 0.2)
    busy = [compute.submit(tasks.rest, 1.0) for _ in range(4)]
    compute_later = compute.task(tasks.process.__wrapped__, seconds=0.1)
    with pytest.raises(compute.ServerBusy, match="server is busy"):
        compute_later()
    assert [future.result() for future in busy]


@pytest.mark.parametrize("text", ["0", "-1", "two"])
def test_a_wrong_number_of_workers_is_refused_by_name(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLASSBOX_WORKERS", text)
    with pytest.raises(ValueError, match=f"GLASSBOX_WORKERS={text} is not"):
        compute._worker_count()


def test_a_server_that_cannot_have_its_workers_does_not_start(environment: dict[str, str]) -> None:
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless=true"]
    command += ["--server.port", str(free_port())]
    environment["GLASSBOX_WORKERS"] = "none"
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=30)
    assert run.returncode != 0
    assert "GLASSBOX_WORKERS=none is not a number of processes; use 1 or more" in run.stderr


def test_an_answer_that_comes_at_the_last_moment_is_taken() -> None:
    class Late(Future):
        def result(self, timeout: float | None = None) -> str:
            if timeout is not None:
                self.set_result("late")
                raise TimeoutError
            return super().result()

    assert compute.wait(Late()) == "late"


def test_a_task_can_be_cached_by_streamlit() -> None:
    st = pytest.importorskip("streamlit")
    cached = st.cache_resource(tasks.halve, show_spinner=False)
    assert cached(8) == cached(8) == 4


def test_arrays_come_back_whole_and_read_only() -> None:
    sent = {
        "row": np.arange(4),
        "turned": np.arange(6.0).reshape(2, 3).T,
        "one": np.array(7.5),
        "none": np.zeros((0, 3)),
    }
    found = parcel.unpack(parcel.pack("sent", sent))
    for name, array in sent.items():
        np.testing.assert_array_equal(found[name], array)
        assert found[name].dtype == array.dtype and not found[name].flags.writeable and array.flags.writeable


WARM = """
import sys, time
import numpy as np
from engine import compute
import tasks_for_tests as tasks
compute.start()
before = compute.status()
assert tasks.keras_sum(np.arange(5.0)) == 10.0
try:
    tasks.tensorflow_error()
except RuntimeError as error:
    assert "slice index 5" in str(error), error
else:
    raise AssertionError("no error")
try:
    tasks.tensor()
except TypeError as error:
    assert str(error).startswith("tensor returned a EagerTensor of tensorflow"), error
else:
    raise AssertionError("no error")
while not compute._pools["training"].warm:
    time.sleep(0.05)
assert (before.warm, before.ready, compute.status()) == (0, False, compute.Status(1, 1, 1))
assert "gensim" in tasks.modules() and "streamlit" not in tasks.modules()
assert not {"keras", "tensorflow", "gensim", "cv2"} & set(sys.modules), "imported in the parent"
begin = time.perf_counter(); [compute.start() for _ in range(1000)]
assert time.perf_counter() - begin < 0.05
print(*(note.pid for pool in compute._pools.values() for note in pool._crew.board.notes), flush=True)
time.sleep(60)
"""


def gone(process: int) -> bool:
    try:
        return "State:\tZ" in Path(f"/proc/{process}/status").read_text()
    except OSError:
        return True


@pytest.mark.skipif(not Path("/proc").exists(), reason="reads /proc")
def test_warm_workers_keep_the_models_out_of_the_parent_and_die_when_it_is_killed(environment: dict[str, str]) -> None:
    with subprocess.Popen([sys.executable, "-c", WARM], env=environment, stdout=subprocess.PIPE, text=True) as parent:
        workers = [int(word) for word in parent.stdout.readline().split()]
        parent.kill()
    assert len(workers) == 2
    assert until(lambda: all(map(gone, workers)), 5)


ANSWERING = """
import time
from engine import compute
from engine.pools import Call, LocalPool
import tasks_for_tests as tasks
compute._pools["interactive"] = LocalPool(1, prepare=tasks.nothing)
tasks.process()
compute.submit(tasks.never_finish_answering)
time.sleep(0.5)
"""


def test_a_server_ends_though_a_worker_is_in_the_middle_of_its_answer(environment: dict[str, str]) -> None:
    subprocess.run([sys.executable, "-c", ANSWERING], env=environment, check=True, timeout=20)


PAGE = """
from pathlib import Path
import streamlit as st
from engine import compute
import tasks_for_tests as tasks
Path("runs").open("a").write(f"{__name__}\\n")
compute.start()
st.write(compute.status())
Path("answer").write_text(" ".join(tasks.modules()))
"""
CONNECT = """
import asyncio, sys, pathlib, websockets
async def main():
    async with websockets.connect(sys.argv[1], subprotocols=["streamlit"]) as socket:
        from streamlit.proto.BackMsg_pb2 import BackMsg
        await socket.send(BackMsg(rerun_script={"query_string": ""}).SerializeToString())
        while not pathlib.Path("answer").exists():
            await asyncio.sleep(0.05)
asyncio.run(asyncio.wait_for(main(), 40))
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1) as answer:
            return answer.status == 200
    except OSError:
        return False


def test_under_streamlit_the_workers_run_neither_the_page_nor_streamlit(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    pytest.importorskip("websockets")
    (tmp_path / "app.py").write_text(
        textwrap.dedent("""
        import streamlit as st
        st.navigation([st.Page("sub/page.py")]).run()
    """)
    )
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "page.py").write_text(PAGE)
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless=true", "--server.port", str(port)]
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.DEVNULL) as server:
        try:
            assert until(lambda: answers(f"http://127.0.0.1:{port}/_stcore/health"))
            client = [sys.executable, "-c", CONNECT, f"ws://127.0.0.1:{port}/_stcore/stream"]
            subprocess.run(client, cwd=tmp_path, check=True, timeout=60)
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(20)
    packages = (tmp_path / "answer").read_text().split()
    assert "keras" in packages
    assert "streamlit" not in packages
    assert (tmp_path / "runs").read_text() == "__main__\n"


@pytest.fixture
def cluster(tmp_path: Path, environment: dict[str, str]) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Start a real scheduler, or a real worker for it, on this machine: `cluster("scheduler", address)`."""
    pytest.importorskip("distributed")
    options = {
        "scheduler": "--no-dashboard --no-show --host {}",
        "worker": "{} --host 127.0.0.1 --nthreads 1 --no-dashboard --no-nanny",
    }
    running: list[subprocess.Popen[bytes]] = []

    def begin(kind: str, address: str, *more: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.dask_{kind}", *options[kind].format(address).split()]
        running.append(subprocess.Popen([*command, *more], cwd=tmp_path, env=environment, stderr=subprocess.DEVNULL))
        return running[-1]

    yield begin
    for process in reversed(running):
        process.kill()
        process.wait()


def test_the_same_calls_go_to_a_dask_cluster(cluster: Callable, environment: dict[str, str]) -> None:
    address = f"tcp://127.0.0.1:{free_port()}"
    cluster("scheduler", address)
    cluster("worker", address, "--preload", "engine.worker")
    script = """
    import os, sys, time, numpy as np
    from engine import compute
    import tasks_for_tests as tasks
    compute.start()
    assert os.getpid() not in tasks.outer_and_inner() and len(set(tasks.outer_and_inner())) == 1
    assert tasks.keras_sum(np.arange(5.0)) == 10.0
    assert compute.submit(tasks.train_for, 0.01).result() == 0
    while not compute.status().ready:
        time.sleep(0.05)
    assert compute.status() == compute.Status(1, 1, 1), compute.status()
    try:
        tasks.halve(3)
    except ValueError as error:
        assert str(error) == "number 3 is odd; use an even one"
    else:
        raise AssertionError("no error")
    assert not {"keras", "tensorflow", "gensim"} & set(sys.modules)
    compute.stop()
    """
    environment["GLASSBOX_DASK"] = address
    subprocess.run([sys.executable, "-c", textwrap.dedent(script)], env=environment, check=True, timeout=60)


def test_without_a_dask_scheduler_nobody_waits_and_when_it_comes_back_calls_are_answered(cluster: Callable) -> None:
    from engine.cluster import DaskPool, Scheduler

    address = f"tcp://127.0.0.1:{free_port()}"
    pool = DaskPool(Scheduler(address))

    def ask(name: str, *args: object) -> Call:
        pool.submit(call := Call(tasks.__name__, name, 10, args, {}))
        return call

    with ThreadPoolExecutor(8) as threads:
        together = [threads.submit(ask, "process") for _ in range(8)]
        for asked in together:
            assert "No Dask scheduler answers" in str(asked.result().future.exception(10))
    assert isinstance(ask("process").future.exception(0.5), compute.NoWorkers)
    for _ in range(2):
        both = [cluster(kind, address) for kind in ("scheduler", "worker")]
        assert until(lambda: pool.warm == 1)
        assert ask("process").future.result(10) != os.getpid()
        lost = ask("rest", 60.0)
        time.sleep(0.5)
        for process in both:
            process.kill()
        assert isinstance(lost.future.exception(20), compute.NoWorkers)
        assert until(lambda: pool.warm == 0)
    pool.stop()


def test_a_missing_dask_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    from engine.cluster import Scheduler

    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(RuntimeError, match="pip install distributed"):
        Scheduler("tcp://127.0.0.1:1")
