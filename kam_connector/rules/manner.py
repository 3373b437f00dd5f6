"""How a customer is asked: over which channel, in which tone, and what the salesperson may offer.

The tone is that of the payer class, else of the tier, else of the step: an honest customer who is short of cash is
asked in a friendly way whatever he buys (S4-52), a bad payer straightforwardly even when he is a key account (S4-54).
Customers of top tiers get no letter and no automatic e-mail: the person responsible calls. To the honest who are short
of cash a later day is offered, so far ahead as a promise needs no approval.

Worked figure: step "demand" is a firm letter. A gold customer is called, in a friendly tone; a bad payer of the gold
tier is called, in a straight one; a customer without tier gets the letter.
"""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from kam_connector.policy.receivables import CollectionsPolicy
from kam_connector.rules.debtors import are_among
from kam_connector.rules.decisions import Flags, days_of, words_of
from kam_connector.rules.reasons import REASONS, reason_args

WRITTEN = ("letter", "email")
"""The channels that no person of ours stands behind."""


def with_manner(tasks: pd.DataFrame, policy: CollectionsPolicy) -> pd.DataFrame:
    """The tasks with channel, tone, advice_code, advice_args; `tasks`: step, payer_class, tier ("" = none).

    A step that the policy does not know any more (an open task before its day outlives its name) is asked like
    `[before_due]`.
    """
    early = (policy.before_due.channel, policy.before_due.tone)
    usual = {each.code: (each.channel, each.tone) for each in policy.step}
    usual |= {each.code: (each.channel, each.tone) for each in (policy.before_due, policy.contract_day)}
    codes, classes, tiers = (words_of(tasks[name]) for name in ("step", "payer_class", "tier"))
    rows = [
        _manner(*usual.get(code, early), payer_class, tier, policy)
        for code, payer_class, tier in zip(codes, classes, tiers, strict=True)
    ]
    columns = ["channel", "tone", "advice_code", "advice_args"]
    manner = pd.DataFrame(rows, columns=columns, index=tasks.index, dtype=object)
    return tasks.assign(**{name: manner[name] for name in columns})


def _manner(
    channel: str, tone: str, payer_class: str, tier: str, policy: CollectionsPolicy
) -> tuple[str, str, str, str]:
    tone = policy.tone.by_class.get(payer_class) or policy.tone.by_tier.get(tier) or tone
    is_replaced = channel in WRITTEN and tier in policy.letters.never_tiers
    is_extended = payer_class in policy.promises.extension_classes
    code = {
        (False, False): "manner.usual", (True, False): "manner.no_letter",
        (False, True): "manner.extension", (True, True): "manner.extension_no_letter",
    }[is_replaced, is_extended]  # fmt: skip
    figures: dict[str, str | int] = {
        "channel": "call" if is_replaced else channel, "replaced": channel, "tone": tone, "payer_class": payer_class,
        "tier": tier, "max_days": policy.promises.max_days, "valid_from": policy.valid_from.isoformat(),
    }  # fmt: skip
    return str(figures["channel"]), tone, code, reason_args(code, **{name: figures[name] for name in REASONS[code]})


def with_call_at(tasks: pd.DataFrame, promises: pd.DataFrame, policy: CollectionsPolicy, as_of: date) -> pd.DataFrame:
    """The tasks with call_at (UTC; NaT: any time) and is_due_today: money is agreed for this very day.

    Of the classes of `[contract_day]` a task about an item that falls due today, or of a customer who promised to pay
    today, is for the opening hour by the customer's clock (S4-56). An open task keeps its hour, and on its day the one
    that a person gave it. `tasks`: level, due_date, payer_class, zone, kept_call_at.
    """
    today = np.datetime64(as_of, "D")
    is_item: Flags = (tasks["level"].to_numpy() == 0) & (days_of(tasks["due_date"]) == today)
    due: Flags = (is_item | _promised_for(tasks, promises, today)) & tasks["payer_class"].isin(
        policy.contract_day.classes
    ).to_numpy()
    hour = time(policy.contract_day.at // 60, policy.contract_day.at % 60)
    opens = {zone: datetime.combine(as_of, hour, ZoneInfo(zone)) for zone in set(tasks["zone"])}
    kept = pd.to_datetime(tasks["kept_call_at"], utc=True)
    moments = [
        opens[zone] if is_due and not _is_on(before, as_of, zone) else before
        for is_due, before, zone in zip(due.tolist(), kept.tolist(), tasks["zone"].tolist(), strict=True)
    ]
    call_at = pd.to_datetime(pd.Series(moments, index=tasks.index, dtype=object), utc=True)
    return tasks.assign(call_at=call_at, is_due_today=due)


def _promised_for(tasks: pd.DataFrame, promises: pd.DataFrame, today: np.datetime64) -> Flags:
    if promises.empty:
        return np.zeros(len(tasks), dtype=bool)
    own = promises[promises["runs"].to_numpy(dtype=bool) & (days_of(promises["promised_for"]) == today)]
    return are_among(tasks, own)


def _is_on(moment: pd.Timestamp, day: date, zone: str) -> bool:
    return not pd.isna(moment) and moment.tz_convert(zone).date() == day
