"""The tier as partner level: `grade_id` of Odoo's module `partnership` (19; `website_crm_partner_assign` before).

Only the tiers that kam.toml names have a level, by its id; customers of other tiers, or of none, keep what they have.
A partner has one level for all companies: that of its own company's tier, else of the first company that knows it.
Giving a level replaces the customer's price list by that of the level (Odoo 19), so the plan says which one, and the
value before stands beside it for the way back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from kam_connector.ledger import fingerprint
from kam_connector.texts import Text
from kam_connector.writeback.channels import Session
from kam_connector.writeback.plans import Change

FIELD = "grade_id"
PRICE_LIST = "specific_property_product_pricelist"
KEY = "grade:"
"""What the natural key of such a change begins with; the partner's id follows."""
_MODEL = "res.partner"
_GRADE = "res.partner.grade"
_PRICES = "product.pricelist"
_PAGE = 2000


@dataclass(frozen=True, slots=True)
class Grades:
    """The levels of tiers that are in the ERP: tier to id, id to name, id to its price list (0: none) and to the name
    of that.

    `missing` are the tiers whose level is not there; `lacking` names the module that the ERP needs to have any levels.
    """

    ids: Mapping[str, int]
    names: Mapping[int, str]
    price_lists: Mapping[int, int]
    price_names: Mapping[int, str]
    missing: tuple[str, ...] = ()
    lacking: str = ""


def find_grades(session: Session, wanted: Mapping[str, int]) -> Grades:
    """The levels that kam.toml names for tiers, as they stand in the ERP; reads only."""
    if not session.capabilities.has_field(_MODEL, FIELD):
        return Grades({}, {}, {}, {}, tuple(wanted), lacking=_module(session.version))
    priced = session.capabilities.has_field(_GRADE, "default_pricelist_id")
    fields = ["name", *(["default_pricelist_id"] if priced else [])]
    rows = session.search_read(_GRADE, [("id", "in", sorted(set(wanted.values())))], fields)
    there = {int(row["id"]): row for row in rows}
    lists = {number: int(row.get("default_pricelist_id") or 0) for number, row in there.items()}
    return Grades(
        {tier: number for tier, number in wanted.items() if number in there},
        {number: str(row["name"]) for number, row in there.items()},
        lists,
        _price_names(session, lists),
        tuple(tier for tier, number in wanted.items() if number not in there),
    )


def plan_grades(rated: pd.DataFrame, grades: Grades, session: Session) -> Iterator[Change]:
    """A change for each customer that has another level than its tier's. `rated`: one row a customer, with tier."""
    due = rated[rated["tier"].isin(list(grades.ids))]
    fields = [FIELD, *([PRICE_LIST] if session.capabilities.has_field(_MODEL, PRICE_LIST) else [])]
    for company, mine in due.groupby("company_id"):
        tiers = dict(zip(mine["customer_id"].tolist(), mine["tier"].tolist(), strict=True))
        for row in _read(session, int(str(company)), sorted(tiers), fields):
            grade = grades.ids[tiers[row["id"]]]
            if row[FIELD] != grade:
                yield _change(int(str(company)), row, grade, grades)


def tell_missing(grades: Grades) -> list[Text]:
    """What of the levels is not there."""
    if grades.lacking:
        return [Text("partner levels (the module `{module}` is not installed)", {"module": grades.lacking})]
    text = "partner level of the tier {tier} (there is none of the id that kam.toml names)"
    return [Text(text, {"tier": tier}) for tier in grades.missing]


def tell_price_lists(grades: Grades, changes: list[Change]) -> list[Text]:
    """A text a level that brings its own price list: how many customers get it."""
    counts: dict[int, int] = {}
    for change in changes:
        counts[change.values[FIELD]] = counts.get(change.values[FIELD], 0) + 1
    text = "Customers get the price list {price_list} with the partner level {grade} ({count}); theirs before is kept."
    return [
        Text(text, {"count": count, "price_list": grades.price_names[grade], "grade": grades.names[grade]})
        for grade, count in sorted(counts.items())
        if grades.price_lists[grade]
    ]


def _module(version: tuple[int, int]) -> str:
    """Which of Odoo's modules has the partner levels."""
    return "partnership" if version >= (19, 0) else "website_crm_partner_assign"


def _change(company: int, row: Mapping[str, Any], grade: int, grades: Grades) -> Change:
    """The level, and with it the price list that it brings, or the present one where it brings none: an undo has to
    find both as they were written."""
    values: dict[str, Any] = {FIELD: grade}
    if PRICE_LIST in row:
        values[PRICE_LIST] = grades.price_lists[grade] or row[PRICE_LIST] or False
    former = {name: row[name] or False for name in values}
    mark = fingerprint({FIELD: grade})
    return Change(_MODEL, company, f"{KEY}{row['id']}", "update", values, mark, row["id"], former=former)


def _price_names(session: Session, lists: Mapping[int, int]) -> dict[int, str]:
    """Level to the name of its price list, or its id where the login may not read price lists."""
    wanted = sorted({number for number in lists.values() if number})
    names: dict[int, str] = {}
    if wanted and session.capabilities.rights(_PRICES).read:
        names = {row["id"]: str(row["name"]) for row in session.search_read(_PRICES, [("id", "in", wanted)], ["name"])}
    return {grade: names.get(number, str(number)) for grade, number in lists.items()}


def _read(session: Session, company: int, ids: list[int], fields: list[str]) -> Iterator[dict[str, Any]]:
    """The partners as the company sees them: each company has price lists of its own."""
    for start in range(0, len(ids), _PAGE):
        domain = [("id", "in", ids[start : start + _PAGE])]
        yield from session.search_read(_MODEL, domain, fields, limit=_PAGE, companies=[company])
