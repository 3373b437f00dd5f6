"""facts.csv and history.csv: what customers are rated by, and what earlier runs made of it (CONTRACTS).

Every figure that a tiers policy may rate is a column under its own name. An empty cell is a figure that is not known;
a column that the file does not have is worked out from the others where that can be done (revenue_growth from the two
years, overdue_share from overdue and receivable_total, wallet_share from revenue_12m and wallet_estimate), else it is
not known either. What people rate is a whole number from 1 to 5; with `rated_on` its age counts as the policy says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from kam_connector.errors import InputError
from kam_connector.findings import Finding
from kam_connector.inputs.codes import Codes, codes_of
from kam_connector.inputs.columns import Column, Kind
from kam_connector.inputs.csvs import read_csv
from kam_connector.texts import Text

COMPANY: Final = 1
"""The company that all customers of a file belong to."""

_KINDS: Final[Mapping[str, Kind]] = {
    "money": "amount", "count": "count", "days": "number", "ratio": "number", "share": "share", "rating": "choice",
    "class": "choice",
}  # fmt: skip
ABOUT: Final = (Column("customer", required=True, filled=True), Column("group"), Column("name"))
DAYS: Final = (Column("first_invoice", "day"), Column("last_invoice", "day"), Column("rated_on", "day"))
NEED: Final = Column("wallet_estimate", "amount")
HISTORY: Final = (
    Column("customer", required=True, filled=True),
    Column("as_of", "day", required=True, filled=True),
    Column("score", "number", required=True),
    Column("tier", required=True),
    Column("segment"),
)
_NOBODY = Text("{path} names a customer that the file of facts does not have: the row does not count.")


@dataclass(frozen=True, slots=True)
class FactSheet:
    """The customers of a file.

    `facts`: company_id, customer_id, group, name, and as `rules.measures.complete` reads them first_invoice,
    last_invoice, rated_on, wallet_estimate, group_first_invoice (the earliest first_invoice of the same group) and
    those measures that the file has (float, NaN = not known; a class as its code, "" = not known). `codes`: the file's
    own names of customers.
    """

    facts: pd.DataFrame
    codes: Codes
    findings: tuple[Finding, ...]


def read_facts(
    path: Path, measures: Mapping[str, str], scale: Sequence[int], classes: Mapping[str, Sequence[str]]
) -> FactSheet:
    """The content of facts.csv. Raises InputError with file, row and column of what cannot be used.

    `measures`: the kind of each figure that may be rated, by name; `scale`: what a rating may be; `classes`: the codes
    of each figure that is a class (`policy.measures`).
    """
    rating = tuple(map(str, scale))
    choices = {name: rating if kind == "rating" else tuple(classes.get(name, ())) for name, kind in measures.items()}
    figures = (*(Column(name, _KINDS[kind], choices=choices[name]) for name, kind in measures.items()), NEED)
    given = read_csv(path, (*ABOUT, *DAYS, *figures), only_given=True)
    _refuse_doubles(path, given, ["customer"])
    codes = codes_of(given["customer"])
    blank = pd.Series("", index=given.index, dtype="str")
    known = {
        column.name: given[column.name] if column.name in classes else _floats(given[column.name])
        for column in figures if column.name in given
    }  # fmt: skip
    days = {column.name: given[column.name] for column in DAYS if column.name in given}
    days |= _group_starts(given)
    facts = pd.DataFrame({
        "company_id": np.full(len(given), COMPANY), "customer_id": codes.of(given["customer"]),
        "group": given.get("group", blank), "name": given.get("name", blank), **days, **known,
    })  # fmt: skip
    nothing = Text("{path} has no customer.", {"path": path})
    return FactSheet(facts, codes, () if len(facts) else (Finding("warning", "facts", path.name, nothing),))


def read_history(path: Path, customers: Codes) -> tuple[pd.DataFrame, list[Finding]]:
    """company_id, customer_id, as_of, score (float, NaN = not rated), tier, segment ("" = not known).

    Rows of customers that are not known are left out, and told. Raises InputError.
    """
    given = read_csv(path, HISTORY)
    _refuse_doubles(path, given, ["customer", "as_of"])
    customer = customers.of(given["customer"])
    odd = [
        Finding("warning", "history", str(place + 2), _NOBODY, {"path": path})
        for place in np.flatnonzero(customer == 0).tolist()
    ]
    frame = given.assign(
        company_id=COMPANY,
        customer_id=customer,
        score=_floats(given["score"]),
        tier=given["tier"].str.lower(),
        segment=given["segment"].str.lower(),
    )
    return frame[customer > 0].drop(columns="customer").reset_index(drop=True), odd


def _group_starts(given: pd.DataFrame) -> dict[str, pd.Series]:
    """Since when the group of each row has bought; nothing where the file has no groups or no first invoices."""
    if not {"group", "first_invoice"} <= set(given.columns):
        return {}
    first = pd.to_datetime(given["first_invoice"])
    groups = given["group"].where(given["group"].fillna("") != "")
    return {"group_first_invoice": first.groupby(groups).transform("min")}


def _refuse_doubles(path: Path, rows: pd.DataFrame, key: list[str]) -> None:
    twice = rows.duplicated(key).to_numpy()
    if twice.any():
        place = int(np.argmax(twice))
        raise InputError(
            "{path}, row {row}: the customer {customer} stands there a second time.",
            next_step="A customer has one row in a file of facts, and one a day in a file of history.",
            path=path,
            row=place + 2,
            customer=rows["customer"].iloc[place],
        )


def _floats(values: pd.Series) -> pd.Series:
    numbers = [np.nan if value in (None, "") else float(value) for value in values.tolist()]
    return pd.Series(numbers, values.index, "float64")
