"""What is probably lost of the receivables, by their age: the provision for doubtful debts.

A debt is worth less the older it is, and the accounts have to say so before it is lost (IFRS 9 5.5.15, B5.5.35;
企业会计准则第 22 号). The matrix of the policy gives each band of age a share, by days past due or by age since the
receivable arose (账龄). In the net view open credits clear the customer's oldest debts first; in the gross view debts
stand in full and credits are left out. Disputed debts are in: a dispute makes no debt safer.

Rounded once a row, customer by band, half away from zero (`money.round_ratio`); the provision of a company is the sum
of its rows, so that the list adds up to what is booked.

Worked figures (collections.md 3.4): 15.0m at 0.3 %, 7.5m at 1.6 %, 4.0m at 3.6 %, 2.5m at 6.6 %, 1.0m at 10.6 % make
45 000 + 120 000 + 144 000 + 165 000 + 106 000 = 580 000; 账龄 800 000, 100 000, 60 000, 40 000 at 5, 10, 30 and 100 %
make 108 000.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from kam_connector.money import round_ratio
from kam_connector.policy.provision import Provision, Span
from kam_connector.rules.decisions import Decisions, column_or, days_of, ids_of, texts_of
from kam_connector.rules.netting import CLOCKS, net_debts
from kam_connector.rules.reasons import REASONS, reason_args

KEYS = ["company_id", "customer_id", "band_no"]


def compute_provision(items: pd.DataFrame, policy: Provision, valid_from: date) -> Decisions:
    """A row a company, customer and band in which something is owed.

    `items` from `ageing.bucket_items` (days_past_due, age_days, dates). Columns: company_id, customer_id, currency_id,
    band_no (from 1), band (`not_due`, `d0_365`, `d366_730`, ..., `d1096_plus`), item_count, amount_minor, rate
    (decimal text), provision_minor, oldest (earliest day of the policy's clock), reason_code, reason_args. Order:
    company, customer, band. Amounts in the company's currency.
    """
    debts = net_debts(items, policy.basis)
    amount = debts["net_minor"] if policy.view == "net" else debts["residual_minor"]
    clock = debts["days_past_due"] if policy.basis == "due" else debts["age_days"]
    uppers = np.array([span.upper for span in policy.spans[:-1]], dtype=np.int64)
    place = np.searchsorted(uppers, clock.to_numpy(dtype=np.int64), side="left")
    lines = pd.DataFrame({
        "company_id": ids_of(debts["company_id"]), "customer_id": ids_of(debts["customer_id"]),
        "currency_id": ids_of(column_or(debts, "company_currency_id", 0)), "band_no": place + 1, "item_count": 1,
        "amount_minor": amount.to_numpy(dtype=np.int64), "oldest": days_of(debts[CLOCKS[policy.basis]]),
    })  # fmt: skip
    how = {"currency_id": "max", "item_count": "sum", "amount_minor": "sum", "oldest": "min"}
    owed: pd.DataFrame = lines[lines["amount_minor"] > 0].groupby(KEYS).agg(how).reset_index()
    return Decisions(_with_rates(owed, policy, valid_from))


def _with_rates(owed: pd.DataFrame, policy: Provision, valid_from: date) -> pd.DataFrame:
    known, places = policy.spans, (owed["band_no"] - 1).tolist()
    spans = [known[place] for place in places]
    lost = [
        int(round_ratio(amount * (ratio := span.rate.as_integer_ratio())[0], ratio[1], 0))
        for amount, span in zip(owed["amount_minor"].tolist(), spans, strict=True)
    ]
    alike = list(zip(places, texts_of(days_of(owed["oldest"])), strict=True))
    worded = {pair: _reason(known[pair[0]], policy, pair[1], valid_from) for pair in set(alike)}
    reasons = [worded[pair] for pair in alike]
    frame = owed.assign(
        band=[span.name for span in spans], rate=[f"{span.rate:f}" for span in spans],
        provision_minor=np.array(lost, dtype=np.int64),
        reason_code=[code for code, _ in reasons], reason_args=[args for _, args in reasons],
    )  # fmt: skip
    return frame[[
        "company_id", "customer_id", "currency_id", "band_no", "band", "item_count", "amount_minor", "rate",
        "provision_minor", "oldest", "reason_code", "reason_args",
    ]]  # fmt: skip


def _reason(span: Span, policy: Provision, oldest: str, valid_from: date) -> tuple[str, str]:
    figures: dict[str, str | int] = {
        "rate": f"{span.rate:f}", "basis": policy.basis, "oldest": oldest, "valid_from": valid_from.isoformat(),
        "from_days": max(span.lower or 0, 0), "to_days": span.upper or 0,
    }  # fmt: skip
    if span.upper is None:
        code = "provision.open_band"
    else:
        code = "provision.not_due" if span.upper == 0 and policy.basis == "due" else "provision.band"
    return code, reason_args(code, **{name: figures[name] for name in REASONS[code]})
