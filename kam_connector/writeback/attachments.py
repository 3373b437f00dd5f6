"""A report attached to the company's own partner, for an ERP without the addon; the same bytes are sent once."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from typing import Literal

from ibis import BaseBackend

from kam_connector.ledger import Ledger
from kam_connector.writeback.channels import Session
from kam_connector.writeback.current import Tables

KIND = "attachment"


@dataclass(frozen=True, slots=True)
class Report:
    """A file for one company: the same `name` replaces the file of the night before."""

    company_id: int
    name: str
    content: bytes

    @property
    def checksum(self) -> str:
        """SHA-1 in hexadecimal digits, as Odoo's own `ir.attachment.checksum`."""
        return hashlib.sha1(self.content, usedforsecurity=False).hexdigest()


def attach_report(
    report: Report, con: BaseBackend, session: Session, ledger: Ledger, *, run: str
) -> Literal["created", "updated", "unchanged"]:
    """The file hangs on the company's partner, once; looked up by name before anything is sent (R-1)."""
    partner = _partner_of(con, report.company_id)
    domain = [("res_model", "=", "res.partner"), ("res_id", "=", partner), ("name", "=", report.name)]
    rows = session.search_read("ir.attachment", domain, ["checksum"], limit=1)
    if rows and rows[0]["checksum"] == report.checksum:
        return "unchanged"
    payload = {"run": run, "company_id": report.company_id, "partner_id": partner, "checksum": report.checksum}
    key = f"{report.company_id}:{report.name}"
    ledger.append(KIND, key, {**payload, "state": "sent"})
    content = {"datas": base64.b64encode(report.content).decode("ascii")}
    if rows:
        session.write("ir.attachment", [rows[0]["id"]], content)
    else:
        place = {"res_model": "res.partner", "res_id": partner, "type": "binary"}
        session.create("ir.attachment", [{"name": report.name, **place, **content}])
    ledger.append(KIND, key, {**payload, "state": "confirmed"})
    return "updated" if rows else "created"


def _partner_of(con: BaseBackend, company_id: int) -> int:
    companies = Tables(con).read("res_company")
    return int(companies.loc[companies["id"] == company_id, "partner_id"].iloc[0])
