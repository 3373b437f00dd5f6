"""What `kam doctor --data` answers: customers whose records want work, and how fresh the customers of each salesperson
are. From the mirror as it is; nothing is written."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from datetime import date
from typing import Any

import pandas as pd

from kam_connector.facts import quality as facts
from kam_connector.facts.plans import overdue_plans, unplanned
from kam_connector.facts.revenue import revenue
from kam_connector.facts.stakeholders import undecided
from kam_connector.mirror import state
from kam_connector.policy import PolicyInForce
from kam_connector.reports import Names, name_of
from kam_connector.rules.decisions import ids_of
from kam_connector.rules.quality import compute_freshness, find_flaws, find_of_tiers, tell_flaws
from kam_connector.runs.frames import to_frame
from kam_connector.runs.naming import read_names
from kam_connector.runs.result import Result, Row
from kam_connector.runs.workspace import Workspace, pulled_days, zones
from kam_connector.texts import COMMA, Lines, Text

FLAW_WORDS = {
    "twin_tax_id": Text("same tax id"),
    "twin_name": Text("same name"),
    "twin_email": Text("same e-mail"),
    "twin_phone": Text("same telephone"),
    "no_tax_id": Text("no tax id"),
    "no_owner": Text("no salesperson"),
    "orphan_contact": Text("parent gone"),
    "no_decider": Text("nobody decides"),
    "no_plan": Text("no running plan"),
    "plan_overdue": Text("plan is late"),
    "cyclic_parents": Text("circle of parents"),
    "archived_with_revenue": Text("archived with revenue"),
    "group_companies": Text("group of several companies"),
    "group_currencies": Text("group of several currencies"),
}
_DAYS = ("last_order", "last_invoice", "last_activity", "last_write")


def examine_data(workspace: Workspace, as_of: date | None, *, everybody: bool = False) -> Result:
    """A row a record with a flaw and a row a stale customer (or each one, with `everybody`), the stalest first; a
    finding a flaw. Totals: a row a salesperson with the number of customers, their mean freshness, stale ones, flaws.

    InputError while the mirror is empty.
    """
    days = pulled_days(workspace, as_of)
    day, con, own = max(days.values()), workspace.mirror.ibis, zones(workspace)
    policy = workspace.policy.at(day)
    partners = to_frame(facts.partner_records(con))
    bought = to_frame(revenue(con, day, own))
    found = find_flaws(partners, to_frame(facts.group_units(con)), bought)
    flaws = pd.concat([found, *_lacking(workspace, policy, partners, day)], ignore_index=True)
    active = _customers(partners, bought)
    fresh = compute_freshness(
        active["partner_id"], to_frame(facts.last_days(con, day, own)), policy.sync.freshness, day
    )
    table = _table(partners, fresh, flaws)
    names = read_names(con, policy, workspace.lang)
    shown = table if everybody else table[(table["count"] > 0) | (table["stale"] == True)]  # noqa: E712 - gaps
    return Result(
        "doctor data",
        rows=[_row(row, names) for row in shown.to_dict("records")],
        totals=_totals(table, names),
        findings=tuple(tell_flaws(flaws)),
        as_of=day,
        policy=policy.versions["sync"],
    )


def _lacking(workspace: Workspace, policy: PolicyInForce, partners: pd.DataFrame, day: date) -> Iterator[pd.DataFrame]:
    """What is asked of customers of certain tiers alone; not where an addon of before has no place to note it."""
    sync, con = policy.sync, workspace.mirror.ibis
    for kind, model, tiers, lacking in (
        ("no_decider", "kam.stakeholder", sync.contacts.decider_tiers, undecided),
        ("no_plan", "kam.plan", sync.plans.tiers, unplanned),
        ("plan_overdue", "kam.plan", sync.plans.tiers, overdue_plans),
    ):
        if tiers and state.watermark(workspace.mirror.db, model) is not None:
            yield find_of_tiers(kind, partners, to_frame(lacking(con, day)), tiers)


def _customers(partners: pd.DataFrame, bought: pd.DataFrame) -> pd.DataFrame:
    """The active customers: ranked as such in the ERP, or with documents."""
    is_head = partners["active"] & (partners["partner_id"] == partners["customer_id"])
    return partners[is_head & (partners["is_customer"] | partners["partner_id"].isin(bought["customer_id"]))]


def _table(partners: pd.DataFrame, fresh: pd.DataFrame, flaws: pd.DataFrame) -> pd.DataFrame:
    """Customers and whoever has a flaw: partner_id, name, user_id, freshness (of customers), days, kinds, count."""
    kinds = flaws.groupby("partner_id")["kind"].agg(tuple)
    fresh = fresh.rename(columns={"customer_id": "partner_id"}).set_index("partner_id")
    rows = partners.set_index("partner_id").loc[fresh.index.union(kinds.index), ["name", "user_id"]]
    rows = rows.join(fresh).assign(user_id=ids_of(rows["user_id"]))
    rows["kinds"] = [kinds.get(number, ()) for number in rows.index]
    rows["count"] = rows["kinds"].map(len)
    return rows.rename_axis("partner_id").reset_index().sort_values(["freshness", "partner_id"], na_position="last")


def _row(row: Mapping[Hashable, Any], names: Names) -> Row:
    """One record; a contact or an archived customer has no freshness."""
    return {
        "customer": row["partner_id"],
        "name": row["name"],
        "salesperson": name_of(names.people, row["user_id"]),
        "freshness": None if pd.isna(row["freshness"]) else int(row["freshness"]),
        **{name: None if pd.isna(row[name]) else row[name].date().isoformat() for name in _DAYS},
        "flaws": Lines([FLAW_WORDS[kind] for kind in row["kinds"]], COMMA),
    }


def _totals(table: pd.DataFrame, names: Names) -> list[Row]:
    """By salesperson, the freshest customers last; who is nobody's customer stands under no name."""
    rows = []
    for user, mine in table.groupby("user_id"):
        scores = mine["freshness"].dropna()
        rows.append(
            {
                "salesperson": name_of(names.people, user),
                "customers": len(scores),
                "freshness": f"{scores.mean():.1f}" if len(scores) else None,
                "stale": int(mine["stale"].fillna(False).astype(bool).sum()),
                "flaws": int(mine["count"].sum()),
            }
        )
    return sorted(rows, key=lambda row: (float(row["freshness"] or 101), str(row["salesperson"])))
