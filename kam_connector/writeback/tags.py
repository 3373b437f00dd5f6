"""The tier as a tag of the partner: one tag a tier and company, below a parent tag, all made by `kam erp prepare`.

A customer gets the tag of its tier and loses those of the other tiers of the company; every other tag is left as it
is, because a change says only "add this one, take that one away". A tag is known by its XML id, so that people may
rename, translate and colour it. Who carries which tag is asked of the ERP itself, a question a tag: the mirror holds
no lists of records. Customers that were not decided about are not touched, so a tag that a person gave to somebody
else stays.

    decided gold, carries silver and "VIP"    ->  {"category_id": [gold]} in the place of {"category_id": [silver]}
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from kam_connector.errors import ErpDefect
from kam_connector.ledger import fingerprint
from kam_connector.texts import Text
from kam_connector.writeback.channels import Session
from kam_connector.writeback.plans import Change

MODULE = "kam_external"
FIELD = "category_id"
KEY = "tag:"
"""What the natural key of such a change begins with; the partner's id follows."""
_MODEL = "res.partner"
_ABSENT = "External ID not found"


@dataclass(frozen=True, slots=True)
class Tags:
    """The ids of the tags of tiers, by company and tier; `missing` are those that are not there."""

    ids: Mapping[tuple[int, str], int]
    missing: tuple[tuple[int, str], ...]


def tag_name(company_id: int, tier: str = "") -> str:
    """The XML id (behind the module) of a tier's tag, or of the parent of all tags of the company."""
    return f"tag_{company_id}_{tier}" if tier else f"tag_{company_id}"


def find_tags(session: Session, companies: Sequence[int], tiers: Sequence[str]) -> Tags:
    """The tags of these tiers as they stand in the ERP; reads only."""
    found = {(company, tier): _find_tag(session, company, tier) for company in companies for tier in tiers}
    return Tags(
        {place: number for place, number in found.items() if number},
        tuple(place for place, number in found.items() if not number),
    )


def plan_tags(rated: pd.DataFrame, tags: Tags, session: Session) -> Iterator[Change]:
    """A change for each customer whose tags of tiers are not that of its tier.

    `rated`: company_id, customer_id, tier ("" for none). A customer whose tier has no tag is left as it is.
    """
    for company, mine in rated.groupby("company_id"):
        own = {tier: number for (other, tier), number in tags.ids.items() if other == company}
        carried = _carried(session, own.values())
        for customer, tier in zip(mine["customer_id"].tolist(), mine["tier"].tolist(), strict=True):
            if tier and tier not in own:
                continue
            wanted, there = [own[tier]] if tier else [], sorted(carried.get(customer, ()))
            if wanted != there:
                yield _change(int(str(company)), int(customer), wanted, there)


def tell_missing(tags: Tags) -> list[Text]:
    """A text a company whose tags are not all there."""
    by_company: dict[int, list[str]] = {}
    for company, tier in tags.missing:
        by_company.setdefault(company, []).append(tier)
    return [
        Text(
            "tags of the tiers {tiers} of company {company} (they are not there: `kam erp prepare`)",
            {"tiers": ", ".join(tiers), "company": company},
        )
        for company, tiers in by_company.items()
    ]


def _find_tag(session: Session, company: int, tier: str) -> int:
    try:
        _, number = session.call("ir.model.data", "check_object_reference", MODULE, tag_name(company, tier))
    except ErpDefect as error:
        if _ABSENT in str(error):
            return 0
        raise
    return int(number or 0)


def _carried(session: Session, tags: Iterable[int]) -> dict[int, set[int]]:
    """Partner to the tags of tiers that it carries."""
    found: dict[int, set[int]] = {}
    for tag in tags:
        for partner in session.search_ids(_MODEL, [(FIELD, "in", [tag])]):
            found.setdefault(partner, set()).add(tag)
    return found


def _change(company: int, customer: int, wanted: list[int], there: list[int]) -> Change:
    mark = fingerprint({FIELD: wanted})
    return Change(_MODEL, company, f"{KEY}{customer}", "update", {FIELD: wanted}, mark, customer, former={FIELD: there})
