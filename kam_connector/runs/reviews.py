"""Who signed which ageing: signatures of accountants in the ERP come home into the book, once each.

A signature is an event `ageing.review` (key `company:kam_key` of the ageing's record) with the signer's id, the moment
and the figures that were signed; its withdrawal is a further one. The accountant's note may name somebody, so it
stands beside the chain as a remark, as it read when the signature came home.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date
from typing import Any

from ibis import BaseBackend

from kam_connector.facts.live import live
from kam_connector.ledger import Entry, Ledger

REVIEW = "ageing.review"
SIGNED, WITHDRAWN = "signed", "withdrawn"


@dataclass(frozen=True, slots=True)
class Review:
    """The last word about an ageing's record: state is signed or withdrawn; amounts in smallest units."""

    company_id: int
    kam_key: str
    basis: str
    is_snapshot: bool
    as_of: str
    total_minor: int
    difference_minor: int
    reviewed_by: int
    reviewed_on: str
    state: str = SIGNED


def record_reviews(book: Ledger, con: BaseBackend) -> int:
    """How many signatures and withdrawals were new in the mirror: each is one event of the book."""
    known = {key: payload for key, payload in book.states(REVIEW).items() if payload["state"] == SIGNED}
    rows = {f"{row['company_id']}:{row['kam_key']}": row for row in _ageings(con)}
    entries = []
    for key, row in rows.items():
        if row["reviewed_by"] and known.get(key) != (payload := _payload(row)):
            entries.append(Entry(REVIEW, key, payload, remark=row["review_note"] or ""))
        elif key in known and not row["reviewed_by"]:
            entries.append(Entry(REVIEW, key, known[key] | {"state": WITHDRAWN}))
    return len(book.append_many(entries))


def read_reviews(book: Ledger) -> dict[tuple[int, str], Review]:
    """Company and key of each signed ageing to its signature."""
    payloads = (payload for payload in book.states(REVIEW).values() if payload["state"] == SIGNED)
    return {(payload["company_id"], payload["kam_key"]): Review(**payload) for payload in payloads}


def find_review(reviews: Iterable[Review], company_id: int, basis: str, as_of: date) -> Review | None:
    """The signature of that day's ageing: of its frozen copy where there is one, else of the current set."""
    mine = [one for one in reviews if (one.company_id, one.basis, one.as_of) == (company_id, basis, as_of.isoformat())]
    return max(mine, key=lambda one: (one.is_snapshot, one.reviewed_on), default=None)


def user_names(con: BaseBackend) -> dict[int, str]:
    """Id to name of the users in the mirror."""
    user, partner = live(con, "res_users"), live(con, "res_partner").select(partner_key="id", name="name")
    joined = user.inner_join(partner, user.partner_id == partner.partner_key)
    rows = joined.select("id", "name").to_pandas()
    return dict(zip(rows["id"].tolist(), rows["name"].tolist(), strict=True))


def review_row(review: Review | None, people: Mapping[int, str]) -> dict[str, str | None]:
    """reviewed_by (the name, else the id) and reviewed_on; None where nobody signed."""
    if review is None:
        return {"reviewed_by": None, "reviewed_on": None}
    return {"reviewed_by": people.get(review.reviewed_by) or str(review.reviewed_by), "reviewed_on": review.reviewed_on}


def _ageings(con: BaseBackend) -> list[dict[str, Any]]:
    """The ageings that are in the ERP; one that is gone, or was never pulled, says nothing about its signature."""
    ageing = live(con, "kam_ageing")
    rows: list[dict[str, Any]] = (
        ageing.filter(ageing.kam_key.notnull(), ageing.company_id.notnull()).to_pyarrow().to_pylist()
    )
    return rows


def _payload(row: Mapping[str, Any]) -> dict[str, Any]:
    """An ERP that does not say which figures were signed has shown those of the record."""
    day, moment = row["reviewed_as_of"] or row["as_of"], row["reviewed_on"]
    total = row["reviewed_total_minor"] if row["reviewed_as_of"] else row["total_minor"]
    difference = row["reviewed_difference_minor"] if row["reviewed_as_of"] else row["difference_minor"]
    return {
        "company_id": int(row["company_id"]),
        "kam_key": str(row["kam_key"]),
        "basis": str(row["basis"]),
        "is_snapshot": bool(row["is_snapshot"]),
        "as_of": day.isoformat() if day else "",
        "total_minor": int(total or 0),
        "difference_minor": int(difference or 0),
        "reviewed_by": int(row["reviewed_by"]),
        "reviewed_on": moment.astimezone(UTC).isoformat(timespec="seconds") if moment else "",
        "state": SIGNED,
    }
