"""Products of orders and invoices, with the categories above them."""

from __future__ import annotations

from kam_connector.facts import goods
from kam_connector.rules.goods import Goods, name_goods
from tests.facts.conftest import Pulled
from tests.sync.books import CNY, Books


def test_the_products_of_the_papers_are_known_by_code_name_and_all_categories_above(pulled: Pulled) -> None:
    books = Books()
    books.partner("Acme")
    above = books.add("product.category", name="Machines", parent_id=None)
    drills = books.add("product.category", name="Drills", parent_id=above)
    template = books.add("product.template", name="Drill 9", categ_id=drills, active=True)
    drill = books.add("product.product", product_tmpl_id=template, default_code="D-9", active=True)
    order = books.add(
        "sale.order", name="S5", partner_id=1, company_id=1, currency_id=CNY, state="sale", currency_rate=1.0,
        date_order="2026-05-01 08:00:00", amount_total=10.0,
    )  # fmt: skip
    for product in (drill, drill, None):
        books.add("sale.order.line", order_id=order, company_id=1, currency_id=CNY, product_id=product, state="sale",
                  price_subtotal=9.0, price_total=10.0, product_uom_qty=1.0)  # fmt: skip
    con = pulled(books)
    sold, categories = goods.goods_of(con, [order], [order]).to_pandas(), goods.categories(con).to_pandas()
    assert sold[["paper", "paper_id", "product", "code"]].to_numpy().tolist() == [["order_id", order, "Drill 9", "D-9"]]
    named = Goods(frozenset({"Drill 9", "D-9"}), frozenset({"Drills", "Machines"}))
    assert name_goods(sold, categories) == {("order_id", order): named}
    assert goods.goods_of(con, [order + 1], []).to_pandas().empty
