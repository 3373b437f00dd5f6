"""A cash signal through whole nights: a task of the same step under a key of its own, once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.runs import nights
from tests.runs.test_promises import Desk

MODEL = "kam.collection.task"


@pytest.mark.long
@pytest.mark.requirement("S4-59")
@pytest.mark.parametrize("addon", [True, False])
def test_a_new_order_of_a_customer_who_was_asked_in_vain_makes_a_task_once(
    shared_folder: Path, tmp_path: Path, addon: bool
) -> None:
    with nights.after_one(shared_folder, tmp_path, addon=addon) as (place, server):
        desk = Desk(place, server)
        assert desk.place.kam("sync", "run").returncode in (0, 1)
        asked = next(row for row in desk.ask("collections", "worklist") if row["company"] == 1)
        if addon:
            done = [row for row in server.rows(MODEL).values() if row["partner_id"] == asked["customer"]]
            values = {"state": "done", "cause_code": "cash", "write_date": "2026-06-27 04:00:00"}
            server.edit(MODEL, done[0]["id"], **values)
        else:
            done = [row for row in server.rows("mail.activity").values() if row["res_id"] == asked["customer"]]
            server.edit("mail.activity", done[0]["id"], active=False, write_date="2026-06-27 04:00:00")
        assert desk.place.kam("sync", "run", "--full").returncode in (0, 1)
        assert asked["customer"] not in {row["customer"] for row in desk.ask("collections", "worklist")}

        orders = server.rows("sale.order").values()
        own = next(row for row in orders if row["partner_id"] == asked["customer"] and row["company_id"] == 1)
        server.edit("sale.order", own["id"], state="sale", date_order="2026-06-29 04:00:00")
        desk.night()
        (again,) = [row for row in desk.ask("collections", "worklist") if row["customer"] == asked["customer"]]
        assert (again["step"], again["level"]) == (asked["step"], asked["level"])
        assert own["name"] in again["reason"]
        if addon:
            keys = [row["kam_key"] for row in server.rows(MODEL).values() if row["partner_id"] == asked["customer"]]
            assert sorted(keys) == [done[0]["kam_key"], f"{done[0]['kam_key']}:2026-06-29"]
        assert desk.night()["totals"]["planned"] == 0
        (still,) = [row for row in desk.ask("collections", "worklist") if row["customer"] == asked["customer"]]
        assert "stays open" in still["reason"]
