"""What is done about a warning: the tasks of its rule's playbook, each for one person by one day.

A warning raised on 1 June with a task within 5 days is due on 6 June, however long it stays open.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pandas as pd

from kam_connector.findings import Finding
from kam_connector.policy.warnings import MANAGER, SALESPERSON, WarningPolicy, WarningRule
from kam_connector.rules.decisions import Decisions, ids_of
from kam_connector.rules.warnings import OPEN_STATES
from kam_connector.texts import Text

COLUMNS = (
    *("company_id", "customer_id", "rule", "since", "number", "user_id", "deadline"),
    *("title_en", "title_zh_CN", "title_zh_TW", "reason_code", "reason_args"),
)


def plan_playbooks(
    warnings: pd.DataFrame,
    policy: WarningPolicy,
    sellers: pd.DataFrame,
    leaders: pd.DataFrame,
    users: pd.DataFrame,
) -> Decisions:
    """A row a task of an open warning (`warnings.decide_warnings`), in the order of the warnings.

    `sellers`: customer_id, user_id; `leaders`: user_id, manager_id; `users`: user_id, login, only those who work here.
    Columns: COLUMNS; number from 1 on, a title a language, user_id 0 where nobody is found, deadline an ISO day. A
    login that nobody has is a finding, and the task the salesperson's.
    """
    own = dict(zip(sellers["customer_id"].tolist(), ids_of(sellers["user_id"]).tolist(), strict=True))
    led = dict(zip(leaders["user_id"].tolist(), leaders["manager_id"].tolist(), strict=True))
    logins = dict(zip(users["login"].tolist(), users["user_id"].tolist(), strict=True))
    rules = {rule.code: rule for rule in policy.rule}
    rows: list[dict[str, Any]] = []
    for warning in warnings[warnings["state"].isin(OPEN_STATES)].to_dict("records"):
        seller = own.get(warning["customer_id"], 0)
        owners = {SALESPERSON: seller, MANAGER: led.get(seller, seller), **logins}
        kept = {name: warning[name] for name in COLUMNS if name in warning}
        for task in _tasks(rules[warning["rule"]], date.fromisoformat(warning["since"])):
            rows.append({**kept, **task, "user_id": owners.get(task["owner"], seller)})
    return Decisions(pd.DataFrame(rows, columns=list(COLUMNS)), tuple(_find_unknown(policy, set(logins))))


def _tasks(rule: WarningRule, since: date) -> Iterator[dict[str, Any]]:
    for number, task in enumerate(rule.task, start=1):
        yield {
            "number": number,
            "owner": task.owner,
            "deadline": (since + timedelta(days=task.within_days)).isoformat(),
            "title_en": task.title.en,
            "title_zh_CN": task.title.zh,
            "title_zh_TW": task.title.zh_tw or task.title.zh,
        }


def _find_unknown(policy: WarningPolicy, logins: set[str]) -> Iterator[Finding]:
    text = Text("The playbook names the owner {owner}, and no user has this login; the salesperson gets the task.")
    known = {SALESPERSON, MANAGER, *logins}
    for rule in policy.rule:
        for owner in dict.fromkeys(task.owner for task in rule.task if task.owner not in known):
            yield Finding("warning", "rules.playbooks", rule.code, text, {"owner": owner})
