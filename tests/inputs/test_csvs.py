"""A user's CSV file: read whatever wrote it, refused with its place where it cannot be used."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from kam_connector.errors import InputError
from kam_connector.inputs.codes import codes_of
from kam_connector.inputs.columns import Column
from kam_connector.inputs.csvs import read_csv

COLUMNS = (
    Column("item", required=True, filled=True),
    Column("kind", "choice", choices=("invoice", "payment")),
    Column("date", "day"),
    Column("amount", "amount"),
    Column("posted", "flag"),
    Column("level", "count"),
)
TEXT = "item,kind,date,amount,posted,level\n一号,Invoice,2026-06-30,-1234.50,TRUE,2\nB,,,,,\n"


def write(folder: Path, content: bytes) -> Path:
    path = folder / "figures.csv"
    path.write_bytes(content)
    return path


def refused(folder: Path, text: str) -> str:
    with pytest.raises(InputError) as caught:
        read_csv(write(folder, text.encode()), COLUMNS)
    assert caught.value.next_step
    return str(caught.value).replace(str(folder / "figures.csv"), "figures.csv")


def test_every_kind_of_cell_comes_typed_and_an_empty_one_empty(tmp_path: Path) -> None:
    first, second = read_csv(write(tmp_path, TEXT.encode()), COLUMNS).to_dict("records")
    assert first == {
        "item": "一号", "kind": "invoice", "date": pd.Timestamp("2026-06-30"), "amount": Decimal("-1234.50"),
        "posted": True, "level": 2.0,
    }  # fmt: skip
    assert (second["item"], second["kind"], second["amount"], second["posted"]) == ("B", "", None, None)
    assert pd.isna(second["date"])
    assert pd.isna(second["level"])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_what_spreadsheets_write_is_read(tmp_path: Path, encoding: str, separator: str, ending: str) -> None:
    text = TEXT.replace(",", separator).replace("\n", ending)
    frame = read_csv(write(tmp_path, text.encode(encoding)), COLUMNS)
    assert frame["item"].tolist() == ["一号", "B"]
    assert frame["amount"].tolist()[0] == Decimal("-1234.50")


def test_columns_come_in_any_order_and_spaces_around_do_not_count(tmp_path: Path) -> None:
    frame = read_csv(write(tmp_path, b' Amount , "Item" \n 5 , "a, b" \n\n'), COLUMNS)
    assert frame[["item", "amount"]].to_numpy().tolist() == [["a, b", Decimal(5)]]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("item,amuont\nA,1\n", "The columns amuont of figures.csv are not known. The columns are: item, kind"),
        ("item,item\nA,B\n", "The columns item stand twice in figures.csv."),
        ("amount\n1\n", "figures.csv lacks the columns item."),
        ("item,amount\nA,\"1,234.50\"\n", "row 2, column amount: '1,234.50' cannot be used. Expected is an amount"),
        ("item,amount\nA,1\nB,x\n", "row 3, column amount: 'x' cannot be used."),
        ("item,amount\nA,NaN\n", "row 2, column amount: 'NaN' cannot be used."),
        ("item,amount\nA,1e5\n", "row 2, column amount: '1e5' cannot be used."),
        ("item,date\nA,30.06.2026\n", "row 2, column date: '30.06.2026' cannot be used. Expected is a day such as"),
        ("item,date\nA,2026-02-30\n", "row 2, column date: '2026-02-30' cannot be used."),
        ("item,kind\nA,gift\n", "column kind: 'gift' cannot be used. Expected is one of invoice, payment."),
        ("item,posted\nA,maybe\n", "column posted: 'maybe' cannot be used. Expected is true or false."),
        ("item,level\nA,1.5\n", "column level: '1.5' cannot be used. Expected is a whole number."),
        ("item,amount\n,1\n", "row 2, column item: '' cannot be used. Expected is a text."),
        ("item,amount\nA,1,2\n", "figures.csv is not a table: Expected 2 fields in line 2, saw 3."),
        ("", "figures.csv has no header."),
        ("\n\n", "figures.csv has no header."),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    assert said in refused(tmp_path, text)


def test_a_header_alone_is_a_file_without_figures(tmp_path: Path) -> None:
    assert read_csv(write(tmp_path, b"item,amount\n"), COLUMNS).empty


def test_no_file_and_no_text_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read: No such file"):
        read_csv(tmp_path / "none.csv", COLUMNS)
    with pytest.raises(InputError, match="is no text"):
        read_csv(write(tmp_path, b"PK\x03\x04\xff\xff\xff"), COLUMNS)
    with pytest.raises(InputError, match="has no header"):
        read_csv(write(tmp_path, b"item\x00,amount\n"), COLUMNS)


def test_codes_follow_the_order_of_numbers_or_of_the_alphabet() -> None:
    assert codes_of(pd.Series(["10", "9", "", "9"])).texts == ("9", "10")
    codes = codes_of(pd.Series(["10", "C9"]), pd.Series(["A"]))
    assert codes.texts == ("10", "A", "C9")
    assert codes.of(pd.Series(["C9", "", "unknown"])).tolist() == [3, 0, 0]
    assert codes.names[2] == "A"
