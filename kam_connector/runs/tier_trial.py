"""`kam tiers simulate`: a tiers policy tried on the mirror or on a file of facts; nothing is written anywhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from kam_connector.findings import Finding
from kam_connector.inputs.tiering import read_facts, read_history
from kam_connector.policy import Candidate, Policy, TierPolicy
from kam_connector.policy.measures import CLASSES, MEASURES, SCALE
from kam_connector.policy.segments import segment_names
from kam_connector.reports import Names
from kam_connector.rules.decisions import column_or
from kam_connector.rules.pairs import KEYS
from kam_connector.rules.replay import replay_runs
from kam_connector.rules.segments import add_segments, decide_segments
from kam_connector.rules.settling import settle_tiers
from kam_connector.rules.stability import NO_TIERS
from kam_connector.rules.tiers import decide_tiers
from kam_connector.runs.decisions import Night
from kam_connector.runs.result import Result, Row
from kam_connector.runs.seeing import look, result_of
from kam_connector.runs.tables import tier_rows, with_segment_reasons
from kam_connector.runs.workspace import Workspace

_STAGES = ("previous_tier", "tier", "settles")
_SEGMENT_STAGES = ("previous_segment", "segment", "segment_settles")
_OF_FILE = ("previous_segment", "segment", "segment_reason")
_SHOWN = ("settles", "settled_in", *_SEGMENT_STAGES, "segment_reason")


class TierFiles(NamedTuple):
    """The user's files, the day and the tiers policy to try them with; `version` is how the answer names it."""

    facts: Path
    history: Path | None
    as_of: date
    policy: TierPolicy
    version: str
    lang: str


@dataclass(frozen=True, slots=True)
class Tried:
    """One business day: the trial's decisions beside tier and segment by the policy in force, and what was odd.

    `frame` as `decide_tiers` and `add_segments`, with previous_tier and previous_segment by the policy in force;
    settles, settled_in and segment_settles at rest.
    """

    frame: pd.DataFrame
    findings: tuple[Finding, ...]


def try_policy(workspace: Workspace, as_of: date | None, candidate: Candidate, *, every: bool) -> Result:
    """Who moves by that policy, from, to and why, on the mirror as it is; with `every` all customers.

    Totals: by tier how many customers it has by the policy in force, in the first run of the candidate, and at rest.
    """
    seen = look(workspace, as_of)
    names = replace(
        seen.names,
        tiers={**seen.names.tiers, **_labels(candidate.model, workspace.lang)},
        segments={**seen.names.segments, **_segment_labels(candidate.model, workspace.lang)},
    )
    tried = [_try_night(night, candidate.model) for night in seen.nights]
    shown = [each.frame if every else each.frame[_moves(each.frame)] for each in tried]
    told = [with_segment_reasons(frame, names, workspace.lang) for frame in shown]
    rows = [row for frame in told for row in tier_rows(frame, names, workspace.lang, _SHOWN)]
    findings = (*_conflicts(candidate, workspace.policy), *(found for each in tried for found in each.findings))
    totals = _count([each.frame for each in tried], names)
    answer = result_of("tiers simulate", seen._replace(names=names), rows, totals, findings)
    return replace(answer, policy=candidate.version)


def try_facts(files: TierFiles) -> Result:
    """Scores and tiers of the customers of facts.csv, the best score first; history.csv says what was before."""
    sheet = read_facts(files.facts, MEASURES, SCALE, CLASSES)
    before, odd = NO_TIERS, list[Finding]()
    if files.history is not None:
        history, odd = read_history(files.history, sheet.codes)
        before = replay_runs(history, sheet.facts, files.policy, files.as_of)
    decided = decide_tiers(sheet.facts, before, files.policy, files.as_of)
    names = Names(
        customers=sheet.codes.names,
        tiers=_labels(files.policy, files.lang),
        segments=_segment_labels(files.policy, files.lang),
    )
    segments = decide_segments(decided.frame, sheet.facts, before, files.policy, files.as_of)
    frame = add_segments(decided.frame, segments).assign(previous_segment=_segments_before(decided.frame, before))
    about = sheet.facts.set_index("customer_id")[["name", "group"]].to_dict("index")
    rows = [
        {"customer": names.customers[row["customer"]], **about[row["customer"]], **_without(row, "customer", "name")}
        for row in tier_rows(with_segment_reasons(frame, names, files.lang), names, files.lang, _OF_FILE)
    ]
    own = [replace(found, record=names.customers[int(found.record)]) for found in decided.findings]
    return Result(
        "tiers simulate",
        rows=rows,
        findings=(*sheet.findings, *odd, *own),
        as_of=files.as_of,
        policy=files.version,
        names={"tier": names.tiers, "segment": names.segments},
    )


def _try_night(night: Night, policy: TierPolicy) -> Tried:
    first = night.tiers_by(policy, night.earlier_tiers)
    rest = settle_tiers(first.frame, lambda before: night.tiers_by(policy, before).frame, policy)
    now = night.rated
    decided = add_segments(first.frame, night.segments_by(policy, first.frame))
    at_rest = add_segments(rest, night.segments_by(policy, rest))
    frame = decided.assign(
        previous_tier=now["tier"], previous_segment=now["segment"], settles=rest["tier"], settled_in=rest["settled_in"],
        segment_settles=at_rest["segment"],
    )  # fmt: skip
    return Tried(frame, first.findings)


def _moves(frame: pd.DataFrame) -> pd.Series:
    """Who has another tier or segment in the first run or at rest than by the policy in force."""
    moves = pd.Series(False, index=frame.index)
    for stages in (_STAGES, _SEGMENT_STAGES):
        now, first, rest = (frame[stage].fillna("") for stage in stages)
        moves |= (now != first) | (now != rest)
    return moves


def _conflicts(candidate: Candidate, policy: Policy) -> Iterator[Finding]:
    for flaw in candidate.find_conflicts(policy):
        yield Finding("warning", "policy", flaw.file, flaw.text)


def _count(frames: Sequence[pd.DataFrame], names: Names) -> list[Row]:
    """A row a tier: customers by the policy in force, in the first run, and at rest."""
    counts = [pd.concat([frame[stage] for frame in frames]).value_counts() for stage in _STAGES]
    used = [code for code in names.tiers if any(code in count for count in counts)]
    titles = ("customers_now", "customers_first", "customers_settled")
    return [
        {"tier": code, **{title: int(count.get(code, 0)) for title, count in zip(titles, counts, strict=True)}}
        for code in used
    ]


def _labels(policy: TierPolicy, lang: str) -> dict[str, str]:
    return {tier.name: tier.names.in_language(lang) for tier in policy.tier}


def _segment_labels(policy: TierPolicy, lang: str) -> dict[str, str]:
    return {code: names.in_language(lang) for code, names in segment_names(policy.segment).items()}


def _segments_before(rated: pd.DataFrame, before: pd.DataFrame) -> pd.Series:
    """The segment of each customer by the last earlier run; None where there was none."""
    known = before[KEYS].assign(segment=column_or(before, "segment", None))
    merged = rated[KEYS].merge(known, on=KEYS, how="left")["segment"]
    return merged.astype(object).where(merged.notna() & (merged != ""), None)


def _without(row: Row, *names: str) -> Row:
    return {name: value for name, value in row.items() if name not in (*names, "company")}
