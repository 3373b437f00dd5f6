"""What a column of a user's file may hold, and its typed values.

>>> parse_column(pd.Series(["2026-06-30", ""]), Column("date", "day")).tolist()
[Timestamp('2026-06-30 00:00:00'), NaT]
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

import numpy as np
import pandas as pd

from kam_connector.texts import Text

Kind = Literal["text", "day", "amount", "number", "share", "flag", "choice", "count"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column by its name in the header: `required` ones must be there, cells of `filled` ones must not be empty."""

    name: str
    kind: Kind = "text"
    required: bool = False
    filled: bool = False
    choices: tuple[str, ...] = ()

    @property
    def expected(self) -> Text:
        """What its cells look like, for the message that refuses one."""
        return _EXPECTED[self.kind] if self.kind != "choice" else Text(
            "one of {choices}", {"choices": ", ".join(self.choices)}
        )  # fmt: skip


_EXPECTED: Mapping[Kind, Text] = {
    "text": Text("a text"),
    "day": Text("a day such as 2026-06-30"),
    "amount": Text("an amount such as -1234.50, without thousands separators"),
    "number": Text("a number such as 1.10"),
    "share": Text("a share from 0 to 1, such as 0.25"),
    "flag": Text("true or false"),
    "count": Text("a whole number"),
}
_FLAGS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
_AMOUNT, _COUNT = r"[+-]?\d{1,24}(\.\d{1,9})?", r"\d{1,9}"


def parse_column(texts: pd.Series, column: Column) -> pd.Series:
    """The typed values of stripped texts: str, datetime64 (NaT), Decimal (None), bool (None), float count (NaN).

    Raises BadCell with the place (0 is the first row of figures) of the first cell that is none.
    """
    empty = texts == ""
    if column.filled and empty.any():
        raise BadCell(int(np.argmax(empty.to_numpy())))
    values, wrong = _PARSERS[column.kind](texts, column)
    wrong = wrong & ~empty.to_numpy()
    if wrong.any():
        raise BadCell(int(np.argmax(wrong)))
    return values


class BadCell(ValueError):
    """The cell at `place` is not of its column's kind, or empty where it must not be."""

    def __init__(self, place: int) -> None:
        super().__init__(place)
        self.place = place


_Parsed = tuple[pd.Series, np.ndarray]


def _text(texts: pd.Series, column: Column) -> _Parsed:
    return texts, np.zeros(len(texts), dtype=bool)


def _day(texts: pd.Series, column: Column) -> _Parsed:
    days = pd.to_datetime(texts, format="%Y-%m-%d", errors="coerce").astype("datetime64[s]")
    return days, days.isna().to_numpy()


def _amount(texts: pd.Series, column: Column) -> _Parsed:
    wrong = ~texts.str.fullmatch(_AMOUNT).to_numpy(dtype=bool)
    amounts = [None if bad else Decimal(text) for text, bad in zip(texts.tolist(), wrong.tolist(), strict=True)]
    return pd.Series(amounts, index=texts.index, dtype=object), wrong


def _share(texts: pd.Series, column: Column) -> _Parsed:
    shares, wrong = _amount(texts, column)
    return shares, wrong | ~pd.to_numeric(texts.where(~wrong), errors="coerce").between(0, 1).to_numpy()


def _flag(texts: pd.Series, column: Column) -> _Parsed:
    flags = texts.str.lower().map(_FLAGS)
    return flags.astype(object).where(flags.notna(), None), flags.isna().to_numpy()


def _choice(texts: pd.Series, column: Column) -> _Parsed:
    lower = texts.str.lower()
    return lower, ~lower.isin(column.choices).to_numpy()


def _count(texts: pd.Series, column: Column) -> _Parsed:
    wrong = ~texts.str.fullmatch(_COUNT).to_numpy(dtype=bool)
    return pd.to_numeric(texts.where(~wrong), errors="coerce").astype("float64"), wrong


_PARSERS: Mapping[Kind, Callable[[pd.Series, Column], _Parsed]] = {
    "text": _text,
    "day": _day,
    "amount": _amount,
    "number": _amount,
    "share": _share,
    "flag": _flag,
    "choice": _choice,
    "count": _count,
}
