"""Claims that cannot be as they stand: above what was sold, or about another company's order.

Worked figures: a line of 10,000 USD at `currency_rate` 0.14 was sold for 71,428.57 of the company's currency (W12);
claims of 40,000.00 and 31,428.57 for it are just within, one cent more is not.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pandas as pd

from kam_connector.findings import Finding
from kam_connector.money import Currency, minor_text
from kam_connector.rules.decisions import company_currencies, ids_of, require_columns
from kam_connector.rules.orders import at_own_rate
from kam_connector.texts import Text

CLAIMED = (
    "complaint_id", "number", "company_id", "order_line_id", "claimed_minor", "order_company_id", "total_minor",
    "currency_id", "currency_rate",
)  # fmt: skip
SOURCE = "rules.claims"


def find_wrong_claims(
    claimed: pd.DataFrame, companies: pd.DataFrame, currencies: Mapping[int, Currency]
) -> list[Finding]:
    """A finding a complaint whose order line is another company's, and one an order line that is claimed too high.

    `claimed`: CLAIMED as `facts.claimed_lines`, all complaints about a line together (a line without amount or currency
    is left out: nothing can be said of it); `companies`: company_id,
    currency_id, currency, digits; `currencies` by id. The record is the complaint, of several the latest.
    """
    require_columns(claimed, CLAIMED, "claimed")
    own = company_currencies(companies)
    claimed = claimed.dropna(subset=["total_minor", "currency_id"])
    foreign = claimed["company_id"] != claimed["order_company_id"]
    number_of = dict(zip(ids_of(claimed["complaint_id"]).tolist(), claimed["number"], strict=True))
    strangers = sorted(set(ids_of(claimed.loc[foreign, "complaint_id"]).tolist()))
    found = [_foreign(complaint, number_of[complaint]) for complaint in strangers]
    for line, rows in claimed[~foreign].groupby("order_line_id"):
        first = rows.iloc[0]
        currency, theirs = own[int(first["company_id"])], currencies[int(first["currency_id"])]
        rate = None if pd.isna(first["currency_rate"]) else Decimal(str(first["currency_rate"]))
        worth = at_own_rate(Decimal(int(first["total_minor"])), rate, currency.digits - theirs.digits)
        claim = int(rows["claimed_minor"].sum())
        if claim > max(worth, 0):
            latest = int(rows["complaint_id"].max())
            found.append(_too_high((latest, number_of[latest]), int(str(line)), (claim, worth), currency))
    return found


def _foreign(complaint: int, number: str) -> Finding:
    text = Text("Complaint {complaint} claims for an order line of another company: choose one of its own company.")
    return Finding("warning", SOURCE, str(complaint), text, {"complaint": number})


def _too_high(complaint: tuple[int, str], line: int, amounts: tuple[int, int], currency: Currency) -> Finding:
    text = Text(
        "Complaint {complaint}: {claimed} {currency} are claimed for order line {line}, which was sold for {worth}."
        " Check the amount, or the other complaints about this line."
    )
    claimed, worth = (minor_text(minor, currency) for minor in amounts)
    values = {"complaint": complaint[1], "claimed": claimed, "currency": currency.code, "line": line, "worth": worth}
    return Finding("warning", SOURCE, str(complaint[0]), text, values)
