"""What people reached in a period beside what they were to reach, and the figure that comes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

import pandas as pd

from kam_connector.errors import InputError
from kam_connector.findings import Finding
from kam_connector.money import Currency, minor_text
from kam_connector.periods import Period, previous_period
from kam_connector.policy import AppraisalPolicy
from kam_connector.policy.appraisal import SERVICE
from kam_connector.policy.service import ServicePolicy
from kam_connector.rules.appraisal import ITEM_COLUMNS, WHO, compare, points_between, rate_items, share_of, weigh
from kam_connector.rules.period_targets import TEAM_TWICE, targets_of
from kam_connector.rules.service import score_service
from kam_connector.runs.actuals import TRADE, read_trade
from kam_connector.runs.aged import of_companies
from kam_connector.runs.decisions import Night
from kam_connector.runs.service import SERVED, read_service
from kam_connector.runs.sources import Sources
from kam_connector.runs.team_attained import read_homes, sums_by_team, team_targets

COLUMN = {**TRADE, SERVICE: "service_hundredths"}
"""The column of the actuals that each measure is."""
_ZERO = ["revenue_minor", "invoiced_minor", "collected_minor", "opening_minor", "new_customers_minor", *SERVED]
"""Who has no document has nothing of these; a margin without any cost is not known."""
_TRADE = [name for name in _ZERO if name not in SERVED] + ["margin_minor"]
"""Who has none of these and no target is not appraised: somebody else has taken over, what was delivered remains."""
HUNDREDTHS = 100
"""A service score is worked with in hundredths of a point, as amounts are in their smallest unit."""


@dataclass(frozen=True, slots=True)
class Span:
    """The days of a period that are looked at."""

    period: Period
    last: date

    @property
    def is_over(self) -> bool:
        return self.last == self.period.end


@dataclass(frozen=True, slots=True)
class Appraised:
    """`items`: `rules.appraisal.ITEM_COLUMNS` with before_minor and change (case W37); `people`: a row a person with
    score, uncapped, coverage, margin_rate, margin_change, collection_to_target and collection_to_due (case W33).

    `team_items` and `teams`: the same of the teams that have targets, the team's id as user_id."""

    span: Span
    items: pd.DataFrame
    people: pd.DataFrame
    findings: tuple[Finding, ...] = ()
    team_items: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=ITEM_COLUMNS))
    teams: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=[*WHO, "score"]))


def span_of(period: Period, as_of: date) -> Span:
    """The period up to the day. InputError for one that has not begun."""
    if period.start > as_of:
        raise InputError("The period {period} has not begun on {day}.", period=period.code, day=as_of)
    return Span(period, min(period.end, as_of))


def span_before(span: Span) -> Span:
    """The period before: whole when this one is over, else as many of its days."""
    before = previous_period(span.period)
    return span_beside(span, Span(before, before.end))


def span_beside(span: Span, other: Span) -> Span:
    """The other one as it is when this one is over, else as many of its days: 19 days of June beside 19 of May."""
    if span.is_over:
        return other
    return Span(other.period, min(other.last, other.period.start + (span.last - span.period.start)))


def appraise(sources: Sources, night: Night, span: Span, standing: pd.DataFrame, before: Span | None) -> Appraised:
    """The people of the night's companies in those days, by its policy; `standing`: `standing_targets.read_standing`,
    `before`: the days to compare with (None: only the figures themselves)."""
    policy = night.policy.appraisal
    companies = [int(company) for company in night.companies["company_id"]]
    mine = of_companies(standing, companies)
    goals, findings = targets_of(mine, span.period)
    team_goals, doubled = targets_of(team_targets(mine), span.period, TEAM_TWICE)
    read = read_actuals(sources, night, span)
    past = read_actuals(sources, night, before) if before is not None else None
    service = night.policy.complaints.service
    trading = read.dropna(how="all", subset=_TRADE)
    known = pd.concat([trading[WHO], goals[WHO]]).drop_duplicates().sort_values(WHO)
    former = None if past is None else _of(known, past, service)
    items, people = _appraised(_of(known, read, service), former, goals, policy)
    found = Appraised(span, items, people, (*findings, *doubled))
    if team_goals.empty:
        return found
    homes, teams = read_homes(sources.con), team_goals[WHO].drop_duplicates().sort_values(WHO)
    former = None if past is None else _of(teams, sums_by_team(past, homes, teams), service)
    team_items, rated = _appraised(_of(teams, sums_by_team(read, homes, teams), service), former, team_goals, policy)
    return replace(found, team_items=team_items, teams=rated)


def _appraised(
    now: pd.DataFrame, former: pd.DataFrame | None, goals: pd.DataFrame, policy: AppraisalPolicy
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The items of those in `now`, and the figures that come of them."""
    items, rates = _items(now, former, goals, policy), _rates(now, former, goals)
    weights: dict[str, Decimal] = {each.measure: each.weight for each in policy.measured}
    return items, weigh(items, weights).merge(rates, on=WHO)


def read_actuals(sources: Sources, night: Night, span: Span) -> pd.DataFrame:
    """A row a company and salesperson: all of `actuals.read_trade`, and what the service score of twelve months is made
    of: SERVED."""
    trade = read_trade(sources, night.companies, span.period.start, span.last)
    companies = [int(company) for company in night.companies["company_id"]]
    served = read_service(sources, night, span.last)[[*WHO, *SERVED]]
    mine = of_companies(served[served["user_id"].notna()], companies).astype({"user_id": "int64"})
    return trade.merge(mine, on=WHO, how="outer")


def _of(known: pd.DataFrame, actuals: pd.DataFrame, service: ServicePolicy) -> pd.DataFrame:
    """A row for each of the people, with the service score of what was delivered."""
    table = known.merge(actuals, on=WHO, how="left")
    table = table.assign(**{name: table[name].fillna(0) for name in _ZERO}).reset_index(drop=True)
    score = score_service(table, service)["service_score"]
    return table.assign(service_hundredths=(score * HUNDREDTHS).round().astype("Int64"))


def _items(
    now: pd.DataFrame, former: pd.DataFrame | None, goals: pd.DataFrame, policy: AppraisalPolicy
) -> pd.DataFrame:
    """A row a person and measure of the policy, in its order."""
    parts = [_measured(now, former, each.measure, place) for place, each in enumerate(policy.measured)]
    table = pd.concat(parts, ignore_index=True).merge(goals, on=[*WHO, "measure"], how="left")
    for each in policy.measured:
        if each.target is not None:
            table.loc[table["measure"] == each.measure, "target_minor"] = int(each.target * HUNDREDTHS)
    table = table.sort_values([*WHO, "place"]).reset_index(drop=True)
    change = compare(table["actual_minor"], table["before_minor"])
    return rate_items(table, policy.appraisal.cap).assign(before_minor=table["before_minor"], change=change)


def _measured(now: pd.DataFrame, former: pd.DataFrame | None, measure: str, place: int) -> pd.DataFrame:
    column = COLUMN[measure]
    before = None if former is None else former[column]
    return now[WHO].assign(measure=measure, place=place, actual_minor=now[column], before_minor=before)


def _rates(now: pd.DataFrame, former: pd.DataFrame | None, goals: pd.DataFrame) -> pd.DataFrame:
    """The rates of each of the people: margin of its net with its change, and the two collection rates."""
    margin = share_of(now["margin_minor"], now["margin_net_minor"])
    before = None if former is None else share_of(former["margin_minor"], former["margin_net_minor"])
    wanted = now[WHO].merge(goals[goals["measure"] == "collection"], on=WHO, how="left")["target_minor"]
    return now[WHO].assign(
        margin_rate=margin,
        margin_change=None if before is None else points_between(margin, before),
        collection_to_target=share_of(now["collected_minor"], wanted),
        collection_to_due=share_of(now["collected_minor"], now["opening_minor"] + now["invoiced_minor"]),
    )


def amount_text(measure: str, minor: int | None, currency: Currency) -> str | None:
    """An amount as answers carry it; customers are a whole number, a service score has hundredths."""
    if minor is None or pd.isna(minor):
        return None
    if measure == SERVICE:
        return f"{Decimal(int(minor)) / HUNDREDTHS:.2f}"
    if measure == "new_customers":
        return str(int(minor) // 10**currency.digits)
    return minor_text(int(minor), currency)


def periods_back(period: Period, count: int) -> Sequence[Period]:
    """The period and those before it, so many in all."""
    found = [period]
    while len(found) < count:
        found.append(previous_period(found[-1]))
    return found
