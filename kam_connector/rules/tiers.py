"""Which tier a customer is in, and why.

The score (`scores.py`) leads to a tier by cuts and patience (`stability.py`), seats are given out where a tier has
few (`capacity.py`), and a person's override wins over all of it until its last day. Too little known means unrated:
the tier stays what it was. A new customer is provisional and never demoted. While a customer is frozen (an open
dispute, a merge of late, figures that are too old) the tier stays, up and down, and no run counts; an open severe
complaint holds off demotions alone, for nobody is to lose service while we owe him a solution.

Patience counts runs, and a run repeated on the same day is the same run: `previous` rows of the same `as_of` are
stepped back to what was before them. Without an `as_of` column all rows count as earlier. A customer who keeps tier,
score and status keeps the reason too ("entered", "promoted"), so that an unchanged night writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from kam_connector.findings import Finding
from kam_connector.money import round_ratio
from kam_connector.policy.tiering import TierPolicy
from kam_connector.rules.capacity import seat_customers
from kam_connector.rules.decisions import Boxed, Decisions, Whole, boxed, column_or, days_of, ids_of, kinds_of, texts_of
from kam_connector.rules.measures import complete, figure_of
from kam_connector.rules.pairs import KEYS
from kam_connector.rules.ratings import find_low_needs
from kam_connector.rules.scores import HUNDREDTHS, Scores, score_customers
from kam_connector.rules.stability import NONE, Move, Standing, is_below, move_tiers
from kam_connector.rules.tier_reasons import FROZEN, TierCase, explain_case, keep_reasons
from kam_connector.texts import Text

DIMENSIONS = ("contribution", "loyalty", "growth", "risk")


def decide_tiers(
    facts: pd.DataFrame,
    previous: pd.DataFrame,
    policy: TierPolicy,
    as_of: date,
    overrides: pd.DataFrame | None = None,
    frozen: pd.DataFrame | None = None,
) -> Decisions:
    """A row a company and customer, in the order of `facts` (columns as `measures.assemble` gives them).

    `previous`: company_id, customer_id, tier, runs_below, and where known as_of, previous_tier, previous_runs_below,
    score, coverage, status, reason_code, reason_args (as this function gave them).
    `overrides`: company_id, customer_id, tier, until (last day, empty = for good).
    `frozen`: company_id, customer_id, cause (one of `policy.tiering.Freeze`): whose tier stands still, once it has one.

    Columns: company_id, customer_id, score (Decimal, two places, None when unrated), coverage (Decimal, 1.00 = all
    known), status (rated, provisional, unrated, waiting, frozen, overridden), tier (code or None), previous_tier,
    scored_tier (before an override), contribution, loyalty, growth, risk (Decimal points or None), tier_rank (0 =
    highest, -1 = no tier), runs_below, previous_runs_below, reason_code, reason_args.
    Requirement S4-81; cases W1, W2, W9, W40.
    """
    if facts.duplicated(KEYS).any():
        raise ValueError("The facts frame has a company and customer twice.")
    scores = score_customers(facts, policy, as_of)
    newest = _newest(previous, as_of)
    before, odd = _standing_before(scores.keys, newest, policy)
    causes = _causes(scores.keys, frozen)
    falls = ~scores.is_new & is_below(scores.score, before, policy)
    causes = np.where((causes == "complaint") & ~falls, "", causes)
    moves = scores.is_rated & ((causes == "") | (before.tier == NONE))
    move = move_tiers(scores.score, before, policy, rated=moves, patient=scores.is_new)
    tier, wanted = _seat(facts, scores, before, move, policy, as_of)
    forced, until, unknown = _forced(scores.keys, overrides, policy, as_of)
    outcome = _Outcome(scores, before, move, tier, wanted, forced, until, causes)
    frame = _frame(outcome, policy)
    frame["reason_code"], frame["reason_args"] = _reasons(outcome, policy)
    frame = keep_reasons(frame, newest, policy)
    low_needs = find_low_needs(facts, policy.ratings.valid_days, as_of)
    return Decisions(frame, (*odd, *unknown, *_find_negative(facts, as_of), *low_needs))


@dataclass(frozen=True, slots=True)
class _Outcome:
    """All columns that decide, row by row; tiers as places in the policy."""

    scores: Scores
    before: Standing
    move: Move
    tier: Whole
    wanted: Whole
    forced: Whole
    until: np.ndarray
    causes: np.ndarray

    def status(self) -> np.ndarray:
        """The status of each row."""
        is_frozen = self.causes != ""
        cases = [self.forced != NONE, ~self.scores.is_rated, is_frozen, self.wanted != NONE, self.scores.is_new]
        return np.select(cases, ["overridden", "unrated", "frozen", "waiting", "provisional"], "rated").astype(object)


def _causes(keys: pd.DataFrame, frozen: pd.DataFrame | None) -> np.ndarray:
    """Why each customer is frozen; "" for who is not."""
    if frozen is None or not len(frozen):
        return np.full(len(keys), "", dtype=object)
    merged = keys[KEYS].merge(frozen[[*KEYS, "cause"]].drop_duplicates(KEYS), on=KEYS, how="left")
    return merged["cause"].fillna("").to_numpy(dtype=object)


def _standing_before(keys: pd.DataFrame, newest: pd.DataFrame, policy: TierPolicy) -> tuple[Standing, list[Finding]]:
    """The last standing before this run, in the order of `keys`."""
    if not len(newest):
        return Standing(_none(len(keys)), np.zeros(len(keys), dtype=np.int64)), []
    merged = keys[KEYS].merge(_before_today(newest), on=KEYS, how="left")
    tier = _places(merged["tier"], policy)
    lost = merged["tier"].notna().to_numpy() & (merged["tier"] != "").to_numpy() & (tier == NONE)
    text = Text('The tier "{tier}" that the customer had is not in the policy any more; it is decided anew.')
    findings = [
        Finding("warning", "rules.tiers", str(customer), text, {"tier": code})
        for customer, code in zip(merged["customer_id"][lost], merged["tier"][lost], strict=True)
    ]
    return Standing(tier, ids_of(merged["runs_below"])), findings


def _newest(previous: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """The last row of each customer on or before the day, with `is_today`."""
    if not len(previous):
        return previous
    days = days_of(column_or(previous, "as_of", pd.NaT))
    today = np.datetime64(as_of, "D")
    rows = previous.assign(day=days.astype("datetime64[s]"), is_today=days == today)[~(days > today)]
    return rows.sort_values("day", kind="stable", na_position="first").drop_duplicates(KEYS, keep="last")


def _before_today(newest: pd.DataFrame) -> pd.DataFrame:
    """Tier and runs_below of each customer as they were before the run of the day."""
    earlier = ~newest["is_today"].to_numpy(dtype=bool)
    return newest[KEYS].assign(
        tier=newest["tier"].where(earlier, column_or(newest, "previous_tier", None)),
        runs_below=newest["runs_below"].where(earlier, column_or(newest, "previous_runs_below", 0)),
    )


def _seat(
    facts: pd.DataFrame, scores: Scores, before: Standing, move: Move, policy: TierPolicy, as_of: date
) -> tuple[Whole, Whole]:
    tier = move.standing.tier
    if all(each.capacity is None for each in policy.tier):
        return tier, _none(len(tier))
    measured = complete(facts, as_of)
    queue = measured[KEYS].assign(
        tier=tier, before=before.tier, score=scores.score,
        revenue=measured["revenue_12m"], tenure=measured["tenure_days"],
    )  # fmt: skip
    return seat_customers(queue, policy)


def _places(codes: pd.Series, policy: TierPolicy) -> Whole:
    """The place of each code in the policy; NONE for an unknown one."""
    known = {code: place for place, code in enumerate(policy.codes)}
    return np.array([known.get(code, NONE) for code in codes.tolist()], dtype=np.int64)


def _none(count: int) -> Whole:
    return np.full(count, NONE, dtype=np.int64)


def _forced(
    keys: pd.DataFrame, overrides: pd.DataFrame | None, policy: TierPolicy, as_of: date
) -> tuple[Whole, np.ndarray, list[Finding]]:
    """The tier that a person has set for each customer (NONE = nobody did), its last day, odd ones."""
    if overrides is None or not len(overrides):
        return _none(len(keys)), np.full(len(keys), "", dtype=object), []
    last = days_of(overrides["until"])
    rows = overrides.assign(until=np.array(texts_of(last), dtype=object))
    rows = rows[np.isnat(last) | (last >= np.datetime64(as_of, "D"))].drop_duplicates(KEYS, keep="last")
    merged = keys[KEYS].merge(rows[[*KEYS, "tier", "until"]], on=KEYS, how="left")
    forced = _places(merged["tier"], policy)
    known = ", ".join(policy.codes)
    findings = [
        Finding("warning", "rules.tiers", str(row.customer_id),
                'The override sets tier "{tier}", which is not defined. Known tiers: {known}.',
                {"tier": row.tier, "known": known})
        for row in rows[~rows["tier"].isin(policy.codes)].itertuples()
    ]  # fmt: skip
    return forced, merged["until"].fillna("").to_numpy(dtype=object), findings


def _frame(outcome: _Outcome, policy: TierPolicy) -> pd.DataFrame:
    scores, codes = outcome.scores, np.array([*policy.codes, None], dtype=object)
    scored = codes[outcome.tier]
    tier = np.where(outcome.forced != NONE, codes[outcome.forced], scored)
    return scores.keys[KEYS].reset_index(drop=True).assign(
        score=_decimals(np.where(scores.is_rated, scores.score, -1)), coverage=_decimals(scores.coverage),
        status=outcome.status(), tier=_codes(tier), previous_tier=_codes(codes[outcome.before.tier]),
        scored_tier=_codes(scored),
        **{name: _decimals(scores.points.get(name, np.full(len(tier), -1))) for name in DIMENSIONS},
        tier_rank=np.where(outcome.forced != NONE, outcome.forced, outcome.tier),
        runs_below=outcome.move.standing.runs_below, previous_runs_below=outcome.before.runs_below,
    )  # fmt: skip


def _codes(values: Boxed) -> pd.Series:
    """Codes as a column in which no tier is None; left to itself pandas makes it NaN."""
    return pd.Series(values, dtype=object)


def _decimals(hundredths: Whole) -> Boxed:
    """Decimals of two places; None for -1. Each value is made once."""
    uniques, place = np.unique(hundredths, return_inverse=True)
    made = [None if value < 0 else round_ratio(value, HUNDREDTHS, 2) for value in uniques.tolist()]
    return boxed(made)[place]


def _reasons(outcome: _Outcome, policy: TierPolicy) -> tuple[Boxed, Boxed]:
    """Reason code and args of each row; those of equal cases are worded once, a night has many of them."""
    columns = _cases(outcome)
    first, kind = kinds_of(columns)
    distinct = (column[first] for column in columns)
    words = (texts_of(column) if column.dtype.kind == "M" else column.tolist() for column in distinct)
    told = [explain_case(TierCase(*case), policy) for case in zip(*words, strict=True)]
    return boxed(code for code, _ in told)[kind], boxed(args for _, args in told)[kind]


def _cases(outcome: _Outcome) -> list[np.ndarray]:
    """What the reason of each row is made of: the columns of `TierCase`."""
    scores, before = outcome.scores, outcome.before
    status, places = outcome.status(), (outcome.tier, before.tier, outcome.wanted, outcome.forced)
    code = np.where(status == "rated", outcome.move.reason, status)
    frozen = np.array([FROZEN.get(cause, "") for cause in outcome.causes.tolist()], dtype=object)
    code = np.where(status == "frozen", frozen, code)
    first = np.where(status == "provisional", days_of(scores.keys["first_invoice"]), np.datetime64("NaT", "D"))
    return [code, scores.score, scores.coverage, before.runs_below + 1, *places, first, outcome.until]


def _find_negative(facts: pd.DataFrame, as_of: date) -> Iterator[Finding]:
    negative = facts["customer_id"][figure_of(facts, "revenue_12m", as_of) < 0]
    text = Text("More was credited than invoiced in the last 12 months; the revenue counts as the lowest value.")
    for customer in negative:
        yield Finding("warning", "rules.tiers", str(customer), text)
