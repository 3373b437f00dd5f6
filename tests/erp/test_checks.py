"""What `kam doctor` is told about a sandbox in good and in bad order."""

from __future__ import annotations

from typing import Any

import pytest

from kam_connector.erp import Check, ErpAccess, check_connection
from kam_connector.sandbox import SandboxServer, gateway, serve
from tests.contract.conftest import HAND_MADE


def checks(server: SandboxServer, **changes: Any) -> dict[str, Check]:
    known = {"url": server.url, "database": server.database, "login": server.login, "key": server.password}
    return {check.name: check for check in check_connection(ErpAccess(**{**known, **changes}))}


def test_everything_in_order_is_told_question_by_question() -> None:
    with serve(HAND_MADE) as server:
        told = checks(server)
    assert [name for name, check in told.items() if not check.ok] == []
    assert {"url", "transport", "version", "login", "companies", "addon", "clock"} <= set(told)
    assert {"right res.partner", "right account.move.line", "right kam.customer"} <= set(told)
    assert "field account.move.amount_residual_signed" in told
    assert "1 First Company, 2 Second Company" in str(told["companies"].detail)
    assert "19.0.1.12.0" in str(told["addon"].detail)


@pytest.mark.parametrize(("protocol", "step"), [(1, "Upgrade the module in Odoo"), (3, "pip install --upgrade")])
def test_an_addon_of_another_protocol_is_told_with_what_to_update(
    monkeypatch: pytest.MonkeyPatch, protocol: int, step: str
) -> None:
    monkeypatch.setattr(gateway, "PROTOCOL", protocol)
    with serve(HAND_MADE) as server:
        told = checks(server)
    assert [name for name, check in told.items() if not check.ok] == ["addon"]
    assert f"speaks protocol {protocol}, not 2" in str(told["addon"].detail)
    assert step in str(told["addon"].next_step)


def test_a_wrong_key_ends_the_questions_with_what_to_do() -> None:
    with serve(HAND_MADE) as server:
        told = checks(server, key="wrong-key-55")
    assert list(told) == ["url", "connection"]
    assert not told["connection"].ok
    assert "wrong-key-55" not in str(told["connection"].detail)
    assert str(told["connection"].next_step)


def test_a_server_that_is_away_is_one_failed_question() -> None:
    with serve(HAND_MADE) as server:
        pass
    told = checks(server, tries=1)
    assert [name for name, check in told.items() if not check.ok] == ["connection"]


def test_a_missing_right_and_a_hidden_field_are_named_with_the_next_step() -> None:
    denied = frozenset({("account.move.line", "read"), ("res.partner", "read")})
    hidden = frozenset({("account.move", "amount_residual_signed")})
    with serve(HAND_MADE, denied=denied, hidden=hidden) as server:
        told = checks(server)
    failed = {name: check for name, check in told.items() if not check.ok}
    assert set(failed) == {
        "right account.move.line",
        "right res.partner",
        "field account.move.amount_residual_signed",
    }
    assert str(failed["right account.move.line"].detail) == "may not read"
    assert all(str(check.next_step) for check in failed.values())


def test_without_the_addon_the_rights_of_the_other_way_are_asked() -> None:
    denied = frozenset({("mail.activity", "create")})
    with serve(HAND_MADE, addon=False, denied=denied) as server:
        told = check_connection(ErpAccess(server.url, server.database, server.login, server.password))
    failed = [check for check in told if not check.ok]
    assert [(check.name, str(check.detail)) for check in failed] == [("right mail.activity", "may not create")]
    assert any(check.name == "addon" and "x_kam_" in str(check.detail) for check in told)


def test_a_login_without_the_connectors_group_is_told_so_and_the_other_questions_go_on() -> None:
    with serve(HAND_MADE, denied=frozenset({("kam.gateway", "read")})) as server:
        told = checks(server)
    assert [name for name, check in told.items() if not check.ok] == ["addon"]
    assert "connector's own login" in str(told["addon"].detail)
    assert "clock" in told
