"""The days off that a government decrees, and the weekend days that are worked in exchange.

China moves working days to weekends around its holidays and says so each November for the year to come: a calendar of
weeks cannot know them. The table is that of the package `chinesecalendar`; a year that it does not hold yet has no
official days, and whoever reckons with such a year is told so (`rules.clocks`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

from kam_connector.calendars import Hours

Country: TypeAlias = Literal["CN"]


@dataclass(frozen=True, slots=True)
class OfficialDays:
    """The hours of each official day (() is a day off), and the first and last year that are known."""

    days: Mapping[date, tuple[Hours, ...]]
    covered: tuple[int, int]


def official_days(country: Country, usual: tuple[Hours, ...]) -> OfficialDays:
    """The days off of the country, and its make-up workdays with the `usual` hours."""
    from chinese_calendar.constants import holidays, workdays  # only who names a country needs the table

    days = dict.fromkeys(holidays, ()) | dict.fromkeys(workdays, usual)
    return OfficialDays(days, (min(days).year, max(days).year))
