"""By what names a line of the policy may call the goods of an order or invoice."""

from __future__ import annotations

import pandas as pd

from kam_connector.rules.goods import Goods, name_goods

SOLD = ("paper", "paper_id", "product", "code", "category_id")


def test_goods_without_code_or_category_go_by_their_name_and_a_circle_of_categories_ends() -> None:
    rows = [("order_id", 5, "Drill", None, 1), ("order_id", 5, "Oil", "O-1", None), ("move_id", 5, "Saw", None, 9)]
    circle = pd.DataFrame([(1, "Drills", 2), (2, "Machines", 1)], columns=["category_id", "category", "parent_id"])
    assert name_goods(pd.DataFrame(rows, columns=list(SOLD)), circle) == {
        ("order_id", 5): Goods(frozenset({"Drill", "Oil", "O-1"}), frozenset({"Drills", "Machines"})),
        ("move_id", 5): Goods(frozenset({"Saw"})),
    }


def test_without_papers_there_are_no_goods() -> None:
    none = pd.DataFrame(columns=["category_id", "category", "parent_id"])
    assert name_goods(pd.DataFrame(columns=list(SOLD)), none) == {}
