"""Figures of the sample company at the default anchor day, for tests to count on (`tests/sample` holds them true)."""

from __future__ import annotations

from datetime import date

ANCHOR = date(2026, 6, 30)
# month ends: on these days Odoo 14 and 19 agree (see `matching`)
DAYS = (date(2025, 12, 31), date(2026, 3, 31), date(2026, 6, 30))

_FIRM = {
    "res.company": 2,
    "resource.calendar": 2,
    "res.country": 15,
    "utm.medium": 3,
    "utm.source": 2,
    "res.currency": 3,
    "res.currency.rate": 154,
    "res.users": 12,
    "crm.team": 3,
    "crm.team.member": 8,
    "product.category": 5,
    "product.template": 12,
    "product.product": 12,
    "account.account": 14,
}

# rows of each table
ROWS: dict[str, dict[str, int]] = {
    "small": {
        **_FIRM,
        "res.partner": 113,
        "mail.activity": 6,
        "sale.order": 300,
        "sale.order.line": 520,
        "account.move": 776,
        "account.move.line": 2_403,
        "account.partial.reconcile": 669,
        "account.payment": 331,
        "kam.complaint": 15,
        "kam.target": 222,
    },
    "full": {
        **_FIRM,
        "res.partner": 843,
        "mail.activity": 40,
        "sale.order": 3_000,
        "sale.order.line": 4_978,
        "account.move": 7_435,
        "account.move.line": 21_301,
        "account.partial.reconcile": 4_996,
        "account.payment": 3_015,
        "kam.complaint": 150,
        "kam.target": 456,
    },
}

# trade receivables of each company on each of DAYS, smallest unit of its currency
RECEIVABLE: dict[str, dict[str, tuple[int, ...]]] = {
    "small": {
        "cn": (295_506_234, 247_256_123, 316_293_632),
        "eu": (21_922_178, 20_114_547, 9_770_036),
    },
    "full": {
        "cn": (2_641_455_895, 1_933_347_205, 2_407_060_502),
        "eu": (85_195_707, 83_228_324, 86_270_561),
    },
}
