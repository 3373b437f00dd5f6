"""How old each open item is, by customer, and whether the whole ties to the ledger.

A debt is aged by the day on which it is due, each instalment on its own; day 0 is not due yet, day 1 is the first day
of 1-30 and day 30 its last. Credits stand negative in the bucket of their own date (gross view), and once more, as
information, in `unapplied`. The buckets of a row always sum to its total.

Worked figure (collections.md, B): powers of two on days -1, 0, 1, 29, 30, 31, 60, 61, 90, 91, 120, 121, 180, 181 make
3 | 28 | 96 | 384 | 7680 | 8192 with the limits 30/60/90/180: the last bucket is open, so the 8192 are not lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd

from kam_connector.findings import Finding
from kam_connector.money import Currency, minor_text
from kam_connector.policy.receivables import Ageing
from kam_connector.rules.decisions import (
    Boxed,
    Decisions,
    Flags,
    Whole,
    boxed,
    column_or,
    company_currencies,
    days_of,
    ids_of,
    require_columns,
    texts_of,
)
from kam_connector.rules.doubtful import is_doubtful
from kam_connector.rules.reasons import reason_args
from kam_connector.texts import Text

ITEM_COLUMNS = ("item_id", "company_id", "customer_id", "date", "due_date", "residual_minor")
KEYS = ("company_id", "customer_id", "user_id")
PENDING = "pending"
"""The kind of a payment that is registered but not booked: no part of the receivable (`kind` in items.csv)."""


def is_booked(items: pd.DataFrame) -> Flags:
    """Which items are part of the receivable; without a column `kind` all of them are."""
    booked: Flags = column_or(items, "kind", "").to_numpy() != PENDING
    return booked


def bucket_items(items: pd.DataFrame, ageing: Ageing, as_of: date) -> pd.DataFrame:
    """The items with due_date filled, days_past_due, age_days, bucket (its column's name) and doubtful.

    `items`: ITEM_COLUMNS, and where known kind, user_id, team_id, group_id, company_currency_id, balance_minor, pending
    (open item that is paid but not booked), disputed_minor. A missing due date is the item's own date; one without
    either is not due. Requirement S4-39.
    """
    require_columns(items, ITEM_COLUMNS, "items")
    today, arisen, due = np.datetime64(as_of, "D"), days_of(items["date"]), days_of(items["due_date"])
    due = np.where(np.isnat(due), arisen, due)
    late, age = (_days_between(since, today) for since in (due, arisen))
    limits = np.array([0, *ageing.buckets])
    place = np.searchsorted(limits, late if ageing.basis == "due" else age, side="left")
    names = [bucket.column for bucket in ageing.columns]
    debts = items["residual_minor"].to_numpy(dtype=np.int64) > 0
    return items.assign(
        due_date=due.astype("datetime64[s]"), days_past_due=late, age_days=age,
        bucket=pd.Categorical.from_codes(place, categories=pd.Index(names)),
        doubtful=is_doubtful(due, today, ageing.doubtful) & debts,
    )  # fmt: skip


def by_customer(items: pd.DataFrame, ageing: Ageing) -> Decisions:
    """A row a company, customer and salesperson; `items` as `bucket_items` gives them.

    Columns: company_id, customer_id, user_id, team_id, group_id (ids; 0 = none), currency_id, item_count,
    total_minor, one a bucket (`not_due_minor`, `d1_30_minor`, ..., `d181_plus_minor`), unapplied_minor (open credits,
    positive), pending_minor (paid, not booked), disputed_minor, doubtful_minor, overdue_minor (debts past due, before
    credits), claim_minor (of these what is neither disputed nor pending), oldest_due (earliest due date of a debt),
    reason_code, reason_args. Order: company, customer, salesperson. Amounts in the company's currency.
    """
    require_columns(items, (*ITEM_COLUMNS, "bucket", "days_past_due", "doubtful"), "items")
    booked = is_booked(items)
    sums = _measured(items if booked.all() else items[booked], ageing)
    if not booked.all():
        sums = _whole(pd.concat([sums, _registered(items[~booked])], ignore_index=True))
    rows = roll_up(sums, KEYS)
    frame = rows.assign(reason_code=_REASON, reason_args=_reasons(rows, ageing))
    return Decisions(frame, tuple(_find_odd_items(items)))


def roll_up(rows: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    """Rows of `by_customer` added up by other keys, say ("company_id", "customer_id") or ("company_id", "user_id").

    Of several teams, groups or currencies the one with the largest id stays; reasons are left out.
    """
    sums = [column for column in rows.columns if column.endswith("_minor") or column == "item_count"]
    first = [
        column for column in ("team_id", "group_id", "currency_id") if column not in keys and column in rows.columns
    ]
    grouped = rows.groupby(list(keys), sort=True, dropna=False)
    parts = [grouped[first].max(), grouped[sums].sum(), grouped["oldest_due"].min()]
    ordered = [*(["item_count"] if "item_count" in sums else []), *_amounts(sums)]
    return pd.concat(parts, axis=1).reset_index()[[*keys, *first, *ordered, "oldest_due"]]


def tie_out(rows: pd.DataFrame, ledger: pd.DataFrame, companies: pd.DataFrame) -> Decisions:
    """A row a company: company_id, currency_id, ageing_minor, ledger_minor, difference_minor, and a finding a gap.

    `rows` from `by_customer`, `ledger` with company_id and ledger_minor from the control totals, not from the rows;
    `companies` says the currency. Where the ledger has across_minor (`facts.receivables.document_balance`), the ageing
    may differ by that much, and the row has it too.
    """
    columns = ["ledger_minor", *(["across_minor"] if "across_minor" in ledger.columns else [])]
    aged = rows.groupby("company_id")[["total_minor"]].sum().rename(columns={"total_minor": "ageing_minor"})
    table = aged.join(ledger.groupby("company_id")[columns].sum(), how="outer").fillna(0).astype(np.int64)
    table["difference_minor"] = table["ageing_minor"] - table[columns].sum(axis=1)
    table.index.name = "company_id"
    frame = table.reset_index()
    currency = companies.set_index("company_id")["currency_id"]
    frame.insert(1, "currency_id", frame["company_id"].map(currency).fillna(0).astype(np.int64))
    return Decisions(frame, tuple(_find_gaps(frame, company_currencies(companies))))


_REASON = "ageing.open_items"


def _reasons(rows: pd.DataFrame, ageing: Ageing) -> Boxed:
    """The arguments of each row's reason; equal ones are written once, for there are far fewer than rows."""
    counts, dues = rows["item_count"].to_numpy(dtype=np.int64), days_of(rows["oldest_due"])
    due_place, distinct_dues = pd.factorize(dues)
    span = len(distinct_dues) + 1
    place, pairs = pd.factorize(counts * span + due_place + 1)  # place 0 is a customer without a due date
    texts = ["", *texts_of(distinct_dues)]
    words = [
        reason_args(_REASON, basis=ageing.basis, count=pair // span, due_date=texts[pair % span])
        for pair in pairs.tolist()
    ]
    return boxed(words)[place]


def _measured(items: pd.DataFrame, ageing: Ageing) -> pd.DataFrame:
    residual = items["residual_minor"].to_numpy(dtype=np.int64)
    owed = np.maximum(residual, 0)
    disputed = np.clip(column_or(items, "disputed_minor", 0).to_numpy(dtype=np.int64), 0, owed)
    pending = np.where(column_or(items, "pending", False).to_numpy(dtype=bool), owed, 0)
    overdue = np.where(items["days_past_due"].to_numpy() > 0, owed, 0)
    claim = np.where(pending > 0, 0, np.maximum(overdue - disputed, 0))
    names = [each.column for each in ageing.columns]
    bucket = pd.Categorical(items["bucket"], categories=names).codes
    due = items["due_date"].where(residual > 0, pd.NaT)
    return pd.DataFrame({
        **_ids(items), "item_count": np.int64(1), "total_minor": residual,
        **{f"{name}_minor": np.where(bucket == place, residual, 0) for place, name in enumerate(names)},
        "unapplied_minor": np.maximum(-residual, 0), "pending_minor": pending, "disputed_minor": disputed,
        "doubtful_minor": np.where(items["doubtful"].to_numpy(dtype=bool), owed, 0), "overdue_minor": overdue,
        "claim_minor": claim, "oldest_due": due.to_numpy(),
    })  # fmt: skip


def _registered(items: pd.DataFrame) -> pd.DataFrame:
    """Rows for payments on their way: they count in `pending` alone."""
    amount = np.abs(items["residual_minor"].to_numpy(dtype=np.int64))
    return pd.DataFrame({**_ids(items), "item_count": np.int64(0), "pending_minor": amount})


def _ids(items: pd.DataFrame) -> dict[str, Whole]:
    optional = {name: ids_of(column_or(items, name, 0)) for name in ("user_id", "team_id", "group_id")}
    currency = ids_of(column_or(items, "company_currency_id", 0))
    known = {name: ids_of(items[name]) for name in ("company_id", "customer_id")}
    return {**known, **optional, "currency_id": currency}


def _whole(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with amounts that are missing set to 0, as integers again."""
    amounts = [column for column in rows.columns if column != "oldest_due"]
    return rows.fillna(dict.fromkeys(amounts, 0)).astype(dict.fromkeys(amounts, np.int64))


def _amounts(columns: Sequence[str]) -> list[str]:
    return [column for column in columns if column != "item_count"]


def _days_between(since: np.ndarray, today: np.datetime64) -> Whole:
    days = (today - since).astype("timedelta64[D]").astype(np.int64)
    return np.where(np.isnat(since), 0, days)


def _find_odd_items(items: pd.DataFrame) -> list[Finding]:
    nobody = ids_of(items["customer_id"]) == 0
    undated = items["due_date"].isna().to_numpy()
    residual = items["residual_minor"].to_numpy(dtype=np.int64)
    balance = column_or(items, "balance_minor", 0).to_numpy(dtype=np.int64)
    turned = np.sign(residual) * np.sign(balance) < 0
    checks = (
        (nobody, Text("The open item has no customer; it is counted under customer 0. Name one in its entry.")),
        (undated, Text("The open item has no date at all; it is counted as not due. Enter one in its entry.")),
        (
            turned,
            Text(
                "The open amount has the opposite sign of the item: more was matched than there was. Undo a match of it"
                " in the ERP."
            ),
        ),
    )
    ids = ids_of(items["item_id"])
    return [Finding("warning", "rules.ageing", str(key), text) for flags, text in checks for key in ids[flags]]


def _find_gaps(frame: pd.DataFrame, currencies: dict[int, Currency]) -> list[Finding]:
    findings, gaps = [], frame[frame["difference_minor"] != 0]
    columns = (ids_of(gaps[f"{name}_minor"]).tolist() for name in _TIED)
    for company, *minor in zip(ids_of(gaps["company_id"]).tolist(), *columns, strict=True):
        currency = currencies.get(company, Currency("", 2))
        aged, booked, gap = (minor_text(amount, currency) for amount in minor)
        text = Text(
            "The ageing sums to {aged} {code}, the ledger to {booked}: difference {gap}.",
            {"aged": aged, "code": currency.code, "booked": booked, "gap": gap},
        )
        findings.append(Finding("error", "rules.ageing.tie_out", str(company), text))
    return findings


_TIED = ("ageing", "ledger", "difference")
