"""The first panel of a customer card: what is on file of the customer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import pandas as pd

from kam_connector.errors import InputError
from kam_connector.facts.profiles import profiles
from kam_connector.facts.terms import agreed_terms
from kam_connector.reports import CardLine, name_of
from kam_connector.runs.card_lines import Subject
from kam_connector.runs.frames import to_frame
from kam_connector.runs.lookup import Customer
from kam_connector.runs.workspace import Workspace

_SHOWN = 10


class Filed(NamedTuple):
    """What is on file of a customer: its profile, the customers below it, the name of its terms by company."""

    profile: dict[str, Any]
    children: pd.DataFrame
    terms: dict[int, str]


def read_file(workspace: Workspace, who: Customer) -> Filed:
    """The file of a customer, as the mirror has it. Raises InputError for one that the mirror does not have."""
    con = workspace.mirror.ibis
    profile = profiles(con)
    own = to_frame(profile.filter(profile.customer_id == who.id))
    if own.empty:
        raise InputError("The mirror has no customer {customer}.", customer=who.id)
    below = to_frame(profile.filter(profile.parent_id == who.id).order_by("customer_id"))
    terms = agreed_terms(con)
    agreed = to_frame(terms.filter(terms.customer_id == who.id)).to_dict("records")
    row = {str(key): None if pd.isna(value) else value for key, value in own.iloc[0].items()}
    by_company = {int(each["company_id"]): _named(each["term"], each["term_id"]) for each in agreed}
    return Filed(row, below, by_company)


def file_lines(subject: Subject, filed: Filed) -> Iterator[CardLine]:
    """The lines of the panel; what is not on file has none."""
    profile, names = filed.profile, subject.names
    above = {"parent": profile["parent_id"], "group": profile["group_id"]}
    texts = {
        "number": profile["number"],
        "vat": profile["vat"],
        "country": _named(profile["country"], profile["country_id"]),
        "language": profile["lang"],
        "salesperson": name_of(names.people, profile["user_id"]),
        "team": name_of(names.teams, profile["team_id"]),
        **{entry: name_of(names.customers, number) for entry, number in above.items() if number != subject.who.id},
        "terms": filed.terms.get(subject.company),
    }
    for entry, text in texts.items():
        if text:
            yield CardLine("file", entry, detail=str(text))
    for row in subject.own(subject.night.credit.frame).to_dict("records"):
        if pd.notna(row["limit_minor"]):
            yield subject.priced(CardLine("file", "limit"), row["limit_minor"])
    for number, name in zip(filed.children["customer_id"].head(_SHOWN), filed.children["name"], strict=False):
        yield CardLine("file", "child", detail=str(name or ""), record=int(number))


def _named(name: Any, number: Any) -> str:
    """The name; `#id` where the service user may not read it, nothing where there is none."""
    if isinstance(name, str):
        return name
    return "" if number is None else f"#{int(number)}"
