"""What one customer has on paper up to a day: the documents that the figures of a score are counted from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import pandas as pd
from ibis import BaseBackend, Table

from kam_connector.facts.assortment import product_lines
from kam_connector.facts.cash import paid_items
from kam_connector.facts.complaints import lately_settled
from kam_connector.facts.days import Zones
from kam_connector.facts.invoices import posted_invoices
from kam_connector.facts.margins import costed_lines
from kam_connector.facts.orders import customer_orders
from kam_connector.facts.rhythm import ordered_days
from kam_connector.runs.frames import to_frame


class Evidence(NamedTuple):
    """The records that a figure was counted from: a model of the ERP and ids, in order; none that can be named."""

    model: str = ""
    ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Papers:
    """The papers of a customer (or group) up to `as_of`, as the facts give them: each frame has a company_id.

    invoices (and credit notes), orders (and quotations), ordered (confirmed orders by their day), costed (order lines
    with a cost), lines (invoice lines with a product), complaints (settled ones), paid and owed (items).
    """

    as_of: date
    invoices: pd.DataFrame
    orders: pd.DataFrame
    ordered: pd.DataFrame
    costed: pd.DataFrame
    lines: pd.DataFrame
    complaints: pd.DataFrame
    paid: pd.DataFrame
    owed: pd.DataFrame

    def of_company(self, company: int) -> Papers:
        """Those of one company."""
        frames = (self.invoices, self.orders, self.ordered, self.costed, self.lines, self.complaints, self.paid,
                  self.owed)  # fmt: skip
        return Papers(self.as_of, *(frame[frame["company_id"] == company] for frame in frames))


def read_papers(
    con: BaseBackend, customers: Sequence[int], as_of: date, zones: Zones, open_items: pd.DataFrame
) -> Papers:
    """The papers of these customers in all companies; `open_items` as `ageing.bucket_items` gives them."""

    def own(table: Table) -> pd.DataFrame:
        return to_frame(table.filter(table.customer_id.isin(customers)))

    invoice = posted_invoices(con)
    return Papers(
        as_of,
        invoices=own(invoice.filter(invoice.date <= as_of)),
        orders=own(customer_orders(con, as_of, zones)),
        ordered=own(ordered_days(con, as_of, zones)),
        costed=own(costed_lines(con, as_of, zones)),
        lines=own(product_lines(con, as_of)),
        complaints=own(lately_settled(con, as_of, zones)),
        paid=own(paid_items(con, as_of)),
        owed=open_items[open_items["customer_id"].isin(customers)],
    )


def name_moves(frame: pd.DataFrame) -> Evidence:
    """The journal entries in column move_id."""
    return _name("account.move", frame["move_id"])


def name_orders(frame: pd.DataFrame) -> Evidence:
    """The sale orders in column order_id."""
    return _name("sale.order", frame["order_id"])


def name_complaints(frame: pd.DataFrame) -> Evidence:
    """The complaints in column complaint_id."""
    return _name("kam.complaint", frame["complaint_id"])


def _name(model: str, ids: pd.Series) -> Evidence:
    return Evidence(model, tuple(sorted({int(number) for number in ids})))
