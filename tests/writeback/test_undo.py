"""Taking the last push back: former values return, what was made goes, and what people have done since stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from kam_connector import ledger, writeback
from kam_connector.errors import InputError
from kam_connector.ledger import Ledger
from tests.writeback.fake_erp import FakeErp
from tests.writeback.nights import decided, tier_row
from tests.writeback.test_faults import content
from tests.writeback.test_push import night, tasks_with, tiers_with


def second() -> object:
    """The next night: other scores and amounts."""
    return decided(tiers=tiers_with(tier_row(1, 11, "silver", "61.5")), tasks=tasks_with(99_00))


def test_the_last_push_is_taken_back(erp: FakeErp, book: Ledger) -> None:
    night(erp, book, "r1")
    before = content(erp)
    _, outcome = night(erp, book, "r2", second())
    assert outcome.written > 2
    assert content(erp) != before
    undone = writeback.undo(erp, book, undone="r2", run="u1")
    assert undone.outcome.is_clean
    assert content(erp) == before
    assert ledger.verify(book) == []


def test_everything_of_a_first_night_goes_again_and_may_be_made_again(erp: FakeErp, book: Ledger) -> None:
    plan, _ = night(erp, book, "r1")
    undone = writeback.undo(erp, book, run="u1")
    assert (undone.outcome.is_clean, content(erp)) == (True, {})
    assert [change.model for change in undone.plan.changes] == [change.model for change in reversed(plan.changes)]
    again, _ = night(erp, book, "r2")
    assert len(again.changes) == len(plan.changes)


def test_what_a_person_changed_since_stays(erp: FakeErp, book: Ledger) -> None:
    night(erp, book, "r1")
    night(erp, book, "r2", second())
    erp.edit("kam.collection.task", "task:11:9001:reminder1", note="called")
    outcome = writeback.undo(erp, book, undone="r2", run="u1").outcome
    assert [answer.change.key for answer in outcome.of("conflict")] == ["task:11:9001:reminder1"]
    row = next(row for row in erp.rows("kam.collection.task") if row["partner_id"] == 11)
    assert (row["amount"], row["note"]) == (99.0, "called")


def test_an_undo_can_be_taken_back(erp: FakeErp, book: Ledger) -> None:
    night(erp, book, "r1")
    night(erp, book, "r2", second())
    after = {key: row for key, row in content(erp).items() if key[0] != "kam.score"}
    writeback.undo(erp, book, run="u1")
    writeback.undo(erp, book, run="u2")
    assert {key: row for key, row in content(erp).items() if key[0] != "kam.score"} == after


def test_only_the_last_push_can_be_taken_back(erp: FakeErp, book: Ledger) -> None:
    with pytest.raises(InputError, match="the last push is none"):
        writeback.plan_undo(book)
    night(erp, book, "r1")
    night(erp, book, "r2", second())
    with pytest.raises(InputError, match="the last push is r2") as caught:
        writeback.plan_undo(book, run="r1")
    assert caught.value.exit_code == 2


def test_the_runs_own_record_does_not_replace_the_list(erp: FakeErp, book: Ledger) -> None:
    from datetime import UTC, date, datetime

    night(erp, book, "r1")
    moment = datetime(2026, 6, 30, 1, tzinfo=UTC)
    record = writeback.RunRecord("r1", "night", moment, "ok", date(2026, 6, 30))
    writeback.push_run(record, [1], erp, book)
    assert writeback.plan_undo(book, run="r1").changes


def test_fields_and_activities_without_the_addon_are_taken_back(tmp_path: Path, book: Ledger) -> None:
    plain = FakeErp(tmp_path / "plain.json", addon=False)
    for number, company in ((11, 1), (12, False), (13, 2)):
        plain.add("res.partner", id=number, company_id=company)
    night(plain, book, "r1")
    before = plain.rows("res.partner")
    _, outcome = night(plain, book, "r2", decided(tiers=tiers_with(tier_row(1, 11, "silver", "61.5"))))
    assert outcome.written == 1
    writeback.undo(plain, book, run="u1")
    assert plain.rows("res.partner") == before
    night(plain, book, "r3", decided(tiers=tiers_with(tier_row(1, 11, "silver", "61.5"))))
    plain.edit("res.partner", "11", x_kam_tier="by hand")
    outcome = writeback.undo(plain, book, run="u2").outcome
    assert [answer.status for answer in outcome.answers] == ["conflict"]


def test_an_activity_goes_again_unless_a_person_changed_it(tmp_path: Path, book: Ledger) -> None:
    plain = FakeErp(tmp_path / "plain.json", addon=False)
    plain.partner_fields = set()
    for number, company in ((11, 1), (13, 2)):
        plain.add("res.partner", id=number, company_id=company)
    night(plain, book, "r1")
    mine, theirs = plain.rows("mail.activity")
    plain.edit("mail.activity", str(theirs["id"]), date_deadline="2026-09-09")
    outcome = writeback.undo(plain, book, run="u1").outcome
    assert sorted(answer.status for answer in outcome.answers) == ["conflict", "removed"]
    assert [row["id"] for row in plain.rows("mail.activity")] == [theirs["id"]]
    assert mine["id"] != theirs["id"]
