"""The payouts of plans as the ERP takes them: one a payee, plan, period and currency, numbered, with the lines behind.

Because what is due is the difference to the whole, computing twice pays once, and a later credit note comes out of the
next statement: earned 120.00 of which 150.00 was paid makes -30.00 (incentives.md, 5.7). Two versions of a plan in one
period make one statement. A period that is over is stated again, in a further statement, as long as something of it is
due: an invoice dated back to January, found on 5 February, is in the second statement of January. Once the period is
closed that is over: what comes later is a row of the open one (`restating.py`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from kam_connector.money import Currency, minor_text
from kam_connector.periods import parse_period
from kam_connector.rules.decisions import Decisions, boxed, ids_of, words_of
from kam_connector.rules.pay.engine import Pay
from kam_connector.rules.pay.exact import decimal_of
from kam_connector.rules.pay.rows import pay_rows
from kam_connector.rules.pay.spans import number_of, period_at
from kam_connector.rules.reasons import REASONS, reason_args
from kam_connector.rules.restating import Already, Closed, Former, carry_over, restated_rows

KEYS = ["company_id", "payee_id", "plan", "period", "currency_id"]
FIGURES = ("earned", "released", "adjustments", "settled", "payout")
PAYOUT_COLUMNS = [
    "company_id", "payee_id", "plan", "period", "date_from", "date_to", "sequence", "currency_id", "earned_exact",
    *(f"{name}_minor" for name in FIGURES), "reason_code", "reason_args",
]  # fmt: skip
LINE_COLUMNS = [
    "company_id", "payee_id", "plan", "component", "period", "credit_id", "move_id", "customer_id", "date",
    "currency_id", "exchange", "base_minor", "slice_from", "slice_to", "rate", "earned_exact", "amount_exact",
    "reason_code", "reason_args",
]  # fmt: skip
LINE_ORDER = ["company_id", "payee_id", "plan", "component", "period", "credit_id", "slice_from"]


@dataclass(frozen=True, slots=True)
class Payouts(Decisions):
    """Payouts, and for which plans and periods (codes) they were computed, whether or not anything came of them."""

    computed: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ClosedBooks:
    """The periods (company, plan, period) that are closed, the rows of their last statements, and what is carried."""

    periods: Closed = ()
    rows: Former = field(default_factory=dict)
    carried: Already = field(default_factory=dict)


def state_payouts(
    pays: Sequence[Pay],
    periods: Mapping[str, Collection[str]],
    settled: pd.DataFrame,
    currencies: Mapping[int, Currency],
    closed: ClosedBooks | None = None,
) -> Payouts:
    """The payouts of these periods (`periods`: codes by the plan's): due ones in `frame`, others in `rest`.

    A closed period has none any more: what it comes to now goes, with its reasons, into the open one.

    `settled`: company_id, payee_id, plan, period, currency_id, sequence of statements that are approved or paid.
    Columns: PAYOUT_COLUMNS by KEYS; payout = released + adjustments, of which `settled` is part. `detail`: LINE_COLUMNS
    of the due ones, of which amount_exact (Decimal) sums to the payout before rounding and earned_exact to what was
    earned; move_id is 0 for what has no document, slice_to -1 open.
    """
    findings = tuple(found for pay in pays for found in pay.findings)
    computed = tuple((plan, code) for plan, codes in sorted(periods.items()) for code in codes)
    rows = [row for pay in pays for row in _statements(pay, periods[pay.plan.code])]
    frame = pd.DataFrame(rows, columns=[*KEYS, "valid_from", "earned_exact", *(f"{name}_minor" for name in FIGURES)])
    how = dict.fromkeys(frame.columns[6:], "sum") | {"valid_from": "max"}
    frame = frame.groupby(KEYS, sort=True).agg(how).reset_index()
    books = closed or ClosedBooks()
    frame, carried = carry_over(frame, periods, books.periods)
    frame = _numbered(frame, settled)
    if not len(frame):
        empty = pd.DataFrame(columns=PAYOUT_COLUMNS)
        return Payouts(empty, findings, pay_lines(pays, empty, currencies), empty, computed)
    frame = _explained(frame, [currencies[int(number)] for number in frame["currency_id"]])
    days = [parse_period(code) for code in frame["period"]]
    frame = frame.assign(date_from=[day.start for day in days], date_to=[day.end for day in days])
    is_due = (frame["payout_minor"] != 0) | (frame["sequence"] == 1)
    due, rest = (frame.loc[chosen, PAYOUT_COLUMNS].reset_index(drop=True) for chosen in (is_due, ~is_due))
    lines = pay_lines(pays, due, currencies)
    if carried:
        origins = pd.DataFrame([(each.company_id, each.payee_id, each.plan, each.origin, each.currency_id)
                                for each in carried], columns=KEYS)  # fmt: skip
        present = pay_lines(pays, origins, currencies)
        by_margin = {pay.plan.code for pay in pays if pay.plan.credit.base == "margin"}
        restated = restated_rows(carried, present, books.rows, currencies, books.carried, by_margin)
        later = pd.DataFrame(restated)[LINE_COLUMNS]
        lines = pd.concat([lines, later], ignore_index=True) if len(lines) else later
        lines = lines.sort_values(LINE_ORDER, kind="stable", ignore_index=True)
    return Payouts(due, findings, lines, rest, computed)


def _statements(pay: Pay, periods: Collection[str]) -> list[tuple[object, ...]]:
    """The figures of one plan's statements of these periods."""
    kind = pay.plan.plan.period
    stated = [(each, period_at(each.stage, kind).code) for each in pay.statements]
    return [
        (
            each.company_id, each.payee_id, pay.plan.code, period, each.currency_id, pay.plan.valid_from,
            decimal_of(each.earned_exact), each.earned, each.released, each.adjustments, each.settled, each.payout,
        )
        for each, period in stated
        if period in periods
    ]  # fmt: skip


def _numbered(frame: pd.DataFrame, settled: pd.DataFrame) -> pd.DataFrame:
    """With `sequence`: one more than the last statement that was settled."""
    if not len(settled):
        return frame.assign(sequence=1)
    last = settled.groupby(KEYS)["sequence"].max().reset_index()
    joined = frame.merge(last, on=KEYS, how="left")
    return joined.assign(sequence=ids_of(joined["sequence"]) + 1)


def _explained(frame: pd.DataFrame, known: Sequence[Currency]) -> pd.DataFrame:
    amounts = [ids_of(frame[f"{name}_minor"]).tolist() for name in FIGURES]
    columns = (words_of(frame["plan"]), words_of(frame["period"]), frame["valid_from"], frame["sequence"])
    reasons = []
    for plan, period, since, sequence, currency, *minor in zip(*columns, known, *amounts, strict=True):
        texts = {name: minor_text(amount, currency) for name, amount in zip(FIGURES, minor, strict=True)}
        figures: dict[str, str | int] = {
            **texts, "currency": currency.code, "plan": plan, "period": period, "valid_from": since.isoformat()
        }  # fmt: skip
        code = _code(dict(zip(FIGURES, minor, strict=True)), sequence)
        reasons.append((code, reason_args(code, **{name: figures[name] for name in REASONS[code]})))
    return frame.assign(reason_code=[code for code, _ in reasons], reason_args=[args for _, args in reasons])


def _code(figures: Mapping[str, int], sequence: int) -> str:
    if figures["payout"] == 0 and sequence > 1:
        return "payout.settled"
    plain = figures["released"] == figures["earned"] and figures["adjustments"] == -figures["settled"]
    return "payout.earned" if plain else "payout.released"


def pay_lines(pays: Sequence[Pay], due: pd.DataFrame, currencies: Mapping[int, Currency]) -> pd.DataFrame:
    """LINE_COLUMNS of the statements that `due` (KEYS) names."""
    parts = []
    for pay in pays:
        kind, mine = pay.plan.plan.period, due[due["plan"] == pay.plan.code]
        known = [parse_period(code) for code in mine["period"].unique().tolist()]
        stages = [number_of(period.start, kind) for period in known if period.kind == kind]
        if not stages:
            continue
        rows = pay_rows(pay, currencies, stages).merge(mine[KEYS], on=KEYS)
        document = rows["document_id"].clip(lower=0) if pay.plan.credit.source != "order" else 0  # events: below zero
        names = {"amount_exact": "earned_exact", "released_exact": "amount_exact"}
        parts.append(rows.rename(columns=names).assign(move_id=document)[LINE_COLUMNS])
    parts = [part for part in parts if len(part)]
    if not parts:
        return pd.DataFrame(columns=LINE_COLUMNS).assign(amount_exact=boxed([]))
    table = pd.concat(parts, ignore_index=True)
    return table.sort_values(LINE_ORDER, kind="stable").reset_index(drop=True)
