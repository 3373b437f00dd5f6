"""What `kam explain customer --from` answers: which items have moved a score between two days, and by how much.

Both days are reckoned anew, each by its own facts and by the policy that was in force on it.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from kam_connector.errors import InputError
from kam_connector.ledger.merges import survivors
from kam_connector.messages import label, render
from kam_connector.policy.measures import MEASURES
from kam_connector.policy.tiering import TierPolicy
from kam_connector.rules.decisions import company_currencies
from kam_connector.rules.score_parts import compare_parts
from kam_connector.runs.decisions import Night
from kam_connector.runs.explaining import names_of, no_score, parts_of, tiers_of
from kam_connector.runs.figure_texts import exact_text, figure_text, figure_value
from kam_connector.runs.groups import find_group
from kam_connector.runs.lookup import find_customer
from kam_connector.runs.result import Result, Row
from kam_connector.runs.seeing import look, result_of
from kam_connector.runs.workspace import Workspace

Record = Mapping[Hashable, Any]
ON_SCREEN = ("dimension", "fact", "value_before", "value", "points_before", "points", "change", "moved_by")
"""The columns of a table; JSON and CSV have all of them."""


def show_move(workspace: Workspace, as_of: date | None, customer: str, since: date, by: str = "customer") -> Result:
    """A row an item that has moved the score since that day, the largest change of a company first.

    Totals by company: score, tier, segment and reason on both days; the changes of the rows sum to the difference of
    the scores. `by` "group": the same of the group that the customer belongs to. Errors: InputError for a customer that
    is not known, or a `since` that is not the earlier day.
    """
    who = find_customer(workspace.mirror.ibis, customer, survivors(workspace.ledger))
    seen = look(workspace, as_of)
    if since >= min(night.as_of for night in seen.nights):
        raise InputError("{since} is not before {as_of}.", since=since, as_of=seen.nights[0].as_of)
    if by == "group":
        who = find_group(seen.nights[-1], seen.names, who)
    (before,) = look(workspace, since).nights
    earlier = {row["company"]: row for row in tiers_of(before, seen, who, workspace.lang, by)}
    was = parts_of(before, who, by)
    rows: list[Row] = []
    totals: list[Row] = []
    for night in seen.nights:
        now = parts_of(night, who, by)
        for row in tiers_of(night, seen, who, workspace.lang, by):
            company = row["company"]
            moved = compare_parts(was[was["company_id"] == company], now[now["company_id"] == company])
            rows += [_row(each, row, night, workspace.lang) for each in moved.to_dict("records")]
            totals.append(_total(row, earlier.get(company, {}), night.policy.tiers, before.policy.tiers))
    answer = result_of("explain customer", seen, rows, totals, no_score(who, seen, totals))
    return replace(answer, columns=ON_SCREEN, names=names_of(answer, seen, workspace.lang))


def _row(row: Record, total: Row, night: Night, lang: str) -> Row:
    fact, currency = str(row["fact"]), company_currencies(night.companies)[total["company"]]
    values = {name: row[name] for name in ("value_before", "value")}
    texts = {name: figure_text(fact, value, currency.code, currency.digits, lang) for name, value in values.items()}
    plain = {name: exact_text(row[name]) for name in ("points_before", "points")}
    plain |= {name: None if row[name] is None else str(row[name]) for name in ("part_before", "part", "change")}
    shown = {name: "–" if value is None else value for name, value in plain.items()}
    return {
        "company": total["company"],
        "customer": total["customer"],
        "dimension": row["dimension"] or None,
        "fact": fact,
        **{name: figure_value(fact, value, currency.digits) for name, value in values.items()},
        "unit": MEASURES.get(fact),
        "currency": currency.code if MEASURES.get(fact) == "money" else None,
        **plain,
        "moved_by": row["moved_by"],
        "reason": render(f"moved.{row['moved_by']}", {**shown, **texts, "fact": label(f"measure.{fact}", lang)}, lang),
    }


def _total(row: Row, before: Row, policy: TierPolicy, policy_before: TierPolicy) -> Row:
    score_before, score = before.get("score"), row["score"]
    known = score_before is not None and score is not None
    return {
        "company": row["company"],
        "customer": row["customer"],
        "name": row["name"],
        "score_before": score_before,
        "score": score,
        "change": str(Decimal(score) - Decimal(str(score_before))) if known else None,
        "previous_tier": before.get("tier"),
        "tier": row["tier"],
        "previous_segment": before.get("segment"),
        "segment": row.get("segment"),
        "reasons_before": before.get("reasons"),
        "reasons": row["reasons"],
        "policy_before": policy_before.valid_from.isoformat(),
        "policy": policy.valid_from.isoformat(),
    }
