"""`kam incentives simulate` without a file: a plan tried on the company's own invoices, orders and payments."""

from __future__ import annotations

from dataclasses import replace

from kam_connector.errors import InputError
from kam_connector.facts import companies, people, rates
from kam_connector.periods import parse_period
from kam_connector.policy import Plan
from kam_connector.rules.decisions import currencies_of
from kam_connector.rules.pay.given import PAID_COLUMNS, Given, no_rows
from kam_connector.runs.pay_limits import find_unknown
from kam_connector.runs.pay_reading import payee_names, read_given
from kam_connector.runs.pay_trial import Asked, Spoken, try_given
from kam_connector.runs.paying import first_day
from kam_connector.runs.result import Result
from kam_connector.runs.seeing import look
from kam_connector.runs.sources import sources_of
from kam_connector.runs.workspace import Workspace


def try_history(workspace: Workspace, asked: Asked) -> Result:
    """Rows and totals of the plan on the mirror as it is: nothing was settled, every period by itself.

    Credits are read from two years before this year on. A credit is named by the id of its document or, where the plan
    looks at lines, of its line in the ERP.
    """
    seen, sources = look(workspace, asked.as_of), sources_of(workspace)
    night = seen.nights[-1]
    last = min(parse_period(asked.period).end, night.as_of) if asked.period else night.as_of
    firms = companies.companies(sources.con).to_pandas()
    ids = [int(each) for each in firms["company_id"]]
    money = currencies_of(rates.currencies(sources.con).to_pandas())
    spoken = Spoken(payee_names(people.salespeople(sources.con).to_pandas()), None, money)
    nothing = no_rows(PAID_COLUMNS)

    def read(plan: Plan) -> Given:
        for found in find_unknown(plan, addon=sources.addon):
            raise InputError(found.template)
        return read_given(sources, plan, last, ids, nothing, first_day([plan], last))

    answer = try_given(read, spoken, asked, last)
    return replace(answer, names=seen.names.own)
