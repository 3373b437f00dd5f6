"""Whether a promise to pay was kept, partly kept or broken: what was said against the cash that came in.

A promise is kept as soon as the cash received since it was made comes to the amount less the tolerance. The cash may
still come `grace_days` after the promised day; on the day after that what came short is partly kept, and a promise
without any cash broken. Before, it is open. The state follows from the postings of each night: a payment that
is reversed later breaks what was kept. Requirements S4-52, S4-57, S4-58.

Worked figure: 1000 promised on 1 June for Friday 5 June, grace 2. 1000 on the 4th: kept on the 4th. 400 on the 4th:
open and running up to the 4th, short (object at once) from the 5th, partly kept from the 8th. Nothing: open up to
the 7th, broken on the 8th.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np
import pandas as pd

from kam_connector.findings import Finding
from kam_connector.money import Currency, minor_text
from kam_connector.policy.receivables import CollectionsPolicy, Promises
from kam_connector.rules.decisions import (
    Days,
    Decisions,
    Flags,
    Whole,
    column_or,
    days_of,
    ids_of,
    require_columns,
    texts_of,
    values_by,
    words_of,
)
from kam_connector.rules.promise_cash import Counted, Word, share_cash
from kam_connector.rules.reasons import REASONS, reason_args
from kam_connector.texts import Text

OPEN, KEPT, PARTLY, BROKEN, CANCELLED = "open", "kept", "partly", "broken", "cancelled"
PROMISE_COLUMNS = (
    "promise_id", "company_id", "customer_id", "currency_id", "currency", "digits", "amount_minor", "promised_for",
    "made_on", "state",
)  # fmt: skip
JUDGED_COLUMNS = [
    "promise_id", "company_id", "customer_id", "user_id", "move_id", "currency_id", "amount_minor", "received_minor",
    "promised_for", "made_on", "state", "state_on", "runs", "object_on", "reason_code", "reason_args",
]  # fmt: skip
_ORDER = ["company_id", "customer_id", "made_on", "promised_for", "promise_id"]


def decide_promises(
    promises: pd.DataFrame,
    receipts: pd.DataFrame,
    documents: pd.DataFrame,
    policy: CollectionsPolicy,
    as_of: date,
    companies: pd.DataFrame,
) -> Decisions:
    """What became of each promise by the end of `as_of`.

    `promises`, `receipts`, `documents` as the facts `promises`, `receipts`, `paid_documents` give them (kind, granted,
    approval, move_id, user_id where known); `companies` with company_id, currency_id. Promises that people cancelled or
    a manager refused are left out; one without a usable amount or day is a finding.

    Columns: JUDGED_COLUMNS; received_minor in the promise's currency, state_on (day that decided the state; NaT while
    open), runs (it may hold dunning), object_on (first day on which its failing is a reason to ask; NaT: none).
    Order: company, customer, the oldest promise first.
    """
    require_columns(promises, PROMISE_COLUMNS, "promises")
    wrong = _find_wrong(promises)
    usable = promises[~promises["promise_id"].isin([int(finding.record) for finding in wrong])]
    rows = _judge(_in_order(usable), receipts, documents, policy, as_of, companies)
    codes = [f"promise.{name}" for name in rows["outcome"].tolist()]
    args = [reason_args(code, **figures) for code, figures in _reasons(rows, codes, policy)]
    rows = rows.assign(reason_code=codes, reason_args=args)
    return Decisions(rows[JUDGED_COLUMNS].reset_index(drop=True), tuple(wrong))


def count_outcomes(judged: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """A row a company and customer: kept, partly_kept, broken of the last twelve months (by the promised day)."""
    recent = judged[_within_a_year(judged, as_of)]
    states = {"kept": KEPT, "partly_kept": PARTLY, "broken": BROKEN}
    marks = {name: (recent["state"] == state).astype("int64") for name, state in states.items()}
    counted = recent[["company_id", "customer_id"]].assign(**marks)
    return counted.groupby(["company_id", "customer_id"], as_index=False)[list(states)].sum()


def _judge(
    rows: pd.DataFrame,
    receipts: pd.DataFrame,
    documents: pd.DataFrame,
    policy: CollectionsPolicy,
    as_of: date,
    companies: pd.DataFrame,
) -> pd.DataFrame:
    """The promises with received_minor, state, state_on, runs, object_on and outcome (end of the reason code)."""
    terms, today = policy.promises, np.datetime64(as_of, "D")
    due = days_of(rows["promised_for"])
    end = due + np.timedelta64(terms.grace_days, "D")
    amount = rows["amount_minor"].to_numpy(dtype=np.int64)
    enough = np.maximum(amount - _tolerance(rows, terms), 1)
    counted = share_cash(_words(rows, enough, end, companies), receipts, documents)
    received = np.array([each.received for each in counted], dtype=np.int64)
    is_kept, is_over = received >= enough, today > end
    short = ~is_kept & (received > 0) & (today >= due)
    state = np.select([is_kept, is_over & (received > 0), is_over], [KEPT, PARTLY, BROKEN], OPEN)
    granted = _granted(rows, due, terms)
    judged = rows.assign(
        received_minor=received, state=state.astype(object),
        state_on=_days(np.select([is_kept, is_over], [_day_of(counted, "enough_on"), end + 1], _NEVER)),
        runs=(state == OPEN) & ~short & granted,
        object_on=_days(np.select([short, state == BROKEN], [np.maximum(due, _day_of(counted, "last_on")), end + 1],
                                  _NEVER)),
        until=_days(end), enough_on=_days(_day_of(counted, "enough_on")),
    )  # fmt: skip
    waiting, object_now = (state == OPEN) & ~granted, (state == OPEN) & short
    return judged.assign(outcome=np.select([object_now, waiting], ["short", "waiting"], state).astype(object))


def _in_order(promises: pd.DataFrame) -> pd.DataFrame:
    """The promises that stand, the oldest of each customer first."""
    refused = column_or(promises, "approval", "none") == "refused"
    rows = promises[(promises["state"] != CANCELLED) & ~refused]
    days = {name: _days(days_of(rows[name])) for name in ("promised_for", "made_on")}
    ids = {name: ids_of(column_or(rows, name, 0)) for name in ("user_id", "move_id")}
    return rows.assign(**days, **ids).sort_values(_ORDER, kind="stable").reset_index(drop=True)


def _granted(rows: pd.DataFrame, due: Days, terms: Promises) -> Flags:
    """Whether the day needs no approval, or has it."""
    days = (due - days_of(rows["made_on"])).astype("timedelta64[D]").astype(np.int64)
    is_extension = (column_or(rows, "kind", "promise") == "extension").to_numpy(dtype=bool)
    granted: Flags = column_or(rows, "granted", False).to_numpy(dtype=bool)
    return granted | ~(is_extension | (days > terms.max_days))


def _tolerance(rows: pd.DataFrame, terms: Promises) -> Whole:
    by_digits = {digit: int(terms.tolerance.scaleb(digit)) for digit in range(5)}
    return values_by(ids_of(rows["digits"]), by_digits, 0)


def _words(rows: pd.DataFrame, enough: Whole, end: Days, companies: pd.DataFrame) -> list[Word]:
    own = dict(zip(ids_of(companies["company_id"]).tolist(), ids_of(companies["currency_id"]).tolist(), strict=True))
    names = ("company_id", "customer_id", "move_id", "currency_id", "amount_minor")
    columns = [ids_of(rows[name]).tolist() for name in names]
    days = (days_of(rows["made_on"]), end)
    return [
        Word((company, customer), move, currency, own.get(company) == currency, amount, least, first, last)
        for company, customer, move, currency, amount, least, first, last in zip(
            *columns, enough.tolist(), *days, strict=True
        )
    ]


def _find_wrong(promises: pd.DataFrame) -> list[Finding]:
    made, due = days_of(promises["made_on"]), days_of(promises["promised_for"])
    checks = (
        (ids_of(promises["amount_minor"]) <= 0, Text("The promise has no amount above zero; it is not judged.")),
        (np.isnat(made) | np.isnat(due), Text("The promise has no day; it is not judged.")),
        (made > due, Text("The promise is for a day before it was made; it is not judged.")),
        (promises["currency"].isna().to_numpy(), Text("The promise is in an unknown currency; it is not judged.")),
    )
    keys, seen, found = ids_of(promises["promise_id"]), set[int](), []
    for flags, text in checks:
        new = [key for key in keys[flags].tolist() if key not in seen]
        seen.update(new)
        found += [Finding("warning", "rules.promises", str(key), text) for key in new]
    return found


def _reasons(
    rows: pd.DataFrame, codes: list[str], policy: CollectionsPolicy
) -> Iterator[tuple[str, dict[str, str | int]]]:
    """Reason code and figures of each promise."""
    days = [texts_of(days_of(rows[name])) for name in ("promised_for", "until", "enough_on")]
    whole = [ids_of(rows[name]).tolist() for name in ("digits", "amount_minor", "received_minor")]
    for code, due, until, paid_on, currency, digits, promised, received in zip(
        codes, *days, words_of(rows["currency"]), *whole, strict=True
    ):
        unit = Currency(currency, digits)
        figures: dict[str, str | int] = {
            "currency": currency, "promised": minor_text(promised, unit), "received": minor_text(received, unit),
            "promised_for": due, "until": until, "paid_on": paid_on, "max_days": policy.promises.max_days,
            "valid_from": policy.valid_from.isoformat(),
        }  # fmt: skip
        yield code, {name: figures[name] for name in REASONS[code]}


def _within_a_year(judged: pd.DataFrame, as_of: date) -> Flags:
    """Promised for a day of the twelve months that end with `as_of`."""
    first = np.datetime64((pd.Timestamp(as_of) - pd.DateOffset(years=1)).date(), "D")
    due = days_of(judged["promised_for"])
    return (due > first) & (due <= np.datetime64(as_of, "D"))


def _day_of(counted: list[Counted], name: str) -> Days:
    return np.array([getattr(each, name) for each in counted], dtype="datetime64[D]")


def _days(days: np.ndarray) -> np.ndarray:
    return days.astype("datetime64[s]")


_NEVER = np.datetime64("NaT", "D")
