"""What is proposed for a complaint, and what its evidence comes to, on the customer's card and in the workbook."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.runs import nights
from tests.runs.test_faith import Table

pytestmark = pytest.mark.long


@pytest.fixture
def desk(shared_folder: Path, tmp_path: Path) -> Iterator[Table]:
    with nights.after_one(shared_folder, tmp_path / "home") as after:
        yield Table(*after)


def ask(desk: Table, *words: str) -> list[dict[str, Any]]:
    done = desk.place.kam(*words, "--as-of", nights.ANCHOR, "--format", "json")
    assert done.returncode in (0, 1), done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    rows: list[dict[str, Any]] = answer["totals"] if words[0] == "complaints" else answer["rows"]
    return rows


@pytest.mark.requirement("S4-69", "S4-74")
@pytest.mark.timeout(300)
def test_card_and_workbook_tell_proposal_and_evidence_and_never_the_word(desk: Table, tmp_path: Path) -> None:
    case = desk.first
    desk.edit(case, type="product", severity="critical", loss_amount=12.34, received_at="2026-06-29 08:00:00")
    desk.note(case, "foreign_lot")
    assert desk.place.kam("sync", "run").returncode in (0, 1)
    record = desk.server.rows("kam.complaint")[case]

    lines = ask(desk, "card", "show", str(record["partner_id"]))
    own = {line["entry"]: line for line in lines if line["record"] == case and line["panel"] == "suggestions"}
    assert (own["proposal"]["amount"], own["proposal"]["currency"]) == ("12.34", "CNY")
    assert own["proposal"]["detail"].startswith("Replacement, CNY")
    assert "the manager approves" in own["proposal"]["detail"]
    evidence = own["evidence"]
    assert "30 points: the lot or document is not ours (notes: 1)." in evidence["detail"]
    assert evidence["detail"].startswith(("to look at again · ", "in good faith · "))
    assert 0 < int(evidence["figure"]) <= 30

    files = ask(desk, "complaints", "report", "--month", "2026-06", "--out", str(tmp_path / "out"))
    path = next(row["report"] for row in files if row["company"] == 1)
    sheet = openpyxl.load_workbook(path)["Complaints"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    [row] = [dict(zip(rows[3], each, strict=True)) for each in rows[4:] if each[0] == record["name"]]
    assert (row["Proposed remedy"], row["Proposed amount"], row["Approver"]) == ("Replacement", 12.34, "the manager")
    assert row["Compensation"] == own["proposal"]["detail"]
    assert row["Points of evidence"] == int(evidence["figure"])
    assert f"{row['Evidence']} · {row['What it rests on']}" == evidence["detail"]
    told = " ".join(str(cell) for each in rows for cell in each) + str(lines)
    assert "malicious" not in told.lower()
