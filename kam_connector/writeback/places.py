"""The further places of a tier, tags and partner levels: their part of the plan, and their way into the ERP.

Both are fields of the partner itself and not of a record of ours: with the addon as without it they are written on
`res.partner`, between whatever else the push has to send, under the same journal, lease and undo list.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd
from ibis import BaseBackend

from kam_connector.ledger import Ledger
from kam_connector.tier_places import TierPlaces
from kam_connector.writeback import grades, tags
from kam_connector.writeback.channels import AddonChannel, Channel, Session
from kam_connector.writeback.current import Tables
from kam_connector.writeback.decided import Decided
from kam_connector.writeback.grade_writes import write_grade
from kam_connector.writeback.journal import by_record
from kam_connector.writeback.plain import PlainChannel
from kam_connector.writeback.plain_planning import joined, one_company_each
from kam_connector.writeback.plans import Answer, Change, Plan, Route
from kam_connector.writeback.tag_writes import group_tags, write_tags
from kam_connector.writeback.writers import Registered, Writer

_KEYS = (tags.KEY, grades.KEY)


def plan_places(
    nights: Sequence[Decided], places: TierPlaces, con: BaseBackend, ledger: Ledger, *, session: Session, route: Route
) -> Plan:
    """What has to change so that tags and partner levels follow the tiers that the nights decided; reads only.

    Who carries what is read from the ERP itself. `local` names tags and levels that are not there, `told` the price
    lists that come with a level.
    """
    parts = [night for night in nights if night.tiers is not None]
    if not places.on_partners or not parts:
        return Plan(route)
    columns = ["company_id", "customer_id", "tier"]
    rated = pd.concat([night.tiers[columns] for night in parts if night.tiers is not None], ignore_index=True)
    rated = rated.assign(tier=rated["tier"].fillna(""))
    plans = []
    if "tags" in places.chosen:
        codes = list(dict.fromkeys(code for night in parts for code in night.tier_codes))
        plans.append(_plan_tags(rated, codes, session))
    if "grades" in places.chosen:
        mine = one_company_each(rated.rename(columns={"customer_id": "partner_id"}), Tables(con))
        plans.append(_plan_grades(mine.rename(columns={"partner_id": "customer_id"}), places, session))
    lines = by_record(ledger)
    quarantined = {key for key, found in lines.items() if any(line.state == "quarantined" for line in found)}
    return replace(joined(plans, (), quarantined), route=route)


def _plan_tags(rated: pd.DataFrame, codes: Sequence[str], session: Session) -> Plan:
    found = tags.find_tags(session, sorted(set(rated["company_id"].tolist())), codes)
    changes = tuple(tags.plan_tags(rated, found, session))
    return Plan("plain", changes, len(rated) - len(changes), local=tuple(tags.tell_missing(found)))


def _plan_grades(rated: pd.DataFrame, places: TierPlaces, session: Session) -> Plan:
    found = grades.find_grades(session, places.grades)
    changes = tuple(grades.plan_grades(rated, found, session))
    told = tuple(grades.tell_price_lists(found, list(changes)))
    concerned = int(rated["tier"].isin(list(found.ids)).sum())
    return Plan("plain", changes, concerned - len(changes), local=tuple(grades.tell_missing(found)), told=told)


def is_of_places(change: Change) -> bool:
    """Whether the change is one of tags or levels, whichever way the rest of the push takes."""
    return change.model == "res.partner" and change.key.startswith(_KEYS)


class PlacesChannel:
    """The way into this ERP: tags and levels on the partners themselves, all else by the channel of the route."""

    def __init__(self, session: Session, route: Route) -> None:
        self.session = session
        self.other: Channel = AddonChannel(session) if route == "addon" else PlainChannel(session)
        self._writer: Writer | None = None

    def register(self, writer: Writer) -> Registered:
        self._writer = writer
        return self.other.register(writer)

    def groups(self, changes: Sequence[Change]) -> list[list[Change]]:
        """What goes by the other channel, then tags that change alike together, then levels one by one."""
        mine = [change for change in changes if is_of_places(change)]
        tagged = [change for change in mine if change.key.startswith(tags.KEY)]
        return [
            *self.other.groups([change for change in changes if not is_of_places(change)]),
            *group_tags(tagged),
            *([change] for change in mine if change.key.startswith(grades.KEY)),
        ]

    def apply(self, changes: Sequence[Change], run: str) -> list[Answer]:
        if not is_of_places(changes[0]):
            return self.other.apply(changes, run)
        if self._writer is not None:
            self.other.register(self._writer)  # Fenced when another connector has followed: no version protects these
        if changes[0].key.startswith(tags.KEY):
            return write_tags(self.session, changes)
        return [write_grade(self.session, change) for change in changes]

    def find(self, changes: Sequence[Change], run: str) -> dict[str, Answer]:
        """Tags and levels are not looked up: writing them reads before it writes."""
        others = [change for change in changes if not is_of_places(change)]
        return self.other.find(others, run) if others else {}
