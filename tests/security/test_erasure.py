"""R-93: who was erased in the ERP is in no byte of the home after the sweep and the retention of the reports."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copytree

import pytest

from kam_connector import settings
from kam_connector.errors import SettingsError
from kam_connector.policy import DEFAULTS
from kam_connector.runs.retention import forget_old_reports
from kam_connector.sample.company import SampleCompany
from kam_connector.sandbox import SandboxServer, serve
from tests.runs.nights import NIGHT, Place, at_sandbox
from tests.security.canaries import hits

DELETED = "Eraskyne Deletedby Ltd"
RENAMED = "Forgetmaria Anonymus"
POLICY = (DEFAULTS / "sync.toml").read_text().replace("erase_after_days = 30", "erase_after_days = 0")


@dataclass(frozen=True, slots=True)
class Erasure:
    """A home that knew two people, and the moments before and after they were erased."""

    place: Place
    server: SandboxServer
    before: dict[str, list[str]]


@pytest.fixture(scope="module")
def erasure(small_company: SampleCompany, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Erasure]:
    """Two nights with two people; one is then deleted, one made anonymous; the retention passes; two nights more."""
    with serve(small_company) as server:
        place = at_sandbox(tmp_path_factory.mktemp("erased"), server)
        copytree(DEFAULTS, place.home / "policy")
        (place.home / "policy" / "sync.toml").write_text(POLICY)
        made, named = people(server)
        server.edit("res.partner", named, name=RENAMED)
        run(place)
        before = {name: hits(place.home, name) for name in (DELETED, RENAMED)}
        with server.erp.lock:
            server.erp.store.drop("res.partner", made)
            server.erp.on_commit(server.erp.store.commit())
        server.edit("res.partner", named, name="(erased)", ref=False, vat=False)
        run(place)
        age(place.home, 401 * 86_400)
        run(place)
        yield Erasure(place, server, before)


def people(server: SandboxServer) -> tuple[int, int]:
    """A partner without documents that will be deleted, and a customer with documents that will be made anonymous."""
    customers = [row for row in server.rows("res.partner").values() if row["customer_rank"] and not row["parent_id"]]
    named = customers[0]["id"]
    number = max(server.rows("res.partner")) + 1
    with server.erp.lock:
        twin = {**server.erp.store.tables["res.partner"][named], "id": number, "name": DELETED, "customer_rank": 0}
        server.erp.store.put("res.partner", {**twin, "commercial_partner_id": number})
        server.erp.on_commit(server.erp.store.commit())
    return number, named


def run(place: Place) -> None:
    done = place.kam(*NIGHT)
    assert done.returncode in (0, 1), done.stderr


def age(home: Path, seconds: float) -> None:
    """The reports and logs of earlier nights are that much older."""
    for path in home.rglob("*"):
        if path.suffix in (".xlsx", ".log"):
            moment = time.time() - seconds
            os.utime(path, (moment, moment))


@pytest.mark.long
def test_r93_the_people_were_known_at_first(erasure: Erasure) -> None:
    assert {name: bool(found) for name, found in erasure.before.items()} == {DELETED: True, RENAMED: True}


@pytest.mark.long
@pytest.mark.parametrize("name", [DELETED, RENAMED])
def test_r93_an_erased_person_is_in_no_byte_of_the_home(erasure: Erasure, name: str) -> None:
    assert hits(erasure.place.home, name) == []


@pytest.mark.long
def test_r93_the_book_still_verifies(erasure: Erasure) -> None:
    assert erasure.place.kam("verify").returncode == 0


def test_r93_only_old_workbooks_in_their_own_folder_go(tmp_path: Path) -> None:
    chosen = settings.load(written(tmp_path, 30), None, {})
    now = datetime(2026, 6, 30, tzinfo=UTC)
    folder = chosen.places.reports
    folder.mkdir(parents=True)
    for name, days in (("old.xlsx", 31), ("young.xlsx", 29), ("old.csv", 31)):
        (folder / name).write_text("x")
        moment = (now - timedelta(days=days)).timestamp()
        os.utime(folder / name, (moment, moment))
    assert forget_old_reports(chosen, now) == 1
    assert sorted(path.name for path in folder.iterdir()) == ["old.csv", "young.xlsx"]


@pytest.mark.parametrize("days", ["0", "-1", "36501", "true", '"30"', "1.5"])
def test_a_retention_that_is_no_number_of_days_is_refused(tmp_path: Path, days: str) -> None:
    with pytest.raises(SettingsError, match="keep_reports_days is a number of days"):
        settings.load(written(tmp_path, days), None, {})


def written(home: Path, days: object) -> Path:
    section = '[erp.main]\nurl = "https://erp.example.com"\ndatabase = "d"\nlogin = "kam"\n'
    (home / "kam.toml").write_text(f"{section}keep_reports_days = {days}\n")
    return home
