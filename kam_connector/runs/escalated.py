"""Which complaints escalate: what the rule of the ladder is given, and whom it may tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kam_connector.facts import people
from kam_connector.rules.decisions import Decisions
from kam_connector.rules.escalations import Staff, decide_escalations
from kam_connector.runs.aged import of_companies
from kam_connector.runs.frames import to_frame
from kam_connector.runs.known_escalations import previous_escalations

if TYPE_CHECKING:
    from kam_connector.runs.decisions import Night
    from kam_connector.runs.sources import Sources


def escalate(night: Night, sources: Sources, company_ids: list[int]) -> Decisions:
    """`rules.escalations.decide_escalations` of the night's complaints."""
    policy, con = night.policy.complaints, sources.con
    before = of_companies(previous_escalations(sources.book, night.as_of), company_ids)
    staff = Staff(
        owners=night.complaints[["complaint_id", "user_id"]],
        leaders=to_frame(people.team_leaders(con)),
        users=to_frame(people.logins(con)),
        companies=night.companies,
        people=policy.escalation_person,
    )
    due = night.deadlines
    return decide_escalations(due.detail, due.frame, before, staff, policy.complaints)
