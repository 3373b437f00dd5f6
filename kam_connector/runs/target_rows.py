"""Whose target a row of a file is: company, user and team by their ids, the amount in smallest units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
from ibis import BaseBackend

from kam_connector.facts import companies, people
from kam_connector.inputs.targets import refuse
from kam_connector.money import Currency, to_minor
from kam_connector.rules.decisions import ids_of
from kam_connector.rules.quotas import TARGET_COLUMNS
from kam_connector.runs.frames import to_frame
from kam_connector.runs.naming import company_currencies
from kam_connector.texts import Text

Flaws = list[tuple[int, str, Text]]


@dataclass(frozen=True, slots=True)
class Directory:
    """The ids of companies, teams and users by what a person writes (name or login, or the id itself); the company of
    each team (0: of all), the team of each user, the currency of each company."""

    companies: Mapping[str, list[int]]
    teams: Mapping[str, list[int]]
    users: Mapping[str, list[int]]
    company_of: Mapping[int, int]
    team_of: Mapping[int, int]
    money: Mapping[int, Currency]


def read_directory(con: BaseBackend) -> Directory:
    """Companies, teams that are not archived, active users."""
    firms, teams = companies.companies(con).to_pandas(), to_frame(people.team_companies(con))
    users, members = to_frame(people.logins(con)), to_frame(people.user_teams(con))
    homes = zip(ids_of(teams["team_id"]).tolist(), ids_of(teams["company_id"]).tolist(), strict=True)
    pairs = zip(ids_of(members["user_id"]).tolist(), ids_of(members["team_id"]).tolist(), strict=True)
    return Directory(
        companies=_by_text(firms["company_id"], firms["name"]),
        teams=_by_text(teams["team_id"], teams["team"]),
        users=_by_text(users["user_id"], users["login"]),
        company_of=dict(homes),
        team_of=dict(pairs),
        money=company_currencies(con),
    )


def find_owners(con: BaseBackend, path: Path, rows: pd.DataFrame) -> pd.DataFrame:
    """TARGET_COLUMNS of the rows of `inputs.targets.read_targets`; no user or no team is 0, no amount None.

    An empty company is that of the row's team, else the only one. A user without a team in the file has that of the
    ERP, unless it is another company's. Raises InputError with file, row and column: an unknown company, user, team or
    currency, a name that several have, a team of another company, an amount with too many decimals.
    """
    known, flaws = read_directory(con), Flaws()
    found = [_owned(row, known, flaws) for row in rows.to_dict("records")]
    refuse(path, flaws)
    table = pd.DataFrame(found, columns=list(TARGET_COLUMNS))
    return table.assign(amount_minor=pd.Series([each["amount_minor"] for each in found], dtype=object))


def find_users(con: BaseBackend, path: Path, rows: pd.DataFrame) -> list[int]:
    """The users of the column `user` (login or id). Raises InputError with file and row for nobody."""
    known, flaws = read_directory(con), Flaws()
    found = [_find(row, "user", known.users, flaws) for row in rows.to_dict("records")]
    refuse(path, flaws)
    return found


def _owned(row: Mapping[Any, Any], known: Directory, flaws: Flaws) -> dict[str, Any]:
    user, team = _find(row, "user", known.users, flaws), _find(row, "team", known.teams, flaws)
    team = team or known.team_of.get(user, 0)
    company = _find(row, "company", known.companies, flaws) or known.company_of.get(team, 0)
    if not company and not row["company"] and len(known.money) == 1:
        company = next(iter(known.money))
    team = _at_home(row, team, company, known, flaws)
    currency = known.money.get(company)
    if currency is None and not row["company"]:
        flaws.append((row["row"], "company", Text("name the company: there are several.")))
    amount = None
    if currency is not None:
        _check_currency(row, currency, flaws)
        amount = _minor(row, currency, flaws)
    unit = 10**currency.digits if currency is not None and row["measure"] == "new_customers" else 1
    values = (row["row"], company, user, team, row["period"], row["measure"], amount, row["weight"], unit)
    return dict(zip(TARGET_COLUMNS, values, strict=True))


def _at_home(row: Mapping[Any, Any], team: int, company: int, known: Directory, flaws: Flaws) -> int:
    """The team; 0 and, where the file names it, a flaw when it is another company's."""
    if not company or known.company_of.get(team, 0) in (0, company):
        return team
    if row["team"]:
        text = Text("{text} is a team of another company.", {"text": repr(row["team"])})
        flaws.append((row["row"], "team", text))
    return 0


def _find(row: Mapping[Any, Any], column: str, known: Mapping[str, list[int]], flaws: Flaws) -> int:
    """The id of what the cell names; 0 for an empty cell and, with a flaw, for what nobody or several are called."""
    text = row[column]
    found = known.get(text.casefold(), [])
    if text and not found:
        flaws.append((row["row"], column, Text("{text} is not known in the ERP.", {"text": repr(text)})))
    elif len(found) > 1:
        ids = ", ".join(map(str, found))
        flaws.append((row["row"], column, Text("several are called {text}: {ids}. Write the id.",
                                               {"text": repr(text), "ids": ids})))  # fmt: skip
    return found[0] if len(found) == 1 else 0


def _check_currency(row: Mapping[Any, Any], own: Currency, flaws: Flaws) -> None:
    if row["currency"] and row["currency"].upper() != own.code:
        values = {"currency": row["currency"], "own": own.code}
        text = Text("{currency} is not the company's currency; targets are in {own}.", values)
        flaws.append((row["row"], "currency", text))


def _minor(row: Mapping[Any, Any], currency: Currency, flaws: Flaws) -> int | None:
    amount: Decimal | None = row["amount"]
    try:
        return None if amount is None else to_minor(amount, currency)
    except ValueError:
        values = {"amount": amount, "currency": currency.code}
        flaws.append((row["row"], "amount", Text("{amount} has more decimals than {currency}.", values)))
        return None


def _by_text(ids: pd.Series, names: pd.Series) -> dict[str, list[int]]:
    """Each name and each id, in small letters, with the ids that it stands for; an id goes before a name."""
    found: dict[str, list[int]] = {}
    for number, name in zip(ids, names.fillna(""), strict=True):
        found.setdefault(str(name).strip().casefold(), []).append(int(number))
    return found | {str(number): [int(number)] for number in ids}
