"""What became of the promises of a user's file, judged by the payments among his items."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from kam_connector.inputs.promises import read_promises
from kam_connector.inputs.receivables import Papers
from kam_connector.policy.receivables import CollectionsPolicy
from kam_connector.rules.decisions import Decisions
from kam_connector.rules.promises import JUDGED_COLUMNS, decide_promises

PAYMENT = "payment"


def judge_trial_promises(path: Path, papers: Papers, policy: CollectionsPolicy, as_of: date) -> Decisions:
    """The promises that were made up to the day, each with the cash that came in. Raises InputError."""
    said, odd = read_promises(path, papers)
    said = said[_until(said["made_on"], as_of)].reset_index(drop=True)
    if said.empty:
        return Decisions(pd.DataFrame(columns=JUDGED_COLUMNS), tuple(odd))
    items = papers.items[papers.items["posted"].to_numpy() & _until(papers.items["date"], as_of)]
    ends = papers.matches[["debit_item_id", "credit_item_id"]]
    counted = papers.matches[ends.isin(items["item_id"].to_numpy()).all(axis=1)]
    judged = decide_promises(
        said, _receipts(items, counted), _documents(items, counted), policy, as_of, papers.companies
    )
    return Decisions(judged.frame, (*odd, *judged.findings))


def _receipts(items: pd.DataFrame, matches: pd.DataFrame) -> pd.DataFrame:
    """The payments as `facts.promises.receipts` gives them, less what was paid back."""
    paid = items[(items["kind"] == PAYMENT) & (items["balance_minor"] < 0)]
    outgoing = items.loc[(items["kind"] == PAYMENT) & (items["balance_minor"] > 0), "item_id"]
    back = matches[matches["debit_item_id"].isin(outgoing)]
    back = back.groupby("credit_item_id")[["amount_minor", "credit_amount_minor"]].sum()
    given = back.reindex(paid["item_id"], fill_value=0)
    found = paid[["item_id", "company_id", "customer_id", "date", "currency_id"]].assign(
        received_minor=-paid["balance_minor"].to_numpy() - given["amount_minor"].to_numpy(),
        received_currency_minor=-paid["amount_currency_minor"].to_numpy() - given["credit_amount_minor"].to_numpy(),
    )
    return found[found["received_minor"] > 0].reset_index(drop=True)


def _documents(items: pd.DataFrame, matches: pd.DataFrame) -> pd.DataFrame:
    """What of each payment is matched with which item, as `facts.promises.paid_documents` gives it."""
    paid = matches[matches["credit_item_id"].isin(items.loc[items["kind"] == PAYMENT, "item_id"])]
    currency = items.set_index("item_id")["currency_id"]
    return pd.DataFrame({
        "item_id": paid["credit_item_id"], "move_id": paid["debit_item_id"],
        "currency_id": currency.loc[paid["debit_item_id"]].to_numpy(), "amount_minor": paid["amount_minor"],
        "amount_currency_minor": paid["debit_amount_minor"],
    }).reset_index(drop=True)  # fmt: skip


def _until(days: pd.Series, as_of: date) -> np.ndarray:
    until: np.ndarray = days.to_numpy().astype("datetime64[D]") <= np.datetime64(as_of, "D")
    return until
