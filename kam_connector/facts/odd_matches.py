"""Matches and items that a person should look at: they make the ageing differ from what he expects to see.

An invoice of 100 is paid and then reset to draft, the match stays: the invoice does not count any more, the payment of
100 stands open (case N4 of collections.md), and nothing in the ageing says why.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import ibis

from kam_connector.facts.customers import customers
from kam_connector.facts.items import INVOICES, receivable_accounts
from kam_connector.facts.live import live
from kam_connector.facts.receivables import open_ids

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend

DATED = (*INVOICES, "out_refund")
"""The documents that have a due date."""
_SIDES = ("debit", "credit")


def odd_matches(con: BaseBackend, as_of: date) -> ir.Table:
    """What `judge_matches` says of the mirror's matches, with the numbers of the entries.

    Columns: match_id, company_id (the debit item's, else the credit item's), debit_item_id, credit_item_id,
    debit_document, credit_document, oddity.
    """
    line = live(con, "account_move_line").semi_join(receivable_accounts(con), [("account_id", "account_key")])
    customer = customers(con).select(partner_key="partner_id", customer_key="customer_id")
    joined = line.left_join(customer, line.partner_id == customer.partner_key)
    item = joined.select(
        "company_id",
        "move_id",
        "date",
        item_id=joined.id,
        customer_id=joined.customer_key.fill_null(0),
        posted=joined.parent_state == "posted",
    )
    match = live(con, "account_partial_reconcile")
    match = match.select(
        match_id="id", debit_item_id="debit_move_id", credit_item_id="credit_move_id", made=match.create_date.date()
    )
    odd = judge_matches(match, item, open_ids(con, as_of), as_of)
    for side in _SIDES:
        paper = live(con, "account_move").select(move_key="id", number="name")
        odd = odd.left_join(paper, odd[f"{side}_move_id"] == paper.move_key).drop("move_key")
        odd = odd.rename({f"{side}_document": "number"})
    return odd.select(
        "match_id",
        "debit_item_id",
        "credit_item_id",
        "debit_document",
        "credit_document",
        "oddity",
        company_id=odd.debit_company_id.fill_null(odd.credit_company_id),
    ).relocate("company_id", after="match_id")


def judge_matches(match: ir.Table, item: ir.Table, still_open: ir.Table, as_of: date) -> ir.Table:
    """The matches with something odd: their columns, debit_move_id, credit_move_id and oddity.

    `match`: match_id, debit_item_id, credit_item_id, made (day; empty where it is not known). `item`: item_id, move_id,
    company_id, customer_id, date, posted. `still_open`: item_id. oddity is `draft` (one item counts, the other is not
    posted or is gone), `later` (one counts, the other is dated after `as_of`, and the match was made by then),
    `company` (both count, in two companies), or `customer` (both count, of two customers, and one is still open).
    """
    for side in _SIDES:
        match = _with_item(match, item, still_open, side, as_of)
    debit, credit = match.debit_counts, match.credit_counts
    counted, half = debit & credit, debit ^ credit
    known = match.made.isnull() | (match.made <= as_of)
    oddity = ibis.cases(
        (half & ~(match.debit_posted & match.credit_posted), "draft"),
        (half & known, "later"),
        (counted & (match.debit_company_id != match.credit_company_id), "company"),
        (
            counted & (match.debit_customer_id != match.credit_customer_id) & (match.debit_open | match.credit_open),
            "customer",
        ),
        else_=ibis.null("string"),
    )
    odd = match.mutate(oddity=oddity)
    return odd.filter(odd.oddity.notnull())


def undated_items(con: BaseBackend, as_of: date) -> ir.Table:
    """item_id, company_id, document: open items of invoices and credit notes that have no due date of their own."""
    line = live(con, "account_move_line")
    line = line.filter(line.date_maturity.isnull()).semi_join(open_ids(con, as_of), [("id", "item_id")])
    move = live(con, "account_move")
    move = move.filter(move.move_type.isin(DATED)).select(move_key="id", document="name")
    joined = line.inner_join(move, line.move_id == move.move_key)
    return joined.select("company_id", "document", item_id=joined.id).relocate("item_id")


def unread_items(con: BaseBackend) -> ir.Table:
    """item_id, field, reason: journal items that the pull could not read, so that no sum has them."""
    rows = con.table("quarantine")
    return rows.filter(rows.model == "account.move.line").select("field", "reason", item_id="id").relocate("item_id")


def _with_item(match: ir.Table, item: ir.Table, still_open: ir.Table, side: str, as_of: date) -> ir.Table:
    """The matches with what is known of one of their items; nothing of one that is gone."""
    key = f"{side}_key"
    own = item.select(
        **{
            key: item.item_id,
            f"{side}_move_id": item.move_id,
            f"{side}_company_id": item.company_id,
            f"{side}_customer_id": item.customer_id,
            f"{side}_is_posted": item.posted,
            f"{side}_is_dated": item.date <= as_of,
        }
    )
    joined = match.left_join(own, match[f"{side}_item_id"] == own[key])
    rest = still_open.select(**{f"{side}_rest": still_open.item_id})
    joined = joined.left_join(rest, joined[f"{side}_item_id"] == rest[f"{side}_rest"])
    posted = joined[f"{side}_is_posted"].fill_null(False)
    return joined.mutate(
        **{
            f"{side}_posted": posted,
            f"{side}_counts": posted & joined[f"{side}_is_dated"].fill_null(False),
            f"{side}_open": joined[f"{side}_rest"].notnull(),
        }
    ).drop(key, f"{side}_is_posted", f"{side}_is_dated", f"{side}_rest")
