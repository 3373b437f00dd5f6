"""Every arrow of the push is broken once; the next night ends in the same state, with one record a key."""

import os
import signal
from collections import Counter

import pandas as pd
import pytest

from kam_connector import ledger, writeback
from kam_connector.errors import ErpUnreachable, StorageError, UnknownOutcome
from kam_connector.writeback.destinations import BY_MODEL
from kam_connector.writeback.journal import read_journal
from tests.writeback.fake_erp import FakeErp
from tests.writeback.nights import decided, tier_row

SMALL = {"ageing": None, "tie_out": None, "payouts": None, "payout_lines": None, "deadlines": None, "revenue": None}


def make_plan(erp, book, what=None):
    con = erp.pull()
    return writeback.make_plan(writeback.desired_records(what or decided(), con), con, book, erp)


def night(erp, book, run, what=None):
    return writeback.push(make_plan(erp, book, what), erp, book, run=run)


def content(erp):
    """Everything that our records say, without what depends on when they were written."""
    return {
        (model, row["company_id"], row["kam_key"]): {
            field.name: row.get(field.name, False)
            for field in BY_MODEL[model].fields
            if field.kind not in ("link", "ref")
        }
        for model in BY_MODEL
        for row in erp.rows(model)
    }


def keys(erp):
    return Counter((model, row["company_id"], row["kam_key"]) for model in BY_MODEL for row in erp.rows(model))


def state_counts(book):
    return Counter(line.state for line in read_journal(book).values())


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """What a night without faults leaves, and the plan of its first push."""
    folder = tmp_path_factory.mktemp("undisturbed")
    erp = FakeErp(folder / "erp.json")
    with ledger.open(folder / "ledger.sqlite") as book:
        plan = make_plan(erp, book)
        writeback.push(plan, erp, book, run="r1")
        assert erp.writes == 8
    return plan, content(erp)


@pytest.mark.parametrize("call", range(1, 9))
def test_an_answer_lost_after_the_commit_is_looked_up_and_nothing_is_made_twice(erp, book, undisturbed, call):
    plan, wanted = undisturbed
    erp.faults = {call: "drop"}
    outcome = writeback.push(plan, erp, book, run="r1")
    assert outcome.is_clean
    assert (content(erp), set(keys(erp).values())) == (wanted, {1})
    assert erp.writes == 8  # one request leaves for each group, whatever became of its answer
    assert state_counts(book) == {"confirmed": 21}


def test_an_answer_lost_of_a_call_that_did_nothing_is_sent_once_more(erp, book, undisturbed):
    plan, wanted = undisturbed

    def lost_on_the_way(*args, **kwargs):
        del erp.call
        raise UnknownOutcome("lost on the way there")

    erp.call = lost_on_the_way
    outcome = writeback.push(plan, erp, book, run="r1")
    assert outcome.is_clean
    assert content(erp) == wanted
    assert erp.writes == 8


def test_what_stays_unknown_is_closed_by_the_next_night(erp, book, undisturbed):
    plan, wanted = undisturbed
    erp.faults = {2: "drop"}
    erp.search_read, real = lambda *args, **kwargs: [], erp.search_read  # a replica that lags
    outcome = writeback.push(plan, erp, book, run="r1")
    assert outcome.is_clean  # sent again, the key is unique: the ERP says it was so already
    erp.search_read = real
    assert (content(erp), set(keys(erp).values())) == (wanted, {1})
    assert make_plan(erp, book).changes == ()


def test_the_erp_goes_away_and_the_next_night_finishes(erp, book, undisturbed):
    plan, wanted = undisturbed
    erp.faults = {4: "away"}
    with pytest.raises(ErpUnreachable):
        writeback.push(plan, erp, book, run="r1")
    assert state_counts(book)["planned"] > 0
    outcome = night(erp, book, "r2")
    assert outcome.is_clean
    assert outcome.resolved["moot"] > 0
    assert (content(erp), set(keys(erp).values())) == (wanted, {1})
    assert set(state_counts(book)) == {"confirmed"}


def test_a_lost_answer_and_then_no_erp_leaves_it_unknown_until_the_next_night(erp, book, undisturbed):
    plan, wanted = undisturbed
    erp.faults = {8: "drop"}
    erp.search_read = unreachable
    outcome = writeback.push(plan, erp, book, run="r1")
    assert {answer.status for answer in outcome.answers} == {"created", "unknown"}
    assert not outcome.is_clean
    del erp.search_read
    outcome = night(erp, book, "r2")
    assert (outcome.answers, outcome.resolved) == ((), {"confirmed": 2, "moot": 0})
    assert (content(erp), set(state_counts(book))) == (wanted, {"confirmed"})


def unreachable(*args, **kwargs):
    raise ErpUnreachable("no answer")


@pytest.mark.parametrize("fault", ["busy", "defect"])
def test_a_refused_call_is_halved_until_it_passes(erp, book, undisturbed, fault):
    plan, wanted = undisturbed
    erp.faults = {2: fault, 3: fault}
    outcome = writeback.push(plan, erp, book, run="r1")
    lost = outcome.of("postponed" if fault == "busy" else "refused")
    assert [answer.change.model for answer in lost] == ["kam.customer"]  # 3 -> 1 + 2: the single one failed again
    assert sum(keys(erp).values()) == 20
    writeback.retry(book, run="r2")
    assert night(erp, book, "r2").is_clean
    assert content(erp) == wanted


def test_a_model_without_rights_is_told_and_the_others_go_on(erp, book, undisturbed):
    plan, _ = undisturbed
    erp.faults = {6: "forbidden"}
    outcome = writeback.push(plan, erp, book, run="r1")
    assert {answer.change.model for answer in outcome.of("postponed")} == {"kam.collection.task"}
    assert "forbidden" in outcome.of("postponed")[0].message
    assert len(outcome.of("created")) == 19


def many(count):
    tiers = pd.DataFrame([tier_row(1, number, "gold", "80") for number in range(100, 100 + count)])
    return decided(**{**SMALL, "tiers": tiers, "tasks": None})


def test_one_bad_record_among_five_hundred_stops_only_itself(erp, book):
    erp.bad = {"kam.customer:customer:333"}
    outcome = night(erp, book, "r1", many(500))
    assert [(answer.change.key, answer.message) for answer in outcome.of("refused")] == [
        ("customer:333", "customer:333 is archived")
    ]
    assert len(erp.rows("kam.customer")) == 499
    plan = make_plan(erp, book, many(500))
    assert plan.changes == ()
    assert [(held.key, held.why) for held in plan.held] == [("customer:333", "quarantined")]
    status = writeback.read_status(book)
    assert status.counts == {"confirmed": 1003, "quarantined": 1}
    assert [(item.key, item.message) for item in status.waiting] == [("customer:333", "customer:333 is archived")]


def test_a_quarantined_record_is_sent_again_when_released_or_when_its_content_changes(erp, book):
    erp.bad = {"kam.customer:customer:101"}
    night(erp, book, "r1", many(3))
    other = many(3)
    other.tiers.loc[1, "status"] = "frozen"
    assert [change.key for change in make_plan(erp, book, other).changes if change.model == "kam.customer"] == [
        "customer:101"
    ]
    assert writeback.retry(book, run="r2", keys={"customer:999"}) == 0
    assert writeback.retry(book, run="r2", keys={"customer:101"}) == 1
    erp.bad = set()
    assert night(erp, book, "r2", many(3)).written == 1
    assert make_plan(erp, book, many(3)).changes == ()


def test_names_in_a_refusal_never_enter_the_chain(erp, book):
    erp.bad = {"kam.customer:customer:101"}
    night(erp, book, "r1", many(3))
    assert not any("is archived" in str(event.payload) for event in book.events())
    assert book.erase_remarks() == 1
    assert ledger.verify(book) == []


def test_a_full_disk_ends_the_push_before_anything_unwritten_is_sent(erp, book, undisturbed):
    plan, wanted = undisturbed
    pages = book.connection.pragma("page_count")
    book.connection.execute(f"PRAGMA max_page_count={pages + 4}")
    with pytest.raises(StorageError, match="disk is full"):
        writeback.push(plan, erp, book, run="r1")
    sent = {line.change.model for line in read_journal(book).values() if line.state != "planned"}
    assert {model for model, _ in erp.log} <= sent
    book.connection.execute("PRAGMA max_page_count=100000")
    assert night(erp, book, "r2").is_clean
    assert (content(erp), set(keys(erp).values())) == (wanted, {1})


def test_kill_at_every_moment_of_the_push_and_again_in_the_recovery(tmp_path, undisturbed):
    """R-41: the moments are numbered; each dies by SIGKILL, then the recovery dies too, then one run ends it."""
    plan, wanted = undisturbed
    moment, died = 0, True
    while died:
        moment += 5 if moment > 20 else 1  # every moment of the first groups, then every fifth
        place = tmp_path / str(moment)
        place.mkdir()
        erp = FakeErp(place / "erp.json")
        died = dies(plan, erp, place, f"*:{moment}", "r1")
        if moment % 7 == 0:
            dies(plan, erp, place, f"*:{moment // 2}", "r2")
        with ledger.open(place / "ledger.sqlite") as book:
            outcome = night(erp, book, "r3")
            assert outcome.is_clean, moment
            assert (content(erp), set(keys(erp).values())) == (wanted, {1}), moment
            assert set(state_counts(book)) <= {"confirmed", "moot"}, moment
            assert ledger.verify(book) == []
    assert moment > 50


def dies(plan, erp, place, crash_at, run):
    """True when a forked process died at that moment of the push; False when it came to its end."""
    child = os.fork()
    if child == 0:
        try:
            os.environ["KAM_CRASH_AT"] = crash_at
            with ledger.open(place / "ledger.sqlite") as book:
                writeback.push(plan, erp, book, run=run)
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
