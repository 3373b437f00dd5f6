"""How a number, an amount, a share, a day or a moment is written in a language.

Parameters come out of JSON: amounts and shares as decimal strings, days and moments in ISO form. Digits are
kept as they come: rounding is a rule's business, not a sentence's. What cannot be read as its kind is shown
as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Final

from kam_connector.languages import Language

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def format_number(value: object, lang: Language) -> str:
    """`1234.50` as `1,234.50`, in all languages; digits after the point stay as given."""
    number = _decimal(value)
    return str(value) if number is None else f"{number:,f}"


def format_percent(value: object, lang: Language) -> str:
    """The share `0.125` as `12.5%`."""
    number = _decimal(value)
    if number is None:
        return str(value)
    text = f"{number * 100:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) + "%"


def format_money(value: object, currency: str, lang: Language) -> str:
    """`1234.50` of CNY as `CNY 1,234.50`; without a currency the bare number."""
    text = format_number(value, lang)
    return f"{currency} {text}" if currency else text


def format_day(value: object, lang: Language) -> str:
    """The ISO day `2026-06-30` as `30 June 2026` or `2026年6月30日`."""
    try:
        day = value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError:
        return str(value)
    if lang == "en":
        return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
    return f"{day.year}年{day.month}月{day.day}日"


def format_moment(value: object, lang: Language) -> str:
    """The ISO moment `2026-06-30T09:30:00+08:00` as `30 June 2026 09:30 (+08:00)`."""
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        return str(value)
    offset = moment.strftime("%z")
    zone = f" ({offset[:3]}:{offset[3:5]})" if offset else ""
    return f"{format_day(moment.date(), lang)} {moment:%H:%M}{zone}"


FORMATS: Final[Mapping[str, Callable[[object, Language], str]]] = {
    "number": format_number,
    "percent": format_percent,
    "day": format_day,
    "moment": format_moment,
}


def _decimal(value: object) -> Decimal | None:
    if isinstance(value, bool):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
