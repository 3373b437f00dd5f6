"""Our values in the one form that every transport carries alike.

What XML-RPC or Odoo cannot carry is brought into form here, in one place: control characters are dropped (on
Odoo 14 one of them makes a whole page unreadable over XML-RPC, over JSON 19 keeps them), moments become naive UTC
text, days ISO text, Decimal a float of the same digits, None Odoo's False. What would arrive changed is refused
before sending.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ..errors import RecordRefused

LARGEST_INT = 2**31 - 1
_FORBIDDEN = dict.fromkeys(
    [*(set(range(32)) - {9, 10, 13}), 0x7F, 0xFFFE, 0xFFFF, *range(0xD800, 0xE000)],
)


def clean_text(text: str) -> str:
    """`text` without characters that XML or the database forbids; line ends as `\\n`."""
    if text.isprintable():
        return text
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(_FORBIDDEN)


def wire_value(value: Any) -> Any:
    """`value` as it travels to Odoo: bool, int, float, str, list or dict of these. Raises RecordRefused."""
    if value is None:
        return False
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, (int, float, Decimal)):
        return _number(value)
    if isinstance(value, (dt.datetime, dt.date)):
        return _moment(value)
    return _container(value)


def _container(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {clean_text(str(key)): wire_value(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [wire_value(item) for item in value]
    raise RecordRefused(
        "A value of type {type} cannot be sent to the ERP.",
        next_step="This is a defect of kam-connector: please report it.",
        type=type(value).__name__,
    )


def _number(value: int | float | Decimal) -> int | float:
    if isinstance(value, int):
        if abs(value) > LARGEST_INT:
            raise RecordRefused(
                "The whole number {value} is too large for the ERP (at most {limit}).",
                next_step="Look at the record that it comes from.",
                value=value,
                limit=LARGEST_INT,
            )
        return int(value)
    number = float(value)
    if not math.isfinite(number):
        raise RecordRefused(
            "The number {value} cannot be sent.", next_step="Look at the record that it comes from.", value=value
        )
    return number


def _moment(value: dt.datetime | dt.date) -> str:
    if not isinstance(value, dt.datetime):
        return value.isoformat()
    if value.tzinfo is None:
        raise RecordRefused(
            "The moment {moment} has no time zone, so its meaning is not known.",
            next_step="This is a defect of kam-connector: please report it.",
            moment=value.isoformat(),
        )
    return value.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M:%S")
