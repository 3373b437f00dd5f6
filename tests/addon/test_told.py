"""Whether the customer was told of his complaint, on a real Odoo 19: by a person's message, or by hand, and when."""

from __future__ import annotations

import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.addon.cast import Cast
from tests.addon.rpc import Refused
from tests.addon.test_complaints import MODEL, bring, log, record

pytestmark = [pytest.mark.odoo, pytest.mark.requirement("S2-56")]
NAMES = ("responded_at", "is_told", "told_at", "told_by", "told_message_id")
UPGRADE = Path(__file__).parents[2] / "addon_manifest/migrations/19.0.1.11.0/post-told.py"
SUSPICION = ("malicious", "evidence", "suspect", "good faith", "恶意", "惡意", "证据", "證據", "存疑", "善意")


@pytest.fixture(scope="module")
def buyer(odoo19_cast: Cast) -> int:
    """Somebody at Alpha who reads e-mail, and Anna does, too."""
    alpha = odoo19_cast.partners["Alpha"]
    odoo19_cast.admin.write("res.users", odoo19_cast.users["anna"], email="anna@us.example")
    return odoo19_cast.admin.create("res.partner", name="Buyer", parent_id=alpha, email="buyer@alpha.example")


def told(cast: Cast, case: int) -> dict[str, Any]:
    return {name: value for name, value in cast.login("anna").read(MODEL, case, *NAMES).items() if name != "id"}


def post(cast: Cast, case: int, person: str = "anna", note: bool = False, **values: Any) -> int:
    """The person writes to somebody from the case; the number of the message."""
    subtype = "mail.mt_note" if note else "mail.mt_comment"
    values = {"body": "We look into it.", "message_type": "comment", "subtype_xmlid": subtype, **values}
    user = cast.admin if person == "admin" else cast.login(person)
    answer = user.call(MODEL, "message_post", [case], **values)
    return int(answer[0] if isinstance(answer, list) else answer)


UNTOLD = {"responded_at": False, "is_told": False, "told_at": False, "told_by": False, "told_message_id": False}


def test_the_first_message_to_the_customer_tells_him_and_is_the_first_response(cast: Cast, buyer: int) -> None:
    case = record(cast.login("anna"), cast)
    assert told(cast, case) == UNTOLD
    first = post(cast, case, partner_ids=[buyer])
    at = cast.admin.read("mail.message", first, "date")["date"]
    message = {"responded_at": at, "is_told": True, "told_at": at, "told_by": "message", "told_message_id": first}
    assert told(cast, case) == message
    assert log(cast, case) == [("received", "", "received"), ("responded", "received", "received")]
    post(cast, case, partner_ids=[buyer])
    cast.login("anna").write(MODEL, case, responded_at="2026-06-01 09:30:00")
    assert told(cast, case) == {**message, "responded_at": "2026-06-01 09:30:00"}


def test_notes_colleagues_the_server_and_the_customer_himself_tell_nobody(cast: Cast, buyer: int) -> None:
    case = record(cast.login("anna"), cast)
    bo = cast.admin.read("res.users", cast.users["bo"], "partner_id")["partner_id"]
    mute = cast.admin.create("res.partner", name="Mute", parent_id=cast.partners["Alpha"])
    cast.admin.write("res.partner", cast.partners["Beta"], email="office@beta.example")
    post(cast, case, note=True, partner_ids=[buyer])
    for others in ([], [bo], [mute], [cast.partners["Beta"]]):
        post(cast, case, partner_ids=others)
    post(cast, case, "admin", message_type="auto_comment", partner_ids=[buyer])
    post(cast, case, "admin", message_type="email", author_id=buyer, partner_ids=[buyer])
    assert told(cast, case) == UNTOLD


def test_an_email_of_one_of_ours_and_a_customer_who_follows_count(cast: Cast, buyer: int) -> None:
    anna = cast.admin.read("res.users", cast.users["anna"], "partner_id")["partner_id"]
    by_mail, followed = (record(cast.login("anna"), cast) for _ in range(2))
    post(cast, by_mail, "admin", message_type="email", author_id=anna, partner_ids=[buyer])
    cast.login("anna").call(MODEL, "message_subscribe", [followed], partner_ids=[buyer])
    post(cast, followed)
    assert [told(cast, case)["told_by"] for case in (by_mail, followed)] == ["message", "message"]


def test_a_person_notes_by_hand_that_the_customer_was_told(cast: Cast) -> None:
    anna = cast.login("anna")
    by_button, by_moment = (record(anna, cast) for _ in range(2))
    anna.call(MODEL, "action_respond", [by_button])
    row = told(cast, by_button)
    assert (row["told_by"], row["told_at"]) == ("hand", row["responded_at"])
    for moment in ("2026-06-01 09:30:00", "2026-06-01 09:00:00"):
        anna.write(MODEL, by_moment, responded_at=moment)
        assert told(cast, by_moment) == {**UNTOLD, "responded_at": moment, "is_told": True, "told_at": moment,
                                         "told_by": "hand"}  # fmt: skip
    anna.write(MODEL, by_moment, responded_at=False)
    assert told(cast, by_moment) == UNTOLD
    phoned = record(anna, cast, responded_at="2026-06-01 08:20:00")
    assert told(cast, phoned)["told_at"] == "2026-06-01 08:20:00"


def test_whoever_is_settled_without_a_word_was_answered_and_not_told(cast: Cast, buyer: int) -> None:
    anna = cast.login("anna")
    spoken, written, silent = (record(anna, cast) for _ in range(3))
    for case in (spoken, written, silent):
        bring(cast, case, "rejected")
    answered = told(cast, spoken)["responded_at"]
    assert told(cast, spoken) == {**UNTOLD, "responded_at": answered}
    anna.call(MODEL, "action_respond", [spoken])
    post(cast, written, partner_ids=[buyer])
    assert [told(cast, case)["told_by"] for case in (spoken, written, silent)] == ["hand", "message", False]
    assert told(cast, spoken)["responded_at"] == answered
    mine = [["id", "in", [spoken, written, silent]], ["told_at", "=", False]]
    assert anna.search(MODEL, mine) == [silent]


def test_an_upgrade_knows_of_earlier_cases_whom_a_person_told_and_whom_a_step_alone_answered(cast: Cast) -> None:
    from rig import databases

    anna, moment = cast.login("anna"), "2026-06-01 09:30:00"
    silent, spoken, stepped, corrected, undone = cases = [record(anna, cast) for _ in range(5)]
    for case in (spoken, undone):
        anna.write(MODEL, case, responded_at=moment)
    anna.write(MODEL, undone, responded_at=False)
    for case in (stepped, corrected, undone):
        bring(cast, case, "rejected")
    anna.write(MODEL, corrected, responded_at=moment)
    with databases.connect(19, cast.admin.database) as connection:
        connection.execute("UPDATE kam_complaint SET told_at = NULL, told_by = NULL")
        runpy.run_path(str(UPGRADE))["migrate"](connection, "19.0.1.10.0")
    assert [case for case in cases if told(cast, case)["is_told"]] == [spoken, corrected]
    assert (told(cast, spoken)["told_at"], told(cast, spoken)["told_by"]) == (moment, "hand")
    assert told(cast, silent) == UNTOLD


@pytest.mark.parametrize("person", ["anna", "dir", "fin", "bot"])
def test_nobody_writes_how_the_customer_was_told(cast: Cast, person: str) -> None:
    case = record(cast.login("anna"), cast)
    user = cast.login(person, default_told_by="message")
    for name, value in (("told_at", "2026-06-01 09:00:00"), ("told_by", "message"), ("told_message_id", 1)):
        with pytest.raises(Refused):
            user.write(MODEL, case, **{name: value})
    assert told(cast, case) == UNTOLD
    cast.login("anna").call(MODEL, "action_respond", [case])
    before = told(cast, case)
    for name in ("told_at", "told_by", "told_message_id"):
        with pytest.raises(Refused):
            user.write(MODEL, case, **{name: False})
    assert told(cast, case) == before
    case = record(cast.login("anna"), cast)
    if person == "bot":
        bring(cast, case, "rejected")
        with pytest.raises(Refused):
            user.call(MODEL, "action_respond", [case])
        assert told(cast, case)["told_at"] is False
    if person == "anna":
        assert told(cast, record(user, cast)) == UNTOLD


@pytest.fixture(scope="module")
def spoken(odoo19_cast: Cast, buyer: int) -> Iterator[Any]:
    """Sets the language of the buyer, and English at last."""
    [taiwan] = odoo19_cast.admin.search("res.lang", [["code", "=", "zh_TW"], ["active", "in", [True, False]]])
    wizard = odoo19_cast.admin.create("base.language.install", lang_ids=[taiwan])
    odoo19_cast.admin.call("base.language.install", "lang_install", [wizard])
    yield lambda code: odoo19_cast.admin.write("res.partner", buyer, lang=code)
    odoo19_cast.admin.write("res.partner", buyer, lang="en_US")


@pytest.mark.parametrize(
    ("code", "title", "words"),
    [
        ("en_US", "Your complaint {name}", "Your complaint of 2026-06-01 has reached us and has the number {name}."),
        ("zh_CN", "您的投诉 {name}", "您于 2026-06-01 提出的投诉我们已收到，编号为 {name}。"),
        ("zh_TW", "您的客訴 {name}", "您於 2026-06-01 提出的客訴我們已收到，編號為 {name}。"),
    ],
)
def test_the_message_is_in_the_customers_language_and_says_nothing_of_suspicion(
    cast: Cast, buyer: int, spoken: Any, code: str, title: str, words: str
) -> None:
    spoken(code)
    anna = cast.login("anna")
    case = record(anna, cast, contact_id=buyer, subject="Suspected of malice")
    action = anna.call(MODEL, "action_tell_customer", [case])
    [composer] = anna.call(action["res_model"], "create", [{}], context=action["context"])
    shown = anna.read(action["res_model"], composer, "subject", "body", "partner_ids")
    name = anna.read(MODEL, case, "name")["name"]
    body = shown["body"].replace("<strong>", "").replace("</strong>", "")
    assert (shown["subject"], shown["partner_ids"]) == (title.format(name=name), [buyer])
    assert words.format(name=name) in body
    assert "Anna" in body
    assert [word for word in SUSPICION if word in body.casefold()] == []
    anna.call(action["res_model"], "action_send_mail", [composer], context=action["context"])
    assert told(cast, case)["told_by"] == "message"
