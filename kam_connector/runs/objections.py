"""What payees object to, as the mirror has it: how many objections of each statement wait for an answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable

from ibis import BaseBackend

from kam_connector.facts.live import live
from kam_connector.writeback.pay_periods import STATEMENT


def open_objections(con: BaseBackend) -> Counter[tuple[Hashable, ...]]:
    """STATEMENT (company, payee, plan, period, currency, number) to how many objections to it are open."""
    objection, payout = live(con, "kam_payout_objection"), live(con, "kam_payout")
    waiting = objection.filter(objection.state == "open").select("payout_id")
    joined = waiting.inner_join(payout, waiting.payout_id == payout.id).select(*STATEMENT)
    rows = joined.to_pandas()
    return Counter(zip(*(rows[name].tolist() for name in STATEMENT), strict=True))
