"""One field of a model, as `fields_get` tells it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

ATTRIBUTES = ("type", "store", "relation", "readonly", "required", "company_dependent")


@dataclass(frozen=True, slots=True)
class Field:
    """Type and traits of a field; `relation` is the other model, or empty."""

    type: str
    stored: bool
    relation: str = ""
    readonly: bool = False
    required: bool = False
    company_dependent: bool = False


def parse_fields(answer: Mapping[str, Mapping[str, Any]]) -> dict[str, Field]:
    """The fields of a model by name, from the answer of `fields_get`."""
    return {name: _parse_field(traits) for name, traits in answer.items()}


def _parse_field(traits: Mapping[str, Any]) -> Field:
    return Field(
        type=str(traits["type"]),
        stored=bool(traits.get("store", True)),
        relation=str(traits.get("relation") or ""),
        readonly=bool(traits.get("readonly")),
        required=bool(traits.get("required")),
        company_dependent=bool(traits.get("company_dependent")),
    )
