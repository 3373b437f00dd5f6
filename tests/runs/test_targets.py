"""`kam targets import` into the sandbox: what is written, once; what people have set stays; what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import Workbook

from kam_connector.erp import ErpAccess, connect
from tests.runs.staff import ANN, BOB, CAT, EAST, HEAD, W32, Staff, staff

pytestmark = pytest.mark.long

SPLIT = ",East,2026-07,revenue,1000.00,,\nann,East,2026-07,revenue,,,2\nbob,,2026-07,revenue,,,1\n"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Staff]:
    with staff(tmp_path) as found:
        yield found


@pytest.mark.requirement("S2-38")
@pytest.mark.requirement("S4-35")
def test_a_file_is_written_once_and_the_second_import_writes_nothing(office: Staff) -> None:
    assert office.load(W32) == {"planned": 4, "written": 4, "unchanged": 0, "left": 0}
    assert office.targets() == {
        "target:user:7:revenue:2026-06": 1000.0, "target:user:7:margin:2026-06": 250.0,
        "target:user:7:collection:2026-06": 800.0, "target:user:7:new_customers:2026-06": 5.0,
    }  # fmt: skip
    (row,) = [row for row in office.server.rows("kam.target").values() if row["kind"] == "revenue"]
    assert (row["user_id"], row["team_id"], row["period"]) == (ANN, EAST, "2026-06")
    assert (row["date_from"], row["date_to"], row["company_id"]) == ("2026-06-01", "2026-06-30", 1)
    assert office.load(W32) == {"planned": 0, "written": 0, "unchanged": 4, "left": 0}
    assert office.load(W32.replace("1000", "1100"))["written"] == 1
    assert office.targets()["target:user:7:revenue:2026-06"] == 1100.0


@pytest.mark.requirement("S4-35")
def test_a_teams_target_is_divided_by_weights_to_the_cent(office: Staff) -> None:
    assert office.load(SPLIT, "--split")["written"] == 3
    assert office.targets() == {
        f"target:team:{EAST}:revenue:2026-07": 1000.0, f"target:user:{ANN}:revenue:2026-07": 666.67,
        f"target:user:{BOB}:revenue:2026-07": 333.33,
    }  # fmt: skip
    assert office.load(SPLIT, "--split")["written"] == 0
    assert office.load(",,2026-08,new_customers,4,,\n", "--split")["written"] == 4
    assert [office.targets()[f"target:user:{user}:new_customers:2026-08"] for user in (ANN, BOB, CAT)] == [2, 1, 1]
    assert office.targets()[f"target:team:{EAST}:new_customers:2026-08"] == 4


def test_a_workbook_is_read_as_well(office: Staff, tmp_path: Path) -> None:
    book = Workbook()
    for row in (HEAD.strip().split(","), ("ann", "", "2026-07", "revenue", 1234.5, "cny", None)):
        book.active.append(row)
    book.save(tmp_path / "targets.xlsx")
    assert office.answer("targets", "import", str(tmp_path / "targets.xlsx"), "--yes")["totals"]["written"] == 1
    assert office.targets() == {f"target:user:{ANN}:revenue:2026-07": 1234.5}


def test_without_a_yes_the_plan_is_shown_and_nothing_written(office: Staff) -> None:
    done = office.place.kam("targets", "import", office.file(HEAD + W32))
    assert done.returncode == 0
    assert "4" in done.stdout
    assert "Nothing was written: add --yes" in done.stderr
    assert office.targets() == {}


def test_an_import_is_taken_back_by_an_undo(office: Staff) -> None:
    office.load(W32)
    office.load(W32.replace("1000", "1100"))
    assert office.place.kam("writeback", "undo", "--yes").returncode in (0, 1)
    assert office.targets()["target:user:7:revenue:2026-06"] == 1000.0


def test_what_people_have_changed_in_odoo_since_stays_and_is_told(office: Staff) -> None:
    office.load(W32)
    target = next(number for number, row in office.server.rows("kam.target").items() if row["kind"] == "revenue")
    office.server.edit("kam.target", target, amount=950.0, kam_version=2)
    answer = office.answer("targets", "import", office.file(HEAD + W32), "--yes", codes=(1,))
    assert answer["totals"] == {"planned": 0, "written": 0, "unchanged": 3, "left": 1}
    (finding,) = answer["findings"]
    assert finding["record"] == "target:user:7:revenue:2026-06"
    assert "changed this target in the ERP since it was imported: 950" in finding["message"]
    assert office.targets()["target:user:7:revenue:2026-06"] == 950.0
    office.server.edit("kam.target", target, amount=1000.0, kam_version=3)
    assert office.load(W32)["left"] == 0
    with connect(ErpAccess(office.server.url, "sandbox", "admin", office.server.password)) as session:
        session.unlink("kam.target", [target])
    assert office.load(W32.replace("1000", "1050"))["written"] == 1
    assert office.targets()["target:user:7:revenue:2026-06"] == 1050.0


def test_a_target_that_somebody_has_set_by_hand_is_not_set_a_second_time(office: Staff) -> None:
    own = {"company_id": 1, "user_id": ANN, "period": "2026-06", "kind": "revenue", "amount": 990.0,
           "date_from": "2026-06-01", "date_to": "2026-06-30"}  # fmt: skip

    with connect(ErpAccess(office.server.url, "sandbox", "admin", office.server.password)) as session:
        session.create("kam.target", [own])
    answer = office.answer("targets", "import", office.file(HEAD + W32), "--yes", codes=(1,))
    assert answer["totals"] == {"planned": 3, "written": 3, "unchanged": 0, "left": 1}
    assert "Row 2: somebody has set this target in the ERP, to 990.00." in answer["findings"][0]["message"]
    assert office.load(W32.replace("1000", "990"))["left"] == 0


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ("eve,,2026-06,revenue,1,,\n", "row 3, column user: 'eve' is not known in the ERP."),
        (",North,2026-06,revenue,1,,\n", "row 3, column team: 'North' is not known in the ERP."),
        ("ann,,2026-06,revenue,1,EUR,\n", "row 3, column currency: EUR is not the company's currency; targets are"),
        ("ann,,2026-06,revenue,1,ZZZ,\n", "row 3, column currency: ZZZ is not the company's currency"),
        ("ann,,2026-06,revenue,1.005,,\n", "row 3, column amount: 1.005 has more decimals than CNY."),
        ("ann,,2026-06,revenue,-5,,\n", "row 3, column amount: a target is zero or more, not -5."),
        ("ann,,2026-06,revenue,1,,\n7,,2026-06,revenue,2,,\n", "row 4, column measure: this target stands in the file"),
        (",,2026-06,revenue,1,,\n", "row 3, column user: the row names neither a user nor a team"),
        ("ann,,2026-06,revenue,,,3\n", "row 3, column amount: the row has only a weight: add --split."),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_is_refused_with_its_cell_and_nothing_is_written(
    office: Staff, rows: str, why: str
) -> None:
    said = office.refused("ann,,2026-05,revenue,1,,\n" + rows)
    assert why in said
    assert "Nothing was written." in said
    assert office.targets() == {}


def test_parts_that_are_more_than_the_whole_are_refused(office: Staff) -> None:
    said = office.refused(",East,2026-07,revenue,10,,\nann,,2026-07,revenue,11,,\n", "--split")
    assert "row 2, column amount: the amounts below this target are more than it." in said


def test_without_the_addon_there_is_no_place_for_targets(tmp_path: Path) -> None:
    with staff(tmp_path, addon=False) as bare:
        assert "it has no addon" in bare.refused(W32)
