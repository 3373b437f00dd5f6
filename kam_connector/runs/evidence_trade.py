"""Which records the figures of the trade stand on: margins, assortment, quotations, rhythm, complaints.

They are found by the same conditions as the figures of `rules.trade`: of a category that was lost, the invoices of the
year before in which it stands; of a margin, the orders with a line whose cost is known.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import pandas as pd

from kam_connector.facts.assortment import TOP_PRODUCTS
from kam_connector.facts.rhythm import RHYTHM_MONTHS
from kam_connector.periods import months_until
from kam_connector.runs.papers import Evidence, Papers, name_complaints, name_moves, name_orders


class _Bought(NamedTuple):
    """The lines of what was bought in either year, and whether it was, line by line."""

    lines: pd.DataFrame
    now: pd.Series
    before: pd.Series

    @property
    def recent(self) -> pd.Series:
        return self.lines["is_recent"].astype(bool)


def _margin(papers: Papers) -> Evidence:
    return name_orders(papers.costed[papers.costed["is_recent"].astype(bool)])


def _margin_before(papers: Papers) -> Evidence:
    return name_orders(papers.costed[~papers.costed["is_recent"].astype(bool)])


def _margin_of_both_years(papers: Papers) -> Evidence:
    return name_orders(papers.costed)


def _categories(papers: Papers) -> Evidence:
    bought = _what_was_bought(papers, "category_id")
    return name_moves(bought.lines[bought.recent & bought.now])


def _new_categories(papers: Papers) -> Evidence:
    bought = _what_was_bought(papers, "category_id")
    return name_moves(bought.lines[bought.recent & bought.now & ~bought.before])


def _lost_categories(papers: Papers) -> Evidence:
    bought = _what_was_bought(papers, "category_id")
    return name_moves(bought.lines[~bought.recent & bought.before & ~bought.now])


def _repurchase(papers: Papers) -> Evidence:
    bought = _what_was_bought(papers, "product_id")
    return name_moves(bought.lines[bought.before & (~bought.recent | bought.now)])


def _top_products(papers: Papers) -> Evidence:
    bought = _what_was_bought(papers, "product_id")
    lines = bought.lines[bought.recent & bought.now]
    sums = lines.groupby("product_id")[["net_minor"]].sum().reset_index()
    top = sums.sort_values(["net_minor", "product_id"], ascending=[False, True]).head(TOP_PRODUCTS)
    return name_moves(lines[lines["product_id"].isin(top["product_id"])])


def _orders(papers: Papers) -> Evidence:
    return name_orders(_of_a_year(papers))


def _decided(papers: Papers) -> Evidence:
    orders = _of_a_year(papers)
    return name_orders(orders[orders["created_at"] <= orders["placed_at"]])


def _of_a_year(papers: Papers) -> pd.DataFrame:
    """The orders confirmed in the twelve months."""
    return papers.orders[papers.orders["is_confirmed"].astype(bool) & papers.orders["in_12m"].astype(bool)]


def _what_was_bought(papers: Papers, what: str) -> _Bought:
    """Bought is what was invoiced and not credited again, net above zero in the year (`facts.assortment`)."""
    lines = papers.lines[papers.lines[what].notna()]
    recent = lines["is_recent"].astype(bool)
    now, before = (
        lines["net_minor"].where(year, 0).groupby(lines[what]).transform("sum") > 0 for year in (recent, ~recent)
    )
    return _Bought(lines, now.astype(bool), before.astype(bool))


def _quotations(papers: Papers) -> Evidence:
    return name_orders(papers.orders[~papers.orders["is_confirmed"].astype(bool)])


def _rhythm(papers: Papers) -> Evidence:
    first, _ = months_until(papers.as_of, RHYTHM_MONTHS)
    return name_orders(papers.ordered[pd.to_datetime(papers.ordered["day"]) >= pd.Timestamp(first)])


def _last_order(papers: Papers) -> Evidence:
    days = pd.to_datetime(papers.ordered["day"])
    return name_orders(papers.ordered[days == days.max()])


def _rhythm_and_last_order(papers: Papers) -> Evidence:
    rhythm, last = _rhythm(papers), _last_order(papers)
    return Evidence(last.model, tuple(sorted({*rhythm.ids, *last.ids})))


def _complaints(papers: Papers) -> Evidence:
    return name_complaints(papers.complaints)


FOUND_IN_TRADE: Mapping[str, Callable[[Papers], Evidence]] = {
    "margin_12m": _margin,
    "margin_prev_12m": _margin_before,
    "margin_growth": _margin_of_both_years,
    "margin_share": _margin,
    "categories_12m": _categories,
    "categories_new": _new_categories,
    "categories_lost": _lost_categories,
    "category_diversity": _categories,
    "repurchase_share": _repurchase,
    "top3_share": _top_products,
    "discount_share": _orders,
    "decision_days": _decided,
    "pipeline": _quotations,
    "complaints_per_100_orders": _complaints,
    "order_gap_days": _rhythm,
    "gap_regularity": _rhythm,
    "days_since_order": _last_order,
    "gap_ratio": _rhythm_and_last_order,
}
"""Of each figure that `rules.trade` gathers for, the records that it is made of."""
