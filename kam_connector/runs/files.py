"""The workbooks of a night: ageing, customers and payouts, one each a company."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from kam_connector.errors import StorageError
from kam_connector.facts.receivables import open_papers
from kam_connector.reports import (
    AgeingInput,
    Frozen,
    Names,
    NightInput,
    PayoutInput,
    ReportHead,
    Standing,
    ageing_file,
    night_file,
    payout_file,
    write_ageing,
    write_night,
    write_payouts,
)
from kam_connector.rules.decisions import company_currencies
from kam_connector.rules.expected import next_payments
from kam_connector.runs.aged import Receivables
from kam_connector.runs.comparing import compare_frozen
from kam_connector.runs.decisions import Night
from kam_connector.runs.frames import to_frame
from kam_connector.runs.retention import forget_old_reports
from kam_connector.runs.reviews import read_reviews, review_row, user_names
from kam_connector.runs.sources import sources_of
from kam_connector.runs.workspace import Workspace, zones


@dataclass(frozen=True, slots=True)
class Written:
    """A workbook of one company: `kind` is ageing, customers or payouts."""

    company_id: int
    kind: str
    path: Path


def write_reports(workspace: Workspace, nights: Iterable[Night], names: Names, run: str, folder: Path) -> list[Written]:
    """All workbooks of the nights stand in `folder`; of each company the ageing first. Those past their time go."""
    make_folder(folder)
    forget_old_reports(workspace.settings)
    return [
        written
        for night in nights
        for head, items in _papers(workspace, night, run)
        for written in _write_company(workspace, night, head, items, names, folder)
    ]


def write_ageing_file(workspace: Workspace, night: Night, names: Names, run: str, folder: Path) -> list[Written]:
    """The ageing workbook of each company of the night."""
    make_folder(folder)
    return [
        Written(head.company_id, "ageing", _write_ageing(workspace, night, head, items, names, folder))
        for head, items in _papers(workspace, night, run)
    ]


def make_folder(folder: Path) -> None:
    """The folder is there, or a `StorageError` says why not."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(
            "The folder {folder} cannot be made: {error}.",
            next_step="Choose another place for the reports.",
            folder=folder,
            error=error,
        ) from error


def _papers(workspace: Workspace, night: Night, run: str) -> Iterator[tuple[ReportHead, pd.DataFrame]]:
    """Each company's head of report, and its open items with what they are called on paper."""
    papers = to_frame(open_papers(workspace.mirror.ibis, night.as_of))
    for head in report_heads(workspace, night, run, lambda company: _input_hash(night.receivables, company)):
        own = night.receivables.items[night.receivables.items["company_id"] == head.company_id]
        yield head, own.merge(papers, on="item_id", how="left")


def _write_company(
    workspace: Workspace, night: Night, head: ReportHead, items: pd.DataFrame, names: Names, folder: Path
) -> list[Written]:
    lang = workspace.lang
    customers = NightInput(
        night.tiers.frame, night.tasks.frame, night.complaints, night.deadlines.frame, night.warnings.frame
    )
    payouts = PayoutInput(night.payouts.frame, night.payouts.detail)
    paths = {
        "ageing": _write_ageing(workspace, night, head, items, names, folder),
        "customers": write_night(night_file(folder, head), head, customers, names, lang),
        "payouts": write_payouts(payout_file(folder, head), head, payouts, names, lang),
    }
    return [Written(head.company_id, kind, path) for kind, path in paths.items()]


def _write_ageing(
    workspace: Workspace, night: Night, head: ReportHead, items: pd.DataFrame, names: Names, folder: Path
) -> Path:
    owed, policy = night.receivables, night.policy.collections.ageing
    frozen = _frozen(workspace, night, head.company_id)
    given = AgeingInput(
        owed.rows, items, owed.ledger, policy.basis, str(policy.doubtful), night.other_clock, frozen, _standing(night)
    )  # fmt: skip
    return write_ageing(ageing_file(folder, head), head, given, names, workspace.lang)


def _standing(night: Night) -> Standing:
    """What the workbook says of payers, credit, provision and promises."""
    matrix = night.policy.collections.provision
    return Standing(
        payers=night.payers.frame,
        expected=next_payments(night.expected),
        credit=night.credit.frame,
        provision=night.provision.frame,
        bands=[(span.name, f"{span.rate:f}") for span in matrix.spans],
        basis=matrix.basis,
        view=matrix.view,
        promises=night.promises.frame,
    )


def _frozen(workspace: Workspace, night: Night, company: int) -> Frozen | None:
    """What the workbook says of a frozen day; None where it is not."""
    basis = night.policy.collections.ageing.basis
    for compared in compare_frozen(sources_of(workspace), {company: night.as_of}, basis):
        snapshot = compared.snapshot
        review = read_reviews(workspace.ledger).get((company, snapshot.copy_key))
        signed = review_row(review, user_names(workspace.mirror.ibis))
        return Frozen(
            snapshot.frozen_on, snapshot.sequence, compared.lines,
            signed["reviewed_by"] or "", signed["reviewed_on"] or "",
        )  # fmt: skip
    return None


def report_heads(workspace: Workspace, night: Night, run: str, input_hash: Callable[[int], str]) -> list[ReportHead]:
    """Each company's head of report; `input_hash` says of a company what tells its input from another's."""
    zone = zones(workspace)
    currency = company_currencies(night.companies)
    versions = ", ".join(f"{name} {day}" for name, day in night.policy.versions.items())
    return [
        ReportHead(
            company_id=company,
            company=name,
            currency=currency[company].code,
            digits=currency[company].digits,
            as_of=night.as_of,
            run=run,
            policy_version=versions,
            policy_hash=workspace.policy.hash,
            input_hash=input_hash(company),
            ledger_head=str(workspace.ledger.head()),
            source=f"{workspace.settings.url} ({workspace.settings.database})",
            zone=zone[company].key,
        )
        for company, name in zip(night.companies["company_id"].tolist(), night.companies["name"].tolist(), strict=True)
    ]


def _input_hash(owed: Receivables, company: int) -> str:
    """SHA-256 over the open items, so that two papers of one day can be told apart."""
    columns = ["item_id", "residual_minor", "due_date"]
    items = owed.items.loc[owed.items["company_id"] == company, columns].sort_values("item_id")
    return hashlib.sha256(pd.util.hash_pandas_object(items, index=False).to_numpy().tobytes()).hexdigest()
