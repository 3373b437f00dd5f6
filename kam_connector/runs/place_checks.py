"""Whether the further places of a tier that kam.toml names can be written to: what `kam doctor` asks the ERP."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from kam_connector import policy
from kam_connector.erp import Check, Question, Session
from kam_connector.settings import ErpSettings
from kam_connector.texts import COMMA, Lines, Text
from kam_connector.writeback.grades import Grades, find_grades
from kam_connector.writeback.grades import tell_missing as missing_grades
from kam_connector.writeback.tags import find_tags
from kam_connector.writeback.tags import tell_missing as missing_tags

PREPARE = Text("Run `kam erp prepare`.")


def place_questions(chosen: ErpSettings) -> tuple[Question, ...]:
    """A question a place, and one for the right to write partners; none where only figures are written."""
    places = chosen.tier_places

    def tier_tags(session: Session) -> Iterator[Check]:
        tiers = [tier.name for tier in policy.load(chosen.policy).at(datetime.now(UTC).date()).tiers.tier]
        found = find_tags(session, session.login.companies, tiers)
        there = Text("tags: {count}", {"count": len(found.ids)})
        yield _check("tier tags", there, missing_tags(found), PREPARE)

    def partner_levels(session: Session) -> Iterator[Check]:
        found = find_grades(session, places.grades)
        given = [_level(tier, found) for tier in found.ids]
        step = Text("Install Odoo's module `partnership`, mend [erp.<name>.grades], or take the place out of kam.toml.")
        yield _check("partner levels", Lines(given, COMMA), missing_grades(found), step)

    asked = {"tags": tier_tags, "grades": partner_levels}
    chosen_ones = tuple(question for place, question in asked.items() if place in places.chosen)
    return (_writes_partners, *chosen_ones) if chosen_ones else ()


def _level(tier: str, found: Grades) -> Text:
    grade = found.ids[tier]
    prices = found.price_names[grade] if found.price_lists[grade] else "-"
    return Text("{tier}: {grade}, price list {prices}", {"tier": tier, "grade": found.names[grade], "prices": prices})


def _writes_partners(session: Session) -> Iterator[Check]:
    may = session.capabilities.rights("res.partner").write
    told = Text("may write tags and levels") if may else Text("may not write partners")
    yield Check("right to write partners", ok=may, detail=told, next_step="" if may else PREPARE)


def _check(name: str, there: Text | Lines, missing: Sequence[Text], step: Text) -> Check:
    if missing:
        return Check(name, ok=False, detail=Text("missing: {what}", {"what": Lines(missing, COMMA)}), next_step=step)
    return Check(name, ok=True, detail=there)
