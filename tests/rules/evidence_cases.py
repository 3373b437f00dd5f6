"""Complaints with what speaks for and against them."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd

from kam_connector.policy.complaints import ComplaintPolicy
from kam_connector.rules.evidence import CASES, DUNNED, FOREIGN, NOTES, PAPERS, Files, weigh_evidence
from tests.rules import compensation_cases
from tests.rules.compensation_cases import BOOKS, with_whole

LINES: list[dict[str, Any]] = [
    {"kind": "foreign_lot", "points": 30},
    {"kind": "unsupported_order", "points": 25},
    {"kind": "rejected_before", "points": 20, "count": 3, "months": 12},
    {"kind": "excess_claim", "points": 15, "times": "3"},
    {"kind": "refuses_inspection", "points": 15, "count": 2},
    {"kind": "several_channels", "points": 10},
    {"kind": "publicity_threat", "points": 10},
    {"kind": "after_dunning", "points": 10, "days": 1},
    {"kind": "independent_test", "points": -40},
    {"kind": "upheld_before", "points": -15, "share": "0.50", "months": 12},
    {"kind": "in_window", "points": -10, "days": 30},
]


def policy(*changed: dict[str, Any], **bands: int) -> ComplaintPolicy:
    """The points of W24; `changed` lines replace those of their kind."""
    new = {line["kind"]: line for line in changed}
    lines = [new.get(line["kind"], line) for line in LINES]
    return compensation_cases.policy(evidence=lines, evidence_bands=bands)


def case(number: int, day: str = "2026-06-01", **more: Any) -> dict[str, Any]:
    """A complaint of customer 7 in company 1 that is investigated, about nothing that is known."""
    row = {
        "complaint_id": number, "company_id": 1, "customer_id": 7, "state": "investigating",
        "received_at": pd.Timestamp(f"{day} 08:00", tz="UTC"), "received_on": pd.Timestamp(day), "claimed_minor": 0,
        "was_rejected": False, "was_upheld": False,
    }  # fmt: skip
    return {**row, **more}


def rejected(number: int, day: str, **more: Any) -> dict[str, Any]:
    return case(number, day, **{"state": "rejected", "was_rejected": True, **more})


def upheld(number: int, day: str, **more: Any) -> dict[str, Any]:
    return case(number, day, **{"state": "closed", "was_upheld": True, **more})


def note(kind: str, notes: int = 1, number: int = 1) -> dict[str, Any]:
    return {"complaint_id": number, "kind": kind, "notes": notes}


def paper(number: int = 1, total: int = 1_000_00, day: str = "2026-05-20", **more: Any) -> dict[str, Any]:
    """An order line of the complaint's own customer with an invoice of that day, due a month later."""
    row = {
        "complaint_id": number, "company_id": 1, "paper": f"sale.order.line,{number}", "total_minor": total,
        "currency_id": 10, "currency_rate": None, "paper_on": pd.Timestamp(day), "due_on": pd.NaT, "is_foreign": False,
    }  # fmt: skip
    return with_whole({**row, **more})


def stranger(paper: str, number: int = 1) -> dict[str, Any]:
    """A paper beside others that is another customer's."""
    return {"complaint_id": number, "stranger": paper}


def asked(day: str, customer: int = 7, company: int = 1) -> dict[str, Any]:
    return {"company_id": company, "customer_id": customer, "asked_on": pd.Timestamp(day)}


def weigh(cases: list[dict[str, Any]], *known: dict[str, Any], by: ComplaintPolicy | None = None) -> pd.DataFrame:
    """The weighed complaints; `known` are notes, papers and days of dunning in any order."""
    parts = {name: [row for row in known if mark in row] for name, mark in
             (("notes", "notes"), ("papers", "paper"), ("dunned", "asked_on"))}  # fmt: skip
    foreign = [(row["complaint_id"], row["paper"]) for row in parts["papers"] if row["is_foreign"]]
    foreign += [(row["complaint_id"], row["stranger"]) for row in known if "stranger" in row]
    files = Files(
        pd.DataFrame(parts["notes"], columns=list(NOTES)),
        pd.DataFrame(parts["papers"], columns=list(PAPERS)),
        pd.DataFrame(foreign, columns=list(FOREIGN)),
        pd.DataFrame(parts["dunned"], columns=list(DUNNED)),
        BOOKS.companies,
        BOOKS.currencies,
    )
    return weigh_evidence(pd.DataFrame(cases, columns=list(CASES)), files, by or policy()).frame


def told(cases: list[dict[str, Any]], *known: dict[str, Any], **more: Any) -> tuple[int, str, list[tuple[str, int]]]:
    """Points, band and the kinds with their points, of complaint 1."""
    frame = weigh(cases, *known, **more)
    row = frame[frame["complaint_id"] == 1].iloc[0]
    pieces = json.loads(row["evidence"] or "[]")
    return row["evidence_points"], row["evidence_band"], [(piece["kind"], piece["points"]) for piece in pieces]


def code(cases: list[dict[str, Any]], *known: dict[str, Any], **more: Any) -> tuple[str, dict[str, Any]]:
    """Why complaint 1 is in its band."""
    frame = weigh(cases, *known, **more)
    row = frame[frame["complaint_id"] == 1].iloc[0]
    return row["evidence_code"], json.loads(row["evidence_args"])
