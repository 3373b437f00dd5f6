"""The rows behind a plan's statements, each with its reason: what a file, the ERP and a person are shown."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd

from kam_connector.money import Currency, minor_text
from kam_connector.rules.decisions import Whole, boxed, ids_of
from kam_connector.rules.pay.engine import Pay
from kam_connector.rules.pay.exact import decimal_of
from kam_connector.rules.pay.lines import Line
from kam_connector.rules.pay.spans import period_at
from kam_connector.rules.pay.tables import OPEN
from kam_connector.rules.reasons import REASONS, reason_args

ROW_COLUMNS = (
    "company_id", "payee_id", "plan", "component", "period", "credit_id", "document_id", "customer_id", "date",
    "currency_id", "exchange", "base_minor", "slice_from", "slice_to", "rate", "amount_exact", "released_exact",
    "reason_code", "reason_args",
)  # fmt: skip
ORDER = ["company_id", "payee_id", "stage", "component", "credit_id", "slice_from", "reason_code"]
DAYS = "commission.days_to_pay"


def pay_rows(pay: Pay, currencies: Mapping[int, Currency], stages: Collection[int] | None = None) -> pd.DataFrame:
    """ROW_COLUMNS, by payee, period, component, credit and slice; with `stages` those periods alone.

    A line without a credit has credit_id, document_id and customer_id 0, slice_from and slice_to 0; slice_to -1 is open
    (of days to pay both are days, else smallest units). `exchange` (Fraction, or None where a row is as
    booked and its document has no amount): units of currency_id for one of the credit's own. amount_exact is earned,
    released_exact what is due: over a period the latter sum to the statement before rounding.
    """
    slices = _slice_rows(pay, stages)
    lines = _line_rows([line for line in pay.lines if stages is None or line.stage in stages], pay)
    table = pd.concat([slices, lines], ignore_index=True) if len(lines) else slices
    table = table.sort_values(ORDER, kind="stable").reset_index(drop=True)
    kind = pay.plan.plan.period
    codes = {stage: period_at(stage, kind).code for stage in np.unique(ids_of(table["stage"])).tolist()}
    reasons = _reasons(table, pay, currencies)
    table = table.assign(plan=pay.plan.code, period=table["stage"].map(codes), reason_args=reasons)
    return table[list(ROW_COLUMNS)]


def _slice_rows(pay: Pay, stages: Collection[int] | None) -> pd.DataFrame:
    slices, credits = pay.slices, pay.credits
    shown = np.arange(len(slices)) if stages is None else np.flatnonzero(np.isin(slices.stage, list(stages)))
    chosen = slices.at(shown)
    about = credits[
        ["company_id", "payee_id", "credit_id", "document_id", "customer_id", "date", "pay_currency", "units"]
    ]
    table = (
        about.iloc[chosen.place]
        .reset_index(drop=True)
        .rename(columns={"pay_currency": "currency_id", "units": "exchange"})
    )
    return table.assign(
        stage=chosen.stage, component=pay.component[shown], base_minor=chosen.base, slice_from=chosen.slice_from,
        slice_to=chosen.slice_to, rate=chosen.rate, reason_code=chosen.reason, figures=boxed([None] * len(shown)),
        amount_exact=boxed(map(decimal_of, chosen.amount)), released_exact=boxed(map(decimal_of, pay.released[shown])),
    )  # fmt: skip


def _line_rows(lines: Sequence[Line], pay: Pay) -> pd.DataFrame:
    credits = pay.credits
    kind = pay.plan.plan.period
    return pd.DataFrame([
        {
            "company_id": line.company_id, "payee_id": line.payee_id, "currency_id": line.currency_id,
            "credit_id": int(credits["credit_id"].iloc[line.place]) if line.place >= 0 else 0,
            "document_id": int(credits["document_id"].iloc[line.place]) if line.place >= 0 else 0,
            "customer_id": int(credits["customer_id"].iloc[line.place]) if line.place >= 0 else 0,
            "date": pd.Timestamp(period_at(line.stage, kind).end), "stage": line.stage, "component": line.component,
            "base_minor": line.base, "slice_from": 0, "slice_to": 0, "rate": Decimal(0), "exchange": Fraction(1),
            "reason_code": line.reason,
            "figures": line.figures, "amount_exact": decimal_of(line.earned),
            "released_exact": decimal_of(line.released),
        }
        for line in lines
    ])  # fmt: skip


def _reasons(table: pd.DataFrame, pay: Pay, currencies: Mapping[int, Currency]) -> list[str]:
    """The figures of each row's reason as canonical JSON."""
    common = {"plan": pay.plan.code, "valid_from": pay.plan.valid_from.isoformat()}
    columns = ("reason_code", "currency_id", "base_minor", "slice_from", "slice_to", "rate", "figures")
    made = []
    for code, money, base, start, end, rate, own in zip(*(table[name].tolist() for name in columns), strict=True):
        wanted, currency = REASONS[code], currencies[money]
        figures: dict[str, str | int] = {**common, "currency": currency.code}
        if own:
            figures |= own
        else:
            figures |= {"base": minor_text(base, currency), "rate": f"{rate:f}"}
            figures |= _bounds(code, start, end, currency)
        made.append(reason_args(code, **{name: figures[name] for name in wanted}))
    return made


def _bounds(code: str, start: int, end: int, currency: Currency) -> dict[str, str | int]:
    if code == DAYS:
        return {"from_days": start, "to_days": "" if end == OPEN else end}
    return {"slice_from": minor_text(start, currency), "slice_to": "" if end == OPEN else minor_text(end, currency)}


def stages_of(pay: Pay) -> Whole:
    """The periods that the plan's statements and rows are of, each once."""
    lines = [line.stage for line in pay.lines]
    return np.unique(np.concatenate([pay.slices.stage, np.array(lines, dtype=np.int64)]))
