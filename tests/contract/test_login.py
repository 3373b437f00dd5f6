"""What version and login answer, on every server."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kam_connector.erp import connect
from kam_connector.errors import AccessRefused, LoginRefused
from tests.contract.conftest import Place


def test_the_session_knows_version_user_and_both_companies(erp: Place) -> None:
    assert erp.session.version == ((14, 0) if erp.name.startswith("odoo14") else (19, 0))
    assert erp.session.uid == 2
    with connect(erp.access) as session:
        assert session.capabilities.companies == erp.companies
        assert session.login.lang == "en_US"
        assert session.capabilities.edition == "community"
    assert abs(erp.session.capabilities.time_offset_seconds or 0) < 60


@pytest.mark.parametrize("change", [{"key": "wrong-key-77"}, {"login": "nobody"}, {"database": "no_such_database"}])
def test_a_wrong_key_login_or_database_is_one_refusal_that_names_it_without_the_key(
    erp: Place, change: dict[str, str]
) -> None:
    with pytest.raises(LoginRefused) as caught:
        connect(replace(erp.access, **change))
    message = str(caught.value)
    assert change.get("database", erp.access.database) in message
    assert "wrong-key-77" not in message
    assert caught.value.next_step


def test_a_weak_login_is_told_which_model_it_may_not_read(erp: Place) -> None:
    with connect(erp.weak) as session:
        assert session.capabilities.rights("account.move").read is False
        assert session.capabilities.rights("res.partner").read is True
        with pytest.raises(AccessRefused, match=r"account\.move"):
            session.search_ids("account.move", [])


def test_the_strong_login_has_all_four_rights_on_partners(erp: Place) -> None:
    rights = erp.session.capabilities.rights("res.partner")
    assert (rights.read, rights.create, rights.write, rights.unlink) == (True, True, True, True)


def test_a_company_that_the_login_does_not_have_is_refused(erp: Place) -> None:
    with pytest.raises(AccessRefused):
        erp.session.search_ids("res.partner", [], companies=[4711])
