"""`kam erp prepare`: what an administrator makes once, so that the nightly login need not be one.

With the addon there is nothing to make. Without it: the custom fields of the customer, and a page on the
customer's form that shows them. Done again it changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kam_connector.errors import AccessRefused
from kam_connector.messages import label
from kam_connector.writeback.channels import Session
from kam_connector.writeback.destinations import PARTNER

VIEW = "kam_connector.partner.figures"
_TYPES = {
    "x_kam_tier": "char",
    "x_kam_currency": "char",
    "x_kam_reason": "text",
    "x_kam_score": "float",
    "x_kam_receivable": "float",
    "x_kam_overdue": "float",
    "x_kam_oldest_due": "date",
    "x_kam_as_of": "date",
}


@dataclass(frozen=True, slots=True)
class Prepared:
    """What was made now, and what was there already."""

    made: tuple[str, ...]
    present: tuple[str, ...]


def prepare(session: Session, *, has_addon: bool) -> Prepared:
    """The custom fields and their page on the customer's form are there. AccessRefused without an administrator."""
    if has_addon:
        return Prepared((), ("kam_connector addon",))
    known = session.fields("res.partner")
    missing = [field.name for field in PARTNER.fields if field.name not in known]
    present = [field.name for field in PARTNER.fields if field.name in known]
    try:
        if missing:
            _make_fields(session, missing)
            session.forget_fields("res.partner")
        made_view = _make_view(session)
    except AccessRefused as error:
        raise AccessRefused(
            f"Making the custom fields of the customer needs an administrator: {error.what}",
            next_step="Run `kam erp prepare` once with KAM_ERP_LOGIN and KAM_ERP_KEY of an administrator.",
        ) from error
    (missing if made_view else present).append(VIEW)
    return Prepared(tuple(missing), tuple(present))


def _make_fields(session: Session, names: list[str]) -> None:
    model = session.search_read("ir.model", [("model", "=", "res.partner")], ["model"], limit=1)[0]["id"]
    rows = [
        {
            "name": name,
            "field_description": _title(name, "en_US"),
            "model_id": model,
            "ttype": _TYPES[name],
            "state": "manual",
            "copied": False,
        }
        for name in names
    ]
    ids = session.create("ir.model.fields", rows)
    installed = {code for code, _name in session.call("res.lang", "get_installed")}
    for lang in sorted({"zh_CN", "zh_TW"} & installed):
        for number, name in zip(ids, names, strict=True):
            title = {"field_description": _title(name, lang)}
            session.write("ir.model.fields", [number], title, context={"lang": lang})


def _make_view(session: Session) -> bool:
    """True when the page was made now."""
    if session.search_read("ir.ui.view", [("name", "=", VIEW), ("model", "=", "res.partner")], ["name"]):
        return False
    data = [("module", "=", "base"), ("name", "=", "view_partner_form"), ("model", "=", "ir.ui.view")]
    form = session.search_read("ir.model.data", data, ["res_id"], limit=1)[0]["res_id"]
    session.create("ir.ui.view", [_view(form)])
    return True


def _view(form: int) -> dict[str, Any]:
    fields = "".join(f'<field name="{field.name}" readonly="1"/>' for field in PARTNER.fields)
    page = f'<page name="kam" string="KAM"><group name="kam_figures">{fields}</group></page>'
    arch = f'<xpath expr="//notebook" position="inside">{page}</xpath>'
    return {"name": VIEW, "model": "res.partner", "inherit_id": form, "mode": "extension", "arch": arch}


def _title(name: str, lang: str) -> str:
    return "KAM " + label(name.removeprefix("x_kam_"), lang)
