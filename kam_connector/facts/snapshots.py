"""What a frozen ageing keeps beside its open items, and what it is compared with later.

The matches that counted are kept with both items and their amount, so that a change can be explained when the match,
or an item, is long gone from the ERP. Items dated after the day are kept by id: one whose date moves back over the day
is told apart from a new posting.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from kam_connector.facts.items import counted_matches
from kam_connector.facts.live import live, remembered

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend


@remembered
def match_pairs(con: BaseBackend, as_of: date) -> ir.Table:
    """One row a match that counts on `as_of`: match_id, company_id, debit_item_id, credit_item_id, amount_minor."""
    match = counted_matches(con, as_of)
    return match.select("match_id", "company_id", "debit_item_id", "credit_item_id", "amount_minor")


@remembered
def later_items(con: BaseBackend, as_of: date) -> ir.Table:
    """item_id, company_id of the posted receivable items dated after `as_of`."""
    line = _receivable_lines(con)
    return (
        line.filter(line.parent_state == "posted", line.date > as_of)
        .select("company_id", item_id="id")
        .relocate("item_id")
    )


@remembered
def item_states(con: BaseBackend) -> ir.Table:
    """item_id, move_id, date, posted of every receivable item that exists now, whatever its state."""
    line = _receivable_lines(con)
    posted = (line.parent_state == "posted").fill_null(False)
    return line.select("move_id", "date", item_id=line.id, posted=posted).relocate("item_id")


def _receivable_lines(con: BaseBackend) -> ir.Table:
    line, account = live(con, "account_move_line"), live(con, "account_account")
    receivable = account.filter(account.account_type == "asset_receivable")
    return line.semi_join(receivable, line.account_id == receivable.id)
