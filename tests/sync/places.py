"""The sample company in three ERPs (sandbox, Odoo 19, Odoo 14), each with its own books asked apart from the pull."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from kam_connector import sample
from kam_connector.erp import ErpAccess
from kam_connector.sandbox import serve
from tests.conftest import missing

ANCHOR = date(2026, 6, 30)
Balances = dict[int, Decimal]
_KINDS = {14: "account.internal_type = 'receivable'", 19: "account.account_type = 'asset_receivable'"}


@dataclass(frozen=True)
class Place:
    """How to log in, and the receivable balance of each company as of a day from the ERP's own tables."""

    name: str
    access: ErpAccess
    balances: Callable[[date], Balances]


def place(name: str) -> Iterator[Place]:
    """The ERP of that name with the small sample company; a database of its own, dropped afterwards.

    The sandbox has the addon, `odoo19` and `odoo14` have not, `odoo19_addon` has.
    """
    if name == "sandbox":
        yield from _sandbox()
    else:
        version, _, more = name.removeprefix("odoo").partition("_")
        yield from _odoo(int(version), with_addon=more == "addon")


def _sandbox() -> Iterator[Place]:
    company = sample.build("small", ANCHOR)
    with serve(company) as server:
        access = ErpAccess(url=server.url, database=server.database, login=server.login, key=server.password)
        yield Place("sandbox", access, lambda day: _from_tables(company.tables, day))


def _from_tables(tables: Any, day: date) -> Balances:
    receivable = {row["id"] for row in tables["account.account"] if row["account_type"] == "asset_receivable"}
    sums: Balances = defaultdict(Decimal)
    for row in tables["account.move.line"]:
        if row["account_id"] in receivable and row["parent_state"] == "posted" and row["date"] <= day.isoformat():
            sums[row["company_id"]] += Decimal(str(row["balance"]))
    return dict(sums)


def _odoo(version: int, *, with_addon: bool) -> Iterator[Place]:
    from rig import checks, databases, sample, servers
    from rig.errors import RigError

    reason = checks.why_not(version, ask_network=True)
    if reason:
        missing(reason)
    try:
        database = databases.fresh_database(version, sample.sample_template(version, "small", with_addon))
        access = ErpAccess(
            url=servers.ensure(version).url, database=database, login="admin", key="admin", timeout_read=240
        )
    except RigError as error:
        missing(" ".join(str(error).split()))
    query = (
        "SELECT line.company_id, sum(line.balance) AS balance FROM account_move_line line"
        " JOIN account_account account ON account.id = line.account_id"
        f" WHERE {_KINDS[version]} AND line.parent_state = 'posted' AND line.date <= %s GROUP BY line.company_id"
    )
    try:
        yield Place(
            f"odoo{version}",
            access,
            lambda day: {row["company_id"]: row["balance"] for row in databases.query(version, database, query, [day])},
        )
    finally:
        databases.drop_database(version, database)
