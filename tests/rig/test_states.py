"""What is remembered of a server, and whether it still runs."""

import multiprocessing
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


def _write_often(target: Path, link: Path) -> None:
    for number in range(300):
        places.put(target, f"{number}\n" * 1000)
        places.put_link(link, target.parent)


def test_several_processes_may_write_the_same_file_and_link_at_once(tmp_path: Path) -> None:
    target, link = tmp_path / "odoo.conf", tmp_path / "addon"
    writers = [multiprocessing.get_context("fork").Process(target=_write_often, args=(target, link)) for _ in range(3)]
    for writer in writers:
        writer.start()
    seen = {len(target.read_text().splitlines()) for _ in range(2000) if target.exists()}
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0, 0, 0]
    assert seen <= {1000}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["addon", "odoo.conf"]
    assert link.readlink() == tmp_path
