"""What the customers of a group are together: their figures added up, so that a group is rated as one customer.

Two subsidiaries with 300,000 and 500,000 in twelve months are one group with 800,000; ten invoices paid 4 days late on
average and thirty paid 20 days late are forty paid 16 days late. What cannot be added up without counting twice
(categories that both buy, the rhythm of orders, days to decide), or was said of one of them, is not known of a group of
several customers: it stays missing, and the coverage says how much of the score is known.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from kam_connector.policy.measures import TRAITS
from kam_connector.rules.decisions import days_of, ids_of
from kam_connector.rules.pairs import KEYS
from kam_connector.rules.ratings import GIVEN
from kam_connector.rules.trade import ASSORTMENT, revenue_share

_COUNTS = ("orders_12m", "invoices_12m", "paid_items", "complaint_points")
_FIRST = ("first_invoice", "group_first_invoice", "group_active_since", "group_reactivated_on")
_LAST = ("last_invoice", "last_order")
_SINGLE = (*ASSORTMENT, *sorted(TRAITS), "gaps_24m", "gap_days_mean", "gap_days_spread", *GIVEN, "payer_class")
"""Known only where the group is one customer."""


def add_up_groups(figures: pd.DataFrame, groups: Mapping[int, int]) -> pd.DataFrame:
    """A row a company and group with the columns of `figures` (`trade.add_trade`, `ratings.add_ratings`), customer_id
    being the group's id, and customers (how many of it have figures there). Order: company, group.

    `groups`: the group of each customer; who is not in it is a group of his own. Every customer counts once.
    Requirement S4-80.
    """
    ids = ids_of(figures["customer_id"])
    rows = figures.assign(customer_id=[groups.get(int(number), int(number)) for number in ids], customers=1)
    rows = rows.assign(**{name: days_of(rows[name]).astype("datetime64[s]") for name in (*_FIRST, *_LAST)})
    grouped = rows.groupby(KEYS, sort=True)
    single = [name for name in _SINGLE if name in rows]
    amounts = [name for name in rows.columns if name.endswith("_minor") and name not in single]
    parts = [
        grouped[["currency_id", "digits"]].first(),
        grouped[[*amounts, *_COUNTS]].sum(min_count=1),
        grouped["customers"].sum(),
        grouped[[*_FIRST]].min(),
        grouped[[*_LAST]].max(),
        _paid_together(rows),
        grouped[single].first().where(grouped["customers"].sum() == 1),
    ]
    table = pd.concat(parts, axis=1).reset_index()
    return table.assign(revenue_share=revenue_share(table))


def _paid_together(rows: pd.DataFrame) -> pd.DataFrame:
    """days_late_mean, days_late_spread, share_late of all paid items of a group, out of those of its customers.

    The spread is that of the whole population: mean square less square of the mean, each weighed by the items.
    """
    items = rows["paid_items"].astype("float64").fillna(0)
    mean, spread, late = (rows[name].astype("float64") for name in ("days_late_mean", "days_late_spread", "share_late"))
    sums = pd.DataFrame({
        **{key: rows[key] for key in KEYS}, "items": items, "mean": mean * items, "late": late * items,
        "square": (spread**2 + mean**2) * items,
    }).groupby(KEYS, sort=True)[["items", "mean", "late", "square"]].sum()  # fmt: skip
    whole = sums["items"].where(sums["items"] > 0)
    together = sums["mean"] / whole
    scatter = np.sqrt(np.maximum(sums["square"] / whole - together**2, 0))
    return pd.DataFrame({"days_late_mean": together, "days_late_spread": scatter, "share_late": sums["late"] / whole})
