"""Tables of the mirror without what the ERP has deleted; and expressions that are built and compiled once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec

from kam_connector.mirror.views import as_view

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend

P = ParamSpec("P")
_MEMORY = "_kam_expressions"


def remembered(
    build: Callable[Concatenate[BaseBackend, P], ir.Table],
) -> Callable[Concatenate[BaseBackend, P], ir.Table]:
    """`build` asked once for each connection and arguments: building an expression costs far more than reusing it.

    The expression is lazy, so rows that change later are seen all the same. Arguments must be hashable, or be mappings
    of what is.
    """

    @wraps(build)
    def remember(con: BaseBackend, /, *args: P.args, **kwargs: P.kwargs) -> ir.Table:
        own: dict[object, ir.Table] = vars(con).setdefault(_MEMORY, {})  # backends compare equal by their file
        key = (build, *map(_hashable, args), tuple((name, _hashable(kwargs[name])) for name in sorted(kwargs)))
        if key not in own:
            own[key] = build(con, *args, **kwargs)
        return own[key]

    return remember


def _hashable(argument: object) -> object:
    return frozenset(argument.items()) if isinstance(argument, Mapping) else argument


def viewed(build: Callable[Concatenate[BaseBackend, P], ir.Table]) -> Callable[Concatenate[BaseBackend, P], ir.Table]:
    """`remembered`, and compiled once (`mirror.views`): for what many questions are built on."""

    @remembered
    @wraps(build)
    def view(con: BaseBackend, /, *args: P.args, **kwargs: P.kwargs) -> ir.Table:
        return as_view(con, f"{build.__name__}_{len(vars(con)[_MEMORY])}", build(con, *args, **kwargs))

    return view


@remembered
def live(con: BaseBackend, table: str) -> ir.Table:
    """The rows of `table` that are not marked deleted, with the mirror's columns."""
    rows = con.table(table)
    return as_view(con, f"live_{table}", rows.filter(~rows["_deleted"]))
