"""`kam explain`: why a decision is what it is."""

from __future__ import annotations

from datetime import date

import click

from kam_connector.cli.options import DAY, answers, by_group, dated
from kam_connector.cli.reading import show_answer


@click.group()
def explain() -> None:
    """Why a customer has its score and tier, and a complaint its deadlines."""


@explain.command()
@click.argument("customer", metavar="CUSTOMER")
@dated
@click.option("--from", "since", type=DAY, help="Say instead what has moved the score since that day.", metavar="DAY")
@by_group
@answers
def customer(customer: str, as_of: date | None, since: date | None, by: str, output_format: str) -> int:
    """Print each point of a score: figure, line of the policy, weight, records. CUSTOMER is an id, number or name.

    By group it is the score of the group that the customer belongs to, as if the group were one customer.

    \b
    Example:
      kam explain customer 36 --as-of 2026-06-30
    """
    if since is None:
        return show_answer("explanation", as_of, output_format, customer=customer, by=by)
    return show_answer("move", as_of, output_format, customer=customer, since=since, by=by)


@explain.command()
@click.argument("complaint", metavar="NUMBER")
@dated
@answers
def complaint(complaint: str, as_of: date | None, output_format: str) -> int:
    """Print why a complaint has its deadlines: tier at intake, line of the policy, the hours that count line by line.

    Then the levels of escalation that it reached, and what is proposed as compensation with its limits. NUMBER is the
    complaint's number or id.

    \b
    Example:
      kam explain complaint 10 --as-of 2026-06-30
    """
    return show_answer("complaint_explanation", as_of, output_format, complaint=complaint)
