"""`kam complaints report`: the month on the screen, as JSON and as a workbook, from what people said in the ERP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from kam_connector.sandbox import SandboxServer
from tests.runs import nights

MODEL, CAUSE = "kam.complaint", "kam.complaint.cause"
COMMAND = ("complaints", "report", "--as-of", nights.ANCHOR)


ENDED = ("confirmed", "closed", "reviewed", "rejected")


def service(answer: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The rows of salespeople of company 1, by user."""
    return {row["code"]: row for row in answer["rows"] if row["indicator"] == "service_score" and row["company"] == 1}


class Desk:
    """A home after a night; the complaints of company 1 in June, oldest first."""

    def __init__(self, place: nights.Place, server: SandboxServer) -> None:
        self.place, self.server = place, server
        rows = sorted(server.rows(MODEL).values(), key=lambda row: row["received_at"])
        self.june = [row["id"] for row in rows if row["company_id"] == 1 and row["received_at"] >= "2026-06-01"]

    def teach(self) -> None:
        """Two of material in one customer's name, the second settled with an idea; one of packing."""
        causes = {row["code"]: number for number, row in self.server.rows(CAUSE).items()}
        material, packing = causes["material"], causes["packing"]
        first, second, third = self.june[:3]
        customer = self.server.rows(MODEL)[first]["partner_id"]
        self.server.edit(MODEL, first, cause_id=material)
        self.server.edit(
            MODEL, second, cause_id=material, partner_id=customer, state="closed", first_contact="yes",
            improvement="Thicker boxes", resolved_at="2026-06-20 08:00:00", closed_at="2026-06-20 08:00:00",
            agreed_amount=120.5, agreed_at="2026-06-19 08:00:00",
        )  # fmt: skip
        self.server.edit(MODEL, third, cause_id=packing)
        assert self.place.kam("sync", "run").returncode in (0, 1)

    def ask(self, *words: str) -> dict[str, Any]:
        done = self.place.kam(*COMMAND, *words, "--format", "json")
        assert done.returncode in (0, 1), done.stderr
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer


@pytest.fixture
def desk(shared_folder: Path, tmp_path: Path) -> Iterator[Desk]:
    with nights.after_one(shared_folder, tmp_path / "home") as after:
        yield Desk(*after)


@pytest.mark.requirement("S4-72", "S2-56")
@pytest.mark.timeout(300)
def test_the_month_says_what_people_wrote_down_and_the_workbook_says_the_same(desk: Desk, tmp_path: Path) -> None:
    desk.teach()
    answer = desk.ask("--month", "2026-06", "--out", str(tmp_path / "out"))
    rows = [row for row in answer["rows"] if row["company"] == 1]
    found = {row["indicator"]: row for row in rows if row["code"] is None and row["name"] is None}
    counts = {name: (found[name]["count"], found[name]["of"]) for name in ("settled", "recurrence", "improvements")}
    assert counts == {"settled": (1, None), "recurrence": (1, 3), "improvements": (1, 1)}
    assert (found["first_contact"]["share"], found["cost"]["amount"], found["cost"]["currency"]) == (
        "1.0000", "120.50", "CNY",
    )  # fmt: skip
    causes = [row for row in rows if row["indicator"] == "cause"]
    unsaid = len(desk.june) - 3
    assert [(row["code"], row["name"], row["count"], row["vital"]) for row in causes] == [
        ("material", "Material", 2, True), ("packing", "Packing and Transport", 1, True),
        *([(None, "Nobody has said", unsaid, False)] if unsaid else []),
    ]  # fmt: skip
    assert causes[-1]["cumulative"] == "1.0000"

    files = [Path(row["report"]) for row in answer["totals"]]
    assert sorted(files) == sorted((tmp_path / "out").iterdir())
    sheet = openpyxl.load_workbook(next(path for path in files if "-CNY-" in path.name))["Summary"]
    shown = {row[0].value: row[1].value for row in sheet.iter_rows(max_col=2)}
    assert (shown["Material"], shown["Packing and Transport"], shown["Came again"]) == (2, 1, 1)


@pytest.mark.timeout(300)
def test_the_last_month_that_is_over_is_shown_and_one_that_has_not_begun_is_refused(desk: Desk) -> None:
    assert {row["month"] for row in desk.ask()["totals"]} == {"2026-06"}  # the day is the month's last
    done = desk.place.kam("complaints", "report", "--as-of", "2026-06-29", "--format", "json")
    assert {row["month"] for row in json.loads(done.stdout)["totals"]} == {"2026-05"}
    for month in ("2026-07", "2026-Q2", "June"):
        refused = desk.place.kam(*COMMAND, "--month", month)
        assert refused.returncode not in (0, 1), month
        assert "2026-03" in refused.stderr


@pytest.mark.long
@pytest.mark.requirement("S2-56")
@pytest.mark.timeout(300)
def test_the_service_of_a_salesperson_goes_down_with_a_complaint_that_was_justified(desk: Desk) -> None:
    """The sandbox has no warehouse: the invoices of twelve months are what was delivered."""
    before = service(desk.ask())
    number = next(one for one in desk.june if desk.server.rows(MODEL)[one]["state"] not in ENDED)
    desk.server.edit(MODEL, number, state="closed", severity="high", order_id=False, move_id=False, delivery_ref=False,
                     resolved_at="2026-06-20 08:00:00", closed_at="2026-06-20 08:00:00")  # fmt: skip
    assert desk.place.kam("sync", "run").returncode in (0, 1)
    after = service(desk.ask())
    [seller] = [user for user in after if after[user] != before.get(user)]
    had, has = before[seller], after[seller]
    assert (has["count"], has["of"], has["kind"]) == (had["count"] + 1, had["of"], "invoice")
    assert float(has["points"]) == float(had["points"]) + 3
    per_100 = float(has["points"]) * 100 / has["of"]
    assert float(has["per_100"]) == pytest.approx(per_100, abs=0.005)
    assert float(has["score"]) == pytest.approx(max(0.0, 100 - 10 * per_100), abs=0.005)


@pytest.mark.long
@pytest.mark.requirement("S4-72")
@pytest.mark.timeout(300)
def test_a_company_without_complaints_has_its_rows_with_zeros(desk: Desk) -> None:
    answer = desk.ask("--month", "2019-01")
    companies = {row["id"] for row in desk.server.rows("res.company").values()}
    rows = [row for row in answer["rows"] if row["indicator"] != "service_score"]
    assert {row["company"] for row in rows} == companies
    assert len(rows) == 11 * len(companies)
    for row in rows:
        if row["indicator"] == "cost":
            assert (float(row["amount"]), len(row["currency"])) == (0, 3)
        else:
            assert (row["count"], row["of"] or 0, row["share"]) == (0, 0, None), row
    months = {row["indicator"] for row in desk.ask("--month", "2026-06")["rows"] if row["company"] == 1}
    assert {row["indicator"] for row in answer["rows"]} <= months
