"""What people have said about bad debts: cases in the ERP, causes of closed tasks; and what the book has of them."""

from __future__ import annotations

import pandas as pd
from ibis import BaseBackend

from kam_connector.facts.live import live
from kam_connector.ledger import Entry, Ledger
from kam_connector.rules.decisions import Decisions

CASE = "case"
_NUMBERS = ("company_id", "customer_id", "oldest_item_id", "currency_id", "amount_minor")
_WORDS = ("advice", "state", "reason_code", "reason_args")
_NO_CASE = ("case.none_covered", "case.none_small")


def previous_cases(con: BaseBackend) -> pd.DataFrame:
    """The bad-debt cases in the ERP as `decide_cases` takes them; none where the addon is not there or does not know
    them."""
    case = live(con, "kam_collection_case")
    case = case.filter(case.kam_key.startswith("case:"))
    table: pd.DataFrame = case.select(
        "company_id", "state", "amount_minor", customer_id="partner_id", oldest_item_id="oldest_item"
    ).to_pandas()
    return table


def closed_causes(con: BaseBackend) -> pd.DataFrame:
    """The tasks that were done with a cause, as `decide_cases` takes them; closed_on is the day of the last change."""
    task = live(con, "kam_collection_task")
    task = task.filter(task.state == "done", task.cause_code.notnull())
    table: pd.DataFrame = task.select(
        "company_id",
        customer_id="partner_id",
        task_id="id",
        oldest_item_id="oldest_item",
        cause="cause_code",
        closed_on=task._write_date.date(),
    ).to_pandas()
    return table


def record_cases(book: Ledger, decisions: Decisions) -> int:
    """How many bad-debt cases were new in the book or have another amount, advice, state or reason than there.

    What people decided about a case, and that its debts are paid, stands there once too.
    """
    entries = [
        Entry(
            CASE,
            f"{row['company_id']}:{row['customer_id']}:{row['oldest_item_id']}",
            {**{name: int(row[name]) for name in _NUMBERS}, **{name: row[name] for name in _WORDS}},
        )
        for frame in (decisions.frame, decisions.detail, decisions.rest)
        for row in frame[~frame["reason_code"].isin(_NO_CASE)].to_dict("records")
    ]
    return len(book.append_changed(entries))
