"""Control totals: the receivable balance by company, account and day as the ERP sums it, apart from the rows.

The tie-out of the ageing compares the mirror with these, not with itself (DESIGN section 3).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from kam_connector.crashpoints import crash_point
from kam_connector.erp.lanes import Sums
from kam_connector.findings import Finding
from kam_connector.mirror import rows
from kam_connector.sync import marks
from kam_connector.sync.amounts import to_minor
from kam_connector.sync.catalogue import receivable_domain
from kam_connector.sync.storing import Job

_BY = ("company_id", "account_id", "date:day")
_SCHEMA = pa.schema(
    [
        ("company_id", pa.int64()),
        ("account_id", pa.int64()),
        ("day", pa.date32()),
        ("balance_minor", pa.int64()),
    ]
)
_DIFFERENCES = """
WITH mine AS (
    SELECT company_id, account_id, sum(balance_minor) AS balance FROM account_move_line
    WHERE NOT _deleted AND parent_state = 'posted'
      AND account_id IN (SELECT id FROM account_account WHERE account_type = 'asset_receivable' AND NOT _deleted)
    GROUP BY ALL),
theirs AS (SELECT company_id, account_id, sum(balance_minor) AS balance FROM control_total GROUP BY ALL)
SELECT company_id, account_id, coalesce(theirs.balance, 0) - coalesce(mine.balance, 0) AS difference
FROM mine FULL JOIN theirs USING (company_id, account_id)
WHERE difference <> 0 ORDER BY company_id, account_id
"""


def pull_control_totals(job: Job, *, anew: bool = False) -> list[Finding]:
    """Table `control_total` holds the ERP's own sums; findings name sums that cannot be read as money.

    Where the ERP says that nothing was written to them since they were asked for, they stay as they are; not `anew`.
    """
    domain = [*receivable_domain(job.source.version), ("parent_state", "=", "posted")]
    wanted = Sums("account.move.line", domain, ("balance",), _BY, job.companies)
    groups, mark = job.source.lanes.marked_sums(wanted, "" if anew else marks.control_mark(job.mirror, job.digits))
    if groups is None:
        return []
    totals, findings = _convert(job, groups)
    with job.mirror.transaction():
        rows.replace_all(job.mirror.db, "control_total", totals)
        marks.keep_control_mark(job.mirror, "" if findings else mark, job.digits)
        crash_point("sync.control")
    return findings


def find_differences(job: Job) -> list[Finding]:
    """One finding an account whose rows in the mirror do not sum up to the ERP's own total."""
    found = job.mirror.db.execute(_DIFFERENCES).fetchall()
    return [
        Finding(
            "error",
            "sync.control_total",
            str(account),
            "Account {account} of company {company}: the ERP's receivable balance exceeds the pulled items by "
            "{difference} smallest units.",
            {"account": account, "company": company, "difference": difference},
        )
        for company, account, difference in found
    ]


def _convert(job: Job, groups: list[dict[str, Any]]) -> tuple[pa.Table, list[Finding]]:
    companies = np.array([group["company_id"] or -1 for group in groups], dtype=np.int64)
    sums = np.array([float(group["balance"] or 0.0) for group in groups], dtype=np.float64)
    units, good = to_minor(sums, job.digits.of_companies(companies))
    days = pa.array([group["date:day"] for group in groups], pa.string()).cast(pa.date32())
    accounts = pa.array([group["account_id"] for group in groups], pa.int64())
    whole = pa.table([pa.array(companies), accounts, days, pa.array(units)], schema=_SCHEMA)
    findings = [
        Finding("error", "sync.control_total", str(groups[place]["account_id"]), "The ERP's balance is not a number.")
        for place in np.flatnonzero(~good)
    ]
    return whole.filter(pa.array(good)), findings
