"""A frozen day beside the same day as the books stand now, and whether it was signed and has changed since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from ibis import BaseBackend

from kam_connector.errors import Contradiction
from kam_connector.ledger import Ledger
from kam_connector.policy.receivables import Basis
from kam_connector.rules.decisions import Decisions
from kam_connector.runs import frozen
from kam_connector.runs.decisions import Night
from kam_connector.runs.frozen import Snapshot
from kam_connector.runs.positions import Standing, aged_again, content_of, moved_since, read_standings
from kam_connector.runs.result import Row
from kam_connector.runs.reviews import Review, find_review, read_reviews, review_row, user_names
from kam_connector.runs.sources import Sources


@dataclass(frozen=True, slots=True)
class Compared:
    """A frozen day beside the same day as the books stand now, aged by the policy that it was frozen with."""

    snapshot: Snapshot
    standing: Standing
    moved: Decisions

    @property
    def lines(self) -> int:
        """How many open items moved."""
        return int(self.moved.frame["item_id"].nunique())


def compare_frozen(sources: Sources, days: Mapping[int, date], basis: Basis | None = None) -> list[Compared]:
    """The frozen ones among these companies' days, each beside the same day as the books stand now."""
    latest = frozen.read_latest(sources.book)
    keys = [
        frozen.snapshot_key(company, basis or sources.policy.at(day).collections.ageing.basis, day.isoformat())
        for company, day in sorted(days.items())
    ]
    snapshots = [latest[key].snapshot for key in keys if key in latest]
    standings: dict[str, Standing] = {}
    for day, chosen in {(snapshot.day, snapshot.basis) for snapshot in snapshots}:
        mine = [snapshot.company_id for snapshot in snapshots if (snapshot.day, snapshot.basis) == (day, chosen)]
        standings |= {standing.key: standing for standing in read_standings(sources, day, mine, chosen)}
    return [_compare(sources, snapshot, aged_again(standings[snapshot.key], snapshot.policy)) for snapshot in snapshots]


def _compare(sources: Sources, snapshot: Snapshot, standing: Standing) -> Compared:
    moved = moved_since(sources.con, frozen.read_position(sources.book, snapshot), standing)
    if snapshot.totals["total_minor"] + int(moved.frame["change_minor"].sum()) != standing.total_minor:
        raise Contradiction(
            "The lines that moved since {day} was frozen do not explain the difference of company {company}.",
            next_step="Run `kam sync rebuild`, then the same command again.",
            day=snapshot.as_of,
            company=snapshot.company_id,
        )
    return Compared(snapshot, standing, moved)


def signed_rows(book: Ledger, con: BaseBackend, night: Night) -> dict[int, Row]:
    """By company: reviewed_by, reviewed_on, changed_since_signed; None where nobody signed the ageing of this day."""
    reviews, people, latest = read_reviews(book), user_names(con), frozen.read_latest(book)
    basis, rows = night.policy.collections.ageing.basis, {}
    for company in night.companies["company_id"].tolist():
        review = find_review(reviews.values(), company, basis, night.as_of)
        found = latest.get(frozen.snapshot_key(company, basis, night.as_of.isoformat()))
        changed = review and _is_changed(night, review, found.snapshot if found else None)
        rows[int(company)] = {**review_row(review, people), "changed_since_signed": changed}
    return rows


def _is_changed(night: Night, review: Review, snapshot: Snapshot | None) -> bool:
    """Of a signed copy: the day was frozen again, or an open item moved. Of the current set: total or difference."""
    owed, company = night.receivables, review.company_id
    if review.is_snapshot and snapshot is not None:
        items = owed.items[owed.items["company_id"] == company]
        ledger = int(owed.ledger.loc[owed.ledger["company_id"] == company, "ledger_minor"].sum())
        now = content_of(items, night.policy.collections.ageing, ledger)
        return snapshot.copy_key != review.kam_key or snapshot.content != now
    tied = owed.tie_out[owed.tie_out["company_id"] == company]
    figures = (int(tied["ageing_minor"].sum()), int(tied["difference_minor"].sum()))
    return figures != (review.total_minor, review.difference_minor)
