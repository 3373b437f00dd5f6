"""Which customer a person means: by the ERP's id, or by a number or name that only one customer has."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

import pandas as pd
from ibis import BaseBackend, Table

from kam_connector.errors import InputError
from kam_connector.facts.addressees import addressees
from kam_connector.runs.frames import to_frame
from kam_connector.texts import Lines, Text

SHOWN = 10


class Customer(NamedTuple):
    """A customer: its id in the ERP and its name."""

    id: int
    name: str


def find_customer(con: BaseBackend, wanted: str, heirs: Mapping[int, int] = MappingProxyType({})) -> Customer:
    """The customer that `wanted` means; a contact's is the one it belongs to, a merged one's the one that took over.

    `heirs` as `ledger.merges.survivors`. First the id, then the company's own number (`ref`), then the name, letter by
    letter. Errors: InputError for nobody (with those whose name has it in it) and for several, with their ids.
    """
    known = addressees(con)
    wanted = wanted.strip()
    tries = [known.number == wanted, known.name == wanted]
    if wanted.isdecimal() and len(wanted) < 19:
        tries.insert(0, known.partner_id == heirs.get(int(wanted), int(wanted)))
    for condition in tries:
        found = _customers(known, known.filter(condition))
        if len(found) == 1:
            return Customer(int(found["customer_id"].iloc[0]), str(found["name"].iloc[0] or ""))
        if len(found):
            raise _several(wanted, found)
    raise _nobody(wanted, _customers(known, known.filter(known.name.lower().contains(wanted.lower()))))


def find_contact(con: BaseBackend, wanted: str, customer: int) -> int:
    """The id of the customer's contact that `wanted` means: its id, or a name that only one of them has.

    Errors: InputError for nobody and for several.
    """
    known = addressees(con)
    own = known.filter(known.customer_id == customer).select("partner_id", "name")
    found = to_frame(own.filter((own.partner_id.cast("string") == wanted) | (own.name == wanted)))
    if len(found) != 1:
        raise InputError("{contact} is no contact of this customer, or several are called so.", contact=repr(wanted))
    return int(found["partner_id"].iloc[0])


def _customers(known: Table, partners: Table) -> pd.DataFrame:
    """customer_id and name of the customers that these partners are or belong to, by id."""
    own = known.semi_join(partners, known.partner_id == partners.customer_id)
    return to_frame(own.select("customer_id", "name").distinct().order_by("customer_id").limit(SHOWN + 1))


def _several(wanted: str, found: pd.DataFrame) -> InputError:
    return InputError(
        "Several customers are called {wanted}: {candidates}.",
        next_step="Name one by its id.",
        wanted=repr(wanted),
        candidates=_candidates(found),
    )


def _nobody(wanted: str, near: pd.DataFrame) -> InputError:
    if near.empty or not wanted:
        return InputError(
            "The mirror has no customer {customer}.",
            next_step="Look up its id with `kam ageing show`, or pull first with `kam sync run`.",
            customer=wanted or "''",
        )
    return InputError(
        "No customer is called exactly {wanted}. Similar ones: {candidates}.",
        next_step="Name one by its id.",
        wanted=repr(wanted),
        candidates=_candidates(near),
    )


def _candidates(found: pd.DataFrame) -> Lines:
    rows = found.head(SHOWN)
    named = [
        Text("{id} {name}", {"id": int(number), "name": name or ""})
        for number, name in zip(rows["customer_id"], rows["name"], strict=True)
    ]
    return Lines([*named, Text("...")] if len(found) > SHOWN else named, ", ")
