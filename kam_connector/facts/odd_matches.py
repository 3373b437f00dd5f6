"""Matches and items that a person should look at: they make the ageing differ from what he expects to see.

An invoice of 100 is paid and then reset to draft, the match stays: the invoice does not count any more, the payment of
100 stands open (case N4 of collections.md), and nothing in the ageing says why.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import ibis

from kam_connector.facts.items import INVOICES, receivable_accounts
from kam_connector.facts.live import live

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend

DATED = (*INVOICES, "out_refund")
"""The documents that have a due date."""


def odd_matches(con: BaseBackend, as_of: date) -> ir.Table:
    """What `judge_matches` says of the mirror's matches.

    Columns: match_id, company_id (the debit item's, else the credit item's), debit_item_id, credit_item_id,
    debit_move_id, credit_move_id (their entries), oddity.
    """
    line = live(con, "account_move_line").semi_join(receivable_accounts(con), [("account_id", "account_key")])
    partner = live(con, "res_partner")
    partner = partner.select(partner_key="id", customer_key=partner.commercial_partner_id.fill_null(partner.id))
    joined = line.left_join(partner, line.partner_id == partner.partner_key)
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
    return judge_matches(match, item, as_of)


def judge_matches(match: ir.Table, item: ir.Table, as_of: date) -> ir.Table:
    """The matches with something odd, with the columns of `odd_matches`.

    `match`: match_id, debit_item_id, credit_item_id, made (day; empty where it is not known). `item`: item_id, move_id,
    company_id, customer_id, date, posted. oddity is `draft` (one item counts, the other is not posted), `later` (one
    counts, the other is dated after `as_of`, and the match was made by then), `company` (both count, in two companies)
    or `customer` (both count, of two customers).
    """
    for side in ("debit", "credit"):
        match = _with_item(match, item, side, as_of)
    counted, half = match.debit_counts & match.credit_counts, match.debit_counts ^ match.credit_counts
    known = match.made.isnull() | (match.made <= as_of)
    oddity = ibis.cases(
        (half & ~(match.debit_posted & match.credit_posted), "draft"),
        (half & known, "later"),
        (counted & (match.debit_company_id != match.credit_company_id), "company"),
        (counted & (match.debit_customer_id != match.credit_customer_id), "customer"),
        else_=ibis.null("string"),
    )
    odd = match.mutate(oddity=oddity, company_id=match.debit_company_id.fill_null(match.credit_company_id))
    return odd.filter(odd.oddity.notnull()).select(
        "match_id",
        "company_id",
        "debit_item_id",
        "credit_item_id",
        "debit_move_id",
        "credit_move_id",
        "oddity",
    )


def undated_items(con: BaseBackend, as_of: date) -> ir.Table:
    """item_id, company_id: items of invoices and credit notes that have no due date of their own, open or not."""
    line = live(con, "account_move_line")
    line = line.filter(line.date_maturity.isnull(), line.parent_state == "posted", line.date <= as_of)
    line = line.semi_join(receivable_accounts(con), [("account_id", "account_key")])
    move = live(con, "account_move")
    move = move.filter(move.move_type.isin(DATED))
    line = line.semi_join(move, line.move_id == move.id)
    return line.select("company_id", item_id="id").relocate("item_id")


def unread_items(con: BaseBackend) -> ir.Table:
    """item_id, field, reason: journal items that the pull could not read, so that no sum has them."""
    rows = con.table("quarantine")
    return rows.filter(rows.model == "account.move.line").select("field", "reason", item_id="id").relocate("item_id")


def _with_item(match: ir.Table, item: ir.Table, side: str, as_of: date) -> ir.Table:
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
    posted = joined[f"{side}_is_posted"].fill_null(False)
    dated = joined[f"{side}_is_dated"].fill_null(False)
    return joined.mutate(**{f"{side}_posted": posted, f"{side}_counts": posted & dated})
