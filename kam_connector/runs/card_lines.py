"""The panels of a customer card about how it is rated, what it owes and who is there, line by line."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import ibis.expr.types as ir
import pandas as pd
from ibis import BaseBackend

from kam_connector.facts.contacts import contacts
from kam_connector.messages import label, render
from kam_connector.money import Currency, minor_text
from kam_connector.reports import CardLine, Names, name_of
from kam_connector.runs.decisions import Night
from kam_connector.runs.frames import to_frame
from kam_connector.runs.lookup import Customer
from kam_connector.runs.papers import Papers
from kam_connector.runs.sources import Sources
from kam_connector.runs.tier_spans import STANDINGS, tier_spans

Record = Mapping[Hashable, Any]
LAST_TIERS, OPEN_ITEMS = 8, 15


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

    def reason(self, row: Record) -> str:
        """The reason of a decision, in words."""
        return render(row["reason_code"], row["reason_args"], self.lang, self.names.own)

    def priced(self, line: CardLine, minor: int) -> CardLine:
        """The line with an amount of the company's currency."""
        return replace(line, amount=minor_text(int(minor), self.currency), currency=self.currency.code)


def evaluation_lines(subject: Subject) -> Iterator[CardLine]:
    """Score, tier, segment, points by dimension, class of payer, and the tiers before."""
    lang, policy = subject.lang, subject.night.policy.tiers
    for row in subject.own(subject.night.rated).to_dict("records"):
        score = None if row["score"] is None else str(row["score"])
        yield CardLine("evaluation", "score", detail=subject.reason(row), figure=score)
        status = label(f"status.{row['status']}", lang)
        yield CardLine("evaluation", "tier", detail=f"{_tier(subject, row['tier'])} · {status}")
        if row["segment_code"]:
            reason = render(row["segment_code"], row["segment_args"], lang, subject.names.own)
            yield CardLine("evaluation", "segment", detail=reason)
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
        document, due = name_of(subject.names.documents, row["move_id"]), day_of(row["due_date"])
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


def _history_lines(subject: Subject) -> Iterator[CardLine]:
    """The last tiers that the ledger has, a line where tier or status changed, the newest first."""
    owner = (subject.company, subject.who.id)
    spans = tier_spans(subject.sources.book, subject.night.as_of, STANDINGS, owner)
    own = spans["formerly"] == 0
    is_later = spans["valid_from"] >= spans.loc[own, "valid_from"].min()  # nothing is later than no day
    spans = spans[own | ~is_later].sort_values("valid_from", kind="stable")
    for row in spans.tail(LAST_TIERS)[::-1].to_dict("records"):
        status = label(f"status.{row['status']}", subject.lang)
        yield CardLine("evaluation", "history", _tier(subject, row["tier"]), status, None, day_of(row["valid_from"]),
                       figure=row["score"])  # fmt: skip


def _tier(subject: Subject, code: object) -> str:
    return subject.names.tiers.get(str(code)) or label("tier.none", subject.lang)


def day_of(value: Any) -> date | None:
    """The day out of pandas' kinds of days and moments; None when missing."""
    return None if value is None or pd.isna(value) else pd.Timestamp(value).date()


def own_rows(subject: Subject, fact: Callable[[BaseBackend, date], ir.Table]) -> pd.DataFrame:
    """The rows of the fact about the customer in the company, on the day of the card."""
    table = fact(subject.sources.con, subject.night.as_of)
    return subject.own(to_frame(table.filter(table.customer_id == subject.who.id)))
