"""What speaks for and against the good faith of a complaint, in points. Requirements S4-74, S4-76; cases W24, W25.

Nearly everybody who complains is in the right, and whoever is suspected wrongly is lost. So points are added up for
what is documented, and taken off for what speaks for the customer; they are kept within 0 and 100 and never read as a
chance. Below the first band people look no further. A suspicion takes enough points from at least two kinds that are
independent (`policy.evidence.GROUPS`); otherwise people look again. What a complaint is, two reviewers say in the ERP.

Worked figures (W24): lot not ours 30, three rejected before 20, claimed above three times the line 15, within the
window -10: 55, people look again. An inspection refused twice adds 15: 70, suspected. With 80 and an independent test
that confirms the defect (-40): 40.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from kam_connector.money import Currency, minor_text
from kam_connector.policy.complaints import ComplaintPolicy
from kam_connector.policy.evidence import GROUPS, NOTED, Evidence
from kam_connector.rules.decisions import (
    Decisions,
    Flags,
    Whole,
    boxed,
    company_currencies,
    days_of,
    ids_of,
    require_columns,
    texts_of,
)
from kam_connector.rules.orders import worth_by_case, worths_of, worths_of_wholes
from kam_connector.rules.reasons import REASONS, reason_args

CASES = (
    "complaint_id", "company_id", "customer_id", "state", "received_at", "received_on", "claimed_minor",
    "was_rejected", "was_upheld",
)  # fmt: skip
NOTES = ("complaint_id", "kind", "notes")
PAPERS = (
    "complaint_id", "company_id", "paper", "total_minor", "currency_id", "currency_rate", "whole", "whole_minor",
    "whole_currency_id", "whole_rate", "paper_on", "due_on", "is_foreign",
)  # fmt: skip
FOREIGN = ("complaint_id", "paper")
DUNNED = ("company_id", "customer_id", "asked_on")
WEIGHED = [
    "complaint_id", "company_id", "evidence_points", "evidence_band", "evidence", "evidence_code", "evidence_args",
]  # fmt: skip
BANDS = ("good_faith", "review", "suspected")
OVER = ("rejected", "closed", "reviewed")
"""States in which nothing is weighed any more."""
_MOST = 100
_NAT = np.datetime64("NaT", "D")


@dataclass(frozen=True, slots=True)
class Files:
    """What is known of the complaints: NOTES of people, the one of the PAPERS that says most, all that are FOREIGN,
    days on which customers were DUNNED, the companies (company_id, currency_id, currency, digits), currencies by id."""

    notes: pd.DataFrame
    papers: pd.DataFrame
    foreign: pd.DataFrame
    dunned: pd.DataFrame
    companies: pd.DataFrame
    currencies: Mapping[int, Currency]


def weigh_evidence(cases: pd.DataFrame, files: Files, policy: ComplaintPolicy) -> Decisions:
    """A row a complaint that is not OVER: its points, band and evidence. The order: company, complaint.

    `cases`: CASES, all complaints of the companies (`facts.evidence.judged_complaints`). Columns: WEIGHED; `evidence`
    is a JSON list, an object a kind that was found, in the policy's order: kind, points, code, args. Empty where the
    policy has no [[evidence]].
    """
    require_columns(cases, CASES, "cases")
    if not policy.evidence or cases.empty:
        return Decisions(pd.DataFrame(columns=WEIGHED))
    rows = _prepared(cases, files)
    found = {line.kind: _FITS[line.kind](rows, line) for line in policy.evidence}
    weights = np.array([line.points for line in policy.evidence], dtype=np.int64)
    hits = np.stack([fits for fits, _ in found.values()], axis=1)
    rows = rows.assign(
        evidence_points=np.clip(hits @ weights, 0, _MOST),
        kinds=_independent(hits, policy),
        evidence=boxed(_listed(rows, policy, list(found.values()), company_currencies(files.companies))),
    )
    rows = rows[~rows["state"].isin(OVER)].sort_values(["company_id", "complaint_id"], kind="stable")
    return Decisions(_banded(rows.reset_index(drop=True), policy)[WEIGHED])


Fit = tuple[Flags, Mapping[str, list[str | int]]]
"""Which rows a kind is found in, and for its reason a column of figures a name."""


def _prepared(cases: pd.DataFrame, files: Files) -> pd.DataFrame:
    """The complaints by receipt, with the columns of `_with_papers`, asked (day) and how often people noted a kind."""
    rows = cases.sort_values(["received_at", "complaint_id"], kind="stable").reset_index(drop=True)
    rows = rows.assign(received=days_of(rows["received_on"]))
    rows = _with_papers(rows, files)
    rows = rows.assign(asked=_first_asked(rows, files.dunned))
    counted = files.notes.pivot_table(index="complaint_id", columns="kind", values="notes", aggfunc="sum")
    noted = {f"noted_{kind}": _looked_up(rows, counted.get(kind)) for kind in NOTED}
    return rows.assign(**noted)


def _looked_up(rows: pd.DataFrame, by_case: pd.Series | None) -> Whole:
    if by_case is None:
        return np.zeros(len(rows), dtype=np.int64)
    return ids_of(rows["complaint_id"].map(by_case))


def _with_papers(rows: pd.DataFrame, files: Files) -> pd.DataFrame:
    """The complaints with worth_minor of their own papers, each once, paper (their latest day), due (the earliest).

    foreign_papers: those that are another customer's or company's, "" where none is.
    """
    papers = files.papers[files.papers["complaint_id"].isin(rows["complaint_id"])]
    own = papers[~papers["is_foreign"].astype(bool)].reset_index(drop=True)
    days = pd.DataFrame({"paper": days_of(own["paper_on"]), "due": days_of(own["due_on"])})
    named = days.groupby(ids_of(own["complaint_id"])).agg({"paper": "max", "due": "min"})
    case, other = rows["complaint_id"], files.foreign.sort_values("paper").groupby("complaint_id")["paper"]
    named = named.reindex(ids_of(case))
    return rows.assign(
        worth_minor=ids_of(case.map(_worths(own, files))),
        paper=days_of(named["paper"]),
        due=days_of(named["due"]),
        foreign_papers=case.map(other.agg("; ".join)).fillna("").astype(object),
    )


def _worths(papers: pd.DataFrame, files: Files) -> pd.Series:
    """By complaint what its papers were sold for, each once."""
    once, own = papers.drop_duplicates(["complaint_id", "paper"]), company_currencies(files.companies)
    worth, whole = (worths(once, files.currencies, own) for worths in (worths_of, worths_of_wholes))
    return worth_by_case(once.assign(worth=worth, whole_worth=whole))


def _first_asked(rows: pd.DataFrame, dunned: pd.DataFrame) -> pd.Series:
    """For each complaint the first day after the due date of its invoice on which its customer was asked to pay."""
    keys = ["company_id", "customer_id"]
    case = rows[["complaint_id", *keys]].assign(day=pd.Series(rows["due"]).astype("datetime64[s]"))
    case = case[case["day"].notna()].sort_values("day")
    asked = dunned.assign(asked=pd.Series(days_of(dunned["asked_on"]), index=dunned.index).astype("datetime64[s]"))
    asked = asked.assign(day=asked["asked"]).sort_values("day")[[*keys, "day", "asked"]]
    if case.empty or asked.empty:
        return pd.Series(_NAT, index=rows.index).astype("datetime64[s]")
    types = dict.fromkeys(keys, "int64")
    found = pd.merge_asof(
        case.astype(types), asked.astype(types), on="day", by=keys, direction="forward", allow_exact_matches=False
    )
    return rows["complaint_id"].map(found.set_index("complaint_id")["asked"])


def _is_noted(rows: pd.DataFrame, line: Evidence) -> Fit:
    notes = rows[f"noted_{line.kind}"].to_numpy(dtype=np.int64)
    return notes >= (line.count or 1), {"notes": notes.tolist()}


def _names_another(rows: pd.DataFrame, line: Evidence) -> Fit:
    """A paper of another customer or company is named, or people noted that the order supports no such complaint."""
    noted, figures = _is_noted(rows, line)
    papers: list[str | int] = rows["foreign_papers"].tolist()
    return noted | rows["foreign_papers"].ne("").to_numpy(dtype=bool), {**figures, "record": papers}


def _was_rejected_before(rows: pd.DataFrame, line: Evidence) -> Fit:
    count = _before(rows, "was_rejected", line.months or 0)
    return count >= (line.count or 1), {"count": count.tolist(), "months": [line.months or 0] * len(rows)}


def _was_upheld_before(rows: pd.DataFrame, line: Evidence) -> Fit:
    months = line.months or 0
    upheld = _before(rows, "was_upheld", months)
    decided = upheld + _before(rows, "was_rejected", months)
    share = line.share or Decimal(0)
    pairs = zip(upheld.tolist(), decided.tolist(), strict=True)
    fits = np.array([bool(all_of) and good >= share * all_of for good, all_of in pairs], dtype=bool)
    return fits, {"count": upheld.tolist(), "decided": decided.tolist(), "months": [months] * len(rows)}


def _claims_too_much(rows: pd.DataFrame, line: Evidence) -> Fit:
    times = line.times or Decimal(0)
    claims = zip(rows["claimed_minor"].tolist(), rows["worth_minor"].tolist(), strict=True)
    fits = np.array([worth > 0 and claimed > worth * times for claimed, worth in claims], dtype=bool)
    return fits, {
        "amount": rows["claimed_minor"].tolist(),
        "worth": rows["worth_minor"].tolist(),
        "limit_times": [f"{times.normalize():f}"] * len(rows),
    }


def _came_after_dunning(rows: pd.DataFrame, line: Evidence) -> Fit:
    asked, due = days_of(rows["asked"]), days_of(rows["due"])
    fits = ~np.isnat(asked) & (days_of(rows["received"]) >= asked + np.timedelta64(line.days or 0, "D"))
    return fits, {"date": list(texts_of(asked)), "due_date": list(texts_of(due))}


def _came_in_time(rows: pd.DataFrame, line: Evidence) -> Fit:
    paper, days = days_of(rows["paper"]), line.days or 0
    fits = ~np.isnat(paper) & (days_of(rows["received"]) <= paper + np.timedelta64(days, "D"))
    return fits, {"date": list(texts_of(paper)), "claim_days": [days] * len(rows)}


_FITS: dict[str, Callable[[pd.DataFrame, Evidence], Fit]] = {
    "foreign_lot": _is_noted,
    "unsupported_order": _names_another,
    "rejected_before": _was_rejected_before,
    "excess_claim": _claims_too_much,
    "refuses_inspection": _is_noted,
    "several_channels": _is_noted,
    "publicity_threat": _is_noted,
    "after_dunning": _came_after_dunning,
    "independent_test": _is_noted,
    "upheld_before": _was_upheld_before,
    "in_window": _came_in_time,
}


def _before(rows: pd.DataFrame, flag: str, months: int) -> Whole:
    """How many complaints of the same customer and company that came in before, within so many months, have the flag.

    The rows stand in the order of receipt. The day so many months before is the first that counts.
    """
    number = rows.groupby(["company_id", "customer_id"]).ngroup().to_numpy(dtype=np.int64)
    received = pd.Series(days_of(rows["received"]).astype("datetime64[s]"))
    first = days_of(received - pd.DateOffset(months=months)).astype(np.int64)
    order = np.lexsort((np.arange(len(rows)), number))
    line = (number * 10**7 + days_of(received).astype(np.int64))[order]
    since = np.searchsorted(line, (number * 10**7 + first)[order], side="left")
    upto = np.concatenate(([0], np.cumsum(rows[flag].to_numpy(dtype=np.int64)[order])))
    counted = np.empty(len(rows), dtype=np.int64)
    counted[order] = upto[:-1] - upto[since]
    return counted


def _independent(hits: Flags, policy: ComplaintPolicy) -> Whole:
    """On how many groups of kinds what speaks against each complaint rests."""
    groups = [GROUPS.get(line.kind, "") for line in policy.evidence]
    columns = [hits[:, [place for place, name in enumerate(groups) if name == group]].any(axis=1)
               for group in dict.fromkeys(filter(None, groups))]  # fmt: skip
    found: Whole = np.sum(columns, axis=0, dtype=np.int64) if columns else np.zeros(len(hits), dtype=np.int64)
    return found


def _listed(rows: pd.DataFrame, policy: ComplaintPolicy, found: list[Fit], own: Mapping[int, Currency]) -> list[str]:
    """The kinds that were found in each complaint as a JSON list; empty text where none was."""
    told: list[list[dict[str, Any]]] = [[] for _ in range(len(rows))]
    companies = rows["company_id"].tolist()
    for line, (fits, figures) in zip(policy.evidence, found, strict=True):
        for place in np.flatnonzero(fits).tolist():
            values = {name: column[place] for name, column in figures.items()}
            told[place].append(_piece(line, values, own[companies[place]]))
    return [json.dumps(each, ensure_ascii=False, separators=(",", ":")) if each else "" for each in told]


def _piece(line: Evidence, values: dict[str, str | int], currency: Currency) -> dict[str, Any]:
    """One kind of evidence as the record shows it."""
    code = f"evidence.{line.kind}"
    if line.kind == "unsupported_order" and not values["notes"]:
        code = "evidence.other_customer"
    figures = {**values, "currency": currency.code, "weight": str(line.points)}
    for name in {"amount", "worth"} & values.keys():
        figures[name] = minor_text(int(values[name]), currency)
    args = reason_args(code, **{name: figures[name] for name in REASONS[code]})
    return {"kind": line.kind, "points": line.points, "code": code, "args": args}


def _banded(rows: pd.DataFrame, policy: ComplaintPolicy) -> pd.DataFrame:
    """The complaints with their band and why they are in it."""
    bands, points = policy.evidence_bands, rows["evidence_points"].to_numpy(dtype=np.int64)
    is_high, is_broad = points >= bands.suspected, rows["kinds"].to_numpy(dtype=np.int64) >= bands.kinds
    ways = [is_high & is_broad, is_high, points >= bands.review]
    band = np.select(ways, ["suspected", "review", "review"], "good_faith").astype(object)
    codes = np.select(ways, ["suspected", "one_kind", "review"], "good_faith")
    rows = rows.assign(evidence_band=band, evidence_code=[f"evidence.{name}" for name in codes.tolist()])
    args = [_band_args(row, policy) for row in rows.to_dict("records")]
    return rows.assign(evidence_args=np.array(args, dtype=object))


def _band_args(row: Mapping[Hashable, Any], policy: ComplaintPolicy) -> str:
    bands, code = policy.evidence_bands, str(row["evidence_code"])
    figures: dict[str, str | int] = {
        "total_points": str(row["evidence_points"]),
        "review_from": str(bands.review),
        "suspected_from": str(bands.suspected),
        "kinds": int(row["kinds"]),
        "kinds_needed": bands.kinds,
        "valid_from": policy.valid_from.isoformat(),
    }
    return reason_args(code, **{name: figures[name] for name in REASONS[code]})
