"""Deletions, merges and losses that cannot be believed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kam_connector.errors import SuspectData
from kam_connector.mirror import Mirror, rows
from kam_connector.sync import looks, presence
from tests.sync.books import EUR, Books
from tests.sync.conftest import LARGE, pull
from tests.sync.contents import content


@pytest.fixture
def books(telling: str) -> Books:
    made = Books()
    for number in range(100):
        made.partner(f"Customer {number}")
    for number in range(1, 101):
        made.invoice(number, 10.0, "2026-01-10")
    return made


def live(store: Mirror, table: str) -> int:
    return len(rows.live_ids(store.db, table))


def test_a_deleted_record_is_a_tombstone_and_its_row_stays(store: Mirror, books: Books) -> None:
    pull(books.session(), store, "run 1")
    books.remove("account.move.line", 7)
    books.remove("account.move", 7)
    report = pull(books.session(), store, "run 2")
    assert {one.model: one.deleted for one in report.models if one.deleted} == {
        "account.move": 1,
        "account.move.line": 1,
    }
    found = store.db.execute("SELECT amount_total_minor, _deleted, _seen_run FROM account_move WHERE id = 7").fetchall()
    assert found == [(1000, True, "run 2")]


def test_nobody_asks_for_ids_while_all_rows_are_still_there(store: Mirror, books: Books, telling: str) -> None:
    pull(books.session(), store, "run 1")
    books.written = "2026-01-01 09:00:00"
    books.change("res.partner", 40)  # what comes with the changes is expected
    books.partner("New")
    idle = books.session()
    report = pull(idle, store, "run 2")
    assert (report.rows, report.deleted) == (2, 0)
    assert any(name.startswith("ids ") for name in idle.calls) == (telling == "ids")
    assert idle.calls["pages account.move"] == 1  # the changes; no block of rows


def test_only_the_block_that_differs_is_asked_for(
    store: Mirror, books: Books, telling: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presence, "BLOCK_ROWS", 16)
    pull(books.session(), store, "run 1")
    books.remove("account.move.line", 7)
    session = books.session()
    assert pull(session, store, "run 2").deleted == 1
    wanted = {"blocks": (2, 0), "totals": (1, 1), "ids": (1, 1)}[telling]
    assert (session.calls["pages account.move.line"], session.calls["ids account.move.line"]) == wanted
    assert session.calls["pages account.move"] == 1


def test_a_row_that_comes_as_another_goes_is_found_though_their_number_stays(store: Mirror, books: Books) -> None:
    """A rule shows one old record and hides another: as many rows as before, none of them written."""
    hidden = dict(books.row("account.move.line", 90))
    books.remove("account.move.line", 90)
    pull(books.session(), store, "run 1")
    books.tables["account.move.line"].append(hidden)
    books.remove("account.move.line", 89)
    pull(books.session(), store, "run 2")
    assert {89, 90} & set(rows.live_ids(store.db, "account_move_line")) == {90}


def test_what_was_written_behind_our_back_is_found_at_once_by_blocks(store: Mirror, books: Books, telling: str) -> None:
    """Long before the newest row that the mirror knows; without blocks the day's first run finds it."""
    pull(books.session(), store, "run 1")
    books.written = "2026-06-01 00:00:00"
    books.change("res.partner", 1)
    pull(books.session(), store, "run 2")
    books.change("res.partner", 2, name="Renamed", write_date="2026-03-01 00:00:00")
    pull(books.session(), store, "run 3")
    [(name,)] = store.db.execute("SELECT name FROM res_partner WHERE id = 2").fetchall()
    assert name == ("Renamed" if telling == "blocks" else "Customer 1")
    pull(books.session(), store, "run 4", options=replace(LARGE, verify=True))
    assert store.db.execute("SELECT name FROM res_partner WHERE id = 2").fetchall() == [("Renamed",)]


def test_a_crowd_of_one_minute_is_not_read_again_every_night(
    store: Mirror, books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An import: the newest known rows are many. What is written in the overlap before the last pull still comes."""
    monkeypatch.setattr(looks, "CROWD", 50)
    pull(books.session(hours=1), store, "run 1")
    report = pull(books.session(hours=2), store, "run 2")
    assert {one.model: one.read for one in report.models}["res.partner"] == 0
    books.change("res.partner", 7, name="Late", write_date="2026-01-01 09:55:00")
    report = pull(books.session(hours=1), store, "run 3")
    assert {one.model: one.read for one in report.models}["res.partner"] == 1
    assert store.db.execute("SELECT name FROM res_partner WHERE id = 7").fetchall() == [("Late",)]


def test_a_record_that_is_seen_again_lives_again(store: Mirror, books: Books) -> None:
    pull(books.session(), store, "run 1")
    row = books.row("res.partner", 3)
    books.remove("res.partner", 3)
    pull(books.session(), store, "run 2")
    assert live(store, "res_partner") == 99
    books.tables["res.partner"].append(row)
    pull(books.session(), store, "run 3")
    assert live(store, "res_partner") == 100


def test_a_merged_partners_invoices_follow_although_their_date_stays(store: Mirror, books: Books) -> None:
    pull(books.session(), store, "run 1")
    books.written = "2026-06-01 00:00:00"
    books.change("res.partner", 1)
    pull(books.session(), store, "run 2")
    for model, fields in (
        ("account.move", ("partner_id", "commercial_partner_id")),
        ("account.move.line", ("partner_id",)),
    ):
        for row in books.tables[model]:
            row.update({field: 1 for field in fields if row[field] == 2})
    books.remove("res.partner", 2)
    pull(books.session(), store, "run 3")
    assert store.db.execute("SELECT partner_id, commercial_partner_id FROM account_move WHERE id = 2").fetchall() == [
        (1, 1)
    ]
    assert store.db.execute("SELECT partner_id FROM account_move_line WHERE id = 2").fetchall() == [(1,)]


def test_fifty_losses_are_believed(store: Mirror, books: Books) -> None:
    pull(books.session(), store, "run 1")
    books.remove("account.move", *range(1, 51))
    books.remove("account.move.line", *range(1, 51))
    assert pull(books.session(), store, "run 2").deleted == 100


def test_fifty_one_losses_of_a_hundred_stop_the_run_before_anything_is_marked(store: Mirror, books: Books) -> None:
    pull(books.session(), store, "run 1")
    books.remove("account.move.line", 1)
    books.remove("account.move", *range(1, 52))
    with pytest.raises(SuspectData, match=r"51 of 100 of account\.move\. .*kam sync rebuild"):
        pull(books.session(), store, "run 2")
    assert (live(store, "account_move"), live(store, "account_move_line")) == (100, 100)


def test_two_percent_of_many_are_believed_and_one_more_is_not(store: Mirror, books: Books) -> None:
    for number in range(2900):
        books.partner(f"More {number}")
    pull(books.session(), store, "run 1")
    books.remove("res.partner", *range(101, 161))
    assert pull(books.session(), store, "run 2").deleted == 60
    books.remove("res.partner", *range(161, 220 + 1))
    with pytest.raises(SuspectData, match=r"60 of 2940 of res\.partner"):
        pull(books.session(), store, "run 3")


def test_an_empty_answer_is_no_deletion(store: Mirror, books: Books) -> None:
    pull(books.session(), store, "run 1")
    books.tables["res.partner"] = []
    with pytest.raises(SuspectData, match=r"100 of 100 of res\.partner"):
        pull(books.session(), store, "run 2")
    assert live(store, "res_partner") == 100


def test_many_done_activities_may_go_at_once(store: Mirror, books: Books) -> None:
    for number in range(60):
        books.add("mail.activity", res_model="res.partner", res_id=1, summary=f"Call {number}", user_id=1)
    pull(books.session(), store, "run 1")
    books.tables["mail.activity"] = []
    assert pull(books.session(), store, "run 2").deleted == 60


def test_another_database_is_refused_and_the_mirror_untouched(store: Mirror, books: Books) -> None:
    books.add("ir.config_parameter", key="database.uuid", value="aaaa-1")
    pull(books.session(), store, "run 1")
    before = content(store, runs=True)
    books.change("ir.config_parameter", 1, value="bbbb-2")
    with pytest.raises(SuspectData, match=r"not the database .* its uuid is another one"):
        pull(books.session(), store, "run 2")
    assert content(store, runs=True) == before


def test_without_the_right_to_the_uuid_the_first_company_tells_the_database(store: Mirror, books: Books) -> None:
    pull(books.session(), store, "run 1")
    books.change("res.company", 1, create_date="2026-05-05 05:05:05")
    with pytest.raises(SuspectData, match="its first company is another one"):
        pull(books.session(), store, "run 2")


def test_a_mark_that_can_no_longer_be_read_is_kept(store: Mirror, books: Books) -> None:
    books.add("ir.config_parameter", key="database.uuid", value="aaaa-1")
    pull(books.session(), store, "run 1")
    parameter = books.tables.pop("ir.config_parameter")
    pull(books.session(), store, "run 2")
    books.tables["ir.config_parameter"] = [{**parameter[0], "value": "bbbb-2"}]
    with pytest.raises(SuspectData, match="its uuid"):
        pull(books.session(), store, "run 3")


def test_a_company_taken_from_the_login_is_no_deletion(store: Mirror, books: Books) -> None:
    books.company(2, EUR)
    pull(books.session(), store, "run 1")
    session = books.session()
    session.capabilities.companies = (1,)
    with pytest.raises(SuspectData, match="no longer sees company 2"):
        pull(session, store, "run 2")


def test_a_company_given_to_the_login_brings_its_old_records(store: Mirror, books: Books) -> None:
    pull(books.session(), store, "run 1")
    books.company(2, EUR)
    old = books.invoice(1, 5.0, "2024-01-01", company=2)
    pull(books.session(), store, "run 2")
    assert old in rows.live_ids(store.db, "account_move")
