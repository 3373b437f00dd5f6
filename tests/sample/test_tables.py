"""The rows are consistent, as Odoo would have computed them."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from typing import Any

import pytest

from kam_connector.sample import SampleCompany
from kam_connector.sample.figures import DAYS, RECEIVABLE, ROWS

Row = dict[str, Any]

REFERENCES = {
    "sale.order": {"partner_id": "res.partner", "partner_invoice_id": "res.partner", "user_id": "res.users",
                   "team_id": "crm.team", "company_id": "res.company", "currency_id": "res.currency",
                   "medium_id": "utm.medium", "source_id": "utm.source"},
    "sale.order.line": {"order_id": "sale.order", "product_id": "product.product"},
    "account.move": {"partner_id": "res.partner", "commercial_partner_id": "res.partner",
                     "invoice_user_id": "res.users", "team_id": "crm.team", "reversed_entry_id": "account.move"},
    "account.move.line": {"move_id": "account.move", "account_id": "account.account", "partner_id": "res.partner",
                          "product_id": "product.product", "currency_id": "res.currency"},
    "account.partial.reconcile": {"debit_move_id": "account.move.line", "credit_move_id": "account.move.line"},
    "account.payment": {"move_id": "account.move", "partner_id": "res.partner"},
    "res.partner": {"parent_id": "res.partner", "commercial_partner_id": "res.partner", "user_id": "res.users"},
    "product.product": {"product_tmpl_id": "product.template"},
    "product.template": {"categ_id": "product.category"},
    "res.users": {"partner_id": "res.partner", "company_id": "res.company", "sale_team_id": "crm.team"},
    "kam.complaint": {"partner_id": "res.partner", "contact_id": "res.partner", "order_id": "sale.order",
                      "move_id": "account.move", "user_id": "res.users"},
    "kam.target": {"user_id": "res.users", "team_id": "crm.team"},
}  # fmt: skip


def test_the_published_counts_are_true(any_size: SampleCompany) -> None:
    counts = {model: len(rows) for model, rows in any_size.tables.items()}
    assert counts == ROWS[any_size.documents.size]


@pytest.mark.parametrize("position", range(len(DAYS)))
def test_the_published_receivables_are_the_ledger_balances(any_size: SampleCompany, position: int) -> None:
    want = {company: totals[position] for company, totals in RECEIVABLE[any_size.documents.size].items()}
    assert _ledger_balances(any_size, DAYS[position]) == want


def test_open_amounts_as_of_a_day_sum_to_the_ledger_balance(any_size: SampleCompany) -> None:
    """collections.md 2.2: residual = balance - partials that count on that day."""
    for day in DAYS:
        receivable = _receivables(any_size)
        dates = {row["id"]: row["date"] for row in receivable}
        opened = {row["id"]: round(row["balance"] * 100) for row in receivable if row["date"] <= day.isoformat()}
        for partial in any_size.tables["account.partial.reconcile"]:
            if partial["max_date"] <= day.isoformat():
                assert max(dates[partial["debit_move_id"]], dates[partial["credit_move_id"]]) == partial["max_date"]
                opened[partial["debit_move_id"]] -= round(partial["amount"] * 100)
                opened[partial["credit_move_id"]] += round(partial["amount"] * 100)
        assert sum(opened.values()) == sum(_ledger_balances(any_size, day).values())


def test_ids_are_unique_and_every_reference_has_its_record(any_size: SampleCompany) -> None:
    ids = {model: {row["id"] for row in rows} for model, rows in any_size.tables.items()}
    for model, rows in any_size.tables.items():
        assert len(ids[model]) == len(rows), model
    for model, fields in REFERENCES.items():
        for row in any_size.tables[model]:
            for name, other in fields.items():
                assert not row[name] or row[name] in ids[other], (model, name, row["id"])


def test_every_row_of_a_table_has_the_same_fields(any_size: SampleCompany) -> None:
    for model, rows in any_size.tables.items():
        assert len({tuple(row) for row in rows}) == 1, model


def test_every_posted_entry_balances(any_size: SampleCompany) -> None:
    sums: Counter[int] = Counter()
    for row in any_size.tables["account.move.line"]:
        sums[row["move_id"]] += round(row["debit"] * 100) - round(row["credit"] * 100)
        assert row["balance"] == pytest.approx(row["debit"] - row["credit"], abs=0.001)
    assert not any(sums.values())


def test_residuals_are_what_the_matches_leave(any_size: SampleCompany) -> None:
    left = {row["id"]: round(row["balance"] * 100) for row in _receivables(any_size)}
    for partial in any_size.tables["account.partial.reconcile"]:
        left[partial["debit_move_id"]] -= round(partial["amount"] * 100)
        left[partial["credit_move_id"]] += round(partial["amount"] * 100)
    rows = {row["id"]: row for row in _receivables(any_size)}
    for number, amount in left.items():
        assert round(rows[number]["amount_residual"] * 100) == amount
        assert amount * rows[number]["balance"] >= 0, "a residual of the wrong sign"
        assert rows[number]["reconciled"] == (not amount and not rows[number]["amount_residual_currency"])


def test_a_full_match_is_a_closed_set_of_lines(any_size: SampleCompany) -> None:
    sums: dict[int, int] = defaultdict(int)
    for row in _receivables(any_size):
        if row["full_reconcile_id"]:
            assert row["reconciled"]
            sums[row["full_reconcile_id"]] += round(row["balance"] * 100)
    assert len(sums) > 200
    assert not any(sums.values())


def test_an_invoice_shows_what_its_lines_say(any_size: SampleCompany) -> None:
    residuals: dict[int, int] = defaultdict(int)
    for row in _receivables(any_size):
        residuals[row["move_id"]] += round(row["amount_residual"] * 100)
    for move in any_size.tables["account.move"]:
        if move["move_type"] == "entry" or move["state"] != "posted":
            continue
        assert round(move["amount_residual_signed"] * 100) == residuals[move["id"]]
        assert (move["payment_state"] in ("paid", "reversed")) == (move["amount_residual"] == 0)
        assert move["amount_total"] == pytest.approx(move["amount_untaxed"] + move["amount_tax"], abs=0.001)
        assert (move["amount_total_signed"] < 0) == (move["move_type"] == "out_refund")


def test_exchange_differences_are_booked_both_ways(any_size: SampleCompany) -> None:
    gains = [
        row["balance"] for row in any_size.tables["account.move.line"]
        if _account(any_size, row)["name"].startswith("汇兑") and row["balance"]
    ]  # fmt: skip
    assert min(gains) < 0 < max(gains)


def test_contacts_roll_up_to_their_customer(any_size: SampleCompany) -> None:
    commercial = {row["id"]: row["commercial_partner_id"] for row in any_size.tables["res.partner"]}
    contacts = 0
    for move in any_size.tables["account.move"]:
        if move["move_type"] != "entry":
            contacts += move["partner_id"] != move["commercial_partner_id"]
            assert commercial[move["partner_id"]] == move["commercial_partner_id"]
    assert contacts > 10


def test_moments_and_days_are_texts_and_money_is_float(small: SampleCompany) -> None:
    move = next(row for row in small.tables["account.move"] if row["move_type"] == "out_invoice")
    assert date.fromisoformat(move["invoice_date"]) <= date(2026, 6, 30)
    assert len(move["write_date"]) == len("2026-06-30 10:00:00")
    assert isinstance(move["amount_total"], float)
    assert move["reversed_entry_id"] is False


def _ledger_balances(company: SampleCompany, day: date) -> dict[str, int]:
    """Receivable balance of each company by its rows, smallest units."""
    keys = {number: own.key for number, own in enumerate(company.documents.companies, start=1)}
    sums: Counter[str] = Counter()
    for row in _receivables(company):
        if row["date"] <= day.isoformat():
            sums[keys[row["company_id"]]] += round(row["balance"] * 100)
    return dict(sums)


def _receivables(company: SampleCompany) -> list[Row]:
    """Posted receivable lines."""
    lines = company.tables["account.move.line"]
    return [
        row for row in lines
        if row["parent_state"] == "posted" and _account(company, row)["account_type"] == "asset_receivable"
    ]  # fmt: skip


def _account(company: SampleCompany, line: Row) -> Row:
    """The account of a line (ids count from 1)."""
    account = company.tables["account.account"][line["account_id"] - 1]
    assert account["id"] == line["account_id"]
    return account
