"""What became known of a closed period since: rows in the open period, each with its origin and its reason.

A closed statement stays as it is. In June 120.00 was paid, of which 20.00 for an invoice; on 5 July that is credited by
a note dated back to June: June is worth 100.00, and the statement of July has a row of -20.00 that names June and the
credit note. Because a row is the difference to what was paid, settling July pays it once (incentives.md 2.11, R-68).

The rows of one origin are cents, rounded on their running sum, so that they sum to the difference that is carried:
that was rounded once, with the period that it is of.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Hashable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from kam_connector.money import Currency, minor_text
from kam_connector.periods import parse_period
from kam_connector.rules.decisions import ids_of, words_of
from kam_connector.rules.pay.exact import decimal_of, fine_of, per_minor, round_minor
from kam_connector.rules.pay.goals import MISSING, TARGET
from kam_connector.rules.reasons import REASONS, reason_args

RESTATED = "restated"
"""A component `restated 2026-06` is a row that June is the origin of."""
WHO = ["company_id", "payee_id", "plan", "currency_id"]
ABOUT = ["component", "credit_id", "move_id", "customer_id"]
COMPARED_COLUMNS = [*ABOUT, "was_exact", "is_exact", "was_earned", "is_earned", "was_base", "is_base"]
_NOT_COMPARED = ("settled", "approved", RESTATED)
_Sum: TypeAlias = tuple[int, Decimal, Decimal, int]
_NOTHING: _Sum = (0, Decimal(0), Decimal(0), 0)
_BLANK: Mapping[Hashable, Any] = {
    **dict.fromkeys(ABOUT[1:], 0), **dict.fromkeys(COMPARED_COLUMNS[len(ABOUT):], Decimal(0)),
}  # fmt: skip
Closed = Collection[tuple[int, str, str]]
Former = Mapping[tuple[int, int, str, str, int], pd.DataFrame]
"""The rows of the last closed statement by company, payee, plan, period and currency."""
Already = Mapping[tuple[int, int, str, str, int], Mapping[int, int]]
"""By the same, what settled statements have carried over of each document (0: none), in smallest units."""


@dataclass(frozen=True, slots=True)
class Carried:
    """What the open period `period` of a payee takes over from `origin`, in smallest units."""

    company_id: int
    payee_id: int
    plan: str
    origin: str
    currency_id: int
    period: str
    amount_minor: int
    valid_from: date


@dataclass(frozen=True, slots=True)
class Causes:
    """What else than a document may have moved: the margin, where the plan pays by it, and targets, by component."""

    by_margin: bool
    moved_targets: Mapping[str, bool]

    def of(self, row: Mapping[Any, Any]) -> str:
        """target: it is measured against another one; margin: its own was another; "": neither.

        A margin that another bracket pays for is none; a credit whose base has changed has its own reason.
        """
        other_base = row["was_base"] != row["is_base"]
        whole = self.moved_targets.get(str(row.get("component", "")))
        if whole is not None and (whole or not other_base):
            return "target"
        return "margin" if self.by_margin and other_base else ""


def origin_of(component: str) -> str:
    """The period that a row is carried from, "" for any other row."""
    name, _, origin = component.partition(" ")
    return origin if name == RESTATED else ""


def open_period(place: tuple[int, str, str], periods: Collection[str], closed: Closed) -> str | None:
    """Which period takes over what becomes known of `place`: the plan's first open one after it.

    So on 1 August, with June closed and July not yet, it is July, in the nights as when July is closed. Where all later
    ones are closed, the last that is open; None when there is none.
    """
    company, plan, origin = place
    left = sorted((code for code in periods if (company, plan, code) not in closed), key=_start)
    return next((code for code in left if _start(code) > _start(origin)), left[-1] if left else None)


def carry_over(
    frame: pd.DataFrame, periods: Mapping[str, Collection[str]], closed: Closed
) -> tuple[pd.DataFrame, list[Carried]]:
    """The statements of the open periods with what the closed ones come to now, and what was carried.

    `frame`: company_id, payee_id, plan, period, currency_id, valid_from and the amounts of a statement. A payee who has
    none in the open period gets one of nothing else. Closed periods are taken out.
    """
    pairs = zip(*(frame[name].tolist() for name in ("company_id", "plan", "period")), strict=True)
    is_closed = np.array([pair in closed for pair in pairs], dtype=bool)
    carried = []
    for row in frame[is_closed & (frame["payout_minor"] != 0).to_numpy(dtype=bool)].to_dict("records"):
        target = open_period((row["company_id"], row["plan"], row["period"]), periods[row["plan"]], closed)
        if target is not None:
            carried.append(_carried(row, target))
    kept = frame[~is_closed]
    if not carried:
        return kept.reset_index(drop=True), []
    sums = pd.DataFrame([_statement(each) for each in carried])
    return _added(kept, sums), carried


def restated_rows(
    carried: Collection[Carried],
    present: pd.DataFrame,
    former: Former,
    currencies: Mapping[int, Currency],
    already: Already | None = None,
    by_margin: Collection[str] = (),
) -> list[dict[str, Any]]:
    """A row a credit and component of a closed period that comes to another amount now, for the open period.

    `present`: the rows of the closed periods as they are now (ABOUT, WHO, period, amount_exact). What a settled
    statement has carried over of a document is no row again: 20.00 came in July, 5.00 more is one row in August.
    `by_margin`: the plans that pay by it. 20.00 that become 5.00 while as much is earned are a payment that bounced.
    """
    made: list[dict[str, Any]] = []
    for each in carried:
        key = (each.company_id, each.payee_id, each.plan, each.origin, each.currency_id)
        mine = present[_is_of(present, key)]
        known = dict((already or {}).get(key, {}))
        compared, currency = compare_rows(former.get(key), mine), currencies[each.currency_id]
        causes = Causes(each.plan in by_margin, find_moved_targets(former.get(key), mine))
        made += _rows(each, compared, currency, known, causes)
    return made


def compare_rows(former: pd.DataFrame | None, present: pd.DataFrame) -> pd.DataFrame:
    """COMPARED_COLUMNS: what each credit and component brought and earned, of which base, by these rows and by those.

    A customer who was merged into another since is the other one. What was settled, approved otherwise or carried over
    is no part of it.
    """
    was, now = _summed(former), _summed(present)
    rows = [
        (
            *key,
            now.get(key, was.get(key, _NOTHING))[0],
            *(side.get(key, _NOTHING)[place] for place in (1, 2, 3) for side in (was, now)),
        )
        for key in sorted(was.keys() | now.keys())
    ]
    return pd.DataFrame(rows, columns=COMPARED_COLUMNS, dtype=object)


def find_moved_targets(former: pd.DataFrame | None, present: pd.DataFrame) -> dict[str, bool]:
    """The components that were measured against another target of the same span by those rows than by these.

    True: its whole pay follows from that, because there was no target or is none, or because it pays by levels, whose
    rows name whichever credit reached one.
    """
    was, now = _targets(former), _targets(present)
    changed = {key: was[key] | now[key] for key in sorted(was.keys() & now.keys()) if was[key] != now[key]}
    if not changed:
        return {}
    tables = [table for table in (former, present) if table is not None]
    whole = {name for table in tables for name in table["component"][table["reason_code"] == "commission.level"]}
    whole |= {name for (name, _), shown in changed.items() if any(code in MISSING for code, _ in shown)}
    return {name: name in whole for name, _ in changed}


def _targets(table: pd.DataFrame | None) -> dict[tuple[str, str], set[tuple[str, int]]]:
    """By component and span the reasons and amounts of its rows that say what it was measured against."""
    found: dict[tuple[str, str], set[tuple[str, int]]] = {}
    if table is None or not len(table):
        return found
    shown = table[table["component"].str.startswith(f"{TARGET} ").to_numpy(dtype=bool)]
    for row in shown.to_dict("records"):
        measured, span = str(row["component"]).partition(" ")[2], str(json.loads(row["reason_args"])["period"])
        found.setdefault((measured, span), set()).add((str(row["reason_code"]), int(row["base_minor"])))
    return found


def _start(code: str) -> date:
    return parse_period(code).start


def _carried(row: Mapping[Hashable, Any], target: str) -> Carried:
    return Carried(
        int(row["company_id"]), int(row["payee_id"]), str(row["plan"]), str(row["period"]), int(row["currency_id"]),
        target, int(row["payout_minor"]), row["valid_from"],
    )  # fmt: skip


def _statement(each: Carried) -> dict[str, Any]:
    """The carried amount as a statement of the open period."""
    return {
        "company_id": each.company_id, "payee_id": each.payee_id, "plan": each.plan, "period": each.period,
        "currency_id": each.currency_id, "valid_from": each.valid_from, "earned_exact": Decimal(0), "earned_minor": 0,
        "released_minor": 0, "adjustments_minor": each.amount_minor, "settled_minor": 0,
        "payout_minor": each.amount_minor,
    }  # fmt: skip


def _added(kept: pd.DataFrame, sums: pd.DataFrame) -> pd.DataFrame:
    every = pd.concat([kept, sums[kept.columns]], ignore_index=True) if len(kept) else sums[kept.columns]
    keys = ["company_id", "payee_id", "plan", "period", "currency_id"]
    how = {name: "max" if name == "valid_from" else "sum" for name in kept.columns if name not in keys}
    return every.groupby(keys, sort=True).agg(how).reset_index()[list(kept.columns)]


def _is_of(rows: pd.DataFrame, key: tuple[int, int, str, str, int]) -> np.ndarray:
    names = ("company_id", "payee_id", "plan", "period", "currency_id")
    found = np.ones(len(rows), dtype=bool)
    for name, value in zip(names, key, strict=True):
        found &= (rows[name] == value).to_numpy(dtype=bool)
    return found


def _summed(table: pd.DataFrame | None) -> dict[tuple[str, int, int], _Sum]:
    """By component, credit and document: the customer, and the sums of what is paid, earned (exact) and of the base."""
    sums: dict[tuple[str, int, int], _Sum] = {}
    if table is not None and len(table):
        columns = (words_of(table["component"]), *(ids_of(table[each]).tolist() for each in ABOUT[1:]),
                   table["amount_exact"], table["earned_exact"], ids_of(table["base_minor"]).tolist())  # fmt: skip
        for component, credit, move, customer, amount, earned, base in zip(*columns, strict=True):
            if component.partition(" ")[0] not in _NOT_COMPARED and not component.startswith(f"{TARGET} "):
                key = (component, credit, move)
                former = sums.get(key, _NOTHING)
                sums[key] = (customer, former[1] + amount, former[2] + earned, former[3] + base)
    return sums


def _rows(
    each: Carried, compared: pd.DataFrame, currency: Currency, already: dict[int, int], causes: Causes
) -> Iterator[dict[str, Any]]:
    moved = [row for row in compared.to_dict("records") if row["was_exact"] != row["is_exact"]]
    running, parts = 0, list[tuple[Mapping[Hashable, Any], int, int]]()
    for row in moved:
        before, running = running, running + fine_of(row["is_exact"]) - fine_of(row["was_exact"])
        known = already.pop(int(row["move_id"]), 0)
        amount = round_minor(running, currency) - round_minor(before, currency) - known
        parts += [(row, known, amount)] if amount else []
    parts += [({**_BLANK, "move_id": move}, known, -known) for move, known in sorted(already.items()) if known]
    rest = each.amount_minor - sum(amount for _, _, amount in parts)
    parts = parts or [(_BLANK, 0, 0)]  # a difference of the one rounding alone
    for place, (about, known, amount) in enumerate(parts, start=1):
        yield _row(each, about, (known, amount + (rest if place == len(parts) else 0)), currency, causes)


def _row(
    each: Carried, row: Mapping[Any, Any], minor: tuple[int, int], currency: Currency, causes: Causes
) -> dict[str, Any]:
    """`minor`: what was carried over of it before, and what is now."""
    known, amount = minor
    was, now = (round_minor(fine_of(row[name]), currency) for name in ("was_exact", "is_exact"))
    earned = None if known else (row["was_earned"], row["is_earned"])
    code = _code(was + known, now, earned, causes.of(row))
    figures = {
        "origin": each.origin, "was": minor_text(was + known, currency), "now": minor_text(now, currency),
        "currency": currency.code, "plan": each.plan, "valid_from": each.valid_from.isoformat(),
    }  # fmt: skip
    return {
        "company_id": each.company_id, "payee_id": each.payee_id, "plan": each.plan, "period": each.period,
        "component": f"{RESTATED} {each.origin}", "credit_id": int(row["credit_id"]), "move_id": int(row["move_id"]),
        "customer_id": int(row["customer_id"]), "date": pd.Timestamp(parse_period(each.period).end),
        "currency_id": each.currency_id, "exchange": None, "base_minor": 0, "slice_from": 0, "slice_to": 0,
        "rate": Decimal(0), "earned_exact": Decimal(0), "amount_exact": decimal_of(amount * per_minor(currency)),
        "reason_code": code, "reason_args": reason_args(code, **{name: figures[name] for name in REASONS[code]}),
    }  # fmt: skip


def _code(was: int, now: int, earned: tuple[Decimal, Decimal] | None, cause: str) -> str:
    """`earned`: before and now; None where a part of the difference was carried over already."""
    if earned and all(earned):
        if earned[0] == earned[1]:
            return "pay.bounced_since" if abs(now) < abs(was) else "pay.paid_since"
        if cause == "margin":
            return "pay.margin_since"
    if cause == "target":
        return "pay.target_since"
    if was == 0 and now != 0:
        return "pay.came_later"
    return "pay.gone_since" if now == 0 and was != 0 else "pay.changed_since"
