"""Where the connector finds its ERP and keeps its files.

Order, the later wins: `kam.toml` in the home folder, `KAM_*` environment, flags. `kam.toml` never holds a secret:
the key comes from `KAM_ERP_KEY`, the keyring, or a key file of its own (0600) in the ERP's folder.

    [erp.main]
    url = "https://erp.example.com"
    database = "production"
    login = "kam-connector@example.com"
    lang = "zh_CN"                    # language of reports: en | zh_CN | zh_TW
    allow_http = false                # plain http to a host other than this one
    ca_file = "/etc/ssl/own-ca.pem"

    [erp.main.zones]                  # business day of a company, by its id in the ERP
    1 = "Asia/Shanghai"
"""

from __future__ import annotations

import os
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import platformdirs

from kam_connector.errors import SettingsError, StorageError

Lang = Literal["en", "zh_CN", "zh_TW"]
LANGS: tuple[Lang, ...] = ("en", "zh_CN", "zh_TW")
_TEXT_KEYS = {"url": "KAM_ERP_URL", "database": "KAM_ERP_DATABASE", "login": "KAM_ERP_LOGIN"}
_KNOWN_KEYS = {*_TEXT_KEYS, "lang", "allow_http", "ca_file", "zones"}


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

    def make(self) -> None:
        """The folder is there and only its owner can look into it."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise StorageError(
                f"The folder {self.folder} cannot be made: {error.strerror}.",
                next_step="Choose another home with --home or KAM_HOME.",
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
    lang: Lang = "en"
    allow_http: bool = False
    ca_file: Path | None = None
    zones: Mapping[int, ZoneInfo] = field(default_factory=dict)


def home_folder(flag: str | None, environ: Mapping[str, str] = os.environ) -> Path:
    """The home folder: flag, then KAM_HOME, then the platform's place for a user's data."""
    chosen = flag or environ.get("KAM_HOME")
    return Path(chosen).expanduser() if chosen else platformdirs.user_data_path("kam-connector", appauthor=False)


def load(home: Path, name: str | None, environ: Mapping[str, str] = os.environ) -> ErpSettings:
    """The settings of the ERP called `name` (None: the only one), or a `SettingsError` that says what is missing."""
    sections = _read_sections(home / "kam.toml")
    name = name or _only_name(sections, environ)
    section = sections.get(name, {})
    if not section and not environ.get("KAM_ERP_URL"):
        raise SettingsError(
            f"There is no section [erp.{name}] in {home / 'kam.toml'}. Known: {', '.join(sections) or 'none'}.",
            next_step="Make one with `kam init`.",
        )
    return _parse_section(name, section, home, environ)


def erp_names(home: Path) -> list[str]:
    """Names of the ERPs in kam.toml, in file order."""
    return list(_read_sections(home / "kam.toml"))


def read_key(settings: ErpSettings, environ: Mapping[str, str] = os.environ) -> str:
    """The ERP key: environment, then key file (refused when others can read it), then keyring."""
    if key := environ.get("KAM_ERP_KEY"):
        return key
    if settings.places.key.exists():
        return _read_key_file(settings.places.key)
    if key := _read_keyring(settings):
        return key
    raise SettingsError(
        f"There is no key for {settings.login} at {settings.url}.",
        next_step="Run `kam init`, or set KAM_ERP_KEY.",
    )


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
            f"{path} cannot be written: {error.strerror}.", next_step="Free space or fix rights."
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
        raise SettingsError(f"{path} cannot be read: {error}.", next_step="Check its rights.") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path} is not valid TOML: {error}.", next_step="Mend that line.") from error
    unknown = sorted(set(content) - {"erp"})
    if unknown:
        raise SettingsError(f"{path} has unknown sections: {', '.join(unknown)}.", next_step="Known: [erp.<name>].")
    sections = content.get("erp", {})
    if not all(isinstance(section, dict) for section in sections.values()):
        raise SettingsError(f"{path}: settings stand in a section [erp.<name>], not in [erp].", next_step="Name it.")
    return dict(sections)


def _only_name(sections: Mapping[str, Any], environ: Mapping[str, str]) -> str:
    if len(sections) > 1:
        raise SettingsError(f"There are several ERPs: {', '.join(sections)}.", next_step="Choose one with --erp NAME.")
    return next(iter(sections), "main")


def _parse_section(name: str, section: Mapping[str, Any], home: Path, environ: Mapping[str, str]) -> ErpSettings:
    where = f"{home / 'kam.toml'} [erp.{name}]"
    _refuse_unknown(section, where)
    text = {key: environ.get(variable) or str(section.get(key, "")) for key, variable in _TEXT_KEYS.items()}
    missing = [key for key, value in text.items() if not value]
    if missing:
        raise SettingsError(f"{where} lacks {', '.join(missing)}.", next_step="Run `kam init`.")
    policy = home / "policy"
    return ErpSettings(
        name=name,
        **text,
        places=Places(home / name),
        policy=policy if policy.is_dir() else None,
        lang=_parse_lang(environ.get("KAM_LANG") or section.get("lang", "en"), where),
        allow_http=_parse_switch(section.get("allow_http", False), where),
        ca_file=Path(section["ca_file"]).expanduser() if section.get("ca_file") else None,
        zones=_parse_zones(section.get("zones", {}), where),
    )


def _refuse_unknown(section: Mapping[str, Any], where: str) -> None:
    secrets = sorted(set(section) & {"key", "password", "api_key", "secret", "token"})
    if secrets:
        raise SettingsError(
            f"{where} holds a secret ({', '.join(secrets)}); kam.toml is no place for one.",
            next_step="Delete that line, then store the key with `kam init`.",
        )
    unknown = sorted(set(section) - _KNOWN_KEYS)
    if unknown:
        raise SettingsError(
            f"{where} has unknown keys: {', '.join(unknown)}.", next_step=f"Known: {', '.join(sorted(_KNOWN_KEYS))}."
        )


def _parse_lang(value: object, where: str) -> Lang:
    for lang in LANGS:
        if value == lang:
            return lang
    raise SettingsError(f"{where}: lang {value!r} is not known.", next_step=f"Known: {', '.join(LANGS)}.")


def _parse_switch(value: object, where: str) -> bool:
    if not isinstance(value, bool):
        raise SettingsError(f"{where}: allow_http must be true or false, not {value!r}.", next_step="Mend that line.")
    return value


def _parse_zones(value: object, where: str) -> dict[int, ZoneInfo]:
    if not isinstance(value, Mapping):
        raise SettingsError(f"{where}: zones is a section of company id = zone.", next_step="Mend it.")
    try:
        return {int(company): ZoneInfo(str(zone)) for company, zone in value.items()}
    except (ValueError, ZoneInfoNotFoundError) as error:
        raise SettingsError(
            f"{where}: zones has an unknown company id or zone: {error}.",
            next_step='Write for example 1 = "Asia/Shanghai".',
        ) from error


def _read_key_file(path: Path) -> str:
    try:
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise SettingsError(f"{path} can be read by others.", next_step=f"Run `chmod 600 {path}`.")
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}.", next_step="Check its rights.") from error


def _read_keyring(settings: ErpSettings) -> str | None:
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        return None
    try:
        password: str | None = keyring.get_password(f"kam-connector {settings.url}", settings.login)
    except KeyringError:
        return None
    return password


def _toml_text(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in escaped) + '"'
