"""The kinds of values that policy files are made of, and the base of every table in them.

Money, rates and points are decimal strings or integers, never TOML floats: 0.1 is not a tenth in binary. Every
table refuses keys that it does not know.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from kam_connector.texts import Text


class Table(BaseModel):
    """A TOML table: frozen, strict about keys, addressed by the names that stand in the file."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=False, arbitrary_types_allowed=True)


class Expected(ValueError):
    """A value is not what its key takes; `text` says what was expected."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.text = Text(what)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong at which place of a file: reads "{what} in {file} line {line} {why}"."""

    path: tuple[str | int, ...]
    what: Text
    why: Text


Problems = Iterator[Problem]


def _parse_exact(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise Expected('a decimal in quotes, such as "0.05", or a whole number is expected')
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise Expected('a decimal in quotes, such as "0.05", or a whole number is expected') from None
    if not number.is_finite() or abs(number) >= 10**15 or -int(number.as_tuple().exponent) > 8:
        raise Expected("a number below 10^15 with at most 8 decimals is expected")
    return number


def _parse_day(value: object) -> date:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise Expected("a day such as 2026-01-01, without quotes, is expected")
    return value


def _parse_code(value: object) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}", value):
        raise Expected("a code of letters, digits, dot, hyphen and underscore is expected (at most 64)")
    return value


def _parse_minutes(value: object) -> int:
    if isinstance(value, time):
        return value.hour * 60 + value.minute
    found = re.fullmatch(r"([01]\d|2[0-3]):([0-5]\d)|(24):(00)", value) if isinstance(value, str) else None
    if found is None:
        raise Expected('a time of day such as "09:00" is expected')
    return int(found[1] or found[3]) * 60 + int(found[2] or found[4])


def _refuse_negative(value: Decimal) -> Decimal:
    if value < 0:
        raise Expected("zero or more is expected")
    return value


def _refuse_more_than_one(value: Decimal) -> Decimal:
    if not 0 <= value <= 1:
        raise Expected('a share between "0" and "1" is expected')
    return value


Exact = Annotated[Decimal, BeforeValidator(_parse_exact)]
"""An exact number: decimal string or integer."""
Positive = Annotated[Exact, AfterValidator(_refuse_negative)]
"""An exact number, zero or more."""
Share = Annotated[Exact, AfterValidator(_refuse_more_than_one)]
"""An exact number from 0 to 1."""
Day = Annotated[date, BeforeValidator(_parse_day)]
"""A TOML day."""
Code = Annotated[str, BeforeValidator(_parse_code)]
"""The name of something, as commands, files and keys in the ERP carry it."""
Minutes = Annotated[int, BeforeValidator(_parse_minutes)]
"""Minutes after midnight, written "09:00"."""


class Label(Table):
    """How a person reads a code: English, Chinese, and traditional Chinese where it differs."""

    en: str = Field(min_length=1)
    zh: str = Field(min_length=1)
    zh_tw: str = ""

    def in_language(self, language: str) -> str:
        """The label for `en_US`, `zh_CN`, `zh_TW`, `zh_HK`, ...; English for any other language."""
        if language.replace("-", "_") in ("zh_TW", "zh_HK", "zh_Hant"):
            return self.zh_tw or self.zh
        return self.zh if language.startswith("zh") else self.en


def label_of(label: Label | None, code: str) -> Label:
    """The label given, or the code itself in both languages."""
    return label or Label(en=code, zh=code)


def labels_by_code(named: Iterable[tuple[str, Label | None]]) -> dict[str, Label]:
    """The label of each code, in their order; of a code that stands there twice the first label counts."""
    labels: dict[str, Label | None] = {}
    for code, label in named:
        labels[code] = labels.get(code) or label
    return {code: label_of(label, code) for code, label in labels.items()}
