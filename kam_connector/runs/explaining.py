"""What `kam explain customer` answers: each point of a score down to its figure, policy line and records."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd

from kam_connector.findings import Finding
from kam_connector.ledger.merges import survivors
from kam_connector.messages import label, render
from kam_connector.policy.measures import CLASSES, MEASURES, RATED
from kam_connector.rules.decisions import company_currencies
from kam_connector.rules.score_parts import PRIOR, split_scores
from kam_connector.runs.decisions import Night
from kam_connector.runs.evidence import find_evidence
from kam_connector.runs.figure_texts import exact_text, figure_text, figure_value
from kam_connector.runs.groups import find_group, group_figures, group_rows, members_of
from kam_connector.runs.lookup import Customer, find_customer
from kam_connector.runs.papers import Papers, read_papers
from kam_connector.runs.raters import Said, said_of, tell_said
from kam_connector.runs.result import Result, Row
from kam_connector.runs.seeing import Seen, look, result_of
from kam_connector.runs.sources import sources_of
from kam_connector.runs.tables import tier_rows, with_segment_reasons
from kam_connector.runs.workspace import Workspace

Record = Mapping[Hashable, Any]
ON_SCREEN = ("dimension", "fact", "value", "from_value", "points", "share", "part", "file", "line", "record_count")
"""The columns of a table; JSON and CSV have all of them."""


def show_explanation(workspace: Workspace, as_of: date | None, customer: str, by: str = "customer") -> Result:
    """A row an item of the policy and company, in the policy's order; totals by company: score, tier, segment, reasons.

    `by` "group": the same of the group that the customer belongs to. Errors: InputError for a customer that is not
    known, or not one alone.
    """
    who = find_customer(workspace.mirror.ibis, customer, survivors(workspace.ledger))
    seen = look(workspace, as_of)
    if by == "group":
        who = find_group(seen.nights[-1], seen.names, who)
    rows: list[Row] = []
    totals: list[Row] = []
    for night in seen.nights:
        members = members_of(night, who.id) if by == "group" else [who.id]
        papers = _papers(workspace, night, members)
        said = said_of(night, who.id) if len(members) == 1 else {}
        for company, parts in parts_of(night, who, by).groupby("company_id", sort=True):
            company_id = int(str(company))
            own = papers.of_company(company_id)
            rows += [_row(row, workspace, night, own, said.get(company_id)) for row in parts.to_dict("records")]
        totals += tiers_of(night, seen, who, workspace.lang, by)
    answer = result_of("explain customer", seen, rows, totals, no_score(who, seen, totals))
    return replace(answer, columns=ON_SCREEN, names=names_of(answer, seen, workspace.lang))


def tiers_of(night: Night, seen: Seen, who: Customer, lang: str, by: str = "customer") -> list[Row]:
    """What was decided about this customer, or is known of this group, a row a company of the night."""
    if by == "group":
        rows = group_rows(night, seen.names, lang, only=who.id)
        return [
            {"company": row["company"], "customer": row.pop("group"), **row, "reasons": row["tiers"]} for row in rows
        ]
    rated = night.rated
    own = rated[rated["customer_id"] == who.id]
    return tier_rows(with_segment_reasons(own, seen.names, lang), seen.names, lang, ("segment", "segment_reason"))


def parts_of(night: Night, who: Customer, by: str = "customer") -> pd.DataFrame:
    """`split_scores` of this customer, or of this group, in the night's companies."""
    figures = group_figures(night) if by == "group" else night.figures_by(night.policy.tiers)
    own = figures[figures["customer_id"] == who.id].reset_index(drop=True)
    return split_scores(own, night.policy.tiers, night.as_of)


def _papers(workspace: Workspace, night: Night, customers: list[int]) -> Papers:
    sources = sources_of(workspace)
    return read_papers(sources.con, customers, night.as_of, sources.zones, night.receivables.items)


def no_score(who: Customer, seen: Seen, totals: Iterable[Row]) -> tuple[Finding, ...]:
    """A finding where there is no score to explain."""
    if totals:
        return ()
    text = "Up to {day} the customer has bought, paid and owed nothing: there is no score."
    return (Finding("info", "explain", str(who.id), text, {"day": seen.nights[-1].as_of}),)


def names_of(answer: Result, seen: Seen, lang: str) -> dict[str, Mapping[str, str]]:
    """The company's own names of codes, those of the dimensions included."""
    policy = seen.nights[-1].policy.tiers
    labels: dict[str, str] = {each.name: each.label.in_language(lang) for each in policy.dimension if each.label}
    return {**answer.names, "dimension": labels}


def _row(row: Record, workspace: Workspace, night: Night, papers: Papers, said: Said | None) -> Row:
    fact, currency = str(row["fact"]), company_currencies(night.companies)[row["company_id"]]
    by_people = fact in RATED
    evidence = said.evidence if said and by_people else find_evidence(fact, papers)
    reason = sentence_of(row, currency.code, currency.digits, workspace.lang)
    file, line = workspace.policy.place_of(night.policy.tiers, _path(row))
    return {
        "company": int(row["company_id"]),
        "customer": int(row["customer_id"]),
        "dimension": row["dimension"] or None,
        "fact": fact,
        "value": figure_value(fact, row["value"], currency.digits),
        "unit": MEASURES.get(fact),
        "currency": currency.code if MEASURES.get(fact) == "money" else None,
        "from_value": exact_text(row["from_value"]),
        "points": exact_text(row["points"]),
        "weight": exact_text(row["weight"]) if fact != PRIOR else None,
        "share": str(row["share"]),
        "part": None if row["part"] is None else str(row["part"]),
        "file": file,
        "line": line,
        "model": evidence.model or None,
        "record_count": len(evidence.ids),
        "records": list(evidence.ids),
        "rated_by": said.by if said and by_people else None,
        "rated_on": said.on.isoformat() if said and by_people else None,
        "reason": f"{reason} {tell_said(row, said, night, workspace.lang)}" if by_people else reason,
    }


def _path(row: Record) -> tuple[str | int, ...]:
    """Where in the policy the line stands that decided; the item's points where the figure is missing."""
    if row["fact"] == PRIOR:
        return ("newcomer", "prior")
    item = ("dimension", int(row["dimension_no"]), "item", int(row["item_no"]), "points")
    if row["line_no"] < 0:
        return item
    return (*item, row["from_value"] if row["fact"] in CLASSES else int(row["line_no"]))


def sentence_of(row: Record, currency: str, digits: int, lang: str) -> str:
    """What a row of `split_scores` says, in words."""
    fact = str(row["fact"])
    shown = {"fact": label(f"measure.{fact}", lang), "points": exact_text(row["points"]), "share": str(row["share"]),
             "part": "–" if row["part"] is None else str(row["part"])}  # fmt: skip
    if fact == PRIOR:
        return render("explain.prior", shown, lang)
    if row["points"] is None:
        return render("explain.optional" if row["optional"] else "explain.missing", shown, lang)
    shown["value"] = figure_text(fact, row["value"], currency, digits, lang)
    if row["part"] is None:
        return render("explain.unrated", shown, lang)
    if not row["share"]:
        return render("explain.unused", shown, lang)
    if fact in CLASSES:
        return render("explain.class", shown, lang)
    limit = Decimal(row["from_value"])
    shown["from_value"] = figure_text(fact, limit, currency, digits, lang)
    return render("explain.item" if row["value"] >= float(limit) else "explain.below", shown, lang)
