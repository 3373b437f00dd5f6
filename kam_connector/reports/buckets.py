"""Which ageing buckets a table has, in order, and how they are called."""

from __future__ import annotations

import re
from typing import Final

import pandas as pd

from kam_connector.messages import label

NOT_DUE: Final = "not_due"
_BUCKET = re.compile(r"d(\d+)_(\d+|plus)")


def bucket_names(columns: pd.Index) -> list[str]:
    """Buckets of an ageing table's columns (`d1_30_minor` is `d1_30`), youngest first, `not_due` before."""
    names = [str(column).removesuffix("_minor") for column in columns if str(column).endswith("_minor")]
    return [NOT_DUE, *sorted(filter(_BUCKET.fullmatch, names), key=_first_day)]


def bucket_title(name: str, lang: str) -> str:
    """`d1_30` as `1–30 days`, `d181_plus` as `Over 180 days`, `not_due` as `Not due`."""
    return label(f"bucket.{name}", lang)


def _first_day(name: str) -> int:
    match = _BUCKET.fullmatch(name)
    return int(match[1]) if match else 0
