"""Targets down the tree: what a company or a team is to reach, divided over its teams or people to the smallest unit.

100.00 over three people without weights is 33.34, 33.33, 33.33; by the weights 3 and 1 it is 75.00 and 25.00. Whoever
has an amount of his own keeps it, and the others share the rest: 100.00 with one at 40.00 leaves 30.00 for each of two.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

import pandas as pd

from kam_connector.money import allocate

WHOLE = ["company_id", "period", "measure"]
TARGET_COLUMNS = (
    "row",
    "company_id",
    "user_id",
    "team_id",
    "period",
    "measure",
    "amount_minor",
    "weight",
    "unit_minor",
)


class Unfit(NamedTuple):
    """Why the target of `row` cannot be divided: `lacking` (nobody is below), `above` (the parts are more than it)
    or `apart` (everybody below has an amount of his own, and their sum is another one); or why the part of `row` has
    no amount: `loose` (nothing above it is divided)."""

    row: int
    why: str


class Divided(NamedTuple):
    """The targets with those that were divided, and those that cannot be."""

    targets: pd.DataFrame
    unfit: tuple[Unfit, ...]


def divide(targets: pd.DataFrame, teams: pd.DataFrame, members: pd.DataFrame) -> Divided:
    """The targets with an amount, those of companies divided over teams and those of teams over their members.

    `targets`: TARGET_COLUMNS; user_id and team_id 0 for none, amount_minor None for a row that has a weight only,
    unit_minor the smallest part that may be given (a customer is never half). `teams`: company_id, team_id; `members`:
    team_id, user_id. Where the file has no row of a part, everybody below has the weight 1, but for those whom the file
    names in another team: nobody has two targets for the same. A company's own target is divided and does not come
    back: it belongs to nobody.
    """
    own = targets.assign(weight=targets["weight"].astype(object))
    first = _level(own, _is_whole(own), _is_team(own), teams, ["company_id"], "team_id")
    second = _level(
        first.targets, _is_team(first.targets), _is_person(first.targets), members, ["company_id", "team_id"], "user_id"
    )
    amounts = second.targets["amount_minor"].notna()
    unfit = (*first.unfit, *second.unfit)
    loose = () if unfit else tuple(Unfit(int(row), "loose") for row in second.targets.loc[~amounts, "row"])
    found = second.targets[amounts & ~_is_whole(second.targets)]
    return Divided(found.reset_index(drop=True), (*unfit, *loose))


def _is_whole(targets: pd.DataFrame) -> pd.Series:
    return (targets["user_id"] == 0) & (targets["team_id"] == 0)


def _is_team(targets: pd.DataFrame) -> pd.Series:
    return (targets["user_id"] == 0) & (targets["team_id"] != 0)


def _is_person(targets: pd.DataFrame) -> pd.Series:
    return targets["user_id"] != 0


def _level(
    targets: pd.DataFrame, above: pd.Series, below: pd.Series, known: pd.DataFrame, place: Sequence[str], who: str
) -> Divided:
    """Each target of `above` that has an amount, divided over its rows of `below` and over those that are `known`.

    Who is known and has no row, here or elsewhere, shares where no row has a weight alone.
    """
    keys = [*WHOLE, *(name for name in place if name not in WHOLE)]
    table = targets.assign(own=range(len(targets)))
    heads = table[above.to_numpy() & table["amount_minor"].notna()]
    heads = heads.assign(whole=heads["own"], whole_row=heads["row"], whole_minor=heads["amount_minor"])
    given = table[below.to_numpy()].merge(heads[[*keys, "whole", "whole_row", "whole_minor"]], on=keys)
    weighed = given.loc[given["amount_minor"].isna(), "whole"]
    others = _others(heads[~heads["whole"].isin(weighed)], table[below.to_numpy()], known, who)
    parts = pd.concat([given, others], ignore_index=True) if len(others) else given
    shared = [_shared(group) for _, group in parts.groupby("whole", sort=True)]
    lacking = heads.loc[~heads["whole"].isin(parts["whole"]), "row"]
    unfit = [*(Unfit(int(row), "lacking") for row in lacking), *(each for each in shared if isinstance(each, Unfit))]
    made = [each for each in shared if not isinstance(each, Unfit)]
    rest = table[~table["own"].isin(given["own"])]
    return Divided(pd.concat([rest, *made], ignore_index=True)[list(TARGET_COLUMNS)], tuple(unfit))


def _others(heads: pd.DataFrame, below: pd.DataFrame, known: pd.DataFrame, who: str) -> pd.DataFrame:
    """The parts of these targets that are known and have no row `below` any target: weight 1, no amount."""
    place = [name for name in ("company_id", "team_id") if name in known and name != who]
    found = heads.drop(columns=who).merge(known, on=place)
    found = found.assign(own=-1, amount_minor=None, weight=1)
    own = [*WHOLE, who]
    rest: pd.DataFrame = found[~pd.MultiIndex.from_frame(found[own]).isin(pd.MultiIndex.from_frame(below[own]))]
    return rest


def _shared(group: pd.DataFrame) -> pd.DataFrame | Unfit:
    """The parts of one target with their amounts: what they have of their own stays, the rest goes by weight."""
    whole, unit = int(group["whole_minor"].iloc[0]), int(group["unit_minor"].iloc[0])
    fixed = group["amount_minor"].notna().to_numpy()
    rest = whole - sum(int(each) for each in group.loc[fixed, "amount_minor"])
    weights = [Decimal(each) for each in group.loc[~fixed, "weight"]]
    if rest < 0 or (rest and not any(weights)):
        return Unfit(int(group["whole_row"].iloc[0]), "above" if rest < 0 else "apart")
    parts = allocate(rest // unit, weights) if rest else [0] * len(weights)
    amounts = group["amount_minor"].astype(object).copy()
    amounts[~fixed] = [part * unit for part in parts]
    return group.assign(amount_minor=amounts)
