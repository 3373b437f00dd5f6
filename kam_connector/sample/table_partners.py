"""Rows of partners: our companies and users, customers, their contacts; and planned activities."""

from __future__ import annotations

from datetime import date

from kam_connector.sample.months import story_months
from kam_connector.sample.papers import Partner
from kam_connector.sample.table_firm import COMPANY_ID, COUNTRY_ID
from kam_connector.sample.tabular import Row, Sources, Tables, iso, moment

ACTIVITY_CALL = 2


def build_rows(sources: Sources) -> Tables:
    """`res.partner` and `mail.activity`."""
    return {"res.partner": _partners(sources), "mail.activity": _activities(sources)}


def _partners(sources: Sources) -> list[Row]:
    """Our own first, then customers with their contacts."""
    documents, ids = sources.documents, sources.ids
    start = story_months(documents.anchor)[0]
    invoiced = {invoice.partner for invoice in documents.invoices}
    rows = [
        _row(ids.of("res.partner", f"company/{c.key}"), c.name, start, is_company=True) for c in documents.companies
    ]
    rows += [
        _row(ids.of("res.partner", "user/system"), "OdooBot", start, active=False),
        _row(ids.of("res.partner", "user/admin"), "Administrator", start),
    ]
    rows += [_row(ids.of("res.partner", f"user/{p.key}"), p.name, start) for p in documents.people]
    roots = {partner.key: partner for partner in documents.partners}
    rows += [_customer(sources, partner, roots, partner.key in invoiced) for partner in documents.partners]
    return sorted(rows, key=lambda row: int(row["id"]))


def _row(
    number: int, name: str, created: date, *, is_company: bool = False, country: str = "", active: bool = True
) -> Row:
    """A partner that is not a customer."""
    return {
        "id": number, "write_date": moment(created), "create_date": moment(created), "name": name, "ref": False,
        "vat": False, "email": False, "active": active, "is_company": is_company, "parent_id": False,
        "commercial_partner_id": number, "user_id": False, "company_id": False,
        "country_id": COUNTRY_ID.get(country, False), "lang": "en_US", "customer_rank": 0, "supplier_rank": 0,
        "function": False,
    }  # fmt: skip


def _customer(sources: Sources, partner: Partner, known: dict[str, Partner], invoiced: bool) -> Row:
    """A customer or contact; a contact's commercial partner is its customer, and counts as one when invoiced."""
    ids = sources.ids
    commercial = partner.key if partner.is_company else partner.parent
    row = _row(
        ids.of("res.partner", partner.key), partner.name, min(partner.created, sources.documents.anchor),
        is_company=partner.is_company, country=partner.country, active=partner.active,
    )  # fmt: skip
    return row | {
        "ref": partner.ref, "vat": _vat(partner, known), "email": partner.email,
        "function": partner.function or False, "parent_id": ids.maybe("res.partner", partner.parent),
        "commercial_partner_id": ids.of("res.partner", commercial), "user_id": ids.of("res.users", partner.user),
        "company_id": COMPANY_ID[partner.bound] if partner.bound else False, "lang": partner.lang,
        "customer_rank": 1 if invoiced or partner.is_company else 0,
    }  # fmt: skip


def _vat(partner: Partner, known: dict[str, Partner]) -> str | bool:
    """VAT number; contacts show their customer's, as Odoo's commercial fields do."""
    return (partner if partner.is_company else known[partner.parent]).vat or False


def _activities(sources: Sources) -> list[Row]:
    """Calls planned with customers."""
    anchor, ids = sources.documents.anchor, sources.ids
    return [
        {
            "id": number, "write_date": moment(anchor), "res_model": "res.partner",
            "res_id": ids.of("res.partner", activity.customer), "activity_type_id": ACTIVITY_CALL,
            "summary": activity.summary, "date_deadline": iso(activity.deadline),
            "user_id": ids.of("res.users", activity.user), "active": True,
        }
        for number, activity in enumerate(sources.documents.activities, start=1)
    ]  # fmt: skip
