"""The payroll file: columns, letters, and names that are no formulas."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from kam_connector.errors import InputError
from kam_connector.reports.payroll import COLUMNS, write_payroll

ROW = {
    "company": 1, "payee": 5, "name": "Ann", "plan": "ka", "period": "2026-06", "currency": "CNY", "amount": "123.46",
    "statement": "1:ka:2026-06:5:7:1", "number": 1, "revision": 2, "approved_by": "Fin",
    "approved_on": "2026-07-01T08:00:00+00:00", "state": "approved",
}  # fmt: skip


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def test_a_row_a_statement_in_plain_columns(tmp_path: Path) -> None:
    path = write_payroll(tmp_path / "payroll.csv", [ROW, {**ROW, "payee": 6, "name": "王芳", "amount": "-20.00"}])
    rows = read(path)
    assert list(rows[0]) == list(COLUMNS)
    assert [(row["name"], row["amount"], row["revision"]) for row in rows] == [
        ("Ann", "123.46", "2"), ("王芳", "-20.00", "2"),
    ]  # fmt: skip
    assert path.read_bytes().startswith(b"\xef\xbb\xbfcompany,payee,")
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("name", ["=1+1", "+1 (44)", "-2+3", "@SUM(A1)", "\t=1", "＝1"])
def test_a_name_is_never_a_formula(tmp_path: Path, name: str) -> None:
    (row,) = read(write_payroll(tmp_path / "payroll.csv", [{**ROW, "name": name}]))
    assert row["name"] == f"'{name}"


def test_a_link_in_its_place_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "payroll.csv").symlink_to(tmp_path / "other.csv")
    with pytest.raises(InputError, match="a symbolic link"):
        write_payroll(tmp_path / "payroll.csv", [ROW])
    assert not (tmp_path / "other.csv").exists()
