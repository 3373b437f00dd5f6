"""Products and markets in the focus, and what a customer is to us: distributor, service firm, supplier, consumer.

A category stands for all that is below it: with "Parts" in the focus, bearings of "Parts / Bearings" are in it. Who
bought for 100,000 in twelve months and for 30,000 of that products in the focus has a focus share of 0.30 (S2-3). In a
focus market is whom one line fits in all that it names (S2-4); the relation is the first that fits (S4-96).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kam_connector.policy.focus import FocusMarket, FocusPolicy, Relation
from kam_connector.policy.values import Label, labels_by_code
from kam_connector.rules.decisions import Flags, boxed, ids_of, require_columns, words_of
from kam_connector.rules.pairs import KEYS, put_beside

PATH = " / "
FOCUS = ["focus_12m_minor", "focus_prev_12m_minor"]
PLACED = ["customer_id", "relation", "in_market", "market"]
_NONE = -1


@dataclass(frozen=True, slots=True)
class FocusGoods:
    """The categories, those below included, and the products of a policy by id; `unknown`: names that nothing has."""

    category_ids: tuple[int, ...] = ()
    product_ids: tuple[int, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def found(self) -> bool:
        """Whether there is anything to count."""
        return bool(self.category_ids or self.product_ids)


def relation_names(policy: FocusPolicy) -> dict[str, Label]:
    """The relations by code, in the order of the policy."""
    return labels_by_code((relation.name, relation.label) for relation in policy.relation)


def find_focus_goods(policy: FocusPolicy, categories: pd.DataFrame, products: pd.DataFrame) -> FocusGoods:
    """What the lines of [[product]] mean.

    `categories`: category_id, category, parent_id; `products`: product_id, product, code of those that are called so.
    """
    require_columns(categories, ("category_id", "category", "parent_id"), "categories")
    paths = _paths(categories)
    names = [words_of(categories["category"]), paths]
    wanted = [line.category for line in policy.product if line.category]
    heads = pd.Series(np.isin(boxed(names[0]), wanted) | np.isin(boxed(paths), wanted), index=categories.index)
    called = {*words_of(products["product"]), *words_of(products["code"])}
    lacking = [name for name in wanted if name not in names[0] and name not in paths]
    lacking += [line.product for line in policy.product if line.product and line.product not in called]
    ids = ids_of(products["product_id"])
    return FocusGoods(_with_those_below(categories, heads), tuple(np.unique(ids).tolist()), tuple(lacking))


def _with_those_below(categories: pd.DataFrame, heads: pd.Series) -> tuple[int, ...]:
    ids, parents = ids_of(categories["category_id"]), ids_of(categories["parent_id"])
    chosen = heads.to_numpy(dtype=bool)
    while True:
        wider = chosen | np.isin(parents, ids[chosen])
        if (wider == chosen).all():
            return tuple(np.sort(ids[chosen]).tolist())
        chosen = wider


def _paths(categories: pd.DataFrame) -> list[str]:
    """The whole path of each category; one that is above itself ends."""
    ids, parents = ids_of(categories["category_id"]).tolist(), ids_of(categories["parent_id"]).tolist()
    name, above = dict(zip(ids, words_of(categories["category"]), strict=True)), dict(zip(ids, parents, strict=True))
    found = []
    for category in ids:
        way: list[int] = []
        while category in name and category not in way:
            way.append(category)
            category = above[category]
        found.append(PATH.join(name[step] for step in reversed(way)))
    return found


def add_focus(figures: pd.DataFrame, bought: pd.DataFrame) -> pd.DataFrame:
    """The rows of `figures` with FOCUS: what of the revenue was of products in the focus; 0 where there was none.

    `bought` as `facts.focus.focus_revenue`. `measures` makes focus_share of it.
    """
    table = put_beside(figures, bought[[*KEYS, *FOCUS]])
    return table.assign(**{name: table[name].fillna(0) for name in FOCUS})


def place_customers(markets: pd.DataFrame, tags: pd.DataFrame, policy: FocusPolicy) -> pd.DataFrame:
    """A row a customer in the order of `markets`: customer_id, relation (code or None), in_market, market.

    `market` is the place of the first line of [[market]] that fits, -1 for none. `markets` and `tags` as
    `facts.markets`.
    """
    relations = [relation.name for relation in policy.relation]
    fitting = [_relates(relation, markets, tags) for relation in policy.relation]
    market = _first([_lies_in(line, markets) for line in policy.market], len(markets))
    relation = boxed([*relations, None])[_first(fitting, len(markets))]
    return pd.DataFrame(
        {"customer_id": ids_of(markets["customer_id"]), "relation": pd.Series(relation, dtype=object),
         "in_market": market != _NONE, "market": market}, columns=PLACED,
    )  # fmt: skip


def find_idle_markets(markets: pd.DataFrame, policy: FocusPolicy) -> list[FocusMarket]:
    """The lines of [[market]] that fit no customer."""
    return [line for line in policy.market if not _lies_in(line, markets).any()]


def _first(fitting: Sequence[Flags], rows: int) -> np.ndarray:
    """The place of the first that fits each row; -1 where none does."""
    return np.select(fitting, range(len(fitting)), _NONE) if fitting else np.full(rows, _NONE)


def _lies_in(line: FocusMarket, markets: pd.DataFrame) -> Flags:
    lies = np.full(len(markets), True)
    for wanted, columns in (
        (line.industry, ("industry",)),
        (line.country, ("country", "country_code")),
        (line.state, ("state", "state_code")),
    ):
        if wanted is not None:
            lies &= _is_called(markets, columns, [wanted])
    return lies


def _relates(relation: Relation, markets: pd.DataFrame, tags: pd.DataFrame) -> Flags:
    fits = np.full(len(markets), True)
    if relation.kind is not None:
        fits &= markets["is_company"].to_numpy(dtype=bool) == (relation.kind == "company")
    if relation.supplier is not None:
        fits &= markets["is_supplier"].to_numpy(dtype=bool) == relation.supplier
    if relation.industries:
        fits &= _is_called(markets, ("industry",), relation.industries)
    if relation.tags:
        carriers = tags.loc[tags["tag"].isin(relation.tags), "customer_id"]
        fits &= markets["customer_id"].isin(carriers).to_numpy()
    return fits


def _is_called(frame: pd.DataFrame, columns: Sequence[str], wanted: Sequence[str]) -> Flags:
    """Whether one of the columns is one of the wanted names; small and capital letters are the same."""
    names = [name.casefold() for name in wanted]
    found = np.full(len(frame), False)
    for column in columns:
        found |= frame[column].astype("str").str.casefold().isin(names).to_numpy(dtype=bool)
    return found
