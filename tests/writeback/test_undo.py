"""Taking the last push back: former values return, what was made goes, and what people have done since stays."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from kam_connector import ledger, writeback
from kam_connector.errors import InputError
from kam_connector.ledger import Entry, Ledger
from kam_connector.ledger.merges import Merge, merge_entry
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


def third() -> object:
    """The night after: only Alpha's score is another one."""
    return decided(tiers=tiers_with(tier_row(1, 11, "silver", "62.5")), tasks=tasks_with(99_00))


def test_an_unknown_run_cannot_be_taken_back(erp: FakeErp, book: Ledger) -> None:
    with pytest.raises(InputError, match="There is nothing to take back: no run has written"):
        writeback.plan_undo(book, run="r0")
    night(erp, book, "r1")
    night(erp, book, "r2", second())
    with pytest.raises(InputError, match=r"Run r0 cannot be taken back\. The runs that can be are r1, r2\.") as caught:
        writeback.plan_undo(book, run="r0")
    assert caught.value.exit_code == 2


def test_an_earlier_push_is_taken_back_where_no_later_run_has_written(erp: FakeErp, book: Ledger) -> None:
    night(erp, book, "r1")
    before = content(erp)
    night(erp, book, "r2", second())
    night(erp, book, "r3", third())
    after = content(erp)
    plan = writeback.plan_undo(book, run="r2")
    left = {(held.model, held.company_id, held.key) for held in plan.held}
    assert {held.why for held in plan.held} == {"rewritten"}
    assert ("kam.customer", 1, "customer:11") in left
    assert plan.changes
    assert not left & {change.record for change in plan.changes}
    assert writeback.undo(erp, book, undone="r2", run="u1").outcome.is_clean
    back = {change.record for change in plan.changes}
    for record, row in content(erp).items():
        assert row == (before if record in back else after).get(record), record


@pytest.mark.long
def test_several_runs_are_taken_back_one_by_one(erp: FakeErp, book: Ledger) -> None:
    states = {}
    for run, frames in (("r1", None), ("r2", second()), ("r3", third())):
        night(erp, book, run, *([frames] if frames else []))
        states[run] = content(erp)
    for undone, left in (("r3", "r2"), ("r2", "r1")):
        plan = writeback.plan_undo(book, run=undone)
        assert plan.held == ()
        assert writeback.undo(erp, book, undone=undone, run=f"u-{undone}").outcome.is_clean
        assert content(erp) == states[left]
        assert writeback.plan_undo(book, run=undone).changes == ()
    assert ledger.verify(book) == []


@pytest.mark.long
def test_what_a_person_changed_after_a_later_run_stays_too(erp: FakeErp, book: Ledger) -> None:
    night(erp, book, "r1")
    night(erp, book, "r2", second())
    erp.edit("kam.collection.task", "task:11:9001:reminder1", note="called")
    night(erp, book, "r3", third())
    outcome = writeback.undo(erp, book, undone="r2", run="u1").outcome
    assert [answer.change.key for answer in outcome.of("conflict")] == ["task:11:9001:reminder1"]


@pytest.mark.long
def test_the_lists_of_five_pushes_are_kept(erp: FakeErp, book: Ledger) -> None:
    for number in range(7):
        scores = decided(tiers=tiers_with(tier_row(1, 11, "silver", f"6{number}.5")))
        night(erp, book, f"r{number}", scores)
    with pytest.raises(InputError, match="can be are r2, r3, r4, r5, r6"):
        writeback.plan_undo(book, run="r1")
    assert book.aside("former:r1") == []
    assert book.aside("former:r2")


def test_a_list_that_an_older_version_put_aside_is_still_taken_back(erp: FakeErp, book: Ledger) -> None:
    night(erp, book, "r1")
    before = content(erp)
    night(erp, book, "r2", second())
    route = json.loads(book.aside("former")[-1])["route"]
    parts = [json.loads(text) for text in book.aside("former:r2")]
    old = [json.dumps({"run": "r2", "route": route, "rows": [row]}) for part in parts for row in part]
    book.append_many([Entry("test", "x", {})], aside={"former": old, "former:r1": [], "former:r2": []})
    assert writeback.undo(erp, book, run="u1").outcome.is_clean
    assert content(erp) == before


def test_the_runs_own_record_does_not_replace_the_list(erp: FakeErp, book: Ledger) -> None:
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


def merged(book: Ledger, vanished: int, survivor: int) -> None:
    """A pull has found that people merged these customers."""
    moment = datetime(2026, 7, 1, tzinfo=UTC)
    book.append_many([merge_entry(Merge(vanished, survivor, moment, {1: date(2026, 7, 1)}))])


def renamed(erp: FakeErp, model: str, vanished: int, survivor: int) -> None:
    """As the addon does it when customers are merged: the same record, and no new version."""
    for row in erp.rows(model):
        if row["kam_key"].split(":")[1] == str(vanished):
            version = row["kam_version"]
            kind, _, *rest = row["kam_key"].split(":")
            erp.edit(model, row["kam_key"], kam_key=":".join((kind, str(survivor), *rest)), partner_id=survivor)
            erp.edit(model, str(row["id"]), kam_version=version)


def test_what_belongs_to_another_customer_since_a_merge_stays(erp: FakeErp, book: Ledger) -> None:
    """A first push made figures and a task of customer 11, who was then merged into 12, who had none."""
    shown = decided(tiers=tiers_with(tier_row(1, 11, "gold", "86.5")))
    night(erp, book, "r1", shown)
    for model in ("kam.customer", "kam.collection.task"):
        renamed(erp, model, 11, 15)
    merged(book, 11, 15)
    theirs = [
        row for model in ("kam.customer", "kam.collection.task") for row in erp.rows(model) if row["partner_id"] == 15
    ]
    assert theirs

    plan = writeback.plan_undo(book)
    held = {held.key: held.why for held in plan.held}
    assert held == {"customer:11": "merged", "task:11:9001:reminder1": "merged"}
    outcome = writeback.undo(erp, book, run="u1").outcome
    assert outcome.is_clean
    assert [row for model in ("kam.customer", "kam.collection.task") for row in erp.rows(model)] == theirs
    assert writeback.plan_undo(book, run="r1").changes == ()


def test_an_undo_after_a_merge_was_undone_takes_back_what_was_held(erp: FakeErp, book: Ledger) -> None:
    """Customer 11 was made anew from a backup, and 15 merged into it: the keys name 11 again."""
    night(erp, book, "r1")
    merged(book, 11, 15)
    merged(book, 15, 11)
    assert writeback.plan_undo(book).held == ()
