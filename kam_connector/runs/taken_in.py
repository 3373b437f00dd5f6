"""What the rule of intake is given: tickets, claims and answers of the ERP, complaints, who works on what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd
from ibis import BaseBackend

from kam_connector.facts import claimed_lines, disputes, foreign_cases, goods, people
from kam_connector.findings import Finding
from kam_connector.rules.claims import find_wrong_claims
from kam_connector.rules.decisions import Decisions, company_currencies, ids_of, words_of
from kam_connector.rules.disputes import ask_about_disputes
from kam_connector.rules.goods import Goods, name_goods
from kam_connector.rules.intake import Staff, take_in, without_idle
from kam_connector.runs.frames import to_frame
from kam_connector.runs.naming import read_currencies
from kam_connector.runs.sources import Sources

if TYPE_CHECKING:
    from kam_connector.runs.decisions import Night


def find_intake(night: Night, sources: Sources, company_ids: Sequence[int]) -> Decisions:
    """The tickets, claims and low answers of the companies that become complaints; those of no company with each.

    Among the findings: complaints that have kept money out of dunning for long, and claims that cannot be right.
    """
    con = sources.con
    foreign: pd.DataFrame = foreign_cases.foreign_cases(con).to_pandas()
    policy, known = night.policy.complaints, night.case_keys["case_key"]
    mine = foreign[foreign["company_id"].isin([0, *company_ids])]
    mine = without_idle(mine, known, policy, as_of=night.as_of, zones=sources.zones)
    staff = _staff(con, night, mine)
    taken = take_in(mine, night.case_keys, staff, policy, as_of=night.as_of, zones=sources.zones)
    looked_at = (*_find_long_disputes(night, sources, company_ids), *_find_wrong_claims(night, con, company_ids))
    return replace(taken, findings=(*taken.findings, *looked_at))


def take_in_file(night: Night, sources: Sources, foreign: pd.DataFrame) -> Decisions:
    """`rules.intake.take_in` of the complaints of a file, beside the night's own."""
    return take_in(
        foreign, night.case_keys, _staff(sources.con, night, foreign), night.policy.complaints, as_of=night.as_of
    )


def _find_long_disputes(night: Night, sources: Sources, company_ids: Sequence[int]) -> list[Finding]:
    disputing: pd.DataFrame = disputes.open_disputes(sources.con, night.as_of, sources.zones).to_pandas()
    mine = disputing[disputing["company_id"].isin(company_ids)]
    items = night.receivables.items
    kept_out = items["disputed_minor"].groupby(ids_of(items["move_id"])).sum()
    open_moves = dict(zip(ids_of(kept_out.index.to_series()).tolist(), kept_out.tolist(), strict=True))
    limit = night.policy.complaints.disputes.ask_days
    return ask_about_disputes(mine, open_moves, company_currencies(night.companies), limit, night.as_of)


def _find_wrong_claims(night: Night, con: BaseBackend, company_ids: Sequence[int]) -> list[Finding]:
    claimed: pd.DataFrame = claimed_lines.claimed_lines(con).to_pandas()
    mine = claimed[claimed["company_id"].isin(company_ids)]
    return find_wrong_claims(mine, night.companies, read_currencies(con))


def _staff(con: BaseBackend, night: Night, foreign: pd.DataFrame) -> Staff:
    customers, tiers = night.customers, night.tiers.frame
    sellers = people.salespeople(con).to_pandas()
    users = people.logins(con).to_pandas()
    keys = zip(ids_of(tiers["company_id"]).tolist(), ids_of(tiers["customer_id"]).tolist(), strict=True)
    return Staff(
        dict(zip(customers["customer_id"], ids_of(customers["user_id"]).tolist(), strict=True)),
        dict(zip(sellers["user_id"], words_of(sellers["team"]), strict=True)),
        dict(zip(words_of(users["login"]), users["user_id"].tolist(), strict=True)),
        dict(zip(keys, words_of(tiers["tier"]), strict=True)),
        _goods(con, night, foreign),
        _leaders(con, set(users["user_id"].tolist())),
    )


def _leaders(con: BaseBackend, active: set[int]) -> dict[tuple[int, str], int]:
    """Who leads a team, by company (0: of all) and the team's name; of two teams of one name the first."""
    teams = to_frame(people.team_companies(con)).sort_values("team_id", ascending=False)
    keys = zip(ids_of(teams["company_id"]).tolist(), words_of(teams["team"]), strict=True)
    led = zip(keys, ids_of(teams["leader_id"]).tolist(), strict=True)
    return {key: leader for key, leader in led if leader in active}


def _goods(con: BaseBackend, night: Night, foreign: pd.DataFrame) -> dict[tuple[str, int], Goods]:
    """What is sold on the papers that the records name; nothing where no line of the policy asks."""
    if not any(line.goods for line in night.policy.complaints.owner):
        return {}
    orders, moves = (sorted(set(ids_of(foreign[name]).tolist())) for name in ("order_id", "move_id"))
    return name_goods(goods.goods_of(con, orders, moves).to_pandas(), goods.categories(con).to_pandas())
