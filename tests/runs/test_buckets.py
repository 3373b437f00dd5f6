"""Bucket limits of the company's own: the night says which of them the ERP cannot show."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kam_connector.sandbox import SandboxServer
from tests.runs import nights

pytestmark = pytest.mark.long


def test_buckets_without_a_field_are_a_finding_and_the_ageing_still_adds_up(
    sandbox: SandboxServer, tmp_path: Path
) -> None:
    place = nights.at_sandbox(tmp_path, sandbox)
    assert place.kam("policy", "init").returncode == 0
    file = tmp_path / "policy" / "collections.toml"
    file.write_text(file.read_text().replace("[30, 60, 90, 180]", "[30, 90]"))
    done = place.kam(*nights.NIGHT, "--format", "json")
    assert done.returncode == 1, done.stderr
    answer = json.loads(done.stdout)
    assert any("d31_90, d91_plus" in finding["message"] for finding in answer["findings"])
    for row in answer["rows"]:
        assert {"d1_30", "d31_90", "d91_plus"} <= set(row)
        assert row["tie_out"]["ageing"] == row["tie_out"]["ledger"] == row["total"]
