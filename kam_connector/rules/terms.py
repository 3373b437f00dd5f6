"""Who buys on credit, or owes overdue money, without clear payment terms: prevention comes before collection.

Without terms on the order, Odoo makes an invoice due on the day of its own date, and nobody has told the customer so:
he is overdue the day after by a rule that he never agreed to. Looked at are customers with overdue debts or with a
confirmed order that is not wholly invoiced. A paper without terms is a warning; a customer without terms of his own,
whose papers all have them, is a hint, for the next order may forget them. Requirements S4-55, S4-48.

Worked figure: a customer owes 300 of an invoice without terms and has ordered twice, once without: two papers to mend.
"""

from __future__ import annotations

import pandas as pd

from kam_connector.findings import Finding
from kam_connector.rules.ageing import is_booked
from kam_connector.rules.decisions import Decisions, column_or, ids_of, require_columns
from kam_connector.rules.netting import PAIR
from kam_connector.texts import Text

PAPER_COLUMNS = (*PAIR, "kind", "document_id", "document", "user_id", "has_terms")
TERM_COLUMNS = [
    *PAIR, "user_id", "agreed", "overdue_minor", "orders", "invoices_without", "orders_without", "documents",
]  # fmt: skip
SHOWN = 3
"""So many documents are named."""
_PAPERS = Text(
    "Payment terms are missing on {documents}. Agree them with the customer in writing and set them on the document "
    "and on the customer."
)
_CUSTOMER = Text("The customer has no payment terms of his own. Set them, so that the next order does not forget them.")


def check_terms(items: pd.DataFrame, papers: pd.DataFrame, agreed: pd.DataFrame) -> Decisions:
    """The customers of whom something lacks payment terms, with a finding each; `rest` has those in order.

    `items` from `ageing.bucket_items`; `papers` and `agreed` from `facts.terms.credit_papers` and `agreed_terms`.
    Columns of both: TERM_COLUMNS; agreed (terms of his own), overdue_minor (before credits), orders (confirmed, not
    wholly invoiced), invoices_without and orders_without (papers without terms; only invoices that are overdue),
    documents (the first few of them). Order: company, what is overdue falling, customer.
    """
    require_columns(papers, PAPER_COLUMNS, "papers")
    late = items[(items["residual_minor"] > 0) & (items["days_past_due"] > 0) & is_booked(items)]
    orders = papers[papers["kind"] == "order"]
    bills = papers[(papers["kind"] == "invoice") & papers["document_id"].isin(ids_of(column_or(late, "move_id", 0)))]
    lacking = pd.concat([bills, orders[~orders["has_terms"].astype(bool)]])
    rows = _customers(late, orders).merge(_lacking(lacking), on=PAIR, how="left")
    own = agreed[PAIR].drop_duplicates().assign(agreed=True)
    rows = rows.merge(own, on=PAIR, how="left")
    counts = ("overdue_minor", "orders", "invoices_without", "orders_without")
    rows = rows.assign(
        agreed=rows["agreed"].eq(True), documents=rows["documents"].fillna(""),
        **{name: ids_of(rows[name]) for name in (*counts, "user_id")},
    )  # fmt: skip
    rows = rows.sort_values(["company_id", "overdue_minor", "customer_id"], ascending=[True, False, True])
    lacks = (rows["invoices_without"] > 0) | (rows["orders_without"] > 0) | ~rows["agreed"]
    unclear, fine = (rows.loc[flags, TERM_COLUMNS].reset_index(drop=True) for flags in (lacks, ~lacks))
    return Decisions(unclear, tuple(_find(unclear)), rest=fine)


def _customers(late: pd.DataFrame, orders: pd.DataFrame) -> pd.DataFrame:
    """A row a customer who is overdue or has ordered: overdue_minor, orders, user_id (0: none)."""
    owed = late[late["customer_id"] > 0].groupby(PAIR, as_index=False).agg(overdue_minor=("residual_minor", "sum"))
    ordered = orders.groupby(PAIR, as_index=False).agg(orders=("document_id", "count"))
    people = pd.concat([each.assign(user_id=ids_of(column_or(each, "user_id", 0))) for each in (orders, late)])
    people = people[people["user_id"] > 0].drop_duplicates(PAIR)[[*PAIR, "user_id"]]
    return owed.merge(ordered, on=PAIR, how="outer").merge(people, on=PAIR, how="left")


def _lacking(papers: pd.DataFrame) -> pd.DataFrame:
    """A row a customer: how many invoices and orders without terms, and the first few of them."""
    ordered = papers.sort_values(["kind", "document_id"], kind="stable")
    grouped = ordered.assign(
        invoices_without=(ordered["kind"] == "invoice").astype("int64"),
        orders_without=(ordered["kind"] == "order").astype("int64"),
        documents=ordered["document"].fillna("").astype(str),
    ).groupby(PAIR, as_index=False)
    return grouped.agg(
        invoices_without=("invoices_without", "sum"), orders_without=("orders_without", "sum"),
        documents=("documents", lambda names: ", ".join(names[:SHOWN]) + (" …" if len(names) > SHOWN else "")),
    )  # fmt: skip


def _find(rows: pd.DataFrame) -> list[Finding]:
    names = zip(ids_of(rows["customer_id"]).tolist(), rows["documents"].tolist(), strict=True)
    return [
        Finding("warning", "rules.terms", str(customer), _PAPERS, {"documents": documents})
        if documents
        else Finding("info", "rules.terms", str(customer), _CUSTOMER)
        for customer, documents in names
    ]
