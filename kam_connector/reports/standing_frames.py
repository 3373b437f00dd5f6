"""The tables of how customers pay, what they may owe, what is provided for and what they promised.

Input frames have the columns of the rules named at each function; amounts are int64 smallest units of the company's
currency, of a promise those of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pandas as pd

from kam_connector.messages import label
from kam_connector.reports.heads import Names, name_of
from kam_connector.reports.night_frames import with_reasons

CLASSES: Final = ("bad", "unreliable", "slow", "honest_short", "new", "prompt")
STATES: Final = ("open", "broken", "partly", "kept")
_PAIR: Final = ["company_id", "customer_id"]


def payer_rows(payers: pd.DataFrame, expected: pd.DataFrame, names: Names, lang: str) -> pd.DataFrame:
    """One row a customer with a class of payer, the worst class first, then by customer id.

    `payers`: rules.payers.decide_payers. `expected`: rules.expected.next_payments.
    """
    rows = with_reasons(payers, names, lang).merge(expected, on=_PAIR, how="left")
    rows = rows.assign(
        place=_places(rows["payer_class"], CLASSES),
        customer=[name_of(names.customers, number) for number in rows["customer_id"]],
        class_name=[label(f"payer_class.{code}", lang) for code in rows["payer_class"]],
        trend_name=[label(f"trend.{code}", lang) if code else "" for code in rows["trend"]],
    )
    return rows.sort_values(["place", "customer_id"], kind="stable")


def credit_rows(credit: pd.DataFrame, names: Names, lang: str) -> pd.DataFrame:
    """One row a customer who owes, will owe or is owed something: the largest exposure first, then by customer id.

    `credit`: rules.exposure.advise_credit.
    """
    parts = ["receivable_minor", "drafts_minor", "orders_minor"]
    rows = with_reasons(credit[(credit[parts] != 0).any(axis=1)], names, lang)
    rows = rows.assign(
        customer=[name_of(names.customers, number) for number in rows["customer_id"]],
        advice_name=[label(f"advice.{code}", lang) for code in rows["advice"]],
    )
    return rows.sort_values(["exposure_minor", "customer_id"], ascending=[False, True], kind="stable")


def band_rows(provision: pd.DataFrame, bands: Sequence[tuple[str, str]], lang: str) -> pd.DataFrame:
    """One row a band of the policy's matrix (name, rate), the youngest first, also where nothing is owed.

    `provision`: rules.provision.compute_provision.
    """
    sums = provision.groupby("band")[["item_count", "amount_minor", "provision_minor"]].sum()
    sums = sums.reindex([name for name, _ in bands], fill_value=0).astype("int64").reset_index()
    titles = [label(f"bucket.{name}", lang) for name, _ in bands]
    return sums.assign(title=titles, rate=[float(rate) for _, rate in bands])


def provision_rows(provision: pd.DataFrame, names: Names, lang: str) -> pd.DataFrame:
    """One row a customer and band, as they add up to what is booked: by customer id, the youngest band first."""
    rows = provision.sort_values(["customer_id", "band_no"], kind="stable")
    return rows.assign(
        customer=[name_of(names.customers, number) for number in rows["customer_id"]],
        title=[label(f"bucket.{name}", lang) for name in rows["band"]],
        rate=rows["rate"].astype("float64"),
    )


def promise_rows(promises: pd.DataFrame, names: Names, lang: str) -> pd.DataFrame:
    """One row a promise to pay, by state (open, broken, partly kept, kept), then by the promised day.

    `promises`: rules.promises.decide_promises.
    """
    rows = with_reasons(promises, names, lang)
    known = [names.currencies.get(int(number)) for number in rows["currency_id"]]
    rows = rows.assign(
        place=_places(rows["state"], STATES),
        customer=[name_of(names.customers, number) for number in rows["customer_id"]],
        document=[name_of(names.documents, number or None) for number in rows["move_id"]],
        state_name=[label(f"state.{state}", lang) for state in rows["state"]],
        currency=[each.code if each else "" for each in known],
        digits=[each.digits if each else 0 for each in known],
    )
    return rows.sort_values(["place", "promised_for", "promise_id"], kind="stable")


def _places(values: pd.Series, order: Sequence[str]) -> list[int]:
    return [order.index(value) for value in values]
