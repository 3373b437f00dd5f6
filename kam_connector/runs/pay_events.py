"""The events that plans pay for, as the mirror and the book tell them: credits of kind "event", each with its payee.

An event is that of the salesperson of the customer's last invoice up to its day, else of the customer's own: so it
stays whose it was when the customer changes hands. Its number follows from what happened to whom and, where it happens
every year, in which: the same event has the same number in every run, and is paid once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd

from kam_connector.facts import complaints
from kam_connector.facts.companies import company_currencies
from kam_connector.facts.customers import partners
from kam_connector.facts.invoices import posted_invoices
from kam_connector.facts.newcomers import first_invoices
from kam_connector.findings import Finding
from kam_connector.policy import Plan
from kam_connector.policy.components import NEW_CUSTOMER, NEW_KEY_ACCOUNT, RETAINED
from kam_connector.rules.decisions import Flags, days_of, ids_of, words_of
from kam_connector.rules.key_accounts import EVENT_COLUMNS, new_accounts, retained_accounts
from kam_connector.rules.pay.gates import UPHELD
from kam_connector.runs.aged import of_companies
from kam_connector.runs.frames import to_frame
from kam_connector.runs.sources import Sources
from kam_connector.runs.tier_spans import tier_spans
from kam_connector.texts import Text

NOBODY = Text(
    'Events "{event}" without a salesperson ({count}): plan {plan} leaves them out. Customer and day: {places}.'
)
_SHOWN = 5
"""So many of them are named, the last ones."""

_NUMBER_BITS = 52
"""A number of an event stays exact where a table with gaps makes it a float."""


def read_events(
    sources: Sources, plan: Plan, first: date, last: date, company_ids: list[int]
) -> tuple[list[pd.DataFrame], tuple[Finding, ...]]:
    """Credits of these companies' events from `first` to `last` that the plan pays, or counts in a gate.

    Columns: those of `facts.credits` with credit_id and document_id below zero, as no document's is, and category.
    Events of nobody are left out: the findings say which.
    """
    happened = [of_companies(_between(rows, first, last), company_ids) for rows in _events(sources, plan, first, last)]
    odd = [_find_nobody(rows, plan) for rows in happened if not _has_payee(rows).all()]
    return [_credits(rows[_has_payee(rows)], sources) for rows in happened], tuple(odd)


def _events(sources: Sources, plan: Plan, first: date, last: date) -> list[pd.DataFrame]:
    """EVENT_COLUMNS, category, payee_id (empty: nobody's) and owner_id, a table a kind of event."""
    found = [_upheld(sources, first, last)] if any(gate.fact == "upheld_complaints" for gate in plan.gate) else []
    wanted = {component.event for component in plan.component}
    invoices = _invoices(sources) if wanted & {NEW_KEY_ACCOUNT, RETAINED} else pd.DataFrame()
    if NEW_CUSTOMER in wanted:
        found.append(_new_customers(sources, last))
    if NEW_KEY_ACCOUNT in wanted:
        rows = new_accounts(_spans(sources, plan, NEW_KEY_ACCOUNT, last))
        found.append(_with_sellers(rows, sources, invoices).assign(category=NEW_KEY_ACCOUNT))
    if RETAINED in wanted:
        rows = retained_accounts(_spans(sources, plan, RETAINED, last), invoices, last)
        found.append(_with_sellers(rows, sources, invoices).assign(category=RETAINED))
    return found


def _between(rows: pd.DataFrame, first: date, last: date) -> pd.DataFrame:
    day = days_of(rows["date"])
    inside = (day >= np.datetime64(first, "D")) & (day <= np.datetime64(last, "D"))
    found: pd.DataFrame = rows.assign(date=day.astype("datetime64[s]"))[inside]
    return found


def _has_payee(rows: pd.DataFrame) -> Flags:
    return np.asarray(ids_of(rows["payee_id"]) != 0, dtype=bool)


def _find_nobody(rows: pd.DataFrame, plan: Plan) -> Finding:
    """Which events of a table are nobody's, the last ones by customer and day."""
    odd = rows[~_has_payee(rows)].sort_values(["date", "customer_id"], kind="stable")
    shown = odd.tail(_SHOWN)
    places = zip(ids_of(shown["customer_id"]).tolist(), days_of(shown["date"]), strict=True)
    values = {
        "event": str(odd["category"].iloc[0]), "count": len(odd), "plan": plan.code,
        "places": ", ".join(f"{customer} ({day})" for customer, day in places),
    }  # fmt: skip
    return Finding("info", "runs.pay_events", plan.code, Text(NOBODY.template, values))


def _credits(rows: pd.DataFrame, sources: Sources) -> pd.DataFrame:
    """The events as credits: of no amount, in the currency of their company."""
    names = zip(words_of(rows["category"]), ids_of(rows["company_id"]).tolist(), words_of(rows["name"]), strict=True)
    number = np.array([_number(":".join(map(str, each))) for each in names], dtype=np.int64)
    homes = to_frame(company_currencies(sources.con)).set_index("company_id")["company_currency_id"]
    money = ids_of(rows["company_id"].map(homes))
    return rows.drop(columns="name").assign(
        credit_id=number, document_id=number, kind="event", currency_id=money, company_currency_id=money, origin_id=0,
        net_minor=0, net_company_minor=0, document_total_minor=0, document="",
    )  # fmt: skip


def _number(name: str) -> int:
    digest = hashlib.sha256(name.encode()).digest()
    return -(int.from_bytes(digest[:8], "big") >> (64 - _NUMBER_BITS)) - 1


def _upheld(sources: Sources, first: date, last: date) -> pd.DataFrame:
    """Complaints that were upheld, of somebody's customers."""
    upheld = to_frame(complaints.upheld_complaints(sources.con, first, last, sources.zones))
    own = upheld["complaint_id"].astype(str)
    return upheld.drop(columns=["complaint_id", "company_currency_id"]).assign(name=own, category=UPHELD)


def _new_customers(sources: Sources, last: date) -> pd.DataFrame:
    """Groups that were invoiced for the first time (case W9), by the salesperson of that invoice."""
    first = to_frame(first_invoices(sources.con, last))
    first = first.assign(name=first["group_id"].astype(str), category=NEW_CUSTOMER, payee_id=first["user_id"])
    return _with_owners(first, sources)[[*EVENT_COLUMNS, "category", "payee_id", "owner_id"]]


def _spans(sources: Sources, plan: Plan, event: str, last: date) -> pd.DataFrame:
    """`tier_spans` of all customers up to the day, with group_id and whether the tier is a key one.

    Key are the tiers that the plan names for the event, else all but the lowest of the policy of that day.
    """
    spans = tier_spans(sources.book, last)
    tiers = words_of(spans["tier"])
    named = {
        tier for component in plan.component if component.event == event and component.filter
        for tier in component.filter.tiers
    }  # fmt: skip
    lowest = {} if named else _lowest_tiers(sources, spans)
    days = [day.date() for day in spans["valid_from"]]
    is_key = [tier in named if named else tier not in ("", lowest[day]) for tier, day in zip(tiers, days, strict=True)]
    groups = to_frame(partners(sources.con)).set_index("partner_id")["group_id"]
    group = spans["customer_id"].map(groups).fillna(spans["customer_id"]).astype("int64")
    return spans.assign(group_id=group, is_key=np.array(is_key, dtype=bool))


def _lowest_tiers(sources: Sources, spans: pd.DataFrame) -> Mapping[date, str]:
    """The lowest tier of the policy on each day on which a span begins."""
    days = [pd.Timestamp(day).date() for day in spans["valid_from"].unique()]
    return {day: sources.policy.at(day).tiers.codes[-1] for day in days}


def _invoices(sources: Sources) -> pd.DataFrame:
    """company_id, customer_id, date, move_id, user_id of all invoices, the earliest first."""
    invoice = posted_invoices(sources.con)
    invoice = invoice.filter(invoice.kind == "invoice")
    frame = to_frame(invoice.select("company_id", "customer_id", "date", "move_id", "user_id"))
    frame = frame.assign(date=days_of(frame["date"]).astype("datetime64[s]"))
    return frame.sort_values(["date", "move_id"], kind="stable", ignore_index=True)


def _with_sellers(rows: pd.DataFrame, sources: Sources, invoices: pd.DataFrame) -> pd.DataFrame:
    """With payee_id (salesperson of the customer's last invoice until the day, else the customer's) and owner_id."""
    keys = ["company_id", "customer_id"]
    sold = invoices[invoices["user_id"].notna()].drop(columns="move_id")
    rows = rows.assign(date=days_of(rows["date"]).astype("datetime64[s]"))
    rows = rows.astype(dict.fromkeys(keys, "int64")).sort_values("date", kind="stable")
    both = pd.merge_asof(rows, sold.astype(dict.fromkeys(keys, "int64")), on="date", by=keys)
    both = _with_owners(both, sources)
    return both.assign(payee_id=both["user_id"].fillna(both["owner_id"])).drop(columns="user_id")


def _with_owners(rows: pd.DataFrame, sources: Sources) -> pd.DataFrame:
    """With owner_id: who looks after the customer."""
    owners = to_frame(partners(sources.con)).set_index("partner_id")["user_id"]
    return rows.assign(owner_id=rows["customer_id"].map(owners))
