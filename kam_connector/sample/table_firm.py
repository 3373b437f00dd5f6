"""Rows of our own side: companies, calendars, currencies, users, teams, products, accounts."""

from __future__ import annotations

from kam_connector.sample.amounts import MICRO, as_float
from kam_connector.sample.books import ACCOUNTS
from kam_connector.sample.firm import COMPANIES, TERMS
from kam_connector.sample.months import story_months
from kam_connector.sample.papers import Company, Person
from kam_connector.sample.tabular import ADMIN_USER, Row, Sources, Tables, iso, moment

COMPANY_ID = {company.key: number for number, company in enumerate(COMPANIES, start=1)}
TERM_ID = {term.key: number for number, term in enumerate(TERMS, start=1)}
CURRENCY_ID = {"EUR": 1, "CNY": 7, "JPY": 25}
_ACCOUNT_NUMBER = {account.key: number for number, account in enumerate(ACCOUNTS, start=1)}
COUNTRY_ID = {
    "AT": 12, "BE": 20, "CN": 48, "CZ": 56, "DE": 57, "DK": 59, "ES": 68, "FR": 75, "GB": 231, "IT": 109, "JP": 113,
    "NL": 165, "NO": 166, "PL": 179, "SE": 196,
}  # fmt: skip
COUNTRY_NAME = {
    "AT": "Austria", "BE": "Belgium", "CN": "China", "CZ": "Czech Republic", "DE": "Germany", "DK": "Denmark",
    "ES": "Spain", "FR": "France", "GB": "United Kingdom", "IT": "Italy", "JP": "Japan", "NL": "Netherlands",
    "NO": "Norway", "PL": "Poland", "SE": "Sweden",
}  # fmt: skip


MEDIUM_ID = {"Website": 1, "Phone": 2, "Email": 4}
SOURCE_ID = {"Search engine": 1, "Newsletter": 3}
"""As Odoo's own records are numbered."""


def build_rows(sources: Sources) -> Tables:
    """Tables of the firm's own records."""
    written = moment(story_months(sources.documents.anchor)[0])
    return {
        "res.company": [_company(sources, company, written) for company in sources.documents.companies],
        "resource.calendar": [
            {"id": COMPANY_ID[c.key], "write_date": written, "name": "Standard 40 hours/week", "tz": c.zone}
            for c in sources.documents.companies
        ],
        "res.country": [{"id": i, "code": code, "name": COUNTRY_NAME[code]} for code, i in COUNTRY_ID.items()],
        "utm.medium": [{"id": number, "name": name} for name, number in MEDIUM_ID.items()],
        "utm.source": [{"id": number, "name": name} for name, number in SOURCE_ID.items()],
        "res.currency": [
            {
                "id": CURRENCY_ID[c.code], "write_date": written, "name": c.code, "symbol": c.symbol,
                "decimal_places": c.digits, "rounding": 10.0**-c.digits, "active": True,
            }
            for c in sources.documents.currencies
        ],
        "res.currency.rate": _rates(sources),
        **_people(sources, written),
        **_products(sources, written),
        "account.account": _accounts(sources, written),
    }  # fmt: skip


def account_id(company: str, key: str) -> int:
    """Id of a company's account."""
    return (COMPANY_ID[company] - 1) * len(ACCOUNTS) + _ACCOUNT_NUMBER[key]


def _company(sources: Sources, company: Company, written: str) -> Row:
    number = COMPANY_ID[company.key]
    return {
        "id": number, "write_date": written, "name": company.name, "currency_id": CURRENCY_ID[company.currency],
        "partner_id": sources.ids.of("res.partner", f"company/{company.key}"), "resource_calendar_id": number,
        "create_date": written,
    }  # fmt: skip


def _rates(sources: Sources) -> list[Row]:
    """Monthly rates; Odoo's `rate` is the currency's amount for one unit of the company's."""
    return [
        {
            "id": number, "write_date": moment(min(rate.day, sources.documents.anchor)), "name": iso(rate.day),
            "rate": rate.micro / MICRO, "currency_id": CURRENCY_ID[rate.currency],
            "company_id": COMPANY_ID[rate.company],
        }
        for number, rate in enumerate(sources.documents.rates, start=1)
    ]  # fmt: skip


def _people(sources: Sources, written: str) -> Tables:
    """Users with their teams. 1 is Odoo's own user, 2 the administrator."""
    ids, members = sources.ids, [p for p in sources.documents.people if p.team]
    return {
        "res.users": [
            _user(1, "__system__", ids.of("res.partner", "user/system"), written, active=False),
            _user(ADMIN_USER, "admin", ids.of("res.partner", "user/admin"), written),
            *(_salesperson(sources, person, written) for person in sources.documents.people),
        ],
        "crm.team": [
            {
                "id": ids.of("crm.team", team.key), "write_date": written, "name": team.name, "active": True,
                "user_id": ids.of("res.users", team.leader), "company_id": COMPANY_ID[team.company],
            }
            for team in sources.documents.teams
        ],
        "crm.team.member": [
            {
                "id": number, "write_date": written, "user_id": ids.of("res.users", person.key),
                "crm_team_id": ids.of("crm.team", person.team), "active": person.active,
            }
            for number, person in enumerate(members, start=1)
        ],
    }  # fmt: skip


def _user(number: int, login: str, partner: int, written: str, *, active: bool = True) -> Row:
    return {
        "id": number, "write_date": written, "login": login, "partner_id": partner, "company_id": 1,
        "company_ids": list(COMPANY_ID.values()), "active": active, "share": False, "sale_team_id": False,
    }  # fmt: skip


def _salesperson(sources: Sources, person: Person, written: str) -> Row:
    ids = sources.ids
    row = _user(
        ids.of("res.users", person.key), person.login, ids.of("res.partner", f"user/{person.key}"), written,
        active=person.active,
    )  # fmt: skip
    companies = [COMPANY_ID[key] for key in person.companies]
    team = ids.maybe("crm.team", person.team) if person.active else False
    return {**row, "company_id": companies[0], "company_ids": companies, "sale_team_id": team}


def _products(sources: Sources, written: str) -> Tables:
    """Categories, templates and their one variant each (same id)."""
    ids, digits = sources.ids, 2
    return {
        "product.category": [
            {
                "id": ids.of("product.category", c.key), "write_date": written, "name": c.name,
                "parent_id": ids.maybe("product.category", c.parent),
            }
            for c in sources.documents.categories
        ],
        "product.template": [
            {
                "id": ids.of("product.product", p.key), "write_date": written, "name": p.name,
                "categ_id": ids.of("product.category", p.category), "list_price": as_float(p.price_minor, digits),
                "active": p.active, "type": p.kind,
            }
            for p in sources.documents.products
        ],
        "product.product": [
            {
                "id": ids.of("product.product", p.key), "write_date": written, "default_code": p.key,
                "product_tmpl_id": ids.of("product.product", p.key), "active": p.active,
            }
            for p in sources.documents.products
        ],
    }  # fmt: skip


def _accounts(sources: Sources, written: str) -> list[Row]:
    """Each company's accounts."""
    return [
        {
            "id": account_id(company.key, account.key), "write_date": written, "code": account.code,
            "name": account.name, "account_type": account.type, "non_trade": account.non_trade,
            "currency_id": False, "company_ids": [COMPANY_ID[company.key]], "active": True,
        }
        for company in sources.documents.companies for account in ACCOUNTS
    ]  # fmt: skip
