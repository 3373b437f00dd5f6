"""How a customer buys, as figures: how concentrated, how long until an order, how much of the list price is taken off.

They are dear to gather and seldom asked for, so they stand beside the other figures only where somebody asks: the
customer card, and a policy that names one of TRAITS. Requirements S0-2, S2-13.

Worked figure: 100.00 off 1,000.00 in the company's own currency, and 30.00 USD off 100.00 USD at 0.50 USD for one of
it, are 100 + 60 off 1,000 + 200: a discount share of 160 / 1,200 = 0.133333.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from kam_connector.policy.measures import TRAITS
from kam_connector.rules.pairs import KEYS, gather, put_beside

_DIGITS = 6
"""A share is rounded to so many digits, so that the order of its sum moves nobody over a limit of a policy."""


def find_traits(concentration: pd.DataFrame, decided: pd.DataFrame, discounts: pd.DataFrame) -> pd.DataFrame:
    """A row a company and customer with company_id, customer_id, products_12m, top3_share, decided_orders,
    decision_days, discount_share; missing where nothing tells it. Order: company, customer.

    `concentration` from `facts.assortment.concentration`, `decided` and `discounts` from `facts.traits.decision_days`
    and `facts.traits.discounts`.
    """
    return gather(concentration, decided, share_discounts(discounts))


def share_discounts(discounts: pd.DataFrame) -> pd.DataFrame:
    """company_id, customer_id, discount_share (0 to 1) of `facts.traits.discounts`, each order at its own rate.

    Nothing is known of a customer whose orders have no price at all.
    """
    rows = discounts.sort_values([*KEYS, "currency_id", "currency_rate"], kind="stable")
    rate = rows["currency_rate"].astype("float64").fillna(1.0)
    values = {name: rows[name].astype("float64") / rate for name in ("list_value", "discount_value")}
    sums = rows[KEYS].assign(**values).groupby(KEYS, as_index=False).sum()
    whole = sums["list_value"].where(sums["list_value"] > 0)
    share = np.round(np.clip(sums["discount_value"] / whole, 0.0, 1.0), _DIGITS)
    return sums[KEYS].assign(discount_share=share)


def add_traits(figures: pd.DataFrame, traits: pd.DataFrame) -> pd.DataFrame:
    """The rows of `figures` (keys company_id, customer_id) with TRAITS of `find_traits`, in the same order."""
    return put_beside(figures, traits[[*KEYS, *sorted(TRAITS)]])
