"""docs/reports.md names every sheet and every file that there is."""

from __future__ import annotations

import re
from pathlib import Path

from kam_connector.messages import keys, label
from kam_connector.reports import (
    ReportHead,
    ageing_file,
    card_file,
    complaints_file,
    night_file,
    payout_file,
    statement_file,
)

DOCS = (Path(__file__).parents[2] / "docs" / "reports.md").read_text(encoding="utf-8")


def test_every_sheet_is_documented_and_no_other() -> None:
    sheets = {label(key, "en") for key in keys() if key.startswith("report.sheet_")}
    assert set(re.findall(r"^- \*\*(.+?)\*\*", DOCS, re.MULTILINE)) == sheets


def test_every_file_name_is_documented(head: ReportHead) -> None:
    for place in (ageing_file, night_file, payout_file):
        name = place(Path(), head).name.replace(head.company, "<company>").replace(head.as_of.isoformat(), "<day>")
        assert name.replace("CNY", "<currency>").replace("-1-", "-<id>-") in DOCS
    name = complaints_file(Path(), head, "2026-06").name.replace("2026-06-30", "<day>").replace("2026-06", "<month>")
    name = name.replace(head.company, "<company>").replace("CNY", "<currency>")
    assert name.replace("-1-", "-<id>-") in DOCS
    name = statement_file(Path(), head, 36).name.replace(head.as_of.isoformat(), "<day>")
    assert name.replace("-1-36-", "-<id>-<customer>-") in DOCS
    name = card_file(Path(), 36, head.as_of).name.replace(head.as_of.isoformat(), "<day>")
    assert name.replace("-36-", "-<customer>-") in DOCS


def test_every_bucket_rule_that_an_auditor_asks_for_is_documented() -> None:
    for words in ("due date of each instalment", "is not overdue", "asked\n  for apart", "negative in the bucket"):
        assert words in DOCS
