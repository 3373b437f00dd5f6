"""`kam ageing snapshots` and `changes`: the frozen days, who signed them, and what moved since."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kam_connector.errors import InputError
from kam_connector.findings import Finding
from kam_connector.messages import render
from kam_connector.money import minor_text
from kam_connector.reports import Names, name_of
from kam_connector.runs import frozen
from kam_connector.runs.comparing import Compared, compare_frozen
from kam_connector.runs.freezing import Asked, days_of, figures
from kam_connector.runs.frozen import Found, Snapshot
from kam_connector.runs.naming import read_names
from kam_connector.runs.positions import bucket_totals
from kam_connector.runs.result import Result, Row
from kam_connector.runs.reviews import Review, read_reviews, review_row, user_names
from kam_connector.runs.sources import sources_of
from kam_connector.runs.workspace import Workspace


def list_snapshots(workspace: Workspace) -> Result:
    """Every frozen day, the latest first: figures, and who signed its copy in the ERP."""
    signed, people = read_reviews(workspace.ledger), user_names(workspace.mirror.ibis)
    found = sorted(frozen.read_all(workspace.ledger), key=_newest_first)
    rows = [
        figures(one.snapshot) | {"superseded": one.superseded} | review_row(_review(signed, one.snapshot), people)
        for one in found
    ]
    return Result("ageing snapshots", rows=rows)


def show_changes(workspace: Workspace, asked: Asked) -> Result:
    """Every line of a frozen day that moved since, with its cause; totals by company: was, is, difference.

    InputError when the day was not frozen.
    """
    days = days_of(workspace, asked.as_of)
    compared = compare_frozen(sources_of(workspace), days, asked.basis)
    if not compared:
        raise InputError(
            "The ageing of {day} is not frozen.",
            next_step="`kam ageing snapshots` lists the frozen days; `kam ageing snapshot` freezes one.",
            day=max(days.values()),
        )
    day = compared[-1].snapshot.day
    names = read_names(workspace.mirror.ibis, workspace.policy.at(day), workspace.lang)
    signed, people = read_reviews(workspace.ledger), user_names(workspace.mirror.ibis)
    return Result(
        "ageing changes",
        rows=[row for one in compared for row in _moved_rows(one, names, workspace.lang)],
        totals=[_totals(one) | review_row(_review(signed, one.snapshot), people) for one in compared],
        findings=[found for one in compared for found in _signed_and_moved(one, _review(signed, one.snapshot))],
        as_of=day,
    )


def _moved_rows(compared: Compared, names: Names, lang: str) -> Iterator[Row]:
    currency = compared.snapshot.money
    for row in compared.moved.frame.to_dict("records"):
        amounts = {name: minor_text(int(row[f"{name}_minor"]), currency) for name in ("was", "change", "is")}
        yield {
            "company": int(row["company_id"]),
            "item": int(row["item_id"]),
            "document": name_of(names.documents, row["move_id"]),
            "customer": int(row["customer_id"]),
            "name": name_of(names.customers, row["customer_id"]),
            "currency": currency.code,
            **amounts,
            "cause": row["cause"],
            "reason": render(row["reason_code"], row["reason_args"], lang, names.own),
        }


def _totals(compared: Compared) -> Row:
    snapshot, standing, currency = compared.snapshot, compared.standing, compared.snapshot.money
    was, now = (bucket_totals(each, standing.policy) for each in (snapshot.totals, standing.totals))
    amounts = {"was": snapshot.totals["total_minor"], "is": standing.total_minor}
    amounts["difference"] = amounts["is"] - amounts["was"]
    return {
        "company": snapshot.company_id,
        "currency": snapshot.currency,
        "frozen_on": snapshot.frozen_on,
        "sequence": snapshot.sequence,
        "lines": compared.lines,
        **{name: minor_text(amount, currency) for name, amount in amounts.items()},
        "moved": {bucket: minor_text(now[bucket] - was[bucket], currency) for bucket in was},
    }


def _signed_and_moved(compared: Compared, review: Review | None) -> Iterator[Finding]:
    if review is None or not compared.lines:
        return
    text = "The ageing of {day} was signed on {moment}, and {count} of its lines have moved since it was frozen."
    values: dict[str, Any] = {"day": compared.snapshot.as_of, "moment": review.reviewed_on, "count": compared.lines}
    yield Finding("warning", "ageing.changes", str(compared.snapshot.company_id), text, values)


def _review(signed: Mapping[tuple[int, str], Review], snapshot: Snapshot) -> Review | None:
    """The signature of its copy in the ERP."""
    return signed.get((snapshot.company_id, snapshot.copy_key))


def _newest_first(found: Found) -> tuple[int, int, int]:
    return -found.snapshot.day.toordinal(), found.snapshot.company_id, -found.number
