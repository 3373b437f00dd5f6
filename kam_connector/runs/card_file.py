"""The first panel of a customer card: what is on file of the customer, with the names that only the ERP knows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import pandas as pd

from kam_connector.errors import ErpError, InputError, SettingsError
from kam_connector.facts.profiles import profiles
from kam_connector.facts.terms import agreed_terms
from kam_connector.findings import Finding
from kam_connector.reports import CardLine, name_of
from kam_connector.runs.card_lines import Subject
from kam_connector.runs.frames import to_frame
from kam_connector.runs.lookup import Customer
from kam_connector.runs.workspace import Workspace

COUNTRY, TERMS = "res.country", "account.payment.term"
_SHOWN = 10


class Filed(NamedTuple):
    """What is on file of a customer: its profile, the customers below it, its terms by company, names from the ERP."""

    profile: dict[str, Any]
    children: pd.DataFrame
    terms: dict[int, int]
    names: dict[tuple[str, int], str]
    findings: tuple[Finding, ...]


def read_file(workspace: Workspace, who: Customer) -> Filed:
    """The file of a customer. The mirror has no countries and payment terms: their names are asked of the ERP.

    Where the ERP does not answer, they are shown as `#id`, and a finding says so.
    """
    con = workspace.mirror.ibis
    profile = profiles(con)
    own = to_frame(profile.filter(profile.customer_id == who.id))
    if own.empty:
        raise InputError("The mirror has no customer {customer}.", customer=who.id)
    below = to_frame(profile.filter(profile.parent_id == who.id).order_by("customer_id"))
    terms = agreed_terms(con)
    agreed = to_frame(terms.filter(terms.customer_id == who.id))
    by_company = {int(key): int(value) for key, value in zip(agreed["company_id"], agreed["term_id"], strict=True)}
    row = {str(key): None if pd.isna(value) else value for key, value in own.iloc[0].items()}
    wanted = {(COUNTRY, int(row["country_id"]))} if row["country_id"] is not None else set()
    wanted |= {(TERMS, number) for number in by_company.values()}
    names, findings = _ask_names(workspace, who, wanted)
    return Filed(row, below, by_company, names, findings)


def file_lines(subject: Subject, filed: Filed) -> Iterator[CardLine]:
    """The lines of the panel; what is not on file has none."""
    profile, names = filed.profile, subject.names
    above = {"parent": profile["parent_id"], "group": profile["group_id"]}
    texts = {
        "number": profile["number"],
        "vat": profile["vat"],
        "country": _name(filed, COUNTRY, profile["country_id"]),
        "language": profile["lang"],
        "salesperson": name_of(names.people, profile["user_id"]),
        "team": name_of(names.teams, profile["team_id"]),
        **{entry: name_of(names.customers, number) for entry, number in above.items() if number != subject.who.id},
        "terms": _name(filed, TERMS, filed.terms.get(subject.company)),
    }
    for entry, text in texts.items():
        if text:
            yield CardLine("file", entry, detail=str(text))
    for row in subject.own(subject.night.credit.frame).to_dict("records"):
        if pd.notna(row["limit_minor"]):
            yield subject.priced(CardLine("file", "limit"), row["limit_minor"])
    for number, name in zip(filed.children["customer_id"].head(_SHOWN), filed.children["name"], strict=False):
        yield CardLine("file", "child", detail=str(name or ""), record=int(number))


def _name(filed: Filed, model: str, number: Any) -> str:
    return "" if number is None else filed.names.get((model, int(number)), f"#{int(number)}")


def _ask_names(
    workspace: Workspace, who: Customer, wanted: set[tuple[str, int]]
) -> tuple[dict[tuple[str, int], str], tuple[Finding, ...]]:
    if not wanted:
        return {}, ()
    found: dict[tuple[str, int], str] = {}
    try:
        session = workspace.connect()
        for model, number in sorted(wanted):
            rows = session.search_read(model, [("id", "=", number)], ["name"])
            found.update(((model, number), str(row["name"])) for row in rows)
    except (ErpError, SettingsError) as error:
        text = "The card has no names of country and payment terms: {error}"
        return found, (Finding("info", "erp", str(who.id), text, {"error": error}),)
    return found, ()
