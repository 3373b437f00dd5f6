"""Which languages a person may read in, and which one an environment asks for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, get_args

Language = Literal["en", "zh_CN", "zh_TW"]
LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)

_TRADITIONAL = ("zh_tw", "zh_hk", "zh_mo", "zh_hant")


def find_language(name: str | None) -> Language:
    """The language of a locale name (`zh_CN.UTF-8`, `zh-Hant`, `de_DE`, None); English unless Chinese.

    Both of the ERP's names (`res.partner.lang`) and those of an environment (`LANG`) are understood.
    """
    code = (name or "").replace("-", "_").partition(".")[0].partition("@")[0].casefold()
    if not (code == "zh" or code.startswith("zh_")):
        return "en"
    return "zh_TW" if code.startswith(_TRADITIONAL) else "zh_CN"


def locale_language(environ: Mapping[str, str]) -> Language:
    """The language of the process's locale: the first of LC_ALL, LC_MESSAGES and LANG that is set."""
    return find_language(next(filter(None, map(environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), None))
