"""The tables of the mirror: which fields of which models, what they hold, in the order in which they are pulled.

Money needs the currencies and companies that stand above it; a match needs the items that it joins.
"""

from __future__ import annotations

from kam_connector.mirror.addon_tables import ADDON_TABLES
from kam_connector.mirror.case_tables import CASE_TABLES
from kam_connector.mirror.columns import (
    Column,
    Table,
    dates,
    flags,
    ints,
    moments,
    money,
    needed,
    numbers,
    ref,
    table,
    texts,
)
from kam_connector.mirror.stock_tables import STOCK_TABLES

_ACTIVE = flags("active", default=True)
_COMPANY = ref("company_id", "res.company", required=True)
_CURRENCY = ref("currency_id", "res.currency", required=True)

_COMPANY_TABLES = (
    table(
        "res.currency", texts("name", "symbol"), needed(Column("decimal_places", "int")), numbers("rounding"), _ACTIVE
    ),
    table(
        "res.company",
        texts("name", "parent_path"),
        _CURRENCY,
        ref("partner_id", "res.partner"),
        ref("resource_calendar_id", "resource.calendar"),
        flags("account_use_credit_limit", default=True),
        moments("create_date"),
    ),
    table(
        "resource.calendar",
        texts("name", "tz"),
        flags("two_weeks_calendar", default=False),
        ref("company_id", "res.company"),
        _ACTIVE,
    ),
    table(
        "resource.calendar.attendance",
        ref("calendar_id", "resource.calendar"),
        texts("dayofweek", "week_type", "day_period", "display_type"),
        numbers("hour_from", "hour_to"),
        dates("date_from", "date_to"),
    ),
    table(
        "resource.calendar.leaves",
        ref("calendar_id", "resource.calendar"),
        ref("company_id", "res.company"),
        texts("name", "time_type"),
        moments("date_from", "date_to"),
    ),
    table(
        "res.currency.rate",
        dates("name"),
        Column("rate", "rate"),
        ref("currency_id", "res.currency"),
        ref("company_id", "res.company"),
    ),
)

_PEOPLE_TABLES = (
    table(
        "res.users",
        texts("login"),
        ref("partner_id", "res.partner"),
        ref("company_id", "res.company"),
        ref("sale_team_id", "crm.team"),
        _ACTIVE,
    ),
    table("crm.team", texts("name"), ref("user_id", "res.users"), ref("company_id", "res.company"), _ACTIVE),
    table("res.country", texts("name", "code")),
    table("res.country.state", texts("name", "code"), ref("country_id", "res.country")),
    table("res.partner.industry", texts("name"), _ACTIVE),
    table("crm.team.member", ref("user_id", "res.users"), ref("crm_team_id", "crm.team"), _ACTIVE),
    table(
        "res.partner",
        texts("name", "ref", "vat", "lang", "tz", "function"),
        flags("is_company"),
        _ACTIVE,
        ref("parent_id", "res.partner"),
        ref("commercial_partner_id", "res.partner"),
        ref("user_id", "res.users"),
        ref("company_id", "res.company"),
        ref("country_id", "res.country"),
        ref("state_id", "res.country.state"),
        ref("industry_id", "res.partner.industry"),
        ints("customer_rank", "supplier_rank"),
        moments("create_date"),
    ),
)

_SALE_TABLES = (
    table("account.payment.term", texts("name")),
    table("utm.source", texts("name")),
    table("utm.medium", texts("name")),
    table("product.category", texts("name"), ref("parent_id", "product.category")),
    table(
        "product.template",
        texts("name", "type"),
        ref("categ_id", "product.category"),
        numbers("list_price"),
        _ACTIVE,
    ),
    table("product.product", ref("product_tmpl_id", "product.template"), texts("default_code"), _ACTIVE),
    table(
        "sale.order",
        texts("name", "state", "invoice_status", "client_order_ref"),
        ref("partner_id", "res.partner"),
        ref("partner_invoice_id", "res.partner"),
        ref("user_id", "res.users"),
        ref("team_id", "crm.team"),
        _COMPANY,
        _CURRENCY,
        Column("currency_rate", "rate"),
        moments("create_date", "date_order"),
        dates("validity_date"),
        ref("payment_term_id", "account.payment.term"),
        ref("source_id", "utm.source"),
        ref("medium_id", "utm.medium"),
        money("currency_id", "amount_untaxed", "amount_tax", "amount_total"),
    ),
    table(
        "sale.order.line",
        ref("order_id", "sale.order", required=True),
        ref("product_id", "product.product"),
        numbers("product_uom_qty", "qty_delivered", "qty_invoiced", "price_unit", "discount", "purchase_price"),
        money("currency_id", "price_subtotal", "price_total"),
        _COMPANY,
        ref("currency_id", "res.currency"),
        texts("state", "display_type"),
        flags("is_downpayment"),
    ),
)

_ACCOUNT_TABLES = (
    table("account.account", texts("name", "account_type"), flags("non_trade"), ref("currency_id", "res.currency")),
    table(
        "account.move",
        texts("name", "ref", "move_type", "state", "payment_state", "invoice_origin"),
        ref("partner_id", "res.partner"),
        ref("commercial_partner_id", "res.partner"),
        ref("invoice_user_id", "res.users"),
        ref("team_id", "crm.team"),
        dates("invoice_date", "invoice_date_due"),
        needed(Column("date", "date")),
        money("currency_id", "amount_untaxed", "amount_tax", "amount_total", "amount_residual"),
        money("company", "amount_untaxed_signed", "amount_total_signed", "amount_residual_signed"),
        _CURRENCY,
        _COMPANY,
        ref("reversed_entry_id", "account.move"),
        ref("statement_line_id", "account.bank.statement.line"),
        ref("invoice_payment_term_id", "account.payment.term"),
    ),
    table(
        "account.move.line",
        ref("move_id", "account.move", required=True),
        ref("account_id", "account.account"),
        ref("partner_id", "res.partner"),
        needed(Column("date", "date")),
        dates("date_maturity"),
        money("company", "debit", "credit", "balance", "amount_residual"),
        money("currency_id", "amount_currency", "amount_residual_currency", "price_subtotal"),
        flags("reconciled"),
        ref("full_reconcile_id", "account.full.reconcile"),
        texts("parent_state", "display_type", "name"),
        flags("is_downpayment"),
        ref("product_id", "product.product"),
        numbers("quantity", "price_unit", "discount"),
        _COMPANY,
        ref("currency_id", "res.currency"),
    ),
    table(
        "account.partial.reconcile",
        ref("debit_move_id", "account.move.line", required=True),
        ref("credit_move_id", "account.move.line", required=True),
        money("company", "amount"),
        money("debit_currency_id", "debit_amount_currency"),
        money("credit_currency_id", "credit_amount_currency"),
        ref("debit_currency_id", "res.currency"),
        ref("credit_currency_id", "res.currency"),
        dates("max_date"),
        _COMPANY,
        ref("exchange_move_id", "account.move"),
        moments("create_date"),
    ),
    table(
        "account.payment",
        ref("partner_id", "res.partner"),
        money("currency_id", "amount"),
        texts("payment_type", "partner_type", "state"),
        ref("move_id", "account.move"),
        ref("currency_id", "res.currency"),
        ref("company_id", "res.company"),
        dates("date"),
        flags("is_matched", "is_reconciled"),
    ),
)

_ACTIVITY_TABLES = (
    table(
        "mail.activity",
        texts("res_model", "summary"),
        ints("res_id"),
        ref("activity_type_id", "mail.activity.type"),
        dates("date_deadline"),
        ref("user_id", "res.users"),
        _ACTIVE,
    ),
)

TABLES: tuple[Table, ...] = (
    *_COMPANY_TABLES,
    *_PEOPLE_TABLES,
    *_SALE_TABLES,
    *_ACCOUNT_TABLES,
    *_ACTIVITY_TABLES,
    *STOCK_TABLES,
    *CASE_TABLES,
    *ADDON_TABLES,
)
BY_MODEL: dict[str, Table] = {table.model: table for table in TABLES}
BY_NAME: dict[str, Table] = {table.name: table for table in TABLES}
