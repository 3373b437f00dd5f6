"""Every arrow of the push is broken once; the next night ends in the same state, with one record a key."""

from collections import Counter

import pandas as pd
import pytest

from kam_connector import ledger, writeback
from kam_connector.errors import ErpBusy, ErpUnreachable, StorageError, UnknownOutcome
from kam_connector.writeback.destinations import BY_MODEL
from kam_connector.writeback.journal import read_journal
from kam_connector.writeback.pushing import POISON_TRIES
from tests.writeback.fake_erp import FakeErp
from tests.writeback.nights import decided, task_row, tier_row

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

    real = erp.call

    def lost_on_the_way(model, method, *args, **kwargs):
        if method == "register":
            return real(model, method, *args, **kwargs)
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
    assert "forbidden" in str(outcome.of("postponed")[0].message)
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


@pytest.mark.long
@pytest.mark.parametrize("room", [0, 1, 2, 3, 5, 8])
def test_a_full_disk_ends_the_push_before_anything_unwritten_is_sent(erp, book, undisturbed, room):
    plan, wanted = undisturbed
    pages = book.connection.pragma("page_count")
    book.connection.execute(f"PRAGMA max_page_count={pages + room}")
    full = None
    try:
        writeback.push(plan, erp, book, run="r1")
    except StorageError as error:
        full = str(error)
    assert room > 0 if full is None else "disk is full" in full
    sent = {line.change.model for line in read_journal(book).values() if line.state != "planned"}
    assert {model for model, _ in erp.log} <= sent
    book.connection.execute("PRAGMA max_page_count=100000")
    assert night(erp, book, "r2").is_clean
    assert (content(erp), set(keys(erp).values())) == (wanted, {1})


def test_r57_a_record_that_is_busy_push_after_push_is_quarantined_told_and_released(erp, book):
    """Somebody's open transaction holds one record for ever: the others arrive; after five pushes it waits for us."""
    real = erp.call

    def held(model, method, *args, **kwargs):
        if method == "apply" and args[0] == "kam.customer" and '"customer:101"' in args[1]:
            raise ErpBusy("the record is locked")
        return real(model, method, *args, **kwargs)

    erp.call = held
    for number in range(1, POISON_TRIES):
        outcome = night(erp, book, f"r{number}", many(3))
        assert [answer.status for answer in outcome.of("postponed", "refused")] == ["postponed"]
        assert len(erp.rows("kam.customer")) == 2
    assert [answer.status for answer in night(erp, book, "r5", many(3)).of("postponed", "refused")] == ["refused"]
    plan = make_plan(erp, book, many(3))
    assert [(held.key, held.why) for held in plan.held] == [("customer:101", "quarantined")]
    assert [item.key for item in writeback.read_status(book).waiting] == ["customer:101"]
    erp.call = real
    assert writeback.retry(book, run="r6") == 1
    assert night(erp, book, "r6", many(3)).written == 1


def test_r58_a_record_deleted_between_planning_and_sending_is_moot_and_never_half_made(erp, book, undisturbed):
    night(erp, book, "r1")
    other = decided()
    other.tiers.loc[0, "score"] = other.tiers.loc[1, "score"]
    plan = make_plan(erp, book, other)
    erp.delete("kam.customer", "customer:11")
    outcome = writeback.push(plan, erp, book, run="r2")
    assert [(answer.change.key, answer.status) for answer in outcome.of("gone")] == [("customer:11", "gone")]
    assert len(erp.rows("kam.customer")) == 2
    assert night(erp, book, "r3", other).is_clean
    assert len(erp.rows("kam.customer")) == 3


@pytest.mark.parametrize("way", ["multi", "load", "together"])
@pytest.mark.parametrize("call", [1, 2, 3])
def test_r01_an_answer_lost_without_the_addon_is_seen_in_the_fields_themselves(tmp_path, book, way, call):
    """Grouped writes, `web_save_multi`, `load`, and the making of activities."""
    plain = FakeErp(tmp_path / "plain.json", addon=False, faults={call: "drop"})
    plain.version = (14, 0) if way == "load" else (19, 0)
    for number in range(100, 130):
        plain.add("res.partner", id=number, company_id=1)
    scores = ["80"] * 30 if way == "together" else [f"{number / 2}" for number in range(100, 130)]
    tiers = pd.DataFrame([tier_row(1, 100 + place, "gold", score) for place, score in enumerate(scores)])
    tasks = pd.DataFrame([task_row(1, 100, 9001, "reminder1", 1), task_row(1, 101, 9002, "reminder1", 1)])
    what = decided(**{**SMALL, "tiers": tiers, "tasks": tasks})
    outcome = night(plain, book, "r1", what)
    assert outcome.is_clean
    method = {"multi": "web_save_multi", "load": "load", "together": "write"}[way]
    assert plain.log == [("res.partner", method), ("mail.activity", "create")]
    assert len(plain.rows("mail.activity")) == 2
    assert {row["x_kam_score"] for row in plain.rows("res.partner")} == {float(score) for score in scores}
    assert make_plan(plain, book, what).changes == ()


@pytest.mark.parametrize("first", [True, False])
def test_r01_an_answer_lost_for_a_report_makes_no_second_attachment(tmp_path, book, first):
    plain = FakeErp(tmp_path / "plain.json", addon=False)
    con = plain.pull()
    if not first:
        writeback.attach_report(writeback.Report(1, "kam-ageing.xlsx", b"old"), con, plain, book, run="r0")
    plain.faults = {plain.writes + 1: "drop"}
    report = writeback.Report(1, "kam-ageing.xlsx", b"new")
    with pytest.raises(UnknownOutcome):
        writeback.attach_report(report, con, plain, book, run="r1")
    writeback.attach_report(report, con, plain, book, run="r2")
    assert [row["datas"] for row in plain.rows("ir.attachment")] == ["bmV3"]


def test_r59_fields_that_somebody_changed_after_the_plan_are_a_conflict_without_the_addon_too(tmp_path, book):
    plain = FakeErp(tmp_path / "plain.json", addon=False)
    for number in (100, 101):
        plain.add("res.partner", id=number, company_id=1)
    plan = make_plan(plain, book, many(2))
    plain.edit("res.partner", "101", x_kam_score=1.5)
    outcome = writeback.push(plan, plain, book, run="r1")
    assert [answer.change.key for answer in outcome.of("conflict")] == ["101"]
    assert [row["x_kam_score"] for row in plain.rows("res.partner")] == [80.0, 1.5]


def test_the_book_and_the_undo_list_hold_no_name(tmp_path, book):
    """Canary: names of people and customers stand in the ERP's rows, and nowhere in the file."""
    erp = FakeErp(tmp_path / "canary.json")
    for number in (11, 12, 13):
        erp.add("res.partner", id=number, company_id=False, name="CANARY-Wang-Li", email="CANARY@example.com")
    night(erp, book, "r1")
    other = decided()
    other.tiers.loc[0, "score"] = other.tiers.loc[1, "score"]
    night(erp, book, "r2", other)
    assert book.aside("former")
    book.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    assert b"CANARY" not in b"".join(file.read_bytes() for file in book.path.parent.glob("ledger.sqlite*"))
