"""Complaints with documented losses, and what is proposed for them."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pandas as pd

from kam_connector.money import Currency
from kam_connector.policy.complaints import ComplaintPolicy
from kam_connector.rules.compensation import CASES, LOSSES, Books, propose_compensation
from kam_connector.rules.decisions import Decisions
from tests.rules.papers import COMPANIES

BOOKS = Books(
    COMPANIES, {10: Currency("CNY", 2), 20: Currency("EUR", 2), 30: Currency("JPY", 0), 40: Currency("USD", 2)}
)
LINES: dict[str, Any] = {
    "remedy": [{"type": "contract", "remedy": "credit", "cap": "0.50"}, {"remedy": "goodwill"}],
    "budget": [{"tier": "gold", "amount": "5000"}, {"amount": "1000"}],
    "approver": [{"role": "manager", "up_to": "3000"}, {"role": "director"}],
}


def policy(**lines: Any) -> ComplaintPolicy:
    everybody = {
        "complaints": {"valid_from": date(2026, 1, 1)},
        "target": [{"response_hours": 4, "resolution_hours": 40}],
    }
    week = [{"days": ["mon"], "from": "09:00", "to": "18:00"}]
    return ComplaintPolicy.model_validate({**everybody, "week": week, **LINES, **lines})


def case(number: int, loss: int, day: str = "2026-06-01", **more: Any) -> dict[str, Any]:
    """A contract complaint of gold customer 7 in company 1, investigated, with a loss in cents."""
    row = {
        "complaint_id": number, "company_id": 1, "customer_id": 7, "type": "contract", "severity": "medium",
        "tier": "gold", "state": "investigating", "received_at": pd.Timestamp(f"{day} 08:00", tz="UTC"),
        "received_on": pd.Timestamp(day), "claimed_minor": 0, "loss_minor": loss, "remedy": "", "agreed_minor": 0,
        "is_agreed": False, "is_withheld": False,
    }  # fmt: skip
    return {**row, **more}


def agreed(number: int, loss: int, minor: int, day: str = "2026-06-01", **more: Any) -> dict[str, Any]:
    """The same, approved with an amount."""
    return case(number, loss, day, **{"state": "approved", "is_agreed": True, "agreed_minor": minor, **more})


def loss(number: int, minor: int, total: int | None = 100_000_00, **more: Any) -> dict[str, Any]:
    """What the complaint has lost on an order line of its own, sold for so many cents."""
    row = {"complaint_id": number, "loss_minor": minor, "paper": f"sale.order.line,{number}", "total_minor": total,
           "currency_id": 10, "currency_rate": None}  # fmt: skip
    return with_whole({**row, **more})


def with_whole(row: dict[str, Any]) -> dict[str, Any]:
    """The paper as one that is no part of an order, unless the row says so."""
    names = {"whole": "paper", "whole_minor": "total_minor", "whole_currency_id": "currency_id",
             "whole_rate": "currency_rate"}  # fmt: skip
    return {**{name: row[own] for name, own in names.items()}, **row}


def propose(cases: list[dict[str, Any]], *losses: dict[str, Any], by: ComplaintPolicy | None = None) -> Decisions:
    """The proposals; a case of which no loss is given has its own on a line that is worth enough."""
    named = {row["complaint_id"] for row in losses}
    own = [loss(row["complaint_id"], row["loss_minor"]) for row in cases if row["complaint_id"] not in named]
    return propose_compensation(
        pd.DataFrame(cases, columns=list(CASES)),
        pd.DataFrame([*losses, *own], columns=list(LOSSES)),
        by or policy(),
        BOOKS,
    )


def amounts(cases: list[dict[str, Any]], *losses: dict[str, Any], **more: Any) -> dict[int, tuple[int, str, str]]:
    """Amount, limit that bound and approver by complaint."""
    frame = propose(cases, *losses, **more).frame
    columns = ("proposed_amount_minor", "proposed_limit", "approver")
    rows = zip(frame["complaint_id"], *(frame[name] for name in columns), strict=True)
    return {number: (minor, limit, approver) for number, minor, limit, approver in rows}


def reason(cases: list[dict[str, Any]], *losses: dict[str, Any], **more: Any) -> tuple[str, dict[str, Any]]:
    """Code and figures of the last proposal."""
    row = propose(cases, *losses, **more).frame.iloc[-1]
    return row["proposal_code"], json.loads(row["proposal_args"])
