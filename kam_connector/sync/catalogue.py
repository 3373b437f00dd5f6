"""What is pulled from the ERP, as data: one entry a model, and how versions 14 to 19 differ.

The fields are those of the mirror's table of the same model (`kam_connector.mirror.tables`), as far as this ERP has
and stores them. The order is the order of the pull: currencies before money, items before their matches.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kam_connector.mirror import Column, Table
from kam_connector.mirror.case_tables import CASE_TABLES
from kam_connector.mirror.side_tables import COMPANY_TABLES
from kam_connector.mirror.stock_tables import STOCK_TABLES
from kam_connector.mirror.tables import TABLES

Version = tuple[int, int]
Domain = Sequence[Any]

CUSTOMER_MOVES = ("out_invoice", "out_refund", "out_receipt", "entry")
INVOICE_MOVES = ("out_invoice", "out_refund", "out_receipt")


@dataclass(frozen=True, slots=True)
class Renamed:
    """A field that older versions call differently; `values` turns their words into today's."""

    field: str
    until: Version
    former: str
    values: Mapping[str, str] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Borrowed:
    """A field that some ERPs do not have on the row: it is then `column` of the mirrored row that `via` points at."""

    field: str
    via: str
    table: str
    column: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One model of the pull.

    `domains` are (first version, domain), newest first. Without a `needed` model the rules cannot run and the pull
    stops; another one that is missing or forbidden leaves its table empty and a finding. `guarded`: many rows
    vanishing at once is suspect (done activities are really deleted on 14, so theirs is not). Without the `essential`
    fields of a needed model the run stops; without others a column stays empty.
    """

    table: Table
    domains: tuple[tuple[Version, Domain], ...] = (((0, 0), ()),)
    needed: bool = False
    guarded: bool = True
    borrowed: tuple[Borrowed, ...] = ()
    essential: frozenset[str] = frozenset()

    @property
    def model(self) -> str:
        return self.table.model

    def domain(self, version: Version) -> list[Any]:
        """What of the model is pulled on this version."""
        return list(next(domain for first, domain in self.domains if version >= first))


RENAMED: Mapping[str, tuple[Renamed, ...]] = {
    "account.account": (Renamed("account_type", (16, 0), "internal_type", {"receivable": "asset_receivable"}),),
}
"""By model: fields that stand under another name before the version `until`."""

RECEIVABLE: tuple[tuple[Version, Domain], ...] = (
    ((16, 0), (("account_id.account_type", "=", "asset_receivable"),)),
    ((0, 0), (("account_id.internal_type", "=", "receivable"),)),
)
"""Journal items on receivable accounts, by first version."""

_ITEMS: tuple[tuple[Version, Domain], ...] = (
    (
        (16, 0),
        (
            "|",
            ("account_id.account_type", "=", "asset_receivable"),
            "&",
            ("display_type", "=", "product"),
            ("move_id.move_type", "in", INVOICE_MOVES),
        ),
    ),
    (
        (0, 0),
        (
            "|",
            ("account_id.internal_type", "=", "receivable"),
            "&",
            "&",
            ("exclude_from_invoice_tab", "=", False),
            ("display_type", "=", False),
            ("move_id.move_type", "in", INVOICE_MOVES),
        ),
    ),
)
_MATCHES: tuple[tuple[Version, Domain], ...] = (
    ((16, 0), (("debit_move_id.account_id.account_type", "=", "asset_receivable"),)),
    ((0, 0), (("debit_move_id.account_id.internal_type", "=", "receivable"),)),
)

_DOMAINS: Mapping[str, tuple[tuple[Version, Domain], ...]] = {
    "account.move": (((0, 0), (("move_type", "in", CUSTOMER_MOVES),)),),
    "account.move.line": _ITEMS,
    "account.partial.reconcile": _MATCHES,
    "resource.calendar.leaves": (((0, 0), (("resource_id", "=", False),)),),  # a person's leave is nobody's business
    "stock.picking": (((0, 0), (("state", "=", "done"), ("location_dest_id.usage", "=", "customer"))),),  # a delivery
    "rating.rating": (((0, 0), (("consumed", "=", True), ("rating", ">=", 1))),),  # who was asked and is silent has 0
    "survey.survey": (((0, 0), (("scoring_type", "!=", "no_scoring"),)),),
    "survey.user_input": (
        ((0, 0), (("state", "=", "done"), ("test_entry", "=", False), ("survey_id.scoring_type", "!=", "no_scoring"))),
    ),  # without scoring every answer has 0 percent
}
_NEEDED = frozenset(
    {
        "res.currency",
        "res.company",
        "res.users",
        "res.partner",
        "account.account",
        "account.move",
        "account.move.line",
        "account.partial.reconcile",
    }
)
_ESSENTIAL: Mapping[str, frozenset[str]] = {
    "res.partner": frozenset({"name", "commercial_partner_id", "parent_id"}),
    "account.account": frozenset({"account_type"}),
    "account.move": frozenset({"move_type", "state", "partner_id", "commercial_partner_id", "amount_total_signed"}),
    "account.move.line": frozenset({"account_id", "partner_id", "balance", "amount_residual", "parent_state"}),
    "account.partial.reconcile": frozenset({"amount", "max_date"}),
}
_UNGUARDED = frozenset({"mail.activity"})
_BORROWED: Mapping[str, tuple[Borrowed, ...]] = {
    "sale.order.line": (Borrowed("currency_id", "order_id", "sale_order", "currency_id"),),
    "account.partial.reconcile": (
        Borrowed("debit_currency_id", "debit_move_id", "account_move_line", "currency_id"),
        Borrowed("credit_currency_id", "credit_move_id", "account_move_line", "currency_id"),
    ),
    "kam.payout.line": (
        Borrowed("currency_id", "payout_id", "kam_payout", "currency_id"),
        Borrowed("company_id", "payout_id", "kam_payout", "company_id"),
    ),
}


def side_entry(table: Table) -> Entry:
    """The entry of a side table whose rows are those of the model's own."""
    return Entry(table, _DOMAINS.get(table.model, (((0, 0), ()),)))


CATALOGUE: tuple[Entry, ...] = tuple(
    Entry(
        table,
        _DOMAINS.get(table.model, (((0, 0), ()),)),
        needed=table.model in _NEEDED,
        guarded=table.model not in _UNGUARDED,
        borrowed=_BORROWED.get(table.model, ()),
        essential=_ESSENTIAL.get(table.model, frozenset()),
    )
    for table in TABLES
)
EXTRA_MODELS = tuple(table.model for table in (*STOCK_TABLES, *CASE_TABLES))
"""Deliveries, tickets, claims, ratings and surveys: models of modules that an ERP may or may not have."""
COMPANY_ENTRIES: tuple[Entry, ...] = tuple(side_entry(table) for table in COMPANY_TABLES)
"""Values that depend on the company: read once for each company, beside the model's own table."""


def receivable_domain(version: Version) -> list[Any]:
    """Domain of journal items on receivable accounts."""
    return list(next(domain for first, domain in RECEIVABLE if version >= first))


def former_names(model: str, version: Version) -> tuple[Renamed, ...]:
    """The renamed fields of `model` that still have their former name on this version."""
    return tuple(renamed for renamed in RENAMED.get(model, ()) if version < renamed.until)


def erp_names(entry: Entry, version: Version) -> list[tuple[Column, str]]:
    """The columns of the entry's table with the names that their fields have on this version."""
    former = {renamed.field: renamed.former for renamed in former_names(entry.model, version)}
    own = [
        column for column in entry.table.columns if not (entry.table.part == "company" and column.field == "company_id")
    ]
    return [(column, former.get(column.field, column.field)) for column in own]
