"""Wanted copies of frozen ageings: what the book froze, as dated sets with their lines.

A copy is made once and never written again by the connector: only those that the ERP lacks are wanted. Its figures are
the frozen ones, whatever has happened to the receivables since.
"""

from __future__ import annotations

from kam_connector.writeback.decided import Decided
from kam_connector.writeback.plans import Desired
from kam_connector.writeback.receivables import NAMES


def frozen_sets(decided: Decided) -> Desired | None:
    """One record a company, basis, day and sequence."""
    if decided.frozen is None or decided.frozen.empty:
        return None
    frame = decided.frozen.rename(columns={"copy_key": "kam_key", "ledger_minor": "ledger_balance_minor"})
    return Desired("kam.ageing", frame.assign(is_snapshot=True, name=frame["basis"].map(NAMES)))


def frozen_lines(decided: Decided) -> Desired | None:
    """One record a customer and salesperson of such a set."""
    if decided.frozen_lines is None or decided.frozen_lines.empty:
        return None
    frame = decided.frozen_lines.rename(columns={"customer_id": "partner_id", "copy_key": "ageing_id"})
    keys = zip(*(frame[name].tolist() for name in ("ageing_id", "partner_id", "user_id")), strict=True)
    frame["kam_key"] = [line_key(*parts) for parts in keys]
    return Desired("kam.ageing.line", frame.assign(active=True))


def line_key(copy_key: str, customer_id: int, user_id: int) -> str:
    """The natural key of a copy's line, unique in the company."""
    return f"{copy_key}:{customer_id}:{user_id}"
