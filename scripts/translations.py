#!/usr/bin/env python3
"""Keep the translations in kam_connector/messages/locale true to the code (docs/translating.md).

    scripts/translations.py update    read the code, bring the .po files up to date, compile the .mo files
    scripts/translations.py check     say what is missing, fuzzy, orphaned or built by f-string; exit 1 when anything is

Two domains: `kam_connector`, the English templates of our own code, and `click`, the words of the command line
library. Needs the extra `test` (Babel).
"""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(PROJECT), str(PROJECT / "scripts")]

import click  # noqa: E402
from babel.messages.catalog import Catalog, Message  # noqa: E402
from babel.messages.extract import extract_from_dir  # noqa: E402
from babel.messages.mofile import write_mo  # noqa: E402
from babel.messages.pofile import read_po, write_po  # noqa: E402
from source_texts import PACKAGE, find_flaws, find_texts, placeholders  # noqa: E402

from kam_connector.messages.telling import LOCALE  # noqa: E402

DOMAINS = ("kam_connector", "click")
LANGUAGES = ("zh_CN", "zh_TW")
SYSTEM = (
    *(errno.EACCES, errno.EBUSY, errno.ECONNREFUSED, errno.ECONNRESET, errno.EDQUOT, errno.EEXIST, errno.EFBIG),
    *(errno.EHOSTUNREACH, errno.EIO, errno.EISDIR, errno.ELOOP, errno.EMFILE, errno.ENAMETOOLONG, errno.ENETUNREACH),
    *(errno.ENOENT, errno.ENOSPC, errno.ENOTDIR, errno.ENOTEMPTY, errno.EPERM, errno.EROFS, errno.ETIMEDOUT),
)
"""Failures of the operating system that a person meets inside our sentences."""
NETWORK = ("Name or service not known", "Temporary failure in name resolution", "No address associated with hostname")
"""Failures of a name server, in the words of the system's library."""
BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
"""No time of day in the files: the same texts are the same bytes."""


@cache
def template_of(domain: str) -> Catalog:
    """The catalogue of msgids as the source has them now."""
    template = Catalog(domain=domain, project="kam-connector", charset="utf-8", creation_date=BEGINNING)
    if domain == "click":
        for name, _, message, _, _ in extract_from_dir(Path(click.__file__).parent, strip_comment_tags=True):
            template.add(message, locations=[(f"click/{name}", 0)])
    else:
        for path in sorted(PACKAGE.rglob("*.py")):
            for found in find_texts(path):
                template.add(found.template, locations=[(path.relative_to(PROJECT).as_posix(), 0)])
        for number in SYSTEM:
            template.add(os.strerror(number), locations=[("errno", 0)])
        for words in NETWORK:
            template.add(words, locations=[("netdb", 0)])
    return template


def po_path(domain: str, lang: str) -> Path:
    """Where translators find the texts of a domain in a language."""
    return LOCALE / lang / "LC_MESSAGES" / f"{domain}.po"


def read_catalog(domain: str, lang: str) -> Catalog:
    """The .po file as it is; empty where there is none."""
    path = po_path(domain, lang)
    if not path.exists():
        return Catalog(locale=lang, domain=domain, project="kam-connector", charset="utf-8")
    with path.open("rb") as stream:
        return read_po(stream, locale=lang, domain=domain)


def compiled(catalog: Catalog) -> bytes:
    """The .mo file of a catalogue."""
    stream = io.BytesIO()
    write_mo(stream, catalog)
    return stream.getvalue()


def update() -> None:
    """The .po files have every msgid of the code and no other, the .mo files say the same."""
    for domain in DOMAINS:
        template = template_of(domain)
        for lang in LANGUAGES:
            catalog, path = read_catalog(domain, lang), po_path(domain, lang)
            catalog.update(template, update_creation_date=False)
            catalog.obsolete.clear()
            catalog.creation_date = catalog.revision_date = BEGINNING
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as stream:
                write_po(stream, catalog, width=120, sort_by_file=True, include_lineno=False)
            path.with_suffix(".mo").write_bytes(compiled(read_catalog(domain, lang)))


def find_faults(domain: str, lang: str) -> Iterator[str]:
    """What is wrong with the .po and .mo file of a domain in a language."""
    wanted, catalog = template_of(domain), read_catalog(domain, lang)
    for message in wanted:
        mine = catalog.get(message.id if isinstance(message.id, str) else message.id[0])
        if message.id and (mine is None or not all(_strings(mine))):
            yield f"{domain} {lang}: no translation of {message.id!r}"
    for message in catalog:
        if message.id and message.id not in wanted:
            yield f"{domain} {lang}: the code has no {message.id!r}"
        if message.id and message.fuzzy:
            yield f"{domain} {lang}: fuzzy {message.id!r}"
        yield from (f"{domain} {lang}: other placeholders in {text!r}" for text in _strange(message))
    built = po_path(domain, lang).with_suffix(".mo")
    if not built.exists() or built.read_bytes() != compiled(catalog):
        yield f"{domain} {lang}: the .mo file is not made of this .po file"


def _strings(message: Message) -> tuple[str, ...]:
    return message.string if isinstance(message.string, tuple) else (message.string,)


def _strange(message: Message) -> Iterator[str]:
    ids = message.id if isinstance(message.id, tuple) else (message.id,)
    wanted = placeholders(ids[-1])
    for text in _strings(message):
        if message.id and text and placeholders(text) != wanted:
            yield text


def main(words: list[str]) -> int:
    """`update` or `check`; the exit code."""
    if words == ["update"]:
        update()
        return 0
    if words != ["check"]:
        print(__doc__)
        return 2
    faults = [fault for domain in DOMAINS for lang in LANGUAGES for fault in find_faults(domain, lang)]
    faults += [flaw for path in sorted(PACKAGE.rglob("*.py")) for flaw in find_flaws(path)]
    print("\n".join(faults) or "All texts are translated.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
