"""A whole night through the command line against the sandbox: written once, then nothing; killed, then the same."""

from __future__ import annotations

import json
import random
import signal
import time
from pathlib import Path

import pytest

from kam_connector.sample.company import SampleCompany
from kam_connector.sandbox import Disturbance, SandboxServer, serve
from tests.conftest import SEED, first_of
from tests.runs import nights

QUICK = (*nights.NIGHT, "--skip", "report")
"""A night for what stands in the ERP afterwards: the workbooks say nothing about that."""


@pytest.fixture(scope="module")
def first_night(small_company: SampleCompany, tmp_path_factory: pytest.TempPathFactory):
    """A night on a fresh sandbox: its place, its server, its answer and how long it took."""
    with serve(small_company) as server:
        place = nights.at_sandbox(tmp_path_factory.mktemp("home"), server)
        begun = time.monotonic()
        done = place.kam(*nights.NIGHT, "--format", "json", "--out", str(place.home / "out"))
        assert done.returncode in (0, 1), done.stderr
        yield place, server, json.loads(done.stdout), time.monotonic() - begun


def test_the_first_night_writes_and_ties_out(first_night) -> None:
    _, server, answer, _ = first_night
    assert answer["command"] == "run"
    assert answer["as_of"] == "2026-06-30"
    assert answer["totals"]["written"] == answer["totals"]["planned"] > 100
    assert answer["totals"]["refused"] == answer["totals"]["unknown"] == 0
    assert [row["company"] for row in answer["rows"]] == [1, 2]
    for row in answer["rows"]:
        assert row["tie_out"]["difference"] in ("0.00", "0")
        assert row["tie_out"]["ageing"] == row["total"]
    assert len(server.rows("kam.customer")) == len(nights.end_state(server)["kam.customer"]) > 30


def test_the_second_night_writes_nothing_but_its_own_record(first_night) -> None:
    place, server, _, _ = first_night
    before, runs = nights.end_state(server), len(server.rows("kam.run"))
    done = place.kam(*nights.NIGHT, "--format", "json")
    answer = json.loads(done.stdout)
    assert answer["totals"]["planned"] == answer["totals"]["written"] == 0
    assert nights.end_state(server) == before
    assert len(server.rows("kam.run")) == runs + 2  # one a company


def test_the_summary_names_the_company_of_complaints_and_tasks(first_night) -> None:
    """In their order: those of Shanghai in CNY, those of the subsidiary in EUR."""
    place, *_ = first_night
    told = [line for line in place.kam(*QUICK).stdout.splitlines() if line.startswith(("Complaints", "Collection"))]
    europe = "Xinghe Precision Europe GmbH"
    assert [line.partition(": ")[0] for line in told] == [
        f"{what}, {name}" for name in ("星河精密制造有限公司 Xinghe Precision", europe)
        for what in ("Complaints", "Collection tasks")
    ]  # fmt: skip
    assert told[0].endswith(": 4 open, 0 late in response, 2 late in resolution.")
    assert told[2:] == [
        f"Complaints, {europe}: 2 open, 0 late in response, 0 late in resolution.",
        f"Collection tasks, {europe}: 3, EUR 33,560.59 to ask for.",
    ]


def test_the_reports_stand_in_the_folder(first_night) -> None:
    _, _, answer, _ = first_night
    names = sorted(Path(path).name.split("-")[0] for path in answer["totals"]["reports"])
    assert names == ["ageing", "ageing", "customers", "customers", "payouts", "payouts"]
    assert all(Path(path).stat().st_size > 5000 for path in answer["totals"]["reports"])


def test_status_shows_how_the_runs_ended(first_night) -> None:
    place, *_ = first_night
    answer = json.loads(place.kam("status", "--format", "json").stdout)
    assert {row["state"] for row in answer["rows"]} == {"ok"}
    assert "at_work" not in answer["totals"]


def test_the_book_verifies_after_the_nights(first_night) -> None:
    place, *_ = first_night
    done = place.kam("verify", "--format", "json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["totals"]["problems"] == 0


def test_no_file_of_the_night_is_open_to_others(first_night) -> None:
    place, *_ = first_night
    for path in (place.home / "main").iterdir():
        assert path.stat().st_mode & 0o077 == 0, path


def test_the_key_stands_in_no_file_that_the_night_wrote(first_night) -> None:
    place, server, *_ = first_night
    for path in place.home.rglob("*"):
        if path.is_file():
            assert server.password.encode() not in path.read_bytes(), path


@pytest.mark.long
@pytest.mark.parametrize("attempt", range(2))
def test_a_night_killed_anywhere_ends_as_an_undisturbed_one(
    first_night, small_company: SampleCompany, tmp_path: Path, attempt: int
) -> None:
    """SIGKILL at a random moment, then one more night: the same records, each once (R-42)."""
    _, undisturbed, _, seconds = first_night
    moment = random.Random(SEED + attempt).uniform(0.3, 0.95) * seconds
    print(f"seed {SEED + attempt} (KAM_SEED={SEED}): killed after {moment:.2f} s of {seconds:.2f} s")
    with serve(small_company) as server:
        place = nights.at_sandbox(tmp_path, server)
        process = place.start(*QUICK)
        time.sleep(moment)
        process.kill()
        done = place.kam(*QUICK, "--format", "json")
        assert done.returncode in (0, 1), done.stderr
        assert nights.end_state(server) == nights.end_state(undisturbed)
        assert json.loads(place.kam("verify", "--format", "json").stdout)["totals"]["problems"] == 0


@pytest.mark.long
@pytest.mark.parametrize("step", first_of(["sync.page:7", "writeback.sent:2"]))
def test_a_night_killed_at_a_named_step_ends_as_an_undisturbed_one(
    first_night, small_company: SampleCompany, tmp_path: Path, step: str
) -> None:
    _, undisturbed, _, _ = first_night
    with serve(small_company) as server:
        place = nights.at_sandbox(tmp_path, server)
        killed = place.fork(*QUICK, KAM_CRASH_AT=step)
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        assert place.kam(*QUICK).returncode in (0, 1)
        assert nights.end_state(server) == nights.end_state(undisturbed)


def test_an_answer_lost_after_the_erp_wrote_is_not_written_twice(
    first_night, small_company: SampleCompany, tmp_path: Path
) -> None:
    """The gateway commits, the answer never arrives: looked up by key, adopted, written once (R-1)."""
    _, undisturbed, _, _ = first_night
    lost = Disturbance("drop", model="kam.gateway", method="apply")
    with serve(small_company, faults=[lost]) as server:
        place = nights.at_sandbox(tmp_path, server)
        first = place.kam(*QUICK, "--format", "json")
        assert first.returncode in (0, 1), first.stderr
        assert not server.plan.waiting, "the fault was never triggered"
        assert nights.end_state(server) == nights.end_state(undisturbed)


@pytest.mark.long
def test_a_person_s_word_wins(shared_folder: Path, tmp_path: Path) -> None:
    """A task that a person has closed stays closed, a moved deadline stays moved (R-59)."""
    with nights.after_one(shared_folder, tmp_path) as (place, sandbox):
        closed, moved = sorted(sandbox.rows("kam.collection.task"))[:2]
        sandbox.edit("kam.collection.task", closed, state="done", note="Paid tomorrow, she says")
        sandbox.edit("kam.collection.task", moved, date_deadline="2026-07-20")
        assert place.kam(*QUICK).returncode in (0, 1)
        tasks = sandbox.rows("kam.collection.task")
    assert (tasks[closed]["state"], tasks[closed]["note"]) == ("done", "Paid tomorrow, she says")
    assert tasks[moved]["date_deadline"] == "2026-07-20"


@pytest.mark.long
def test_a_dry_run_sends_no_write(sandbox: SandboxServer, tmp_path: Path) -> None:
    place = nights.at_sandbox(tmp_path, sandbox)
    done = place.kam("run", "--dry-run", "--as-of", nights.ANCHOR, "--skip", "report", "--format", "json")
    answer = json.loads(done.stdout)
    assert answer["totals"]["planned"] > 100
    assert answer["totals"]["written"] == 0
    assert {call.method for call in sandbox.calls if call.model and call.model.startswith("kam.")}.isdisjoint(
        {"create", "write", "unlink", "apply"}
    )
    assert not sandbox.rows("kam.customer")


@pytest.mark.long
def test_without_a_yes_nothing_is_written(sandbox: SandboxServer, tmp_path: Path) -> None:
    place = nights.at_sandbox(tmp_path, sandbox)
    done = place.kam("run", "--allow-past", "--as-of", nights.ANCHOR, "--skip", "report")
    assert "--yes" in done.stderr
    assert not sandbox.rows("kam.customer")


@pytest.mark.long
def test_one_bad_record_is_a_finding_and_the_rest_goes_on(sandbox: SandboxServer, tmp_path: Path) -> None:
    """An invoice in a currency that nobody knows, a customer who is his own grandfather."""
    move = next(key for key, row in sandbox.rows("account.move").items() if row["move_type"] == "out_invoice")
    partners = [key for key, row in sandbox.rows("res.partner").items() if row["is_company"] and not row["parent_id"]]
    sandbox.edit("account.move", move, currency_id=9999)
    sandbox.edit("res.partner", partners[-1], parent_id=partners[-2])
    sandbox.edit("res.partner", partners[-2], parent_id=partners[-1])
    place = nights.at_sandbox(tmp_path, sandbox)
    done = place.kam(*QUICK, "--format", "json")
    assert done.returncode == 1, done.stderr
    findings = json.loads(done.stdout)["findings"]
    records = {finding["record"] for finding in findings}
    assert str(move) in records
    assert {str(partners[-1]), str(partners[-2])} & records
    assert len(sandbox.rows("kam.customer")) > 30


@pytest.mark.long
def test_a_past_day_is_written_back_only_when_asked_for(sandbox: SandboxServer, tmp_path: Path) -> None:
    place = nights.at_sandbox(tmp_path, sandbox)
    done = place.kam("run", "--yes", "--as-of", nights.ANCHOR)
    assert done.returncode == 2
    assert "--allow-past" in done.stderr
    assert not sandbox.rows("kam.customer")


@pytest.mark.long
def test_steps_can_be_taken_one_by_one(sandbox: SandboxServer, tmp_path: Path) -> None:
    """A pull, then the rest without one: the same end as a whole night; what was left out is absent, not zero."""
    place = nights.at_sandbox(tmp_path, sandbox)
    early = place.kam("run", "--skip", "sync", "--dry-run", "--format", "json")
    assert (early.returncode, "kam sync run" in early.stderr) == (2, True)
    pulled = json.loads(place.kam("run", "--only", "sync", "--format", "json").stdout)
    assert pulled["totals"]["pulled"] > 100
    assert "planned" not in pulled["totals"]
    calls = len(sandbox.calls)
    decided = json.loads(
        place.kam("run", "--only", "decide", "--allow-past", "--as-of", nights.ANCHOR, "--format", "json").stdout
    )
    assert [row["company"] for row in decided["rows"]] == [1, 2]
    assert not {"pulled", "planned"} & set(decided["totals"])
    assert len(sandbox.calls) == calls, "deciding alone asks the ERP nothing"
    done = place.kam(*nights.NIGHT, "--only", "decide,write", "--format", "json")
    written = json.loads(done.stdout)["totals"]
    assert written["written"] == written["planned"] > 100
    assert written["reports"] == []
