"""What `kam complaints report` answers: what the complaints of a month teach, as rows and as a workbook a company."""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from kam_connector.errors import InputError
from kam_connector.facts import learning as facts
from kam_connector.messages import label, render
from kam_connector.money import Currency, minor_text
from kam_connector.periods import Period, add_months, parse_period, period_of, previous_period
from kam_connector.reports import ComplaintsInput, Names, complaints_file, name_of, write_complaints
from kam_connector.rules.decisions import company_currencies, words_of
from kam_connector.rules.learning import CLOCK_FIGURES, COUNTS, FIGURES, Learned, learn
from kam_connector.runs.decisions import Night
from kam_connector.runs.files import make_folder, report_heads
from kam_connector.runs.frames import to_frame
from kam_connector.runs.result import Result, Row
from kam_connector.runs.seeing import Seen, look, result_of
from kam_connector.runs.service import score_night
from kam_connector.runs.sources import Sources, sources_of
from kam_connector.runs.tables import evidence_text
from kam_connector.runs.workspace import Workspace

MONTHS = 12
"""So many months are compared, the one of the report the last."""
_SHOWN = (
    "proposed_remedy", "proposed_amount_minor", "proposed_limit", "approver", "proposal_code", "proposal_args",
    "evidence_points", "evidence_band", "evidence", "evidence_code", "evidence_args",
)  # fmt: skip
Record = Mapping[Hashable, Any]


class Causes(NamedTuple):
    """Codes and names of the root causes by their ids."""

    codes: Mapping[int, str]
    names: Mapping[int, str]


def report_month(workspace: Workspace, as_of: date | None, month: str | None, out: Path | None) -> Result:
    """A row an indicator of the month, one a tier and clock, one a root cause, one a salesperson, company by company.

    A workbook a company stands in `out`, else in the folder of reports; the totals say where. `month` "2026-03", None:
    the last that is over. Errors: InputError for what is no month, or one that has not begun.
    """
    seen = look(workspace, as_of)
    period = find_month(month, seen.nights[-1].as_of)
    folder = out or workspace.settings.places.reports
    make_folder(folder)
    rows: list[Row] = []
    files: list[Row] = []
    for night in seen.nights:
        sources = sources_of(workspace)
        causes = _read_causes(sources)
        learned = _with_shown(learn_night(night, sources), night, seen.names, workspace.lang)
        service = score_night(sources, night)
        rows += _rows(night, learned, period.code, causes, seen, workspace.lang)
        rows += _service_rows(service, period.code, seen.names)
        files += _write(workspace, seen, night, _given(learned, service, period, causes), folder)
    findings = tuple(found for night in seen.nights for found in night.deadlines.findings)
    return result_of("complaints report", seen, rows, files, findings)


def find_month(month: str | None, day: date) -> Period:
    """The month that is named, or the last that is over at the end of `day`."""
    if month is None:
        return previous_period(period_of(day + timedelta(days=1), "month"))
    period = parse_period(month)
    if period.kind != "month" or period.start > day:
        raise InputError(
            "{month} is no month that has begun by {day}.",
            next_step="Write a month such as 2026-03.",
            month=month,
            day=day,
        )
    return period


def learn_night(night: Night, sources: Sources) -> Learned:
    """`rules.learning.learn` of the complaints of the night's companies, whenever they came in."""
    con, clocks = sources.con, night.deadlines.frame.set_index("complaint_id")
    cases = to_frame(facts.learned_cases(con, night.as_of, sources.zones))
    cases = cases[cases["company_id"].isin(night.companies["company_id"])].reset_index(drop=True)
    states = {f"{name}_state": cases["complaint_id"].map(clocks[f"{name}_state"]).fillna("") for name in CLOCK_FIGURES}
    products = to_frame(facts.claimed_products(con))
    bought = to_frame(facts.purchases(con, night.as_of, sources.zones))
    learned = learn(cases.assign(**states), products, bought, night.policy.complaints.learning, night.as_of)
    about = cases[["complaint_id", "number", "type", "severity", "state", "improver_id"]]
    return Learned(learned.months, learned.causes, learned.tiers, learned.cases.merge(about, on="complaint_id"))


def _with_shown(learned: Learned, night: Night, names: Names, lang: str) -> Learned:
    """The cases with what their records show: what is proposed, why, who approves, and what the evidence comes to."""
    cases = learned.cases
    for shown in (night.compensation.rest, night.faith.rest):
        own = shown if "complaint_id" in shown else pd.DataFrame(columns=["complaint_id", "company_id"])
        cases = cases.merge(own.drop(columns="company_id"), on="complaint_id", how="left")
    words = [name for name in _SHOWN if not name.endswith(("_minor", "_points"))]
    cases = cases.reindex(columns=[*learned.cases.columns, *_SHOWN])
    cases = cases.assign(**{name: words_of(cases[name]) for name in words})
    rows = cases.to_dict("records")
    why = [render(row["proposal_code"], row["proposal_args"], lang, names.own) if row["proposal_code"] else ""
           for row in rows]  # fmt: skip
    cases = cases.assign(compensation=why, evidence_reason=[evidence_text(row, names, lang) for row in rows])
    return Learned(learned.months, learned.causes, learned.tiers, cases)


def _read_causes(sources: Sources) -> Causes:
    table = to_frame(facts.causes(sources.con))
    numbers = table["cause_id"].tolist()
    return Causes(*(dict(zip(numbers, table[name].tolist(), strict=True)) for name in ("code", "name")))


def _given(learned: Learned, service: pd.DataFrame, period: Period, causes: Causes) -> ComplaintsInput:
    """What the workbooks show: the month itself, and the months that are compared."""
    first = period_of(add_months(period.start, 1 - MONTHS), "month").code
    tables = {name: getattr(learned, name) for name in ("causes", "tiers", "cases")}
    return ComplaintsInput(
        month=period.code,
        months=learned.months[learned.months["month"].between(first, period.code)],
        cause_names=causes.names,
        service=service,
        **{name: frame[frame["month"] == period.code] for name, frame in tables.items()},
    )


def _write(workspace: Workspace, seen: Seen, night: Night, given: ComplaintsInput, folder: Path) -> Iterator[Row]:
    """The workbooks of the night's companies stand; a row each."""
    for head in report_heads(workspace, night, "complaints report", lambda company: _hash(given, company)):
        target = complaints_file(folder, head, given.month)
        path = write_complaints(target, head, given, seen.names, workspace.lang)
        yield {"company": head.company_id, "month": given.month, "report": str(path)}


def _hash(given: ComplaintsInput, company: int) -> str:
    """SHA-256 over the complaints of the month, so that two papers of one month can be told apart."""
    cases = given.cases[given.cases["company_id"] == company].sort_values("complaint_id")
    return hashlib.sha256(cases.to_csv(index=False).encode()).hexdigest()


def _rows(night: Night, learned: Learned, month: str, causes: Causes, seen: Seen, lang: str) -> Iterator[Row]:
    frames = {name: getattr(learned, name) for name in ("months", "tiers", "causes")}
    for company, currency in company_currencies(night.companies).items():
        own = {
            name: frame[(frame["company_id"] == company) & (frame["month"] == month)].to_dict("records")
            for name, frame in frames.items()
        }
        start = {"company": company, "month": month}
        for row in own["months"] or [_NO_COMPLAINTS]:
            yield from (start | line for line in _month_lines(row, currency))
        for row in own["tiers"]:
            name = seen.names.tiers.get(row["tier"]) or row["tier"] or label("tier.none", lang)
            for clock in CLOCK_FIGURES:
                yield start | _line(f"{clock}_tier", code=row["tier"] or None, name=name, **_share(row, clock))
        for row in own["causes"]:
            yield start | _cause_line(row, causes, currency, lang)


_NO_COMPLAINTS: Record = {
    **dict.fromkeys((*COUNTS, "cost_minor", "recovery_open"), 0),
    **{f"{name}_{part}": 0 for name in FIGURES for part in ("hits", "of")},
    **{f"{name}_share": float("nan") for name in FIGURES},
}
"""The month of a company that nobody complained to."""


def _month_lines(row: Record, currency: Currency) -> Iterator[Row]:
    for name in COUNTS:
        yield _line(name, count=int(row[name]))
    yield _line("cost", amount=minor_text(int(row["cost_minor"]), currency), currency=currency.code)
    for name in FIGURES:
        yield _line(name, **_share(row, name))
    yield _line("recovery_open", count=int(row["recovery_open"]))


def _cause_line(row: Record, causes: Causes, currency: Currency, lang: str) -> Row:
    cause = int(row["cause_id"])
    return _line(
        "cause", code=causes.codes.get(cause), name=name_of(causes.names, cause) or label("report.no_cause", lang),
        count=int(row["complaints"]), share=_decimal(row["share"]), cumulative=_decimal(row["cumulative"]),
        vital=bool(row["vital"]), amount=minor_text(int(row["cost_minor"]), currency), currency=currency.code,
    )  # fmt: skip


def _service_rows(service: pd.DataFrame, month: str, names: Names) -> Iterator[Row]:
    """A row a salesperson: upheld complaints of the deliveries of twelve months, and what the score is."""
    for row in service.to_dict("records"):
        user = int(row["user_id"])
        yield {"company": int(row["company_id"]), "month": month} | _line(
            "service_score", code=str(user), name=name_of(names.people, user), count=int(row["upheld"]),
            of=int(row["deliveries"]), kind=row["kind"] or None, points=_decimal(row["complaint_points"], 2),
            per_100=_decimal(row["per_100"], 2), score=_decimal(row["service_score"], 2),
        )  # fmt: skip


def _share(row: Record, name: str) -> Row:
    return {"count": int(row[f"{name}_hits"]), "of": int(row[f"{name}_of"]), "share": _decimal(row[f"{name}_share"])}


def _decimal(figure: float, digits: int = 4) -> str | None:
    """A figure with its decimals, four for a share; None where there is none."""
    return None if pd.isna(figure) else f"{figure:.{digits}f}"


def _line(indicator: str, **values: Any) -> Row:
    """A row of the answer, None for what does not apply."""
    names = ("code", "name", "count", "of", "share", "cumulative", "vital", "amount", "currency",
             "kind", "points", "per_100", "score")  # fmt: skip
    return {"indicator": indicator, **dict.fromkeys(names), **values}
