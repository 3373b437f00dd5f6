"""What is in the focus of a night: the goods of focus.toml and what was bought of them; where customers stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd
from ibis import BaseBackend

from kam_connector.facts.focus import focus_revenue, products_called
from kam_connector.facts.goods import categories
from kam_connector.facts.markets import carried_tags, markets
from kam_connector.policy import FocusPolicy
from kam_connector.rules.focus import FOCUS, FocusGoods, find_focus_goods, place_customers
from kam_connector.rules.pairs import KEYS
from kam_connector.runs.aged import of_companies
from kam_connector.runs.frames import to_frame


@dataclass(frozen=True, slots=True)
class Focus:
    """The goods in the focus, and `bought` as `facts.focus.focus_revenue`; None where no goods are in the focus."""

    goods: FocusGoods
    bought: pd.DataFrame | None


def read_focus(con: BaseBackend, policy: FocusPolicy, as_of: date, company_ids: Sequence[int]) -> Focus:
    """The focus of these companies; the mirror is asked only where the policy names products."""
    if not policy.product:
        return Focus(FocusGoods(), None)
    names = [line.product for line in policy.product if line.product]
    goods = find_focus_goods(policy, to_frame(categories(con)), to_frame(products_called(con, names)))
    if not goods.found:
        return Focus(goods, None)
    bought = focus_revenue(con, as_of, goods.category_ids, goods.product_ids)
    return Focus(goods, of_companies(to_frame(bought), list(company_ids))[[*KEYS, *FOCUS]])


def read_places(con: BaseBackend, policy: FocusPolicy, customer: int | None = None) -> pd.DataFrame:
    """The customers, or that one, as `facts.markets` with what `place_customers` adds."""
    table = markets(con)
    tags = carried_tags(con)
    if customer is not None:
        table, tags = table.filter(table.customer_id == customer), tags.filter(tags.customer_id == customer)
    found = to_frame(table)
    carried = to_frame(tags) if policy.tags else pd.DataFrame(columns=["customer_id", "tag"])
    return found.merge(place_customers(found, carried, policy), on="customer_id")
