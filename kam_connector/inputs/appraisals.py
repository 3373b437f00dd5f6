"""ratings.csv or .xlsx: which mark each person has for each item of the scale (CONTRACTS)."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pandas as pd

from kam_connector.inputs.columns import Column
from kam_connector.inputs.sheets import read_table
from kam_connector.inputs.targets import refuse
from kam_connector.texts import Text

MARKS: Final = (
    Column("user", required=True, filled=True),
    Column("item", required=True, filled=True),
    Column("mark", "amount", required=True, filled=True),
)


def read_marks(path: Path, items: tuple[str, ...], best: int) -> pd.DataFrame:
    """user, item, mark (Decimal) and `row`. Raises InputError for an item that is not among `items`, a mark that is
    not from 0 to `best`, and a second mark of one person for one item."""
    rows = read_table(path, MARKS)
    rows = rows.assign(row=rows.index + 2)
    flaws: list[tuple[int, str, Text]] = []
    known = ", ".join(items)
    for row in rows.to_dict("records"):
        if row["item"] not in items:
            values = {"item": row["item"], "known": known}
            flaws.append((row["row"], "item", Text("{item} is no item of the scale: {known}.", values)))
        if not 0 <= row["mark"] <= best:
            flaws.append((row["row"], "mark", Text("a mark is from 0 to {best}.", {"best": best})))
    for row in rows.loc[rows.duplicated(["user", "item"]), "row"]:
        flaws.append((row, "item", Text("this person has a mark for this item already.")))
    refuse(path, flaws)
    return rows.reset_index(drop=True)
