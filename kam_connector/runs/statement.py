"""What `kam collections statement` does: a customer's open items, and the paper that he is sent about them."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from kam_connector.erp import Session
from kam_connector.errors import ErpError, InputError, SettingsError
from kam_connector.facts.addressees import addressees
from kam_connector.facts.receivables import open_papers
from kam_connector.findings import Finding
from kam_connector.messages import find_language
from kam_connector.money import Currency, minor_text
from kam_connector.reports import Addressee, Names, ReportHead, StatementInput, statement_file, write_statement
from kam_connector.rules.decisions import company_currencies
from kam_connector.rules.promises import OPEN
from kam_connector.rules.statement import state_account
from kam_connector.runs.decisions import Night
from kam_connector.runs.files import make_folder
from kam_connector.runs.frames import to_frame
from kam_connector.runs.result import Result, Row
from kam_connector.runs.seeing import Seen, look, result_of
from kam_connector.runs.workspace import Workspace

Record = Mapping[Hashable, Any]
ON_SCREEN = (
    "document", "kind", "date", "due_date", "days_overdue", "currency", "amount", "settled_so_far", "residual",
    "disputed", "pending",
)  # fmt: skip
"""The columns of a table; JSON and CSV have all of them."""
_ADDRESS = ("street", "street2", "zip", "city", "country_id")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose statement, where it is put, and in which language (None: the customer's own)."""

    customer: int
    folder: Path | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class _Letter:
    to: Addressee
    language: str


def show_statement(workspace: Workspace, as_of: date | None, wanted: Wanted) -> Result:
    """A row an open item; a workbook for each company in which the customer has one; totals by company and currency.

    Errors: InputError for a customer whom the mirror does not have.
    """
    letter = _letter_to(workspace, wanted)
    letter, findings = _with_address(workspace, letter)
    seen = look(workspace, as_of)
    folder = wanted.folder or workspace.settings.places.reports
    rows: list[Row] = []
    totals: list[Row] = []
    for night in seen.nights:
        stated = _stated(workspace, night, letter.to.customer_id)
        for company, own in stated.groupby("company_id"):
            path = _write(night, seen, int(str(company)), own, letter, folder)
            rows += [_row(row, seen.names, letter.to) for row in own.to_dict("records")]
            totals += _totals(own, night, seen.names, path)
    answer = result_of("collections statement", seen, rows, totals, tuple(findings))
    return replace(answer, columns=ON_SCREEN)


def _letter_to(workspace: Workspace, wanted: Wanted) -> _Letter:
    """Whom the statement is for: the customer, of a contact its customer."""
    known = addressees(workspace.mirror.ibis).to_pandas().set_index("partner_id")
    if wanted.customer not in known.index:
        raise InputError(
            "The mirror has no customer {customer}.",
            next_step="Look up its id with `kam ageing show`, or pull first with `kam sync run`.",
            customer=wanted.customer,
        )
    above = int(known.loc[wanted.customer, "customer_id"])
    number = above if above in known.index else wanted.customer
    row = known.loc[number].fillna("")
    to = Addressee(number, str(row["name"]), number=str(row["number"]), vat=str(row["vat"]))
    return _Letter(to, find_language(wanted.language or str(row["lang"])))


def _with_address(workspace: Workspace, letter: _Letter) -> tuple[_Letter, list[Finding]]:
    """The letter with the address that the ERP has now: it is kept nowhere. Without the ERP a finding says so."""
    try:
        lines = _read_address(workspace.connect(), letter.to.customer_id)
    except (ErpError, SettingsError) as error:
        record, values = str(letter.to.customer_id), {"error": error}
        return letter, [Finding("info", "erp.res_partner", record, "The statement has no address: {error}", values)]
    return replace(letter, to=replace(letter.to, lines=lines)), []


def _read_address(session: Session, customer: int) -> list[str]:
    """The lines of the customer's address below the name, those that are filled."""
    known = [name for name in _ADDRESS if name in session.fields("res.partner")]
    rows = session.search_read("res.partner", [("id", "=", customer)], known) if known else []
    address = {name: rows[0][name] or "" for name in known} if rows else {}
    country = address.pop("country_id", "")
    names = session.search_read("res.country", [("id", "=", country)], ["name"]) if country else []
    place = f"{address.pop('zip', '')} {address.pop('city', '')}".strip()
    return [line for line in (*address.values(), place, *(row["name"] for row in names)) if line]


def _stated(workspace: Workspace, night: Night, customer: int) -> pd.DataFrame:
    items = night.receivables.items
    papers = to_frame(open_papers(workspace.mirror.ibis, night.as_of))
    return state_account(items[items["customer_id"] == customer].merge(papers, on="item_id", how="left"))


def _write(night: Night, seen: Seen, company: int, own: pd.DataFrame, letter: _Letter, folder: Path) -> Path:
    make_folder(folder)
    collections = night.policy.collections
    said = night.promises.frame
    mine = (said["company_id"] == company) & (said["customer_id"] == letter.to.customer_id) & (said["state"] == OPEN)
    payment = collections.statement.payment
    given = StatementInput(
        rows=own,
        promises=said[mine],
        buckets=[bucket.column for bucket in collections.ageing.columns],
        basis=collections.ageing.basis,
        payment=payment.in_language(letter.language) if payment else "",
    )
    head = _head(night, seen, company)
    target = statement_file(folder, head, letter.to.customer_id)
    return write_statement(target, head, letter.to, given, seen.names, letter.language)


def _head(night: Night, seen: Seen, company: int) -> ReportHead:
    """The head of a paper that goes out of the house: nothing of the run or the policy."""
    currency = company_currencies(night.companies)[company]
    name = seen.names.companies.get(company, "")
    return ReportHead(company, name, currency.code, currency.digits, night.as_of, run="", policy_version="")


def _row(row: Record, names: Names, to: Addressee) -> Row:
    currency = names.currencies[int(row["currency_id"])]
    return {
        "company": int(row["company_id"]),
        "customer": to.customer_id,
        "name": to.name,
        "item": int(row["item_id"]),
        "document": row["document"],
        "kind": row["kind"],
        "date": str(row["date"])[:10],
        "due_date": str(row["due_date"])[:10],
        "days_overdue": int(row["days_overdue"]),
        "currency": currency.code,
        **{name: minor_text(int(row[f"{column}_minor"]), currency) for name, column in _AMOUNTS.items()},
        "disputed": bool(row["disputed"]),
        "pending": bool(row["pending"]),
    }


def _totals(own: pd.DataFrame, night: Night, names: Names, path: Path) -> list[Row]:
    """A row a currency: debts, credits, what is due, by bucket, and where the paper is."""
    buckets = [bucket.column for bucket in night.policy.collections.ageing.columns]
    found = []
    for number, rows in own.groupby("currency_id"):
        currency = names.currencies[int(str(number))]
        amounts = rows["open_minor"]
        sums = {"debts": amounts.clip(lower=0).sum(), "credits": amounts.clip(upper=0).sum(), "total": amounts.sum()}
        by_bucket = rows.groupby("bucket")["open_minor"].sum()
        sums |= {bucket: by_bucket.get(bucket, 0) for bucket in buckets}
        texts = _texts({name: int(minor) for name, minor in sums.items()}, currency)
        found.append(
            {"company": int(own["company_id"].iloc[0]), "currency": currency.code, **texts, "report": str(path)}
        )
    return found


def _texts(amounts: dict[str, int], currency: Currency) -> dict[str, str]:
    return {name: minor_text(minor, currency) for name, minor in amounts.items()}


_AMOUNTS = {"amount": "amount", "settled_so_far": "settled", "residual": "open"}
