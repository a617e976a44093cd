"""Children are started again with growing pauses, stopped in order, and never orphaned."""

import os
import signal
import subprocess
import sys
import time

import pytest
from processes import lives

from pianqu import supervise


@pytest.fixture
def said():
    return []


@pytest.fixture
def house(tmp_path, said):
    house = supervise.Household(tmp_path, {}, said.append)
    yield house
    house.stop()


def wait_for(condition, seconds=15.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_what_ends_is_started_again(house, said):
    house.start("brief", "--version")
    wait_for(lambda: house.has_ended("brief"))
    house.look_after(time.monotonic())
    assert said == ["brief ended (exit code 0); it starts again in 0.5 s."]
    assert house.has_ended("brief")
    house.look_after(time.monotonic() + 1)
    wait_for(lambda: house.has_ended("brief"))
    assert len(house.log_of("brief").read_text().splitlines()) == 2


def test_pauses_grow(house, said):
    house.start("brief", "--version")
    now = time.monotonic()
    for _ in range(3):
        wait_for(lambda: house.has_ended("brief"))
        house.look_after(now)
        now += 30
        house.look_after(now)
    assert [line.split(" in ")[1] for line in said] == ["0.5 s.", "1 s.", "2 s."]


def test_a_killed_child_is_named_by_its_signal(house, said):
    house.start("worker", "worker")
    child = house._children[0]
    child.process.kill()
    child.process.wait()
    house.look_after(time.monotonic())
    assert "SIGKILL" in said[0]


def test_children_end_when_their_parent_is_killed():
    """Kill -9 of the parent gives it no time to stop anybody."""
    code = (
        "import os, subprocess, sys, time\n"
        "child = 'from pianqu.supervise import end_with_parent; import time;'\\\n"
        "        'end_with_parent(); print(1, flush=True); time.sleep(60)'\n"
        "os.environ['PIANQU_PARENT'] = str(os.getpid())\n"
        "process = subprocess.Popen([sys.executable, '-c', child], start_new_session=True,\n"
        "                           stdout=subprocess.PIPE)\n"
        "process.stdout.readline()\n"
        "print(process.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as parent:
        child = int(parent.stdout.readline())
        parent.kill()
    wait_for(lambda: not lives(child), 5)


def test_signals_ask_to_stop():
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    try:
        stop = supervise.stop_on_signals()
        assert not stop.is_set()
        os.kill(os.getpid(), signal.SIGTERM)
        assert stop.wait(1)
    finally:
        signal.signal(signal.SIGTERM, before[0])
        signal.signal(signal.SIGINT, before[1])
