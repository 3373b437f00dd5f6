"""What a pull keeps to: decided by policy (sync.toml) and by the person who starts it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Options:
    """`overlap`: how far before the newest known row changes are read again. More than `vanish_rows` rows and more
    than `vanish_share` of a model gone at once are suspect. `erase_after`: how long a deleted record stays known.
    `custom_fields` as "model.field". `tags`: the names of the partner tags whose carriers are asked for. Models of at
    most `small_rows` rows are read whole at every run: one call instead of two, and nothing can hide. With `verify`
    the daily checks are made at once. `waits` are the seconds between the looks at an ERP that seems older than the
    mirror, before it is called suspect (a read replica may lag).
    """

    overlap: timedelta = timedelta(minutes=10)
    vanish_share: float = 0.02
    vanish_rows: int = 50
    erase_after: timedelta = timedelta(days=30)
    custom_fields: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    verify: bool = False
    small_rows: int = 500
    waits: tuple[float, ...] = (2.0, 10.0, 30.0)


DEFAULT = Options()
