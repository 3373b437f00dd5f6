"""credits.csv, cash.csv, paid.csv, rates.csv, targets.csv: what a plan is tried on without any ERP (CONTRACTS).

A credit without a kind is an invoice, with a negative amount a credit note (an order where the plan pays by orders);
without a document it is one of its own; without a currency it is in that of the plan. An amount with more digits than
its currency has is refused: it is no money, but the noise of a spreadsheet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from kam_connector.errors import InputError
from kam_connector.findings import Finding
from kam_connector.inputs.codes import Codes, codes_of
from kam_connector.inputs.columns import Column, parse_column
from kam_connector.inputs.csvs import read_csv
from kam_connector.inputs.targets import read_targets, refuse
from kam_connector.money import Currency, digits_of, to_minor
from kam_connector.texts import Text

COMPANY: Final = 1
"""The company that all credits of a file belong to."""
CREDITS: Final = (
    Column("credit", required=True, filled=True),
    Column("payee", required=True, filled=True),
    Column("share", "share"),
    Column("date", "day", required=True, filled=True),
    Column("document"),
    Column("kind", "choice", choices=("invoice", "credit_note", "order", "down_payment", "event")),
    Column("origin"),
    Column("customer"),
    Column("category"),
    Column("tier"),
    Column("currency"),
    Column("net", "amount", required=True, filled=True),
    Column("margin", "amount"),
    Column("document_total", "amount"),
    Column("due_date", "day"),
    Column("role"),
    Column("team"),
)
CASH: Final = (
    Column("document", required=True, filled=True),
    Column("date", "day", required=True, filled=True),
    Column("amount", "amount", required=True, filled=True),
    Column("currency"),
    Column("kind", "choice", choices=("cash", "credit_note", "write_off", "exchange", "pending")),
)
PAID: Final = (
    Column("payee", required=True, filled=True),
    Column("period", required=True, filled=True),
    Column("component"),
    Column("amount", "amount", required=True, filled=True),
)
RATES: Final = (
    Column("currency", required=True, filled=True),
    Column("date", "day", required=True, filled=True),
    Column("rate", "number", required=True, filled=True),
)
MOST_MINOR: Final = 10**15
"""The largest amount of a file, in smallest units: thousands of such ones can still be summed."""
_NO_ORIGIN = Text("The credit reverses {origin}, which the file does not have: it is taken by itself.")
_NO_DOCUMENT = Text("{path} names the document {document}, which no credit has: the row does not count.")
_TARGETS = ("company_id", "payee_id", "team", "measure", "period", "currency_id", "amount_minor")
_NO_AMOUNT = Text("a trial divides no targets: write an amount.")
_OTHER_TARGET = Text("targets are in the currency of the plan here, which is {own}.")
_OTHER_COMPANY = Text("the targets of one company are used here: name no other.")
_OTHER_CURRENCY = Text("The payment is in {currency}, its document in {other}: it does not count.")


@dataclass(frozen=True, slots=True)
class PayFiles:
    """The user's files; without cash, paid, rates or targets there are none."""

    credits: Path
    cash: Path | None = None
    paid: Path | None = None
    rates: Path | None = None
    targets: Path | None = None


@dataclass(frozen=True, slots=True)
class PaySheet:
    """The files as the engine takes them: credits, cash, paid, targets (`rules.pay.given`), with their own names.

    `kinds`: "" where the file names none. `rates`: currency_id, date, rate (Decimal). Currencies by id; `own` is the
    id of the currency of rows that name none.
    """

    credits: pd.DataFrame
    cash: pd.DataFrame
    paid: pd.DataFrame
    rates: pd.DataFrame
    payees: Codes
    names: Codes
    currencies: Mapping[int, Currency]
    own: int
    targets: pd.DataFrame
    findings: tuple[Finding, ...]


def read_pay(
    files: PayFiles, currency: str, more_payees: tuple[str, ...] = (), more_currencies: tuple[str, ...] = ()
) -> PaySheet:
    """The content of the files; `currency` is that of rows that name none, `more_...` are those that plans name.

    Raises InputError with file, row and column of what cannot be used.
    """
    given = read_csv(files.credits, CREDITS)
    cash, paid, rates = (_read(path, columns) for path, columns in _others(files))
    _refuse_doubles(files.credits, given)
    money = _currencies(files, given, cash, rates, currency)
    money |= {code: Currency(code, digits_of(code)) for code in more_currencies if code not in money}
    payees = codes_of(given["payee"], paid["payee"], pd.Series(list(more_payees), dtype="str"))
    names = codes_of(given["credit"])
    documents = codes_of(given["document"].where(given["document"] != "", given["credit"]))
    credits = _credits(files.credits, given, payees, names, documents, money)
    received, odd = _cash(files.cash, cash, credits, documents, money)
    lost = (given["origin"] != "") & (names.of(given["origin"]) == 0)
    for place in np.flatnonzero(lost).tolist():
        text = Text(_NO_ORIGIN.template, {"origin": given["origin"][place]})
        odd.append(Finding("warning", "credits", given["credit"][place], text))
    known = dict(enumerate(money.values(), start=1))
    return PaySheet(
        credits, received, _paid(files.paid, paid, payees, credits, money),
        rates.assign(currency_id=_ids(rates["currency"], money)), payees, names, known, 1,
        _targets(files.targets, payees, money), tuple(odd),
    )  # fmt: skip


def _others(files: PayFiles) -> tuple[tuple[Path | None, tuple[Column, ...]], ...]:
    return (files.cash, CASH), (files.paid, PAID), (files.rates, RATES)


def _read(path: Path | None, columns: tuple[Column, ...]) -> pd.DataFrame:
    if path is not None:
        return read_csv(path, columns)
    nothing = pd.Series([], dtype="str")
    return pd.DataFrame({column.name: parse_column(nothing, column) for column in columns})


def _refuse_doubles(path: Path, given: pd.DataFrame) -> None:
    twice = given.duplicated(["credit", "payee", "role"]).to_numpy()
    if twice.any():
        place = int(np.argmax(twice))
        raise InputError(
            "{path}, row {row}: the credit {credit} of {payee} stands there a second time.",
            next_step="A payee has one row of a credit; lines of one document are credits of their own.",
            path=path,
            row=place + 2,
            credit=given["credit"].iloc[place],
            payee=given["payee"].iloc[place],
        )


def _currencies(
    files: PayFiles, given: pd.DataFrame, cash: pd.DataFrame, rates: pd.DataFrame, own: str
) -> dict[str, Currency]:
    """The currencies by code, that of rows without one first: the plan's, else the only one of the credits."""
    named = {code for code in given["currency"].str.upper() if code}
    own = own or (named.pop() if len(named) == 1 else "")
    found = {own: Currency(own, digits_of(own))}
    for path, table in ((files.credits, given), (files.cash, cash), (files.rates, rates)):
        for place, code in enumerate(table["currency"].str.upper().tolist()):
            if code and not (len(code) == 3 and code.isascii() and code.isalpha()):
                raise InputError(
                    "{path}, row {row}: {code} is not a currency.",
                    next_step="Write its ISO code, such as CNY.",
                    path=path or "",
                    row=place + 2,
                    code=code,
                )
            if code:
                found.setdefault(code, Currency(code, digits_of(code)))
    return found


def _ids(codes: pd.Series, money: Mapping[str, Currency]) -> np.ndarray:
    numbers = {code: number for number, code in enumerate(money, start=1)}
    return np.array([numbers[code] if code else 1 for code in codes.str.upper().tolist()], dtype=np.int64)


def _minor(
    path: Path | None, amounts: pd.Series, column: str, ids: np.ndarray, money: Mapping[str, Currency]
) -> list[int]:
    """The amounts in smallest units of their currencies, 0 where there is none."""
    known, made = list(money.values()), list[int]()
    for place, (amount, number) in enumerate(zip(amounts.tolist(), ids.tolist(), strict=True)):
        try:
            made.append(0 if amount is None else to_minor(amount, known[number - 1]))
        except ValueError as error:
            raise InputError(
                "{path}, row {row}, column {column}: {amount} has more digits than {currency} has.",
                next_step="Round it in the file: money has no smaller part.",
                path=path or "",
                row=place + 2,
                column=column,
                amount=amount,
                currency=known[number - 1].code or "–",
            ) from error
        if abs(made[-1]) > MOST_MINOR:
            raise InputError(
                "{path}, row {row}, column {column}: {amount} is more than can be counted.",
                next_step="Look for a slipped decimal point.",
                path=path or "",
                row=place + 2,
                column=column,
                amount=amount,
            )
    return made


def _credits(
    path: Path, given: pd.DataFrame, payees: Codes, names: Codes, documents: Codes, money: Mapping[str, Currency]
) -> pd.DataFrame:
    ids = _ids(given["currency"], money)
    document = documents.of(given["document"].where(given["document"] != "", given["credit"]))
    origin = names.of(given["origin"])
    first = pd.Series(document, index=names.of(given["credit"]))
    first = first[~first.index.duplicated()]
    of_origin = first.reindex(origin).fillna(0).to_numpy(dtype=np.int64)
    advance = (given["kind"] == "down_payment").to_numpy(dtype=bool)
    customers = codes_of(given["customer"])
    sold = given["date"].where(~given["kind"].isin(["event"]))
    return pd.DataFrame({
        "credit_id": names.of(given["credit"]), "company_id": COMPANY, "payee_id": payees.of(given["payee"]),
        "login": given["payee"], "role": given["role"], "team": given["team"], "date": given["date"],
        "share": [Decimal(1) if each is None else each for each in given["share"].tolist()], "kind": given["kind"],
        "document_id": document, "origin_id": origin, "customer_id": customers.of(given["customer"]),
        "category": given["category"], "tier": given["tier"], "currency_id": ids, "due_date": given["due_date"],
        "net_minor": _minor(path, given["net"], "net", ids, money),
        "margin_minor": _minor(path, given["margin"], "margin", ids, money),
        "document_total_minor": _minor(path, given["document_total"], "document_total", ids, money),
        "first_date": sold.groupby(given["customer"]).transform("min").where(given["customer"] != ""),
        "deal_id": np.where(advance & (of_origin > 0), of_origin, document),
    })  # fmt: skip


def _cash(
    path: Path | None, cash: pd.DataFrame, credits: pd.DataFrame, documents: Codes, money: Mapping[str, Currency]
) -> tuple[pd.DataFrame, list[Finding]]:
    """The payments of documents that the credits have, in the document's currency; the others are findings."""
    document = documents.of(cash["document"])
    own = credits.drop_duplicates("document_id").set_index("document_id")["currency_id"]
    currency = own.reindex(document).fillna(0).to_numpy(dtype=np.int64)
    paid_in = np.where(cash["currency"] == "", currency, _ids(cash["currency"], money))
    codes = list(money)
    odd = []
    for place in np.flatnonzero((document == 0) | (paid_in != currency)).tolist():
        if document[place] == 0:
            text = Text(_NO_DOCUMENT.template, {"path": path, "document": cash["document"][place]})
        else:
            values = {"currency": codes[paid_in[place] - 1], "other": codes[currency[place] - 1]}
            text = Text(_OTHER_CURRENCY.template, values)
        odd.append(Finding("warning", "cash", str(place + 2), text))
    known = np.flatnonzero((document > 0) & (paid_in == currency))
    amounts = _minor(path, cash["amount"], "amount", np.maximum(currency, 1), money)
    table = pd.DataFrame({
        "document_id": document, "date": cash["date"], "kind": cash["kind"].where(cash["kind"] != "", "cash"),
        "amount_minor": np.array(amounts, dtype=np.int64),
    })  # fmt: skip
    return table.iloc[known].reset_index(drop=True), odd


def _paid(
    path: Path | None, paid: pd.DataFrame, payees: Codes, credits: pd.DataFrame, money: Mapping[str, Currency]
) -> pd.DataFrame:
    ids = np.ones(len(paid), dtype=np.int64)
    return pd.DataFrame({
        "company_id": COMPANY, "payee_id": payees.of(paid["payee"]), "period": paid["period"], "currency_id": ids,
        "amount_minor": np.array(_minor(path, paid["amount"], "amount", ids, money), dtype=np.int64),
    })  # fmt: skip


def _targets(path: Path | None, payees: Codes, money: Mapping[str, Currency]) -> pd.DataFrame:
    """The targets of payees, and of teams (payee_id 0); those of whom the other files do not name are left out.

    Errors: InputError for a row with a weight alone, of a second company, or in another currency than the plan's.
    """
    if path is None:
        return pd.DataFrame({name: pd.Series(dtype="int64") for name in _TARGETS})
    rows, own = read_targets(path), next(iter(money))
    odd = {
        "amount": (rows["amount"].isna(), _NO_AMOUNT),
        "currency": (~rows["currency"].str.upper().isin(["", own]), Text(_OTHER_TARGET.template, {"own": own})),
        "company": (rows["company"].ne("") & rows["company"].ne(max(rows["company"], default="")), _OTHER_COMPANY),
    }
    refuse(path, [(int(row), column, why) for column, (wrong, why) in odd.items() for row in rows.loc[wrong, "row"]])
    payee = payees.of(rows["user"])
    table = pd.DataFrame({
        "company_id": COMPANY, "payee_id": payee, "team": rows["team"].where(rows["user"] == "", ""),
        "measure": rows["measure"], "period": rows["period"], "currency_id": 1,
        "amount_minor": _minor(path, rows["amount"], "amount", np.ones(len(rows), dtype=np.int64), money),
    })  # fmt: skip
    return table[(payee > 0) | (table["team"] != "").to_numpy()].reset_index(drop=True)
