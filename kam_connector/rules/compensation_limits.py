"""Which lines of the compensation policy fit each complaint: remedy, cap, budget, approver."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from kam_connector.money import Currency
from kam_connector.policy.complaints import ComplaintPolicy
from kam_connector.policy.intake import ANY
from kam_connector.rules.decisions import Boxed, Whole, boxed, in_minor, words_of


def remedies_of(rows: pd.DataFrame, policy: ComplaintPolicy) -> list[str]:
    """What each complaint is made good with."""
    return [policy.remedy[place].remedy for place in remedy_places(rows, policy)]


def caps_of(rows: pd.DataFrame, policy: ComplaintPolicy) -> Boxed:
    """Up to which share of what it is about each complaint is made good, as decimals."""
    return boxed(policy.remedy[place].cap for place in remedy_places(rows, policy))


def budgets_of(rows: pd.DataFrame, policy: ComplaintPolicy, own: Mapping[int, Currency]) -> Whole:
    """What each complaint's customer may get in a year, in the smallest unit of the company's currency."""
    places = np.array(_places(rows, ("tier",), [(line.tier,) for line in policy.budget]), dtype=np.int64)
    amounts = np.array([in_minor(line.amount, rows["company_id"], own) for line in policy.budget], dtype=np.int64)
    found: Whole = amounts[places, np.arange(len(rows))]
    return found


def steps_of(rows: pd.DataFrame, policy: ComplaintPolicy, own: Mapping[int, Currency]) -> Boxed:
    """Who approves: the first step whose `up_to` the amount within the days (within_minor) does not exceed."""
    within = rows["within_minor"].to_numpy(dtype=np.int64)
    limits = [in_minor(step.up_to, rows["company_id"], own) for step in policy.approver if step.up_to is not None]
    fits = [within <= limit for limit in limits]
    roles = [step.role for step in policy.approver]
    return np.select(fits, roles[:-1], roles[-1]).astype(object) if fits else boxed(roles[-1:] * len(rows))


def remedy_places(rows: pd.DataFrame, policy: ComplaintPolicy) -> Sequence[int]:
    """The place of the [[remedy]] that fits each complaint."""
    lines = [(line.tier, line.severity, line.type) for line in policy.remedy]
    return _places(rows, ("tier", "severity", "type"), lines)


def _places(rows: pd.DataFrame, names: Sequence[str], lines: Sequence[tuple[str, ...]]) -> list[int]:
    """The number of the first line that fits each row; the last one fits everybody."""
    asked = list(zip(*(words_of(rows[name]) for name in names), strict=True))
    known = {case: next(place for place, line in enumerate(lines) if _fits(line, case)) for case in set(asked)}
    return [known[case] for case in asked]


def _fits(line: tuple[str, ...], case: tuple[str, ...]) -> bool:
    return all(want in (ANY, value) for want, value in zip(line, case, strict=True))
