"""What a night decided, as rows of plain types for the command line (CONTRACTS "Output rows")."""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import pandas as pd

from kam_connector.messages import render
from kam_connector.money import minor_text
from kam_connector.reports import Names, name_of
from kam_connector.rules.priority import CODE
from kam_connector.runs.compensation import proposals_by_complaint
from kam_connector.runs.decisions import Night
from kam_connector.runs.faith import evidence_by_complaint
from kam_connector.runs.result import Row
from kam_connector.writeback.escalations import with_escalations

Record = Mapping[Hashable, Any]


def tier_rows(frame: pd.DataFrame, names: Names, lang: str, more: Sequence[str] = ()) -> list[Row]:
    """One row a customer and company: score, coverage, status, tier, tier before, reason; best score first.

    `frame` from `rules.tiers`; `more` are columns of it that come before the reason.
    """
    order = pd.to_numeric(frame["score"].astype(object), errors="coerce")
    frame = frame.assign(order=order).sort_values(
        ["company_id", "order", "customer_id"], ascending=[True, False, True], kind="stable"
    )
    return [
        {
            "company": int(row["company_id"]),
            "customer": int(row["customer_id"]),
            "name": name_of(names.customers, row["customer_id"]),
            **{key: _text(row[key]) for key in ("score", "coverage", "status", "tier", "previous_tier")},
            **{key: row[key] for key in more},
            "reasons": _reason(row, names, lang),
        }
        for row in frame.to_dict("records")
    ]


def with_segment_reasons(rated: pd.DataFrame, names: Names, lang: str) -> pd.DataFrame:
    """`rated` from `segments.add_segments` with segment_reason: why each customer is in its segment, in words."""
    reasons = [
        "" if code is None else render(code, args, lang, names.own)
        for code, args in zip(rated["segment_code"], rated["segment_args"], strict=True)
    ]
    return rated.assign(segment_reason=reasons)


def span_rows(spans: pd.DataFrame, names: Names, lang: str) -> list[Row]:
    """One row a customer and tier with its first and last day; `spans` from `tier_spans.tier_spans`."""
    return [
        {
            "company": int(row["company_id"]),
            "customer": int(row["customer_id"]),
            "name": name_of(names.customers, row["customer_id"]),
            "tier": _text(row["tier"]),
            "valid_from": row["valid_from"].date().isoformat(),
            "valid_to": None if pd.isna(row["valid_to"]) else row["valid_to"].date().isoformat(),
            **{key: _text(row[key]) for key in ("score", "coverage", "status", "segment")},
            "formerly": int(row["formerly"]) or None,
            "reasons": _reason(row, names, lang),
        }
        for row in spans.to_dict("records")
    ]


def task_rows(tasks: pd.DataFrame, names: Names, lang: str) -> list[Row]:
    """The worklist, the most urgent task first; `tasks` from `rules.dunning`."""
    return [
        {
            "company": int(row["company_id"]),
            "customer": int(row["customer_id"]),
            "name": name_of(names.customers, row["customer_id"]),
            "salesperson": name_of(names.people, row["user_id"]),
            "step": row["step"],
            "level": int(row["level"]),
            "amount": minor_text(row["amount_minor"], names.currencies[row["currency_id"]]),
            "currency": names.currencies[row["currency_id"]].code,
            "days_overdue": int(row["days_overdue"]),
            "deadline": row["deadline"].date().isoformat(),
            "call_at": _moment(row["call_at"]),
            "channel": row["channel"],
            "tone": row["tone"],
            "manager": name_of(names.people, row["manager_id"]),
            "priority": f"{row['priority']:.2f}",
            "reason": _reason(row, names, lang),
            "advice": render(row["advice_code"], row["advice_args"], lang, names.own),
            "urgency": render(CODE, row["priority_args"], lang, names.own),
        }
        for row in tasks.to_dict("records")
    ]


def promise_rows(night: Night, names: Names, lang: str, state: str | None = None) -> list[Row]:
    """One row a promise to pay (of that state), the earliest day first."""
    frame = night.promises.frame
    frame = frame if state is None else frame[frame["state"] == state]
    frame = frame.sort_values(["promised_for", "company_id", "customer_id", "promise_id"], kind="stable")
    return [
        {
            "company": int(row["company_id"]),
            "promise": int(row["promise_id"]),
            "customer": int(row["customer_id"]),
            "name": name_of(names.customers, row["customer_id"]),
            "salesperson": name_of(names.people, row["user_id"]),
            "amount": minor_text(row["amount_minor"], names.currencies[row["currency_id"]]),
            "received": minor_text(row["received_minor"], names.currencies[row["currency_id"]]),
            "currency": names.currencies[row["currency_id"]].code,
            "made_on": row["made_on"].date().isoformat(),
            "promised_for": row["promised_for"].date().isoformat(),
            "state": row["state"],
            "holds_dunning": bool(row["runs"]),
            "reason": _reason(row, names, lang),
        }
        for row in frame.to_dict("records")
    ]


def case_rows(night: Night, names: Names, lang: str) -> list[Row]:
    """One row a bad-debt case, those that people have decided included: by company, the largest first."""
    decided = night.cases.rest[night.cases.rest["reason_code"] == "case.none_decided"]
    rows = [*night.cases.frame.to_dict("records"), *decided.to_dict("records")]
    rows.sort(key=lambda row: (row["company_id"], -row["amount_minor"], row["customer_id"]))
    return [
        {
            "company": int(row["company_id"]),
            "customer": int(row["customer_id"]),
            "name": name_of(names.customers, row["customer_id"]),
            "salesperson": name_of(names.people, row["user_id"]),
            "amount": minor_text(row["amount_minor"], names.currencies[row["currency_id"]]),
            "currency": names.currencies[row["currency_id"]].code,
            "due_date": None if pd.isna(row["due_date"]) else row["due_date"].date().isoformat(),
            "days_overdue": int(row["days_overdue"]),
            "payer_class": row["payer_class"] or None,
            "proposal": row["advice"],
            "state": row["state"],
            "reason": _reason(row, names, lang),
        }
        for row in rows
    ]


def payout_rows(payouts: pd.DataFrame, names: Names, lang: str) -> list[Row]:
    """One row a payee, plan and period: earned, settled before, due now."""
    return [
        {
            "company": int(row["company_id"]),
            "payee": int(row["payee_id"]),
            "name": name_of(names.people, row["payee_id"]),
            "plan": row["plan"],
            "period": row["period"],
            "currency": names.currencies[row["currency_id"]].code,
            **{
                name: minor_text(row[f"{name}_minor"], names.currencies[row["currency_id"]])
                for name in ("earned", "released", "adjustments", "settled", "payout")
            },
            "reason": _reason(row, names, lang),
        }
        for row in payouts.to_dict("records")
    ]


_HOURS = {"used": "resolution_used", "paused": "paused", "supplier": "supplier"}


def hours_text(span: pd.Timedelta) -> str:
    """Hours with two decimals, a half up."""
    hundredths = (span.value // 1000 + 18_000_000) // 36_000_000
    return f"{hundredths // 100}.{hundredths % 100:02d}"


def complaint_rows(night: Night, names: Names, lang: str) -> list[Row]:
    """One row a complaint with its deadlines, what is proposed to make it good and what speaks for and against it.

    The earliest resolution first.
    """
    about = ["complaint_id", "type", "state", "user_id", "received_at"]
    frame = night.deadlines.frame.merge(night.complaints[about], on="complaint_id", how="left")
    frame = with_escalations(frame, night.escalations.frame)
    frame = frame.sort_values(["resolution_due", "complaint_id"], kind="stable")
    proposals, evidence = proposals_by_complaint(night), evidence_by_complaint(night)
    return [
        {
            "company": int(row["company_id"]),
            "complaint": int(row["complaint_id"]),
            "customer": int(row["customer_id"]),
            "name": name_of(names.customers, row["customer_id"]),
            **{key: _text(row[key]) for key in ("type", "severity", "state", "tier")},
            **{key: _moment(row[key]) for key in ("received_at", "response_due", "resolution_due")},
            "response_breached": bool(row["response_breached"]),
            "resolution_breached": bool(row["resolution_breached"]),
            **{key: _text(row[key]) for key in ("response_state", "resolution_state")},
            **{f"{key}_hours": hours_text(row[column]) for key, column in _HOURS.items()},
            "escalation_level": row["escalation_level"] or None,
            "escalation_role": row["escalation_role"] or None,
            "escalated_to": name_of(names.people, row["escalated_to_id"]) if row["escalated_to_id"] else None,
            "escalated_at": _moment(row["escalated_at"]),
            "escalation_state": row["escalation_state"] or None,
            "reason": _reason(row, names, lang),
            **_proposal(proposals.get(row["complaint_id"]), names, lang),
            **_evidence(evidence.get(row["complaint_id"]), names, lang),
        }
        for row in frame.to_dict("records")
    ]


def _proposal(row: Record | None, names: Names, lang: str) -> Row:
    """What is proposed for a complaint; nothing where nothing is."""
    if row is None:
        keys = ("proposed_remedy", "proposed_amount", "currency", "proposed_limit", "approver", "compensation")
        return dict.fromkeys(keys)
    currency = names.currencies[row["currency_id"]]
    return {
        "proposed_remedy": row["proposed_remedy"] or None,
        "proposed_amount": minor_text(row["proposed_amount_minor"], currency),
        "currency": currency.code,
        "proposed_limit": row["proposed_limit"],
        "approver": row["approver"] or None,
        "compensation": render(row["proposal_code"], row["proposal_args"], lang, names.own),
    }


def _evidence(row: Record | None, names: Names, lang: str) -> Row:
    """What speaks for and against a complaint, in points and in words; nothing where nothing is weighed."""
    if row is None:
        return dict.fromkeys(("evidence_points", "evidence_band", "evidence_reason"))
    return {
        "evidence_points": int(row["evidence_points"]),
        "evidence_band": row["evidence_band"],
        "evidence_reason": evidence_text(row, names, lang),
    }


def evidence_text(row: Record, names: Names, lang: str) -> str:
    """Each kind of evidence that was found, with its figures, and what they come to; "" where nothing was weighed."""
    found = [(piece["code"], piece["args"]) for piece in json.loads(row["evidence"] or "[]")]
    parts = [*found, (row["evidence_code"], row["evidence_args"])] if row["evidence_code"] else found
    return " ".join(render(code, args, lang, names.own) for code, args in parts)


def sum_by_currency(rows: Iterable[Row], *columns: str) -> list[Row]:
    """The columns added up, one row a currency, by code."""
    sums: dict[str, dict[str, Decimal]] = {}
    for row in rows:
        of = sums.setdefault(row["currency"], dict.fromkeys(columns, Decimal(0)))
        for column in columns:
            of[column] += Decimal(row[column])
    return [
        {"currency": currency, **{column: str(amount) for column, amount in of.items()}}
        for currency, of in sorted(sums.items())
    ]


def _reason(row: Record, names: Names, lang: str) -> str:
    return render(row["reason_code"], row["reason_args"], lang, names.own)


def _text(value: object) -> str | None:
    return None if value is None or value is pd.NA or value != value else str(value)


def _moment(value: object) -> str | None:
    return value.isoformat(timespec="seconds") if isinstance(value, datetime) and not pd.isna(value) else None
