"""What `kam writeback undo` says at its end, in words of its own and not in those of a push."""

from __future__ import annotations

import pytest

from kam_connector.runs.undone import left_findings, undone_lines
from kam_connector.writeback import Answer, Change, Held, Outcome, Plan

CHANGES = tuple(Change("kam.customer", 1, f"customer:{number}", "update", {}, "f") for number in (11, 12, 13))
HELD = (Held("kam.customer", 1, "customer:14", "rewritten"), Held("kam.customer", 1, "customer:15", "merged"))


def told(plan: Plan, outcome: Outcome | None, lang: str = "en") -> list[str]:
    return list(undone_lines(plan, outcome, lang))


def test_what_was_restored_and_what_was_removed_are_told_apart() -> None:
    statuses = ("updated", "removed", "conflict")
    outcome = Outcome(tuple(Answer(change, status) for change, status in zip(CHANGES, statuses, strict=True)))
    assert told(Plan("addon", CHANGES), outcome) == [
        "Taken back in the ERP: 1 restored, 1 removed, 0 so already, 1 refused, 0 unknown."
    ]


def test_a_plan_without_a_yes_names_the_command_that_shows_it() -> None:
    assert told(Plan("addon", CHANGES), None) == [
        "Nothing taken back: changes (3) wait for a yes. See them with `kam writeback undo --dry-run --diff`, "
        "take them back with `--yes`."
    ]


def test_nothing_to_take_back_is_said_and_not_that_the_erp_shows_all() -> None:
    (line, left) = told(Plan("addon", held=HELD), None)
    assert line == "Nothing to take back: nothing of this run's push is left in the ERP as it was written."
    assert left == "Records that stay as they are: 2. The findings say why."


@pytest.mark.parametrize(
    ("lang", "line"), [("zh_CN", "2 条记录保持不变，原因见所列问题。"), ("zh_TW", "2 筆記錄保持不變，原因見所列問題。")]
)
def test_a_chinese_reader_is_told_in_chinese(lang: str, line: str) -> None:
    assert told(Plan("addon", held=HELD), None, lang)[-1] == line


def test_each_record_that_stays_has_its_reason() -> None:
    found = {finding.record: str(finding.message) for finding in left_findings(Plan("addon", held=HELD))}
    assert found == {
        "kam.customer customer:14": "A later run has written this record since: it stays as it is.",
        "kam.customer customer:15": "The customer was merged into another one since, and the record is that one's: "
        "it stays as it is.",
    }
