"""Expressions as views of a connection: a question that is built on one is compiled without what it is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis.expr.operations as ops

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends.sql import SQLBackend


def as_view(con: SQLBackend, name: str, rows: ir.Table) -> ir.Table:
    """The rows as a temporary view, which only this connection knows, with the types that they have as an expression.

    To compile is most of what a question to a small mirror costs, so what many are built on is compiled once. A view is
    as lazy as an expression and needs no right to write the file; DuckDB works it out anew wherever a query names it.
    """
    con.raw_sql(f'CREATE OR REPLACE TEMP VIEW "{name}" AS {con.compile(rows)}')
    return ops.DatabaseTable(name, schema=rows.schema(), source=con).to_expr()
