"""The ERP's fields change between two nights: named, read anew, or the end of the run (R-22)."""

from __future__ import annotations

import dataclasses

import pytest

from kam_connector.erp.fields import Field
from kam_connector.errors import AccessRefused, SuspectData
from kam_connector.mirror import Mirror
from kam_connector.sync import Options, PullReport
from tests.sync.books import Books
from tests.sync.conftest import LARGE, pull


@pytest.fixture
def books() -> Books:
    made = Books()
    made.add("crm.team", id=1, name="North", active=True)
    made.partner("Acme", lang="en_US", ref="A1")
    made.invoice(1, 100.0, "2026-01-10")
    return made


def told(report: PullReport) -> list[tuple[str, str, str]]:
    return [(one.severity, one.record, one.message) for one in report.findings]


def partner(store: Mirror, column: str) -> object:
    found = store.db.execute(f"SELECT {column} FROM res_partner WHERE id = 1").fetchone()
    return found[0] if found else None


def test_an_idle_night_asks_only_for_models_that_lack_something(store: Mirror, books: Books) -> None:
    pull(books.session(), store, "run 1")
    session = books.session(lacking={("res.partner", "vat")})
    pull(session, store, "run 2")
    assert session.calls["remember"] > 5


def test_a_field_that_is_gone_is_named_and_its_column_empty(store: Mirror, books: Books) -> None:
    pull(books.session(), store, "run 1")
    report = pull(books.session(lacking={("res.partner", "ref")}), store, "run 2")
    assert told(report) == [
        (
            "warning",
            "res.partner.ref",
            "The field ref of res.partner is gone from the ERP, or may no longer be read: it is empty now.",
        )
    ]
    assert partner(store, "ref") is None
    assert told(pull(books.session(lacking={("res.partner", "ref")}), store, "run 3")) == []


def test_a_field_that_comes_back_is_read_for_every_row(store: Mirror, books: Books) -> None:
    pull(books.session(lacking={("res.partner", "ref")}), store, "run 1")
    assert partner(store, "ref") is None
    report = pull(books.session(), store, "run 2")
    assert (told(report), partner(store, "ref")) == ([], "A1")


def test_a_field_of_a_type_that_does_not_fit_is_left_empty_and_told_every_night(store: Mirror, books: Books) -> None:
    pull(books.session(), store, "run 1")
    books.row("res.partner", 1)["ref"] = 17
    changed = {("res.partner", "ref"): Field("many2one", stored=True)}
    first = pull(books.session(types=changed), store, "run 2", full=True)
    again = pull(books.session(types=changed), store, "run 3")
    text = "The field ref of res.partner is of the type many2one, which does not fit: it is left empty."
    assert ("error", "res.partner.ref", text) in told(first)
    assert told(again) == [("error", "res.partner.ref", text)]
    assert partner(store, "ref") is None


def test_a_remembered_type_that_no_longer_holds_is_asked_again(store: Mirror, books: Books) -> None:
    """Every wanted field was there, so that its type is remembered; the value itself betrays the change."""
    pull(books.session(), store, "run 1")
    books.written = "2026-05-01 00:00:00"
    books.change("res.partner", 1, ref=17)
    changed = {("res.partner", "ref"): Field("integer", stored=True)}
    report = pull(books.session(types=changed), store, "run 2")
    assert "is of the type integer, which does not fit" in told(report)[0][2]


def test_a_field_that_the_rules_need_stops_the_run_before_anything_is_written(store: Mirror, books: Books) -> None:
    pull(books.session(), store, "run 1")
    books.written = "2026-05-01 00:00:00"
    books.change("res.partner", 1, name="Renamed")
    with pytest.raises(AccessRefused, match=r"no field account\.move\.line\.balance as the rules need it"):
        pull(books.session(lacking={("account.move.line", "balance")}), store, "run 2")
    assert partner(store, "name") == "Acme"


def test_an_addon_installed_between_two_nights_is_pulled(store: Mirror, books: Books) -> None:
    pull(books.session(), store, "run 1")
    books.add("kam.tier", id=1, name="Gold", code="gold")
    report = pull(books.session(), store, "run 2")
    assert {one.model: one.rows for one in report.models}["kam.tier"] == 1


def test_an_uninstalled_module_is_named_and_its_rows_are_gone(store: Mirror, books: Books) -> None:
    pull(books.session(), store, "run 1")
    del books.tables["crm.team"]
    report = pull(books.session(), store, "run 2")
    assert told(report) == [
        (
            "warning",
            "crm.team",
            "The ERP no longer has crm.team: was its module uninstalled, or the right to read it withdrawn?",
        )
    ]
    assert report.deleted == 1


def test_an_uninstalled_module_with_many_rows_is_suspect(store: Mirror, books: Books) -> None:
    for number in range(60):
        books.add("crm.team", name=f"Team {number}", active=True)
    pull(books.session(), store, "run 1")
    del books.tables["crm.team"]
    with pytest.raises(SuspectData, match=r"61 of 61 of crm\.team"):
        pull(books.session(), store, "run 2")


def test_limits_are_the_policys(store: Mirror, books: Books) -> None:
    for number in range(60):
        books.add("crm.team", name=f"Team {number}", active=True)
    pull(books.session(), store, "run 1")
    books.tables["crm.team"] = []
    with pytest.raises(SuspectData):
        pull(books.session(), store, "run 2", options=dataclasses.replace(LARGE, vanish_rows=60))
    assert pull(books.session(), store, "run 3", options=dataclasses.replace(LARGE, vanish_rows=61)).deleted == 61


def custom(*fields: str) -> Options:
    return dataclasses.replace(LARGE, custom_fields=fields)


def test_custom_fields_have_a_table_beside_the_models_own(store: Mirror, books: Books) -> None:
    books.row("res.partner", 1)["x_region"] = "North"
    chosen = custom("res.partner.x_region")
    pull(books.session(), store, "run 1", options=chosen)
    books.written = "2026-05-01 00:00:00"
    books.change("res.partner", 1, x_region="South")
    books.partner("New", x_region="East")
    report = pull(books.session(), store, "run 2", options=chosen)
    found = store.db.execute("SELECT id, x_region, _deleted FROM res_partner_custom ORDER BY id").fetchall()
    assert found == [(1, "South", False), (2, "East", False)]
    assert {one.model: one.rows for one in report.models}["res.partner+custom"] == 2
    books.remove("res.partner", 2)
    pull(books.session(), store, "run 3", options=chosen)
    assert store.db.execute("SELECT id FROM res_partner_custom WHERE NOT _deleted").fetchall() == [(1,)]


def test_another_custom_field_makes_the_table_anew_and_none_drops_it(store: Mirror, books: Books) -> None:
    books.row("res.partner", 1).update(x_region="North", x_segment="A")
    pull(books.session(), store, "run 1", options=custom("res.partner.x_region"))
    pull(books.session(), store, "run 2", options=custom("res.partner.x_region", "res.partner.x_segment"))
    assert store.db.execute("SELECT x_region, x_segment FROM res_partner_custom").fetchall() == [("North", "A")]
    pull(books.session(), store, "run 3")
    assert "res_partner_custom" not in store.ibis.list_tables()


def test_custom_fields_that_cannot_be_mirrored_are_named(store: Mirror, books: Books) -> None:
    types = {
        ("res.partner", "x_total"): Field("float", stored=False),
        ("res.partner", "x_tags"): Field("many2many", stored=True),
    }
    chosen = custom("res.partner.x_gone", "res.partner.x_total", "res.partner.x_tags", "stock.move.x_any")
    report = pull(books.session(types=types), store, "run 1", options=chosen)
    assert [one.message for one in report.findings] == [
        "The custom field stock.move.x_any of sync.toml belongs to a model that is not pulled.",
        "The ERP has no field res.partner.x_gone, which sync.toml names, or this login may not read it.",
        "The field res.partner.x_total, which sync.toml names, is not stored in the ERP: changes of it could not be "
        "seen.",
        "The field res.partner.x_tags, which sync.toml names, is of the type many2many, which is not mirrored.",
    ]
