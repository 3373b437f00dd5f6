"""Facts as frames: the step from an expression to rows in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd


def to_frame(table: ir.Table) -> pd.DataFrame:
    """The rows of `table`: days as datetime64, whole numbers with gaps as floats.

    Straight from Arrow: Ibis's own way converts each column once more, which took longer than the query itself.
    """
    frame: pd.DataFrame = table.to_pyarrow().to_pandas(date_as_object=False)
    return frame
