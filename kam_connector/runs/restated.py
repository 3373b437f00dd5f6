"""Closed statements as they were paid, beside what is known now; and what comes home of their approval."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pandas as pd
from ibis import BaseBackend

from kam_connector.errors import InputError
from kam_connector.ledger import Entry, Ledger
from kam_connector.messages import render
from kam_connector.money import Currency, minor_text
from kam_connector.periods import parse_period
from kam_connector.reports import Names, name_of
from kam_connector.rules.pay.exact import decimal_of
from kam_connector.rules.pay_states import is_allowed, seen_state
from kam_connector.rules.payouts import KEYS, pay_lines, state_payouts
from kam_connector.rules.restating import compare_rows
from kam_connector.runs import known, pay_book, paying
from kam_connector.runs.naming import read_names
from kam_connector.runs.pay_book import SETTLED_COLUMNS, Place, Stated
from kam_connector.runs.result import Result, Row
from kam_connector.runs.reviews import user_names
from kam_connector.runs.sources import sources_of
from kam_connector.runs.workspace import Workspace, pulled_days

Who = tuple[int, int, str, str, int]


def record_states(book: Ledger, con: BaseBackend) -> int:
    """How many closed periods have another state since: approved and withdrawn, after the lock paid."""
    periods, approvals = pay_book.read_periods(book), known.approvals(con)
    states: dict[Place, list[str]] = {}
    for each in pay_book.read_statements(book):
        if each.payout:
            found = approvals.get((*each.who, each.sequence))
            states.setdefault(each.place, []).append(found.state if found else "draft")
    entries = []
    for place, payload in periods.items():
        state = seen_state(payload["state"], states.get(place, []))
        if state != payload["state"] and is_allowed(payload["state"], state):
            entries.append(Entry(pay_book.PERIOD, pay_book.period_key(*place), {**payload, "state": state}))
    return len(book.append_many(entries))


def show_statements(workspace: Workspace, period: str, payee: int | None) -> Result:
    """The closed statements of a period, row by row and in total: as paid, as known now, and the difference.

    Rows: company, payee, name, plan, component, document, currency, as_paid, known_now, difference, reason (of the row
    as it was closed). Totals: by payee, with state, who approved, and when. InputError when the period is not closed.
    """
    wanted = parse_period(period)
    states = {
        place: own["state"] for place, own in pay_book.read_periods(workspace.ledger).items() if place[2] == period
    }
    if not states:
        raise InputError(
            "{period} is not closed.", next_step="`kam incentives compute --period {period}` shows what it comes to.",
            period=period,
        )  # fmt: skip
    sources = sources_of(workspace)
    book = [each for each in pay_book.read_statements(workspace.ledger) if each.place in states and not each.void]
    companies = sorted({company for company, _, _ in states})
    day = min(pulled_days(workspace, None).values())
    nothing = pd.DataFrame(columns=SETTLED_COLUMNS)
    found = paying.find_pays(sources, day, companies, nothing, None, {plan for _, plan, _ in states})
    spans = {plan: [period] for plan, codes in found.spans.items() if period in codes}
    pays = [pay for pay in found.pays if pay.plan.code in spans]
    now = state_payouts(pays, spans, nothing, found.money)
    payouts = {tuple(row[name] for name in KEYS): int(row["payout_minor"]) for row in now.frame.to_dict("records")}
    names = read_names(workspace.mirror.ibis, workspace.policy.at(wanted.end), workspace.lang)
    present = pay_lines(pays, now.frame[KEYS], found.money)
    whos = sorted({each.who for each in book} | {who for who in payouts if (who[0], who[2], period) in states})
    whos = [who for who in whos if payee in (None, who[1])]
    former = pay_book.closed_books(workspace.ledger, book).rows
    rows = [
        row for who in whos for row in _rows(who, former.get(who), present, found.money[who[4]], names, workspace.lang)
    ]
    people, approvals = user_names(workspace.mirror.ibis), known.approvals(workspace.mirror.ibis)
    totals = []
    for who in whos:
        mine = [each for each in book if each.who == who]
        signed = [approvals[*who, each.sequence] for each in mine if (*who, each.sequence) in approvals]
        by = people.get(signed[-1].approved_by, str(signed[-1].approved_by)) if signed else None
        paid, known_now = sum(_own(each) for each in mine), payouts.get(who, 0)
        about = {"state": states[who[0], who[2], period], "approved_by": by,
                 "approved_on": signed[-1].approved_on if signed else None}  # fmt: skip
        totals.append({**_about(who, names), **_amounts(paid, known_now, found.money[who[4]]), **about})
    return Result("incentives statement", rows=rows, totals=totals, findings=found.findings, as_of=day)


def _own(each: Stated) -> int:
    """What it pays for its own period."""
    return each.payout - sum(each.carried.values())


def _about(who: Who, names: Names) -> Row:
    return {"company": who[0], "payee": who[1], "name": name_of(names.people, who[1]), "plan": who[2], "period": who[3]}


def _amounts(paid: int, known_now: int, currency: Currency) -> Row:
    amounts = {"as_paid": paid, "known_now": known_now, "difference": known_now - paid}
    return {"currency": currency.code, **{name: minor_text(amount, currency) for name, amount in amounts.items()}}


def _rows(
    who: Who, former: pd.DataFrame | None, present: pd.DataFrame, currency: Currency, names: Names, lang: str
) -> Iterator[Row]:
    now = present[[tuple(key) == who for key in present[KEYS].itertuples(index=False, name=None)]]
    told = {}
    for table in (now, former) if former is not None else (now,):
        for row in table.to_dict("records"):
            told[row["component"], int(row["credit_id"])] = (row["reason_code"], row["reason_args"])
    for row in compare_rows(former, now).to_dict("records"):
        amounts = {"as_paid": row["was_exact"], "known_now": row["is_exact"],
                   "difference": row["is_exact"] - row["was_exact"]}  # fmt: skip
        code, args = told[row["component"], int(row["credit_id"])]
        yield {
            **_about(who, names), "component": row["component"],
            "document": name_of(names.documents, row["move_id"]) if row["move_id"] else "", "currency": currency.code,
            **{name: _plain(amount) for name, amount in amounts.items()},
            "reason": render(code, args, lang, names.own),
        }  # fmt: skip


def _plain(amount: Decimal) -> str:
    return f"{decimal_of(int(amount.scaleb(12))):f}"
