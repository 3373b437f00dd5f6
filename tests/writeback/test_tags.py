"""The tier as a tag: the one of the tier is there, those of other tiers are not, and all other tags stay."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kam_connector import writeback
from kam_connector.ledger import Ledger
from tests.writeback.tagged import TAGS, Tagged, tagged

GOLD = (1, 11, "gold")


@pytest.fixture(params=[True, False], ids=["addon", "plain"])
def erp(request: pytest.FixtureRequest) -> Iterator[Tagged]:
    with tagged(addon=request.param) as found:
        found.make_tags()
        yield found


def test_a_customer_gets_the_tag_of_its_tier_and_keeps_what_people_gave_it(erp: Tagged, book: Ledger) -> None:
    erp.give(11, "1 silver", "VIP")
    outcome = erp.night(book, "r1", GOLD, (1, 12, "silver"))
    assert (outcome.is_clean, outcome.written) == (True, 2)
    assert erp.carried(11) == {"1 gold", "VIP"}
    assert erp.carried(12) == {"1 silver"}


def test_the_second_night_plans_nothing(erp: Tagged, book: Ledger) -> None:
    erp.night(book, "r1", GOLD)
    plan = erp.plan(book, GOLD)
    assert (plan.changes, plan.unchanged) == ((), 1)


def test_the_plan_shows_the_tags_before_and_after(erp: Tagged, book: Ledger) -> None:
    erp.give(11, "1 silver", "VIP")
    change = erp.plan(book, GOLD).changes[0]
    assert (change.model, change.company_id, change.key, change.id) == ("res.partner", 1, "tag:11", 11)
    assert dict(change.former) == {"category_id": [erp.tags["1 silver"]]}
    assert dict(change.values) == {"category_id": [erp.tags["1 gold"]]}


def test_whoever_loses_his_tier_loses_its_tag(erp: Tagged, book: Ledger) -> None:
    erp.give(11, "1 gold", "VIP")
    erp.night(book, "r1", (1, 11, ""))
    assert erp.carried(11) == {"VIP"}


def test_each_company_has_tags_of_its_own(erp: Tagged, book: Ledger) -> None:
    erp.night(book, "r1", (1, 12, "gold"), (2, 12, "silver"))
    assert erp.carried(12) == {"1 gold", "2 silver"}
    assert erp.plan(book, (1, 12, "gold"), (2, 12, "silver")).changes == ()


def test_who_was_not_decided_about_keeps_a_tag_that_a_person_gave(erp: Tagged, book: Ledger) -> None:
    erp.give(13, "1 gold")
    erp.night(book, "r1", (1, 11, "silver"))
    assert erp.carried(13) == {"1 gold"}


def test_a_tag_that_is_not_there_is_named_and_its_customers_are_left_alone(book: Ledger) -> None:
    with tagged() as erp:
        erp.make_tags(companies=(1,), tiers=("gold",))
        erp.give(12, "1 gold")
        plan = erp.plan(book, GOLD, (1, 12, "silver"))
        assert [change.id for change in plan.changes] == [11]
        assert "tags of the tiers silver of company 1" in str(plan.local[0])
        assert "kam erp prepare" in str(plan.local[0])


def test_a_renamed_tag_is_still_the_tag_of_the_tier(erp: Tagged, book: Ledger) -> None:
    erp.session.write("res.partner.category", [erp.tags["1 gold"]], {"name": "Our best"})
    erp.night(book, "r1", GOLD)
    assert erp.carried(11) == {"1 gold"}


def test_without_tags_in_the_settings_nobody_is_asked(erp: Tagged, book: Ledger) -> None:
    from kam_connector.tier_places import TierPlaces

    calls = len(erp.server.calls)
    assert erp.plan(book, GOLD, places=TierPlaces()).changes == ()
    assert len(erp.server.calls) == calls


def test_equal_changes_go_in_one_call(erp: Tagged, book: Ledger) -> None:
    writes = len([call for call in erp.server.calls if (call.model, call.method) == ("res.partner", "write")])
    erp.night(book, "r1", (1, 11, "gold"), (1, 12, "gold"))
    after = len([call for call in erp.server.calls if (call.model, call.method) == ("res.partner", "write")])
    assert after - writes == 1


def test_what_a_person_changed_between_plan_and_push_is_a_conflict(erp: Tagged, book: Ledger) -> None:
    erp.give(11, "1 silver")
    plan = erp.plan(book, GOLD)
    erp.give(11, "VIP")
    outcome = writeback.push(plan, erp.session, book, run="r1")
    assert [answer.status for answer in outcome.answers] == ["conflict"]
    assert erp.carried(11) == {"VIP"}


def test_a_customer_that_is_gone_stops_only_itself(erp: Tagged, book: Ledger) -> None:
    plan = erp.plan(book, GOLD, (1, 12, "gold"))
    erp.session.unlink("res.partner", [11])
    outcome = writeback.push(plan, erp.session, book, run="r1")
    assert {answer.change.id: answer.status for answer in outcome.answers} == {11: "gone", 12: "updated"}


def test_an_undo_gives_the_tag_before_back_and_leaves_what_a_person_changed_since(erp: Tagged, book: Ledger) -> None:
    erp.give(11, "1 silver", "VIP")
    erp.give(12, "1 silver")
    erp.night(book, "r1", GOLD, (1, 12, "gold"))
    erp.give(12, "VIP")
    back = writeback.plan_undo(book, run="r1")
    assert {change.id: change.values["category_id"] for change in back.changes} == {
        11: [erp.tags["1 silver"]],
        12: [erp.tags["1 silver"]],
    }
    outcome = writeback.undo(erp.session, book, undone="r1", run="u1").outcome
    assert {answer.change.id: answer.status for answer in outcome.answers} == {11: "updated", 12: "conflict"}
    assert (erp.carried(11), erp.carried(12)) == ({"1 silver", "VIP"}, {"VIP"})


@pytest.mark.parametrize("kind", ["drop", "cut"])
def test_a_lost_answer_is_looked_at_and_not_done_twice(erp: Tagged, book: Ledger, kind: str) -> None:
    from kam_connector.sandbox import Disturbance

    plan = erp.plan(book, GOLD)
    erp.server.plan.waiting.append(Disturbance(kind, model="res.partner", method="write"))
    outcome = writeback.push(plan, erp.session, book, run="r1")
    assert outcome.is_clean
    assert erp.carried(11) == {"1 gold"}
    assert erp.plan(book, GOLD, places=TAGS).changes == ()
