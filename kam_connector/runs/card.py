"""What `kam card` answers: everything about one customer, as rows or as a page to print."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import NamedTuple

from kam_connector.ledger.merges import survivors
from kam_connector.reports import CardInput, CardLine, card_file, write_card
from kam_connector.rules.decisions import company_currencies
from kam_connector.runs.card_file import Filed, file_lines, read_file
from kam_connector.runs.card_focus import profile_lines
from kam_connector.runs.card_known import known_lines, member_lines, stakeholder_lines
from kam_connector.runs.card_lines import Subject, contact_lines, evaluation_lines, receivable_lines
from kam_connector.runs.card_people import customer_suggestion_lines, rating_lines
from kam_connector.runs.card_plan import plan_lines
from kam_connector.runs.card_service import service_lines
from kam_connector.runs.card_trade import dealing_lines, suggestion_lines
from kam_connector.runs.card_traits import trait_lines
from kam_connector.runs.decisions import Night
from kam_connector.runs.files import make_folder
from kam_connector.runs.lookup import Customer, find_customer
from kam_connector.runs.papers import Papers, read_papers
from kam_connector.runs.result import Result, Row
from kam_connector.runs.seeing import Seen, look, result_of
from kam_connector.runs.sources import sources_of
from kam_connector.runs.workspace import Workspace

ON_SCREEN = ("panel", "entry", "name", "detail", "day", "currency", "amount", "before", "figure")
"""The columns of a table; JSON and CSV have all of them."""


class Cards(NamedTuple):
    """The cards of a customer, one a company that it deals with."""

    who: Customer
    seen: Seen
    cards: list[CardInput]


def show_card(workspace: Workspace, as_of: date | None, customer: str) -> Result:
    """A row a line of each panel, panel by panel, company by company.

    Errors: InputError for a customer that is not known, or not one alone.
    """
    made = make_cards(workspace, as_of, customer)
    rows = [_row(line, card, made.who) for card in made.cards for line in card.lines]
    return replace(result_of("card show", made.seen, rows, None, ()), columns=ON_SCREEN)


def report_card(workspace: Workspace, as_of: date | None, customer: str, output: Path | None) -> Result:
    """The workbook with a sheet a company stands at `output`, else in the folder of reports; a row says where."""
    made = make_cards(workspace, as_of, customer)
    target = output or card_file(workspace.settings.places.reports, made.who.id, made.seen.nights[-1].as_of)
    make_folder(target.parent)
    write_card(target, made.cards, workspace.lang)
    row: Row = {"customer": made.who.id, "name": made.who.name, "companies": len(made.cards), "report": str(target)}
    return result_of("card report", made.seen, [row], None, ())


def make_cards(workspace: Workspace, as_of: date | None, customer: str) -> Cards:
    """The cards of the customer that `customer` means."""
    who = find_customer(workspace.mirror.ibis, customer, survivors(workspace.ledger))
    filed = read_file(workspace, who)
    seen = look(workspace, as_of)
    cards = [_card(subject, filed) for night in seen.nights for subject in _subjects(workspace, seen, night, who)]
    return Cards(who, seen, cards)


def _subjects(workspace: Workspace, seen: Seen, night: Night, who: Customer) -> Iterator[Subject]:
    """A subject a company that the customer deals with; of a customer who deals with none, the first company."""
    sources = sources_of(workspace)
    papers = read_papers(sources.con, [who.id], night.as_of, sources.zones, night.receivables.items)
    currencies = company_currencies(night.companies)
    dealing = _dealing(night, who, papers) & set(currencies)
    for company in sorted(dealing) or list(currencies)[:1]:
        own = papers.of_company(company)
        yield Subject(sources, night, seen.names, workspace.lang, who, company, currencies[company], own)


def _dealing(night: Night, who: Customer, papers: Papers) -> set[int]:
    complaints = night.complaints[night.complaints["customer_id"] == who.id]
    frames = (papers.invoices, papers.orders, papers.owed, complaints)
    return {int(company) for frame in frames for company in frame["company_id"]}


def _card(subject: Subject, filed: Filed) -> CardInput:
    lines: list[CardLine] = [
        *file_lines(subject, filed),
        *profile_lines(subject),
        *evaluation_lines(subject),
        *rating_lines(subject),
        *trait_lines(subject),
        *service_lines(subject),
        *receivable_lines(subject),
        *stakeholder_lines(subject),
        *contact_lines(subject),
        *member_lines(subject),
        *plan_lines(subject),
        *known_lines(subject),
        *customer_suggestion_lines(subject),
        *suggestion_lines(subject),
        *dealing_lines(subject),
    ]
    company = subject.names.companies.get(subject.company, f"#{subject.company}")
    return CardInput(
        subject.company, company, subject.currency.code, subject.who.name, subject.night.as_of, tuple(lines)
    )


def _row(line: CardLine, card: CardInput, who: Customer) -> Row:
    return {
        "company": card.company_id,
        "customer": who.id,
        "panel": line.panel,
        "entry": line.entry,
        "name": line.name,
        "detail": line.detail,
        "record": line.record,
        "day": None if line.day is None else line.day.isoformat(),
        "currency": line.currency or None,
        "amount": line.amount,
        "before": line.before,
        "figure": line.figure,
    }
