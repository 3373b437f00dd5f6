"""One form for a value, whether a rule decided it or Odoo gave it back: then the two can be compared.

Odoo has no "empty number": False, None, NaN and 0 are the same; so are False and "" for texts. A number
counts with its declared decimals, money in its smallest unit, a moment in whole seconds UTC. Whole columns
at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from kam_connector.erp.wire import clean_text
from kam_connector.writeback.destinations import Field

Cells = np.ndarray[Any, np.dtype[Any]]

_DAY = "%Y-%m-%d"
_MOMENT = "%Y-%m-%d %H:%M:%S"


def comparable(column: pd.Series[Any], field: Field) -> Cells:
    """The column in the one form: int64 for money, numbers (scaled) and ids, bool for flags, text otherwise."""
    return _FORMS[field.kind](column.to_numpy(), field)


def wire_column(values: Sequence[Any], field: Field, digits: Sequence[int]) -> list[Any]:
    """Compared values as the transport carries them: empty is False, money and numbers floats of their digits.

    `digits`: the decimals of each row's currency. An integer divided by a power of ten is the float nearest to the
    decimal figure, the same that its text would give.
    """
    if field.kind == "money":
        return [value / 10**places for value, places in zip(values, digits, strict=True)]
    if field.kind == "number":
        scale = 10**field.digits
        return [value / scale for value in values]
    if field.kind in ("integer", "flag"):
        return list(values)
    if field.kind == "link":
        return [{"key": value} if value else False for value in values]
    return [value or False for value in values]


def plain_value(value: Any, field: Field) -> str | int | bool:
    """The compared form as a ledger payload takes it."""
    if field.kind == "flag":
        return bool(value)
    return str(value) if isinstance(value, str) else int(value)


def _whole(values: Cells, _field: Field) -> Cells:
    if values.dtype == np.int64:
        return values
    numbers = np.array(pd.to_numeric(_filled(values, 0)))
    return numbers if numbers.dtype == np.int64 else np.rint(numbers.astype(float)).astype(np.int64)


def _number(values: Cells, field: Field) -> Cells:
    # Through 9 digits first: 83.255 as a float is a hair below the half that it stands for.
    exact = np.round(_filled(values, 0).astype(float), 9) * 10**field.digits
    whole: Cells = (np.floor(np.abs(exact) + 0.5 + 1e-7) * np.sign(exact)).astype(np.int64)
    return whole


def _text(values: Cells, _field: Field) -> Cells:
    return _objects([clean_text(str(value)) if value else "" for value in _filled(values, "")])


def _day(values: Cells, _field: Field) -> Cells:
    return _formatted(pd.to_datetime(_filled(values, None)), _DAY)


def _moment(values: Cells, _field: Field) -> Cells:
    return _formatted(pd.to_datetime(_filled(values, None), utc=True).floor("s"), _MOMENT)


def _formatted(moments: pd.DatetimeIndex, form: str) -> Cells:
    texts = np.array(moments.strftime(form), dtype=object)
    texts[np.array(moments.isna())] = ""
    return texts


def _flag(values: Cells, _field: Field) -> Cells:
    return _filled(values, False).astype(bool)


def _filled(values: Cells, empty: Any) -> Cells:
    """The values as objects, with `empty` wherever nothing stands."""
    found = values.astype(object)
    found[np.array(pd.isna(found))] = empty
    found[np.equal(found, False).astype(bool)] = empty
    return found


def _objects(values: list[str]) -> Cells:
    found = np.empty(len(values), dtype=object)
    found[:] = values
    return found


_FORMS: dict[str, Callable[[Cells, Field], Cells]] = {
    "money": _whole,
    "integer": _whole,
    "ref": _whole,
    "number": _number,
    "text": _text,
    "link": _text,
    "date": _day,
    "moment": _moment,
    "flag": _flag,
}
