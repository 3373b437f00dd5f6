"""The panel of a customer card about what the customer is owed by its tier, line by line."""

from __future__ import annotations

from collections.abc import Iterator

from kam_connector.messages import render
from kam_connector.policy import Service, privileges_of
from kam_connector.reports import CardLine
from kam_connector.rules.privileges import allowed_credit
from kam_connector.runs.card_lines import Subject


def service_lines(subject: Subject) -> Iterator[CardLine]:
    """Visits, class of service, discount and credit of the tier that counts; nothing for a customer without a tier."""
    owed = privileges_of(subject.night.policy.tiers.tier)
    for tier in subject.own(subject.night.tiers.frame)["tier"]:
        if tier in owed:
            yield from _lines(subject, owed[tier])


def _lines(subject: Subject, service: Service) -> Iterator[CardLine]:
    lang = subject.lang
    if service.visit_days is not None:
        yield CardLine("service", "visits", detail=render("card.every_days", {"days": service.visit_days}, lang))
    visits = render("card.a_year", {"count": service.executive_visits}, lang)
    yield CardLine("service", "executive_visits", detail=visits)
    yield CardLine("service", "sla_class", detail=service.sla_class)
    share = render("card.up_to", {"share": str(service.discount_limit)}, lang)
    yield CardLine("service", "discount_limit", detail=share)
    months = render("card.months_of_sales", {"factor": f"{service.credit_factor:f}"}, lang)
    line = CardLine("service", "credit_allowed", detail=months)
    sales = subject.own(subject.night.figures)["revenue_12m_minor"].dropna()
    yield subject.priced(line, allowed_credit(int(sales.sum()), service.credit_factor)) if len(sales) else line
