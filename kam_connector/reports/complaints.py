"""The monthly workbook of complaints: what the month teaches, the causes as a Pareto chart, by tier, twelve months.

The month is that in which a complaint came in; each figure stands as it is on the day of the report. A share of nothing
is an empty cell. Amounts are what was agreed as compensation, in the company's currency.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pandas as pd

from kam_connector.messages import find_language, label
from kam_connector.reports import styles
from kam_connector.reports.heads import Names, ReportHead, name_of
from kam_connector.reports.origin import LAST, write_heading, write_origin
from kam_connector.reports.tables import Column, TableSpec, write_rows, write_table_sheets, write_titles
from kam_connector.reports.workbook import Book, BookHead, Sheet, open_book

INDICATORS: Final = ("response", "resolution", "first_contact", "recurrence", "improvements", "recovery")
_FIGURES: Final = (
    Column("indicator"),
    Column("count", "count"),
    Column("of", "count"),
    Column("share", "rate"),
)
_CAUSES: Final = (
    Column("cause", word="root_cause"),
    Column("complaints", "count"),
    Column("share", "rate"),
    Column("cumulative", "rate"),
    Column("recurrences", "count"),
    Column("cost_minor", "amount", word="compensation_cost"),
    Column("vital", "flag"),
)
_SHARES: Final = tuple(Column(f"{name}_share", "rate", word=f"indicator.{name}") for name in INDICATORS)
_TIERS: Final = (
    Column("tier_name", word="tier"),
    Column("complaints", "count"),
    *[
        column
        for name in INDICATORS[:2]
        for column in (
            Column(f"{name}_hits", "count", word=f"indicator.{name}"),
            Column(f"{name}_of", "count", word="of"),
            Column(f"{name}_share", "rate", word="share"),
        )
    ],
)
_MONTHS: Final = (
    Column("month"),
    *[Column(name, "count", word=f"indicator.{name}") for name in ("complaints", "rejected", "settled")],
    Column("cost_minor", "amount", word="compensation_cost"),
    *_SHARES,
)
_SERVICE: Final = (
    Column("seller", word="salesperson"),
    Column("kind_name", word="counted_deliveries"),
    Column("deliveries", "count"),
    Column("upheld", "count", word="upheld_complaints"),
    Column("complaint_points", "number"),
    Column("per_100", "number"),
    Column("service_score", "number"),
)
_CASES: Final = (
    Column("number", word="complaint"),
    Column("customer"),
    Column("type_name", word="type"),
    Column("severity_name", word="severity"),
    Column("state_name", word="state"),
    Column("tier_name", word="tier"),
    Column("received_on", "day", word="received_at"),
    Column("ended_on", "day", word="ended_at"),
    Column("response_name", word="response_state"),
    Column("resolution_name", word="resolution_state"),
    Column("cause", word="root_cause"),
    Column("recurs", "flag"),
    Column("first_contact_name", word="indicator.first_contact"),
    Column("cost_minor", "amount", summed=True, word="compensation_cost"),
    Column("remedy_name", word="proposed_remedy"),
    Column("proposed_amount_minor", "amount", word="proposed_amount"),
    Column("limit_name", word="proposed_limit"),
    Column("approver_name", word="approver"),
    Column("compensation", "reason"),
    Column("evidence_points", "count"),
    Column("band_name", word="evidence_band"),
    Column("evidence_reason", "reason"),
    Column("improvement", "reason"),
    Column("improver"),
)


@dataclass(frozen=True, slots=True)
class ComplaintsInput:
    """`months` (twelve of them), `causes`, `tiers` and `cases` of `month`, as `rules.learning.Learned` has them.

    `cases` has number, type, severity, state and improver_id beside, and as the complaint shows them ("" or empty where
    nothing is proposed or weighed): proposed_remedy, proposed_amount_minor, proposed_limit, approver, compensation
    (why, in words), evidence_points, evidence_band, evidence_reason (in words). `cause_names` by id. `service` as
    `rules.service.score_service`, in the order in which it is shown. Rows of other companies are ignored.
    """

    month: str
    months: pd.DataFrame
    causes: pd.DataFrame
    tiers: pd.DataFrame
    cases: pd.DataFrame
    cause_names: Mapping[int, str]
    service: pd.DataFrame


def complaints_file(folder: Path, head: ReportHead, month: str) -> Path:
    """Where the workbook of this company, month and day is put."""
    return folder / f"{head.stem(f'complaints-{month}')}.xlsx"


def write_complaints(target: Path, head: ReportHead, given: ComplaintsInput, names: Names, lang: str = "en") -> Path:
    """The workbook stands at `target`. Raises what `open_book` raises."""
    language = find_language(lang)
    causes, tiers, cases, months, service = (
        frame[frame["company_id"] == head.company_id].reset_index(drop=True)
        for frame in (given.causes, given.tiers, given.cases, given.months, given.service)
    )
    about = BookHead(label("report.complaints_title", language), head.run, head.as_of, language)
    with open_book(target, about, rows=len(cases)) as book:
        sheet = book.sheet(label("report.sheet_summary", language))
        title = f"{label('report.complaints_title', language)} {given.month}"
        row = write_origin(sheet, title, head, language, {"month": given.month})
        row = _write_figures(sheet, row + 1, months[months["month"] == given.month], head, language)
        row = _write_causes(book, sheet, row + 1, _with_causes(causes, given, language), head, language)
        _write_notes(sheet, row + 1, language)
        sheet.paper(landscape=False, footer=head.footer())
        spec = TableSpec(label("report.sheet_by_tier", language), _TIERS)
        write_table_sheets(book, spec, _with_tiers(tiers, names, language), head, language)
        spec = TableSpec(label("report.sheet_months", language), _MONTHS)
        write_table_sheets(book, spec, _rounded(months), head, language)
        spec = TableSpec(label("report.sheet_service", language), _SERVICE)
        write_table_sheets(book, spec, _with_sellers(service, names, language), head, language)
        spec = TableSpec(label("report.sheet_complaints", language), _CASES)
        write_table_sheets(book, spec, _named(_with_causes(cases, given, language), names, language), head, language)
    return target


def _write_figures(sheet: Sheet, row: int, months: pd.DataFrame, head: ReportHead, lang: str) -> int:
    """The month's own figures: how many came in, what they cost, the shares; nothing but zeros without complaints."""
    write_heading(sheet, row, label("report.complaints_figures", lang))
    own = months.iloc[0] if len(months) else pd.Series(dtype=object)
    for name in ("complaints", "rejected", "settled"):
        row += 1
        sheet.text(row, 0, label(f"indicator.{name}", lang), styles.LABEL)
        sheet.number(row, 1, int(own.get(name, 0)), styles.BODY.with_format(styles.PLAIN_FORMAT))
    row += 1
    sheet.text(row, 0, label("compensation_cost", lang), styles.LABEL)
    sheet.amount(row, 1, int(own.get("cost_minor", 0)), head.digits)
    shares = pd.DataFrame({
        "indicator": [label(f"indicator.{name}", lang) for name in INDICATORS],
        "count": [int(own.get(f"{name}_hits", 0)) for name in INDICATORS],
        "of": [int(own.get(f"{name}_of", 0)) for name in INDICATORS],
        "share": [own.get(f"{name}_share") for name in INDICATORS],
    })  # fmt: skip
    write_titles(sheet, row + 2, _FIGURES, lang)
    end = write_rows(sheet, row + 3, _FIGURES, _rounded(shares), head.digits, lang)
    sheet.text(end, 0, label("indicator.recovery_open", lang), styles.LABEL)
    sheet.number(end, 1, int(own.get("recovery_open", 0)), styles.BODY.with_format(styles.PLAIN_FORMAT))
    return end + 1


def _write_causes(book: Book, sheet: Sheet, row: int, causes: pd.DataFrame, head: ReportHead, lang: str) -> int:
    """The causes with their Pareto chart below."""
    write_heading(sheet, row, label("report.complaints_causes", lang))
    write_titles(sheet, row + 1, _CAUSES, lang)
    end = write_rows(sheet, row + 2, _CAUSES, _rounded(causes), head.digits, lang)
    if causes.empty:
        sheet.text(end, 0, label("report.nothing", lang), styles.NOTE)
        return end + 1
    words = (label("complaints", lang), label("cumulative", lang))
    chart = book.pareto_chart(sheet, (row + 2, end - 1), (0, 1, 3), label("chart.causes", lang), words)
    sheet.chart(end + 1, 0, chart, (890, 300))
    return end + 17


def _write_notes(sheet: Sheet, row: int, lang: str) -> None:
    write_heading(sheet, row, label("report.notes", lang))
    for name in ("note_month", "note_share", "note_recurrence", "note_recovery", "note_pareto", "note_service"):
        row += 1
        sheet.height(row, 26)
        sheet.paragraph(row, (0, LAST), label(f"report.{name}", lang))


def _with_causes(frame: pd.DataFrame, given: ComplaintsInput, lang: str) -> pd.DataFrame:
    """The rows with the cause's name, and that nobody has said where there is none."""
    unsaid = label("report.no_cause", lang)
    named = [name_of(given.cause_names, number) or unsaid for number in frame["cause_id"]]
    return frame.assign(cause=named)


def _with_tiers(frame: pd.DataFrame, names: Names, lang: str) -> pd.DataFrame:
    """The rows with the tier's name, the policy's order of tiers first."""
    order = {code: place for place, code in enumerate(names.tiers)}
    named = [names.tiers.get(code) or code or label("tier.none", lang) for code in frame["tier"]]
    ranked = frame.assign(tier_name=named, place=[order.get(code, len(order)) for code in frame["tier"]])
    return _rounded(ranked.sort_values(["place", "tier"], kind="stable"))


def _with_sellers(service: pd.DataFrame, names: Names, lang: str) -> pd.DataFrame:
    """The rows with the salesperson's name and what was counted as a delivery."""
    sellers = [name_of(names.people, number) for number in service["user_id"]]
    return service.assign(seller=sellers, kind_name=_words("kind", service["kind"], lang))


def _named(cases: pd.DataFrame, names: Names, lang: str) -> pd.DataFrame:
    """The complaints in the order of their intake, with names for ids and codes."""
    rows = cases.assign(
        customer=[name_of(names.customers, number) for number in cases["customer_id"]],
        improver=[name_of(names.people, number) for number in cases["improver_id"]],
        tier_name=[names.tiers.get(code) or code for code in cases["tier"]],
        response_name=_words("state", cases["response_state"], lang),
        resolution_name=_words("state", cases["resolution_state"], lang),
        first_contact_name=_words("answer", cases["first_contact"], lang),
        remedy_name=_words("remedy", cases["proposed_remedy"], lang),
        limit_name=_words("proposed_limit", cases["proposed_limit"], lang),
        approver_name=_words("approver", cases["approver"], lang),
        band_name=_words("evidence_band", cases["evidence_band"], lang),
        **{f"{name}_name": _words(name, cases[name], lang) for name in ("type", "severity", "state")},
    )
    return rows.sort_values(["received_on", "complaint_id"], kind="stable")


def _words(family: str, codes: pd.Series, lang: str) -> list[str]:
    return [label(f"{family}.{code}", lang) if isinstance(code, str) and code else "" for code in codes]


def _rounded(frame: pd.DataFrame) -> pd.DataFrame:
    """Shares to a tenth of a percent, as they are read."""
    shares = [name for name in frame.columns if name in ("share", "cumulative") or str(name).endswith("_share")]
    return frame.assign(**{name: pd.to_numeric(frame[name]).round(3) for name in shares})
