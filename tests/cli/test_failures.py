"""What bad input gets: one clear message with the next step, the documented exit code, no traceback."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from kam_connector import sample
from kam_connector.cli.failing import ended
from kam_connector.runs.several import exit_code_of
from kam_connector.sandbox import SandboxServer, serve
from tests.runs import nights

KEY = "canary-7f3e-key"


@pytest.fixture(scope="module")
def server() -> Iterator[SandboxServer]:
    with serve(sample.build("small", date(2026, 6, 30)), password=KEY) as found:
        yield found


@pytest.fixture
def place(server: SandboxServer, tmp_path: Path) -> nights.Place:
    return nights.at_sandbox(tmp_path, server)


def expect_failure(done: subprocess.CompletedProcess[str], code: int, *said: str) -> None:
    """The command left with `code`, one message that says these words, no traceback and no key."""
    assert done.returncode == code, (done.returncode, done.stderr)
    for word in said:
        assert word in done.stderr, done.stderr
    assert "Traceback" not in done.stderr + done.stdout
    assert KEY not in done.stderr + done.stdout
    assert len(done.stderr.strip().splitlines()) <= 3, done.stderr


def test_no_settings(tmp_path: Path) -> None:
    expect_failure(nights.Place(tmp_path).kam("run"), 2, "kam.toml", "kam init")


def test_a_wrong_password(place: nights.Place) -> None:
    expect_failure(place.kam("run", KAM_ERP_KEY="wrong-secret-word"), 3, "refuses the login", "Check login and key")
    assert "wrong-secret-word" not in place.kam("run", KAM_ERP_KEY="wrong-secret-word").stderr


def test_a_wrong_database(place: nights.Place) -> None:
    expect_failure(place.kam("run", KAM_ERP_DATABASE="no_such_database"), 3, "no_such_database")


def test_a_server_that_is_away(place: nights.Place) -> None:
    expect_failure(place.kam("run", KAM_ERP_URL="http://127.0.0.1:9"), 3, "127.0.0.1:9")


def starved_duckdb() -> None:
    """DuckDB with 10 MB for ten million random numbers."""
    store = duckdb.connect(config={"memory_limit": "10MB", "temp_directory": ""})
    store.execute("select distinct random() from range(10000000)").fetchall()


def starved_arrow() -> None:
    """What Arrow raised on a machine that gave it no thread."""
    raise pa.ArrowException("Unknown error: Failed to launch worker thread: Resource temporarily unavailable")


def starved_python() -> None:
    raise RuntimeError("can't start new thread")


@pytest.mark.parametrize("command", [starved_duckdb, starved_arrow, starved_python])
def test_want_of_memory_is_told_as_such_whatever_library_meets_it(
    command: Callable[[], None], capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended(command) == 4
    assert "not enough memory" in capsys.readouterr().err
    with pytest.raises(Exception) as failed:
        command()
    assert exit_code_of(failed.value) == 4


def test_plain_http_to_another_host(place: nights.Place) -> None:
    expect_failure(place.kam("run", KAM_ERP_URL="http://erp.example.com"), 2, "https")


def test_no_right_on_a_model(tmp_path: Path) -> None:
    denied = frozenset({("account.move.line", "read")})
    with serve(sample.build("small", date(2026, 6, 30)), denied=denied) as weak:
        done = nights.at_sandbox(tmp_path, weak).kam(*nights.NIGHT)
        expect_failure(done, 3, "account.move.line", "kam doctor")
        assert not weak.rows("kam.customer")


def test_a_missing_field_group_is_named_by_doctor(tmp_path: Path) -> None:
    hidden = frozenset({("account.move", "amount_residual_signed")})
    with serve(sample.build("small", date(2026, 6, 30)), hidden=hidden) as weak:
        done = nights.at_sandbox(tmp_path, weak).kam("doctor", "--format", "csv")
    assert done.returncode == 1
    assert "account.move.amount_residual_signed" in done.stdout
    assert "Accounting" in done.stdout


def test_an_unknown_policy_key(place: nights.Place) -> None:
    assert place.kam("policy", "init").returncode == 0
    file = place.home / "policy" / "tiers.toml"
    file.write_text(file.read_text().replace("coverage_min", "coverage_minimum"))
    expect_failure(place.kam("run"), 2, "tiers.toml", "coverage_minimum", "kam policy check")
    done = place.kam("policy", "check")
    assert done.returncode == 2
    assert "coverage_minimum" in done.stdout


def test_an_unreadable_settings_file(place: nights.Place) -> None:
    (place.home / "kam.toml").write_bytes(b"\xff\xfe broken")
    expect_failure(place.kam("run"), 2, "kam.toml")


def test_a_mirror_that_is_not_ours(place: nights.Place) -> None:
    (place.home / "main").mkdir(mode=0o700)
    (place.home / "main" / "mirror.duckdb").write_bytes(b"not a database" * 1000)
    expect_failure(place.kam(*nights.NIGHT), 4, "mirror.duckdb", "kam sync rebuild")


def test_a_ledger_that_is_not_ours(place: nights.Place) -> None:
    (place.home / "main").mkdir(mode=0o700)
    file = place.home / "main" / "ledger.sqlite"
    file.write_bytes(b"not a database" * 1000)
    file.chmod(0o600)
    expect_failure(place.kam(*nights.NIGHT), 4, "ledger.sqlite")


def test_a_home_that_cannot_be_made(place: nights.Place, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    expect_failure(place.kam("run", KAM_HOME=str(tmp_path / "file" / "home")), 4, "--home")


def test_a_second_run_at_the_same_time(place: nights.Place) -> None:
    child = place.start("run", "--dry-run", "--only", "sync", "--as-of", nights.ANCHOR)
    try:
        lock = place.home / "main" / "run.lock"
        for _ in range(2000):
            if lock.exists() and lock.stat().st_size:
                break
            time.sleep(0.01)
        child.send(signal.SIGSTOP)
        expect_failure(place.kam("run"), 5, f"process {child.pid}", "kam status")
        status = json.loads(place.kam("status", "--format", "json").stdout)
        assert status["totals"]["at_work"]["pid"] == child.pid
    finally:
        child.kill()


def test_an_unknown_day(place: nights.Place) -> None:
    done = place.kam("ageing", "show", "--as-of", "30.6.2026")
    assert done.returncode == 2
    assert "2026-06-30" in done.stderr


def test_reading_before_the_first_pull(place: nights.Place) -> None:
    expect_failure(place.kam("ageing", "show"), 4, "kam sync run")


def test_init_tests_before_it_writes(server: SandboxServer, tmp_path: Path) -> None:
    place = nights.Place(tmp_path, {"KAM_ERP_KEY": KEY})
    words = ("init", "--url", server.url, "--database", server.database, "--login")
    expect_failure(place.kam(*words, "nobody"), 3)
    assert not (tmp_path / "kam.toml").exists()
    done = place.kam(*words, server.login)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "kam.toml").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "main" / "key").stat().st_mode & 0o777 == 0o600
    assert KEY not in (tmp_path / "kam.toml").read_text()
    expect_failure(place.kam(*words, server.login), 2, "--replace")
    assert nights.Place(tmp_path).kam("doctor").returncode == 0


def test_a_closed_pipe_is_no_error(place: nights.Place) -> None:
    done = subprocess.run(
        f"{nights.KAM} policy check --format json | head -1",
        shell=True,
        env=place.full_environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "Traceback" not in done.stderr
    assert done.stdout.startswith("{")


def test_the_key_is_not_in_the_process_list(place: nights.Place) -> None:
    command = [nights.KAM, "run", "--only", "sync"]
    with subprocess.Popen(command, env=place.full_environment(), stdout=subprocess.DEVNULL) as process:
        try:
            for _ in range(2000):
                if (place.home / "main" / "run.lock").exists():
                    break
                time.sleep(0.01)
            assert KEY.encode() not in Path(f"/proc/{process.pid}/cmdline").read_bytes()
        finally:
            process.kill()


def test_a_unknown_locale_is_no_obstacle(place: nights.Place) -> None:
    done = place.process("policy", "check", LANG="C", LC_ALL="C", PYTHONIOENCODING="ascii:strict", TZ="")
    assert done.returncode == 0, done.stderr
    assert os.linesep in done.stdout
