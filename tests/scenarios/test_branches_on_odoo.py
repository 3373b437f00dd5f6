"""A branch on a real Odoo 19: its currencies are worth what they are worth at the company at its root."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kam_connector import mirror
from kam_connector.erp import ErpAccess, connect
from kam_connector.facts.rates import rates_on
from tests.scenarios.conftest import Company

pytestmark = [pytest.mark.odoo, pytest.mark.long, pytest.mark.timeout(600)]
DAY = "2026-06-30"


@pytest.mark.requirement("S4-41")
def test_a_branch_converts_at_the_rates_of_its_root_as_the_server_does(odoo19: Company, tmp_path: Path) -> None:
    with connect(ErpAccess(odoo19.url, odoo19.database, "admin", "admin")) as session:
        root = session.search_read("res.company", [], ["name"], limit=1)[0]
        named = [("name", "=", "CHF"), ("active", "in", [True, False])]
        (other,) = session.search_read("res.currency", named, ["name"])
        (branch,) = session.create("res.company", [{"name": "Branch", "parent_id": root["id"]}])
        rate = {"currency_id": other["id"], "company_id": root["id"], "name": "2026-06-01", "rate": 0.125}
        session.create("res.currency.rate", [rate])
        session.write("res.users", [session.uid], {"company_ids": [(4, branch)]})
    done = odoo19.place(tmp_path).kam("sync", "run")
    assert done.returncode in (0, 1), done.stderr
    with mirror.open(next(tmp_path.rglob("mirror.duckdb")), read_only=True) as store:
        found = rates_on(store.ibis, date.fromisoformat(DAY)).to_pandas()
    ours = {row["company_id"]: row["rate"] for row in found[found["currency_id"] == other["id"]].to_dict("records")}
    with connect(ErpAccess(odoo19.url, odoo19.database, "admin", "admin")) as session:
        asked = {"company_id": branch, "date": DAY}
        (theirs,) = session.call("res.currency", "read", [other["id"]], ["rate"], context=asked)
    assert float(ours[branch]) == float(ours[root["id"]]) == 0.125
    assert theirs["rate"] == pytest.approx(0.125)
