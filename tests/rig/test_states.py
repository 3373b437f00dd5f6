"""What is remembered of a server, and whether it still runs."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from rig import places, processes, states


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KAM_RIG_HOME", str(tmp_path))
    return tmp_path


def make_state(pid: int, mark: str) -> states.State:
    return states.State(pid=pid, mark=mark, port=8069, workers=0, code="abc", database_server="b:1", log="/tmp/x.log")


def test_running_process_is_found_again() -> None:
    state = make_state(os.getpid(), processes.birth_mark(os.getpid()) or "")
    states.write("server-19", state)
    assert states.read("server-19") == state


def test_another_process_with_the_same_number_is_not_taken_for_the_server() -> None:
    states.write("server-19", make_state(os.getpid(), "another-boot:1"))
    assert states.read("server-19") is None
    assert states.last_port("server-19") == 8069


def test_process_that_ended_is_not_running_even_as_a_zombie() -> None:
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    mark = processes.birth_mark(process.pid) or ""
    assert processes.is_alive(process.pid, mark)
    process.kill()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # ended, but not yet collected
    assert not processes.is_alive(process.pid, mark)
    process.wait()
    assert processes.birth_mark(process.pid) is None


@pytest.mark.parametrize("text", ["", "{", '{"pid": 1}', "[]", '{"unknown": 1}'])
def test_broken_state_file_means_that_nothing_runs(text: str) -> None:
    places.state_file("server-14").write_text(text)
    assert states.read("server-14") is None
    assert states.last_port("server-14") is None


def test_missing_state_file_means_that_nothing_runs() -> None:
    assert states.read("server-14") is None


def test_stop_ends_the_process_and_its_children() -> None:
    script = "import subprocess, time; subprocess.Popen(['sleep', '60']); time.sleep(60)"
    process = subprocess.Popen([sys.executable, "-c", script], start_new_session=True)
    processes.stop(process.pid, processes.birth_mark(process.pid) or "")
    process.wait(5)
    end = time.monotonic() + 10
    while group_is_there(process.pid) and time.monotonic() < end:  # the system collects orphans a little later
        time.sleep(0.05)
    assert not group_is_there(process.pid)


def group_is_there(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True
