"""Wanted figures of how a customer pays and what he may owe: the parts of `kam.customer` beside score and ageing."""

from __future__ import annotations

import pandas as pd

from kam_connector.writeback.decided import Decided

CUSTOMER = ["company_id", "customer_id"]
_PAYER = {"trend": "payer_trend", "reason_code": "payer_reason_code", "reason_args": "payer_reason_args"}
_PAYER_AS_IS = ["payer_class", "paid_items", "days_late_mean", "days_late_spread", "share_late"]
_CREDIT = {
    "limit_minor": "credit_limit_minor", "advice": "credit_advice", "reason_code": "credit_reason_code",
    "reason_args": "credit_reason_args",
}  # fmt: skip
_CREDIT_AS_IS = ["exposure_minor", "headroom_minor"]


def payers(decided: Decided) -> pd.DataFrame | None:
    """A row a company and customer with a class of payer; the next payment where one is expected."""
    if decided.payers is None:
        return None
    frame = decided.payers[[*CUSTOMER, *_PAYER_AS_IS, *_PAYER]].rename(columns=_PAYER)
    if decided.expected is None:
        return frame
    due = decided.expected.rename(columns={"expected_minor": "expected_amount_minor"})
    return frame.merge(due[due["customer_id"] > 0], on=CUSTOMER, how="outer")


def provided(decided: Decided) -> pd.DataFrame | None:
    """A row a company and customer with what is provided for, over all bands."""
    if decided.provision is None:
        return None
    own = decided.provision[decided.provision["customer_id"] > 0]
    return own.groupby(CUSTOMER, as_index=False)[["provision_minor"]].sum()


def with_credit(frame: pd.DataFrame, decided: Decided) -> pd.DataFrame:
    """The customers of `frame` and those who have ordered or owe, each with exposure, limit and advice.

    A limit alone makes nobody a customer: the ERP gives one to every partner, with or without business.
    """
    if decided.credit is None:
        return frame
    credit = decided.credit[[*CUSTOMER, *_CREDIT_AS_IS, *_CREDIT]].rename(columns=_CREDIT)
    exposed = credit.loc[credit["exposure_minor"] > 0, CUSTOMER]
    return frame.merge(exposed, on=CUSTOMER, how="outer").merge(credit, on=CUSTOMER, how="left")
