"""What earlier nights and people have decided: the memory that rules take as an argument."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Set
from dataclasses import dataclass
from datetime import UTC, date
from typing import Any

import numpy as np
import pandas as pd
from ibis import BaseBackend, Table

from kam_connector.ledger import Entry, Ledger
from kam_connector.ledger.merges import survivors
from kam_connector.rules.decisions import Decisions
from kam_connector.rules.restating import RESTATED, origin_of
from kam_connector.runs.known_merges import TIER, named_by_survivor, under_survivors
from kam_connector.writeback.journal import read_journal
from kam_connector.writeback.pay_periods import STATEMENT

CARRIED_COLUMNS = ["company_id", "payee_id", "plan", "period", "currency_id", "move_id", "carried_minor"]
Place = tuple[int, str]
"""Company and natural key."""
TASK = "task"
PROMISE = "promise"
TIER_COLUMNS = [
    "company_id", "customer_id", "as_of", "tier", "runs_below", "previous_tier", "previous_runs_below",
    "score", "coverage", "status", "segment", "reason_code", "reason_args",
]  # fmt: skip
_TASK_COLUMNS = [
    "company_id", "customer_id", "step", "level", "oldest_item_id", "state", "acted_on",
    "days_overdue", "deadline", "priority", "priority_args", "call_at", "occasion",
]  # fmt: skip
_OCCASION = r"^task:\d+:\d+:[^:]*:(\d{4}-\d\d-\d\d)$"
_STATE = ("state", "acted_on")
_PROMISE_NUMBERS = ("company_id", "customer_id", "promise_id", "currency_id", "amount_minor", "received_minor")
_TASK_NUMBERS = ("company_id", "customer_id", "level", "oldest_item_id", "days_overdue")


def tiers_on(book: Ledger, day: date) -> pd.DataFrame:
    """The tier of each customer on that day, as `decide_tiers` takes earlier decisions: what any rule asks.

    A row a company and customer that was decided about until then: company_id, customer_id, as_of (since when),
    tier, score, coverage, status, segment, reason_code, reason_args, and what patience needs to know. A run made later
    for an earlier day changes that day and those up to the next run, and no others. A customer that was merged into
    another stands under that one, where it has no tier of its own.
    """
    rows = pd.DataFrame(list(book.states_on(TIER, day).values()), columns=TIER_COLUMNS)
    return under_survivors(rows, survivors(book))


def tier_key(company: int, customer: int) -> str:
    """Under which key the book has the tiers of a customer in a company."""
    return f"{company}:{customer}"


def record_tiers(book: Ledger, rated: pd.DataFrame, as_of: date) -> int:
    """How many tier decisions were new: one event a customer whose standing, segment, score or reason has changed.

    `rated`: the frame of `decide_tiers`, with a column segment where the policy has segments.
    """
    before = book.states_on(TIER, as_of)
    entries = []
    for row in rated.to_dict("records"):
        key = tier_key(row["company_id"], row["customer_id"])
        payload = _tier_payload(row)
        known = {name: value for name, value in before.get(key, {}).items() if name != "as_of"}
        if known != payload:
            entries.append(Entry(TIER, key, {**payload, "as_of": as_of.isoformat()}))
    book.append_many(entries)
    return len(entries)


def overrides(con: BaseBackend) -> pd.DataFrame:
    """The tiers that people have set in the ERP: company_id, customer_id, tier, until."""
    customer, tier = con.table("kam_customer"), con.table("kam_tier")
    customer = customer.filter(customer.tier_override_id.notnull(), ~customer._deleted)
    codes = tier.select(tier_key="id", tier="code")
    joined = customer.inner_join(codes, customer.tier_override_id == codes.tier_key)
    return _frame(joined.select("company_id", "tier", customer_id="partner_id", until="override_until"))


def previous_tasks(con: BaseBackend, book: Ledger, *, addon: bool) -> pd.DataFrame:
    """Earlier collection tasks as `decide_tasks` takes them: the ERP's own records, else what the book knows.

    Where the addon was installed later, those of the time before stand beside its records: a customer who was asked
    by an activity goes on at his step.
    """
    if not addon:
        return _tasks_of_book(con, book)
    own, lacking = _tasks_of_erp(con), _places(_book_tasks(book)) - _keys_of_erp(con)
    if not lacking:  # as a rule: then nobody reads the journal
        return own
    before = _tasks_of_book(con, book, among=lacking & _made_as_activities(book))
    return pd.concat([own, before], ignore_index=True) if len(before) else own


def record_tasks(book: Ledger, decisions: Decisions) -> int:
    """How many tasks were new or different in the book."""
    entries = [
        Entry(
            TASK,
            _task_key(f"{row['company_id']}:{row['customer_id']}", row["oldest_item_id"], row["step"], row["occasion"]),
            {
                **{name: int(row[name]) for name in _TASK_NUMBERS},
                "step": row["step"],
                "deadline": row["deadline"].date().isoformat(),
                "priority": str(row["priority"]),
                "priority_args": row["priority_args"],
                "call_at": _moment(row["call_at"]),
                **({"occasion": row["occasion"]} if row["occasion"] else {}),
            },
        )
        for row in decisions.frame.to_dict("records")
    ]
    return len(book.append_changed(entries))


def record_promises(book: Ledger, decisions: Decisions) -> int:
    """How many promises were new in the book or have another state, amount received or reason than there."""
    entries = [
        Entry(
            PROMISE,
            f"{row['company_id']}:{row['promise_id']}",
            {
                **{name: int(row[name]) for name in _PROMISE_NUMBERS},
                **{name: row[name] for name in ("state", "reason_code", "reason_args")},
                "promised_for": row["promised_for"].date().isoformat(),
            },
        )
        for row in decisions.frame.to_dict("records")
    ]
    return len(book.append_changed(entries))


def _tier_payload(row: Mapping[Hashable, Any]) -> dict[str, Any]:
    figures = ("score", "coverage", "contribution", "loyalty", "growth", "risk")
    texts = ("status", "tier", "previous_tier", "reason_code", "reason_args")
    numbers = ("company_id", "customer_id", "runs_below", "previous_runs_below")
    return {
        **{name: _text(row[name]) for name in figures},
        **{name: row[name] for name in texts},
        **{name: int(row[name]) for name in numbers},
        **({"segment": row["segment"]} if row.get("segment") else {}),
    }


def _moment(value: pd.Timestamp) -> str | None:
    return None if pd.isna(value) else value.isoformat()


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _tasks_of_erp(con: BaseBackend) -> pd.DataFrame:
    """A task was acted on when a person last changed it: the day of its last writing."""
    task = con.table("kam_collection_task")
    table = task.filter(~task._deleted, task.kam_key.startswith("task:")).select(
        "company_id", "step", "level", "state", "priority", "priority_args", "call_at", "_write_date", "kam_key",
        customer_id="partner_id", oldest_item_id="oldest_item", days_overdue="overdue_days", deadline="date_deadline",
    )  # fmt: skip
    rows = _frame(table)
    acted = rows["_write_date"].dt.date.where(rows["state"] != "open", None)
    occasion = rows["kam_key"].astype(str).str.extract(_OCCASION, expand=False).fillna("")
    return rows.assign(acted_on=acted, occasion=occasion)[_TASK_COLUMNS]


def _keys_of_erp(con: BaseBackend) -> set[Place]:
    """Company and key of each task record that the addon has or had."""
    rows = _frame(con.table("kam_collection_task").select("company_id", "kam_key"))
    return set(zip(rows["company_id"].tolist(), rows["kam_key"].tolist(), strict=True))


def _made_as_activities(book: Ledger) -> set[Place]:
    """Company and key of each task that was made as an activity."""
    made = (line.change for line in read_journal(book).values() if line.id and line.change.model == "mail.activity")
    return {(change.company_id, change.key) for change in made}


def _tasks_of_book(con: BaseBackend, book: Ledger, among: Set[Place] | None = None) -> pd.DataFrame:
    """A task is open while its activity is there; one that is gone was acted on when it vanished.

    `among`: only the tasks with these keys.
    """
    rows, gone = _book_tasks(book), _vanished(con, book)
    if among is not None:
        rows = rows[rows["place"].isin(among)]
    places = rows["place"].tolist()
    rows = rows.assign(
        priority=pd.to_numeric(rows["priority"]),
        state=["done" if place in gone else "open" for place in places],
        acted_on=pd.Series([gone.get(place) for place in places], index=rows.index, dtype=object),
    )
    return named_by_survivor(rows, survivors(book))[_TASK_COLUMNS]


def _book_tasks(book: Ledger) -> pd.DataFrame:
    """The latest state of each task in the book, with its `place` in the ERP."""
    rows = pd.DataFrame(list(book.states(TASK).values()), columns=[c for c in _TASK_COLUMNS if c not in _STATE])
    rows = rows.assign(occasion=rows["occasion"].fillna(""))
    columns = ("company_id", "customer_id", "oldest_item_id", "step", "occasion")
    places = [
        (company, _task_key(f"task:{customer}", item, step, occasion))
        for company, customer, item, step, occasion in zip(*(rows[name].tolist() for name in columns), strict=True)
    ]
    return rows.assign(place=pd.Series(places, index=rows.index, dtype=object))


def _places(tasks: pd.DataFrame) -> set[Place]:
    return set(tasks["place"].tolist())


def _task_key(owner: str, item: int, step: str, occasion: str) -> str:
    """Item and step after the owner, and the day of the cash signal where the task was made for one."""
    return ":".join([owner, str(item), step, *([occasion] if occasion else [])])


def _vanished(con: BaseBackend, book: Ledger) -> dict[Place, date | None]:
    """Company and key of each task whose activity was made and is gone, with the day of its last change."""
    activity = con.table("mail_activity")
    rows = _frame(activity.select("id", "_deleted", "active", "_write_date"))
    alive = set(rows.loc[~rows["_deleted"] & rows["active"].astype(object).fillna(True).astype(bool), "id"])
    changed = dict(zip(rows["id"], rows["_write_date"].dt.date, strict=True))
    return {
        (line.change.company_id, line.change.key): changed.get(line.id)
        for line in read_journal(book).values()
        if line.change.model == "mail.activity" and line.id and line.state == "confirmed" and line.id not in alive
    }


def settled_payouts(con: BaseBackend, without: Set[tuple[Any, ...]] = frozenset()) -> pd.DataFrame:
    """Statements that a person has approved or paid: later payouts of the same period are the difference.

    company_id, payee_id, plan, period, currency_id, sequence, settled_minor. What a statement carries over from a
    closed period is settled of that one, in a row of its own with the sequence 0. `without`: not these statements
    (company, payee, plan, period, currency, number), nor what they carry over.
    """
    heads = _approved(con, without)
    carried = _carried(con, heads)
    if not len(carried):
        return heads.drop(columns="id")
    origins = carried.assign(sequence=0, settled_minor=carried["carried_minor"])
    sums = heads["id"].map(carried.groupby("id")["carried_minor"].sum()).fillna(0).astype("int64")
    own = heads.assign(settled_minor=heads["settled_minor"] - sums)
    return pd.concat([own, origins[own.columns]], ignore_index=True).drop(columns="id")


def carried_over(con: BaseBackend, without: Set[tuple[Any, ...]] = frozenset()) -> pd.DataFrame:
    """What approved statements carry over from closed periods, a row each: CARRIED_COLUMNS (move_id 0: no document)."""
    carried = _carried(con, _approved(con, without))
    return carried.assign(move_id=carried["move_id"].fillna(0).astype("int64"))[CARRIED_COLUMNS]


def _approved(con: BaseBackend, without: Set[tuple[Any, ...]]) -> pd.DataFrame:
    """id, STATEMENT, settled_minor of the statements that a person has approved or paid, but for `without`."""
    payout = con.table("kam_payout")
    payout = payout.filter(~payout._deleted, payout.state.isin(["approved", "paid"]))
    heads = _frame(payout.select("id", *STATEMENT, settled_minor="amount_minor"))
    named = zip(*(heads[name].tolist() for name in STATEMENT), strict=True)
    return heads[np.array([each not in without for each in named], dtype=bool)]


def _carried(con: BaseBackend, heads: pd.DataFrame) -> pd.DataFrame:
    """The rows of these statements that belong to closed periods: their columns, of which `period` is the origin."""
    line = con.table("kam_payout_line")
    line = line.filter(~line._deleted, line.component.startswith(f"{RESTATED} "))
    carried = _frame(line.select("component", "move_id", carried_minor="amount_minor", id="payout_id"))
    carried = carried.merge(heads, on="id")
    return carried.assign(period=carried["component"].map(origin_of))


@dataclass(frozen=True, slots=True)
class Approval:
    """What the ERP says of an approved statement: state is approved or paid."""

    state: str
    amount_minor: int
    approved_by: int
    approved_on: str


Approvals = Mapping[tuple[Any, ...], Approval]
"""By STATEMENT: company, payee, plan, period, currency and number."""


def approvals(con: BaseBackend) -> dict[tuple[Any, ...], Approval]:
    """Company, payee, plan, period, currency and number of each approved or paid statement to its approval."""
    payout = con.table("kam_payout")
    payout = payout.filter(~payout._deleted, payout.state.isin(["approved", "paid"]))
    return {
        tuple(row[name] for name in STATEMENT): Approval(
            row["state"], int(row["amount_minor"]), int(row["approved_by"] or 0),
            row["approved_on"].astimezone(UTC).isoformat(timespec="seconds") if row["approved_on"] else "",
        )
        for row in payout.to_pyarrow().to_pylist()
    }  # fmt: skip


def stated_periods(con: BaseBackend) -> pd.DataFrame:
    """company_id, plan, period of all statements that the ERP has, drafts included."""
    payout = con.table("kam_payout")
    return _frame(payout.filter(~payout._deleted).select("company_id", "plan", "period").distinct())


def _frame(table: Table) -> pd.DataFrame:
    frame: pd.DataFrame = table.to_pandas()
    return frame
