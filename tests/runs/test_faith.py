"""A night weighs what speaks for and against complaints; people note, withdraw and review; nothing is written twice."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from kam_connector.erp import ErpAccess, connect
from tests.runs import nights
from tests.runs.test_compensation import MODEL, Desk

NOTE = "kam.complaint.evidence"


class Table(Desk):
    """The same, on which people note and withdraw."""

    def note(self, case: int, kind: str) -> int:
        server = self.server
        access = ErpAccess(server.url, server.database, server.login, server.password)
        with connect(access) as session:
            [number] = session.create(NOTE, [{"complaint_id": case, "kind": kind, "note": "Lot 17."}])
        server.edit(NOTE, number, noted_on="2026-06-29 08:00:00")
        return number

    def withdraw(self, note: int) -> None:
        self.server.edit(NOTE, note, withdrawal="It was our lot.", withdrawn_on="2026-06-30 08:00:00")

    def weighed(self, case: int) -> tuple[int, str, dict[str, int]]:
        row = self.server.rows(MODEL)[case]
        pieces = json.loads(row["evidence"] or "[]")
        return row["evidence_points"], row["evidence_band"], {piece["kind"]: piece["points"] for piece in pieces}


@pytest.fixture
def desk(shared_folder: Path, tmp_path: Path) -> Iterator[Table]:
    with nights.after_one(shared_folder, tmp_path / "home") as after:
        yield Table(*after)


@pytest.mark.requirement("S4-74", "S4-76")
@pytest.mark.long
@pytest.mark.timeout(300)
def test_a_case_comes_to_the_points_of_w24_and_what_reviewers_found_holds_compensation_until_a_test(
    desk: Table,
) -> None:
    # the first night has weighed every open complaint, and found nothing worth a second look
    _, band, before = desk.weighed(desk.first)
    assert (band, before.keys() <= {"in_window", "upheld_before"}) == ("good_faith", True)

    # people note, and more than three times the invoice is claimed; it came in long after the invoice
    worth = desk.worth(desk.first)
    desk.edit(desk.first, claimed_amount=3 * worth + 0.01, loss_amount=12.34, received_at="2026-06-29 08:00:00")
    lot = desk.note(desk.first, "foreign_lot")
    for _ in range(2):
        desk.note(desk.first, "refuses_inspection")
    desk.note(desk.first, "several_channels")
    assert desk.night() == [desk.first]
    points, band, found = desk.weighed(desk.first)
    against = {"foreign_lot": 30, "excess_claim": 15, "refuses_inspection": 15, "several_channels": 10}
    assert (against.items() <= found.items(), points) == (True, sum(found.values()))
    assert band == ("suspected" if points >= 60 else "review")
    assert desk.night() == []
    shown = desk.shown(desk.first)
    assert (shown["evidence_points"], shown["evidence_band"]) == (points, band)
    assert shown["evidence_reason"].startswith("30 points: the lot or document is not ours (notes: 1).")

    # two reviewers agree: nothing is proposed
    assert desk.proposed(desk.first)[1:3] == (12.34, "loss")
    desk.edit(desk.first, is_malicious=True)
    assert desk.night() == [desk.first]
    assert desk.proposed(desk.first) == (False, 0.0, "merits", "director")

    # a test confirms the defect: the proposal is back; a note that is withdrawn counts no more
    desk.note(desk.first, "independent_test")
    desk.withdraw(lot)
    assert desk.night() == [desk.first]
    assert desk.proposed(desk.first)[1:3] == (12.34, "loss")
    left = desk.weighed(desk.first)
    assert ("foreign_lot" in left[2], left[0]) == (False, max(points - 70, 0))

    # what is over keeps what it shows
    desk.edit(desk.first, state="rejected")
    desk.note(desk.first, "foreign_lot")
    desk.night()
    assert desk.weighed(desk.first) == left


@pytest.mark.requirement("S4-74", "S4-76")
@pytest.mark.long
@pytest.mark.timeout(300)
def test_a_policy_that_weighs_nothing_any_more_takes_bands_off_open_complaints_alone(desk: Table) -> None:
    over, kept = desk.second, ("evidence_points", "evidence_band", "evidence", "evidence_code", "evidence_args")
    desk.edit(over, state="rejected")
    note = desk.note(desk.first, "foreign_lot")
    desk.night()
    before = {name: desk.server.rows(MODEL)[over][name] for name in kept}
    assert desk.weighed(desk.first)[2]["foreign_lot"] == 30
    folder = desk.place.home / "policy"
    assert desk.place.kam("policy", "init").returncode == 0
    text = (folder / "complaints.toml").read_text(encoding="utf-8")
    bare = re.sub(r"^\[\[evidence\]\].*?(?=^\[|\Z)", "", text, flags=re.MULTILINE | re.DOTALL)
    (folder / "complaints.toml").write_text(bare, encoding="utf-8")
    assert desk.first in desk.night()
    row = desk.server.rows(MODEL)[desk.first]
    assert [row[name] or 0 for name in kept] == [0] * len(kept)
    assert {name: desk.server.rows(MODEL)[over][name] for name in kept} == before
    assert desk.server.rows(NOTE)[note]["kind"] == "foreign_lot"
    assert desk.shown(desk.first)["evidence_band"] is None
    assert desk.night() == []
