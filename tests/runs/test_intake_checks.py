"""The doctor tells which categories the complaints policy names and the ERP does not have."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from kam_connector.policy.intake import Intake, IntakePolicy, Triage
from kam_connector.runs.intake_checks import check_categories

OCA = {"helpdesk.ticket": [], "helpdesk.ticket.category": ["Complaint", "Question"], "crm.claim": []}
ALL = Triage(type="product")


def asked(there: dict[str, list[str]], *lines: Intake, triage: tuple[Triage, ...] = (ALL,)) -> list[tuple[bool, str]]:
    """Whether each check is passed, and its detail, of an ERP with these models and names."""
    session: Any = SimpleNamespace(
        capabilities=SimpleNamespace(has_field=lambda model, field: model in there),
        search_read=lambda model, domain, fields: [{"id": 1, fields[0]: name} for name in there[model]],
    )
    found = list(check_categories(IntakePolicy(intake=lines, triage=triage), session))
    assert all(bool(check.next_step) is not check.ok for check in found)
    return [(check.ok, str(check.detail)) for check in found]


def test_a_slip_in_a_category_is_told_beside_those_that_are_there() -> None:
    lines = (Intake(source="helpdesk.ticket", category="Complaints"), Intake(category="Question"))
    assert asked(OCA, *lines) == [(False, "not there: Complaints; there are Complaint, Question")]


def test_a_line_of_the_triage_is_looked_at_too() -> None:
    triage = (Triage(category="question", type="service"), ALL)
    assert asked(OCA, triage=triage) == [(False, "not there: question; there are Complaint, Question")]


def test_names_that_are_there_pass_and_every_category_needs_none() -> None:
    assert asked(OCA, Intake(category="Complaint"), Intake(source="crm.claim")) == [(True, "Complaint, Question")]


def test_a_category_of_a_source_that_has_none_is_not_there() -> None:
    lines = (Intake(source="crm.claim", category="Complaint"),)
    assert asked(OCA, *lines) == [(False, "not there: Complaint; there are Complaint, Question")]


@pytest.mark.parametrize("there", [{}, {"crm.claim": [], "crm.claim.category": []}])
def test_what_the_erp_does_not_have_at_all_is_not_asked_about(there: dict[str, list[str]]) -> None:
    lines = (Intake(source="helpdesk.ticket", category="Complaint"),)
    assert asked(there, *lines) == ([(True, "-")] if there else [])


def test_a_line_for_a_survey_names_its_title() -> None:
    there = {"survey.user_input": [], "survey.survey": ["Satisfaction"]}
    lines = [Intake(source="survey.user_input", category=name) for name in ("Satisfaction", "satisfaction")]
    assert asked(there, lines[0]) == [(True, "Satisfaction")]
    assert asked(there, lines[1]) == [(False, "not there: satisfaction; there are Satisfaction")]
