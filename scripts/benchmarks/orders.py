"""A mirror of many customers and orders, made by SQL without any ERP: every figure follows from the row's number alone.

Each order is one of a customer's (a tenth of the customers has half of them), each confirmed one is invoiced with one
product in two instalments of which payments settle most after 20 to 139 days; some orders are quotations, some invoices
credit notes. The same numbers come out each time.
"""

from __future__ import annotations

from pathlib import Path

PRODUCTS, CATEGORIES, USERS = 2_000, 40, 60
FIRST_DAY, DAYS = "2023-01-01", 1_275  # of the orders

_STATEMENTS = (
    "INSERT INTO res_currency BY NAME SELECT 1 AS id, 'CNY' AS name, 2 AS decimal_places, true AS active, $row",
    "INSERT INTO res_company BY NAME SELECT 1 AS id, 'Xinghe' AS name, 1 AS currency_id, $row",
    "INSERT INTO res_users BY NAME SELECT range AS id, 'user' || range AS login, true AS active, $row"
    " FROM range(1, $users + 1)",
    "INSERT INTO res_partner BY NAME SELECT range AS id, '客户 Customer ' || range AS name, true AS active,"
    " range AS commercial_partner_id, range % $users + 1 AS user_id, $row FROM range(1, $customers + 1)",
    "INSERT INTO partner_group SELECT range, range, false FROM range(1, $customers + 1)",
    "INSERT INTO product_category BY NAME SELECT range AS id, 'Category ' || range AS name, $row"
    " FROM range(1, $categories + 1)",
    "INSERT INTO product_template BY NAME SELECT range AS id, 'Product ' || range AS name,"
    " range % $categories + 1 AS categ_id, $row FROM range(1, $products + 1)",
    "INSERT INTO product_product BY NAME SELECT range AS id, range AS product_tmpl_id, $row"
    " FROM range(1, $products + 1)",
    "INSERT INTO account_account BY NAME SELECT i AS id, n AS name, t AS account_type, false AS non_trade,"
    " $row FROM (VALUES (1, '应收账款', 'asset_receivable'), (2, '收入', 'income')) v(i, n, t)",
    "CREATE TEMP TABLE made AS SELECT range AS id, 1 + CASE WHEN range % 2 = 0 THEN hash(range) % $customers"
    " ELSE hash(range) % greatest($customers // 10, 1) END AS partner_id,"
    " DATE '$first' + CAST(hash(range + 7) % $days AS INT) AS day, 10000 + CAST(hash(range + 3) % 900000 AS BIGINT)"
    " AS amount, range % 20 = 0 AS is_quotation, range % 25 = 1 AS is_credit FROM range(1, $orders + 1)",
    "INSERT INTO sale_order BY NAME SELECT id, 'S' || id AS name, CASE WHEN is_quotation THEN 'sent' ELSE 'sale' END"
    " AS state, partner_id, 1 AS company_id, 1 AS currency_id, 1 AS currency_rate,"
    " CAST(day AS TIMESTAMPTZ) + INTERVAL 4 HOUR AS date_order, amount AS amount_untaxed_minor,"
    " amount AS amount_total_minor, $row FROM made ORDER BY id",
    "INSERT INTO account_move BY NAME SELECT id, 'INV/' || id AS name, 'posted' AS state, partner_id,"
    " CASE WHEN is_credit THEN 'out_refund' ELSE 'out_invoice' END AS move_type, partner_id AS commercial_partner_id,"
    " day AS invoice_date, day AS date, 1 AS company_id, 1 AS currency_id, amount AS amount_untaxed_minor,"
    " amount AS amount_total_minor, CASE WHEN is_credit THEN -amount ELSE amount END AS amount_untaxed_signed_minor,"
    " CASE WHEN is_credit THEN -amount ELSE amount END AS amount_total_signed_minor, $row"
    " FROM made WHERE NOT is_quotation ORDER BY id",
    "INSERT INTO account_move_line BY NAME SELECT 2 * id AS id, id AS move_id, 1 AS account_id, partner_id,"
    " day AS date, day + 30 AS date_maturity, CASE WHEN is_credit THEN -amount ELSE amount END AS balance_minor,"
    " CASE WHEN is_credit THEN -amount ELSE amount END AS amount_currency_minor, 'posted' AS parent_state,"
    " 1 AS company_id, 1 AS currency_id, $row FROM made WHERE NOT is_quotation ORDER BY id",
    "INSERT INTO account_move_line BY NAME SELECT 2 * id + 1 AS id, id AS move_id, 2 AS account_id, partner_id,"
    " day AS date, CASE WHEN is_credit THEN amount ELSE -amount END AS balance_minor,"
    " CASE WHEN is_credit THEN amount ELSE -amount END AS amount_currency_minor, 'posted' AS parent_state,"
    " 1 + CAST(hash(id + 5) % $products AS BIGINT) AS product_id, 1 AS company_id, 1 AS currency_id, $row"
    " FROM made WHERE NOT is_quotation ORDER BY id",
    # five of six invoices are paid, one in thirty of them not quite
    "CREATE TEMP TABLE paid AS SELECT id + $orders AS move_id, 2 * (id + $orders) AS id, 2 * id AS debt_id, partner_id,"
    " day + 20 + CAST(hash(id + 11) % 120 AS INT) AS day, amount * CASE WHEN id % 30 = 7 THEN 9 ELSE 10 END // 10"
    " AS amount FROM made WHERE NOT is_quotation AND NOT is_credit AND id % 6 <> 0",
    "INSERT INTO account_move BY NAME SELECT move_id AS id, 'PAY/' || move_id AS name, 'entry' AS move_type,"
    " 'posted' AS state, partner_id, day AS date, 1 AS company_id, 1 AS currency_id, $row FROM paid ORDER BY id",
    "INSERT INTO account_move_line BY NAME SELECT id, move_id, 1 AS account_id, partner_id, day AS date,"
    " day AS date_maturity, -amount AS balance_minor, -amount AS amount_currency_minor, 'posted' AS parent_state,"
    " 1 AS company_id, 1 AS currency_id, $row FROM paid ORDER BY id",
    "INSERT INTO account_partial_reconcile BY NAME SELECT move_id AS id, debt_id AS debit_move_id,"
    " id AS credit_move_id, amount AS amount_minor, amount AS debit_amount_currency_minor,"
    " amount AS credit_amount_currency_minor, day AS max_date, 1 AS company_id, $row FROM paid ORDER BY move_id",
    "INSERT INTO account_payment BY NAME SELECT move_id AS id, partner_id, amount AS amount_minor,"
    " 'inbound' AS payment_type, move_id, 1 AS currency_id, 1 AS company_id, day AS date, $row FROM paid ORDER BY id",
    "INSERT INTO control_total SELECT company_id, account_id, date, sum(balance_minor) FROM account_move_line"
    " WHERE account_id = 1 GROUP BY ALL",
)


def make_orders(path: Path, customers: int, orders: int) -> None:
    """A mirror with so many customers and orders, their invoices, payments and matches stands at `path`."""
    from kam_connector import mirror

    figures = {
        "$customers": customers, "$orders": orders, "$products": PRODUCTS, "$categories": CATEGORIES,
        "$users": USERS, "$first": FIRST_DAY, "$days": DAYS, "$row": "'bench' AS _seen_run, false AS _deleted",
    }  # fmt: skip
    with mirror.open(path) as store, store.transaction():
        for statement in _STATEMENTS:
            for name, value in figures.items():
                statement = statement.replace(name, str(value))
            store.db.execute(statement)
