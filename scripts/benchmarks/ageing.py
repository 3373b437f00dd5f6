"""The ageing of a million receivable items as of a past day, beside one hand-written query and a bare group-by.

Every way runs in a process of its own and starts from an open mirror. The hand-written query has the semantics of the
ageing and nothing else: both sides of a match posted and dated by the day, buckets by customer and company. Ours gives
the same sums by customer, company and salesperson with reasons, findings and the tie-out.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from rig.errors import RigError

from benchmarks import document
from benchmarks.alone import Answer, Ways, measure_way, run_alone, table
from benchmarks.books import CUSTOMERS, DEBTS, MATCHES, PAYMENTS, make_books

AS_OF = date(2025, 9, 30)
HAND, BARE, OURS = "hand-written query", "bare group-by", "facts, rules, tie-out"
_HAND_QUERY = """
WITH item AS (
  SELECT l.id, l.company_id, p.commercial_partner_id AS customer_id, l.balance_minor,
         coalesce(l.date_maturity, l.date) AS due
  FROM account_move_line l JOIN account_account a ON a.id = l.account_id AND a.account_type = 'asset_receivable'
  LEFT JOIN res_partner p ON p.id = l.partner_id
  WHERE l.parent_state = 'posted' AND l.date <= $day AND NOT l._deleted),
counted AS (
  SELECT m.debit_move_id, m.credit_move_id, m.amount_minor FROM account_partial_reconcile m
  WHERE NOT m._deleted AND m.debit_move_id IN (SELECT id FROM item) AND m.credit_move_id IN (SELECT id FROM item)),
settled AS (
  SELECT id, sum(amount) AS amount FROM (
    SELECT debit_move_id AS id, amount_minor AS amount FROM counted
    UNION ALL SELECT credit_move_id, -amount_minor FROM counted) GROUP BY id),
open AS (
  SELECT item.company_id, item.customer_id, $day - item.due AS late,
         item.balance_minor - coalesce(settled.amount, 0) AS residual
  FROM item LEFT JOIN settled USING (id) WHERE item.balance_minor <> coalesce(settled.amount, 0))
SELECT company_id, customer_id, sum(residual) AS total,
  sum(residual) FILTER (late <= 0) AS not_due,
  sum(residual) FILTER (late BETWEEN 1 AND 30) AS d1_30,
  sum(residual) FILTER (late BETWEEN 31 AND 60) AS d31_60,
  sum(residual) FILTER (late BETWEEN 61 AND 90) AS d61_90,
  sum(residual) FILTER (late BETWEEN 91 AND 180) AS d91_180,
  sum(residual) FILTER (late > 180) AS d181_plus
FROM open GROUP BY ALL
"""
_BARE_QUERY = """
SELECT company_id, partner_id, sum(balance_minor) FROM account_move_line
WHERE account_id = 1 AND parent_state = 'posted' AND date <= $day GROUP BY ALL
"""


def measure(rounds: int) -> str:
    """The table, in Markdown. Raises RigError where ours and the hand-written query do not agree."""
    machine = document.machine()
    with tempfile.TemporaryDirectory(prefix="kam-bench-") as folder:
        path = Path(folder) / "mirror.duckdb"
        make_books(path)
        found: dict[str, list[dict[str, Any]]] = {way: [] for way in WAYS}
        for _ in range(rounds):
            for way in WAYS:
                found[way].append(run_alone("ageing", way, path))
    if len({run["total"] for way in (HAND, OURS) for run in found[way]}) > 1:
        raise RigError("The ways do not come to one total.", str(found), "look at the two queries")
    head = (
        "## Ageing\n\n"
        f"{DEBTS + PAYMENTS:,} receivable items, {MATCHES:,} matches, {CUSTOMERS:,} customers, as of a past day, by"
        f" customer, from an open mirror; median of {rounds}. {machine}.\n\n"
    )
    return head + table(found, HAND)


def _query(text: str) -> Callable[[Any], Answer]:
    def ask(store: Any) -> Answer:
        rows = store.db.execute(text.replace("$day", f"DATE '{AS_OF}'")).to_arrow_table()
        return rows.num_rows, int(sum(rows.column(2).to_pylist()))

    return ask


def _ours(store: Any) -> Answer:
    from kam_connector import policy
    from kam_connector.runs.aged import age_receivables
    from kam_connector.runs.sources import Sources

    now = datetime(AS_OF.year, AS_OF.month, AS_OF.day, tzinfo=UTC)
    sources = Sources(store.ibis, None, policy.load(), {}, addon=False, now=now)  # type: ignore[arg-type]
    owed = age_receivables(sources, AS_OF, [1, 2])
    if owed.tie_out["difference_minor"].any():
        raise RigError("The ageing does not tie out.", str(owed.tie_out), "look at benchmarks/books.py")
    return len(owed.rows), int(owed.rows["total_minor"].sum())


WAYS: Ways = {
    HAND: _query(_HAND_QUERY),
    BARE: _query(_BARE_QUERY),
    OURS: _ours,
}


if __name__ == "__main__":
    measure_way(WAYS, *sys.argv[1:])
