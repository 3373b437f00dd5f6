"""items.csv and matches.csv: receivable items of any company and what was matched with what (CONTRACTS).

Amounts count in the smallest unit of their currency, whose digits are the most that the files write for it (1234.5 and
10.25 have two). A document in the company's currency leaves `amount_currency` empty; that tells
which currency is the company's own.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from kam_connector.errors import InputError
from kam_connector.findings import Finding
from kam_connector.inputs.codes import Codes, codes_of
from kam_connector.inputs.columns import Column
from kam_connector.inputs.csvs import read_csv
from kam_connector.money import Currency
from kam_connector.texts import Text

KINDS: Final = ("invoice", "credit_note", "payment", "pending", "entry", "write_off", "exchange")
PAYER_CLASSES: Final = ("prompt", "honest_short", "slow", "unreliable", "bad", "new")
ITEMS: Final = (
    Column("item", required=True, filled=True),
    Column("company"),
    Column("customer", required=True),
    Column("group"),
    Column("salesperson"),
    Column("team"),
    Column("tier"),
    Column("document"),
    Column("kind", "choice", required=True, filled=True, choices=KINDS),
    Column("date", "day", required=True, filled=True),
    Column("due_date", "day"),
    Column("currency"),
    Column("balance", "amount", required=True, filled=True),
    Column("amount_currency", "amount"),
    Column("posted", "flag"),
    Column("disputed", "amount"),
    Column("payer_class", "choice", choices=PAYER_CLASSES),
)
MATCHES: Final = (
    Column("debit_item", required=True, filled=True),
    Column("credit_item", required=True, filled=True),
    Column("amount", "amount", required=True, filled=True),
    Column("debit_amount_currency", "amount"),
    Column("credit_amount_currency", "amount"),
)
Whole = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Papers:
    """What the two files hold, in codes and smallest units; nothing is left out yet.

    `items`: item_id, move_id, company_id, customer_id, group_id, user_id, team_id, tier, kind, date, due_date,
    posted, company_currency_id, currency_id, balance_minor, amount_currency_minor, disputed_minor, payer_class,
    document. `matches`: debit_item_id, credit_item_id, amount_minor, debit_amount_minor, credit_amount_minor.
    `companies`: company_id, currency_id, currency (code), digits. `currencies`: by id (0: the file names none).
    `codes`: by column, what the codes stand for.
    """

    items: pd.DataFrame
    matches: pd.DataFrame
    companies: pd.DataFrame
    currencies: dict[int, Currency]
    codes: dict[str, Codes]
    findings: tuple[Finding, ...]


def read_papers(items_path: Path, matches_path: Path | None = None) -> Papers:
    """The content of both files. Raises InputError with file, row and column of what cannot be used."""
    given = read_csv(items_path, ITEMS)
    _refuse_doubles(items_path, given["item"])
    matched = read_csv(matches_path, MATCHES) if matches_path else _no_matches()
    if matches_path:
        _refuse_negative(matches_path, matched["amount"])
    codes = _codes(given)
    own = _own_currencies(items_path, given, codes)
    ids = _ids(given, codes, own)
    ends, odd = _known_matches(matched, ids, codes["item"])
    digits = _digits(given, ids, matched, ends)
    names = codes["currency"].names
    return Papers(
        items=_items(given, ids, digits),
        matches=_matches(matched, ends, ids, digits),
        companies=_companies(own, digits, codes),
        currencies={number: Currency(names.get(number, ""), most) for number, most in digits.items()},
        codes=codes,
        findings=tuple(odd),
    )


def _codes(given: pd.DataFrame) -> dict[str, Codes]:
    own = {name: codes_of(given[name]) for name in ("item", "company", "salesperson", "team", "currency")}
    return {**own, "customer": codes_of(given["customer"], given["group"])}


def _own_currencies(path: Path, given: pd.DataFrame, codes: dict[str, Codes]) -> dict[int, str]:
    """The currency of each company (0: the file names none), "" where it is not told."""
    company = codes["company"].of(given["company"])
    own = given["currency"].where(given["amount_currency"].isna(), "")
    found = {}
    for number in np.unique(company).tolist():
        named = sorted(set(own[company == number].unique().tolist()) - {""})
        if len(named) > 1:
            raise InputError(
                "{path}: items of {company} without amount_currency are in {currencies}: which is its own currency?",
                next_step="Write amount_currency where a document is not in the company's currency.",
                path=path,
                company=codes["company"].names.get(number, '""'),
                currencies=", ".join(named),
            )
        found[number] = named[0] if named else ""
    return found


def _ids(given: pd.DataFrame, codes: dict[str, Codes], own: dict[int, str]) -> pd.DataFrame:
    """Everything that is a code: item_id, company_id, ..., currency_id, company_currency_id."""
    company = codes["company"].of(given["company"])
    home = codes["currency"].of(pd.Series([own[number] for number in company.tolist()], dtype="str"))
    currency = codes["currency"].of(given["currency"])
    item = codes["item"].of(given["item"])
    return pd.DataFrame({
        "item_id": item, "move_id": item, "company_id": company, "customer_id": codes["customer"].of(given["customer"]),
        "user_id": codes["salesperson"].of(given["salesperson"]), "team_id": codes["team"].of(given["team"]),
        "group_id": codes["customer"].of(given["group"].where(given["group"] != "", given["customer"])),
        "company_currency_id": home, "currency_id": np.where(currency > 0, currency, home),
    })  # fmt: skip


def _known_matches(matched: pd.DataFrame, ids: pd.DataFrame, codes: Codes) -> tuple[pd.DataFrame, list[Finding]]:
    """The ends (place of the row in the file; debit, credit: item ids) of matches between items of the file."""
    ends = pd.DataFrame({"debit": codes.of(matched["debit_item"]), "credit": codes.of(matched["credit_item"])})
    known = (ends["debit"] > 0) & (ends["credit"] > 0)
    why = Text("A match names an item that the file of items does not have: it does not count.")
    odd = [Finding("warning", "matches", str(place + 2), why) for place in ends.index[~known].tolist()]
    return ends[known], odd


def _digits(given: pd.DataFrame, ids: pd.DataFrame, matched: pd.DataFrame, ends: pd.DataFrame) -> dict[int, int]:
    """For each currency the most decimals that an amount in it is written with."""
    by_item = ids.set_index("item_id")
    written = (
        (ids["company_currency_id"], given["balance"]),
        (ids["company_currency_id"], given["disputed"]),
        (ids["currency_id"], given["amount_currency"]),
        (by_item["company_currency_id"].loc[ends["debit"]], matched["amount"][ends.index]),
        (by_item["currency_id"].loc[ends["debit"]], matched["debit_amount_currency"][ends.index]),
        (by_item["currency_id"].loc[ends["credit"]], matched["credit_amount_currency"][ends.index]),
    )
    most: dict[int, int] = {}
    for currency, amounts in written:
        for number, decimals in zip(currency.tolist(), map(_decimals_of, amounts.tolist()), strict=True):
            most[number] = max(most.get(number, 0), decimals)
    return most


def _companies(own: dict[int, str], digits: dict[int, int], codes: dict[str, Codes]) -> pd.DataFrame:
    currency = codes["currency"].of(pd.Series(list(own.values()), dtype="str"))
    return pd.DataFrame({
        "company_id": list(own), "currency_id": currency, "currency": list(own.values()),
        "digits": [digits[number] for number in currency.tolist()],
    })  # fmt: skip


def _items(given: pd.DataFrame, ids: pd.DataFrame, digits: dict[int, int]) -> pd.DataFrame:
    balance = _minor(given["balance"], ids["company_currency_id"], digits)
    foreign = given["amount_currency"].notna().to_numpy()
    document = _minor(given["amount_currency"], ids["currency_id"], digits)
    return ids.assign(
        tier=given["tier"].str.lower(),
        kind=given["kind"],
        document=given["document"],
        date=given["date"],
        due_date=given["due_date"],
        payer_class=given["payer_class"],
        posted=given["posted"].map({False: False}).fillna(True).astype(bool),
        balance_minor=balance,
        amount_currency_minor=np.where(foreign, document, balance),
        disputed_minor=_minor(given["disputed"], ids["company_currency_id"], digits),
    )


def _matches(matched: pd.DataFrame, ends: pd.DataFrame, ids: pd.DataFrame, digits: dict[int, int]) -> pd.DataFrame:
    own, rows = ids.set_index("item_id"), matched.loc[ends.index]
    amount = _minor(rows["amount"], own["company_currency_id"].loc[ends["debit"]], digits)
    frame = pd.DataFrame({
        "debit_item_id": ends["debit"].to_numpy(), "credit_item_id": ends["credit"].to_numpy(), "amount_minor": amount
    })  # fmt: skip
    for side in ("debit", "credit"):
        given = rows[f"{side}_amount_currency"]
        foreign = _minor(given, own["currency_id"].loc[ends[side]], digits)
        frame[f"{side}_amount_minor"] = np.where(given.notna(), foreign, amount)
    return frame


def _refuse_doubles(path: Path, items: pd.Series) -> None:
    twice = items.duplicated().to_numpy()
    if twice.any():
        place = int(np.argmax(twice))
        raise InputError(
            "{path}, row {row}: the item {item} stands there a second time.",
            next_step="Each item has one row; instalments are items of their own.",
            path=path,
            row=place + 2,
            item=items.iloc[place],
        )


def _refuse_negative(path: Path, amounts: pd.Series) -> None:
    for place, amount in enumerate(amounts.tolist()):
        if amount < 0:
            raise InputError(
                "{path}, row {row}: the amount {amount} of a match is negative.",
                next_step="Write what was matched as a positive amount, the debt as debit_item.",
                path=path,
                row=place + 2,
                amount=amount,
            )


def _no_matches() -> pd.DataFrame:
    return pd.DataFrame({column.name: pd.Series(dtype=object) for column in MATCHES})


def _decimals_of(amount: Decimal | None) -> int:
    exponent = amount.as_tuple().exponent if amount is not None else 0
    return -exponent if isinstance(exponent, int) else 0


def _minor(amounts: pd.Series, currency: pd.Series, digits: dict[int, int]) -> Whole:
    """The amounts in smallest units of their currencies; 0 where there is none."""
    pairs = zip(amounts.tolist(), currency.tolist(), strict=True)
    return np.array(
        [0 if amount is None else int(amount.scaleb(digits[number])) for amount, number in pairs], dtype=np.int64
    )
