"""Facts and tiers of a million customers with five million orders, beside one hand-written query.

Every way runs in a process of its own and starts from an open mirror. The hand-written query comes to the same figures
a customer by one statement of DuckDB that knows this one mirror: one company, one currency, UTC, nobody under anybody.
Ours knows none of that, finds out how, and words a reason for each tier; the book knows no earlier tier.
"""

from __future__ import annotations

import sys
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
from rig.errors import RigError

from benchmarks import document
from benchmarks.alone import Answer, Ways, measure_way, run_alone, table
from benchmarks.orders import make_orders

CUSTOMERS, ORDERS = 1_000_000, 5_000_000
FEW, FEWER = 20_000, 100_000
"""With `--quick`: to try it, not to measure."""
AS_OF = date(2026, 6, 30)
HAND, FACTS, OURS = "hand-written query", "facts", "facts, scores, tiers"
COMPARED = (
    "revenue_12m_minor", "revenue_prev_12m_minor", "orders_12m", "invoices_12m", "receivable_total_minor",
    "overdue_minor", "paid_items", "days_late_mean", "share_late", "gaps_24m", "gap_days_mean", "gap_days_spread",
    "categories_12m", "categories_new", "categories_lost", "category_diversity", "products_prev_12m", "products_again",
    "pipeline_minor",
)  # fmt: skip
_DAYS = ("first_invoice", "last_invoice", "last_order", "group_first_invoice")
_HAND_QUERY = """
WITH invoice AS (
  SELECT id, commercial_partner_id AS customer_id, invoice_date AS day, amount_untaxed_signed_minor AS net,
         move_type <> 'out_refund' AS is_invoice
  FROM account_move WHERE state = 'posted' AND move_type IN ('out_invoice', 'out_refund', 'out_receipt')
   AND invoice_date <= $day AND NOT _deleted),
sales AS (
  SELECT customer_id, coalesce(sum(net) FILTER (day > $day - INTERVAL 1 YEAR), 0) AS revenue_12m_minor,
    coalesce(sum(net) FILTER (day > $day - INTERVAL 2 YEAR AND day <= $day - INTERVAL 1 YEAR), 0)
      AS revenue_prev_12m_minor,
    count(*) FILTER (is_invoice AND day > $day - INTERVAL 1 YEAR) AS invoices_12m,
    min(day) FILTER (is_invoice) AS first_invoice, max(day) FILTER (is_invoice) AS last_invoice
  FROM invoice GROUP BY ALL),
ordered AS (
  SELECT p.commercial_partner_id AS customer_id, CAST(o.date_order AS DATE) AS day
  FROM sale_order o JOIN res_partner p ON p.id = o.partner_id
  WHERE o.state IN ('sale', 'done') AND CAST(o.date_order AS DATE) <= $day AND NOT o._deleted),
orders AS (
  SELECT customer_id, count(*) FILTER (day > $day - INTERVAL 1 YEAR) AS orders_12m FROM ordered GROUP BY ALL),
gap AS (
  SELECT customer_id, day, lag(day) OVER (PARTITION BY customer_id ORDER BY day) AS before
  FROM (SELECT DISTINCT customer_id, day FROM ordered)),
rhythm AS (
  SELECT customer_id, max(day) AS last_order, count(gap) AS gaps_24m, avg(gap) AS gap_days_mean,
         stddev_pop(gap) AS gap_days_spread
  FROM (SELECT *, CASE WHEN before > $day - INTERVAL 2 YEAR THEN day - before END AS gap FROM gap) GROUP BY ALL),
offered AS (
  SELECT p.commercial_partner_id AS customer_id, sum(o.amount_untaxed_minor) AS pipeline_minor
  FROM sale_order o JOIN res_partner p ON p.id = o.partner_id
  WHERE o.state IN ('draft', 'sent') AND CAST(o.date_order AS DATE) <= $day AND NOT o._deleted GROUP BY ALL),
item AS (
  SELECT l.id, p.commercial_partner_id AS customer_id, l.move_id, l.balance_minor,
         coalesce(l.date_maturity, l.date) AS due
  FROM account_move_line l JOIN account_account a ON a.id = l.account_id AND a.account_type = 'asset_receivable'
  JOIN res_partner p ON p.id = l.partner_id
  WHERE l.parent_state = 'posted' AND l.date <= $day AND NOT l._deleted),
counted AS (
  SELECT m.debit_move_id, m.credit_move_id, m.amount_minor, m.max_date FROM account_partial_reconcile m
  WHERE NOT m._deleted AND m.debit_move_id IN (SELECT id FROM item) AND m.credit_move_id IN (SELECT id FROM item)),
settled AS (
  SELECT id, sum(amount) AS amount, max(paid_on) AS paid_on FROM (
    SELECT debit_move_id AS id, amount_minor AS amount, max_date AS paid_on FROM counted
    UNION ALL SELECT credit_move_id, -amount_minor, NULL FROM counted) GROUP BY id),
owed AS (
  SELECT customer_id, sum(residual) AS receivable_total_minor,
    coalesce(sum(residual) FILTER (due < $day AND residual > 0), 0) AS overdue_minor
  FROM (SELECT customer_id, due, balance_minor - coalesce(amount, 0) AS residual FROM item LEFT JOIN settled USING (id))
  WHERE residual <> 0 GROUP BY ALL),
paid AS (
  SELECT customer_id, count(*) AS paid_items, avg(paid_on - due) AS days_late_mean,
    avg(CAST(paid_on > due AS INT)) AS share_late
  FROM item JOIN settled USING (id)
  WHERE balance_minor = amount AND balance_minor > 0 AND paid_on > $day - INTERVAL 1 YEAR GROUP BY ALL),
line AS (
  SELECT i.customer_id, l.product_id, t.categ_id, -l.balance_minor AS net, i.day > $day - INTERVAL 1 YEAR AS is_now
  FROM account_move_line l JOIN invoice i ON i.id = l.move_id
  JOIN product_product p ON p.id = l.product_id JOIN product_template t ON t.id = p.product_tmpl_id
  WHERE i.day > $day - INTERVAL 2 YEAR AND NOT l._deleted),
product AS (
  SELECT customer_id, count(*) FILTER (before > 0) AS products_prev_12m,
    count(*) FILTER (now > 0 AND before > 0) AS products_again
  FROM (SELECT customer_id, product_id, coalesce(sum(net) FILTER (is_now), 0) AS now,
          coalesce(sum(net) FILTER (NOT is_now), 0) AS before FROM line GROUP BY ALL) GROUP BY ALL),
category AS (
  SELECT customer_id, count(*) FILTER (now > 0) AS categories_12m,
    count(*) FILTER (now > 0 AND before <= 0) AS categories_new,
    count(*) FILTER (now <= 0 AND before > 0) AS categories_lost,
    1 - sum(greatest(now, 0) ** 2) / nullif(sum(greatest(now, 0)), 0) ** 2 AS category_diversity
  FROM (SELECT customer_id, categ_id, coalesce(sum(net) FILTER (is_now), 0) AS now,
          coalesce(sum(net) FILTER (NOT is_now), 0) AS before FROM line GROUP BY ALL) GROUP BY ALL)
SELECT *, first_invoice AS group_first_invoice
FROM sales FULL JOIN orders USING (customer_id) LEFT JOIN rhythm USING (customer_id)
  LEFT JOIN offered USING (customer_id) LEFT JOIN owed USING (customer_id) LEFT JOIN paid USING (customer_id)
  LEFT JOIN product USING (customer_id) LEFT JOIN category USING (customer_id)
"""


def measure(rounds: int, *, quick: bool = False) -> str:
    """The table, in Markdown. Raises RigError where the figures of the ways are not the same."""
    machine = document.machine()
    customers, orders = (FEW, FEWER) if quick else (CUSTOMERS, ORDERS)
    with tempfile.TemporaryDirectory(prefix="kam-bench-") as folder:
        path = Path(folder) / "mirror.duckdb"
        make_orders(path, customers, orders)
        found: dict[str, list[dict[str, Any]]] = {way: [] for way in WAYS}
        for _ in range(rounds):
            for way in WAYS:
                found[way].append(run_alone("tiering", way, path))
    _refuse_others(found[HAND][0]["total"], found[FACTS][0]["total"])
    head = (
        "## Tiering\n\n"
        f"{customers:,} customers, {orders:,} orders and quotations with their invoices, payments and matches, from an"
        f" open mirror to {len(COMPARED) + len(_DAYS)} figures a customer, and on to scores and tiers with their"
        f" reasons; median of {rounds}. {machine}.\n\n"
    )
    return head + table(found, HAND)


def _refuse_others(hand: dict[str, float], ours: dict[str, float]) -> None:
    other = [f"{name}: {hand[name]} and {ours[name]}" for name in hand if abs(hand[name] - ours[name]) > 0.01]
    if other:
        raise RigError("The ways do not come to the same figures.", "; ".join(other), "look at the query")


def _sums(frame: pd.DataFrame) -> dict[str, float]:
    """By column the sum of its figures; of days the sum of their numbers."""
    figures = {name: float(pd.to_numeric(frame[name]).astype("float64").sum()) for name in COMPARED}
    days = {name: pd.to_datetime(frame[name]).dropna().astype("datetime64[s]").astype("int64") for name in _DAYS}
    return figures | {name: float((column // 86_400).sum()) for name, column in days.items()}


def _hand(store: Any) -> Answer:
    frame = store.db.execute(_HAND_QUERY.replace("$day", f"DATE '{AS_OF}'")).df()
    return len(frame), _sums(frame)


def _facts(store: Any) -> Answer:
    with tempfile.TemporaryDirectory(prefix="kam-bench-") as folder:
        figures = _night(store, Path(folder)).figures
    return len(figures), _sums(figures)


def _ours(store: Any) -> Answer:
    with tempfile.TemporaryDirectory(prefix="kam-bench-") as folder:
        tiers = _night(store, Path(folder)).tiers.frame
    return len(tiers), tiers["tier"].value_counts().to_dict()


def _night(store: Any, folder: Path) -> Any:
    from kam_connector import ledger, policy
    from kam_connector.runs.decisions import Night
    from kam_connector.runs.sources import Sources

    now = datetime(AS_OF.year, AS_OF.month, AS_OF.day, tzinfo=UTC)
    book = ledger.open(folder / "ledger.db")
    sources = Sources(store.ibis, book, policy.load(), {1: ZoneInfo("UTC")}, addon=False, now=now, compared_at=now)
    return Night(sources, AS_OF, [1])


WAYS: Ways = {HAND: _hand, FACTS: _facts, OURS: _ours}

if __name__ == "__main__":
    measure_way(WAYS, *sys.argv[1:])
