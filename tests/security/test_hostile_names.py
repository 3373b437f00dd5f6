"""Names that would be commands, formulas, scripts or cursor moves elsewhere are only text here: R-76, 77, 88, 92."""

from __future__ import annotations

import csv
import io
import json
import logging
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pytest

from kam_connector.reports.cells import csv_text
from kam_connector.runs import logs
from kam_connector.sample.company import SampleCompany
from kam_connector.sandbox import SandboxServer, serve
from tests.runs.nights import NIGHT, Done, Place, at_sandbox

pytestmark = pytest.mark.long

MARK = "Zq"  # stands in every name, so that it can be found again
FORMULAS = (
    f"=cmd|' /C calc'!A0 {MARK}",
    f"{{=1+1}} {MARK}",
    f"+1+1 {MARK}",
    f"-1-1 {MARK}",
    f"@SUM(A1) {MARK}",
    f"\t=1+1 {MARK}",
    f"＝1+1 {MARK}",
)
LINKS = (
    f"https://evil.example/{MARK}",
    f"mailto:a@b.c?{MARK}",
    f"file:///etc/passwd {MARK}",
    f"internal:'Sheet'!A1 {MARK}",
)
SCRIPTS = (f"<script>alert('{MARK}')</script>", f"<img src=x onerror=alert('{MARK}')>", f"{{{{ 7*7 }}}} {MARK}")
ESCAPES = (
    f"\x1b[31mred\x1b[0m {MARK}",
    f"\x1b]0;title\x07 {MARK}",
    f"\x9b31m {MARK}",
    f"left\u202eright {MARK}",
    f"\u2066iso\u2069 {MARK}",
    f"a\r\nb: forged line {MARK}",
    f"zero\u200bwidth\ufeff {MARK}",
)
LONG = (MARK + "长" * 40_000,)
NAMES = (*ESCAPES, *FORMULAS, *LINKS, *SCRIPTS, *LONG)
OBEYED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069\ufeff]")


@dataclass(frozen=True, slots=True)
class Night:
    """A night on customers with such names."""

    place: Place
    server: SandboxServer
    answer: dict[str, object]
    printed: str


@pytest.fixture(scope="module")
def night(small_company: SampleCompany, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    with serve(small_company) as server:
        for partner, name in zip(_customers(server), NAMES * 3, strict=False):
            server.edit("res.partner", partner, name=name)
        place = at_sandbox(tmp_path_factory.mktemp("hostile"), server)
        done = place.kam(*NIGHT, "--format", "json")
        assert done.returncode in (0, 1), done.stderr
        yield Night(place, server, json.loads(done.stdout), done.stdout + done.stderr)


def _customers(server: SandboxServer) -> list[int]:
    """All customers, first those who owe something: every list shows them."""
    debtors = {row["commercial_partner_id"] for row in server.rows("account.move").values() if row["amount_residual"]}
    partners = server.rows("res.partner").values()
    customers = [row["id"] for row in partners if row["customer_rank"] and not row["parent_id"]]
    return sorted(customers, key=lambda number: (number not in debtors, number))


def shown(night: Night, *more: str) -> Done:
    done = night.place.kam("ageing", "show", "--as-of", NIGHT[-1], *more)
    assert done.returncode in (0, 1), done.stderr
    return done


def workbooks(night: Night) -> list[Path]:
    found = sorted((night.place.home / "main" / "reports").rglob("*.xlsx"))
    assert len(found) == 6
    return found


def test_r88_a_terminal_gets_no_character_that_it_would_obey(night: Night) -> None:
    table = shown(night).stdout
    assert MARK in table
    assert [line for line in table.split("\n") if OBEYED.search(line)] == []
    assert "\\u202e" in table


def test_r88_what_the_night_said_and_logged_is_one_line_a_record(night: Night) -> None:
    log = (night.place.home / "main" / "log" / "kam.log").read_text(encoding="utf-8")
    for text in (night.printed, log):
        assert [line for line in text.split("\n") if OBEYED.search(line)] == []
    assert all(re.match(r"\d{4}-\d\d-\d\dT", line) for line in log.splitlines())


@pytest.mark.parametrize("name", [*NAMES, "lone \ud800 surrogate", "NUL \x00 here", "line\u2028sep"])
def test_r88_a_log_record_with_any_name_stays_one_line(name: str) -> None:
    record = logging.LogRecord("kam_connector", logging.INFO, "", 0, "Customer %s", (name,), None)
    line = logs.OneLine().format(record)
    assert len(line) < 9000
    assert OBEYED.search(line) is None
    assert "\n" not in line
    line.encode("utf-8")


def test_r76_no_cell_of_a_workbook_is_a_formula(night: Night) -> None:
    for path in workbooks(night):
        with zipfile.ZipFile(path) as book:
            sheets = [name for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
            for sheet in sheets:
                tree = ElementTree.fromstring(book.read(sheet))
                assert [node for node in tree.iter() if node.tag.endswith("}f")] == [], (path.name, sheet)


def test_r77_no_cell_of_a_workbook_is_a_link(night: Night) -> None:
    for path in workbooks(night):
        with zipfile.ZipFile(path) as book:
            text = b"".join(book.read(name) for name in book.namelist() if name.endswith((".xml", ".rels")))
        assert b"<hyperlink" not in text
        assert b"TargetMode" not in text


def test_r76_the_names_stand_in_the_cells_as_they_are(night: Night) -> None:
    cells = {
        str(cell.value)
        for path in workbooks(night)
        for sheet in openpyxl.load_workbook(path)
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, str)
    }
    for name in (*FORMULAS[:5], *LINKS, *SCRIPTS):
        assert name in cells
    assert max(map(len, cells)) <= 32_767


def test_r76_a_csv_has_an_apostrophe_before_what_a_spreadsheet_would_run(night: Night) -> None:
    rows = list(csv.DictReader(io.StringIO(shown(night, "--format", "csv").stdout)))
    names = [row["name"] for row in rows if MARK in row["name"]]
    assert len(names) > 10
    assert [name for name in names if name.startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"))] == []
    assert any(name.startswith("'=cmd|") for name in names)


@pytest.mark.parametrize("name", [name for name in FORMULAS if not name.startswith("{")])
def test_r76_the_apostrophe_is_all_that_a_csv_adds(name: str) -> None:
    assert csv_text(name).lstrip("'").lstrip() == name.lstrip()
    assert csv_text(name).startswith("'")


def test_r80_a_reports_file_name_is_never_a_path_and_never_long(night: Night) -> None:
    for path in (night.place.home / "main" / "reports").rglob("*"):
        assert len(path.name.encode()) <= 255
        assert not any(unicodedata.category(character) in ("Cc", "Cf") for character in path.name)


def test_r92_what_is_written_to_the_erp_holds_no_markup_of_a_name(night: Night) -> None:
    for model in ("kam.customer", "kam.score", "kam.collection.task", "kam.payout", "kam.ageing.line", "kam.run"):
        for row in night.server.rows(model).values():
            texts = [value for value in row.values() if isinstance(value, str)]
            assert [text for text in texts if "<script" in text or "onerror" in text] == [], model


def test_json_gives_the_names_back_exactly(night: Night) -> None:
    rows = json.loads(shown(night, "--format", "json").stdout)["rows"]
    names = {row["name"] for row in rows}
    assert {name for name in (*FORMULAS, *SCRIPTS) if name in names}
