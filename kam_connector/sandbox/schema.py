"""Which models and fields the sandbox has, parsed from compact tables.

A model is one text of fields, `name:type` each. Behind the type: `(other.model)` for relations, `[a|b]` the words of
a selection, `.2` the digits of a float; then marks: `!` required, `=` read-only, `?` not stored, `@` one value a
company. `id`, `create_date`, `write_date` and `display_name` every model has.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_FIELD = re.compile(
    r"(?P<name>\w+):(?P<type>\w+)(?:\((?P<relation>[\w.]+)\))?(?:\[(?P<words>[^\]]*)\])?(?:\.(?P<digits>\d))?"
    r"(?P<marks>[!=?@]*)"
)
_MAGIC = "id:integer= create_date:datetime= write_date:datetime= display_name:char=?"


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field; `words` are the allowed values of a selection (any where empty), `digits` -1 where not rounded."""

    name: str
    type: str
    relation: str = ""
    words: tuple[str, ...] = ()
    digits: int = -1
    required: bool = False
    readonly: bool = False
    stored: bool = True
    company_dependent: bool = False

    @property
    def empty(self) -> object:
        """What Odoo answers for an empty cell of this type."""
        if self.type in ("integer", "many2one_reference"):
            return 0
        if self.type in ("float", "monetary"):
            return 0.0
        return [] if self.type in ("one2many", "many2many") else False


@dataclass(slots=True)
class Schema:
    """Fields by model; grows when a custom field is made."""

    models: dict[str, dict[str, FieldSpec]] = field(default_factory=dict)

    def add(self, tables: Mapping[str, str]) -> None:
        """The models of `tables` (model to text) are there."""
        for model, text in tables.items():
            specs = [parse_field(word) for word in f"{_MAGIC} {text}".split()]
            self.models[model] = {spec.name: spec for spec in specs}


def parse_field(text: str) -> FieldSpec:
    """`partner_id:many2one(res.partner)!` as a FieldSpec. Raises ValueError."""
    match = _FIELD.fullmatch(text)
    if match is None:
        raise ValueError(f"not a field: {text}")
    marks = match["marks"]
    return FieldSpec(
        name=match["name"],
        type=match["type"],
        relation=match["relation"] or "",
        words=tuple((match["words"] or "").split("|")) if match["words"] else (),
        digits=int(match["digits"]) if match["digits"] else -1,
        required="!" in marks,
        readonly="=" in marks,
        stored="?" not in marks,
        company_dependent="@" in marks,
    )
