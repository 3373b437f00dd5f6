"""The pull endpoint: what a user may not see stays unseen, one bad question stops only itself, nothing is written."""

from __future__ import annotations

import base64
import json
import struct
import zlib
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.addon.cast import Cast
from tests.addon.rpc import Login, Refused

pytestmark = pytest.mark.odoo


def unpack(login: Login, *questions: dict[str, Any], **context: Any) -> tuple[list[dict[str, Any]], str]:
    """The heading of each part, and all parts."""
    packed = base64.b64decode(login.call("kam.extract", "pull", list(questions), context=context))
    (length,) = struct.unpack_from(">I", packed)
    heading = json.loads(packed[4 : 4 + length])
    assert heading["protocol"] == 1
    assert len(heading["parts"]) == len(questions)
    return heading["parts"], zlib.decompress(packed[4 + length :]).decode()


def ask(login: Login, *questions: dict[str, Any], **context: Any) -> list[Any]:
    """The answer to each question: its lines or its JSON, or the message of a refusal."""
    parts, content = unpack(login, *questions, **context)
    answers: list[Any] = []
    for part, question in zip(parts, questions, strict=True):
        body, content = content[: part.get("size", 0)], content[part.get("size", 0) :]
        is_json = question.get("kind") in ("sums", "fields")
        answers.append(part["message"] if "error" in part else json.loads(body) if is_json else body.splitlines())
    return answers


def page(model: str, domain: list[Any], *fields: str, **more: Any) -> dict[str, Any]:
    return {"kind": "page", "model": model, "domain": domain, "fields": list(fields), **more}


@pytest.fixture
def bot(cast: Cast) -> Login:
    return cast.login("bot")


@pytest.mark.long
def test_many_questions_are_answered_at_once(cast: Cast, bot: Login) -> None:
    alpha = cast.partners["Alpha"]
    domain = [["id", "=", alpha]]
    rows, digest, sums, fields, none = ask(
        bot,
        page("res.partner", domain, "name", "active", "ref", "parent_id"),
        {"kind": "digest", "model": "res.partner", "domain": domain, "block_rows": 2},
        {"kind": "sums", "model": "res.partner", "domain": domain, "by": [], "aggregates": ["__count"]},
        {"kind": "fields", "model": "res.partner", "attributes": ["type", "store"]},
        {"kind": "fields", "model": "no.such.model", "attributes": ["type"]},
    )
    assert rows == [f"{alpha},Alpha,t,,"]
    written = datetime.fromisoformat(cast.admin.read("res.partner", alpha, "write_date")["write_date"])
    stamp = int(written.replace(tzinfo=UTC).timestamp()) * (1 + alpha % 65536)
    assert digest == [f"{alpha // 2},1,{alpha},{stamp}"]
    [empty] = ask(bot, {"kind": "digest", "model": "res.partner", "domain": [["id", "<", 0]]})
    assert empty == ["0,0,0,0"]
    assert sums == [[1]]
    assert fields["name"] == {"type": "char", "store": True}
    assert none == {}


def test_pages_follow_each_other_by_id_and_an_empty_one_is_empty(cast: Cast, bot: Login) -> None:
    domain = [["id", "in", list(cast.partners.values())]]
    first, second, rest = ask(
        bot,
        page("res.partner", domain, limit=2),
        page("res.partner", domain, limit=1, after_id=sorted(cast.partners.values())[1]),
        page("res.partner", domain, after_id=max(cast.partners.values())),
    )
    assert [int(line) for line in first + second] == sorted(cast.partners.values())[:3]
    assert rest == []


def test_null_and_an_empty_text_are_told_apart(cast: Cast, bot: Login) -> None:
    partner = cast.admin.create("res.partner", name='quote " comma ,', ref="", vat=False)
    [[line]] = ask(bot, page("res.partner", [["id", "=", partner]], "name", "ref", "vat"))
    assert line == f'{partner},"quote "" comma ,","",'


def test_archived_rows_are_there_and_moments_have_whole_seconds(cast: Cast, bot: Login) -> None:
    partner = cast.admin.create("res.partner", name="Gone", active=False)
    plain = cast.admin.read("res.partner", partner, "write_date")["write_date"]
    [[line]] = ask(bot, page("res.partner", [["id", "=", partner]], "active", "write_date"))
    assert line == f"{partner},f,{plain}"


def test_rows_of_another_company_are_left_out(cast: Cast, bot: Login) -> None:
    theirs = cast.admin.create("res.partner", name="Theirs", company_id=cast.company_b)
    question = page("res.partner", [["id", "=", theirs]])
    both, mine = ask(bot, question, {**question, "companies": [cast.company_a]})
    assert (both, mine) == ([str(theirs)], [])


def test_a_company_that_the_login_has_not_is_refused(cast: Cast, bot: Login) -> None:
    stranger = cast.admin.create("res.company", name="Stranger")
    [answer, rest] = ask(bot, page("res.partner", [], companies=[stranger]), page("res.partner", [], limit=1))
    assert "unauthorized" in answer
    assert len(rest) == 1


def test_a_record_rule_hides_its_rows(cast: Cast, bot: Login) -> None:
    alpha, beta = cast.partners["Alpha"], cast.partners["Beta"]
    model = cast.admin.xml_id("base.model_res_partner")
    rule = cast.admin.create("ir.rule", name="not Alpha", model_id=model, domain_force=f"[('id', '!=', {alpha})]")
    try:
        rows, digest = ask(
            bot,
            page("res.partner", [["id", "in", [alpha, beta]]]),
            {"kind": "digest", "model": "res.partner", "domain": [["id", "in", [alpha, beta]]]},
        )
    finally:
        cast.admin.call("ir.rule", "unlink", [rule])
    assert rows == [str(beta)]
    assert [line.split(",")[1:3] for line in digest] == [["1", str(beta)]]


def marks(login: Login, *questions: dict[str, Any]) -> list[str]:
    """The mark of each question."""
    parts, _ = unpack(login, *({"mark": "", **question} for question in questions))
    assert [part["same"] for part in parts] == [False] * len(questions)
    return [part["mark"] for part in parts]


def test_a_mark_stays_until_something_is_written_by_whatever_way(cast: Cast, bot: Login) -> None:
    """Read through Odoo, by SQL below it, in a table that only the domain looks at; and when a rule comes."""
    from rig import databases

    domain = [["country_id.code", "!=", "XX"]]
    digest = {"kind": "digest", "model": "res.partner", "domain": domain}
    sums = {"kind": "sums", "model": "res.partner", "domain": domain, "by": ["user_id"], "aggregates": ["__count"]}
    found = [marks(bot, digest, sums)]
    parts, content = unpack(
        bot, *({**question, "mark": mark} for question, mark in zip([digest, sums], found[0], strict=True))
    )
    assert [(part["size"], part["same"]) for part in parts] == [(0, True), (0, True)]
    assert content == ""
    alpha = cast.partners["Alpha"]
    cast.admin.call("res.partner", "write", [alpha], {"ref": "written"})
    found.append(marks(bot, digest, sums))
    for table, column in (("res_partner", "comment"), ("res_country", "code")):
        set_again = f"UPDATE {table} SET {column} = {column} WHERE id = (SELECT min(id) FROM {table})"
        databases.query(19, bot.database, set_again)
        found.append(marks(bot, digest, sums))
    made = cast.admin.create("res.partner", name="Short-lived")
    found.append(marks(bot, digest, sums))
    cast.admin.call("res.partner", "unlink", [made])
    assert marks(bot, digest, sums) == found[-2]  # all rows are as they were before it was made
    model = cast.admin.xml_id("base.model_res_partner")
    rule = cast.admin.create("ir.rule", name="not Alpha", model_id=model, domain_force=f"[('id', '!=', {alpha})]")
    found.append(marks(bot, digest, sums))
    cast.admin.call("ir.rule", "unlink", [rule])
    assert marks(bot, digest, sums) == found[-3]
    for one in zip(*found, strict=True):
        assert len(set(one)) == len(found)


def test_a_column_that_is_dropped_and_added_again_has_another_mark(bot: Login) -> None:
    """Its values are others, and no row was written."""
    from rig import databases

    sums = {"kind": "sums", "model": "res.partner", "domain": [], "aggregates": ["partner_latitude:max"]}
    column = "partner_latitude numeric DEFAULT 7"
    [before], [first] = ask(bot, sums), marks(bot, sums)
    databases.query(19, bot.database, f"ALTER TABLE res_partner DROP COLUMN partner_latitude, ADD COLUMN {column}")
    [after], [second] = ask(bot, sums), marks(bot, sums)
    assert (before == after, first == second) == (False, False)
    assert marks(bot, sums) == [second]


@pytest.mark.parametrize(
    "aggregate", ["no_such:sum", "currency_id.rate:max", "amount_total:sum_currency", "create_date:week"]
)
def test_what_rests_on_more_than_columns_is_answered_without_a_mark(bot: Login, aggregate: str) -> None:
    """Another table's rate, a path, a language's first day of the week: as without asking for a mark."""
    asked = {"by": [aggregate]} if aggregate.endswith("week") else {"aggregates": [aggregate]}
    sums = {"kind": "sums", "model": "account.move", "domain": [], **asked}
    [plain], _ = unpack(bot, sums)
    [marked], _ = unpack(bot, {**sums, "mark": ""})
    assert marked == plain


def test_a_mark_is_only_given_where_it_is_asked_for(bot: Login) -> None:
    digest = {"kind": "digest", "model": "res.partner"}
    rows = {**page("res.partner", [], limit=1), "mark": ""}
    parts, _ = unpack(bot, digest, rows, {**digest, "mark": ["?"]})
    assert [sorted(part) for part in parts] == [["size"], ["size"], ["mark", "same", "size"]]


@pytest.mark.parametrize(
    ("model", "field"),
    [
        ("res.partner", "display_name"),
        ("res.partner", "category_id"),
        ("res.partner", "image_1920"),
        ("res.partner", "no_such_field"),
        ("res.users", "password"),
    ],
)
def test_what_is_no_column_or_not_readable_is_refused_by_name(bot: Login, model: str, field: str) -> None:
    [refused, good] = ask(bot, page(model, [], field), page(model, [], "name" if model == "res.partner" else "login"))
    assert isinstance(refused, str)
    assert field in refused
    assert good


@pytest.mark.parametrize("model", ["ir.config_parameter", "ir.cron"])
def test_a_model_without_right_is_refused_and_the_other_questions_answered(cast: Cast, bot: Login, model: str) -> None:
    [refused, digest, good] = ask(
        bot, page(model, [], "create_date"), {"kind": "digest", "model": model}, page("res.partner", [], limit=1)
    )
    assert isinstance(refused, str)
    assert isinstance(digest, str)
    assert len(good) == 1


@pytest.mark.parametrize(
    "question",
    [
        {},
        {"kind": "steal"},
        {"kind": "page"},
        {"kind": "page", "model": "no.such.model"},
        {"kind": "page", "model": "res.partner", "domain": [["no_such_field", "=", 1]]},
        {"kind": "page", "model": "res.partner", "domain": ["&"]},
        {"kind": "page", "model": "res.partner", "after_id": "1; DROP TABLE res_partner"},
        {"kind": "page", "model": "res.partner", "fields": ['name" FROM res_users --']},
        {"kind": "sums", "model": "res.partner", "aggregates": ["name:evil"]},
        {"kind": "digest", "model": "res.partner", "block_rows": "1; DROP TABLE res_partner"},
    ],
)
def test_a_question_that_is_none_stops_only_itself(bot: Login, question: dict[str, Any]) -> None:
    [refused, good] = ask(bot, question, page("res.partner", [], "name", limit=1))
    assert isinstance(refused, str)
    assert len(good) == 1


def test_texts_of_a_language_come_in_the_language_of_the_context(cast: Cast, bot: Login) -> None:
    company = cast.admin.create("res.country.group", name="Trade zone")
    cast.admin.call("res.country.group", "write", [company], {"name": "贸易区"}, context={"lang": "zh_CN"})
    question = page("res.country.group", [["id", "=", company]], "name")
    assert ask(bot, question, lang="en_US") == [[f"{company},Trade zone"]]
    assert ask(bot, question, lang="zh_CN") == [[f"{company},贸易区"]]


@pytest.mark.parametrize("person", ["anna", "li", "dir", "fin", "out"])
def test_only_the_service_user_may_pull(cast: Cast, person: str) -> None:
    with pytest.raises(Refused, match="Only the connector's own login"):
        cast.login(person).call("kam.extract", "pull", [])


@pytest.mark.parametrize("method", ["_answer", "_read_page", "_copy", "_target"])
def test_its_helpers_cannot_be_called(bot: Login, method: str) -> None:
    with pytest.raises(Refused, match="Private methods"):
        bot.call("kam.extract", method, {"kind": "page", "model": "res.partner"})


@pytest.mark.parametrize("questions", ["text", {"kind": "fields"}, [{"kind": "fields", "model": "x"}] * 501])
def test_what_is_no_list_of_questions_is_refused(bot: Login, questions: Any) -> None:
    with pytest.raises(Refused, match="Ask a list of at most 500 questions"):
        bot.call("kam.extract", "pull", questions)
