"""The controls of a live training, on a job that only counts."""

import gc
import time

from streamlit.testing.v1 import AppTest


def page(fail_at=-1, total=40, shipped=False):
    import streamlit as st

    from tests.engine.jobs_for_tests import Counter
    from ui import training

    def draw(run):
        if run is None:
            st.text("drawn: what is shipped")
            return
        snapshots, now = training.frames(run)
        st.text(
            f"drawn: {[s.step for s in snapshots]} now {snapshots[now].step} sum {snapshots[now].values['sum'][0]:g}"
        )

    def describe(snapshot, rate):
        return f"step {snapshot.step}"

    training.show(Counter(total, fail_at=fail_at), draw, describe, shipped=shipped)
    st.text("the page goes on")


def opened(**settings) -> AppTest:
    at = AppTest.from_function(page, kwargs=settings, default_timeout=30).run()
    assert not at.exception
    return at


def press(at: AppTest, label: str) -> AppTest:
    next(button for button in at.button if button.label == label).click().run()
    assert not at.exception
    return at


def drawn(at: AppTest) -> str:
    return at.text[0].value


def wait_for(at: AppTest, label: str) -> AppTest:
    deadline = time.monotonic() + 20
    while not any(button.label == label for button in at.button):
        assert time.monotonic() < deadline, [button.label for button in at.button]
        time.sleep(0.05)
        at.run()
    return at


def test_a_page_opens_before_the_first_step_and_says_so():
    at = opened()
    assert drawn(at) == "drawn: [0] now 0 sum 0"
    assert "Not trained yet" in at.caption[0].value
    assert at.text[-1].value == "the page goes on"


def test_single_batches_go_forward_and_back():
    at = opened()
    for sum_, label in [(1, "One batch"), (3, "One batch"), (6, "One batch"), (3, "Back"), (1, "Back")]:
        press(at, label)
        assert drawn(at).endswith(f"sum {sum_}")


def test_training_plays_to_the_end_and_shows_all_snapshots_when_it_rests():
    at = wait_for(press(opened(), "Train"), "Train again")
    assert drawn(at) == f"drawn: {list(range(0, 41, 2))} now 40 sum 820"
    assert "step 40" in at.caption[0].value


def test_training_again_from_the_end_begins_at_the_beginning():
    at = wait_for(press(opened(), "Train"), "Train again")
    at = wait_for(press(at, "Train again"), "Train again")
    assert drawn(at).endswith("now 40 sum 820")


def test_starting_over_forgets_the_training():
    at = press(wait_for(press(opened(), "Train"), "Train again"), "Start over")
    assert drawn(at) == "drawn: [0] now 0 sum 0"


def test_what_is_shipped_is_shown_until_somebody_trains():
    at = opened(shipped=True)
    assert drawn(at) == "drawn: what is shipped"
    assert "Trained beforehand" in at.caption[0].value
    press(at, "One batch")
    assert drawn(at).endswith("sum 1")
    assert drawn(press(at, "Start over")) == "drawn: what is shipped"


def test_another_job_ends_the_run_of_the_one_before():
    at = press(opened(), "One batch")
    at.args = ()
    at.kwargs = {"total": 30}
    at.run()
    wait_for(press(at, "Train"), "Train again")
    assert "now 30" in drawn(at)


def test_a_failure_is_a_sentence_and_the_page_stays_up():
    at = opened(fail_at=3)
    for _ in range(3):
        press(at, "One batch")
    assert "step 3 cannot be done; use fewer" in at.warning[0].value.replace("\\", "")
    assert at.text[-1].value == "the page goes on"


def test_a_result_is_kept_until_its_key_changes():
    def counting():
        import streamlit as st

        from ui import training

        calls = st.session_state.setdefault("calls", [])
        training.remember("name", st.session_state.get("key", 1), lambda: calls.append(1))
        st.text(str(len(calls)))

    at = AppTest.from_function(counting, default_timeout=30).run().run()
    assert at.text[0].value == "1"
    at.session_state["key"] = 2
    assert at.run().text[0].value == "2"


def test_when_a_session_goes_its_run_goes_with_it():
    from engine.runs import RUNS
    from tests.engine.jobs_for_tests import Counter
    from ui.training import _Session

    session = _Session()
    name = session.name
    RUNS.start(name, Counter(40))
    assert RUNS.get(name) is not None
    del session
    gc.collect()
    deadline = time.monotonic() + 10
    while RUNS.get(name) is not None and time.monotonic() < deadline:
        time.sleep(0.05)
    assert RUNS.get(name) is None
