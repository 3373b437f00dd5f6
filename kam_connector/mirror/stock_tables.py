"""The table of what left the warehouse for customers; a company without a warehouse has none.

Odoo has no "delivered" of its own on a transfer: those that are done and end at a customer are asked for
(`kam_connector.sync.catalogue`), and so each row here is one delivery.
"""

from __future__ import annotations

from kam_connector.mirror.columns import Table, moments, ref, table, texts

STOCK_TABLES: tuple[Table, ...] = (
    table(
        "stock.picking",
        texts("name", "origin"),
        ref("partner_id", "res.partner"),
        ref("sale_id", "sale.order"),
        ref("company_id", "res.company"),
        moments("date_done"),
    ),
)
