"""The company as real documents: real Odoo's own figures are the tables'."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from kam_connector.erp import ErpAccess, Session, connect
from kam_connector.errors import SuspectData
from kam_connector.sample import SampleCompany
from kam_connector.sample.figures import DAYS
from kam_connector.sample.load import load
from tests.conftest import missing
from tests.sample.comparing import COMPARED, FIELDS, differences

pytestmark = pytest.mark.odoo

BALANCES = """
SELECT company.name AS company, customer.ref AS customer, sum(line.balance) AS balance
FROM account_move_line line
JOIN account_move move ON move.id = line.move_id
JOIN account_account account ON account.id = line.account_id
JOIN res_company company ON company.id = line.company_id
JOIN res_partner partner ON partner.id = line.partner_id
JOIN res_partner customer ON customer.id = partner.commercial_partner_id
WHERE account.{kind} AND move.state = 'posted' AND line.date <= %s
GROUP BY 1, 2 HAVING sum(line.balance) <> 0
"""
KIND = {14: "internal_type = 'receivable'", 19: "account_type = 'asset_receivable'"}


@dataclass(frozen=True, slots=True)
class Loaded:
    """A database that holds the company, and a session with it."""

    version: int
    database: str
    session: Session
    company: SampleCompany


@pytest.fixture(scope="module")
def odoo19_small(small: SampleCompany) -> Iterator[Loaded]:
    """The small company in Odoo 19."""
    yield from _loaded(19, small)


@pytest.fixture(scope="module")
def odoo19_rows(odoo19_small: Loaded) -> dict[str, list[dict[str, Any]]]:
    """The compared models as the server answers."""
    wanted = {**FIELDS, "account.move": (*FIELDS["account.move"], "name")}
    session = odoo19_small.session
    return {
        model: [row for page in session.pages(model, [], fields) for row in page] for model, fields in wanted.items()
    }


@pytest.fixture(scope="module")
def odoo19_addon(small: SampleCompany) -> Iterator[Loaded]:
    """The small company in Odoo 19 with the addon, installed afterwards."""
    yield from _loaded(19, small, with_addon=True)


@pytest.fixture(scope="module")
def odoo14_small(small: SampleCompany) -> Iterator[Loaded]:
    """The small company in Odoo 14."""
    yield from _loaded(14, small)


@pytest.fixture(scope="module")
def odoo19_full(full: SampleCompany) -> Iterator[Loaded]:
    """The full company in Odoo 19."""
    yield from _loaded(19, full)


def _loaded(version: int, company: SampleCompany, *, with_addon: bool = False) -> Iterator[Loaded]:
    """A copy of the rig's template with the company; loading it takes minutes the first time."""
    from rig import checks, databases, sample, servers
    from rig.errors import RigError

    reason = checks.why_not(version, ask_network=True)
    if reason:
        missing(reason)
    try:
        template = sample.sample_template(version, company.documents.size, with_addon)
        database = databases.fresh_database(version, template)
        url = servers.ensure(version).url
    except RigError as error:
        missing(" ".join(str(error).split()))
    try:
        with connect(ErpAccess(url, database, "admin", "admin", timeout_read=300, timeout_total=600)) as session:
            yield Loaded(version, database, session, company)
    finally:
        databases.drop_database(version, database)


def _balances(loaded: Loaded, day: date) -> dict[tuple[str, str], int]:
    """Receivable balance by (company key, customer reference), by SQL over the server's own tables."""
    from rig import databases

    keys = {company.name: company.key for company in loaded.company.documents.companies}
    rows = databases.query(loaded.version, loaded.database, BALANCES.format(kind=KIND[loaded.version]), (day,))
    return {(keys[row["company"]], row["customer"]): int(row["balance"] * 100) for row in rows}


@pytest.mark.parametrize("day", DAYS)
def test_receivables_in_odoo_19_are_the_tables(odoo19_small: Loaded, day: date) -> None:
    assert _balances(odoo19_small, day) == odoo19_small.company.receivable_balances(day)


@pytest.mark.parametrize("day", DAYS)
def test_receivables_in_odoo_14_are_the_tables(odoo14_small: Loaded, day: date) -> None:
    assert _balances(odoo14_small, day) == odoo14_small.company.receivable_balances(day)


@pytest.mark.long
@pytest.mark.parametrize("day", DAYS)
def test_receivables_of_the_full_company_in_odoo_19_are_the_tables(odoo19_full: Loaded, day: date) -> None:
    assert _balances(odoo19_full, day) == odoo19_full.company.receivable_balances(day)


@pytest.mark.parametrize("model", COMPARED)
def test_every_row_in_odoo_19_is_the_tables(
    odoo19_small: Loaded, odoo19_rows: dict[str, list[dict[str, Any]]], model: str
) -> None:
    assert differences(odoo19_small.company.tables, odoo19_rows, model) == []


@pytest.mark.parametrize("model", ["kam.complaint", "kam.target"])
def test_the_addon_has_the_amounts_of_the_tables(odoo19_addon: Loaded, model: str) -> None:
    fields = {"kam.complaint": ("name", "state", "disputed_amount"), "kam.target": ("period", "kind", "amount")}[model]
    pages = odoo19_addon.session.pages(model, [], fields)
    got = sorted(tuple(row[field] for field in fields) for page in pages for row in page)
    want = sorted(tuple(row[field] for field in fields) for row in odoo19_addon.company.tables[model])
    assert got == want


def test_nothing_of_the_books_changed_when_the_addon_came(odoo19_addon: Loaded) -> None:
    assert _balances(odoo19_addon, DAYS[-1]) == odoo19_addon.company.receivable_balances(DAYS[-1])


def test_a_loaded_database_is_refused(odoo19_small: Loaded) -> None:
    before = odoo19_small.session.search_count("account.move", [])
    with pytest.raises(SuspectData, match=r"holds the sample company already \(small 2026-06-30\)"):
        load(odoo19_small.session, odoo19_small.company)
    assert odoo19_small.session.search_count("account.move", []) == before
