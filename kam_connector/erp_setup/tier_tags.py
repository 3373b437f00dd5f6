"""The partner tags of tiers that `kam erp prepare` makes: below one parent a company, one tag a tier.

With one company the parent is called "Key account", with several each has its own, "Key account: First Company", since
a customer may be gold for the one and silver for the other. Names are only how a tag begins: people may rename,
translate and move it, for it is known by its XML id.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kam_connector.messages import LANGUAGES, label

MODEL = "res.partner.category"


@dataclass(frozen=True, slots=True)
class TierTag:
    """One tag: `names` by language; without a `tier` it is the parent of the company's tags."""

    company_id: int
    tier: str
    names: Mapping[str, str]
    color: int = 0


@dataclass(frozen=True, slots=True)
class NamedTier:
    """A tier as the policy has it: code, name by language, colour of Odoo's palette."""

    code: str
    names: Mapping[str, str]
    color: int


def tier_tags(companies: Mapping[int, str], tiers: tuple[NamedTier, ...]) -> Iterator[TierTag]:
    """The tags of these companies (id to name), each parent before its children, the best tier first."""
    for company, name in companies.items():
        yield TierTag(company, "", {lang: _parent(lang, name if len(companies) > 1 else "") for lang in LANGUAGES})
        for tier in tiers:
            yield TierTag(company, tier.code, tier.names, tier.color)


def _parent(lang: str, company: str) -> str:
    title = label("tag.parent", lang)
    return f"{title}{label('sign.colon', lang)}{company}" if company else title
