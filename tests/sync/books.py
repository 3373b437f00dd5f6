"""A small ERP for tests: companies, partners, invoices, payments and their matches as rows, with Odoo's fields."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from tests.sync.fake import FakeSession, Row, Tables

CNY, EUR, JPY = 1, 2, 3
RECEIVABLE, NON_TRADE, INCOME = 10, 11, 20
DEFAULT_WRITTEN = "2026-01-01 08:00:00"


def _currency(id: int, name: str, digits: int) -> Row:
    return {"id": id, "name": name, "symbol": name, "decimal_places": digits, "rounding": 0.01, "active": True}


def seconds_until(written: str) -> float:
    """From now until that moment; negative for the past."""
    return (datetime.fromisoformat(written).replace(tzinfo=UTC) - datetime.now(UTC)).total_seconds()


@dataclass
class Books:
    """Adds documents to `tables`; every amount is a plain number in the document's own units."""

    tables: Tables = field(default_factory=dict)
    written: str = DEFAULT_WRITTEN

    def __post_init__(self) -> None:
        for row in (_currency(CNY, "CNY", 2), _currency(EUR, "EUR", 2), _currency(JPY, "JPY", 0)):
            self.add("res.currency", **row)
        self.add("res.company", id=1, name="Company 1", currency_id=CNY, create_date="2025-01-01 00:00:00",
                 account_use_credit_limit=True)  # fmt: skip
        self.add("account.account", id=RECEIVABLE, name="Receivable", account_type="asset_receivable", non_trade=False)
        self.add("account.account", id=NON_TRADE, name="Tax refund", account_type="asset_receivable", non_trade=True)
        self.add("account.account", id=INCOME, name="Income", account_type="income", non_trade=False)
        self.tables.setdefault("res.users", [])

    def session(self, *, hours: float = 0.0, **more: Any) -> FakeSession:
        """The ERP a second after the last change, or so many hours later."""
        session = FakeSession(self.tables, **more)
        session.capabilities.companies = tuple(row["id"] for row in self.tables["res.company"])
        newest = max(row["write_date"] for rows in self.tables.values() for row in rows)
        session.capabilities.time_offset_seconds = min(0.0, seconds_until(newest) + 1 + 3600 * hours)
        return session

    def add(self, model: str, **values: Any) -> int:
        rows = self.tables.setdefault(model, [])
        number = values.pop("id", None) or max((row["id"] for row in rows), default=0) + 1
        rows.append({"id": number, "write_date": self.written, **values})
        return int(number)

    def row(self, model: str, id: int) -> Row:
        return next(row for row in self.tables[model] if row["id"] == id)

    def change(self, model: str, id: int, **values: Any) -> None:
        self.row(model, id).update({"write_date": self.written, **values})

    def remove(self, model: str, *ids: int) -> None:
        self.tables[model] = [row for row in self.tables[model] if row["id"] not in ids]

    def company(self, id: int, currency: int) -> int:
        return self.add(
            "res.company", id=id, name=f"Company {id}", currency_id=currency, create_date="2025-01-02 00:00:00",
            account_use_credit_limit=True,
        )  # fmt: skip

    def partner(self, name: str, parent: int | None = None, *, is_company: bool = True, **values: Any) -> int:
        number = max((row["id"] for row in self.tables.get("res.partner", [])), default=0) + 1
        customer = number if is_company or parent is None else self.row("res.partner", parent)["commercial_partner_id"]
        row = {
            "name": name,
            "parent_id": parent,
            "commercial_partner_id": customer,
            "is_company": is_company,
            "active": True,
        }
        return self.add("res.partner", id=number, **{**row, **values})

    def invoice(
        self, partner: int, amount: float, day: str, *, due: str | None = None, kind: str = "out_invoice", **values: Any
    ) -> int:
        """The id of the move; its receivable item is `item(move)`. `terms` = [(due, amount), ...] makes instalments."""
        sign = -1 if kind == "out_refund" else 1
        terms = values.pop("terms", [(due or day, amount)])
        account = values.pop("account", RECEIVABLE)
        rate = values.pop("rate", 1.0)
        move = self._move(partner, kind, day, amount, rate, {"invoice_date": day, **values})
        for maturity, part in terms:
            self._item(move, account, partner, sign * part, rate, maturity)
        return move

    def entry(self, partner: int | None, balance: float, day: str, *, due: str | None = None, **values: Any) -> int:
        """A manual entry with one receivable item of `balance` (negative: in the customer's favour)."""
        account = values.pop("account", RECEIVABLE)
        rate, foreign = values.pop("rate", 1.0), values.pop("amount_currency", None)
        move = self._move(partner, "entry", day, abs(balance), rate, values)
        self._item(move, account, partner, balance, rate, due, amount_currency=foreign)
        return move

    def payment(self, partner: int, amount: float, day: str, **values: Any) -> int:
        """A payment of the customer with its entry; the id of the move."""
        move = self.entry(partner, -amount, day, due=day, **values)
        row = self.row("account.move", move)
        self.add(
            "account.payment",
            partner_id=partner,
            amount=amount,
            payment_type="inbound",
            partner_type="customer",
            move_id=move,
            currency_id=row["currency_id"],
            company_id=row["company_id"],
            state="paid",
            date=day,
        )
        return move

    def item(self, move: int, number: int = 0) -> int:
        found = [row["id"] for row in self.tables["account.move.line"] if row["move_id"] == move]
        return int(found[number])

    def match(self, debit: int, credit: int, amount: float, **values: Any) -> int:
        """A partial reconciliation of two items; the document amounts are the same unless given."""
        lines = [self.row("account.move.line", one) for one in (debit, credit)]
        return self.add(
            "account.partial.reconcile",
            debit_move_id=debit,
            credit_move_id=credit,
            amount=amount,
            debit_amount_currency=values.pop("debit_amount_currency", amount),
            credit_amount_currency=values.pop("credit_amount_currency", amount),
            debit_currency_id=lines[0]["currency_id"],
            credit_currency_id=lines[1]["currency_id"],
            max_date=max(line["date"] for line in lines),
            company_id=lines[0]["company_id"],
            create_date=self.written,
            **values,
        )

    def draft(self, move: int, state: str = "draft") -> None:
        """The move and its items go to `state`; matches stay, as in Odoo 19."""
        self.change("account.move", move, state=state)
        for row in self.tables["account.move.line"]:
            if row["move_id"] == move:
                row.update(parent_state=state, write_date=self.written)

    def _move(
        self, partner: int | None, kind: str, day: str, amount: float, rate: float, values: dict[str, Any]
    ) -> int:
        sign = -1 if kind == "out_refund" else 1
        company = values.pop("company", 1)
        own = self.row("res.company", company)["currency_id"]
        signed = _round(sign * amount / rate)
        customer = self.row("res.partner", partner)["commercial_partner_id"] if partner else None
        number = max((row["id"] for row in self.tables.get("account.move", [])), default=0) + 1
        base = {
            "id": number,
            "name": f"{kind}/{number}",
            "move_type": kind,
            "state": "posted",
            "payment_state": "not_paid",
            "partner_id": partner,
            "commercial_partner_id": customer,
            "date": day,
            "amount_untaxed": amount,
            "amount_tax": 0.0,
            "amount_total": amount,
            "amount_residual": amount,
            "amount_untaxed_signed": signed,
            "amount_total_signed": signed,
            "amount_residual_signed": signed,
            "currency_id": own,
            "company_id": company,
        }
        return self.add("account.move", **{**base, **values})

    def _item(
        self,
        move: int,
        account: int,
        partner: int | None,
        amount: float,
        rate: float,
        due: str | None,
        *,
        amount_currency: float | None = None,
    ) -> int:
        head = self.row("account.move", move)
        balance = _round(amount / rate)
        return self.add(
            "account.move.line",
            move_id=move,
            account_id=account,
            partner_id=head["commercial_partner_id"],
            date=head["date"],
            date_maturity=due,
            debit=max(balance, 0.0),
            credit=max(-balance, 0.0),
            balance=balance,
            amount_currency=amount if amount_currency is None else amount_currency,
            amount_residual=balance,
            amount_residual_currency=amount,
            reconciled=False,
            parent_state=head["state"],
            display_type="payment_term",
            company_id=head["company_id"],
            currency_id=head["currency_id"],
            price_subtotal=0.0,
            quantity=0.0,
            price_unit=0.0,
            discount=0.0,
            name="",
        )


def _round(amount: float) -> float:
    return float(round(Decimal(str(amount)), 2))
