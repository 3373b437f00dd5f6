"""The drill: the book of before the first night is put back, and the next night makes nothing twice (R-51)."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from kam_connector.sample.company import SampleCompany
from kam_connector.sandbox import serve
from tests.conftest import first_of
from tests.runs import nights

NIGHT = (*nights.NIGHT, "--skip", "report", "--format", "json")


@pytest.mark.long
@pytest.mark.parametrize("addon", first_of([True, False]), ids=["addon", "plain"])
def test_after_the_restore_of_an_older_book_nothing_is_made_twice(
    small_company: SampleCompany, tmp_path: Path, addon: bool
) -> None:
    with serve(small_company, addon=addon) as server:
        place = nights.at_sandbox(tmp_path, server)
        assert place.kam("sync", "run").returncode in (0, 1)
        copy = json.loads(place.kam("backup", "--format", "json").stdout)["rows"][0]["file"]
        first = json.loads(place.kam(*NIGHT).stdout)["totals"]
        assert first["written"] > 5
        made = {model: len(server.rows(model)) for model in ("mail.activity", *(nights.WRITTEN if addon else ()))}
        state = nights.end_state(server) if addon else None
        assert place.kam("restore", copy, "--yes").returncode == 2
        assert place.kam("restore", copy, "--yes", "--force").returncode == 0
        done = place.kam(*NIGHT)
        assert done.returncode in (0, 1), done.stderr
        assert json.loads(done.stdout)["totals"]["written"] == 0
        assert {model: len(server.rows(model)) for model in made} == made
        assert state is None or nights.end_state(server) == state
        summaries = Counter((row["res_id"], row["summary"]) for row in server.rows("mail.activity").values())
        assert set(summaries.values()) <= {1}
        assert place.kam("verify").returncode == 0
