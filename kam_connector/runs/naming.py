"""The names that ids stand for: of customers, people, teams, accounts, currencies, documents, tiers and steps."""

from __future__ import annotations

from ibis import BaseBackend

from kam_connector.facts.companies import companies
from kam_connector.facts.people import salespeople
from kam_connector.money import Currency
from kam_connector.policy import PolicyInForce
from kam_connector.policy.segments import segment_names
from kam_connector.reports import Names, names_by_id


def read_names(con: BaseBackend, policy: PolicyInForce, lang: str) -> Names:
    """All names of the mirror; tiers, segments, steps and warnings as the policy calls them in `lang`."""
    return Names(
        companies=_by_id(con, "res_company"),
        customers=_by_id(con, "res_partner"),
        people=names_by_id(salespeople(con).to_pandas(), "user_id", "name"),
        teams=_by_id(con, "crm_team"),
        accounts=_by_id(con, "account_account"),
        currencies=read_currencies(con),
        documents=_by_id(con, "account_move"),
        tiers={tier.name: tier.names.in_language(lang) for tier in policy.tiers.tier},
        warnings={rule.code: rule.names.in_language(lang) for rule in policy.warnings.rule},
        segments={code: names.in_language(lang) for code, names in segment_names(policy.tiers.segment).items()},
        steps={code: names.in_language(lang) for code, names in policy.collections.step_names.items()},
    )


def read_currencies(con: BaseBackend) -> dict[int, Currency]:
    """All currencies, archived ones too, by id."""
    currency = con.table("res_currency").select("id", "name", "decimal_places").to_pandas()
    rows = zip(currency["id"], currency["name"], currency["decimal_places"], strict=True)
    return {int(key): Currency(code, int(digits)) for key, code, digits in rows}


def company_currencies(con: BaseBackend) -> dict[int, Currency]:
    """The currency of each company, by company id."""
    table = companies(con).to_pandas()
    rows = zip(table["company_id"], table["currency"], table["digits"], strict=True)
    return {int(company): Currency(code, int(digits)) for company, code, digits in rows}


def _by_id(con: BaseBackend, table: str) -> dict[int, str]:
    return names_by_id(con.table(table).select("id", "name").to_pandas(), "id", "name")
