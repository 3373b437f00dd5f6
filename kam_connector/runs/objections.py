"""What payees object to, as the mirror has it: how many objections of each statement wait, and what waits for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator

from ibis import BaseBackend

from kam_connector.facts.live import live
from kam_connector.findings import Finding
from kam_connector.ledger import Ledger
from kam_connector.runs import pay_book
from kam_connector.texts import Text
from kam_connector.writeback.pay_periods import STATEMENT

_STOPS = Text(
    "Objections of payees are open ({count}), the first to statement {number} of user {payee}: {period} of plan "
    "{plan}, company {company}, cannot be locked. Answer them in the ERP (Key Accounts > Incentives > Objections)."
)
_WAITS = Text(
    "Objections of payees are open ({count}), the first to statement {number} of user {payee}, of {period} of plan "
    "{plan}, company {company}, which stays as it is. Answer them in the ERP (Key Accounts > Incentives > Objections)."
)
_FIXED = ("locked", "paid")


def open_objections(con: BaseBackend) -> Counter[tuple[Hashable, ...]]:
    """STATEMENT (company, payee, plan, period, currency, number) to how many objections to it are open."""
    objection, payout = live(con, "kam_payout_objection"), live(con, "kam_payout")
    waiting = objection.filter(objection.state == "open").select("payout_id")
    joined = waiting.inner_join(payout, waiting.payout_id == payout.id).select(*STATEMENT)
    rows = joined.to_pandas()
    return Counter(zip(*(rows[name].tolist() for name in STATEMENT), strict=True))


def find_objected(con: BaseBackend, book: Ledger) -> Iterator[Finding]:
    """A finding for each company, plan and period with open objections; one that is locked already only waits."""
    places: dict[tuple[Hashable, ...], list[tuple[Hashable, ...]]] = {}
    waiting = open_objections(con)
    for who in sorted(waiting, key=str):
        places.setdefault((who[0], who[2], who[3]), []).append(who)
    fixed = {place for place, payload in pay_book.read_periods(book).items() if payload["state"] in _FIXED}
    for place, objected in places.items():
        first, text = objected[0], _WAITS if place in fixed else _STOPS
        told = {"number": first[5], "payee": first[1], **dict(zip(("company", "plan", "period"), place, strict=True))}
        count = sum(waiting[who] for who in objected)
        record = ":".join(map(str, place))
        yield Finding("info" if place in fixed else "warning", "pay.objections", record, text, {**told, "count": count})
