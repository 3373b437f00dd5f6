"""Open warnings on the card of a customer, each with the task that comes next."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any, cast

import pandas as pd
import pytest

from kam_connector.money import Currency
from kam_connector.reports import Names
from kam_connector.runs.card_lines import Subject
from kam_connector.runs.card_warnings import warning_lines
from kam_connector.runs.lookup import Customer

NAMES = Names(people={9: "Wang Wei"}, warnings={"gap": "No order", "gone": "Contact gone"})
ENDED = {"reason_code": "warning.withdrawn", "reason_args": '{"since": "2026-06-01", "valid_from": "2026-01-01"}'}


def warning(rule: str, state: str, customer: int = 1, company: int = 1) -> dict[str, Any]:
    return {"company_id": company, "customer_id": customer, "rule": rule, "state": state, "since": "2026-06-01"} | ENDED


def task(number: int, deadline: str, rule: str = "gap") -> dict[str, Any]:
    titles = {f"title_{lang}": f"{words} {number}" for lang, words in (("en", "Call"), ("zh_CN", "致电"))}
    return {"company_id": 1, "customer_id": 1, "rule": rule, "number": number, "user_id": 9, "deadline": deadline,
            **titles}  # fmt: skip


def subject(warnings: list[dict[str, Any]], tasks: list[dict[str, Any]], lang: str = "en") -> Subject:
    columns = ["company_id", "customer_id", "rule", "number", "deadline"]
    night = SimpleNamespace(
        as_of=date(2026, 6, 15),
        warnings=SimpleNamespace(frame=pd.DataFrame(warnings)),
        playbooks=SimpleNamespace(frame=pd.DataFrame(tasks, columns=None if tasks else columns)),
    )
    currency = Currency("CNY", 2)
    return Subject(cast(Any, None), cast(Any, night), NAMES, lang, Customer(1, "Acme"), 1, currency, cast(Any, None))


@pytest.mark.parametrize(
    ("deadlines", "next_one", "day"),
    [
        (["2026-06-14", "2026-06-15", "2026-06-20"], "Call 2", date(2026, 6, 15)),
        (["2026-06-13", "2026-06-14"], "Call 2", date(2026, 6, 14)),
        (["2026-06-20", "2026-06-16"], "Call 2", date(2026, 6, 16)),
    ],
)
def test_the_next_task_is_the_first_that_is_not_past_else_the_last(
    deadlines: list[str], next_one: str, day: date
) -> None:
    tasks = [task(number, deadline) for number, deadline in enumerate(deadlines, start=1)]
    (line,) = warning_lines(subject([warning("gap", "open")], tasks))
    assert (line.panel, line.entry, line.name, line.day) == ("suggestions", "warning", "No order", day)
    assert line.detail.endswith(f"next: {next_one} (Wang Wei, {day})")


def test_a_warning_without_tasks_stands_there_with_its_first_day() -> None:
    (line,) = warning_lines(subject([warning("gone", "raised")], [task(1, "2026-06-20")]))
    assert (line.name, line.day, "next" in line.detail) == ("Contact gone", date(2026, 6, 1), False)


def test_only_open_warnings_of_this_customer_and_company_are_shown() -> None:
    others = [warning("gap", state) for state in ("pending", "cleared", "passed")]
    elsewhere = [warning("gap", "open", customer=2), warning("gap", "open", company=2)]
    assert list(warning_lines(subject([*others, *elsewhere], []))) == []


def test_the_line_is_told_in_chinese() -> None:
    (line,) = warning_lines(subject([warning("gap", "open")], [task(1, "2026-06-20")], "zh_CN"))
    assert line.detail.endswith("下一步：致电 1 (Wang Wei, 2026-06-20)")
