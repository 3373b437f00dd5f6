"""What a file of complaints claims and disputes, in the company's currency, and whether that can be.

An amount in the currency of the invoice or order that is named counts at that paper's own rate (W12): of an order of
10,000 USD that was worth 71,428.57, a claim of 5,000 USD is 35,714.29. No rate of today is asked for.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from kam_connector.errors import InputError
from kam_connector.findings import Finding
from kam_connector.money import Currency, minor_text, round_ratio, to_minor
from kam_connector.texts import Text

Record = Mapping[Hashable, Any]


@dataclass(frozen=True, slots=True)
class Sold:
    """The invoice or order that a complaint names: its total, and what it is worth in the company's currency."""

    document: str
    currency: Currency
    total_minor: int
    own_minor: int


def find_claim(row: Record, own: Currency, sold: Sold | None) -> tuple[int, int]:
    """Claimed and disputed amount of the row, in smallest units of the company's currency `own`; 0: none is stated.

    Errors: InputError for an amount below zero or with too many digits, another currency than the company's or that of
    the paper, and a disputed amount without the invoice of which it is held back.
    """
    code = str(row["currency"]).upper() or own.code
    if row["disputed"] and not row["invoice"]:
        raise InputError("It disputes an amount and names no invoice: name the one that is not paid.")
    claimed, disputed = (_in_own(row[name] or Decimal(0), code, own, sold) for name in ("claimed", "disputed"))
    return claimed, disputed


def find_high_claim(row: Record, amounts: tuple[int, int], own: Currency, sold: Sold | None) -> Finding | None:
    """A finding for a complaint that claims or disputes more than the paper that it names was sold for."""
    if sold is None or max(amounts) <= max(sold.own_minor, 0):
        return None
    text = Text(
        "Complaint {number}: {claimed} {currency} are claimed or disputed of {paper}, which was sold for {worth}. "
        "Check the amount."
    )
    claimed, worth = (minor_text(minor, own) for minor in (max(amounts), sold.own_minor))
    values = {"number": row["number"], "claimed": claimed, "currency": own.code, "paper": sold.document, "worth": worth}
    return Finding("warning", "complaints.import", str(row["record"]), text, values)


def _in_own(amount: Decimal, code: str, own: Currency, sold: Sold | None) -> int:
    if not amount:
        return 0
    if amount < 0:
        raise InputError("The amount {amount} is below zero.", amount=amount)
    theirs = own if code == own.code else sold.currency if sold is not None and sold.currency.code == code else None
    if theirs is None:
        raise InputError(
            "{currency} is neither its company's currency nor that of its order or invoice.", currency=code
        )
    try:
        minor = to_minor(amount, theirs)
    except ValueError:
        raise InputError("{amount} has more digits than {currency} has.", amount=amount, currency=code) from None
    if theirs == own or sold is None or not sold.total_minor:
        return minor
    return int(round_ratio(minor * sold.own_minor, sold.total_minor, 0))
