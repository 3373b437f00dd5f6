"""Which companies have more receivables, or slower ones, than the policy bears: findings of the night.

Worked figure: 60 of 100 owed are past due with a limit of 0.50, and sales stay unpaid for 130 days with a limit of 120:
two findings. On the limit there is none.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pandas as pd

from kam_connector.findings import Finding
from kam_connector.policy.alerts import Alerts
from kam_connector.texts import Text


def find_alerts(turnover: pd.DataFrame, alerts: Alerts) -> Iterator[Finding]:
    """A finding a company and limit that is exceeded; `turnover` by company from `turnover.measure_turnover`.

    A figure that is not known exceeds nothing. Requirement S4-41.
    """
    rows = zip(turnover["company_id"].tolist(), turnover["overdue_share"], turnover["dso"], strict=True)
    for company, share, dso in rows:
        if alerts.overdue_share is not None and share is not None and share > alerts.overdue_share:
            values = {"share": _percent(share), "limit": _percent(alerts.overdue_share)}
            text = Text("{share} of the receivables are past due; the policy bears {limit}.", values)
            yield Finding("warning", "rules.alerts.overdue_share", str(company), text)
        if alerts.dso_days is not None and dso is not None and dso > alerts.dso_days:
            text = Text(
                "Sales stay unpaid for {days} days (DSO of {months} months); the policy bears {limit}.",
                {"days": dso, "months": alerts.months, "limit": alerts.dso_days},
            )
            yield Finding("warning", "rules.alerts.dso", str(company), text)


def _percent(share: Decimal) -> str:
    text = f"{share * 100:f}"
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text}%"
