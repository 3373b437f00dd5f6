"""The panel of a customer card that is its basic profile: what it is to us, in which market, what we look after."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from kam_connector.messages import label, render
from kam_connector.money import minor_text
from kam_connector.reports import CardLine
from kam_connector.rules.focus import FOCUS, relation_names
from kam_connector.rules.focus_lists import list_names
from kam_connector.runs.card_lines import Record, Subject
from kam_connector.runs.focus import read_places
from kam_connector.runs.focus_answers import lists_of, named, share_text


def profile_lines(subject: Subject) -> Iterator[CardLine]:
    """Company or person, industry, state, relation, focus market, products in the focus, lists; what is not known has
    no line. Requirements S2-3, S2-4, S2-6, S4-96, S4-99."""
    night, lang = subject.night, subject.lang
    placed = read_places(subject.sources.con, night.policy.focus, subject.who.id)
    for row in placed.astype(object).where(placed.notna(), None).to_dict("records"):
        yield CardLine("profile", "customer_kind", detail=_kind(row, lang))
        for entry, what in (("industry", "industry"), ("state_of_country", "state")):
            if text := named(row, what):
                yield CardLine("profile", entry, detail=text)
        if row["relation"] is not None:
            names = relation_names(night.policy.focus)[row["relation"]]
            yield CardLine("profile", "relation", detail=names.in_language(lang))
        yield from _market_lines(subject, row)
    yield from _product_lines(subject)
    names_of_lists = list_names(night.policy.focus)
    for code in subject.own(lists_of(night, placed))["list"]:
        yield CardLine("profile", "focus_list", detail=names_of_lists[code].in_language(lang))


def _kind(row: Record, lang: str) -> str:
    return label("customer_kind.company" if row["is_company"] else "customer_kind.person", lang)


def _market_lines(subject: Subject, row: Record) -> Iterator[CardLine]:
    """The line of the policy that the customer fits; nothing where the policy names no market."""
    lines = subject.night.policy.focus.market
    if not lines:
        return
    line = lines[row["market"]] if row["in_market"] else None
    parts = (line.industry, line.country, line.state) if line else (label("card.no_market", subject.lang),)
    yield CardLine("profile", "market", detail=" · ".join(part for part in parts if part))


def _product_lines(subject: Subject) -> Iterator[CardLine]:
    """What was bought of products in the focus, this and last year, and its share; nothing without such products."""
    if subject.night.focus.bought is None:
        return
    for row in subject.own(subject.night.figures)[["revenue_12m_minor", *FOCUS]].fillna(0).to_dict("records"):
        now, before = (int(row[name]) for name in FOCUS)
        share = share_text(now, row["revenue_12m_minor"])
        text = render("card.focus_share", {"share": share}, subject.lang) if share else ""
        line = CardLine("profile", "focus_products", detail=text, figure=share)
        yield subject.priced(replace(line, before=minor_text(before, subject.currency)), now)
