"""promises.csv: what customers promised to pay, and by when (CONTRACTS)."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pandas as pd

from kam_connector.errors import InputError
from kam_connector.findings import Finding
from kam_connector.inputs.columns import Column
from kam_connector.inputs.csvs import read_csv
from kam_connector.inputs.receivables import Papers
from kam_connector.texts import Text

PROMISES: Final = (
    Column("customer", required=True, filled=True),
    Column("item"),
    Column("amount", "amount", required=True, filled=True),
    Column("promised_for", "day", required=True, filled=True),
    Column("made_on", "day", required=True, filled=True),
)
_NO_ITEM = Text("The promise names an item that the file of items does not have for its customer: it does not count.")


def read_promises(path: Path, papers: Papers) -> tuple[pd.DataFrame, list[Finding]]:
    """The promises as `rules.promises.decide_promises` takes them, promise_id the row of the file, and what is odd.

    A promise is in the currency of its item, without one in the company's. Promises of customers that the file of
    items does not name are left out. Raises InputError.
    """
    given = read_csv(path, PROMISES)
    given = given.assign(
        promise_id=range(2, len(given) + 2), customer_id=papers.codes["customer"].of(given["customer"]),
        move_id=papers.codes["item"].of(given["item"]),
    )  # fmt: skip
    given = given[given["customer_id"] > 0]
    rows = given.merge(_places(papers, path, given), on=["customer_id", "move_id"], how="left")
    is_odd = rows["company_id"].isna() | ((rows["item"] != "") & (rows["move_id"] == 0))
    odd = [Finding("warning", "promises", str(row), _NO_ITEM) for row in rows.loc[is_odd, "promise_id"].tolist()]
    rows = rows[~is_odd].astype({"company_id": "int64", "currency_id": "int64"})
    currency = [papers.currencies[number] for number in rows["currency_id"].tolist()]
    rows = rows.assign(currency=[each.code for each in currency], digits=[each.digits for each in currency])
    return rows.assign(amount_minor=_minor(rows, path), state="open").drop(columns=["customer", "item", "amount"]), odd


def _places(papers: Papers, path: Path, given: pd.DataFrame) -> pd.DataFrame:
    """customer_id, move_id (0: no item), company_id, currency_id."""
    items = papers.items
    named = items[["customer_id", "move_id", "company_id", "currency_id"]]
    own = items[["customer_id", "company_id", "company_currency_id"]].drop_duplicates()
    own = own.rename(columns={"company_currency_id": "currency_id"}).assign(move_id=0)
    loose = given[given["move_id"] == 0]
    several = loose["customer_id"].isin(own.loc[own.duplicated("customer_id"), "customer_id"])
    if several.any():
        raise InputError(
            "{path}, row {row}: the customer has items in several companies: which of them is promised?",
            next_step="Write the item that the promise is about.",
            path=path,
            row=int(loose.loc[several, "promise_id"].iloc[0]),
        )
    return pd.concat([named, own.drop_duplicates("customer_id")], ignore_index=True)


def _minor(rows: pd.DataFrame, path: Path) -> list[int]:
    found = []
    for row, amount, digits in zip(rows["promise_id"], rows["amount"], rows["digits"], strict=True):
        minor = amount.scaleb(digits)
        if minor != int(minor):
            raise InputError(
                "{path}, row {row}: the amount {amount} has more decimals than the amounts of the items.",
                next_step="Write the items' amounts with all the decimals that their currency has.",
                path=path,
                row=int(row),
                amount=amount,
            )
        found.append(int(minor))
    return found
