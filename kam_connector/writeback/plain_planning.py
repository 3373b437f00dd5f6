"""The plan for an ERP without the addon, and what cannot be shown there.

A partner has one set of fields for all companies: it shows the figures of the customer's own company, else
of the first company that knows the customer, with the currency beside them. Sums over two currencies are
never made.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from ibis import BaseBackend

from kam_connector.ledger import Ledger
from kam_connector.messages import render
from kam_connector.texts import Text
from kam_connector.writeback.activities import plan_activities
from kam_connector.writeback.cells import comparable
from kam_connector.writeback.channels import Session
from kam_connector.writeback.comparison import find_differences
from kam_connector.writeback.current import INDEX, Tables
from kam_connector.writeback.destinations import PARTNER
from kam_connector.writeback.digits import Digits, read_digits
from kam_connector.writeback.journal import by_record
from kam_connector.writeback.keys import whole_numbers
from kam_connector.writeback.plans import Change, Desired, Held, Plan
from kam_connector.writeback.wanted import in_form

PREPARE = Text("customer figures (the custom fields are not there yet: `kam erp prepare`)")
_LOCAL = {
    "kam.score": Text("score history"),
    "kam.ageing": Text("ageing sets and their review"),
    "kam.complaint": Text("complaint deadlines"),
    "kam.collection.case": Text("bad-debt cases and their approval"),
    "kam.payout": Text("payouts and their approval"),
}
_PAGE = 2000


@dataclass(frozen=True, slots=True)
class Money:
    """Codes and digits of the companies' currencies."""

    digits: Digits
    codes: dict[int, str]

    def code_of(self, company_id: int) -> str:
        return self.codes.get(self.digits.currency_of.get(company_id, 0), "")


def plan_plain(
    desired: Sequence[Desired], con: BaseBackend, ledger: Ledger, session: Session, *, lang: str = "en_US"
) -> Plan:
    """What has to change in an ERP that has no addon; reads the custom fields from the ERP itself."""
    tables, wanted = Tables(con), {item.model: item for item in desired}
    local = [text for model, text in _LOCAL.items() if model in wanted]
    lines = by_record(ledger)
    parts: list[Plan] = []
    if "kam.customer" in wanted:
        fields = [field.name for field in PARTNER.fields if field.name in session.fields("res.partner")]
        if fields:
            parts.append(_plan_partners(wanted["kam.customer"].frame, tables, session, fields, lang))
        else:
            local.insert(0, PREPARE)
    for model in ("kam.collection.task", "mail.activity"):
        if model in wanted:
            parts.append(plan_activities(wanted[model], tables, lines, session, lang))
    quarantined = {key for key, found in lines.items() if any(line.state == "quarantined" for line in found)}
    return joined(parts, local, quarantined)


def _plan_partners(frame: pd.DataFrame, tables: Tables, session: Session, fields: list[str], lang: str) -> Plan:
    shown = one_company_each(frame, tables)
    wanted = in_form(Desired("res.partner", _partner_columns(shown, tables, lang)), PARTNER)
    wanted = wanted[[name for name in wanted if name in fields]]
    records = _read_partners(session, wanted.index.get_level_values("kam_key").astype(int).tolist(), fields)
    wanted = wanted[wanted.index.isin(records.index)]
    differences = find_differences(wanted, records, PARTNER, read_digits(tables))
    changes = [
        Change(
            "res.partner",
            0,
            item.key,
            "update",
            item.values,
            item.fingerprint,
            item.existing.id if item.existing else 0,
            former=item.former,
        )
        for item in differences
    ]
    return Plan("plain", tuple(changes), len(wanted) - len(differences))


def one_company_each(frame: pd.DataFrame, tables: Tables) -> pd.DataFrame:
    """One row a partner: the partner's own company first, then the lowest company."""
    partners = tables.read("res_partner")
    if partners.empty:
        return frame.iloc[:0]
    homes = dict(zip(partners["id"], whole_numbers(partners["company_id"]), strict=True))
    is_home = whole_numbers(frame["partner_id"]).map(homes) == frame["company_id"]
    ordered = frame.assign(_home=~is_home).sort_values(["partner_id", "_home", "company_id"])
    return ordered.drop_duplicates("partner_id").drop(columns="_home").reset_index(drop=True)


def _partner_columns(frame: pd.DataFrame, tables: Tables, lang: str) -> pd.DataFrame:
    money = _read_money(tables)
    companies = frame["company_id"].astype(int)
    columns: dict[str, Any] = {
        "company_id": 0,
        "kam_key": whole_numbers(frame["partner_id"]).astype(str),
        "x_kam_currency": companies.map(money.code_of),
        "x_kam_as_of": frame["as_of"],
    }
    for name, source in (("x_kam_tier", "tier_id"), ("x_kam_score", "score"), ("x_kam_oldest_due", "oldest_due")):
        if source in frame:
            columns[name] = frame[source]
    for name, source in (("x_kam_receivable", "receivable_total_minor"), ("x_kam_overdue", "overdue_minor")):
        if source in frame:
            scale = companies.map(lambda company: 10.0 ** -money.digits.of_row(company))
            columns[name] = whole_numbers(frame[source]) * scale
    if "reason_code" in frame:
        columns["x_kam_reason"] = _reasons(frame, lang)
    return pd.DataFrame(columns, index=frame.index)


def _reasons(frame: pd.DataFrame, lang: str) -> pd.Series[Any]:
    pairs = zip(frame["reason_code"], frame["reason_args"], strict=True)
    sentences = [render(code, args, lang) if isinstance(code, str) and code else "" for code, args in pairs]
    return pd.Series(sentences, index=frame.index, dtype=object)


def _read_money(tables: Tables) -> Money:
    currencies = tables.read("res_currency")
    codes = {} if currencies.empty else dict(zip(currencies["id"], currencies["name"], strict=True))
    return Money(read_digits(tables), codes)


def _read_partners(session: Session, ids: list[int], fields: list[str]) -> pd.DataFrame:
    """The custom fields of the partners that exist, in compared form, indexed as the wanted records."""
    rows: list[dict[str, Any]] = []
    for start in range(0, len(ids), _PAGE):
        domain = [("id", "in", ids[start : start + _PAGE])]
        rows.extend(session.search_read("res.partner", domain, fields, limit=_PAGE))
    frame = pd.DataFrame(rows, columns=["id", *fields])
    columns: dict[str, Any] = {"company_id": 0, "kam_key": frame["id"].astype(str).astype(object)}
    columns |= {"id": frame["id"].astype("int64"), "kam_version": 0}
    columns |= {f.name: comparable(frame[f.name], f) for f in PARTNER.fields if f.name in fields}
    return pd.DataFrame(columns, index=frame.index).set_index(INDEX)


def joined(parts: Sequence[Plan], local: Sequence[Text], quarantined: set[tuple[str, int, str]]) -> Plan:
    """One plan of the parts; records that the ERP refused before are held."""
    drafted = [change for part in parts for change in part.changes]
    stopped = [change for change in drafted if change.record in quarantined]
    held = [Held(*change.record, "quarantined", tuple(change.values)) for change in stopped]
    return Plan(
        "plain",
        tuple(change for change in drafted if change.record not in quarantined),
        sum(part.unchanged for part in parts),
        (*held, *(item for part in parts for item in part.held)),
        (*local, *(text for part in parts for text in part.local)),
        tuple(text for part in parts for text in part.told),
    )
