"""What `kam incentives appraisal` and `ranking` answer: how far people came, and how they stand among each other."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from kam_connector.errors import InputError
from kam_connector.facts import people
from kam_connector.findings import Finding
from kam_connector.money import Currency
from kam_connector.periods import Period, parse_period, period_of
from kam_connector.reports import Names, name_of
from kam_connector.rules import appraisal, ranking
from kam_connector.rules.appraisal import shown
from kam_connector.rules.decisions import ids_of, words_of
from kam_connector.runs.attained import (
    Appraised,
    Span,
    amount_text,
    appraise,
    periods_back,
    span_before,
    span_beside,
    span_of,
)
from kam_connector.runs.decisions import Night
from kam_connector.runs.frames import to_frame
from kam_connector.runs.marks import marks_of, marks_of_erp, marks_of_file, points_of, unlisted
from kam_connector.runs.naming import company_currencies
from kam_connector.runs.result import Result, Row
from kam_connector.runs.seeing import look, result_of
from kam_connector.runs.sources import Sources, sources_of
from kam_connector.runs.standing_targets import read_standing
from kam_connector.runs.workspace import Workspace
from kam_connector.texts import Text

About = Callable[[Mapping[Hashable, Any]], Row]
_STATES = {
    appraisal.NO_TARGET: Text("No target: not rated."),
    appraisal.ZERO: Text("A target of 0: not rated."),
    appraisal.BELOW_ZERO: Text("A target below 0: only the difference, no part of it."),
    appraisal.UNKNOWN: Text("Nothing measures it: not rated."),
}
_RATES = ("score", "uncapped", "coverage", "margin_rate", "margin_change", "collection_to_target", "collection_to_due")


@dataclass(frozen=True, slots=True)
class Asked:
    """Which period (None: the month of the day), compared with which, for whom, with which file of marks."""

    period: str | None = None
    against: str | None = None
    team: str | None = None
    ratings: Path | None = None


def show_appraisal(workspace: Workspace, as_of: date | None, asked: Asked) -> Result:
    """A row a person and measure; totals: a row a person with the weighted figure, rates and points of the scale.

    Below them the same of the teams that have targets: no user, and the name is the team's.
    """
    seen, sources, standing = look(workspace, as_of), sources_of(workspace), read_standing(workspace.mirror.ibis)
    sellers = _sellers(sources)
    rows, totals, findings = list[Row](), list[Row](), list[Finding]()
    con, listed = workspace.mirror.ibis, set[int]()
    given = marks_of_file(con, seen.nights[-1].policy.appraisal.scale, asked.ratings)
    named = [given]
    for night in seen.nights:
        span = span_of(_period(asked.period, night.as_of), night.as_of)
        before = _compared(span, asked.against, night.as_of)
        found = appraise(sources, night, span, standing, before)
        listed |= set(found.people["user_id"])
        chosen = _of_team(found, sellers, asked.team)
        scale, companies = night.policy.appraisal.scale, [int(each) for each in night.companies["company_id"]]
        own, unfit = marks_of_erp(con, scale, span.period.code, companies)
        named.append(own)
        points = points_of(marks_of(given, own, chosen.people), scale)
        for items, figures, about in _owners(chosen, sellers, seen.names):
            rows += _item_rows(items, about, span.period.code, company_currencies(con))
            totals += [about(row) | {name: shown(row[name]) for name in _RATES}
                       | {"points": points.get(_who(row)) if about(row)["user"] else None}
                       for row in figures.to_dict("records")]  # fmt: skip
        findings += [*found.findings, *unfit]
    lost = unlisted(pd.concat([each[["user_id", "user"]] for each in named]), listed)
    return result_of("incentives appraisal", seen, rows, totals, (*findings, *lost))


def show_ranking(workspace: Workspace, as_of: date | None, asked: Asked) -> Result:
    """A row a person, by company (and team where one is asked for), the best first, who is not rated last.

    Who is rated in one company stands there alone; with targets in two, in each among that one's people. Below the
    people the teams that have targets, among themselves.

    Totals: how far apart they are. Findings: who is paid by other plans than most of his team.
    """
    seen, sources, standing = look(workspace, as_of), sources_of(workspace), read_standing(workspace.mirror.ibis)
    sellers = _sellers(sources)
    rows, totals, findings = list[Row](), list[Row](), list[Finding]()
    for night in seen.nights:
        span = span_of(_period(asked.period, night.as_of), night.as_of)
        found = _of_team(appraise(sources, night, span, standing, None), sellers, asked.team)
        outstanding = set(_outstanding(sources, night, span, standing).itertuples(index=False, name=None))
        for _, figures, about in _owners(found, sellers, seen.names):
            ranked = ranking.rank(figures, ["company_id"])
            rows += [_rank_row(row, about, outstanding, night) for row in ranked.to_dict("records")]
        spread = ranking.spread(found.people, ["company_id"])
        totals += [_spread_row(row) for row in spread.to_dict("records")]
        findings += [*found.findings, *_exceptions(night, workspace, span, sellers, found.people)]
    rated = {row["user"] for row in rows if row["rank"] is not None and row["user"]}
    rows = [row for row in rows if row["rank"] is not None or row["user"] not in rated]
    return result_of("incentives ranking", seen, rows, totals, tuple(findings))


def _period(text: str | None, as_of: date) -> Period:
    return parse_period(text) if text else period_of(as_of, "month")


def _compared(span: Span, against: str | None, as_of: date) -> Span:
    """The days of the period that is named, else of the one before, as many as there are in a span that is not over."""
    return span_beside(span, span_of(parse_period(against), as_of)) if against else span_before(span)


def _sellers(sources: Sources) -> pd.DataFrame:
    """user_id (the index), login, name, team, team_id, role: who leads his team is its lead, all others salespeople."""
    frame = to_frame(people.salespeople(sources.con))
    led = to_frame(people.team_companies(sources.con)).rename(columns={"team_id": "led_id"})[["led_id", "leader_id"]]
    leads = set(zip(ids_of(led["led_id"]).tolist(), ids_of(led["leader_id"]).tolist(), strict=True))
    pairs = zip(ids_of(frame["team_id"]).tolist(), ids_of(frame["user_id"]).tolist(), strict=True)
    return frame.assign(
        user_id=ids_of(frame["user_id"]), team=words_of(frame["team"]), login=words_of(frame["login"]),
        role=["lead" if pair in leads else "salesperson" for pair in pairs],
    ).set_index("user_id", drop=False)  # fmt: skip


def _of_team(found: Appraised, sellers: pd.DataFrame, team: str | None) -> Appraised:
    if team is None:
        return found
    if team not in {*sellers["team"], *sellers["team_id"].astype("Int64").astype(str)}:
        raise InputError(
            "No salesperson is in a team {team}.",
            next_step="There are: {known}.",
            team=repr(team),
            known=", ".join(sorted(set(sellers["team"]) - {""})) or "–",
        )
    mine = sellers.loc[(sellers["team"] == team) | (sellers["team_id"].astype("Int64").astype(str) == team), "user_id"]
    parts = (frame[frame["user_id"].isin(mine)].reset_index(drop=True) for frame in (found.items, found.people))
    items, persons = parts
    numbers = set(sellers.loc[sellers["user_id"].isin(mine), "team_id"])
    own, teams = (frame[frame["user_id"].isin(numbers)] for frame in (found.team_items, found.teams))
    return Appraised(found.span, items, persons, found.findings, own, teams)


def _owners(
    found: Appraised, sellers: pd.DataFrame, names: Names
) -> tuple[tuple[pd.DataFrame, pd.DataFrame, About], ...]:
    """People, then teams: their items, their figures, and what a row says about whom."""
    return (
        (found.items, found.people, lambda row: _about(row, sellers, names)),
        (found.team_items, found.teams, lambda row: _about_team(row, names)),
    )


def _item_rows(items: pd.DataFrame, about: About, period: str, currencies: Mapping[int, Currency]) -> list[Row]:
    return [
        {
            **about(row),
            "period": period,
            "measure": row["measure"],
            "currency": currencies[row["company_id"]].code,
            **{
                name: amount_text(row["measure"], row[f"{name}_minor"], currencies[row["company_id"]])
                for name in ("target", "actual", "gap")
            },
            "completion": shown(row["completion"]),
            "counted": shown(row["counted"]),
            "before": amount_text(row["measure"], row["before_minor"], currencies[row["company_id"]]),
            "change": shown(row["change"]),
            "remark": _STATES.get(row["state"]),
        }
        for row in items.to_dict("records")
    ]


def _about(row: Mapping[Hashable, Any], sellers: pd.DataFrame, names: Names) -> Row:
    user = int(row["user_id"])
    return {
        "company": int(row["company_id"]),
        "company_name": name_of(names.companies, row["company_id"]),
        "user": user,
        "name": name_of(names.people, user),
        "team": str(sellers["team"].get(user, "")),
    }


def _about_team(row: Mapping[Hashable, Any], names: Names) -> Row:
    name = name_of(names.teams, int(row["user_id"]))
    company = int(row["company_id"])
    return {
        "company": company, "company_name": name_of(names.companies, company), "user": None, "name": name, "team": name,
    }  # fmt: skip


def _who(row: Mapping[Hashable, Any]) -> tuple[int, int]:
    return int(row["company_id"]), int(row["user_id"])


def _outstanding(sources: Sources, night: Night, span: Span, standing: pd.DataFrame) -> pd.DataFrame:
    """company_id, user_id of who reached enough in enough periods that are over."""
    rule = night.policy.appraisal.appraisal
    last = span if span.is_over else span_before(span)
    spans = [Span(period, period.end) for period in periods_back(last.period, rule.promotion_periods)]
    scores = [appraise(sources, night, each, standing, None).people for each in spans]
    return ranking.stands_out(scores, rule.promotion_at)


def _rank_row(row: Mapping[Hashable, Any], about: About, outstanding: set[tuple[int, int]], night: Night) -> Row:
    rule, owner = night.policy.appraisal.appraisal, about(row)
    remark = None
    if owner["user"] and _who(row) in outstanding:
        values = {"least": f"{rule.promotion_at:f}", "count": rule.promotion_periods}
        remark = Text(
            "For the personnel department to look at: {least} or more in each of {count} periods in a row.", values
        )
    elif row["score"] is None:
        remark = Text("Not rated: no target that can be measured.")
    figures = {name: shown(row[name]) for name in ("score", "uncapped", "coverage")}
    return {"rank": row["rank"], "shared": row["shared"]} | owner | figures | {"remark": remark}


def _spread_row(row: Mapping[Hashable, Any]) -> Row:
    shares = {name: shown(row[name]) for name in ("best", "least", "times", "mean", "coefficient")}
    return {"company": int(row["company_id"]), "people_rated": int(row["people_rated"]), **shares}


def _exceptions(
    night: Night, workspace: Workspace, span: Span, sellers: pd.DataFrame, persons: pd.DataFrame
) -> Sequence[Finding]:
    plans = workspace.policy.plans_between(span.period.start, span.last)
    mine = sellers[sellers["user_id"].isin(persons["user_id"])].reset_index(drop=True)
    text = Text("{login} is paid by {plans}, most others of his role in {team} by {usual}: the same rule for all?")
    return [
        Finding("info", "incentives.ranking", str(row["user_id"]), text, {
            "login": row["login"], "team": row["team"] or "–",
            "plans": row["plans"] or "–", "usual": row["usual"] or "–",
        })
        for row in ranking.find_exceptions(mine, plans).to_dict("records")
    ]  # fmt: skip
