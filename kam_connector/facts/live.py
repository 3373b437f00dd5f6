"""Tables of the mirror without what the ERP has deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend


def live(con: BaseBackend, table: str) -> ir.Table:
    """The rows of `table` that are not marked deleted, with the mirror's columns."""
    rows = con.table(table)
    return rows.filter(~rows["_deleted"])
