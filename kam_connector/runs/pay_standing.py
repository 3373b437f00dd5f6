"""Where each statement of pay stands, for the ERP: the state of its period and its revision in the book."""

from __future__ import annotations

from ibis import BaseBackend

from kam_connector.facts.live import live
from kam_connector.ledger import Ledger
from kam_connector.runs import pay_book
from kam_connector.writeback.pay_periods import STATEMENT, PayPeriods


def pay_periods(book: Ledger, con: BaseBackend) -> PayPeriods:
    """The states of all closed periods, the revisions of their statements, and the payouts that nights leave alone."""
    payout = live(con, "kam_payout")
    is_left = (payout.state != "draft") | (payout.amount_minor == 0)
    return PayPeriods(
        {place: payload["state"] for place, payload in pay_book.read_periods(book).items()},
        {(*each.who, each.sequence): each.revision for each in pay_book.read_statements(book)},
        payout.filter(payout.kam_run.notnull(), is_left).select(*STATEMENT, "kam_key").to_pandas(),
    )
