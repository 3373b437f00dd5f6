"""`kam incentives payroll`: what locked periods pay, as a file for the payroll; the book keeps that it was exported.

Only statements whose approval the lock has kept are in it, with its figure: 123.46 approved and locked is 123.46 here,
whatever is known by now. A statement of zero pays nobody and is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from kam_connector.errors import InputError
from kam_connector.findings import Finding
from kam_connector.ledger import Entry, Ledger
from kam_connector.money import minor_text
from kam_connector.periods import parse_period
from kam_connector.reports.payroll import write_payroll
from kam_connector.rules.pay_states import WORDS
from kam_connector.runs import known, pay_book
from kam_connector.runs.closing import Asked, moment
from kam_connector.runs.pay_book import Place, Stated
from kam_connector.runs.result import Result, Row
from kam_connector.runs.reviews import user_names
from kam_connector.runs.tables import sum_by_currency
from kam_connector.runs.workspace import Workspace, refuse_renewed

FIXED = ("locked", "paid")


def export_payroll(workspace: Workspace, asked: Asked, out: Path, run: str) -> Result:
    """The CSV stands at `out`; a finding for each period that was exported before.

    Rows: reports.payroll.COLUMNS; totals by currency. Errors: InputError when a period that is asked for is not locked,
    or none is; those of `write_payroll`. Then nothing is written down.
    """
    refuse_renewed(workspace)
    states = {
        place: payload for place, payload in pay_book.read_periods(workspace.ledger).items()
        if asked.covers(place[1], place[2])
    }  # fmt: skip
    _refuse_open(states, asked)
    people = user_names(workspace.mirror.ibis)
    paid = known.approvals(workspace.mirror.ibis)
    mine = [each for each in pay_book.read_statements(workspace.ledger) if each.place in states and each.payout]
    mine.sort(key=lambda each: (*each.who, each.sequence))
    rows = [_row(each, states[each.place]["approved"], paid, people) for each in mine]
    findings = tuple(_find_exported(workspace.ledger, states))
    write_payroll(out, rows)
    workspace.ledger.append_many([_exported(place, mine, run) for place in sorted(states)])
    return Result(
        "incentives payroll", rows=rows, totals=sum_by_currency(rows, "amount"), findings=findings,
        as_of=parse_period(asked.period).end, run=run,
    )  # fmt: skip


def _refuse_open(states: Mapping[Place, Mapping[str, Any]], asked: Asked) -> None:
    if not states:
        raise InputError(
            "{period} is not closed.", next_step="Close it: `kam incentives close --period {period}`.",
            period=asked.period,
        )  # fmt: skip
    for (_, plan, period), payload in sorted(states.items()):
        if payload["state"] not in FIXED:
            raise InputError(
                "{period} of plan {plan} is {state}: only what is locked is paid; nothing was exported.",
                next_step="Let everything be approved in the ERP, then `kam incentives lock --period {period}`.",
                period=period, plan=plan, state=WORDS[payload["state"]],
            )  # fmt: skip


def _row(each: Stated, signed: Mapping[str, list[Any]], paid: known.Approvals, people: Mapping[int, str]) -> Row:
    by, on = signed[each.key]
    now = paid.get((*each.who, each.sequence))
    return {
        "company": each.company_id, "payee": each.payee_id, "name": people.get(each.payee_id, str(each.payee_id)),
        "plan": each.plan, "period": each.period, "currency": each.currency,
        "amount": minor_text(each.payout, each.money), "statement": each.key, "number": each.sequence,
        "revision": each.revision, "approved_by": people.get(by, str(by)), "approved_on": on,
        "state": now.state if now else "approved",
    }  # fmt: skip


def _find_exported(book: Ledger, places: Iterable[Place]) -> Iterable[Finding]:
    before = book.states(pay_book.EXPORTED)
    for place in sorted(places):
        key = pay_book.period_key(*place)
        if key in before:
            yield Finding(
                "warning", "pay.payroll", key,
                "{period} of plan {plan} was exported before, on {on} by the run {run}: it is paid once.",
                {"period": place[2], "plan": place[1], "on": before[key]["on"], "run": before[key]["run"]},
            )  # fmt: skip


def _exported(place: Place, statements: Iterable[Stated], run: str) -> Entry:
    contents = {each.key: each.content for each in statements if each.place == place}
    return Entry(pay_book.EXPORTED, pay_book.period_key(*place), {"statements": contents, "run": run, "on": moment()})
