"""The panels of a customer card about trade: what was bought, and what is to be done about it."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd

from kam_connector.facts.products import product_revenue
from kam_connector.facts.revenue import monthly_revenue
from kam_connector.messages import label, render
from kam_connector.money import minor_text, round_ratio
from kam_connector.periods import add_months
from kam_connector.reports import CardLine
from kam_connector.rules.expected import next_payments
from kam_connector.runs.card_lines import Record, Subject, day_of
from kam_connector.runs.card_warnings import warning_lines
from kam_connector.runs.compensation import proposals_by_complaint
from kam_connector.runs.faith import evidence_by_complaint
from kam_connector.runs.frames import to_frame
from kam_connector.runs.tables import evidence_text, task_rows

MONTHS, PRODUCTS, LAST_PAPERS = 24, 10, 5
_DONE = ("resolved_at", "closed_at")


def dealing_lines(subject: Subject) -> Iterator[CardLine]:
    """Revenue by month, the products that make most of it, the last orders and invoices."""
    yield from _month_lines(subject)
    yield from _product_lines(subject)
    orders = subject.papers.orders
    for row in _last(orders[orders["is_confirmed"]], "placed_at", "order_id"):
        yield _order_line(subject, row, "dealings", "order")
    for row in _last(subject.papers.invoices, "date", "move_id"):
        currency = subject.names.currencies[int(row["currency_id"])]
        yield CardLine(
            "dealings", row["kind"], str(row["document"] or ""), label(f"kind.{row['kind']}", subject.lang),
            int(row["move_id"]), day_of(row["date"]), currency.code, minor_text(int(row["gross_minor"]), currency),
        )  # fmt: skip


def suggestion_lines(subject: Subject) -> Iterator[CardLine]:
    """What is to be done: warnings, complaints, collection tasks, promises, credit advice, cash, quotations."""
    yield from warning_lines(subject)
    yield from _complaint_lines(subject)
    night, lang = subject.night, subject.lang
    for task in task_rows(subject.own(night.tasks.frame), subject.names, lang):
        step = subject.names.steps.get(task["step"]) or task["step"]
        yield CardLine("suggestions", "task", detail=step, day=date.fromisoformat(task["deadline"]),
                       currency=task["currency"], amount=task["amount"])  # fmt: skip
    promises = subject.own(night.promises.frame)
    for row in promises[promises["state"] == "open"].to_dict("records"):
        currency = subject.names.currencies[int(row["currency_id"])]
        yield CardLine(
            "suggestions", "promise", "", subject.reason(row), int(row["promise_id"]), day_of(row["promised_for"]),
            currency.code, minor_text(int(row["amount_minor"]), currency),
        )  # fmt: skip
    for row in subject.own(night.credit.frame).to_dict("records"):
        text = f"{label('advice.' + row['advice'], lang)} · {subject.reason(row)}"
        yield subject.priced(CardLine("suggestions", "credit", detail=text), row["exposure_minor"])
    for row in next_payments(subject.own(night.expected)).to_dict("records"):
        yield subject.priced(CardLine("suggestions", "expected", day=day_of(row["expected_on"])), row["expected_minor"])
    orders = subject.papers.orders
    for row in _last(orders[~orders["is_confirmed"]], "placed_at", "order_id"):
        yield _order_line(subject, row, "suggestions", "quotation")


def _month_lines(subject: Subject) -> Iterator[CardLine]:
    """A line a month up to that of the day, the earliest first; months without an invoice are zero."""
    as_of = subject.night.as_of
    first = add_months(as_of.replace(day=1), 1 - MONTHS)
    month = monthly_revenue(subject.sources.con, first, as_of)
    found = subject.own(to_frame(month.filter(month.customer_id == subject.who.id)))
    known = {day_of(day): int(minor) for day, minor in zip(found["month"], found["revenue_minor"], strict=True)}
    for place in range(MONTHS):
        start = add_months(first, place)
        yield subject.priced(CardLine("dealings", "month", f"{start:%Y-%m}"), known.get(start, 0))


def _product_lines(subject: Subject) -> Iterator[CardLine]:
    """The products with most revenue in either year, the best of the last twelve months first."""
    product = product_revenue(subject.sources.con, subject.night.as_of)
    found = subject.own(to_frame(product.filter(product.customer_id == subject.who.id)))
    order = ["revenue_12m_minor", "revenue_prev_12m_minor", "product_id"]
    found = found.sort_values(order, ascending=[False, False, True], kind="stable").head(PRODUCTS)
    for row in found.to_dict("records"):
        now, before = int(row["revenue_12m_minor"]), int(row["revenue_prev_12m_minor"])
        name = str(row["product"]) if row["product_id"] and row["product"] else label("card.no_product", subject.lang)
        ratio = str(round_ratio(now, before, 2)) if before > 0 else None
        line = CardLine("dealings", "product", name, _trend(ratio, subject.lang), int(row["product_id"]) or None)
        line = replace(line, before=minor_text(before, subject.currency), figure=ratio)
        yield subject.priced(line, now)


def _trend(ratio: str | None, lang: str) -> str:
    return render("card.trend", {"ratio": ratio}, lang) if ratio else ""


def _complaint_lines(subject: Subject) -> Iterator[CardLine]:
    """The complaints that are neither settled nor closed, with the day by which they are to be.

    Below each what is proposed to make it good, why and who approves, and what its evidence comes to.
    """
    open_ones = subject.own(subject.night.complaints)
    open_ones = open_ones[open_ones[[*_DONE]].isna().all(axis=1)]
    due = subject.night.deadlines.frame
    by_id = dict(zip(due["complaint_id"], due["resolution_due"], strict=True)) if len(due) else {}
    proposals, evidence = proposals_by_complaint(subject.night), evidence_by_complaint(subject.night)
    for row in open_ones.sort_values("complaint_id").to_dict("records"):
        words = [
            label(f"{family}.{row[family]}", subject.lang) for family in ("type", "severity", "state") if row[family]
        ]
        yield CardLine("suggestions", "complaint", "", " · ".join(words), int(row["complaint_id"]),
                       day_of(by_id.get(row["complaint_id"])))  # fmt: skip
        if proposal := proposals.get(row["complaint_id"]):
            yield _proposal_line(subject, proposal)
        if found := evidence.get(row["complaint_id"]):
            yield _evidence_line(subject, found)


def _proposal_line(subject: Subject, row: Record) -> CardLine:
    why = render(row["proposal_code"], row["proposal_args"], subject.lang, subject.names.own)
    line = CardLine("suggestions", "proposal", detail=why, record=int(row["complaint_id"]))
    return subject.priced(line, row["proposed_amount_minor"])


def _evidence_line(subject: Subject, row: Record) -> CardLine:
    band = label(f"evidence_band.{row['evidence_band']}", subject.lang)
    words = f"{band} · {evidence_text(row, subject.names, subject.lang)}"
    points = str(int(row["evidence_points"]))
    return CardLine("suggestions", "evidence", detail=words, record=int(row["complaint_id"]), figure=points)


def _order_line(subject: Subject, row: Record, panel: str, entry: str) -> CardLine:
    currency = subject.names.currencies[int(row["currency_id"])]
    zone = subject.sources.zones[subject.company]
    day = pd.Timestamp(row["placed_at"]).tz_convert(zone).date()
    text = label(f"card.{entry}", subject.lang)
    return CardLine(panel, entry, str(row["document"] or ""), text, int(row["order_id"]), day, currency.code,
                    minor_text(int(row["total_minor"]), currency))  # fmt: skip


def _last(frame: pd.DataFrame, day: str, number: str) -> list[dict[Hashable, Any]]:
    """The newest few, the newest first."""
    rows = frame.sort_values([day, number], ascending=False, kind="stable").head(LAST_PAPERS)
    return rows.to_dict("records")
