"""create, write, unlink, custom fields, activities, attachments: the same on every server."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
from decimal import Decimal

import pytest

from kam_connector.errors import AccessRefused, ErpDefect, RecordRefused, UnknownOutcome
from tests.contract.conftest import Place


def test_created_ids_rise_in_the_order_of_the_rows(erp: Place) -> None:
    ids = erp.partners({"ref": "1"}, {"ref": "2"}, {"ref": "3"})
    assert ids == sorted(ids)
    assert [row["ref"] for row in erp.session.read("res.partner", ids, ["ref"])] == ["1", "2", "3"]
    assert erp.session.create("res.partner", []) == []


def test_a_write_changes_all_its_rows_and_none_when_one_is_gone(erp: Place) -> None:
    ids = erp.partners({}, {})
    erp.session.write("res.partner", ids, {"ref": "both"})
    assert [row["ref"] for row in erp.session.read("res.partner", ids, ["ref"])] == ["both", "both"]
    with pytest.raises(RecordRefused, match="does not exist"):
        erp.session.write("res.partner", [*ids, 999_999], {"ref": "none"})
    assert [row["ref"] for row in erp.session.read("res.partner", ids, ["ref"])] == ["both", "both"]
    erp.session.write("res.partner", [], {"ref": "nobody"})


def test_none_empties_a_cell(erp: Place) -> None:
    partner = erp.partners({"ref": "x", "user_id": erp.session.uid})[0]
    erp.session.write("res.partner", [partner], {"ref": None, "user_id": None})
    assert erp.session.read("res.partner", [partner], ["ref", "user_id"]) == [
        {"id": partner, "ref": None, "user_id": None}
    ]


def test_a_write_moves_write_date_and_not_create_date(erp: Place) -> None:
    partner = erp.partners({})[0]
    fields = ["create_date", "write_date"]
    before = erp.session.read("res.partner", [partner], fields)[0]
    erp.session.write("res.partner", [partner], {"ref": "later"})
    after = erp.session.read("res.partner", [partner], fields)[0]
    assert after["create_date"] == before["create_date"]
    assert after["write_date"] >= before["write_date"]


def test_an_unlinked_row_is_gone_and_cannot_be_unlinked_again(erp: Place) -> None:
    partner = erp.partners({})[0]
    erp.session.unlink("res.partner", [partner])
    assert erp.session.read("res.partner", [partner], ["name"]) == []
    with pytest.raises(RecordRefused):
        erp.session.write("res.partner", [partner], {"ref": "ghost"})


def test_one_bad_row_refuses_the_whole_create(erp: Place) -> None:
    good, bad = erp.unique("good"), erp.unique("bad")
    with pytest.raises((RecordRefused, ErpDefect)):
        erp.session.create("res.partner", [{"name": good}, {"name": bad, "parent_id": 999_999}])
    assert erp.session.search_ids("res.partner", [["name", "in", [good, bad]]]) == []


def test_an_unknown_field_is_a_defect_in_create_and_in_write(erp: Place) -> None:
    partner = erp.partners({})[0]
    with pytest.raises(ErpDefect, match="nonsense"):
        erp.session.create("res.partner", [{"name": "x", "nonsense": 1}])
    with pytest.raises(ErpDefect, match="nonsense"):
        erp.session.write("res.partner", [partner], {"nonsense": 1})


def test_a_word_that_the_selection_does_not_have_is_refused(erp: Place) -> None:
    with pytest.raises(RecordRefused, match="Wrong value"):
        erp.session.create("res.partner", [{"name": "x", "type": "castle"}])


@pytest.mark.parametrize("value", [2**31, -(2**31), float("nan"), float("inf"), Decimal("NaN"), b"bytes", {1, 2}])
def test_a_value_that_cannot_travel_is_refused_before_sending(erp: Place, value: object) -> None:
    partner = erp.partners({"ref": "kept"})[0]
    with pytest.raises(RecordRefused):
        erp.session.write("res.partner", [partner], {"customer_rank": value})
    assert erp.session.read("res.partner", [partner], ["ref"])[0]["ref"] == "kept"


def test_custom_fields_are_made_written_found_and_taken_away(one_erp: Place) -> None:
    """Odoo loads its models anew three times: seconds, on each server."""
    session = one_erp.session
    model = session.search_ids("ir.model", [["model", "=", "res.partner"]])[0]
    kinds = {"x_kam_t1": "char", "x_kam_t2": "float", "x_kam_t3": "date", "x_kam_t4": "text", "x_kam_t5": "integer"}
    rows = [
        {"name": name, "field_description": name, "model_id": model, "ttype": kind, "state": "manual", "copied": False}
        for name, kind in kinds.items()
    ]
    made = session.create("ir.model.fields", rows)
    session.forget_fields("res.partner")
    assert {name: session.fields("res.partner")[name].type for name in kinds} == kinds
    partner = one_erp.partners({})[0]
    values = {
        "x_kam_t1": "gold",
        "x_kam_t2": Decimal("12.5"),
        "x_kam_t3": dt.date(2026, 6, 30),
        "x_kam_t4": "a\nb",
        "x_kam_t5": 7,
    }
    session.write("res.partner", [partner], values)
    row = session.read("res.partner", [partner], list(kinds))[0]
    assert row == {
        "id": partner,
        "x_kam_t1": "gold",
        "x_kam_t2": 12.5,
        "x_kam_t3": "2026-06-30",
        "x_kam_t4": "a\nb",
        "x_kam_t5": 7,
    }
    assert session.search_ids("res.partner", [["x_kam_t1", "=", "gold"], ["x_kam_t5", ">", 6]]) == [partner]
    with pytest.raises(RecordRefused):
        session.create("ir.model.fields", [rows[0]])
    with pytest.raises(RecordRefused):
        session.create("ir.model.fields", [{**rows[0], "name": "kam_without_x"}])
    session.unlink("ir.model.fields", made)
    session.forget_fields("res.partner")
    assert "x_kam_t1" not in session.fields("res.partner")


def test_a_day_that_is_none_is_not_kept(erp: Place) -> None:
    activity = make_activity(erp, erp.partners({})[0])
    with pytest.raises((ErpDefect, RecordRefused)):
        erp.session.write("mail.activity", [activity], {"date_deadline": "the day after"})
    assert erp.session.read("mail.activity", [activity], ["date_deadline"])[0]["date_deadline"] == "2026-07-03"


def make_activity(erp: Place, partner: int) -> int:
    model = erp.session.search_ids("ir.model", [["model", "=", "res.partner"]])[0]
    kind = erp.session.search_ids("mail.activity.type", [])[0]
    values = {
        "res_model_id": model,
        "res_id": partner,
        "activity_type_id": kind,
        "summary": "Call about 3 overdue invoices",
        "date_deadline": dt.date(2026, 7, 3),
        "user_id": erp.session.uid,
    }
    return erp.session.create("mail.activity", [values], context={"mail_activity_quick_update": True})[0]


def test_an_activity_stands_on_the_partner(erp: Place) -> None:
    partner = erp.partners({})[0]
    activity = make_activity(erp, partner)
    fields = ["res_model", "res_id", "summary", "date_deadline", "user_id"]
    assert erp.session.read("mail.activity", [activity], fields) == [
        {
            "id": activity,
            "res_model": "res.partner",
            "res_id": partner,
            "summary": "Call about 3 overdue invoices",
            "date_deadline": "2026-07-03",
            "user_id": erp.session.uid,
        }
    ]
    domain = [["res_model", "=", "res.partner"], ["res_id", "in", [partner]]]
    assert erp.session.search_ids("mail.activity", domain) == [activity]
    erp.session.write("mail.activity", [activity], {"summary": "Call again", "date_deadline": "2026-07-06"})
    assert erp.session.read("mail.activity", [activity], ["summary"])[0]["summary"] == "Call again"
    erp.session.unlink("mail.activity", [activity])
    assert erp.session.search_ids("mail.activity", domain) == []


def test_an_attachment_keeps_its_bytes(erp: Place) -> None:
    partner = erp.partners({})[0]
    content = bytes(range(256)) * 8
    name = erp.unique("ageing") + ".xlsx"
    values = {
        "name": name,
        "datas": base64.b64encode(content).decode(),
        "res_model": "res.partner",
        "res_id": partner,
        "mimetype": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }
    attachment = erp.session.create("ir.attachment", [values])[0]
    domain = [["res_model", "=", "res.partner"], ["res_id", "=", partner], ["name", "=", name]]
    assert erp.session.search_ids("ir.attachment", domain) == [attachment]
    row = erp.session.read("ir.attachment", [attachment], ["datas", "file_size", "res_id"])[0]
    assert base64.b64decode(row["datas"]) == content
    assert (row["file_size"], row["res_id"]) == (len(content), partner)
    fresh = base64.b64encode(b"new").decode()
    erp.session.write("ir.attachment", [attachment], {"datas": fresh})
    assert erp.session.read("ir.attachment", [attachment], ["datas"])[0]["datas"] == fresh
    erp.session.unlink("ir.attachment", [attachment])


def test_an_attachment_tells_the_sha1_of_its_bytes(erp: Place) -> None:
    values = {"name": erp.unique("sum"), "datas": base64.b64encode(b"content").decode(), "type": "binary"}
    attachment = erp.session.create("ir.attachment", [values])[0]
    row = erp.session.read("ir.attachment", [attachment], ["checksum"])[0]
    assert row["checksum"] == hashlib.sha1(b"content").hexdigest()


def test_a_part_of_a_text_is_found_by_like(erp: Place) -> None:
    activity = make_activity(erp, erp.partners({})[0])
    domain = [["summary", "like", "about 3 over"], ["id", "=", activity]]
    assert erp.session.search_ids("mail.activity", domain) == [activity]
    assert erp.session.search_ids("mail.activity", [["summary", "like", "ABOUT 3"], ["id", "=", activity]]) == []


def test_installed_languages_are_told_by_code(erp: Place) -> None:
    assert "en_US" in {code for code, _ in erp.session.call("res.lang", "get_installed")}


def test_a_page_for_custom_fields_is_added_to_the_customers_form(one_erp: Place) -> None:
    session = one_erp.session
    domain = [["module", "=", "base"], ["name", "=", "view_partner_form"], ["model", "=", "ir.ui.view"]]
    form = session.search_read("ir.model.data", domain, ["res_id"], limit=1)[0]["res_id"]
    name = one_erp.unique("kam.view")
    arch = '<xpath expr="//notebook" position="inside"><page name="kam" string="KAM"><field name="ref"/></page></xpath>'
    view = {"name": name, "model": "res.partner", "inherit_id": form, "mode": "extension", "arch": arch}
    made = session.create("ir.ui.view", [view])
    assert session.search_ids("ir.ui.view", [["name", "=", name], ["model", "=", "res.partner"]]) == made
    session.unlink("ir.ui.view", made)


def test_an_attachment_without_a_name_is_refused(erp: Place) -> None:
    with pytest.raises(RecordRefused):
        erp.session.create("ir.attachment", [{"datas": base64.b64encode(b"x").decode()}])


def test_r05_a_method_that_returns_nothing_is_an_unknown_outcome_over_xmlrpc_and_done_over_json(erp: Place) -> None:
    """R-4: over XML-RPC the work is committed, then Odoo answers a fault because that cannot carry "nothing"."""
    partner = erp.partners({})[0]
    if erp.session.transport == "xmlrpc":
        with pytest.raises(UnknownOutcome):
            erp.session.call(*erp.silent_call(partner))
    else:
        assert erp.session.call(*erp.silent_call(partner)) is None
    assert erp.session.perform(*erp.silent_call(partner)) is None


def test_a_weak_login_may_not_write(erp: Place) -> None:
    from kam_connector.erp import connect

    with connect(erp.weak) as session, pytest.raises(AccessRefused, match=r"account\.move\.create"):
        session.create("account.move", [{"move_type": "entry"}])
