"""A mirror of large receivables, made by SQL without any ERP: every figure follows from the row's number alone.

Each invoice has two instalments; payments settle them after 20 to 139 days, some in two parts, some not quite; some
payments are larger than what they settle, some invoices are drafts. Journal items of revenue stand beside the
receivable ones, as in a real ledger. The same numbers come out each time.
"""

from __future__ import annotations

from pathlib import Path

DEBTS, PAYMENTS, MATCHES = 600_000, 400_000, 800_000
CUSTOMERS, USERS = 20_000, 60
FIRST_DAY, DAYS = "2023-01-01", 1_275  # of the invoices

_STATEMENTS = (
    "INSERT INTO res_currency BY NAME SELECT i AS id, n AS name, 2 AS decimal_places, true AS active, $row"
    " FROM (VALUES (1, 'CNY'), (2, 'EUR')) v(i, n)",
    "INSERT INTO res_company BY NAME SELECT i AS id, n AS name, i AS currency_id, $row"
    " FROM (VALUES (1, 'Xinghe'), (2, 'Europe')) v(i, n)",
    "INSERT INTO res_users BY NAME SELECT range AS id, 'user' || range AS login, true AS active, $row"
    " FROM range(1, $users + 1)",
    "INSERT INTO res_partner BY NAME SELECT range AS id, '客户 Customer ' || range AS name, true AS active,"
    " range // 4 * 4 AS commercial_partner_id, range % $users + 1 AS user_id, $row"
    " FROM range(4, 4 * $customers + 4)",
    "INSERT INTO account_account BY NAME SELECT i AS id, n AS name, t AS account_type, false AS non_trade,"
    " $row FROM (VALUES (1, '应收账款', 'asset_receivable'), (2, '收入', 'income')) v(i, n, t)",
    # a debt each: entry, partner, company and day follow from the entry's number; every fiftieth entry is a draft
    "CREATE TEMP TABLE debt AS SELECT range AS id, range // 2 AS move_id, 4 + hash(range // 2) % (4 * $customers)"
    " AS partner_id, 1 + (range // 2) % 2 AS company_id, DATE '$first' + CAST(hash(range // 2) % $days AS INT) AS date,"
    " 10000 + CAST(hash(range) % 9000000 AS BIGINT) AS amount, (range // 2) % 50 = 0 AS draft, range % 2 AS part"
    " FROM range(2, $debts + 2)",
    # which payment settles what of which debt; an entry in three has two payments, one in twenty stays owing a tenth
    "CREATE TEMP TABLE share AS SELECT range AS payment, CASE WHEN range < $debts // 2 THEN range + 1"
    " ELSE 3 * (range - $debts // 2) + 3 END AS move_id FROM range($payments)",
    "CREATE TEMP TABLE settled AS SELECT payment, debt.id AS debt_id, partner_id, company_id, date,"
    " amount * CASE WHEN move_id % 3 = 0 THEN 5 ELSE 10 END * CASE WHEN move_id % 20 = 0 THEN 9 ELSE 10 END // 100"
    " AS amount FROM share JOIN debt USING (move_id)",
    # a payment each, 20 to 139 days after its debts; every twenty-fifth is larger than what it settles
    "CREATE TEMP TABLE paid AS SELECT $debts + 2 + payment AS id, $debts + 2 + payment AS move_id,"
    " any_value(partner_id) AS partner_id, any_value(company_id) AS company_id,"
    " any_value(date) + 20 + CAST(hash(payment + 7) % 120 AS INT) AS date,"
    " CAST(sum(amount) * CASE WHEN payment % 25 = 0 THEN 11 ELSE 10 END // 10 AS BIGINT) AS amount"
    " FROM settled GROUP BY payment",
    "INSERT INTO account_move BY NAME SELECT DISTINCT ON (move_id) move_id AS id, 'INV/' || move_id AS name,"
    " 'out_invoice' AS move_type, CASE WHEN draft THEN 'draft' ELSE 'posted' END AS state,"
    " 'partial' AS payment_state, partner_id, 1 + partner_id % $users AS invoice_user_id, date, company_id,"
    " company_id AS currency_id, $row FROM debt",
    "INSERT INTO account_move BY NAME SELECT move_id AS id, 'PAY/' || move_id AS name, 'entry' AS move_type,"
    " 'posted' AS state, partner_id, date, company_id, company_id AS currency_id, $row FROM paid",
    "INSERT INTO account_move_line BY NAME SELECT id, move_id, 1 AS account_id, partner_id, date,"
    " date + 30 + 30 * CAST(part AS INT) AS date_maturity, amount AS balance_minor, amount AS amount_currency_minor,"
    " CASE WHEN draft THEN 'draft' ELSE 'posted' END AS parent_state, company_id, company_id AS currency_id, $row"
    " FROM debt ORDER BY id",
    "INSERT INTO account_move_line BY NAME SELECT id, move_id, 1 AS account_id, partner_id, date,"
    " date AS date_maturity, -amount AS balance_minor, -amount AS amount_currency_minor, 'posted' AS parent_state,"
    " company_id, company_id AS currency_id, $row FROM paid ORDER BY id",
    "INSERT INTO account_move_line BY NAME SELECT $debts + $payments + 2 + id AS id, move_id, 2 AS account_id,"
    " partner_id, date, -amount AS balance_minor, -amount AS amount_currency_minor,"
    " CASE WHEN draft THEN 'draft' ELSE 'posted' END AS parent_state, company_id, company_id AS currency_id, $row"
    " FROM debt ORDER BY id",
    "INSERT INTO account_partial_reconcile BY NAME SELECT 2 * payment + debt_id % 2 + 1 AS id,"
    " debt_id AS debit_move_id, $debts + 2 + payment AS credit_move_id, amount AS amount_minor,"
    " amount AS debit_amount_currency_minor, amount AS credit_amount_currency_minor, company_id, $row FROM settled"
    " ORDER BY id",
    "INSERT INTO account_payment BY NAME SELECT id, partner_id, amount AS amount_minor, 'inbound' AS payment_type,"
    " move_id, company_id AS currency_id, company_id, date, $row FROM paid",
    "INSERT INTO control_total SELECT company_id, account_id, date, sum(balance_minor) FROM account_move_line"
    " WHERE account_id = 1 AND parent_state = 'posted' GROUP BY ALL",
)


def make_books(path: Path) -> None:
    """A mirror with DEBTS + PAYMENTS receivable items and MATCHES matches stands at `path`."""
    from kam_connector import mirror

    figures = {
        "$customers": CUSTOMERS, "$first": FIRST_DAY, "$days": DAYS, "$debts": DEBTS, "$payments": PAYMENTS,
        "$matches": MATCHES, "$users": USERS, "$row": "'bench' AS _seen_run, false AS _deleted",
    }  # fmt: skip
    with mirror.open(path) as store, store.transaction():
        for statement in _STATEMENTS:
            for name, value in figures.items():
                statement = statement.replace(name, str(value))
            store.db.execute(statement)
