"""With which figures a warning is explained: what was measured, the limit, and since when the policy holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import pandas as pd

from kam_connector.money import Currency, minor_text, round_half_up
from kam_connector.policy.warnings import MEASURE_KINDS, WarningPolicy, WarningRule
from kam_connector.rules.decisions import days_of, texts_of
from kam_connector.rules.reasons import reason_args

Row = Mapping[Any, Any]
Figures = dict[str, str | int]


def explain_figure(row: Row, rule: WarningRule, policy: WarningPolicy, currency: Currency) -> tuple[str, str]:
    """Reason code and args of a figure of `watching.measure_watched` that stands at its limit."""
    code = f"warning.{rule.measure}"
    figures = _FIGURES[rule.measure](row, rule, policy, currency)
    return code, reason_args(code, **figures, valid_from=policy.valid_from.isoformat())


def explain_end(how: str, row: Row, rule: WarningRule | None, policy: WarningPolicy) -> tuple[str, str]:
    """Reason code and args of a warning that is cleared, passed or withdrawn."""
    figures: Figures = {"since": row["previous_since"], "valid_from": policy.valid_from.isoformat()}
    code = f"warning.{how}"
    if how == "withdrawn" or rule is None:
        return code, reason_args(code, **figures)
    limit = "clear_at" if how == "cleared" else "raise_at"
    figures["figure"] = _written(Decimal(repr(float(row["figure"]))), rule)
    figures[limit] = _written(getattr(rule, limit), rule)
    return code, reason_args(code, **figures)


def _written(figure: Decimal, rule: WarningRule) -> str:
    """A figure as people read it: 1.5, 30 %, 3."""
    kind = MEASURE_KINDS[rule.measure]
    if kind == "share":
        return f"{round_half_up(figure * 100, 1):f}%"
    return f"{round_half_up(figure, 1 if kind == 'times' else 0):f}"


def _share(value: float) -> str:
    return f"{round_half_up(Decimal(repr(float(value))), 4):f}"


def _order_gap(row: Row, rule: WarningRule, policy: WarningPolicy, currency: Currency) -> Figures:
    gap = round_half_up(Decimal(repr(float(row["gap_days_mean"]))), 1)
    (last,) = texts_of(days_of(pd.Series([row["last_order"]])))
    return {"last_order": last, "gap_days": f"{gap:f}", "limit_times": f"{rule.raise_at:f}"}


def _volume_fall(row: Row, rule: WarningRule, policy: WarningPolicy, currency: Currency) -> Figures:
    now, before = (minor_text(int(row[f"revenue_3m{when}_minor"]), currency) for when in ("", "_before"))
    figures: Figures = {"revenue": now, "revenue_before": before, "currency": currency.code}
    return figures | {"fall": _share(row["volume_fall"]), "limit_share": f"{rule.raise_at:f}"}


def _margin_fall(row: Row, rule: WarningRule, policy: WarningPolicy, currency: Currency) -> Figures:
    now, before = (minor_text(int(row[f"margin{when}_12m_minor"]), currency) for when in ("", "_prev"))
    figures: Figures = {"margin": now, "margin_before": before, "currency": currency.code}
    return figures | {"fall": _share(row["margin_fall"]), "limit_share": f"{rule.raise_at:f}"}


def _categories_lost(row: Row, rule: WarningRule, policy: WarningPolicy, currency: Currency) -> Figures:
    return {"count": int(row["categories_lost"]), "limit_count": int(rule.raise_at)}


def _offers_lost(row: Row, rule: WarningRule, policy: WarningPolicy, currency: Currency) -> Figures:
    counts: Figures = {"lost": int(row["lost_offers"]), "offers": int(row["offers"])}
    return counts | {"offer_days": policy.warnings.offer_days, "limit_share": f"{rule.raise_at:f}"}


def _overdue_rise(row: Row, rule: WarningRule, policy: WarningPolicy, currency: Currency) -> Figures:
    return {
        "share_now": _share(row["overdue_share"]),
        "share_before": _share(row["overdue_share_before"]),
        "compared_days": policy.warnings.overdue_days,
        "limit_share": f"{rule.raise_at:f}",
    }


def _complaints(row: Row, rule: WarningRule, policy: WarningPolicy, currency: Currency) -> Figures:
    days = policy.warnings.complaint_days
    return {"count": int(row["complaints"]), "complaint_days": days, "limit_count": int(rule.raise_at)}


def _contacts_gone(row: Row, rule: WarningRule, policy: WarningPolicy, currency: Currency) -> Figures:
    return {"contacts": row["contact_ids"], "months": policy.warnings.contact_months}


def _credit_used(row: Row, rule: WarningRule, policy: WarningPolicy, currency: Currency) -> Figures:
    exposure, limit = (minor_text(int(row[f"{name}_minor"]), currency) for name in ("exposure", "limit"))
    return {"exposure": exposure, "limit": limit, "currency": currency.code, "limit_share": f"{rule.raise_at:f}"}


_FIGURES: dict[str, Callable[[Row, WarningRule, WarningPolicy, Currency], Figures]] = {
    "order_gap": _order_gap,
    "volume_fall": _volume_fall,
    "margin_fall": _margin_fall,
    "categories_lost": _categories_lost,
    "offers_lost": _offers_lost,
    "overdue_rise": _overdue_rise,
    "complaints": _complaints,
    "contacts_gone": _contacts_gone,
    "credit_used": _credit_used,
}
