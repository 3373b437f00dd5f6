"""`kam complaints sla`: the files of docs/clocks.md as they stand there, and files that cannot be used."""

from __future__ import annotations

import csv
import io
import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from tests.cli import pages
from tests.runs import nights

(COMMAND,) = re.findall(r"^kam (.*--events.*)$", pages.read("clocks.md"), re.MULTILINE)
WORDS = ("complaints", "sla", "--calendar", "cal.toml", "--events", "events.csv")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> nights.Place:
    """A home without anything in it, and the files of the page in the working folder."""
    pages.write_files("clocks.md", tmp_path)
    monkeypatch.chdir(tmp_path)
    return nights.Place(tmp_path / "home")


@pytest.mark.requirement("S4-75")
def test_the_page_in_every_form(place: nights.Place) -> None:
    """Gold and high: 2 h to answer, 18 h to settle. 17 h are used, the pause left out 2 h."""
    words = shlex.split(COMMAND)
    answer = json.loads(place.kam(*words, "--format", "json").stdout)
    assert (answer["command"], answer["as_of"], answer["findings"]) == ("complaints sla", "2025-10-09", [])
    rows: list[dict[str, Any]] = answer["rows"]
    assert [(row["complaint"], row["clock"], row["state"]) for row in rows] == [
        ("C-1", "response", "met"), ("C-1", "resolution", "met"),
        ("C-2", "response", "breached"), ("C-2", "resolution", "running"),
    ]  # fmt: skip
    settled, late = rows[1], rows[2]
    assert {name: settled[name] for name in ("target_hours", "used_hours", "paused_hours", "supplier_hours")} == {
        "target_hours": "18.00", "used_hours": "17.00", "paused_hours": "2.00", "supplier_hours": "0.00",
    }  # fmt: skip
    assert settled["due_at"] == "2025-09-16T15:00:00+08:00"
    assert settled["proof"] == [
        "2025-09-12 10:00 to 2025-09-12 17:00: 6:00 h counted, working days: 1",
        "2025-09-12 17:00 to 2025-09-15 10:00: 2:00 h not counted, waiting for the customer",
        "2025-09-15 10:00 to 2025-09-15 18:00: 7:00 h counted, working days: 1",
        "2025-09-16 09:00 to 2025-09-16 14:00: 4:00 h counted, working days: 1",
    ]
    assert late["breached_at"] == late["due_at"] == "2025-10-09T12:00:00+08:00"
    assert answer["totals"][0] == {"clock": "response", "running": 0, "paused": 0, "met": 1, "breached": 1}
    sheet = list(csv.DictReader(io.StringIO(place.kam(*words, "--format", "csv").stdout)))
    assert [json.loads(row.pop("proof")) for row in sheet] == [row.pop("proof") for row in rows]
    assert sheet == [{name: value or "" for name, value in row.items()} for row in rows]
    assert "2:00 h not counted, waiting for the" in place.kam(*words).stdout
    assert "等待客户，2:00 小时不计入" in place.kam("--lang", "zh_CN", *words, "--format", "json").stdout
    assert not place.home.exists()


@pytest.mark.parametrize(
    ("name", "old", "new", "refusal"),
    [
        ("events.csv", "responded", "slept", "events.csv, row 3, column event: 'slept'"),
        ("events.csv", "2025-09-12 11:30", "12/09/25", "events.csv, row 3, column at: '12/09/25'"),
        ("events.csv", "2025-09-12 11:30", "2025-09-31 11:30", "events.csv, row 3, column at: '2025-09-31 11:30'"),
        ("cal.toml", "Asia/Shanghai", "Asia/Shangri-La", 'cal.toml: Time zone "Asia/Shangri-La" is not known.'),
        ("cal.toml", 'to = "12:00"', 'to = "14:00"', "cal.toml: Working hours overlap or run backwards at 13:00."),
        ("cal.toml", '"mon", ', '"mo", ', 'Value "mo" of "days" in cal.toml line'),
        ("cal.toml", "zone =", "zone", "cal.toml is not valid TOML"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(
    place: nights.Place, name: str, old: str, new: str, refusal: str
) -> None:
    path = Path(name)
    path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")
    done = place.kam(*WORDS)
    assert (done.returncode, done.stdout) == (2, "")
    assert refusal in done.stderr


def test_a_calendar_in_which_nobody_works_is_refused(place: nights.Place) -> None:
    Path("cal.toml").write_text('zone = "Asia/Shanghai"\n', "utf-8")
    done = place.kam(*WORDS)
    assert done.returncode == 2
    assert 'A table in cal.toml is missing: "week".' in done.stderr


def test_an_hour_that_the_clocks_skip_is_refused_and_one_that_they_repeat_is_found(place: nights.Place) -> None:
    calendar = Path("cal.toml").read_text("utf-8").replace("Asia/Shanghai", "Europe/Berlin")
    Path("cal.toml").write_text(calendar, "utf-8")
    Path("events.csv").write_text("complaint,at,event\nA,2026-03-29 02:30,received\n", "utf-8")
    skipped = place.kam(*WORDS)
    assert skipped.returncode == 2
    assert "events.csv, row 2, column at: '2026-03-29 02:30'" in skipped.stderr
    assert "they skipped this hour" in skipped.stderr
    Path("events.csv").write_text("complaint,at,event\nA,2026-10-25 02:30,received\n", "utf-8")
    repeated = place.kam(*WORDS, "--as-of", "2026-10-26", "--format", "json")
    (found,) = json.loads(repeated.stdout)["findings"]
    assert (repeated.returncode, found["record"]) == (1, "events.csv:2")
    assert "showed 2026-10-25 02:30 twice: the first time is taken" in found["message"]


def test_a_tier_that_the_policy_does_not_have_is_found_with_the_known_ones(place: nights.Place) -> None:
    path = Path("events.csv")
    path.write_text(path.read_text("utf-8").replace(",gold,", ",platinum,"), "utf-8")
    done = place.kam(*WORDS, "--as-of", "2025-10-09", "--format", "json")
    answer = json.loads(done.stdout)
    [found] = [found for found in answer["findings"] if "platinum" in found["message"]]
    assert (done.returncode, found["record"], len(answer["rows"])) == (1, "events.csv:2", 4)
    assert "Known tiers: " in found["message"]
    assert "gold" in found["message"]


def test_what_is_odd_is_found_with_its_line_and_the_rest_goes_on(place: nights.Place) -> None:
    with Path("events.csv").open("a", encoding="utf-8") as file:
        file.write("C-2,2025-09-30 16:00,responded,,,\nC-3,2025-09-30 18:00,responded,,,\n")
    done = place.kam(*WORDS, "--as-of", "2025-10-09", "--format", "json")
    answer = json.loads(done.stdout)
    assert done.returncode == 1
    assert {row["complaint"] for row in answer["rows"]} == {"C-1", "C-2"}
    records = [(found["record"], found["message"]) for found in answer["findings"]]
    assert ("events.csv:9", 'Complaint C-3 has no event "received": it has no clock.') in records
    assert any(record == "events.csv:8" and "earlier than its intake" in message for record, message in records)
