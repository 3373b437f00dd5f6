"""What differs between Odoo 14 and 19 for a caller from outside, as one table.

Tested here against 14.0 and 19.0; the steps between are from Odoo's published sources and change logs. A new
difference is a new column, never an `if` elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from ..errors import SettingsError

Version = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one range of versions wants to be asked.

    `search_read_load`: `search_read` takes `load` (else search, then read). `group_method`: the public group API.
    `access_method`: how rights are asked. `receivable`: the leaf of a domain on `account.account` that means
    receivable. `line_receivable`: the same from a journal item. `activity_archived`: done activities stay, archived.
    `team_members`: where salespeople's teams stand.
    """

    since: Version
    search_read_load: bool
    group_method: Literal["read_group", "formatted_read_group"]
    access_method: Literal["check_access_rights", "has_access"]
    receivable: tuple[str, str, str]
    line_receivable: tuple[str, str, str]
    activity_archived: bool
    team_members: Literal["res.users", "crm.team.member"]


_V14 = Dialect(
    since=(14, 0),
    search_read_load=False,
    group_method="read_group",
    access_method="check_access_rights",
    receivable=("internal_type", "=", "receivable"),
    line_receivable=("account_id.internal_type", "=", "receivable"),
    activity_archived=False,
    team_members="res.users",
)
_V15 = replace(_V14, since=(15, 0), search_read_load=True, team_members="crm.team.member")
_V16 = replace(
    _V15,
    since=(16, 0),
    receivable=("account_type", "=", "asset_receivable"),
    line_receivable=("account_id.account_type", "=", "asset_receivable"),
)
_V17 = replace(_V16, since=(17, 0), activity_archived=True)
_V18 = replace(_V17, since=(18, 0), access_method="has_access")
_V19 = replace(_V18, since=(19, 0), group_method="formatted_read_group")

DIALECTS: tuple[Dialect, ...] = (_V14, _V15, _V16, _V17, _V18, _V19)
OLDEST: Version = DIALECTS[0].since


def dialect_of(version: Version) -> Dialect:
    """The newest dialect that is not newer than the server. Raises SettingsError below 14.0."""
    fitting = [dialect for dialect in DIALECTS if dialect.since <= version]
    if not fitting:
        raise SettingsError(
            "The ERP is Odoo {version}; kam-connector needs {oldest} or later.",
            next_step="Point `url` at an Odoo 14 to 19.",
            version=f"{version[0]}.{version[1]}",
            oldest=f"{OLDEST[0]}.0",
        )
    return fitting[-1]


def parse_version(info: object) -> Version:
    """(19, 0) from `server_version_info`, also from Odoo Online's ["saas~18", 2, ...]. ValueError otherwise."""
    if not isinstance(info, (list, tuple)) or len(info) < 2:
        raise ValueError("no version")
    return int(str(info[0]).removeprefix("saas~")), int(info[1])
