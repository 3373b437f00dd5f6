"""The early warnings that the ERP is to show: those that are open, and those whose end it does not know yet."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pandas as pd
from ibis import BaseBackend

from kam_connector.facts.live import live
from kam_connector.languages import LANGUAGES
from kam_connector.policy.warnings import WarningPolicy
from kam_connector.rules.warnings import OPEN_STATES
from kam_connector.runs.aged import of_companies
from kam_connector.runs.known_warnings import cleared_warnings
from kam_connector.runs.watched import find_sellers

if TYPE_CHECKING:
    from kam_connector.runs.decisions import Night
    from kam_connector.runs.sources import Sources

_RAISING = ["company_id", "customer_id", "rule", "since"]


def warnings_to_show(night: Night, sources: Sources, company_ids: list[int]) -> pd.DataFrame:
    """A row a warning: company_id, customer_id, rule, since, severity, figure, state (open, cleared), cleared_on (ISO
    day, "" while open), the reason that raised it and the one that cleared it (clear_code, clear_args); user_id
    (missing: nobody) is the customer's salesperson, and measure, raise_at, clear_at, rule_names (JSON by language) are
    the policy's.

    A warning that is over stands here while the ERP shows it open: the night that cleared it need not have been
    written. One that an earlier run of the same day has cleared, and that is open after all, is open.
    """
    over = _over(night, of_companies(cleared_warnings(sources.book, night.as_of), company_ids))
    over = over.merge(_open_in_erp(sources.con), on=_RAISING)
    shown = _joined(_open(night.warnings.frame), _cleared(over)).drop_duplicates(_RAISING)
    shown = shown.merge(find_sellers(night.customers), on="customer_id", how="left")
    return shown.merge(_rules(night.policy.warnings), on="rule", how="left")


def _over(night: Night, earlier: pd.DataFrame) -> pd.DataFrame:
    """The warnings that are cleared, with as_of: the ISO day on which they were; this night's first."""
    frame = night.warnings.frame
    ended = frame[frame["state"] == "cleared"].assign(as_of=night.as_of.isoformat())
    return _joined(ended, earlier).drop_duplicates(_RAISING)


def _open(frame: pd.DataFrame) -> pd.DataFrame:
    found = frame[frame["state"].isin(OPEN_STATES)]
    return found.assign(state="open", cleared_on="", clear_code="", clear_args="")


def _cleared(over: pd.DataFrame) -> pd.DataFrame:
    """With the reason that raised the warning in its place again, and beside it the one that cleared it."""
    return over.assign(
        cleared_on=over["as_of"],
        clear_code=over["reason_code"],
        clear_args=over["reason_args"],
        reason_code=over["previous_reason_code"],
        reason_args=over["previous_reason_args"],
    )


def _open_in_erp(con: BaseBackend) -> pd.DataFrame:
    """What tells a warning from the others, of those that the ERP shows open."""
    warning = live(con, "kam_warning")
    rows: pd.DataFrame = (
        warning.filter(warning.state == "open")
        .select("company_id", "rule", customer_id="partner_id", since=warning.raised_on.cast("string"))
        .to_pandas()
    )
    return rows[_RAISING]


def _rules(policy: WarningPolicy) -> pd.DataFrame:
    """rule, measure, raise_at, clear_at, rule_names: what the policy says of each rule."""
    rows = [
        {
            "rule": rule.code,
            "measure": rule.measure,
            "raise_at": float(rule.raise_at),
            "clear_at": float(rule.clear_at),
            "rule_names": json.dumps(
                {language: rule.names.in_language(language) for language in LANGUAGES}, ensure_ascii=False
            ),
        }
        for rule in policy.rule
    ]
    return pd.DataFrame(rows, columns=["rule", "measure", "raise_at", "clear_at", "rule_names"])


def _joined(*parts: pd.DataFrame) -> pd.DataFrame:
    """One below the other; empty ones would change the others' types."""
    return pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
