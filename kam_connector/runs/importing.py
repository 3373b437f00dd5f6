"""What `kam complaints import` does: the complaints of a file become complaints of the ERP, each once.

A file is a source beside tickets and claims and goes through the same rule (`rules.intake`): owner by policy, type and
severity too where the file does not say them, a second source of one case refused. The number that the complaint has
elsewhere is its key, so a file read again brings nothing again. A row that cannot be a complaint is a finding, and the
others go on.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from kam_connector import writeback
from kam_connector.errors import InputError
from kam_connector.facts.invoices import posted_invoices
from kam_connector.facts.orders import customer_orders
from kam_connector.findings import Finding
from kam_connector.inputs.complaints import read_complaints
from kam_connector.inputs.moments import parse_moments
from kam_connector.ledger.merges import survivors
from kam_connector.messages import render
from kam_connector.money import Currency, minor_text
from kam_connector.reports import Names, name_of
from kam_connector.rules.intake import FILE, FOREIGN, STATED
from kam_connector.rules.orders import worths_of
from kam_connector.runs.claiming import Sold, find_claim, find_high_claim
from kam_connector.runs.frames import to_frame
from kam_connector.runs.lookup import find_contact, find_customer
from kam_connector.runs.naming import company_currencies, read_currencies
from kam_connector.runs.result import Row
from kam_connector.runs.seeing import Seen, look
from kam_connector.runs.sources import Sources, sources_of
from kam_connector.runs.taken_in import take_in_file
from kam_connector.runs.workspace import Workspace
from kam_connector.texts import Text
from kam_connector.writeback import Decided, Plan

Record = Mapping[Hashable, Any]
_KEY, _OWN_KEY = ["company_id", "case_key"], ["company_id", "source_id"]
_GIVEN = ("channel", "claimed_amount_minor", "disputed_amount_minor")


@dataclass(frozen=True, slots=True)
class Brought:
    """What a file brings: `plan` of the new complaints, `rows` about them, how many are `known`, what is odd."""

    plan: Plan
    rows: list[Row]
    known: int
    findings: tuple[Finding, ...]
    seen: Seen


def bring_complaints(workspace: Workspace, as_of: date | None, path: Path) -> Brought:
    """The plan for the complaints of the file; writes nothing.

    Errors: InputError for a file that cannot be read, and without the addon, where complaints are not kept.
    """
    given = read_complaints(path)
    if writeback.route_of(workspace.connect()) != "addon":
        raise InputError("The ERP has no addon: complaints have no place there.", next_step="See `kam addon install`.")
    seen, sources = look(workspace, as_of), sources_of(workspace)
    placed = _Places(workspace, sources, seen, given, path)
    rows = [row for record in given.to_dict("records") if (row := placed.find(record)) is not None]
    foreign = pd.DataFrame(rows, columns=[*FOREIGN, *STATED, *_GIVEN])
    keys = {(int(row[0]), row[1]) for night in seen.nights for row in night.case_keys[_KEY].to_numpy().tolist()}
    is_known = [(company, f"{FILE},{number}") in keys for company, number in foreign[_OWN_KEY].to_numpy().tolist()]
    fresh = foreign[~np.array(is_known, dtype=bool)]
    taken = [
        take_in_file(night, sources, fresh[fresh["company_id"].isin(night.companies["company_id"])])
        for night in seen.nights
    ]
    frame = _with_given(pd.concat([each.frame for each in taken], ignore_index=True), fresh)
    odd = (found for each in taken for found in each.findings if found.record.startswith(f"{FILE},"))
    own = company_currencies(sources.con)
    told = [_row(row, seen.names, own[int(row["company_id"])], workspace.lang) for row in frame.to_dict("records")]
    return Brought(_plan(workspace, seen, frame), told, sum(is_known), (*placed.findings, *odd), seen)


def _with_given(taken: pd.DataFrame, fresh: pd.DataFrame) -> pd.DataFrame:
    """The new complaints with what the file says beside: channel, claimed and disputed amount."""
    rows = fresh.to_dict("records")
    given = {(int(row["company_id"]), f"{FILE},{row['source_id']}"): row for row in rows}
    keys = zip(taken["company_id"], taken["case_key"], strict=True)
    mine = [given[int(company), key] for company, key in keys]
    return taken.assign(**{name: [row[name] for row in mine] for name in _GIVEN})


class _Places:
    """Where the rows of a file belong: customers, companies, orders and invoices, each asked for once; what is odd."""

    def __init__(self, workspace: Workspace, sources: Sources, seen: Seen, given: pd.DataFrame, path: Path) -> None:
        self.findings: list[Finding] = []
        self._sources, self._con, self._path = sources, sources.con, path
        self._heirs = survivors(workspace.ledger)
        self._customers: dict[str, int] = {}
        self._taken: set[tuple[int, str]] = set()
        companies = pd.concat([night.companies for night in seen.nights])
        self._companies = dict(zip(companies["company_id"].tolist(), companies["name"].tolist(), strict=True))
        self._own, self._currencies = company_currencies(self._con), read_currencies(self._con)
        orders = customer_orders(self._con, max(night.as_of for night in seen.nights), sources.zones)
        invoices = posted_invoices(self._con).rename(total_minor="gross_minor", own_minor="gross_company_minor")
        self._papers = {
            kind: to_frame(table.filter(table.document.isin(given[kind].tolist())).rename(paper=key))
            for kind, table, key in (("order", orders, "order_id"), ("invoice", invoices, "move_id"))
        }
        sold = self._papers["order"]
        self._papers["order"] = sold.assign(own_minor=worths_of(sold, self._currencies, self._own))

    def find(self, row: Record) -> dict[str, Any] | None:
        """The row as `rules.intake.FOREIGN`; None, and a finding, where it cannot be a complaint."""
        try:
            return self._placed(row)
        except InputError as error:
            text = Text("Complaint {number} is left out. {error}")
            values = {"number": row["number"], "error": error}
            self.findings.append(Finding("warning", "complaints.import", str(row["record"]), text, values))
            return None

    def _placed(self, row: Record) -> dict[str, Any]:
        customer = self._customer(row["customer"])
        named = [number for number, name in self._companies.items() if row["company"] in (str(number), name)]
        order, invoice = (self._paper(row[kind], kind, customer, named) for kind in ("order", "invoice"))
        company = self._company(row["company"], named, order[1] or invoice[1])
        received = self._received(row, company)
        claim = self._claim(row, company, invoice[2] or order[2])
        contact = find_contact(self._con, row["contact"], customer) if row["contact"] else 0
        if (company, row["number"]) in self._taken:
            raise InputError("The number stands twice in the file: the first row counts.")
        self._taken.add((company, row["number"]))
        return {
            "source": FILE, "source_id": row["number"], "number": row["number"], "company_id": company,
            "customer_id": customer, "contact_id": contact, "user_id": 0, "title": row["title"], "text": row["text"],
            "category": row["category"], "stage": "", "stage_closed": False, "opened_at": received,
            "order_id": order[0], "order_company_id": order[1], "move_id": invoice[0], "move_company_id": invoice[1],
            "score": None, "document": "", **{name: row[name] for name in STATED},
            "channel": row["channel"], "claimed_amount_minor": claim[0], "disputed_amount_minor": claim[1],
        }  # fmt: skip

    def _customer(self, wanted: str) -> int:
        if wanted not in self._customers:
            self._customers[wanted] = find_customer(self._con, wanted, self._heirs).id
        return self._customers[wanted]

    def _claim(self, row: Record, company: int, sold: Sold | None) -> tuple[int, int]:
        """What is claimed and disputed; a finding where it is more than what was sold."""
        claim = find_claim(row, self._own[company], sold)
        high = find_high_claim(row, claim, self._own[company], sold)
        self.findings += [high] if high else []
        return claim

    def _paper(self, number: str, kind: str, customer: int, companies: Sequence[int]) -> tuple[int, int, Sold | None]:
        """Id and company of the order or invoice, and what it was sold for; zeros and None where none is named.

        Companies number alike: where several papers are called so, those of the company that is named count.
        """
        if not number:
            return 0, 0, None
        known = self._papers[kind]
        hits = known[(known["document"] == number) & (known["customer_id"] == customer)]
        if len(hits) > 1:
            hits = hits[hits["company_id"].isin(companies)]
        if len(hits) != 1:
            raise InputError("{paper} is no order or invoice of this customer, or several are called so.", paper=number)
        hit = hits.iloc[0]
        sold = Sold(number, self._currencies[int(hit["currency_id"])], int(hit["total_minor"]), int(hit["own_minor"]))
        return int(hit["paper"]), int(hit["company_id"]), sold

    def _company(self, wanted: str, named: list[int], of_paper: int) -> int:
        """The company that is named (id or name), else that of the order or invoice, else the only one."""
        found = named if wanted else [of_paper] if of_paper else list(self._companies)
        if len(found) != 1:
            raise InputError("It is not clear of which company it is: name one by its id or name.")
        return found[0]

    def _received(self, row: Record, company: int) -> pd.Timestamp:
        place = int(str(row["record"]).rpartition(":")[2]) - 2
        texts = pd.Series([row["received_at"]], index=[place], name="received_at")
        at = parse_moments(self._path, texts, self._sources.zones[company])[0].iloc[0]
        if at > pd.Timestamp(self._sources.now):
            raise InputError("It is said to be received at {at}, which is still to come.", at=row["received_at"])
        return pd.Timestamp(at)


def _plan(workspace: Workspace, seen: Seen, taken: pd.DataFrame) -> Plan:
    """The new complaints of all companies; what is there is left as it is."""
    companies = pd.concat([night.companies for night in seen.nights], ignore_index=True)
    decided = Decided(seen.nights[-1].as_of, companies, deadlines=pd.DataFrame(columns=["company_id"]), taken=taken)
    con = workspace.mirror.ibis
    wanted = writeback.desired_records(decided, con)
    return writeback.make_plan(wanted, con, workspace.ledger, workspace.connect())


def _row(row: Record, names: Names, own: Currency, lang: str) -> Row:
    return {
        "company": int(row["company_id"]),
        "complaint": str(row["case_key"]).partition(",")[2],
        "customer": int(row["customer_id"]),
        "name": name_of(names.customers, row["customer_id"]),
        "title": row["title"],
        "type": row["type"],
        "severity": row["severity"],
        "claimed": minor_text(int(row["claimed_amount_minor"]), own),
        "disputed": minor_text(int(row["disputed_amount_minor"]), own),
        "currency": own.code,
        "received_at": row["received_at"].isoformat(timespec="seconds"),
        "owner": name_of(names.people, row["user_id"]),
        "detail": render(row["triage_code"], row["triage_args"], lang, names.own),
    }
