"""What the orders and invoices of complaints are about: by what names a line of the policy may call it.

Who knows a product settles what is wrong with it. A line of the policy names a product by its code or its name, or a
category by its name, which then stands for all that is below it: of a drill in "Power tools", in "Machines", both
categories fit.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from kam_connector.rules.decisions import ids_of, require_columns, words_of


@dataclass(frozen=True, slots=True)
class Goods:
    """Codes and names of products, and the names of their categories and of those above."""

    products: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()

    def __or__(self, other: Goods) -> Goods:
        """Both together."""
        return Goods(self.products | other.products, self.categories | other.categories)


def name_goods(sold: pd.DataFrame, categories: pd.DataFrame) -> dict[tuple[str, int], Goods]:
    """The goods by (paper, its id).

    `sold`: as `facts.goods.goods_of`; `categories`: as `facts.goods.categories`. A category that is above itself ends.
    """
    require_columns(sold, ("paper", "paper_id", "product", "code", "category_id"), "sold")
    require_columns(categories, ("category_id", "category", "parent_id"), "categories")
    ids, parents = ids_of(categories["category_id"]).tolist(), ids_of(categories["parent_id"]).tolist()
    above = dict(zip(ids, zip(words_of(categories["category"]), parents, strict=True), strict=True))
    rows = sold.assign(product=words_of(sold["product"]), code=words_of(sold["code"]))
    rows = rows.assign(category_id=ids_of(rows["category_id"]), paper_id=ids_of(rows["paper_id"]))
    found: dict[tuple[str, int], Goods] = {}
    for row in rows.to_dict("records"):
        key = (str(row["paper"]), int(row["paper_id"]))
        found[key] = found.get(key, Goods()) | _goods(row, above)
    return found


def _goods(row: Mapping[Hashable, Any], above: Mapping[int, tuple[str, int]]) -> Goods:
    products = frozenset(filter(None, (row["product"], row["code"])))
    return Goods(products, frozenset(_names(int(row["category_id"]), above)))


def _names(category: int, above: Mapping[int, tuple[str, int]]) -> Iterator[str]:
    seen: set[int] = set()
    while category in above and category not in seen:
        seen.add(category)
        name, category = above[category]
        yield name
