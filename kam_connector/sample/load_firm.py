"""Our own side in a real Odoo: companies with their charts, currencies with rates, people, products, terms."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any

from kam_connector.sample.amounts import MICRO, as_float
from kam_connector.sample.load_target import Row, Target
from kam_connector.sample.load_versions import instalments
from kam_connector.sample.papers import Company, Documents, Person

PASSWORD_VARIABLE = "KAM_SAMPLE_PASSWORD"  # noqa: S105
_GROUPS = {
    "salesperson": ("base.group_user", "sales_team.group_sale_salesman"),
    "director": ("base.group_user", "sales_team.group_sale_manager"),
    "accountant": ("base.group_user", "account.group_account_manager"),
}


def load_firm(target: Target, documents: Documents) -> None:
    """Companies, currencies, people, products and terms are there."""
    _currencies(target, documents)
    for number, company in enumerate(documents.companies):
        _company(target, company, is_first=number == 0)
    _accounts(target, documents)
    _rates(target, documents)
    _people(target, documents)
    _products(target, documents)
    target.create_all(
        "account.payment.term",
        {t.key: {"name": t.name, "line_ids": instalments(target.wording, t.instalments)} for t in documents.terms},
    )


def _currencies(target: Target, documents: Documents) -> None:
    """The three currencies are active, each with a price list of its own (Odoo 14 takes an order's from there)."""
    for currency in documents.currencies:
        found = target.one("res.currency", [["name", "=", currency.code]])
        target.session.write("res.currency", [found], {"active": True})
        target.ids["res.currency", currency.code] = found
    target.create_all(
        "product.pricelist",
        {
            c.code: {
                "name": f"{c.code} 价格表 price list", "currency_id": target.id_of("res.currency", c.code),
                "company_id": False,
            }
            for c in documents.currencies
        },
    )  # fmt: skip


def _company(target: Target, company: Company, *, is_first: bool) -> None:
    """A company with chart of accounts, currency, rounding by line and a work calendar in its zone.

    It has no country: Odoo 19 would install that country's localisation at once.
    """
    session, currency = target.session, target.id_of("res.currency", company.currency)
    unused = is_first and not session.search_count("account.move", [])
    if unused:
        number = target.one("res.company", [])
    else:
        number = session.create("res.company", [{"name": company.name, "currency_id": currency}])[0]
        session.write("res.users", [session.uid], {"company_ids": [(4, number)]})
        session.login = replace(session.login, companies=(*session.login.companies, number))
    target.ids["res.company", company.key] = number
    if not unused:
        _chart(target, number)
    values = {"name": company.name, "currency_id": currency, "tax_calculation_rounding_method": "round_per_line"}
    session.write("res.company", [number], values, context=target.context(company.key))
    calendar = session.read("res.company", [number], ["resource_calendar_id"], companies=[number])
    session.write("resource.calendar", [calendar[0]["resource_calendar_id"]], {"tz": company.zone})


def _chart(target: Target, number: int) -> None:
    """The generic chart of accounts is in the company."""
    context = {**target.context(), "allowed_company_ids": [number]}
    if target.wording.has_members:
        target.session.perform("account.chart.template", "try_loading", [], "generic_coa", number, context=context)
        return
    template = target.xml_id("l10n_generic_coa.configurable_chart_template")
    target.session.perform("account.chart.template", "try_loading", [template], context=context)


def _accounts(target: Target, documents: Documents) -> None:
    """Journals, accounts and the sales tax of each company are known."""
    for company in documents.companies:
        number = target.id_of("res.company", company.key)
        for kind in ("sale", "bank", "general"):
            domain = [["type", "=", kind], ["company_id", "=", number]]
            target.ids["account.journal", f"{company.key}/{kind}"] = target.one("account.journal", domain)
        for key, code in (("receivable", "121000"), ("income", "400000"), ("bad_debt", "620000")):
            found = target.one("account.account", _of_company(target, number, code), company=company.key)
            target.ids["account.account", f"{company.key}/{key}"] = found
        tax = {
            "name": f"{company.tax_percent} % VAT", "amount": company.tax_percent, "amount_type": "percent",
            "type_tax_use": "sale", "company_id": number,
        }  # fmt: skip
        target.create_all("account.tax", {company.key: tax}, company=company.key)


def _of_company(target: Target, number: int, code: str) -> list[Any]:
    """Domain of an account: it belongs to one company up to 17, to several from 18 on."""
    shared = "company_ids" in target.session.fields("account.account")
    owner = ["company_ids", "in", [number]] if shared else ["company_id", "=", number]
    return [["code", "=like", f"{code}%"], owner]


def _rates(target: Target, documents: Documents) -> None:
    """Monthly rates of each company."""
    rows = {
        f"{rate.company}/{rate.currency}/{rate.day}": {
            "name": rate.day.isoformat(), "rate": rate.micro / MICRO,
            "currency_id": target.id_of("res.currency", rate.currency),
            "company_id": target.id_of("res.company", rate.company),
        }
        for rate in documents.rates
    }  # fmt: skip
    for company in documents.companies:
        mine = {key: row for key, row in rows.items() if key.startswith(f"{company.key}/")}
        target.create_all("res.currency.rate", mine, company=company.key, what=f"rates {company.key}")


def _people(target: Target, documents: Documents) -> None:
    """Users and their teams."""
    target.create_all("res.users", {person.key: _user(target, person) for person in documents.people})
    teams = {}
    for team in documents.teams:
        members = [target.id_of("res.users", p.key) for p in documents.people if p.team == team.key]
        teams[team.key] = {
            "name": team.name, "company_id": target.id_of("res.company", team.company),
            "user_id": target.id_of("res.users", team.leader),
            "member_ids": [(6, 0, [] if target.wording.has_members else members)],
        }  # fmt: skip
    target.create_all("crm.team", teams)
    if target.wording.has_members:
        sellers = [person for person in documents.people if person.team]
        target.create_all("crm.team.member", {
            p.key: {"user_id": target.id_of("res.users", p.key), "crm_team_id": target.id_of("crm.team", p.team)}
            for p in sellers
        })  # fmt: skip


def _user(target: Target, person: Person) -> Row:
    """A user; with a password only when the environment gives one."""
    groups = [number for number in map(target.xml_id, _GROUPS[person.role]) if number]
    companies = [target.id_of("res.company", key) for key in person.companies]
    password = os.environ.get(PASSWORD_VARIABLE)
    row = {
        "name": person.name, "login": person.login, "email": person.login, "company_id": companies[0],
        "company_ids": [(6, 0, companies)], target.wording.user_groups: [(6, 0, groups)],
    }  # fmt: skip
    return {**row, "password": password} if password else row


def _products(target: Target, documents: Documents) -> None:
    """Categories and products; `product.product` ids and their units are remembered."""
    for category in documents.categories:
        parent = target.id_of("product.category", category.parent) if category.parent else False
        target.create_all("product.category", {category.key: {"name": category.name, "parent_id": parent}})
    target.create_all("product.template", {
        p.key: {
            "name": p.name, "default_code": p.key, "type": p.kind, "list_price": as_float(p.price_minor, 2),
            "categ_id": target.id_of("product.category", p.category), "invoice_policy": "order",
            "taxes_id": [(6, 0, [])], "supplier_taxes_id": [(6, 0, [])],
        }
        for p in documents.products
    })  # fmt: skip
    for product in documents.products:
        domain = [["default_code", "=", product.key]]
        target.ids["product.product", product.key] = target.one("product.product", domain)
    target.ids["uom.uom", ""] = target.xml_id("uom.product_uom_unit")


def retire(target: Target, documents: Documents) -> None:
    """Who left is archived, and what is no longer sold: last, because the past still needed them."""
    left = [person for person in documents.people if not person.active]
    context = target.context()
    target.session.write(
        "res.users", [target.id_of("res.users", p.key) for p in left], {"active": False}, context=context
    )
    if target.wording.has_members:
        members = [target.id_of("crm.team.member", p.key) for p in left]
        target.session.write("crm.team.member", members, {"active": False}, context=context)
    else:
        for team in {p.team for p in left}:
            gone = [(3, target.id_of("res.users", p.key)) for p in left if p.team == team]
            target.session.write("crm.team", [target.id_of("crm.team", team)], {"member_ids": gone}, context=context)
    old = [target.id_of("product.template", p.key) for p in documents.products if not p.active]
    target.session.write("product.template", old, {"active": False}, context=context)
    gone_partners = [target.id_of("res.partner", p.key) for p in documents.partners if not p.active]
    target.session.write("res.partner", gone_partners, {"active": False}, context=context)
