"""Files of one's own in place of the mirror: the examples of docs/receivables.md, run as they stand there."""

from __future__ import annotations

import csv
import io
import json
import re
import shlex
from pathlib import Path

import pytest

from tests.runs import nights

DOCS = (Path(__file__).resolve().parents[2] / "docs" / "receivables.md").read_text("utf-8")
COMMANDS = re.findall(r"^kam (.*--input.*)$", DOCS, re.MULTILINE)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> nights.Place:
    """A home without anything in it, and the files of the page in the working folder."""
    for name, text in re.findall(r"^`(\w+\.csv)`:\n\n```csv\n(.*?)```", DOCS, re.MULTILINE | re.DOTALL):
        (tmp_path / name).write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    return nights.Place(tmp_path / "home")


@pytest.mark.parametrize("words", COMMANDS)
def test_every_command_of_the_page_runs(place: nights.Place, words: str) -> None:
    done = place.kam(*shlex.split(words))
    assert done.returncode == 0, done.stderr
    assert "380.00" in done.stdout
    assert not (place.home).exists()


def test_the_page_has_the_figures_that_the_commands_print(place: nights.Place) -> None:
    def buckets(*words: str) -> list[str]:
        done = place.kam("ageing", "show", "--input", "items.csv", "--as-of", "2026-04-30", "--format", "json", *words)
        (row,) = json.loads(done.stdout)["rows"]
        return [row["total"], row["d1_30"], row["d31_60"]]

    assert buckets() == ["380.00", "-120.00", "500.00"]
    assert buckets("--view", "net") == ["380.00", "0.00", "380.00"]
    assert buckets("--matches", "matches.csv") == ["380.00", "0.00", "380.00"]


def test_the_worklist_takes_the_next_step(place: nights.Place) -> None:
    words = ("collections", "worklist", "--input", "items.csv", "--as-of", "2026-04-30", "--format", "csv")
    (first,) = csv.DictReader(io.StringIO(place.kam(*words).stdout))
    (second,) = csv.DictReader(io.StringIO(place.kam(*words, "--tasks", "tasks.csv").stdout))
    assert (first["customer"], first["level"], second["level"]) == ("Alpha", "1", "2")


@pytest.mark.parametrize("words", [("ageing", "show", "--matches"), ("collections", "worklist", "--tasks")])
def test_a_file_that_goes_with_another_is_refused_alone(place: nights.Place, words: tuple[str, ...]) -> None:
    done = place.kam(*words, "matches.csv")
    assert done.returncode == 2
    assert "--input" in done.stderr


def test_a_mistake_is_told_with_its_place_and_in_chinese(place: nights.Place) -> None:
    Path("items.csv").write_text("item,customer,kind,date,balance\nA,C,invoice,1 May,5\n", "utf-8")
    done = place.kam("ageing", "show", "--input", "items.csv", "--as-of", "2026-04-30")
    assert done.returncode == 2
    assert "items.csv, row 2, column date: '1 May' cannot be used. Expected is a day such as 2026-06-30." in done.stderr
    chinese = place.kam("--lang", "zh_CN", "ageing", "show", "--input", "items.csv", "--as-of", "2026-04-30")
    assert "items.csv 第 2 行 date 列" in chinese.stderr
    assert not done.stdout
