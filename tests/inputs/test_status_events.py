"""events.csv: which moments can be used."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from kam_connector.errors import InputError
from kam_connector.inputs.status_events import read_events

CODES = {"event": ("received",), "type": ("product",), "severity": ("high",)}


def read(folder: Path, at: str) -> str:
    path = folder / "events.csv"
    path.write_text(f"complaint,at,event\nC-1,{at},received\n")
    events, _ = read_events(path, ZoneInfo("Asia/Shanghai"), CODES)
    return f"{events['at'].iloc[0]:%Y-%m-%d %H:%M}"


@pytest.mark.parametrize("at", ["0202-09-12 10:00", "1899-12-31 23:59", "3000-01-01 00:00", "0202-09-12T10:00:00Z"])
def test_a_year_that_nobody_meant_is_no_moment(tmp_path: Path, at: str) -> None:
    with pytest.raises(InputError, match=r"row 2, column at: '.*' cannot be used\. Expected is a moment such as"):
        read(tmp_path, at)


@pytest.mark.parametrize(
    ("at", "utc"), [("2025-09-12 10:00", "2025-09-12 02:00"), ("1950-01-01T00:00Z", "1950-01-01 00:00")]
)
def test_other_years_are_taken_as_they_stand(tmp_path: Path, at: str, utc: str) -> None:
    assert read(tmp_path, at) == utc
