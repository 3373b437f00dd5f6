"""How much a customer owes and will owe, against his credit limit, and whether to go on delivering on credit.

Who sells on credit lends money; the cheapest bad debt is the delivery that was not made (requirement S4-49). Exposure
is what the customer owes net of his open credits, the draft invoices, and the confirmed orders that are not invoiced
yet, as far as policy counts them. Advice only: the ERP is not told to block anything.

Worked figure: 70 000 owed, 5 000 in drafts and half of an order line of 60 000 not invoiced yet are 105 000; with a
limit of 100 000 and no tolerance the headroom is -5 000: hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext

import numpy as np
import pandas as pd

from kam_connector.money import PRECISION, Currency, minor_text, round_half_up
from kam_connector.policy.receivables import CollectionsPolicy
from kam_connector.rules.ageing import is_booked
from kam_connector.rules.decisions import (
    Decisions,
    Whole,
    company_currencies,
    ids_of,
    sum_together,
    values_by,
    words_of,
)
from kam_connector.rules.netting import net_debts
from kam_connector.rules.orders import at_own_rate
from kam_connector.rules.reasons import REASONS, reason_args

PAIR = ["company_id", "customer_id"]
PART_COLUMNS = ("receivable_minor", "drafts_minor", "orders_minor")
AMOUNTS = [*PART_COLUMNS, "exposure_minor", "overdue_minor", "long_overdue_minor"]
CREDIT_COLUMNS = [*PAIR, *AMOUNTS, "limit_minor", "headroom_minor", "trust", "advice", "reason_code", "reason_args"]
ADVICE = {
    "exempt": "none", "hold_limit": "hold", "hold_overdue": "hold", "watch": "watch", "within": "none",
    "unlimited": "none",
}  # fmt: skip
"""Each reason's advice; the reasons in the order in which they are tried."""


@dataclass(frozen=True, slots=True)
class Commitments:
    """`items` of `ageing.bucket_items`; `drafts`, `orders` (company_id, customer_id, drafts_minor or orders_minor) and
    `limits` (limit_minor, trust) from `facts.exposure`; `tiers` with company_id, customer_id, tier (may be empty).
    """

    items: pd.DataFrame
    drafts: pd.DataFrame
    orders: pd.DataFrame
    limits: pd.DataFrame
    tiers: pd.DataFrame


def advise_credit(given: Commitments, policy: CollectionsPolicy, companies: pd.DataFrame) -> Decisions:
    """A row a company and customer who owes, will owe, or has a limit, with the advice none, watch or hold.

    `companies`: company_id, currency_id, currency, digits. Columns: CREDIT_COLUMNS, amounts in the company's currency.
    receivable_minor is net of open credits and below zero for a prepayment; exposure_minor never is. limit_minor and
    headroom_minor (limit - exposure) are missing where there is no limit; overdue_minor is what open credits leave of
    it, long_overdue_minor the part past due for more than `overdue_days`. Drafts and orders stand in their columns
    also where policy does not count them. Order: company, customer. Requirement S4-49.
    """
    table = _gathered(given, policy.exposure.overdue_days)
    counted = [table[f"{part}_minor"] for part in policy.exposure.include]
    exposure = np.maximum(np.sum(counted, axis=0), 0).astype(np.int64)
    table = table.assign(exposure_minor=exposure, headroom_minor=table["limit_minor"] - exposure)
    currencies = company_currencies(companies)
    outcome = _outcomes(table, policy, currencies)
    args = _reasons(table, outcome, policy, currencies)
    frame = table.assign(
        advice=[ADVICE[name] for name in outcome], reason_code=[f"credit.{name}" for name in outcome], reason_args=args
    )
    return Decisions(frame[CREDIT_COLUMNS])


def value_orders(lines: pd.DataFrame, companies: pd.DataFrame, currencies: Mapping[int, Currency]) -> pd.DataFrame:
    """company_id, customer_id, orders_minor (company currency): what is left to invoice of confirmed order lines.

    `lines` from `facts.exposure.uninvoiced_lines`. Of each line the share of its total that is not invoiced, at the
    order's own rate, rounded once. `currencies` by id, those of orders and of companies.
    """
    own = company_currencies(companies)
    left = [
        _left_to_invoice(total, ordered, invoiced, rate, own[company].digits - currencies[currency].digits)
        for company, currency, total, ordered, invoiced, rate in zip(
            lines["company_id"].tolist(), ids_of(lines["currency_id"]).tolist(), lines["total_minor"].tolist(),
            lines["ordered"], lines["invoiced"], lines["currency_rate"], strict=True,
        )
    ]  # fmt: skip
    rows = lines[PAIR].assign(orders_minor=np.array(left, dtype=np.int64))
    summed: pd.DataFrame = rows.groupby(PAIR, as_index=False)[["orders_minor"]].sum()
    return summed


def _left_to_invoice(total: int, ordered: Decimal, invoiced: Decimal, rate: Decimal | None, digits: int) -> int:
    with localcontext(prec=PRECISION):
        return at_own_rate(Decimal(total) * (ordered - invoiced) / ordered, rate, digits)


def _gathered(given: Commitments, days: int) -> pd.DataFrame:
    """The amounts of each customer; long_overdue_minor is what is past due for more than so many `days`."""
    debts = net_debts(given.items)
    net, late = debts["net_minor"].to_numpy(dtype=np.int64), debts["days_past_due"].to_numpy(dtype=np.int64)
    overdue = debts[PAIR].assign(
        overdue_minor=np.where(late > 0, net, 0), long_overdue_minor=np.where(late > days, net, 0)
    )
    booked = given.items[is_booked(given.items)].rename(columns={"residual_minor": PART_COLUMNS[0]})
    from_papers = dict(zip(PART_COLUMNS, (booked, given.drafts, given.orders), strict=True))
    parts = {**from_papers, **dict.fromkeys(("overdue_minor", "long_overdue_minor"), overdue)}
    table = sum_together(PAIR, {**parts, "limit": given.limits.assign(limit=1)}).drop(columns="limit")
    known = given.limits[[*PAIR, "limit_minor", "trust"]].astype({"limit_minor": "Int64", "trust": object})
    table = table[table["customer_id"] > 0].merge(known, on=PAIR, how="left")
    if "tier" not in given.tiers:
        return table.assign(tier="")
    return table.merge(given.tiers[[*PAIR, "tier"]], on=PAIR, how="left")


def _outcomes(table: pd.DataFrame, policy: CollectionsPolicy, currencies: Mapping[int, Currency]) -> list[str]:
    credit = policy.exposure
    limit = table["limit_minor"].fillna(0).to_numpy(dtype=np.int64)
    exposure = table["exposure_minor"].to_numpy(dtype=np.int64)
    has_limit = limit > 0
    over = has_limit & (exposure > _times(limit, 1 + credit.over_share))
    late = table["long_overdue_minor"].to_numpy() > _in_minor(table, credit.overdue_amount, currencies)
    exempt = np.isin(words_of(table["tier"]), credit.exempt_tiers)
    holds = [
        exempt & (over | late), over, late, has_limit & (exposure >= _times(limit, credit.watch_share)), has_limit,
    ]  # fmt: skip
    return [str(name) for name in np.select(holds, list(ADVICE)[:5], "unlimited")]


def _times(amounts: Whole, factor: Decimal) -> np.ndarray:
    """Each amount times an exact factor, rounded to the smallest unit."""
    return np.array([int(round_half_up(int(each) * factor, 0)) for each in amounts], dtype=np.int64)


def _in_minor(table: pd.DataFrame, amount: Decimal, currencies: Mapping[int, Currency]) -> Whole:
    by_company = {key: int(amount.scaleb(currency.digits)) for key, currency in currencies.items()}
    return values_by(ids_of(table["company_id"]), by_company, 0)


def _reasons(
    table: pd.DataFrame, outcome: list[str], policy: CollectionsPolicy, currencies: Mapping[int, Currency]
) -> list[str]:
    credit = policy.exposure
    amounts = [table[f"{name}_minor"].fillna(0).tolist() for name in ("exposure", "limit", "headroom", "long_overdue")]
    args = []
    for name, company, tier, *minor in zip(
        outcome, table["company_id"].tolist(), words_of(table["tier"]), *amounts, strict=True
    ):
        currency = currencies[company]
        exposure, limit, headroom, overdue = (minor_text(int(each), currency) for each in minor)
        figures: dict[str, str | int] = {
            "exposure": exposure, "limit": limit if minor[1] else "", "headroom": headroom, "long_overdue": overdue,
            "currency": currency.code, "tier": tier, "watch_share": f"{credit.watch_share:f}",
            "over_share": f"{credit.over_share:f}", "overdue_days": credit.overdue_days,
            "overdue_amount": f"{credit.overdue_amount:.{currency.digits}f}",
            "valid_from": policy.valid_from.isoformat(),
        }  # fmt: skip
        code = f"credit.{name}"
        args.append(reason_args(code, **{each: figures[each] for each in REASONS[code]}))
    return args
