"""`kam incentives close` and `lock`: a period's statements stand frozen in the book, then locked with who approved.

A statement that was approved in the ERP before the period was closed is frozen as it was approved: where it comes to
another amount by now, a row says so, and the difference goes into the open period.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pandas as pd

from kam_connector.errors import Contradiction, InputError
from kam_connector.ledger import Entry
from kam_connector.money import Currency, minor_text
from kam_connector.periods import Period, parse_period
from kam_connector.rules.pay.exact import decimal_of, per_minor
from kam_connector.rules.pay_states import WORDS, is_allowed, seen_state
from kam_connector.rules.payouts import FIGURES, KEYS, LINE_COLUMNS, Payouts, state_payouts
from kam_connector.rules.reasons import REASONS, reason_args
from kam_connector.runs import known, pay_book, paying
from kam_connector.runs.aged import of_companies
from kam_connector.runs.objections import open_objections
from kam_connector.runs.pay_book import Place, Stated
from kam_connector.runs.pay_inputs import inputs_of
from kam_connector.runs.pay_showing import Agree, show_locked
from kam_connector.runs.paying import Found
from kam_connector.runs.result import Result, Row
from kam_connector.runs.sources import sources_of
from kam_connector.runs.workspace import Workspace, pulled_days, refuse_renewed

Columns = Mapping[str, Mapping[str, Any]]
"""The rows of statements by their key."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which period, of which plan (None: every one that pays by such periods), and whether to close it anew."""

    period: str
    plan: str | None = None
    again: bool = False

    def covers(self, plan: str, period: str) -> bool:
        """Whether a plan's period is asked for."""
        return period == self.period and self.plan in (None, plan)


def close(workspace: Workspace, asked: Asked, run: str) -> Result:
    """The statements of the period stand frozen in the book, each company's; those that do so already stay.

    Rows: company, payee, plan, period, number, amounts, state (closed or unchanged). Errors: InputError for a period
    that is not over or that no plan pays by; Contradiction when statements were closed with other figures, unless
    `again`, or the period is locked. In either case nothing is closed.
    """
    period = parse_period(asked.period)
    companies = _over(workspace, period)
    book = [each for each in pay_book.read_statements(workspace.ledger) if each.company_id in companies]
    mine = {each.key: each for each in book if asked.covers(each.plan, each.period)}
    approved = known.approvals(workspace.mirror.ibis)
    found, stated, columns = _state(workspace, period, book, _approved_before(approved, period.code, book))
    places = _places(found, companies, asked)
    kept = {key: each for key, each in mine.items() if not each.void and (*each.who, each.sequence) in approved}
    settled = {each.who for each in kept.values()}
    now = {each.key: each for each in stated if asked.covers(each.plan, each.period) and each.who not in settled}
    fresh = [
        _revised(each, mine.get(key), workspace, run) for key, each in now.items() if _is_other(each, mine.get(key))
    ]
    gone = [
        replace(each, void=True, revision=each.revision + 1, run=run) for each in _gone(mine, {**kept, **now}, places)
    ]
    states = pay_book.read_periods(workspace.ledger)
    _refuse([*fresh, *gone], places, states, asked)
    standing = {**mine, **{each.key: each for each in (*fresh, *gone)}}
    changed = {place for place in places if place not in states} | {each.place for each in (*fresh, *gone)}
    entries = [entry for each in fresh for entry in pay_book.statement_entries(each, columns[each.key])]
    entries += [pay_book.void_entry(each) for each in gone]
    entries += [_computed(place, standing.values(), run) for place in sorted(changed)]
    workspace.ledger.append_many(entries)
    written = {each.key for each in fresh}
    rows = [
        _row(each, "closed" if key in written else "unchanged")
        for key, each in sorted(standing.items())
        if not each.void
    ]
    return Result("incentives close", rows=rows, findings=found.findings, as_of=period.end, run=run)


def lock(workspace: Workspace, asked: Asked, run: str, agree: Agree) -> Result:
    """The book says who approved which figures of the period; its statements are not closed anew any more.

    Where the person agrees, the ERP shows it at once. Rows: company, payee, plan, period, number, amounts, state;
    totals: how many statements the ERP was to show so, and does. Errors: InputError when it is not closed, an objection
    of a payee is open, or a statement waits for its approval in the ERP; Contradiction when other figures were
    approved. Then nothing is locked.
    """
    refuse_renewed(workspace)
    states = {
        place: payload for place, payload in pay_book.read_periods(workspace.ledger).items()
        if asked.covers(place[1], place[2])
    }  # fmt: skip
    if not states:
        raise InputError(
            "{period} is not closed.", next_step="Close it: `kam incentives close --period {period}`.",
            period=asked.period,
        )  # fmt: skip
    mine = [each for each in pay_book.read_statements(workspace.ledger) if each.place in states and not each.void]
    _refuse_objected([place for place, own in states.items() if own["state"] in ("computed", "approved")], workspace)
    approvals = known.approvals(workspace.mirror.ibis)
    signed = {each.key: _signature(each, approvals) for each in mine if each.payout}
    entries = []
    for place, payload in states.items():
        if is_allowed(seen_state(payload["state"], ["approved"]), "locked"):  # each is: others were refused above
            keys = [each.key for each in mine if each.place == place and each.payout]
            more = {"state": "locked", "approved": {key: signed[key] for key in keys}, "run": run, "on": moment()}
            entries.append(Entry(pay_book.PERIOD, pay_book.period_key(*place), {**payload, **more}))
    workspace.ledger.append_many(entries)
    shown, findings = show_locked(workspace, set(states), asked.period, run, agree)
    return Result(
        "incentives lock", rows=[_row(each, "locked") for each in mine], totals=shown, findings=tuple(findings),
        as_of=parse_period(asked.period).end, run=run,
    )  # fmt: skip


def _over(workspace: Workspace, period: Period) -> list[int]:
    """The companies. InputError for an empty mirror or a period that is not over in each of them."""
    days = pulled_days(workspace, None)
    if any(day <= period.end for day in days.values()):
        raise InputError(
            "{period} is not over: it cannot be closed.",
            next_step="Name an earlier period, or wait until the day after {day}.",
            period=period.code,
            day=period.end,
        )
    return sorted(days)


def _approved_before(approved: known.Approvals, period: str, book: Sequence[Stated]) -> dict[tuple[Any, ...], int]:
    """The amount of each payee's last approved statement of the period that the book does not have; by its key."""
    booked = {(*each.who, each.sequence) for each in book if not each.void}
    loose = sorted((key for key in approved if key[3] == period and key not in booked), key=lambda key: key[-1])
    last = {key[:-1]: key for key in loose}
    return {key: approved[key].amount_minor for key in last.values()}


def _state(
    workspace: Workspace, period: Period, book: list[Stated], loose: Mapping[tuple[Any, ...], int]
) -> tuple[Found, list[Stated], Columns]:
    """The statements of the period as they are now, those that were approved before (`loose`) with what was."""
    sources, companies = sources_of(workspace), sorted(pulled_days(workspace, None))
    erp = of_companies(known.settled_payouts(sources.con, loose.keys()), companies)
    keys = set(paying.settled_keys(erp))
    left = [each for each in book if each.period != period.code and (*each.who, each.sequence) not in keys]
    settled = pd.concat([erp, pay_book.settled_of(left)], ignore_index=True)
    found = paying.find_pays(sources, period.end, companies, settled, period.code)
    carried = [known.carried_over(sources.con, loose.keys()), pay_book.carried_of(sources.book, left)]
    closed = pay_book.closed_books(sources.book, book, pd.concat(carried, ignore_index=True))
    others = frozenset(place for place in closed.periods if place[2] != period.code)
    payouts = state_payouts(found.pays, found.spans, settled, found.money, replace(closed, periods=others))
    return found, *_stated(found, paying.only(payouts, period.code), loose)


def _stated(found: Found, payouts: Payouts, loose: Mapping[tuple[Any, ...], int]) -> tuple[list[Stated], Columns]:
    """The statements, and their rows by key; `loose`: what was approved before, by KEYS and number."""
    versions = {
        code: [{"valid_from": pay.plan.valid_from.isoformat(), "inputs": inputs_of(pay.given)}
               for pay in found.pays if pay.plan.code == code]
        for code in {pay.plan.code for pay in found.pays}
    }  # fmt: skip
    lines = dict(iter(payouts.detail.groupby(KEYS, sort=False))) if len(payouts.detail) else {}
    approved = {key[:-1]: amount for key, amount in loose.items()}
    stated = {tuple(row[name] for name in KEYS): row for row in payouts.frame.to_dict("records")}
    empty = {key[:-1]: _nothing(key) for key in loose if key[:-1] not in stated and key[2] in versions}
    made, rows = [], {}
    for who, row in {**stated, **empty}.items():
        currency = found.money[int(row["currency_id"])]
        own = lines.get(who, payouts.detail.iloc[:0])
        if who in approved and (who in empty or approved[who] != row["payout_minor"]):
            row, own = _as_approved(row, own, approved[who], currency)
        fields, columns = pay_book.contents_of(row, own, currency)
        made.append(Stated(**fields, revision=1, versions=versions[row["plan"]], policy_hash="", closed_on="", run=""))
        rows[made[-1].key] = columns
    return made, rows


def _nothing(key: tuple[Any, ...]) -> dict[Any, Any]:
    """The statement of a payee who was approved something and has nothing in the period any more."""
    amounts = {f"{name}_minor": 0 for name in FIGURES}
    about = {**dict(zip(KEYS, key[:-1], strict=True)), "sequence": key[-1], "date_to": parse_period(key[3]).end}
    return {**about, "earned_exact": Decimal(0), **amounts}


def _as_approved(
    row: Mapping[Any, Any], lines: pd.DataFrame, approved: int, currency: Currency
) -> tuple[dict[Any, Any], pd.DataFrame]:
    """The statement with the amount that was approved and that as its reason, and a row of the difference."""
    change = approved - int(row["payout_minor"])
    figures = {"approved": minor_text(approved, currency), "currency": currency.code, "plan": row["plan"]}
    code = "pay.approved"
    reason = {"reason_code": code, "reason_args": reason_args(code, **{name: figures[name] for name in REASONS[code]})}
    more = {
        **{name: row[name] for name in KEYS}, "component": "approved", "credit_id": 0, "move_id": 0, "customer_id": 0,
        "date": pd.Timestamp(row["date_to"]), "exchange": None, "base_minor": 0, "slice_from": 0, "slice_to": 0,
        "rate": Decimal(0), "earned_exact": Decimal(0), "amount_exact": decimal_of(change * per_minor(currency)),
        **reason,
    }  # fmt: skip
    table = pd.DataFrame([more])[LINE_COLUMNS]
    amounts = {"payout_minor": approved, "adjustments_minor": int(row["adjustments_minor"]) + change}
    return {**row, **amounts, **reason}, pd.concat([lines, table], ignore_index=True) if len(lines) else table


def _places(found: Found, companies: Sequence[int], asked: Asked) -> list[Place]:
    """The periods that are closed. InputError where no plan pays by such a one."""
    plans = [plan for plan, codes in found.spans.items() if asked.period in codes and asked.covers(plan, asked.period)]
    if not plans:
        raise InputError(
            "No plan pays by {period}.", next_step="`kam policy check` lists the plans.", period=asked.period
        )
    return [(company, plan, asked.period) for company in companies for plan in plans]


def _gone(mine: Mapping[str, Stated], left: Collection[str], places: Collection[Place]) -> list[Stated]:
    """The statements that are not `left`, by key; those of a plan that cannot be computed now are not gone."""
    return [each for key, each in mine.items() if not each.void and key not in left and each.place in places]


def _is_other(each: Stated, former: Stated | None) -> bool:
    return former is None or former.void or former.content != each.content


def _revised(each: Stated, former: Stated | None, workspace: Workspace, run: str) -> Stated:
    return replace(
        each, revision=former.revision + 1 if former else 1, policy_hash=workspace.policy.hash, closed_on=moment(),
        run=run,
    )  # fmt: skip


def _refuse(
    changed: Iterable[Stated], places: Sequence[Place], states: Mapping[Place, Mapping[str, Any]], asked: Asked
) -> None:
    """Contradiction where statements of a period that is closed would change without `again`, or it is locked."""
    for each in changed:
        state = states[each.place]["state"] if each.place in states else "open"
        if not is_allowed(state, "computed"):
            raise Contradiction(
                "{period} of plan {plan} is {state}: its statements stay. What came later goes into the open period.",
                next_step="`kam incentives statement --period {period}` shows both.",
                period=each.period, plan=each.plan, state=WORDS[state],
            )  # fmt: skip
        if state != "open" and not asked.again:
            raise Contradiction(
                "{period} of plan {plan} was closed with other figures; nothing was closed.",
                next_step="`kam incentives statement --period {period}` shows both; --again closes it anew.",
                period=each.period, plan=each.plan,
            )  # fmt: skip


def _computed(place: Place, statements: Iterable[Stated], run: str) -> Entry:
    contents = {each.key: each.content for each in statements if each.place == place and not each.void}
    payload = {"state": "computed", "statements": contents, "run": run, "on": moment()}
    return Entry(pay_book.PERIOD, pay_book.period_key(*place), payload)


def _refuse_objected(places: Collection[Place], workspace: Workspace) -> None:
    """InputError where a payee objects to a statement of one of the periods, and nobody has answered."""
    waiting = open_objections(workspace.mirror.ibis)
    objected = {who: count for who, count in waiting.items() if (who[0], who[2], who[3]) in places}
    if objected:
        company, payee, plan, period, _, number = min(objected)
        raise InputError(
            "Objections of payees are open ({count}), the first to statement {number} of user {payee}, plan "
            "{plan}, {period}, company {company}; nothing was locked.",
            next_step="Answer them in the ERP (Key Accounts > Incentives > Objections), then `kam sync run`.",
            count=sum(objected.values()), number=number, payee=payee, plan=plan, period=period, company=company,
        )  # fmt: skip


def _signature(each: Stated, approvals: known.Approvals) -> list[Any]:
    """Who approved it, and when. InputError without a signed approval, Contradiction for that of another amount."""
    found = approvals.get((*each.who, each.sequence))
    if found is None or not found.approved_by:
        raise InputError(
            "Statement {statement} waits for its approval in the ERP; nothing was locked.",
            next_step="Let somebody who did not compute it approve it there, then `kam sync run`.",
            statement=each.key,
        )
    if found.amount_minor != each.payout:
        raise Contradiction(
            "Statement {statement} was approved with {approved} {currency} and closed with {closed}; nothing was "
            "locked.",
            next_step="Withdraw the approval in the ERP, and let the next night write what was closed.",
            statement=each.key, approved=minor_text(found.amount_minor, each.money), currency=each.currency,
            closed=minor_text(each.payout, each.money),
        )  # fmt: skip
    return [found.approved_by, found.approved_on]


def _row(each: Stated, state: str) -> Row:
    amounts = ("earned", "released", "adjustments", "payout")
    return {
        "company": each.company_id, "payee": each.payee_id, "plan": each.plan, "period": each.period,
        "number": each.sequence, "revision": each.revision, "currency": each.currency,
        **{name: minor_text(each.figures[name], each.money) for name in amounts},
        "rows": each.rows, "content": each.content, "state": state,
    }  # fmt: skip


def moment() -> str:
    """Now, as an event of the book says it."""
    return datetime.now(UTC).isoformat(timespec="seconds")
