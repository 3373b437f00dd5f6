"""The natural keys of the records (CONTRACTS): by them a record is found again, whoever lost track of it."""

from __future__ import annotations

from typing import Any

import pandas as pd


def key_of(kind: str, *parts: pd.Series[Any] | str) -> pd.Series[Any]:
    """`kind:part:part..` for every row; an empty number counts as 0."""
    frame = next(part for part in parts if isinstance(part, pd.Series))
    columns = [_texts(part) if isinstance(part, pd.Series) else [part] * len(frame) for part in parts]
    keys = [":".join((kind, *texts)) for texts in zip(*columns, strict=True)]
    return pd.Series(keys, index=frame.index, dtype=object)


def whole_numbers(column: pd.Series[Any]) -> pd.Series[Any]:
    """Ids as int64, nothing as 0."""
    if column.dtype == "int64":
        return column
    return pd.to_numeric(column.astype(object).where(column.notna(), 0)).astype("int64")


def _texts(column: pd.Series[Any]) -> list[str]:
    if pd.api.types.is_numeric_dtype(column) or column.map(lambda value: isinstance(value, float)).any():
        return [str(number) for number in whole_numbers(column)]
    return [str(value) for value in column]
