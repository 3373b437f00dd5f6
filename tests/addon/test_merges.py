"""Contacts merged by Odoo's own wizard: one record of figures a company, people's tier kept, keys renamed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.addon.cast import Cast

pytestmark = [pytest.mark.odoo, pytest.mark.long]
WIZARD = "base.partner.merge.automatic.wizard"
UNTIL = "2099-12-31"


def customer(cast: Cast, name: str, *companies: int, score: float = 50.0) -> int:
    """A new contact with figures, a task and a day of history in these companies."""
    partner = cast.admin.create("res.partner", name=name, is_company=True, customer_rank=1, company_id=False)
    for company in companies:
        rows = {
            "kam.customer": cast.row(f"customer:{partner}", company, partner_id=partner, score=score, status="rated"),
            "kam.score": cast.row(
                f"score:{partner}:2026-06-30", company, partner_id=partner, valid_from="2026-06-30", score=score
            ),
            "kam.collection.task": cast.row(
                f"task:{partner}:{partner}:call", company, partner_id=partner, step="call", level=1, amount=5.0,
                oldest_item=partner,
            ),
        }  # fmt: skip
        for model, row in rows.items():
            [answer] = cast.apply(model, row)
            assert answer["status"] == "created", answer
    return partner


def set_tier(cast: Cast, partner: int, company: int, code: str, until: str | bool = False) -> None:
    [tier] = cast.admin.search("kam.tier", [["company_id", "=", company], ["code", "=", code]])
    [figures] = cast.admin.search("kam.customer", [["partner_id", "=", partner], ["company_id", "=", company]])
    values = {"tier_override_id": tier, "override_reason": f"{code} by hand", "override_until": until}
    cast.login("dir", allowed_company_ids=[cast.company_a, cast.company_b]).write("kam.customer", figures, **values)


def merge(cast: Cast, survivor: int, *vanished: int) -> None:
    wizard = cast.admin.create(
        WIZARD, partner_ids=[[6, 0, [survivor, *vanished]]], dst_partner_id=survivor, state="selection"
    )
    cast.admin.call(WIZARD, "action_merge", [wizard])


def rows(cast: Cast, model: str, partner: int, *fields: str) -> list[tuple[Any, ...]]:
    names = ["company_id", "kam_key", *fields]
    found = cast.admin.as_user("bot", allowed_company_ids=[cast.company_a, cast.company_b]).call(
        model, "search_read", [["partner_id", "=", partner]], names, order="company_id, kam_key", load=""
    )
    return [tuple(row[name] for name in names) for row in found]


def test_figures_of_both_become_one_and_go_on_being_written(cast: Cast) -> None:
    kept = customer(cast, "Kept", cast.company_a, score=60.0)
    gone = customer(cast, "Gone", cast.company_a, cast.company_b, score=80.0)
    merge(cast, kept, gone)
    key = f"customer:{kept}"
    assert sorted(rows(cast, "kam.customer", kept, "score")) == [
        (cast.company_a, key, 60.0), (cast.company_b, key, 80.0),
    ]  # fmt: skip
    for company in (cast.company_a, cast.company_b):
        [answer] = cast.apply("kam.customer", cast.row(key, company, partner_id=kept, score=70.0, status="frozen"))
        assert answer["status"] == "updated", answer


def test_history_of_both_stays_and_tasks_have_the_key_of_the_kept_contact(cast: Cast) -> None:
    kept, gone = (customer(cast, name, cast.company_a) for name in ("Kept", "Gone"))
    merge(cast, kept, gone)
    company = cast.company_a
    assert rows(cast, "kam.score", kept) == sorted((company, f"score:{partner}:2026-06-30") for partner in (kept, gone))
    assert rows(cast, "kam.collection.task", kept) == sorted(
        (company, f"task:{kept}:{item}:call") for item in (kept, gone)
    )


@pytest.mark.requirement("S4-81")
@pytest.mark.parametrize(
    ("own", "until", "after"),
    [
        (None, False, ("gold by hand", UNTIL)),
        ("silver", False, ("silver by hand", False)),
        ("silver", "2020-01-31", ("gold by hand", UNTIL)),
    ],
)
def test_a_tier_set_by_hand_is_kept_and_the_kept_contacts_own_wins_while_it_holds(
    cast: Cast, own: str | None, until: str | bool, after: tuple[str, str | bool]
) -> None:
    kept, gone = (customer(cast, name, cast.company_a) for name in ("Kept", "Gone"))
    set_tier(cast, gone, cast.company_a, "gold", UNTIL)
    if own:
        set_tier(cast, kept, cast.company_a, own, until)
    merge(cast, kept, gone)
    [row] = rows(cast, "kam.customer", kept, "override_reason", "override_until")
    assert row == (cast.company_a, f"customer:{kept}", *after)


def test_what_people_wrote_about_the_figures_stands_with_those_that_stay(cast: Cast) -> None:
    kept, gone = (customer(cast, name, cast.company_a) for name in ("Kept", "Gone"))
    [figures] = cast.admin.search("kam.customer", [["partner_id", "=", gone]])
    cast.admin.call("kam.customer", "message_post", [figures], body="Do not lose me")
    merge(cast, kept, gone)
    [left] = cast.admin.search("kam.customer", [["partner_id", "=", kept]])
    domain = [["model", "=", "kam.customer"], ["res_id", "=", left], ["body", "ilike", "Do not lose me"]]
    assert len(cast.admin.search("mail.message", domain)) == 1


def test_two_contacts_without_figures_in_the_kept_one(cast: Cast) -> None:
    kept = customer(cast, "Kept")
    first, second = (customer(cast, name, cast.company_a) for name in ("First", "Second"))
    merge(cast, kept, first, second)
    assert rows(cast, "kam.customer", kept) == [(cast.company_a, f"customer:{kept}")]


def test_a_rating_goes_on_with_the_kept_contact_unless_its_own_is_as_young(cast: Cast) -> None:
    for own, after in ((None, "4"), ("2", "2")):
        kept, gone = (customer(cast, name, cast.company_a) for name in ("Kept", "Gone"))
        for partner, influence in ((kept, own), (gone, "4")):
            [figures] = cast.admin.search("kam.customer", [["partner_id", "=", partner]])
            if influence:
                cast.login("dir").write("kam.customer", figures, influence=influence)
        merge(cast, kept, gone)
        [row] = rows(cast, "kam.customer", kept, "influence", "rated_by_id")
        assert row == (cast.company_a, f"customer:{kept}", after, cast.users["dir"])
