"""What looks like deletion and is none (R-20, R-21), on Odoo 19: rows are hidden, a company goes, another database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kam_connector import mirror
from tests.reliability.bench import OURS, Bench
from tests.runs.nights import NIGHT, Done, Place, at
from tests.sync.contents import Content, content

pytestmark = [pytest.mark.odoo, pytest.mark.long, pytest.mark.timeout(600)]
Tried = Callable[[int], None]
SUSPECT = 6


@pytest.fixture
def place(bench: Bench, tmp_path: Path) -> Place:
    """A home whose first night on the bench went well."""
    home = at(tmp_path, bench.url, bench.database, "admin", "admin")
    done = home.kam(*NIGHT)
    assert done.returncode in (0, 1), done.stderr
    return home


def known(place: Place) -> Content:
    """Every row of the mirror with its tombstone and the run that brought it."""
    with mirror.open(place.home / "main" / "mirror.duckdb") as store:
        found = content(store, runs=True)
    return {name: rows for name, rows in found.items() if name not in ("_meta", "_pull")}


@contextmanager
def refused(bench: Bench, place: Place, reason: str) -> Iterator[Callable[[], Done]]:
    """A night tried inside the `with` ends as suspect and changes nothing anywhere; the one after it is clean again."""
    rows, records = known(place), bench.tables()
    tries: list[Done] = []

    def night(**more: str) -> Done:
        tries.append(place.kam(*NIGHT, **more))
        return tries[-1]

    yield night
    assert [done.returncode for done in tries] == [SUSPECT] * len(tries), tries[0].stderr
    assert tries
    assert reason in tries[0].stderr
    assert known(place) == rows
    assert bench.tables() == records
    after = place.kam(*NIGHT)
    assert after.returncode in (0, 1), after.stderr
    assert bench.tables() == records


@contextmanager
def hidden_partners(bench: Bench) -> Iterator[int]:
    """How many partners a record rule hides from everybody: all but those of users and companies."""
    own = bench.query("SELECT partner_id AS id FROM res_users UNION SELECT partner_id FROM res_company")
    ids = [row["id"] for row in own]
    model = bench.query("SELECT id FROM ir_model WHERE model = 'res.partner'")[0]["id"]
    rule = {"name": "Hidden", "model_id": model, "domain_force": f"[('id', 'in', {ids})]"}
    count = bench.query("SELECT count(*) AS n FROM res_partner WHERE id != ALL(%s)", ids)[0]["n"]
    made = bench.session.create("ir.rule", [rule])
    try:
        yield count
    finally:
        bench.session.unlink("ir.rule", made)


@contextmanager
def company_taken(bench: Bench) -> Iterator[None]:
    """The login has one company less."""
    uid, companies = bench.session.uid, list(bench.session.capabilities.companies)
    first = bench.query("SELECT company_id AS id FROM res_users WHERE id = %s", uid)[0]["id"]
    alone = {"allowed_company_ids": [first]}  # what the call works for must be the user's before and after
    bench.session.write("res.users", [uid], {"company_ids": [(6, 0, [first])]}, context=alone)
    try:
        yield
    finally:
        bench.session.write("res.users", [uid], {"company_ids": [(6, 0, companies)]}, context=alone)


def test_r20_rights_withdrawn_are_no_deletions(bench: Bench, place: Place, tried: Tried) -> None:
    with refused(bench, place, "res.partner") as night, hidden_partners(bench) as hidden:
        assert hidden > 50
        night()
        night()
    tried(2)


def test_r20_company_taken_from_the_login_stops_the_run(bench: Bench, place: Place, tried: Tried) -> None:
    with refused(bench, place, "company") as night, company_taken(bench):
        night()
        night()
    tried(2)


def test_r21_another_database_behind_the_same_address_is_refused(bench: Bench, place: Place, tried: Tried) -> None:
    from rig import addon, databases

    other = databases.fresh_database(19, addon.addon_template(19))  # copied: its marks are those of all copies
    databases.query(19, other, "UPDATE ir_config_parameter SET value = 'another' WHERE key = 'database.uuid'")
    try:
        with refused(bench, place, "another one") as night:
            night(KAM_ERP_DATABASE=other)
            night(KAM_ERP_DATABASE=other)
        counts = [databases.query(19, other, f"SELECT count(*) AS n FROM {table}")[0]["n"] for table in OURS]
        assert set(counts) == {0}
    finally:
        databases.drop_database(19, other)
    tried(2)
