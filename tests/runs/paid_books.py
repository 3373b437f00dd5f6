"""What a plan pays by a test's own books: pulled into a mirror, read from there, through the engine."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from kam_connector import ledger, mirror, policy
from kam_connector.mirror import Mirror
from kam_connector.money import minor_text
from kam_connector.policy import Plan
from kam_connector.rules.pay.engine import compute_pay
from kam_connector.rules.pay.given import PAID_COLUMNS, Given, no_rows
from kam_connector.rules.pay.spans import period_at
from kam_connector.rules.pay.statements import Statement
from kam_connector.runs.pay_reading import read_given
from kam_connector.runs.sources import Sources
from tests.facts.conftest import mirror_of
from tests.sync.books import INCOME, Books

ANN, BOB = 7, 8


def sellers(books: Books) -> Books:
    """The books with Ann's customer 1 and Bob's customer 2."""
    for number, login in ((ANN, "Ann"), (BOB, "Bob")):
        books.add("res.users", id=number, login=login, active=True, company_id=1)
        books.partner(f"Customer of {login}", user_id=number)
    return books


def product(books: Books, name: str) -> int:
    """A product that alone is in the category `name`."""
    category = books.add("product.category", name=name)
    template = books.add("product.template", name=name, categ_id=category, active=True, type="consu", list_price=0.0)
    return books.add("product.product", product_tmpl_id=template, active=True, default_code=name)


def sold_line(
    books: Books, move: int, product_id: int | bool, amount: float, quantity: float = 1.0, **more: Any
) -> int:
    """A line of a product on the invoice, amounts in its company's currency."""
    head = books.row("account.move", move)
    sign = -1 if head["move_type"] == "out_refund" else 1
    row = {
        "move_id": move, "account_id": INCOME, "partner_id": head["partner_id"], "date": head["date"],
        "balance": -sign * amount, "amount_currency": -sign * amount, "price_subtotal": amount, "quantity": quantity,
        "parent_state": "posted", "display_type": "product", "product_id": product_id,
        "company_id": head["company_id"], "currency_id": head["currency_id"], "name": "sold",
    }  # fmt: skip
    return books.add("account.move.line", **{**row, **more})


def read_plan(folder: Path, text: str) -> Plan:
    """The plan that the text says."""
    path = folder / "plan.toml"
    path.write_text(text, "utf-8")
    return policy.read_plan(path)


def paid(
    folder: Path, books: Books, text: str, last: str, findings: list[str] | None = None
) -> list[tuple[int, str, str]]:
    """Payee, period and payout of each statement up to the day that is not zero; `findings` gets what was found."""
    with mirror.open(mirror_of(books)) as store:
        return paid_by(folder, store, text, last, 1, findings)


def paid_by(
    folder: Path, store: Mirror, text: str, last: str, company: int, findings: list[str] | None = None
) -> list[tuple[int, str, str]]:
    """The same by a mirror."""
    plan, as_of = read_plan(folder, text), date.fromisoformat(last)
    with ledger.open(folder / "ledger.db") as book:
        sources = Sources(store.ibis, book, policy.load(), {}, True, datetime.now(UTC))
        given = read_given(sources, plan, as_of, [company], no_rows(PAID_COLUMNS), plan.valid_from)
    pay = compute_pay(plan, given)
    if findings is not None:
        findings += [found.message for found in pay.findings]
    stated = sorted(pay.statements, key=lambda one: (one.payee_id, one.stage))
    return [
        (each.payee_id, period_at(each.stage, plan.plan.period).code, _amount(each, given))
        for each in stated
        if each.payout
    ]


def _amount(each: Statement, given: Given) -> str:
    return minor_text(each.payout, given.currencies[each.currency_id])
