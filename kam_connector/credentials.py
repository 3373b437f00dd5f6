"""Where the ERP key is found: never in kam.toml, never on a command line."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from kam_connector import trust
from kam_connector.errors import SettingsError
from kam_connector.redaction import keep_secret
from kam_connector.settings import ErpSettings


def read_key(settings: ErpSettings, environ: Mapping[str, str] = os.environ) -> str:
    """The ERP key: environment, a credential of systemd, key file (refused when others can read it), then keyring.

    From here on no log and no message shows it.
    """
    key = _find_key(settings, environ)
    keep_secret(key)
    return key


def _find_key(settings: ErpSettings, environ: Mapping[str, str]) -> str:
    if key := environ.get("KAM_ERP_KEY"):
        return key
    credential = Path(environ.get("CREDENTIALS_DIRECTORY", "")) / f"kam-{settings.name}-key"
    if environ.get("CREDENTIALS_DIRECTORY") and credential.exists():
        return _read_key_file(credential)
    if settings.places.key.exists():
        return _read_key_file(settings.places.key)
    if key := _read_keyring(settings):
        return key
    raise SettingsError(
        "There is no key for {login} at {url}.",
        next_step="Run `kam init`, or set KAM_ERP_KEY.",
        login=settings.login,
        url=settings.url,
    )


def _read_key_file(path: Path) -> str:
    trust.require_secret(path)
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SettingsError(
            "{path} cannot be read: {error}.", next_step="Check its rights.", path=path, error=error
        ) from error


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
