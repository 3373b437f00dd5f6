"""What salespeople are to reach each month, and what they planned to do next."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import Literal

from kam_connector.sample.books import Entry
from kam_connector.sample.customers import Customer
from kam_connector.sample.dice import Dice
from kam_connector.sample.firm import PEOPLE, TEAM_COMPANY
from kam_connector.sample.months import STORY_MONTHS, add_months, business_day, last_day, period, story_months
from kam_connector.sample.names import ACTIVITIES
from kam_connector.sample.papers import Activity, Invoice, Target

_MONTHS = {"small": (12, 3), "full": (24, 6)}
_ACTIVITIES = {"small": 6, "full": 40}
_SHARES = (0.8, 0.6, 0.9, 1.0, 1.0, 1.2, 1.0, 0.9, 1.1, 1.0, 1.2, 1.3)

Kind = Literal["revenue", "collection"]


def build_targets(size: str, anchor: date, entries: list[Entry]) -> tuple[Target, ...]:
    """A revenue and a collection target for each salesperson and month, past and coming."""
    back, ahead = _MONTHS[size]
    firsts = [add_months(anchor, i) for i in range(1 - back, ahead + 1)]
    average = _average_revenue(anchor, entries)
    sellers = [person for person in PEOPLE if person.role == "salesperson"]
    kinds: tuple[Kind, ...] = ("revenue", "collection")
    return tuple(
        Target(
            f"T-{person.key}-{kind}-{period(first)}", TEAM_COMPANY[person.team], person.key, person.team, first,
            last_day(first), kind, _amount(average[person.key], first, kind),
        )
        for person in sellers for kind in kinds for first in firsts
        if person.active or first < add_months(anchor, -5)
    )  # fmt: skip


def _average_revenue(anchor: date, entries: list[Entry]) -> dict[str, int]:
    """Net revenue of each salesperson in an average month, in company currency."""
    sums: dict[str, int] = defaultdict(int)
    start = story_months(anchor)[0]
    for entry in entries:
        if isinstance(entry.paper, Invoice) and entry.state == "posted" and entry.day >= start:
            sums[entry.paper.user] -= sum(line.balance for line in entry.lines if line.account == "income")
    return {person.key: sums[person.key] // STORY_MONTHS for person in PEOPLE}


def _amount(average: int, first: date, kind: str) -> int:
    """The target: a little more than usual, by the month's season, rounded to thousands."""
    share = round(_SHARES[first.month - 1] * (108 if kind == "revenue" else 100))
    return max(1, average * share // 10_000_000) * 100_000


def build_activities(size: str, anchor: date, customers: tuple[Customer, ...]) -> tuple[Activity, ...]:
    """Calls and visits that salespeople have planned; some are late."""
    dice = Dice(size, "activities")
    active = [c for c in customers if c.partner.active and c.partner.user != "zhao"]
    plans = []
    for number in range(1, _ACTIVITIES[size] + 1):
        who = dice.pick(active).partner
        day = business_day(anchor + timedelta(days=dice.between(-10, 25)))
        plans.append(Activity(f"A{number:03d}", who.key, who.user, dice.pick(ACTIVITIES), day))
    return tuple(plans)
