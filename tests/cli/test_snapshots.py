"""A month's end on the sandbox: frozen, written back once, signed, changed, explained, frozen again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from kam_connector import ledger
from kam_connector.runs.reviews import REVIEW
from kam_connector.sandbox import SandboxServer
from tests.runs import nights

DAY = ("--as-of", nights.ANCHOR)
NIGHT = (*nights.NIGHT, "--skip", "report", "--format", "json")


@dataclass(slots=True)
class MonthEnd:
    """A home beside its sandbox."""

    place: nights.Place
    server: SandboxServer

    def answer(self, *words: str, code: int = 0) -> dict[str, Any]:
        """The JSON object of a command that ends with that code."""
        done = self.place.kam(*words, "--format", "json")
        assert done.returncode == code, (words, done.stderr)
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def night(self) -> dict[str, Any]:
        """The totals of a night."""
        done = self.place.kam(*NIGHT)
        assert done.returncode in (0, 1), done.stderr
        totals: dict[str, Any] = json.loads(done.stdout)["totals"]
        return totals

    def copies(self) -> list[dict[str, Any]]:
        return [row for row in self.server.rows("kam.ageing").values() if row["is_snapshot"]]

    def lines(self, copy: int) -> list[dict[str, Any]]:
        return [row for row in self.server.rows("kam.ageing.line").values() if row["ageing_id"] == copy]

    def change(self, model: str, number: int, **values: Any) -> None:
        """A person writes in the ERP."""
        rows = self.server.erp.store.tables[model]
        rows[number] |= {**values, "write_date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")}

    def reviews(self) -> list[dict[str, Any]]:
        with ledger.open(self.place.home / "main" / "ledger.sqlite", read_only=True) as book:
            return [event.payload for event in book.events(REVIEW)]

    def notes(self) -> dict[str, str]:
        with ledger.open(self.place.home / "main" / "ledger.sqlite", read_only=True) as book:
            return book.remarks(REVIEW)


@pytest.fixture(scope="module")
def end(shared_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MonthEnd]:
    with nights.after_one(shared_folder, tmp_path_factory.mktemp("home")) as after:
        yield MonthEnd(*after)


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.requirement("S4-39")
def test_a_month_is_frozen_signed_changed_and_explained(end: MonthEnd) -> None:
    # On the day: frozen once, then unchanged.
    first = end.answer("ageing", "snapshot", *DAY)
    assert [(row["company"], row["sequence"], row["state"]) for row in first["rows"]] == [
        (1, 1, "frozen"),
        (2, 1, "frozen"),
    ]
    shown = end.answer("ageing", "show", *DAY)
    assert [row["total"] for row in first["rows"]] == [row["total"] for row in shown["totals"]]
    again = end.answer("ageing", "snapshot", *DAY)
    assert [(row["state"], row["frozen_on"]) for row in again["rows"]] == [
        ("unchanged", row["frozen_on"]) for row in first["rows"]
    ]
    assert end.answer("ageing", "changes", *DAY)["rows"] == []
    assert {row["changed_since_signed"] for row in shown["totals"]} == {None}

    # The next night: copies in the ERP, with the lines of the current set; the night after writes nothing.
    assert end.night()["written"] == 24
    copies = sorted(end.copies(), key=lambda row: row["company_id"])
    assert [(row["kam_key"], row["is_snapshot"], row["sequence"]) for row in copies] == [
        ("snapshot:due:2026-06-30:1", True, 1)
    ] * 2
    current = next(row for row in end.server.rows("kam.ageing").values() if row["kam_key"] == "ageing:due")
    for name in ("total", "ledger_balance", "difference", "not_due", "d181_plus", "unapplied", "disputed", "as_of"):
        assert copies[0][name] == current[name], name
    fields = ("partner_id", "user_id", "total", "d31_60", "oldest_due", "reason_args")
    pairs = [{tuple(row[name] for name in fields) for row in end.lines(one["id"])} for one in (copies[0], current)]
    assert pairs[0] == pairs[1]
    assert end.night()["planned"] == 0

    # The accountant signs in the ERP; it comes home once.
    end.change(
        "kam.ageing", copies[0]["id"], reviewed_by=2, reviewed_on="2026-07-02 08:00:00", review_note="Asked Ms Wang.",
        reviewed_as_of=nights.ANCHOR, reviewed_total=copies[0]["total"], kam_version=2,
    )  # fmt: skip
    assert end.night()["written"] == 0
    assert end.night()["written"] == 0
    [review] = end.reviews()
    assert (review["state"], review["reviewed_by"], review["reviewed_on"]) == ("signed", 2, "2026-07-02T08:00:00+00:00")
    assert review["total_minor"] == round(Decimal(str(copies[0]["total"])) * 100)
    assert end.notes() == {"1:snapshot:due:2026-06-30:1": "Asked Ms Wang."}
    assert "Wang" not in json.dumps(review)
    listed = end.answer("ageing", "snapshots")["rows"]
    assert [row["reviewed_by"] for row in listed] == ["Administrator", None]
    totals = end.answer("ageing", "show", *DAY)["totals"]
    assert [row["changed_since_signed"] for row in totals] == [False, None]
    for other in (("--basis", "recognition"), ("--view", "net")):  # nobody signed these figures
        assert all("reviewed_by" not in row for row in end.answer("ageing", "show", *DAY, *other)["totals"])
    same = end.answer("ageing", "show", *DAY, "--basis", "due")["totals"]
    assert same == totals

    # A match is undone: two lines of each customer, the total stays, and the signed day is named.
    matches = end.server.erp.store.tables["account.partial.reconcile"]
    undone = next(row for row in matches.values() if row["company_id"] == 1)
    del matches[undone["id"]]
    end.night()
    changes = end.answer("ageing", "changes", *DAY, code=1)
    assert {row["cause"] for row in changes["rows"]} == {"unmatched"}
    assert sorted(row["item"] for row in changes["rows"]) == sorted([undone["debit_move_id"], undone["credit_move_id"]])
    assert sum(Decimal(row["change"]) for row in changes["rows"]) == Decimal(changes["totals"][0]["difference"]) == 0
    assert f"Match {undone['id']} with entry" in changes["rows"][0]["reason"]
    assert changes["totals"][0]["lines"] == 2
    assert "2 of its lines have moved" in changes["findings"][0]["message"]
    totals = end.answer("ageing", "show", *DAY)["totals"]
    assert [row["changed_since_signed"] for row in totals] == [True, None]
    end.place.kam("ageing", "report", *DAY, "--out", str(end.place.home))
    sheet = openpyxl.load_workbook(next(end.place.home.glob("ageing-1-*.xlsx")))["Summary"]
    texts = [str(cell.value) for row in sheet.iter_rows() for cell in row]
    assert any("lines that have moved since: 2" in text for text in texts)
    assert any(text.startswith("Administrator, 2 July 2026 08:00") for text in texts)

    # Freezing other figures is refused, all companies, and nothing is written; --again freezes them beside the old.
    before = end.answer("verify")["totals"]["events"]
    refused = end.place.kam("ageing", "snapshot", *DAY)
    assert refused.returncode == 7
    assert "with other figures; nothing was frozen" in refused.stderr
    assert end.answer("verify")["totals"]["events"] == before + 2  # the run's beginning and end
    second = end.answer("ageing", "snapshot", *DAY, "--again")
    assert [(row["sequence"], row["state"]) for row in second["rows"]] == [(2, "frozen"), (1, "unchanged")]
    assert end.answer("ageing", "changes", *DAY)["rows"] == []
    signed = dict(end.server.rows("kam.ageing")[copies[0]["id"]])
    assert end.night()["refused"] == 0
    assert end.server.rows("kam.ageing")[copies[0]["id"]] == signed
    assert sorted(row["kam_key"] for row in end.copies() if row["company_id"] == 1) == [
        "snapshot:due:2026-06-30:1",
        "snapshot:due:2026-06-30:2",
    ]
    listed = end.answer("ageing", "snapshots")["rows"]
    assert [(row["company"], row["sequence"], row["superseded"]) for row in listed] == [
        (1, 2, False),
        (1, 1, True),
        (2, 1, False),
    ]
    assert end.night()["planned"] == 0

    # The signature is withdrawn: a further event, once.
    end.change("kam.ageing", copies[0]["id"], reviewed_by=False, reviewed_on=False, kam_version=3)
    end.night()
    end.night()
    assert [one["state"] for one in end.reviews()] == ["signed", "withdrawn"]
    assert {row["reviewed_by"] for row in end.answer("ageing", "snapshots")["rows"]} == {None}
    assert end.answer("verify")["totals"]["problems"] == 0


def test_a_day_to_come_and_a_day_that_is_not_frozen_are_told(end: MonthEnd) -> None:
    done = end.place.kam("ageing", "snapshot", "--as-of", "2099-12-31")
    assert (done.returncode, "has not come yet" in done.stderr) == (2, True)
    done = end.place.kam("ageing", "changes", "--as-of", "2026-05-31")
    assert (done.returncode, "is not frozen" in done.stderr) == (2, True)


def test_each_basis_is_frozen_for_itself(end: MonthEnd) -> None:
    rows = end.answer("ageing", "snapshot", "--as-of", "2026-05-31", "--basis", "recognition")["rows"]
    assert {(row["basis"], row["sequence"], row["state"]) for row in rows} == {("recognition", 1, "frozen")}
    done = end.place.kam("ageing", "changes", "--as-of", "2026-05-31")
    assert done.returncode == 2
    assert end.answer("ageing", "changes", "--as-of", "2026-05-31", "--basis", "recognition")["rows"] == []


def test_the_table_reads_chinese(end: MonthEnd) -> None:
    end.place.kam("ageing", "snapshot", "--as-of", "2026-04-30")
    shown = end.place.kam("--lang", "zh_CN", "ageing", "snapshots").stdout
    assert "冻结时间" in shown
    assert "到期日" in shown
    assert "快照" not in shown
