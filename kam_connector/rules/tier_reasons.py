"""With which figures a tier decision is explained: score, cut, tier before, and since when the policy holds."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple, TypeAlias

import pandas as pd

from kam_connector.policy.tiering import Freeze, TierPolicy
from kam_connector.rules.pairs import KEYS
from kam_connector.rules.reasons import reason_args
from kam_connector.rules.scores import HUNDREDTHS

FROZEN: dict[Freeze, str] = {
    "dispute": "frozen_dispute",
    "merge": "frozen_merge",
    "data_gap": "frozen_data_gap",
    "complaint": "frozen_complaint",
}
"""Why a tier stands still, and the reason that says so."""
SAME = ("tier", "score", "coverage", "status")
Figures: TypeAlias = dict[str, str | int]


class TierCase(NamedTuple):
    """One decision; tiers as places in the policy (-1 = none), score and coverage in hundredths, days as ISO text.

    `first_invoice` is empty where the reason does not name it (all but "provisional"), so that equal reasons are alike.
    """

    code: str
    score: int
    coverage: int
    runs_below: int
    tier: int
    before: int
    wanted: int
    forced: int
    first_invoice: str
    until: str


def explain_case(case: TierCase, policy: TierPolicy) -> tuple[str, str]:
    """Reason code and args of a case."""
    code = f"tier.{case.code}"
    return code, reason_args(code, **_figures(case, policy))


def keep_reasons(frame: pd.DataFrame, newest: pd.DataFrame, policy: TierPolicy) -> pd.DataFrame:
    """The decisions; who has tier, score, coverage and status of the newest one before keeps its reason.

    Only where today's reason is "kept" and the policy version is the same.
    """
    if not {*SAME, "reason_code", "reason_args"} <= set(newest.columns):
        return frame
    before = frame[KEYS].merge(newest, on=KEYS, how="left")
    same = frame["reason_code"].eq("tier.kept").to_numpy()
    for name in SAME:
        same = same & (frame[name].astype(str).to_numpy() == before[name].astype(str).to_numpy())
    version = f'"valid_from":"{policy.valid_from.isoformat()}"'
    same = same & before["reason_args"].fillna("").astype(str).str.contains(version, regex=False).to_numpy(dtype=bool)
    kept = {name: frame[name].where(~same, before[name]) for name in ("reason_code", "reason_args")}
    return frame.assign(**kept)


def _figures(case: TierCase, policy: TierPolicy) -> Figures:
    common: Figures = {
        "valid_from": policy.valid_from.isoformat(),
        "tier": _code(policy, case.tier),
        "coverage": _two_places(case.coverage),
    }
    if case.code == "unrated":
        return common | {"coverage_min": f"{policy.tiering.coverage_min:.2f}"}
    common["score"] = _two_places(case.score)
    if case.code in FROZEN.values():
        return common
    special = {"waiting": _waiting, "provisional": _provisional, "overridden": _overridden}
    return common | special.get(case.code, _moved)(case, policy)


def _moved(case: TierCase, policy: TierPolicy) -> Figures:
    was = policy.tier[case.before]
    match case.code:
        case "entered":
            return {"enter": f"{policy.tier[case.tier].enter:.2f}"}
        case "promoted":
            return {"enter": f"{policy.tier[case.tier].enter:.2f}", "previous_tier": was.name}
        case "demoted":
            return {"leave": f"{was.leave:.2f}", "previous_tier": was.name, "runs_below": case.runs_below}
        case "demotion_waits":
            needed = policy.stability.runs_before_demotion
            return {"leave": f"{was.leave:.2f}", "runs_below": case.runs_below, "runs_needed": needed}
    return {"leave": f"{policy.tier[case.tier].leave:.2f}"}


def _waiting(case: TierCase, policy: TierPolicy) -> Figures:
    wanted = policy.tier[case.wanted]
    return {"wanted_tier": wanted.name, "capacity": wanted.capacity or 0}


def _provisional(case: TierCase, policy: TierPolicy) -> Figures:
    last = date.fromisoformat(case.first_invoice) + timedelta(days=policy.newcomer.until_days - 1)
    return {"first_invoice": case.first_invoice, "until": last.isoformat()}


def _overridden(case: TierCase, policy: TierPolicy) -> Figures:
    return {"tier": _code(policy, case.forced), "scored_tier": _code(policy, case.tier), "until": case.until}


def _code(policy: TierPolicy, place: int) -> str:
    return policy.codes[place] if place >= 0 else ""


def _two_places(hundredths: int) -> str:
    return f"{hundredths // HUNDREDTHS}.{hundredths % HUNDREDTHS:02d}"
