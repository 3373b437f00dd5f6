"""What the versions of a plan come to by payee and period, and what of it was settled.

A period before the first day of the plan is none of its own: what was settled there was earned by another plan, and
nothing of it is taken back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from kam_connector.periods import parse_period
from kam_connector.policy.plans import Plan
from kam_connector.rules.decisions import Boxed, boxed, ids_of
from kam_connector.rules.pay.exact import sum_at
from kam_connector.rules.pay.given import Given
from kam_connector.rules.pay.lines import Line
from kam_connector.rules.pay.slices import Slices
from kam_connector.rules.pay.spans import number_of
from kam_connector.rules.pay.statements import Who
from kam_connector.rules.pay.terms import Sums


def find_stages(
    plans: Sequence[Plan], given: Given, rows: Sequence[pd.DataFrame], lines: Sequence[Sequence[Line]]
) -> range:
    """All periods from the first in which something happened to the one of the day; `plans`: the oldest first."""
    last = number_of(given.as_of, plans[0].plan.period)
    known = [*_own_paid(plans[0], given)["stage"].tolist(), *(line.stage for own in lines for line in own)]
    known += [int(table["stage"].min()) for table in rows if len(table)]
    return range(min([last, *known]), last + 1)


def _own_paid(plan: Plan, given: Given) -> pd.DataFrame:
    """What was settled of the plan since its first day, with `stage`."""
    paid = given.paid[given.paid["plan"] == plan.code]
    known = {code: parse_period(str(code)) for code in paid["period"].unique().tolist()}
    kind = plan.plan.period
    stages = {code: number_of(period.start, kind) for code, period in known.items() if period.kind == kind}
    paid = paid[paid["period"].isin(list(stages))]
    paid = paid.assign(stage=np.array([stages[code] for code in paid["period"]], dtype=np.int64))
    return paid[paid["stage"] >= number_of(plan.valid_from, kind)]


def sum_up(rows: pd.DataFrame, slices: Slices, released: Boxed, lines: Sequence[Line]) -> dict[Who, dict[int, Sums]]:
    """What each payee earned and was released in each period."""
    keys = {name: ids_of(rows[name]) for name in ("company_id", "payee_id", "pay_currency")}
    home = rows["home"].to_numpy(dtype=np.int64) == np.arange(len(rows))
    sold = np.flatnonzero(home & (rows["kind"] != "event").to_numpy(dtype=bool) & (rows["base_minor"] > 0).to_numpy())
    zero = boxed([0] * len(sold))
    table = pd.DataFrame({name: np.concatenate([key[slices.place], key[sold]]) for name, key in keys.items()})
    table["stage"] = np.concatenate([slices.stage, rows["stage"].to_numpy(dtype=np.int64)[sold]])
    own = np.where(home[slices.place], released, 0)
    sells = np.concatenate([np.zeros(len(slices), dtype=bool), np.ones(len(sold), dtype=bool)])
    columns = [np.concatenate([column, zero]) for column in (slices.amount, released, own)]
    group = np.asarray(table.groupby(list(table.columns), sort=True).ngroup(), dtype=np.int64)
    first = table.assign(group=group).drop_duplicates("group").sort_values("group")
    figures = [sum_at(group, column, len(first)).tolist() for column in columns]
    selling = np.zeros(len(first), dtype=bool)
    np.logical_or.at(selling, group, sells)
    found: dict[Who, dict[int, Sums]] = {}
    whos = first[["company_id", "payee_id", "pay_currency", "stage"]].itertuples(index=False, name=None)
    for (company, payee, money, stage), earned, out, mine, sells_one in zip(
        whos, *figures, selling.tolist(), strict=True
    ):
        found.setdefault((company, payee, money), {})[stage] = Sums(earned, out, mine, sells_one)
    for line in lines:
        stages = found.setdefault((line.company_id, line.payee_id, line.currency_id), {})
        brought = Sums(fixed=line.released) if line.is_fixed else Sums(line.earned, line.released, line.released)
        stages[line.stage] = stages.get(line.stage, Sums()).plus(brought)
    return found


def sum_settled(plan: Plan, given: Given, stages: range) -> dict[Who, dict[int, int]]:
    """What was settled since the first day of the plan, by who and period, in smallest units."""
    found: dict[Who, dict[int, int]] = {}
    keys = ["company_id", "payee_id", "currency_id", "stage"]
    sums = _own_paid(plan, given).groupby(keys, sort=True)["amount_minor"].sum().reset_index()
    columns = (ids_of(sums[name]).tolist() for name in (*keys, "amount_minor"))
    for company, payee, money, stage, amount in zip(*columns, strict=True):
        if stage in stages:
            found.setdefault((company, payee, money), {})[stage] = amount
    return found


def add_sums(parts: Sequence[Mapping[Who, Mapping[int, Sums]]]) -> dict[Who, dict[int, Sums]]:
    """The sums of all versions together."""
    found: dict[Who, dict[int, Sums]] = {}
    for who, stages in (item for part in parts for item in part.items()):
        own = found.setdefault(who, {})
        for stage, sums in stages.items():
            own[stage] = own.get(stage, Sums()).plus(sums)
    return found
