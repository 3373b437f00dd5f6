"""An answer's rows in one form, whatever the version: empty is None, a many2one is an id.

Odoo writes an empty text, day, selection or many2one as False (an older one also as ""); an empty number is 0. Days
and moments stay the texts that Odoo sends ("2026-06-30", "2026-06-30 14:00:00" in UTC). Numbers stay as they came:
turning money into minor units is the mirror's work, over whole columns.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..errors import AccessRefused, ErpDefect, UnknownOutcome
from ..texts import Text
from .fields import Field

Row = dict[str, Any]
_AS_IT_CAME = frozenset({"boolean", "integer", "float", "monetary"})


def _same(value: Any) -> Any:
    return value


def _empty_is_none(value: Any) -> Any:
    return None if value is False or value == "" else value


def _id_or_none(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        value = value[0] if value else None
    return value or None


def _id_of(value: Any) -> Any:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _form_of(field: Field) -> Callable[[Any], Any]:
    if field.type in _AS_IT_CAME:
        return _same
    if field.type in ("many2one", "many2one_reference"):
        return _id_or_none
    return _empty_is_none


def check_fields(model: str, known: Mapping[str, Field], wanted: Sequence[str], login: str) -> None:
    """Nothing, or AccessRefused naming the fields that do not exist or that this login may not read (trap 20)."""
    missing = [name for name in wanted if name != "id" and name not in known]
    if not missing:
        return
    values = {"model": model, "fields": ", ".join(missing), "login": login}
    no_field = Text("{model} has no field {fields} that the login {login} may see.", values)
    no_model = Text("The ERP has no model {model} that the login {login} may see.", values)
    raise AccessRefused(
        no_field if known else no_model,
        next_step="`kam doctor` says which module or which right is missing.",
    )


def normal_rows(model: str, known: Mapping[str, Field], wanted: Sequence[str], answer: Any) -> list[Row]:
    """The answer's rows with `id` and the wanted fields only, by rising id. Raises ErpDefect (R-95)."""
    if not isinstance(answer, list):
        raise _not_rows(model, Text("no list of rows"))
    forms = [(name, _form_of(known[name])) for name in wanted if name != "id"]
    try:
        rows = [{"id": row["id"], **{name: form(row[name]) for name, form in forms}} for row in answer]
        rows.sort(key=lambda row: row["id"])
    except (KeyError, TypeError, AttributeError):
        raise _not_rows(model, Text("rows without the fields asked for")) from None
    if any(_id_of(row["id"]) is None for row in rows):
        raise _not_rows(model, Text("rows without an id"))
    return rows


def normal_ids(model: str, answer: Any) -> list[int]:
    """The answer as a list of ids. Raises ErpDefect."""
    if not isinstance(answer, list) or any(_id_of(item) is None for item in answer):
        raise _not_rows(model, Text("no list of ids"))
    return answer


def new_ids(model: str, answer: Any, count: int) -> list[int]:
    """The ids of `count` new records. Raises UnknownOutcome: the call came through, but not what it made (R-95)."""
    if isinstance(answer, list) and len(answer) == count and all(_id_of(item) is not None for item in answer):
        return answer
    raise UnknownOutcome(
        "{model}.create was done or not: the ERP did not answer with {count} new ids.",
        next_step="`kam writeback apply` looks it up before anything is sent again.",
        model=model,
        count=count,
    )


def check_progress(model: str, after_id: int, last: int) -> None:
    """Nothing, or ErpDefect where a page ends no higher than it began: the pages would never end."""
    if last <= after_id:
        raise _not_rows(model, Text("rows up to id {last} after id {first}", {"last": last, "first": after_id}))


def _not_rows(model: str, rows: Text) -> ErpDefect:
    return ErpDefect(
        "The ERP answered {rows} for {model}.",
        next_step="Is a module or a gateway changing its answers? Look into the server's log.",
        rows=rows,
        model=model,
    )
