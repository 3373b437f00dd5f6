"""The names of arguments that JSON-2 is asked with are those of the real methods."""

from __future__ import annotations

import json

import pytest
import requests

from kam_connector.erp.arguments import TABLE
from tests.contract.conftest import Place

STRANGE = "an_argument_that_nobody_has"
MODELS = {
    "action_post": "account.move",
    "check_object_reference": "ir.model.data",
    "context_get": "res.users",
    "get_installed": "res.lang",
    "run": "ir.actions.server",
    "try_loading": "account.chart.template",
}
TAKES_ANY = frozenset({"activity_schedule", "search_read"})
"""Their last names are swallowed by `**`; the suite calls both with every name that counts."""


@pytest.mark.parametrize(("model", "method"), sorted(place for place in TABLE if place[1] not in TAKES_ANY))
def test_each_name_in_the_table_is_the_real_methods_own(json2_odoo: Place, model: str, method: str) -> None:
    """Odoo looks at the names before it does anything: the only one that it may complain about is the strange one."""
    names = [name for name in TABLE[model, method] if name != "ids"]
    headers = {"Authorization": f"bearer {json2_odoo.access.key}", "X-Odoo-Database": json2_odoo.access.database}
    url = f"{json2_odoo.access.url}/json/2/{model or MODELS.get(method, 'res.partner')}/{method}"
    answer = requests.post(url, json={**dict.fromkeys(names), STRANGE: 1}, headers=headers, timeout=60)
    assert answer.status_code == 422
    assert STRANGE in json.loads(answer.text)["message"]
