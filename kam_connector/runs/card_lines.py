"""The panels of a customer card but for the file: what was dealt, decided and owed, line by line."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pandas as pd

from kam_connector.facts.contacts import contacts
from kam_connector.facts.dealings import monthly_revenue
from kam_connector.facts.products import product_revenue
from kam_connector.messages import label, render
from kam_connector.money import Currency, minor_text, round_ratio
from kam_connector.periods import add_months
from kam_connector.reports import CardLine, Names, name_of
from kam_connector.rules.expected import next_payments
from kam_connector.runs.decisions import Night
from kam_connector.runs.evidence import Papers
from kam_connector.runs.frames import to_frame
from kam_connector.runs.known import TIER
from kam_connector.runs.lookup import Customer
from kam_connector.runs.sources import Sources
from kam_connector.runs.tables import task_rows

Record = Mapping[Hashable, Any]
MONTHS, PRODUCTS, LAST_PAPERS, LAST_TIERS, OPEN_ITEMS = 24, 10, 5, 8, 15
_DONE = ("resolved_at", "closed_at")


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose card in which company: the night that decided about it, and the papers of the customer there."""

    sources: Sources
    night: Night
    names: Names
    lang: str
    who: Customer
    company: int
    currency: Currency
    papers: Papers

    def own(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The rows of this company and customer."""
        return frame[(frame["company_id"] == self.company) & (frame["customer_id"] == self.who.id)]

    def reason(self, row: Record, code: str = "reason_code", args: str = "reason_args") -> str:
        """The reason of a decision, in words."""
        return render(row[code], row[args], self.lang, self.names.own) if row[code] else ""

    def priced(self, line: CardLine, minor: int) -> CardLine:
        """The line with an amount of the company's currency."""
        return replace(line, amount=minor_text(int(minor), self.currency), currency=self.currency.code)


def dealing_lines(subject: Subject) -> Iterator[CardLine]:
    """Revenue by month, the products that make most of it, the last orders and invoices."""
    yield from _month_lines(subject)
    yield from _product_lines(subject)
    orders = subject.papers.orders
    for row in _last(orders[orders["is_confirmed"]], "ordered_at", "order_id"):
        yield _order_line(subject, row, "dealings", "order")
    for row in _last(subject.papers.invoices, "date", "move_id"):
        currency = subject.names.currencies[int(row["currency_id"])]
        yield CardLine(
            "dealings", row["kind"], str(row["document"] or ""), label(f"kind.{row['kind']}", subject.lang),
            int(row["move_id"]), _day(row["date"]), currency.code, minor_text(int(row["gross_minor"]), currency),
        )  # fmt: skip


def suggestion_lines(subject: Subject) -> Iterator[CardLine]:
    """What is to be done: complaints, collection tasks, promises, credit advice, expected cash, open quotations."""
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
            "suggestions", "promise", "", subject.reason(row), int(row["promise_id"]), _day(row["promised_for"]),
            currency.code, minor_text(int(row["amount_minor"]), currency),
        )  # fmt: skip
    for row in subject.own(night.credit.frame).to_dict("records"):
        text = f"{label('advice.' + row['advice'], lang)} · {subject.reason(row)}"
        yield subject.priced(CardLine("suggestions", "credit", detail=text), row["exposure_minor"])
    for row in next_payments(subject.own(night.expected)).to_dict("records"):
        yield subject.priced(CardLine("suggestions", "expected", day=_day(row["expected_on"])), row["expected_minor"])
    orders = subject.papers.orders
    for row in _last(orders[~orders["is_confirmed"]], "ordered_at", "order_id"):
        yield _order_line(subject, row, "suggestions", "quotation")


def evaluation_lines(subject: Subject) -> Iterator[CardLine]:
    """Score, tier, points by dimension, class of payer, and the tiers before."""
    lang, policy = subject.lang, subject.night.policy.tiers
    for row in subject.own(subject.night.tiers.frame).to_dict("records"):
        score = None if row["score"] is None else str(row["score"])
        yield CardLine("evaluation", "score", detail=subject.reason(row), figure=score)
        status = label(f"status.{row['status']}", lang)
        yield CardLine("evaluation", "tier", detail=f"{_tier(subject, row['tier'])} · {status}")
        for dimension in policy.dimension:
            points = row[dimension.name]
            name = dimension.label.in_language(lang) if dimension.label else label(f"dimension.{dimension.name}", lang)
            yield CardLine("evaluation", "dimension", name, figure=None if points is None else str(points))
    for row in subject.own(subject.night.payers.frame).to_dict("records"):
        text = f"{label('payer_class.' + row['payer_class'], lang)} · {subject.reason(row)}"
        yield CardLine("evaluation", "payer", detail=text)
    yield from _history_lines(subject)


def receivable_lines(subject: Subject) -> Iterator[CardLine]:
    """What is owed by age, and the items that are open, the oldest due day first."""
    owed = subject.own(subject.night.receivables.rows)
    if owed.empty:
        return
    for name in ("total", "overdue", "doubtful"):
        yield subject.priced(CardLine("receivables", name), int(owed[f"{name}_minor"].sum()))
    for bucket in subject.night.policy.collections.ageing.columns:
        name = label(f"bucket.{bucket.column}", subject.lang)
        yield subject.priced(CardLine("receivables", "bucket", name), int(owed[f"{bucket.column}_minor"].sum()))
    items = subject.papers.owed.sort_values(["due_date", "item_id"], kind="stable")
    for row in items.head(OPEN_ITEMS).to_dict("records"):
        late = max(int(row["days_past_due"]), 0)
        text = render("card.late", {"days": late}, subject.lang) if late else ""
        document, due = name_of(subject.names.documents, row["move_id"]), _day(row["due_date"])
        line = CardLine("receivables", "item", document, text, int(row["move_id"]), due)
        yield subject.priced(line, row["residual_minor"])


def contact_lines(subject: Subject) -> Iterator[CardLine]:
    """The people at the customer, those who are still there first."""
    people = contacts(subject.sources.con)
    found = to_frame(people.filter(people.customer_id == subject.who.id))
    found = found.sort_values(["active", "name", "partner_id"], ascending=[False, True, True], kind="stable")
    for row in found.to_dict("records"):
        gone = "" if row["active"] else label("card.archived", subject.lang)
        role = row["function"] if isinstance(row["function"], str) else ""
        text = " · ".join(part for part in (role, gone) if part)
        yield CardLine("contacts", "contact", str(row["name"] or ""), text, int(row["partner_id"]))


def _month_lines(subject: Subject) -> Iterator[CardLine]:
    """A line a month up to that of the day, the earliest first; months without an invoice are zero."""
    as_of = subject.night.as_of
    first = add_months(as_of.replace(day=1), 1 - MONTHS)
    month = monthly_revenue(subject.sources.con, first, as_of)
    found = subject.own(to_frame(month.filter(month.customer_id == subject.who.id)))
    known = {_day(day): int(minor) for day, minor in zip(found["month"], found["revenue_minor"], strict=True)}
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
    """The complaints that are neither settled nor closed, with the day by which they are to be."""
    open_ones = subject.own(subject.night.complaints)
    open_ones = open_ones[open_ones[[*_DONE]].isna().all(axis=1)]
    due = subject.night.deadlines.frame
    by_id = dict(zip(due["complaint_id"], due["resolution_due"], strict=True)) if len(due) else {}
    for row in open_ones.sort_values("complaint_id").to_dict("records"):
        words = [
            label(f"{family}.{row[family]}", subject.lang) for family in ("type", "severity", "state") if row[family]
        ]
        yield CardLine("suggestions", "complaint", "", " · ".join(words), int(row["complaint_id"]),
                       _day(by_id.get(row["complaint_id"])))  # fmt: skip


def _history_lines(subject: Subject) -> Iterator[CardLine]:
    """The last tiers that the ledger has, a line where tier or status changed, the newest first."""
    events = subject.sources.book.history(TIER, f"{subject.company}:{subject.who.id}")
    events = sorted((event for event in events if event["as_of"] <= subject.night.as_of.isoformat()),
                    key=lambda event: str(event["as_of"]))  # fmt: skip
    standing = [(event["tier"], event["status"]) for event in events]
    changed = [event for place, event in enumerate(events) if not place or standing[place] != standing[place - 1]]
    for event in changed[: -LAST_TIERS - 1 : -1]:
        yield CardLine("evaluation", "history", _tier(subject, event["tier"]),
                       label(f"status.{event['status']}", subject.lang), None, date.fromisoformat(event["as_of"]),
                       figure=event["score"])  # fmt: skip


def _order_line(subject: Subject, row: Record, panel: str, entry: str) -> CardLine:
    currency = subject.names.currencies[int(row["currency_id"])]
    zone = subject.sources.zones[subject.company]
    day = pd.Timestamp(row["ordered_at"]).tz_convert(zone).date()
    text = label(f"card.{entry}", subject.lang)
    return CardLine(panel, entry, str(row["document"] or ""), text, int(row["order_id"]), day, currency.code,
                    minor_text(int(row["total_minor"]), currency))  # fmt: skip


def _last(frame: pd.DataFrame, day: str, number: str) -> list[dict[Hashable, Any]]:
    """The newest few, the newest first."""
    rows = frame.sort_values([day, number], ascending=False, kind="stable").head(LAST_PAPERS)
    return rows.to_dict("records")


def _tier(subject: Subject, code: object) -> str:
    return subject.names.tiers.get(str(code)) or label("tier.none", subject.lang)


def _day(value: Any) -> date | None:
    return None if value is None or pd.isna(value) else pd.Timestamp(value).date()
