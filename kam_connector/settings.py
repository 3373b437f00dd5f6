"""Where the connector finds its ERP and keeps its files.

Order, the later wins: `kam.toml` in the home folder, `KAM_*` environment, flags. `kam.toml` never holds a secret:
the key comes from `KAM_ERP_KEY`, the keyring, or a key file of its own (0600) in the ERP's folder.

    [erp.main]
    url = "https://erp.example.com"
    database = "production"
    login = "kam-connector@example.com"
    lang = "zh_CN"                    # language of talk and reports: en | zh_CN | zh_TW; without it the locale's
    allow_http = false                # plain http to a host other than this one
    ca_file = "/etc/ssl/own-ca.pem"
    transport = "auto"                # auto | json2 | jsonrpc | xmlrpc
    calls_per_second = 1              # at most; without it 1 for Odoo Online and no limit for others; 0: no limit
    key_expires = 2026-09-30          # last day of the key, where the server does not tell it
    notify = ["log", "activity"]      # where a night's failure is told, besides the exit code: log | activity
    notify_login = "admin"            # whose activity it is, a user of the ERP
    keep_reports_days = 400           # workbooks of nights are deleted when they are older
    tier_places = ["figures"]         # where a tier is shown: figures | tags | grades (`tier_places.py`)

    [erp.main.zones]                  # business day of a company, by its id in the ERP
    1 = "Asia/Shanghai"
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import platformdirs

from kam_connector import trust
from kam_connector.errors import SettingsError, StorageError
from kam_connector.languages import LANGUAGES, Language, locale_language
from kam_connector.texts import Text
from kam_connector.tier_places import KEYS as PLACE_KEYS
from kam_connector.tier_places import TierPlaces, parse_places, render_places

Notify = Literal["log", "activity"]
NOTIFY: tuple[Notify, ...] = ("log", "activity")
KEEP_REPORTS_DAYS, LONGEST_DAYS = 400, 36_500
_TEXT_KEYS = {"url": "KAM_ERP_URL", "database": "KAM_ERP_DATABASE", "login": "KAM_ERP_LOGIN"}
_CALLS: dict[str, tuple[type, ...]] = {"transport": (str,), "calls_per_second": (int, float), "key_expires": (date,)}
_OTHERS = ("lang", "allow_http", "ca_file", "zones", "notify", "notify_login", "keep_reports_days")
_KNOWN_KEYS = {*_TEXT_KEYS, *_CALLS, *_OTHERS, *PLACE_KEYS}


@dataclass(frozen=True, slots=True)
class Places:
    """The files of one ERP: `KAM_HOME/<name>/`."""

    folder: Path

    @property
    def mirror(self) -> Path:
        return self.folder / "mirror.duckdb"

    @property
    def ledger(self) -> Path:
        return self.folder / "ledger.sqlite"

    @property
    def lock(self) -> Path:
        return self.folder / "run.lock"

    @property
    def key(self) -> Path:
        return self.folder / "key"

    @property
    def reports(self) -> Path:
        return self.folder / "reports"

    @property
    def logs(self) -> Path:
        return self.folder / "log"

    @property
    def backups(self) -> Path:
        return self.folder / "backups"

    def make(self) -> None:
        """The folder is there and only its owner can look into it."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise StorageError(
                "The folder {folder} cannot be made: {error}.",
                next_step="Choose another home with --home or KAM_HOME.",
                folder=self.folder,
                error=error,
            ) from error


@dataclass(frozen=True, slots=True)
class ErpSettings:
    """One `[erp.<name>]` section after environment and flags."""

    name: str
    url: str
    database: str
    login: str
    places: Places
    policy: Path | None
    lang: Language = "en"
    allow_http: bool = False
    ca_file: Path | None = None
    zones: Mapping[int, ZoneInfo] = field(default_factory=dict)
    notify: tuple[Notify, ...] = ("log",)
    notify_login: str = ""
    transport: str = "auto"
    calls_per_second: float | None = None
    key_expires: date | None = None
    keep_reports_days: int = KEEP_REPORTS_DAYS
    tier_places: TierPlaces = field(default_factory=TierPlaces)


def home_folder(flag: str | None, environ: Mapping[str, str] = os.environ) -> Path:
    """The home folder: flag, then KAM_HOME, then the platform's place for a user's data."""
    chosen = flag or environ.get("KAM_HOME")
    return Path(chosen).expanduser() if chosen else platformdirs.user_data_path("kam-connector", appauthor=False)


def load(home: Path, name: str | None, environ: Mapping[str, str] = os.environ) -> ErpSettings:
    """The settings of the ERP called `name` (None: the only one), or a `SettingsError` that says what is missing."""
    for path in (home, home / "kam.toml", home / "policy"):
        trust.require_unchanged_by_others(path)
    sections = _read_sections(home / "kam.toml")
    name = name or _only_name(sections, environ)
    section = sections.get(name, {})
    if not section and not environ.get("KAM_ERP_URL"):
        raise SettingsError(
            "There is no section [erp.{name}] in {home}. Known: {sections}.",
            next_step="Make one with `kam init`.",
            name=name,
            home=home / "kam.toml",
            sections=", ".join(sections) or "none",
        )
    return _parse_section(name, section, home, environ)


def find_language(home: Path, name: str | None, environ: Mapping[str, str] = os.environ) -> Language:
    """The language that kam.toml names for this ERP, else the locale's; a file with mistakes is no obstacle."""
    try:
        sections = _read_sections(home / "kam.toml")
    except SettingsError:
        sections = {}
    section = sections.get(name or next(iter(sections), ""), {})
    return section["lang"] if section.get("lang") in LANGUAGES else locale_language(environ)


def erp_names(home: Path) -> list[str]:
    """Names of the ERPs in kam.toml, in file order."""
    return list(_read_sections(home / "kam.toml"))


def write_private(path: Path, text: str) -> None:
    """`path` holds `text`, readable by its owner only, whole or not at all."""
    fresh = path.with_name(path.name + ".new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError as error:
        raise StorageError(
            "{path} cannot be written: {error}.", next_step="Free space or fix rights.", path=path, error=error
        ) from error


def render_section(settings: ErpSettings) -> str:
    """The `[erp.<name>]` section as TOML text (no secret in it)."""
    lines = [f"[erp.{settings.name}]"]
    lines += [f"{key} = {_toml_text(getattr(settings, key))}" for key in _TEXT_KEYS]
    lines.append(f"lang = {_toml_text(settings.lang)}")
    if settings.allow_http:
        lines.append("allow_http = true")
    if settings.ca_file:
        lines.append(f"ca_file = {_toml_text(str(settings.ca_file))}")
    if settings.notify != ("log",):
        lines.append(f"notify = [{', '.join(map(_toml_text, settings.notify))}]")
    if settings.notify_login:
        lines.append(f"notify_login = {_toml_text(settings.notify_login)}")
    if settings.transport != "auto":
        lines.append(f"transport = {_toml_text(settings.transport)}")
    if settings.calls_per_second is not None:
        lines.append(f"calls_per_second = {settings.calls_per_second}")
    if settings.key_expires:
        lines.append(f"key_expires = {settings.key_expires.isoformat()}")
    if settings.keep_reports_days != KEEP_REPORTS_DAYS:
        lines.append(f"keep_reports_days = {settings.keep_reports_days}")
    places, grades = render_places(settings.tier_places, settings.name)
    lines += [*places, *grades]
    if settings.zones:
        lines += ["", f"[erp.{settings.name}.zones]"]
        lines += [f"{company} = {_toml_text(zone.key)}" for company, zone in sorted(settings.zones.items())]
    return "\n".join(lines) + "\n"


def _read_sections(path: Path) -> dict[str, dict[str, Any]]:
    if not path.exists():
        return {}
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            "{path} cannot be read: {error}.", next_step="Check its rights.", path=path, error=error
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(
            "{path} is not valid TOML: {error}.", next_step="Mend that line.", path=path, error=error
        ) from error
    unknown = sorted(set(content) - {"erp"})
    if unknown:
        raise SettingsError(
            "{path} has unknown sections: {unknown}.",
            next_step="Known: [erp.<name>].",
            path=path,
            unknown=", ".join(unknown),
        )
    sections = content.get("erp", {})
    if not all(isinstance(section, dict) for section in sections.values()):
        raise SettingsError(
            "{path}: settings stand in a section [erp.<name>], not in [erp].", next_step="Name it.", path=path
        )
    return dict(sections)


def _only_name(sections: Mapping[str, Any], environ: Mapping[str, str]) -> str:
    if len(sections) > 1:
        raise SettingsError(
            "There are several ERPs: {sections}.", next_step="Choose one with --erp NAME.", sections=", ".join(sections)
        )
    return next(iter(sections), "main")


def _parse_section(name: str, section: Mapping[str, Any], home: Path, environ: Mapping[str, str]) -> ErpSettings:
    where = f"{home / 'kam.toml'} [erp.{name}]"
    _refuse_unknown(section, where)
    text = {key: environ.get(variable) or str(section.get(key, "")) for key, variable in _TEXT_KEYS.items()}
    missing = [key for key, value in text.items() if not value]
    if missing:
        raise SettingsError(
            "{where} lacks {missing}.", next_step="Run `kam init`.", where=where, missing=", ".join(missing)
        )
    policy = home / "policy"
    return ErpSettings(
        name=name,
        url=text["url"],
        database=text["database"],
        login=text["login"],
        places=Places(home / name),
        policy=policy if policy.is_dir() else None,
        lang=_parse_lang(environ.get("KAM_LANG") or section.get("lang") or locale_language(environ), where),
        allow_http=_parse_switch(section.get("allow_http", False), where),
        ca_file=Path(section["ca_file"]).expanduser() if section.get("ca_file") else None,
        zones=_parse_zones(section.get("zones", {}), where),
        notify=_parse_notify(section, where),
        notify_login=str(section.get("notify_login", "")),
        keep_reports_days=_parse_days(section.get("keep_reports_days", KEEP_REPORTS_DAYS), where),
        tier_places=parse_places(section, where),
        **{key: _parse_call(section[key], key, where) for key in _CALLS if key in section},
    )


def _refuse_unknown(section: Mapping[str, Any], where: str) -> None:
    secrets = sorted(set(section) & {"key", "password", "api_key", "secret", "token"})
    if secrets:
        raise SettingsError(
            "{where} holds a secret ({secrets}); kam.toml is no place for one.",
            next_step="Delete that line, then store the key with `kam init`.",
            where=where,
            secrets=", ".join(secrets),
        )
    unknown = sorted(set(section) - _KNOWN_KEYS)
    if unknown:
        raise SettingsError(
            "{where} has unknown keys: {unknown}.",
            next_step="Known: {known_keys}.",
            where=where,
            unknown=", ".join(unknown),
            known_keys=", ".join(sorted(_KNOWN_KEYS)),
        )


def _parse_lang(value: object, where: str) -> Language:
    for lang in LANGUAGES:
        if value == lang:
            return lang
    raise SettingsError(
        "{where}: lang {value} is not known.",
        next_step="Known: {languages}.",
        where=where,
        value=repr(value),
        languages=", ".join(LANGUAGES),
    )


def _parse_call(value: object, key: str, where: str) -> Any:
    if type(value) in _CALLS[key]:
        return value
    what = Text("{where}: {key} cannot be {value}.", {"where": where, "key": key, "value": repr(value)})
    raise SettingsError(what, next_step="Mend that line.")


def _parse_switch(value: object, where: str) -> bool:
    if not isinstance(value, bool):
        raise SettingsError(
            "{where}: allow_http must be true or false, not {value}.",
            next_step="Mend that line.",
            where=where,
            value=repr(value),
        )
    return value


def _parse_days(value: object, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= LONGEST_DAYS:
        raise SettingsError(
            "{where}: keep_reports_days is a number of days from 1 to {most}, not {value}.",
            next_step="Mend that line.",
            where=where,
            most=LONGEST_DAYS,
            value=repr(value),
        )
    return value


def _parse_notify(section: Mapping[str, Any], where: str) -> tuple[Notify, ...]:
    asked = section.get("notify", ["log"])
    unknown = [one for one in asked if one not in NOTIFY] if isinstance(asked, list) else [asked]
    if unknown:
        raise SettingsError(
            "{where}: notify has {unknown}, which is not known.",
            next_step='Write a list of these: {known}; for example notify = ["log"].',
            where=where,
            unknown=repr(unknown[0]),
            known=", ".join(NOTIFY),
        )
    if "activity" in asked and not section.get("notify_login"):
        raise SettingsError(
            '{where}: notify has "activity", but not whose it is.',
            next_step='Name the user of the ERP: notify_login = "admin".',
            where=where,
        )
    return tuple(one for one in NOTIFY if one in asked)


def _parse_zones(value: object, where: str) -> dict[int, ZoneInfo]:
    if not isinstance(value, Mapping):
        raise SettingsError("{where}: zones is a section of company id = zone.", next_step="Mend it.", where=where)
    try:
        return {int(company): ZoneInfo(str(zone)) for company, zone in value.items()}
    except (ValueError, ZoneInfoNotFoundError) as error:
        raise SettingsError(
            "{where}: zones has an unknown company id or zone: {error}.",
            next_step='Write for example 1 = "Asia/Shanghai".',
            where=where,
            error=error,
        ) from error


def _toml_text(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in escaped) + '"'
