"""Tables of the mirror without what the ERP has deleted; and expressions that are built once."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend

P = ParamSpec("P")
_MEMORY = "_kam_expressions"


def remembered(
    build: Callable[Concatenate[BaseBackend, P], ir.Table],
) -> Callable[Concatenate[BaseBackend, P], ir.Table]:
    """`build` asked once for each connection and arguments: building an expression costs far more than reusing it.

    The expression is lazy, so rows that change later are seen all the same. Arguments must be hashable.
    """

    @wraps(build)
    def remember(con: BaseBackend, /, *args: P.args, **kwargs: P.kwargs) -> ir.Table:
        own: dict[object, ir.Table] = vars(con).setdefault(_MEMORY, {})  # backends compare equal by their file
        key = (build, args, tuple(sorted(kwargs.items())))
        if key not in own:
            own[key] = build(con, *args, **kwargs)
        return own[key]

    return remember


@remembered
def live(con: BaseBackend, table: str) -> ir.Table:
    """The rows of `table` that are not marked deleted, with the mirror's columns."""
    rows = con.table(table)
    return rows.filter(~rows["_deleted"])
