"""Where a customer's tier is shown in the ERP, as `kam.toml` says it: one place or several.

    [erp.main]
    tier_places = ["figures", "tags", "grades"]

    [erp.main.grades]                 # a tier's partner level, by its id in the ERP
    gold = 3
    silver = 2

`figures` are the addon's records with their history, or the `x_kam_*` fields where there is no addon: the only place
without a word in kam.toml. `tags` are partner tags, one a tier, that `kam erp prepare` makes. `grades` are the partner
levels of Odoo's own module `partnership`: giving one replaces the customer's price list, hence never without being
asked for, and only the tiers that are named.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from kam_connector.errors import SettingsError

TierPlace = Literal["figures", "tags", "grades"]
PLACES: tuple[TierPlace, ...] = ("figures", "tags", "grades")
KEYS = ("tier_places", "grades")


@dataclass(frozen=True, slots=True)
class TierPlaces:
    """The chosen places; `grades` is tier to the id of its partner level."""

    chosen: tuple[TierPlace, ...] = ("figures",)
    grades: Mapping[str, int] = field(default_factory=dict)

    @property
    def on_partners(self) -> bool:
        """Whether partners themselves are written, which the addon alone needs no right for."""
        return "tags" in self.chosen or "grades" in self.chosen


def parse_places(section: Mapping[str, Any], where: str) -> TierPlaces:
    """The places that an `[erp.<name>]` section names. Errors: SettingsError."""
    asked = section.get("tier_places", ["figures"])
    unknown = [one for one in asked if one not in PLACES] if isinstance(asked, list) else [asked]
    if unknown or not asked:
        raise SettingsError(
            "{where}: tier_places has {unknown}, which is not known.",
            next_step='Write a list of these: {known}; for example tier_places = ["figures"].',
            where=where,
            unknown=repr(unknown[0]) if unknown else "[]",
            known=", ".join(PLACES),
        )
    grades = _parse_grades(section.get("grades", {}), where)
    if ("grades" in asked) != bool(grades):
        raise SettingsError(
            '{where}: "grades" in tier_places and the section of grades go together.',
            next_step="Write [erp.<name>.grades] with a line such as gold = 3, or take both out.",
            where=where,
        )
    return TierPlaces(tuple(one for one in PLACES if one in asked), grades)


def render_places(places: TierPlaces, name: str) -> tuple[list[str], list[str]]:
    """The lines of the section, and those of the section of grades; none for what goes without saying."""
    named = ", ".join(f'"{one}"' for one in places.chosen)
    own = [] if places.chosen == ("figures",) else [f"tier_places = [{named}]"]
    grades = [f'"{tier}" = {grade}' for tier, grade in sorted(places.grades.items())]
    return own, ["", f"[erp.{name}.grades]", *grades] if grades else []


def _parse_grades(value: object, where: str) -> dict[str, int]:
    if isinstance(value, Mapping) and all(type(grade) is int and grade > 0 for grade in value.values()):
        return {str(tier): grade for tier, grade in value.items()}
    raise SettingsError(
        "{where}: grades is a section of tier = id of the partner level.", next_step="Mend it.", where=where
    )
