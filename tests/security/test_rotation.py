"""`kam init --rotate-key`: a new key is tried before it takes the old one's place, which is then to be revoked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kam_connector.erp_setup import made_user
from kam_connector.sandbox import SandboxServer, serve
from tests.contract.conftest import HAND_MADE
from tests.runs.nights import Place
from tests.security.desk import ADMIN, SERVICE, Desk, run_typed


@pytest.fixture
def sandbox() -> Iterator[SandboxServer]:
    with serve({model: [dict(row) for row in rows] for model, rows in HAND_MADE.items()}) as server:
        yield server


@pytest.fixture
def place(sandbox: SandboxServer, tmp_path: Path) -> Place:
    """A home that `kam init` has made with the sandbox's first key."""
    words = ("--url", sandbox.url, "--database", sandbox.database, "--login", sandbox.login)
    made = Place(tmp_path / "home")
    done = run_typed(made, sandbox.password + "\n", "init", *words)
    assert done.returncode == 0, done.stderr
    return made


def kept(place: Place) -> str:
    return (place.home / "main" / "key").read_text().strip()


def test_a_new_key_takes_the_place_of_the_old_one(place: Place, sandbox: SandboxServer) -> None:
    done = run_typed(place, sandbox.api_key + "\n", "init", "--rotate-key")
    assert done.returncode == 0, done.stderr
    assert kept(place) == sandbox.api_key
    assert oct((place.home / "main" / "key").stat().st_mode & 0o777) == "0o600"
    assert "revoke the old key" in done.stderr
    assert place.kam("erp", "check").returncode in (0, 1)


def test_a_key_that_opens_nothing_leaves_the_old_one_in_place(place: Place, sandbox: SandboxServer) -> None:
    done = run_typed(place, "0123456789abcdef" * 2 + "\n", "init", "--rotate-key")
    assert done.returncode == 3
    assert "refuses the login" in done.stderr
    assert kept(place) == sandbox.password


def test_the_same_key_and_no_key_are_refused(place: Place, sandbox: SandboxServer) -> None:
    assert "in use" in run_typed(place, sandbox.password + "\n", "init", "--rotate-key").stderr
    assert "No key was given" in run_typed(place, "", "init", "--rotate-key").stderr
    assert kept(place) == sandbox.password


def test_a_key_from_the_environment_is_not_rotated_in_a_file(place: Place, sandbox: SandboxServer) -> None:
    done = run_typed(place, sandbox.api_key + "\n", "init", "--rotate-key", KAM_ERP_KEY=sandbox.password)
    assert done.returncode == 2
    assert "KAM_ERP_KEY" in done.stderr
    assert kept(place) == sandbox.password


def test_an_erp_that_is_away_leaves_the_old_key(place: Place, sandbox: SandboxServer) -> None:
    sandbox.stop()
    done = run_typed(place, sandbox.api_key + "\n", "init", "--rotate-key")
    assert done.returncode == 3
    assert kept(place) == sandbox.password


def test_the_settings_stay_as_they_are(place: Place, sandbox: SandboxServer) -> None:
    before = (place.home / "kam.toml").read_bytes()
    run_typed(place, sandbox.api_key + "\n", "init", "--rotate-key")
    assert (place.home / "kam.toml").read_bytes() == before


@pytest.mark.long
@pytest.mark.odoo
@pytest.mark.timeout(600)
def test_a_new_key_by_the_administrator_revokes_the_former_on_a_real_server(desk: Desk) -> None:
    former = desk.key
    words = ("erp", "prepare", "--admin", ADMIN, "--login", SERVICE, "--new-key", "--key-days", "30", "--yes")
    assert desk.as_admin(*words).returncode == 0
    assert desk.key != former
    refused = desk.place.kam("erp", "check", KAM_ERP_KEY=former)
    assert "refuses the login" in refused.stdout + refused.stderr
    with desk.admin() as session:
        assert len(session.search_ids("res.users.apikeys", [("user_id", "=", made_user(session))])) == 1
    with desk.service() as session:
        assert session.uid


@pytest.mark.long
@pytest.mark.odoo
@pytest.mark.timeout(600)
def test_a_key_of_another_user_is_refused_on_a_real_server(desk: Desk) -> None:
    former = desk.key
    done = run_typed(desk.place, ADMIN + "\n", "init", "--rotate-key")
    assert done.returncode == 3
    assert desk.key == former
