"""How JSON-2 wants a call: every argument by its name, the records as `ids`.

One table from a method to the names of its arguments, as the methods of Odoo 19 have them; `ids` stands for the records
that the method works on. The own models' methods stand by model, as their words are everybody's. A method that is not
in the table can be called with named arguments only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import ErpDefect

IDS = "ids"
_METHODS: dict[str, tuple[str, ...]] = {
    "action_post": (IDS,),
    "activity_schedule": (IDS, "act_type_xmlid", "date_deadline", "summary", "note"),
    "check_object_reference": ("module", "xml_id", "raise_on_access_error"),
    "context_get": (),
    "create": ("vals_list",),
    "fields_get": ("allfields", "attributes"),
    "formatted_read_group": ("domain", "groupby", "aggregates", "having", "offset", "limit", "order"),
    "get_installed": (),
    "has_access": (IDS, "operation"),
    "load": ("fields", "data"),
    "message_unsubscribe": (IDS, "partner_ids"),
    "name_search": ("name", "domain", "operator", "limit"),
    "read": (IDS, "fields", "load"),
    "run": (IDS,),
    "search": ("domain", "offset", "limit", "order"),
    "search_count": ("domain", "limit"),
    "search_read": ("domain", "fields", "offset", "limit", "order"),
    "try_loading": (IDS, "template_code", "company", "install_demo"),
    "unlink": (IDS,),
    "web_save_multi": (IDS, "vals_list", "specification"),
    "write": (IDS, "vals"),
}
_OWN: dict[tuple[str, str], tuple[str, ...]] = {
    ("kam.extract", "pull"): ("requests",),
    ("kam.gateway", "apply"): ("model", "rows", "run", "generation"),
    ("kam.gateway", "info"): (),
    ("kam.gateway", "register"): ("instance", "run", "known", "take_over"),
    ("kam.notice", "leave"): ("mark", "login", "summary", "note"),
    ("kam.notice", "settle"): ("mark", "login", "feedback"),
}
TABLE: dict[tuple[str, str], tuple[str, ...]] = {**{("", method): names for method, names in _METHODS.items()}, **_OWN}
"""Every entry by (model, method); the model is empty where the method is many models'."""


def named_arguments(model: str, method: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """All arguments by name. Raises ErpDefect for positional ones that the table does not name."""
    if not args:
        return dict(kwargs)
    names = TABLE.get((model, method)) or TABLE.get(("", method)) or ()
    if len(args) > len(names) or set(names[: len(args)]) & set(kwargs):
        raise ErpDefect(
            "{model}.{method} cannot be called over JSON-2 with {count} arguments without a name.",
            next_step='Set transport = "jsonrpc" in kam.toml, and please report it.',
            model=model,
            method=method,
            count=len(args),
        )
    return {**dict(zip(names, args, strict=False)), **kwargs}
