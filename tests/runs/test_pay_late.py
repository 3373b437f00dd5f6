"""What is not paid in time: each period that a plan says something of, the day after its last day (S4-33)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import ibis
import pandas as pd
import pytest

from kam_connector import ledger, policy
from kam_connector.ledger import Entry, Ledger
from kam_connector.runs import pay_book
from kam_connector.runs.pay_late import find_late
from tests.runs.test_pay_book import closed

PAYOUT = {
    "company_id": "int64", "plan": "string", "period": "string", "state": "string", "amount_minor": "int64",
    "kam_run": "string", "_deleted": "boolean",
}  # fmt: skip
MARCH = (1, "p", "2026-03")
LAST = date(2026, 4, 30)
AFTER = date(2026, 5, 1)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Ledger]:
    with ledger.open(tmp_path / "ledger.sqlite") as opened:
        yield opened


def payout(
    state: str = "draft", period: str = "2026-03", amount: int = 100, run: str | None = "r1"
) -> tuple[object, ...]:
    """A statement that the ERP has."""
    return (1, "p", period, state, amount, run, False)


def late(
    tmp_path: Path, book: Ledger, day: date, *payouts: tuple[object, ...], within: str = "30"
) -> list[tuple[str, str]]:
    """Record and sentence of each finding on that day; the plan pays `within` so many days."""
    folder = tmp_path / "policy" / "incentives"
    folder.mkdir(parents=True, exist_ok=True)
    head = '[plan]\ncode = "p"\nvalid_from = 2026-02-01\n' + (f"pay_within_days = {within}\n" if within else "")
    part = '[payees]\nusers = ["*"]\n[[component]]\nkind = "bonus"\nevent = "retained"\namount = "1"\n'
    (folder / "p.toml").write_text(head + part, "utf-8")
    con = ibis.duckdb.connect()
    table = ibis.memtable(pd.DataFrame(list(payouts), columns=list(PAYOUT)), schema=PAYOUT)
    con.create_table("kam_payout", table)
    found = list(find_late(policy.load(folder.parent), con, book, {1: day}))
    assert {(each.severity, each.source) for each in found} <= {("warning", "pay.late")}
    return [(each.record, str(each.text)) for each in found]


def close(book: Ledger, state: str, *nets: int) -> None:
    """March as the book has it."""
    made, columns = closed(*nets)
    payload = {"state": state, "statements": {made.key: made.content}}
    rows = pay_book.statement_entries(made, columns)
    book.append_many([*rows, Entry(pay_book.PERIOD, pay_book.period_key(*MARCH), payload)])


@pytest.mark.requirement("S4-33")
def test_it_is_late_on_the_day_after_the_last_one(tmp_path: Path, book: Ledger) -> None:
    """March ends on the 31st: thirty days later is the 30th of April."""
    assert late(tmp_path, book, LAST, payout()) == []
    assert late(tmp_path, book, AFTER, payout(), payout()) == [(
        "1:p:2026-03",
        "2026-03 of plan p, company 1, was to be paid by 2026-04-30 and is not closed. Close it: `kam incentives close "
        "--period 2026-03`.",
    )]  # fmt: skip
    assert late(tmp_path, book, date(2026, 3, 31), payout(), within="0") == []
    assert len(late(tmp_path, book, date(2026, 4, 1), payout(), within="0")) == 1


@pytest.mark.parametrize("within", ["", "30"])
def test_what_nobody_promised_or_is_owed_nobody_is_not_late(tmp_path: Path, book: Ledger, within: str) -> None:
    """No promise; and with one: paid, of zero, a person's own, of a month before the plan, another company's day."""
    others = (payout("paid"), payout(amount=0), payout(run=None), payout(period="2026-01"))
    mine = () if within else (payout(), payout("approved"))
    assert late(tmp_path, book, AFTER, *others, *mine, within=within) == []


@pytest.mark.parametrize(
    ("state", "next_step"),
    [
        ("computed", "and waits for its approval in the ERP (Key Accounts > Incentives)."),
        ("approved", "and is approved. Lock it: `kam incentives lock --period 2026-03`."),
        ("locked", "and is locked. Pay it: `kam incentives payroll --period 2026-03`, or mark it as paid in the ERP."),
    ],
)
def test_what_it_waits_for_is_said(tmp_path: Path, book: Ledger, state: str, next_step: str) -> None:
    """By the ERP's statements, and without the addon by those of the book alone."""
    close(book, state, 100000)
    for payouts in ((payout("approved"),), ()):
        ((record, told),) = late(tmp_path, book, AFTER, *payouts)
        assert (record, told) == (
            "1:p:2026-03", f"2026-03 of plan p, company 1, was to be paid by 2026-04-30 {next_step}",
        )  # fmt: skip


def test_what_was_exported_or_marked_as_paid_is_paid(tmp_path: Path, book: Ledger) -> None:
    close(book, "locked", 100000)
    assert late(tmp_path, book, AFTER, payout("paid")) == []
    assert len(late(tmp_path, book, AFTER, payout("paid"), payout("approved"))) == 1
    book.append_many(
        [Entry(pay_book.EXPORTED, pay_book.period_key(*MARCH), {"statements": {}, "run": "r1", "on": "x"})]
    )
    assert late(tmp_path, book, AFTER, payout("approved")) == []
