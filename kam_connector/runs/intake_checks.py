"""Whether the categories that complaints.toml takes complaints by are there: what `kam doctor` asks the ERP.

A category is compared by its name, letter by letter: a slip in one line, and none of its tickets is ever taken.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from kam_connector import policy
from kam_connector.erp import Check, Question, Session
from kam_connector.policy.intake import ANY, IntakePolicy
from kam_connector.settings import ErpSettings
from kam_connector.texts import COMMA, Lines, Text

CATEGORIES = {
    "helpdesk.ticket": ("helpdesk.ticket.category", "name"),
    "crm.claim": ("crm.claim.category", "name"),
    "survey.user_input": ("survey.survey", "title"),
}
"""Model and field of the categories of each source of complaints; Odoo's own helpdesk has none."""
STEP = Text("Write the name as the ERP has it, letter by letter, in [[intake]] and [[triage]] of complaints.toml.")


def intake_questions(chosen: ErpSettings) -> tuple[Question, ...]:
    """The one question whether the categories of the complaints policy in force are there."""

    def categories(session: Session) -> Iterator[Check]:
        yield from check_categories(policy.load(chosen.policy).at(datetime.now(UTC).date()).complaints, session)

    return (categories,)


def check_categories(complaints: IntakePolicy, session: Session) -> Iterator[Check]:
    """Not passed where a line names a category that none of its sources has; nothing where the ERP has no source."""
    has_field = session.capabilities.has_field
    there = {source: _names(session, source) for source in CATEGORIES if has_field(source, "partner_id")}
    if not there:
        return
    taken = {(line.source, line.category) for line in complaints.taken}
    asked = sorted(taken | {(line.source, line.category) for line in complaints.triage})
    unknown = [
        category
        for source, category in asked
        if category != ANY
        and (source == ANY or source in there)
        and not any(category in names for each, names in there.items() if source in (ANY, each))
    ]
    known = Lines(sorted({name for names in there.values() for name in names}) or ["-"], COMMA)
    if unknown:
        told = Text("not there: {what}; there are {known}", {"what": Lines(unknown, COMMA), "known": known})
        yield Check("complaint categories", ok=False, detail=told, next_step=STEP)
    else:
        yield Check("complaint categories", ok=True, detail=known)


def _names(session: Session, source: str) -> set[str]:
    model, field = CATEGORIES[source]
    if not session.capabilities.has_field(model, field):
        return set()
    return {str(row[field]) for row in session.search_read(model, [], [field])}
