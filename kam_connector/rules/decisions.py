"""What a rule hands back, and how its frames are read and made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from kam_connector.findings import Finding
from kam_connector.money import Currency

Days = npt.NDArray[np.datetime64]
Flags = npt.NDArray[np.bool_]
Whole = npt.NDArray[np.int64]
Boxed = npt.NDArray[np.object_]
_MANY = 1 << 30
"""Above so many possible kinds those that there are get new numbers, so that no number grows beyond 64 bits."""


@dataclass(frozen=True, slots=True)
class Decisions:
    """`frame` has a row a decision, `detail` the lines behind it, `rest` what was looked at and needs nothing."""

    frame: pd.DataFrame
    findings: tuple[Finding, ...] = ()
    detail: pd.DataFrame = field(default_factory=pd.DataFrame)
    rest: pd.DataFrame = field(default_factory=pd.DataFrame)


def require_columns(frame: pd.DataFrame, columns: Sequence[str], table: str) -> None:
    """Nothing, or a `ValueError` naming the columns that the caller left out."""
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        raise ValueError(f"The {table} frame lacks {', '.join(missing)}.")


def days_of(values: pd.Series) -> Days:
    """A column of days, whether dates, datetimes or ISO text, as numpy days; NaT where there is none."""
    if isinstance(values.dtype, np.dtype) and values.dtype.kind == "M":
        return values.to_numpy(dtype="datetime64[D]")
    if values.dtype == object:
        values = values.where(values.notna(), None)
    return pd.to_datetime(values, errors="coerce").to_numpy(dtype="datetime64[D]")


def ids_of(values: pd.Series) -> Whole:
    """A column of the ERP's ids as integers; 0 where there is none."""
    return pd.to_numeric(values, errors="coerce").fillna(0).to_numpy(dtype=np.int64)


def places_of(values: pd.Series, codes: Sequence[str]) -> Whole:
    """The place of each value among the codes; -1 where it is none of them."""
    places = pd.Index(boxed(codes)).get_indexer(pd.Index(values.to_numpy(dtype=object)))
    return places.astype(np.int64)


def column_or(frame: pd.DataFrame, column: str, default: object) -> pd.Series:
    """The column with its gaps filled, or the default for each row when the frame does not have it."""
    if column not in frame.columns:
        return pd.Series(default, index=frame.index)
    values = frame[column]
    filled: pd.Series = values.where(values.notna(), default)
    return filled


def words_of(values: pd.Series) -> list[str]:
    """A column of text as a list; "" where there is none."""
    return [str(value) for value in values.where(values.notna(), "").tolist()]


def boxed(values: Iterable[object]) -> Boxed:
    """Decimals and other objects as a column that pandas leaves alone."""
    listed = list(values)
    column = np.empty(len(listed), dtype=object)
    column[:] = listed
    return column


def texts_of(days: Days) -> list[str]:
    """Days as ISO text, "" where there is none."""
    return ["" if text == "NaT" else text for text in np.datetime_as_string(days).tolist()]


def figure_texts(values: pd.Series, digits: int) -> list[str]:
    """Figures as reasons carry them: so many digits, a half away from zero, "" for what is not known."""
    number = values.to_numpy(dtype=np.float64)
    rounded = np.sign(number) * np.floor(np.abs(number) * 10**digits + 0.5) / 10**digits + 0.0
    return ["" if value != value else f"{value:.{digits}f}" for value in rounded.tolist()]


def currencies_of(companies: pd.DataFrame) -> dict[int, Currency]:
    """The currencies by id, from company_id, currency_id, currency (code), digits."""
    require_columns(companies, ("currency_id", "currency", "digits"), "companies")
    rows = zip(companies["currency_id"], companies["currency"], companies["digits"], strict=True)
    return {int(key): Currency(str(code), int(digits)) for key, code, digits in rows}


def company_currencies(companies: pd.DataFrame) -> dict[int, Currency]:
    """The currency of each company, by company id."""
    known = currencies_of(companies)
    rows = zip(companies["company_id"], companies["currency_id"], strict=True)
    return {int(company): known[int(currency)] for company, currency in rows}


def values_by(keys: Whole, mapping: Mapping[int, int], default: int) -> Whole:
    """Each key's value, or the default."""
    uniques, place = np.unique(keys, return_inverse=True)
    looked_up = np.array([mapping.get(int(key), default) for key in uniques], dtype=np.int64)
    return looked_up[place] if uniques.size else np.zeros(0, dtype=np.int64)


def kinds_of(columns: Iterable[npt.NDArray[Any]]) -> tuple[Whole, Whole]:
    """The first row of each kind, kinds being rows alike in all columns (of one length), and the kind of each row.

    What is the same for all rows of a kind is worked out once: a million customers have a few thousand.
    """
    kind, count = np.zeros(0, dtype=np.int64), 1
    for column in columns:
        places, values = pd.factorize(column, use_na_sentinel=False)
        kind = places.astype(np.int64) + (kind * len(values) if kind.size else 0)
        count *= max(len(values), 1)
        if count > _MANY:
            kind, distinct = pd.factorize(kind)
            count = len(distinct)
    kind, distinct = pd.factorize(kind)
    first = np.zeros(len(distinct), dtype=np.int64)
    first[kind[::-1]] = np.arange(len(kind))[::-1]
    return first, kind.astype(np.int64)


def in_minor(amount: Decimal, companies: pd.Series, currencies: Mapping[int, Currency]) -> Whole:
    """A policy's amount in the smallest unit of each company's currency; what is less than a unit is left off."""
    return values_by(
        ids_of(companies), {key: int(amount.scaleb(currency.digits)) for key, currency in currencies.items()}, 0
    )


def sum_together(keys: Sequence[str], parts: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """The keys and the columns named in `parts`, each summed by the keys over its own frame; 0 where it has no row.

    Whole numbers stay whole numbers. Order: the keys.
    """
    sums: list[pd.DataFrame] = []
    for frame in {id(frame): frame for frame in parts.values()}.values():
        columns = [column for column, own in parts.items() if own is frame]
        by = frame[columns].assign(**{name: ids_of(frame[name]) for name in keys})
        sums.append(by.groupby(list(keys))[columns].sum().astype(np.int64))
    index = sums[0].index.append([each.index for each in sums[1:]]).unique().sort_values()
    table = pd.concat([each.reindex(index, fill_value=0) for each in sums], axis=1)[list(parts)]
    return table.rename_axis(list(keys)).reset_index()
