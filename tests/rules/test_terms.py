"""Overdue customers and orders on credit without clear payment terms."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest

from kam_connector.policy.receivables import Ageing
from kam_connector.rules.ageing import bucket_items
from kam_connector.rules.decisions import Decisions
from kam_connector.rules.terms import PAPER_COLUMNS, check_terms
from tests.rules.papers import item, items

LATE = item(1, 30000, "2026-06-01")
"""Of invoice 1001."""


def paper(kind: str, number: int, has_terms: bool = False, **more: Any) -> dict[str, Any]:
    row = {"company_id": 1, "customer_id": 7, "kind": kind, "document_id": number, "document": f"{kind[0]}{number}"}
    return row | {"user_id": 5, "has_terms": has_terms} | more


def check(*papers: dict[str, Any], rows: list[dict[str, Any]] | None = None, agreed: bool = False) -> Decisions:
    open_items = items(*([LATE] if rows is None else rows))
    aged = bucket_items(open_items, Ageing(valid_from=date(2026, 1, 1)), date(2026, 6, 30))
    own = pd.DataFrame({"company_id": [1], "customer_id": [7]} if agreed else {"company_id": [], "customer_id": []})
    return check_terms(aged, pd.DataFrame(list(papers), columns=list(PAPER_COLUMNS)), own.astype("int64"))


@pytest.mark.requirement("S4-55")
@pytest.mark.requirement("S4-48")
def test_the_worked_figure_of_the_module() -> None:
    found = check(paper("invoice", 1001), paper("order", 4), paper("order", 5, True))
    (row,) = found.frame.to_dict("records")
    assert (row["overdue_minor"], row["orders"], row["invoices_without"], row["orders_without"], row["documents"]) == (
        30000, 2, 1, 1, "i1001, o4",
    )  # fmt: skip
    (finding,) = found.findings
    assert (finding.severity, finding.record) == ("warning", "7")
    assert finding.message == (
        "Payment terms are missing on i1001, o4. Agree them with the customer in writing and set them on the document "
        "and on the customer."
    )


@pytest.mark.requirement("S4-55")
def test_a_customer_without_terms_of_his_own_is_a_hint() -> None:
    found = check(paper("order", 5, True))
    assert [(finding.severity, finding.record) for finding in found.findings] == [("info", "7")]


@pytest.mark.requirement("S4-55")
def test_terms_everywhere_are_in_order() -> None:
    found = check(paper("order", 5, True), agreed=True)
    assert (len(found.frame), found.findings, found.rest["customer_id"].tolist()) == (0, (), [7])


@pytest.mark.requirement("S4-55")
def test_an_order_without_terms_counts_although_nothing_is_overdue() -> None:
    found = check(paper("order", 4), rows=[item(2, 100, "2026-12-31")], agreed=True)
    assert found.frame[["overdue_minor", "orders_without"]].to_numpy().tolist() == [[0, 1]]


@pytest.mark.parametrize(("due", "count"), [("2026-06-29", 1), ("2026-06-30", 0), ("2026-07-01", 0)])
def test_an_invoice_counts_once_it_is_overdue(due: str, count: int) -> None:
    assert len(check(paper("invoice", 1001), rows=[item(1, 100, due)], agreed=True).frame) == count


def test_a_customer_who_neither_owes_nor_orders_is_not_looked_at() -> None:
    found = check(paper("invoice", 1001), rows=[item(1, -100, "2026-06-01")])
    assert (len(found.frame), len(found.rest)) == (0, 0)


def test_an_item_of_nobody_makes_no_finding() -> None:
    assert check(rows=[item(1, 100, "2026-06-01", customer_id=0)]).findings == ()


def test_each_company_is_checked_for_itself() -> None:
    found = check(paper("order", 4, company_id=2), agreed=True)
    assert found.frame[["company_id", "orders_without"]].to_numpy().tolist() == [[2, 1]]


def test_many_documents_are_cut_short() -> None:
    found = check(*(paper("order", number) for number in (4, 5, 6, 7)))
    assert found.frame["documents"].tolist() == ["o4, o5, o6 …"]
