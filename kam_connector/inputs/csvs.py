"""A CSV file as a frame of typed columns, or one clear refusal.

Spreadsheets write what they like: UTF-8 with or without a mark, UTF-16, GB18030 in China; comma, semicolon or tab.
All of that is read. A column that is not declared is refused by name, for a slip in a header must not silently leave
out a figure.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from kam_connector.errors import InputError
from kam_connector.inputs.columns import BadCell, Column, parse_column
from kam_connector.texts import Text

_LARGEST = 1 << 30
_SEPARATORS = (",", ";", "\t")
_MARKS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_ENCODINGS = ("utf-8-sig", "gb18030")


def read_csv(path: Path, columns: Sequence[Column], *, only_given: bool = False) -> pd.DataFrame:
    """Every declared column, typed as `columns.parse_column` says; one that the file lacks has empty cells.

    With `only_given` a column that the file lacks is left out. Raises InputError: no such file, no text, an unknown,
    doubled or missing column, a cell of another kind.
    """
    return typed_cells(path, _read_cells(path, _read_text(path)), columns, only_given=only_given)


def typed_cells(
    path: Path, cells: pd.DataFrame, columns: Sequence[Column], *, only_given: bool = False
) -> pd.DataFrame:
    """The cells (stripped texts below their header) as `read_csv` answers them. Raises InputError as it does."""
    _check_header(path, list(cells.columns), columns)
    blank = pd.Series("", index=cells.index, dtype="str")
    wanted = [column for column in columns if column.name in cells or not only_given]
    return pd.DataFrame(
        {column.name: _typed(path, cells.get(column.name, blank), column) for column in wanted}, index=cells.index
    )


def _read_text(path: Path) -> str:
    try:
        if path.stat().st_size > _LARGEST:
            raise InputError("{path} is larger than 1 GiB.", next_step="Split it by company.", path=path)
        content = path.read_bytes()
    except OSError as error:
        raise InputError(
            "{path} cannot be read: {error}.", next_step="Check the path and its rights.", path=path, error=error
        ) from error
    marked = [name for mark, name in _MARKS if content.startswith(mark)]
    for encoding in marked or _ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InputError("{path} is no text.", next_step="Save it as CSV in UTF-8, then try again.", path=path)


def _read_cells(path: Path, text: str) -> pd.DataFrame:
    head = text.partition("\n")[0]
    separator = max(_SEPARATORS, key=head.count)
    if not head.strip() or "\x00" in text:
        raise InputError("{path} has no header.", next_step="Its first row names the columns.", path=path)
    try:
        cells = pd.read_csv(
            io.StringIO(text), sep=separator, dtype="str", keep_default_na=False, header=None, skipinitialspace=True
        )
    except pd.errors.ParserError as error:
        raise InputError(
            "{path} is not a table: {error}.",
            next_step="Every row has as many cells as the header; a text with the separator in it stands in quotes.",
            path=path,
            error=" ".join(str(error).split()).removeprefix("Error tokenizing data. C error: "),
        ) from error
    return below_header(cells.fillna(""))


def below_header(cells: pd.DataFrame) -> pd.DataFrame:
    """The stripped texts below the first row, which names the columns."""
    stripped = cells.apply(lambda column: column.str.strip())
    stripped.columns = pd.Index([str(name).lower() for name in stripped.iloc[0]])
    below: pd.DataFrame = stripped.iloc[1:].reset_index(drop=True)
    return below


def _check_header(path: Path, names: list[str], columns: Sequence[Column]) -> None:
    known = [column.name for column in columns]
    lacking = [column.name for column in columns if column.required and column.name not in names]
    problems = (
        (Text("The columns {names} of {path} are not known."), [name for name in names if name not in known]),
        (Text("The columns {names} stand twice in {path}."), sorted({name for name in names if names.count(name) > 1})),
        (Text("{path} lacks the columns {names}."), lacking),
    )
    for what, wrong in problems:
        if wrong:
            raise InputError(
                what,
                next_step="The columns are: {known}.",
                names=", ".join(name or '""' for name in wrong),
                path=path,
                known=", ".join(known),
            )


def _typed(path: Path, texts: pd.Series, column: Column) -> pd.Series:
    try:
        return parse_column(texts, column)
    except BadCell as bad:
        text = texts.iloc[bad.place]
        raise InputError(
            "{path}, row {row}, column {column}: {text} cannot be used.",
            next_step="Expected is {expected}.",
            path=path,
            row=int(texts.index[bad.place]) + 2,
            column=column.name,
            text=repr(text[:60]),
            expected=column.expected,
        ) from None
