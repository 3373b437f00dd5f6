"""The timer: units that systemd accepts, a block in a crontab, the same after installing twice, no key in any."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from kam_connector.errors import InputError
from kam_connector.runs import schedule
from kam_connector.runs.units import Schedule, cron_lines, service, timer, unit_name
from tests.conftest import missing
from tests.runs import nights

KAM_TOML = '[erp.main]\nurl = "https://erp.example.com"\ndatabase = "production"\nlogin = "kam"\n'
SECOND = KAM_TOML.replace("erp.main", "erp.second")


@pytest.fixture
def place(tmp_path: Path) -> nights.Place:
    """A home with settings and a key."""
    home = tmp_path / "a home; with % and $signs"
    home.mkdir()
    (home / "kam.toml").write_text(KAM_TOML)
    (home / "main").mkdir(mode=0o700)
    (home / "main" / "key").write_text("canary-51aa-key")
    (home / "main" / "key").chmod(0o600)
    return nights.Place(home)


def files(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text("utf-8") for path in sorted(folder.iterdir())}


@pytest.mark.parametrize("whose", ["--system", "--user"])
@pytest.mark.parametrize("lang", ["en", "zh_CN", "zh_TW"])
def test_systemd_accepts_the_units(place: nights.Place, tmp_path: Path, whose: str, lang: str) -> None:
    if shutil.which("systemd-analyze") is None:
        missing("systemd-analyze is not installed (Debian: apt-get install systemd)")
    done = place.kam("--lang", lang, "schedule", "install", whose, "--at", "23:55", "--folder", str(tmp_path / "units"))
    assert done.returncode == 0, done.stderr
    units = sorted((tmp_path / "units").iterdir())
    assert [unit.name for unit in units] == ["kam-connector-main.service", "kam-connector-main.timer"]
    command = ["systemd-analyze", "verify", *([whose] if whose == "--user" else []), *map(str, units)]
    environ = {**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)}
    checked = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=environ)
    assert (checked.returncode, checked.stderr) == (0, ""), checked.stderr


def test_the_units_say_what_the_night_needs_and_hold_no_key(place: nights.Place, tmp_path: Path) -> None:
    assert place.kam("schedule", "install", "--system", "--folder", str(tmp_path / "units")).returncode == 0
    texts = files(tmp_path / "units")
    night = texts["kam-connector-main.service"]
    for line in ("SuccessExitStatus=1", "UMask=0077", "ProtectSystem=strict", "NoNewPrivileges=yes", "Type=oneshot"):
        assert line in night.splitlines()
    assert "--erp main run --yes" in night
    assert re.search(r'^ReadWritePaths=".*a home; with %% and \$signs"$', night, re.MULTILINE)
    assert re.search(r'^ExecStart=.*"[^"]*a home; with %% and \$\$signs"', night, re.MULTILINE)
    clock = texts["kam-connector-main.timer"]
    for line in ("OnCalendar=*-*-* 02:30:00", "RandomizedDelaySec=10min", "Persistent=true"):
        assert line in clock.splitlines()
    assert "canary-51aa-key" not in "".join(texts.values())


def test_installing_twice_is_installing_once(place: nights.Place, tmp_path: Path) -> None:
    words = ("schedule", "install", "--folder", str(tmp_path / "units"), "--format", "json")
    states = []
    for _ in range(2):
        states.append([row["state"] for row in json.loads(place.kam(*words).stdout)["rows"]])
        now = files(tmp_path / "units")
    assert states == [["installed", "installed"], ["unchanged", "unchanged"]]
    assert files(tmp_path / "units") == now
    shown = json.loads(place.kam("schedule", "show", *words[2:]).stdout)["rows"]
    assert [row["state"] for row in shown] == ["installed", "installed"]
    later = json.loads(place.kam("schedule", "show", "--at", "04:00", *words[2:]).stdout)["rows"]
    assert [row["state"] for row in later] == ["installed", "different"]
    assert place.kam("schedule", "remove", *words[2:]).returncode == 0
    assert files(tmp_path / "units") == {}
    gone = json.loads(place.kam("schedule", "remove", *words[2:]).stdout)["rows"]
    assert [row["state"] for row in gone] == ["absent", "absent"]


def test_with_several_erps_the_timer_runs_them_all_unless_one_is_named(place: nights.Place, tmp_path: Path) -> None:
    (place.home / "kam.toml").write_text(KAM_TOML + SECOND)
    folder = ("--folder", str(tmp_path / "units"))
    assert place.kam("schedule", "install", *folder).returncode == 0
    assert "run --yes --all" in files(tmp_path / "units")["kam-connector.service"]
    assert place.kam("--erp", "second", "schedule", "install", *folder).returncode == 0
    assert "--erp second run --yes\n" in files(tmp_path / "units")["kam-connector-second.service"]
    done = place.kam("--erp", "third", "schedule", "install", *folder)
    assert (done.returncode, "kam init" in done.stderr) == (2, True)


@pytest.mark.parametrize("at", ["24:00", "2:30", "02:60", "noon", "02:30:00", ""])
def test_a_time_that_is_none_is_refused(place: nights.Place, tmp_path: Path, at: str) -> None:
    done = place.kam("schedule", "install", "--at", at, "--folder", str(tmp_path / "units"))
    assert done.returncode == 2
    assert "02:30" in done.stderr
    assert not (tmp_path / "units").exists()


def plan(home: Path, at: str = "23:58", erp: str | None = "main") -> Schedule:
    return Schedule(home, erp, at, Path("/opt/kam/bin/kam"), user="kam")


def test_a_line_break_in_a_path_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        plan(tmp_path / "a\nExecStart=b")


def test_a_cron_line_is_one_that_a_shell_reads_back(tmp_path: Path) -> None:
    home = tmp_path / "it's 100%"
    first, note, line, last = cron_lines(plan(home))
    assert (first, last) == ("# BEGIN kam-connector-main", "# END kam-connector-main")
    assert note.startswith("# ")
    minute, hour, *rest, command = line.split(" ", 5)
    assert rest == ["*", "*", "*"]
    assert 0 <= (int(hour) * 60 + int(minute) - (23 * 60 + 58)) % 1440 < 10
    assert "%" not in command.replace(r"\%", "")
    shown = command.replace(r"\%", "%").replace("umask 077; /opt/kam/bin/kam", "printf '%s|'").replace(">/dev/null", "")
    done = subprocess.run(["sh", "-c", shown], capture_output=True, text=True, check=True)
    assert done.stdout == f"--home|{home}|--erp|main|run|--yes|"


def test_the_shift_of_a_cron_line_is_the_same_every_time_and_differs_by_home(tmp_path: Path) -> None:
    assert cron_lines(plan(tmp_path)) == cron_lines(plan(tmp_path))
    minutes = {cron_lines(plan(tmp_path / str(number)))[2].split()[0] for number in range(40)}
    assert len(minutes) > 4


def test_a_block_in_a_crontab_is_replaced_and_removed_and_the_rest_stays(tmp_path: Path) -> None:
    others = ["MAILTO=admin", "0 1 * * * backup", "# BEGIN kam-connector-other", "x", "# END kam-connector-other"]
    lines = [*others[:2], *cron_lines(plan(tmp_path, "01:00")), *others[2:]]
    assert schedule._without(lines, "main") == others


def test_without_a_crontab_the_line_is_told(place: nights.Place) -> None:
    done = place.kam("schedule", "install", "--cron", PATH="/nonexistent")
    assert done.returncode == 4
    assert "* * * umask 077; " in done.stderr


def test_a_name_is_a_unit_name_whatever_it_holds() -> None:
    assert unit_name("a b/c@ü") == "kam-connector-a-b-c--"
    assert unit_name(None) == "kam-connector"


def test_service_and_timer_are_in_the_reader_s_language(tmp_path: Path) -> None:
    chinese = Schedule(tmp_path, "main", "02:30", Path("/opt/kam"), lang="zh_CN")
    assert "夜间运行" in service(chinese)
    assert "每晚 02:30" in timer(chinese)
