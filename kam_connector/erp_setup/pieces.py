"""The records that `kam erp prepare` makes, as data: what they are called, what they hold, how they are found again.

Values may point at what is known only in the ERP: `Made` (another piece), `XmlId` (a record of Odoo's), `ModelOf`
(the `ir.model` row of a model). `preparing` puts the ids in.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from kam_connector.erp_setup import figures, rights, tier_tags
from kam_connector.erp_setup.tier_tags import TierTag
from kam_connector.sync.catalogue import Version
from kam_connector.texts import Text
from kam_connector.writeback.tags import tag_name

KEY_DAYS = 365
GROUP_NAME = "KAM Connector (external)"
ADDON_GROUP = "kam_connector.group_connector"
INTERNAL = "base.group_user"


@dataclass(frozen=True, slots=True)
class Made:
    """The id of another piece."""

    name: str


@dataclass(frozen=True, slots=True)
class XmlId:
    """The id of a record that Odoo or the addon brought."""

    name: str


@dataclass(frozen=True, slots=True)
class ModelOf:
    """The id of a model's row in `ir.model`."""

    model: str


@dataclass(frozen=True, slots=True)
class Filled:
    """A text that is made from the id of another piece."""

    fill: Any
    name: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """The service user that is wanted: its login, and the companies (ids) it works for.

    `tags` are the tags of tiers that are to be there; `on_partners`: it writes tags or levels of partners, for which
    the addon alone gives no right.
    """

    login: str
    companies: tuple[int, ...]
    tags: tuple[TierTag, ...] = ()
    on_partners: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """One record. `kept`: fields that are put right when they differ; `natural`: how one without a mark is known."""

    name: str
    model: str
    title: Text
    values: Mapping[str, Any]
    kept: tuple[str, ...] = ()
    natural: tuple[Any, ...] = ()
    titles: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def pieces(wanted: Wanted, version: Version, *, has_addon: bool, has_key_length: bool) -> Iterator[Piece]:
    """What is to be there, in the order of making. `has_key_length`: groups say how long a key may last (18 on)."""
    yield from (_tag(tag) for tag in wanted.tags)
    if has_addon:
        yield from (_access(access, XmlId(ADDON_GROUP)) for access in rights.extra_access())
        yield from (_rule(rule, XmlId(ADDON_GROUP)) for rule in rights.extra_rules(version))
        yield _user(wanted, version, XmlId(ADDON_GROUP))
        if wanted.on_partners:
            yield _access(rights.Access(rights.PARTNER, write=True), XmlId(ADDON_GROUP))
            yield _partner_rule()
        return
    yield _group(has_key_length=has_key_length)
    yield from (_access(access, Made("group")) for access in rights.plain_access())
    yield from (_rule(rule, Made("group")) for rule in (*rights.row_rules(version), *rights.extra_rules(version)))
    yield from (_field(name) for name in figures.field_names())
    yield _view()
    yield _user(wanted, version, Made("group"))
    yield _partner_rule()


def groups_field(version: Version) -> str:
    """What the groups of a user are called."""
    return "group_ids" if version >= (19, 0) else "groups_id"


def _group(*, has_key_length: bool) -> Piece:
    values: dict[str, Any] = {
        "name": GROUP_NAME,
        "implied_ids": [XmlId(INTERNAL)],
        "comment": "For the login of kam-connector alone.",
    }
    if has_key_length:
        values["api_key_duration"] = float(KEY_DAYS)
    return Piece("group", "res.groups", Text("group {name}", {"name": GROUP_NAME}), values, kept=("implied_ids",))


def _access(access: rights.Access, group: Made | XmlId) -> Piece:
    verbs = {f"perm_{verb}": getattr(access, verb) for verb in ("read", "write", "create", "unlink")}
    title = Text(
        "right to read and write {model}" if access.write else "right to read {model}", {"model": access.model}
    )
    values = {"name": f"kam-connector {access.model}", "model_id": ModelOf(access.model), "group_id": group}
    name = f"access_{_word(access.model)}"
    return Piece(name, "ir.model.access", title, {**values, **verbs}, tuple(verbs), _own(values, access.model))


def _rule(rule: rights.RowRule, group: Made | XmlId) -> Piece:
    values = {
        "name": f"kam-connector: {rule.why}",
        "model_id": ModelOf(rule.model),
        "groups": [group],
        "domain_force": rights.domain_text(rule.domain),
    }
    title = Text("rule on {model}: only {why}", {"model": rule.model, "why": Text(rule.why)})
    return Piece(f"rule_{_word(rule.model)}", "ir.rule", title, values, ("domain_force",), _own(values, rule.model))


def _field(name: str) -> Piece:
    titles = {lang: {"field_description": figures.field_title(name, lang)} for lang in figures.TRANSLATIONS}
    return Piece(
        f"field_{name}",
        "ir.model.fields",
        Text("field {name}", {"name": name}),
        {**figures.field_values(name), "model_id": ModelOf("res.partner")},
        natural=(("model", "=", "res.partner"), ("name", "=", name), ("state", "=", "manual")),
        titles=titles,
    )


def _tag(tag: TierTag) -> Piece:
    values: dict[str, Any] = {"name": tag.names["en"], "color": tag.color}
    if tag.tier:
        values["parent_id"] = Made(tag_name(tag.company_id))
    title = Text("tag {name} of company {company}", {"name": tag.names["en"], "company": tag.company_id})
    titles = {lang: {"name": name} for lang, name in tag.names.items() if lang != "en"}
    return Piece(tag_name(tag.company_id, tag.tier), tier_tags.MODEL, title, values, titles=titles)


def _view() -> Piece:
    values = {**figures.view_values(), "inherit_id": XmlId(figures.FORM)}
    natural = (("name", "=", figures.VIEW), ("model", "=", "res.partner"))
    return Piece("view", "ir.ui.view", Text("view {name}", {"name": figures.VIEW}), values, natural=natural)


def _user(wanted: Wanted, version: Version, group: Made | XmlId) -> Piece:
    """Its own login, one group, explicit companies, no address for mail, a password that nobody knows."""
    values = {
        "name": "KAM Connector",
        "login": wanted.login,
        "password": secrets.token_urlsafe(48),
        "active": True,
        "company_id": wanted.companies[0],
        "company_ids": list(wanted.companies),
        groups_field(version): [group],
        "lang": "en_US",
        "tz": "UTC",
        "email": False,
    }
    companies = ", ".join(map(str, wanted.companies))
    title = Text("service user {login} for the companies {companies}", {"login": wanted.login, "companies": companies})
    return Piece("user", "res.users", title, values, kept=("active", "login", "company_ids", groups_field(version)))


def _partner_rule() -> Piece:
    values = {
        "name": "kam-connector: writes customers of its companies only, no colleague",
        "model_id": ModelOf("res.partner"),
        "domain_force": Filled(rights.partner_rule, "user"),
        **{f"perm_{verb}": verb == "write" for verb in ("read", "write", "create", "unlink")},
    }
    title = Text("rule on res.partner: the service user writes no colleague and no partner of another company")
    return Piece("rule_res_partner", "ir.rule", title, values, ("domain_force",), _own(values, rights.PARTNER))


def _own(values: Mapping[str, Any], model: str) -> tuple[Any, ...]:
    """How a right or rule is known that was made and not marked any more, as whoever made it was stopped just then."""
    return ("name", "=", values["name"]), ("model_id.model", "=", model)


def _word(model: str) -> str:
    return model.replace(".", "_")
