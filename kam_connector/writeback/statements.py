"""Wanted payouts with their lines, the deadlines of complaints, the outcome of promises."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pandas as pd

from kam_connector.periods import parse_period
from kam_connector.writeback.decided import Decided
from kam_connector.writeback.digits import Digits
from kam_connector.writeback.escalations import with_escalations
from kam_connector.writeback.keys import key_of, whole_numbers
from kam_connector.writeback.pay_periods import with_periods
from kam_connector.writeback.plans import Desired

_REASON = ["reason_code", "reason_args"]
_HOUR = 3_600_000_000_000
"""In the nanoseconds of a pandas Timedelta."""
_MEASURED = "target "
"""So the component begins whose row says what was measured against (`rules.pay.goals`)."""
_STATEMENT = ["company_id", "payee_id", "plan", "period"]


def payouts(decided: Decided, digits: Digits) -> Desired | None:
    """One record a payee, plan, period and sequence, in the currency of the plan."""
    if decided.payouts is None:
        return None
    frame = decided.payouts.rename(columns={"payout_minor": "amount_minor"})
    periods = frame["period"].map(parse_period)
    earned = _rounded(frame, "earned_exact", digits)
    frame = frame.assign(
        earned_minor=earned,
        released_minor=frame.get("released_minor", earned),
        adjustments_minor=frame.get("adjustments_minor", 0),
        date_from=periods.map(lambda period: period.start),
        date_to=periods.map(lambda period: period.end),
        state="draft",
        kam_key=_payout_key(frame),
    )
    if decided.pay_periods is not None:
        frame = with_periods(frame, decided.pay_periods)
    return Desired("kam.payout", frame, scope=_scope(decided))


def payout_lines(decided: Decided, digits: Digits) -> Desired | None:
    """One record a credit and component of a payout; a credit that fell into two brackets has two.

    The row that says what was measured against has no base: a target is no amount that a rate is applied to, and lists
    of lines sum their bases.
    """
    if decided.payout_lines is None or decided.payouts is None:
        return None
    heads = decided.payouts[[*_STATEMENT, "sequence"]]
    frame = decided.payout_lines.merge(heads, on=_STATEMENT, how="inner")
    payout = _payout_key(frame)
    frame = frame.assign(
        kam_key=_line_keys(frame),
        payout_id=payout,
        base_minor=frame["base_minor"].mask(frame["component"].astype(str).str.startswith(_MEASURED), 0),
        amount_minor=_rounded(frame, "amount_exact", digits),
        amount_exact=frame["amount_exact"].map(lambda amount: format(Decimal(str(amount)).normalize(), "f")),
    )
    return Desired("kam.payout.line", frame, scope=_scope(decided))


def complaints(decided: Decided) -> Desired | None:
    """One record a complaint, of which clocks and proposal are ours, and one a ticket or claim that becomes one.

    A clock that stands has its hours and no deadline, one that runs its deadline and no hours: so an unchanged day
    changes no record.
    """
    if decided.deadlines is None:
        return None
    frame = decided.deadlines
    if frame.empty:
        frame = pd.DataFrame(columns=["company_id", "complaint_id"])
    for clock in ("response", "resolution"):
        frame = _at_rest(frame, clock)
    keys = _own_key("kam.complaint", frame["complaint_id"])
    if decided.case_keys is not None:
        known = decided.case_keys.set_index("complaint_id")["case_key"]
        keys = frame["complaint_id"].map(known).fillna(keys)
    frame = with_escalations(frame.assign(kam_key=keys), decided.escalations)
    frame = _with_proposals(frame, decided.compensation)
    frame = _with_evidence(frame, decided.faith)
    return Desired("kam.complaint", _with_taken(frame, decided.taken))


def _with_proposals(frame: pd.DataFrame, proposals: pd.DataFrame | None) -> pd.DataFrame:
    """The complaints with what is proposed to them; an empty one clears what was proposed before."""
    if proposals is None or frame.empty:
        return frame
    merged = frame.merge(proposals.drop(columns="company_id"), on="complaint_id", how="left")
    return merged.assign(proposed_amount_minor=merged["proposed_amount_minor"].fillna(0))


def _with_evidence(frame: pd.DataFrame, faith: pd.DataFrame | None) -> pd.DataFrame:
    """The complaints with what speaks for and against them."""
    if faith is None or frame.empty:
        return frame
    merged = frame.merge(faith.drop(columns="company_id"), on="complaint_id", how="left")
    return merged.assign(evidence_points=merged["evidence_points"].fillna(0).astype("int64"))


def _with_taken(frame: pd.DataFrame, taken: pd.DataFrame | None) -> pd.DataFrame:
    """The deadlines and, below them, the cases that are made first; their deadlines follow when they have come home."""
    if taken is None or taken.empty:
        return frame
    new = taken.rename(columns={"case_key": "kam_key", "customer_id": "partner_id", "title": "subject"})
    deadlines = frame.drop(columns=["type", "severity"], errors="ignore").astype(object)
    return pd.concat([deadlines, new.astype(object)], ignore_index=True)


def _at_rest(frame: pd.DataFrame, clock: str) -> pd.DataFrame:
    """The rows with the clock's hours where it ended or stands, and no deadline where it stands."""
    state, used = f"{clock}_state", f"{clock}_used"
    if state not in frame:
        return frame
    stands = frame[state].eq("paused")
    ended = frame[state].eq("met") | (frame[state].eq("breached") & frame[f"{clock}_ended"])
    hours = [Decimal(span.value) / _HOUR if shown else Decimal(0)
             for span, shown in zip(frame[used], stands | ended, strict=True)]  # fmt: skip
    due = frame[f"{clock}_due"].mask(stands, pd.NaT)
    return frame.assign(**{f"{clock}_due": due, used: pd.Series(hours, index=frame.index, dtype=object)})


def promises(decided: Decided) -> Desired | None:
    """One record a promise that people have logged: only what became of it is ours."""
    if decided.promises is None or decided.promises.empty:
        return None
    own = decided.promises[decided.promises["promise_id"] > 0]  # below zero: logged in the book, not in the ERP
    frame = own[["company_id", "currency_id", "state", "received_minor", "state_on", *_REASON]]
    return Desired("kam.promise", frame.assign(kam_key=_own_key("kam.promise", own["promise_id"])))


def _scope(decided: Decided) -> str:
    """The keys of the plans and periods that were computed; statements of other periods stay as they are."""
    pairs = sorted(decided.paid_periods)
    ends = "|".join(f"{re.escape(plan)}:{re.escape(period)}" for plan, period in pairs)
    return rf"payout:\d+:(?:{ends}):" if ends else ""


def _own_key(model: str, numbers: pd.Series[Any]) -> pd.Series[Any]:
    """The keys of records that people have made: model and id."""
    return pd.Series([f"{model},{number}" for number in whole_numbers(numbers)], index=numbers.index, dtype=object)


def _line_keys(frame: pd.DataFrame) -> pd.Series[Any]:
    """The payout's key, component and document; the second bracket of one document ends in `:1`."""
    columns = (frame["payee_id"], frame["plan"], frame["period"], frame["sequence"], frame["component"])
    keys = key_of("payout", *columns, frame["move_id"])
    slices = keys.groupby(keys).cumcount()
    texts = [f"{key}:{number}" if number else key for key, number in zip(keys, slices, strict=True)]
    return pd.Series(texts, index=frame.index, dtype=object)


def _payout_key(frame: pd.DataFrame) -> pd.Series[Any]:
    return key_of("payout", frame["payee_id"], frame["plan"], frame["period"], frame["sequence"])


def _rounded(frame: pd.DataFrame, column: str, digits: Digits) -> pd.Series[Any]:
    """The exact amounts in whole minor units, half away from zero, each in its row's own currency."""
    rows = zip(frame[column], frame["company_id"], whole_numbers(frame["currency_id"]), strict=True)
    minors = [_minor(Decimal(str(exact)), digits.of_row(company, currency)) for exact, company, currency in rows]
    return pd.Series(minors, index=frame.index, dtype="int64")


def _minor(exact: Decimal, digits: int) -> int:
    return int(exact.scaleb(digits).quantize(Decimal(1), rounding=ROUND_HALF_UP))
