"""What each customer is owed by his tier, for any rule that asks: `[tier.service]`, customer by customer.

A customer without a tier is owed nothing in particular: his figures are missing, not zero. A tier that a person has set
counts like one that the rules gave.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pandas as pd

from kam_connector.money import round_ratio
from kam_connector.policy.privileges import Service
from kam_connector.rules.decisions import boxed, places_of, require_columns

MONTHS = 12
PRIVILEGES = ("visit_days", "sla_class", "discount_limit", "credit_factor", "executive_visits")


def with_privileges(rated: pd.DataFrame, privileges: Mapping[str, Service]) -> pd.DataFrame:
    """The rows of `rated` (any frame with a column tier) in their order, with the columns PRIVILEGES.

    visit_days, executive_visits: whole numbers (Int64); sla_class: text; discount_limit (a share), credit_factor:
    Decimal. Missing where the tier has none. `privileges` from `policy.privileges_of`. Requirement S1-16.
    """
    require_columns(rated, ["tier"], "rated")
    place = places_of(rated["tier"], list(privileges))
    owed = [*privileges.values(), None]
    columns = {name: boxed(getattr(each, name, None) for each in owed)[place] for name in PRIVILEGES}
    table = rated.assign(**{name: pd.Series(values, rated.index, dtype=object) for name, values in columns.items()})
    return table.astype({"visit_days": "Int64", "executive_visits": "Int64"})


def allowed_credit(revenue_12m_minor: int, factor: Decimal) -> int:
    """Up to which amount credit may be agreed, in the smallest unit: so many mean months of twelve; never below 0.

    1 200 000.00 of sales and a factor of 3 are 300 000.00. A half is rounded away from zero, once.
    """
    over, under = factor.as_integer_ratio()
    return int(round_ratio(max(revenue_12m_minor, 0) * over, MONTHS * under, 0))
