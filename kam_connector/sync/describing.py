"""Which of the wanted fields the ERP has: remembered from run to run, so that an idle night does not ask again.

`fields_get` of thirty models is half of all calls of an idle night. What is remembered is used only where nothing can
hide behind it:

- a model that lacks a wanted field, or is not there, is asked again at every run: what appears is found that night;
- a field that vanished, or may no longer be read, makes the ERP refuse the page: then everything is asked again;
- a value that is not of the remembered type does the same;
- another version of the server, a full pull, `--verify` and seven days make it be asked again as well.

Of the addon's models the tier, which every version of the addon has, is asked for all; an older addon may lack others.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from kam_connector.erp.fields import Field
from kam_connector.mirror import Mirror, state
from kam_connector.sync.source import Source

Fields = Mapping[str, Field]
REMEMBERED_FOR = timedelta(days=7)
_KEY = "fields"
_ADDON = "kam."
_EVERY_ADDON_HAS = "kam.tier"


@dataclass(frozen=True, slots=True)
class Described:
    """By model its wanted fields, none where the ERP lacks the model; `before` the same as of the last run.

    `asked_all`: nothing in it is only remembered. `day` is when everything was asked last.
    """

    models: Mapping[str, Fields]
    before: Mapping[str, Fields]
    asked_all: bool
    asked_at: datetime
    version: str


def describe(
    source: Source, mirror: Mirror, wanted: Mapping[str, frozenset[str]], now: datetime, *, anew: bool
) -> Described:
    """What the ERP has of the `wanted` fields of each model; `anew` asks for all of them."""
    version, asked_at, before = _load(mirror)
    anew = anew or version != source.server_version or asked_at is None or now - asked_at >= REMEMBERED_FOR
    known = {} if anew else {model: before[model] for model in wanted if before.get(model, {}).keys() == wanted[model]}
    models: dict[str, Fields] = {}
    for model in set(wanted) - set(known):
        source.forget_fields(model)
    source.lanes.learn_fields([model for model in wanted if model not in known])
    for model in wanted:
        if model in known:
            models[model] = known[model]
            source.remember_fields(model, known[model])
        elif _is_without_addon(model, models):
            models[model] = {}
        else:
            found = source.fields(model)
            models[model] = {name: found[name] for name in wanted[model] if name in found}
    asked = now if anew or asked_at is None else asked_at
    return Described(models, before, not known, asked, source.server_version)


def keep(mirror: Mirror, described: Described) -> None:
    """The next run remembers it; nothing is written when it does already."""
    models = {
        model: {
            name: [field.type, field.stored, field.relation, field.company_dependent]
            for name, field in sorted(fields.items())
        }
        for model, fields in sorted(described.models.items())
    }
    content = {"version": described.version, "asked": state.text(described.asked_at), "models": models}
    text = json.dumps(content, sort_keys=True)
    if state.get(mirror.db, _KEY) != text:
        with mirror.transaction():
            state.put(mirror.db, _KEY, text)


def _is_without_addon(model: str, models: Mapping[str, Fields]) -> bool:
    """Whether it was already found that the addon is not there."""
    return model.startswith(_ADDON) and _EVERY_ADDON_HAS in models and not models[_EVERY_ADDON_HAS]


def _load(mirror: Mirror) -> tuple[str, datetime | None, dict[str, Fields]]:
    content = json.loads(state.get(mirror.db, _KEY) or "{}")
    models: dict[str, Fields] = {
        model: {name: _field(*traits) for name, traits in fields.items()}
        for model, fields in content.get("models", {}).items()
    }
    return str(content.get("version", "")), state.parse_moment(content.get("asked")), models


def _field(kind: str, stored: bool, relation: str, company_dependent: bool) -> Field:
    return Field(kind, stored=stored, relation=relation, company_dependent=company_dependent)


def names(fields: Iterable[str]) -> str:
    """Field names as a sentence lists them."""
    return ", ".join(sorted(fields))
