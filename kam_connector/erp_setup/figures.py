"""The custom fields of the customer that an ERP without the addon gets, and the page of the form that shows them."""

from __future__ import annotations

from typing import Any

from kam_connector.messages import label
from kam_connector.writeback.destinations import PARTNER

VIEW = "kam_connector.partner.figures"
FORM = "base.view_partner_form"
TRANSLATIONS = ("zh_CN", "zh_TW")
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


def field_values(name: str) -> dict[str, Any]:
    """The custom field as `ir.model.fields` takes it, without its model."""
    title = field_title(name, "en_US")
    return {"name": name, "field_description": title, "ttype": _TYPES[name], "state": "manual", "copied": False}


def field_title(name: str, lang: str) -> str:
    """What the field is called on the form, as "KAM Score"."""
    return "KAM " + label(name.removeprefix("x_kam_"), lang)


def field_names() -> tuple[str, ...]:
    """The custom fields, in the order of the page."""
    return tuple(field.name for field in PARTNER.fields)


def view_values() -> dict[str, Any]:
    """The page as `ir.ui.view` takes it, without the form that it extends."""
    fields = "".join(f'<field name="{name}" readonly="1"/>' for name in field_names())
    page = f'<page name="kam" string="KAM"><group name="kam_figures">{fields}</group></page>'
    arch = f'<xpath expr="//notebook" position="inside">{page}</xpath>'
    return {"name": VIEW, "model": "res.partner", "mode": "extension", "arch": arch}
