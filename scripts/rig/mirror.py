"""Which Debian mirror this machine uses: read from the system's own apt sources, never assumed.

Both notations are understood: one-line (`deb [options] URI suite components`) and deb822 (`Types:`, `URIs:`, ...).
"""

import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from rig.errors import RigError

APT = Path("/etc/apt")


@dataclass(frozen=True, slots=True)
class Source:
    """One apt source: address, suite, components, and the keyring that signs it ('' when none is named)."""

    uri: str
    suite: str
    components: tuple[str, ...]
    signed_by: str = ""

    def line(self) -> str:
        """The source in one-line notation."""
        signed = f"[signed-by={self.signed_by}] " if self.signed_by else ""
        return f"deb {signed}{self.uri} {self.suite} {' '.join(self.components)}"


def parse_one_line(text: str) -> list[Source]:
    """The sources of a `*.list` file."""
    lines = (line.split("#")[0].strip() for line in text.splitlines())
    return [_parse_line(line) for line in lines if line.startswith(("deb ", "deb\t"))]


def _parse_line(line: str) -> Source:
    """The source of one `deb` line."""
    rest = line[3:].strip()
    options = ""
    if rest.startswith("["):
        options, rest = rest[1:].split("]", 1)
    uri, suite, *components = rest.split()
    pairs = dict(word.split("=", 1) for word in shlex.split(options) if "=" in word)
    return Source(uri.rstrip("/"), suite, tuple(components), pairs.get("signed-by", ""))


def parse_deb822(text: str) -> list[Source]:
    """The sources of a `*.sources` file, one for each pair of address and suite."""
    found = []
    for stanza in _stanzas(text):
        if "deb" in stanza.get("types", "").split() and stanza.get("enabled", "yes").lower() != "no":
            keyring = stanza.get("signed-by", "")
            keyring = keyring if keyring.startswith("/") else ""
            parts = tuple(stanza.get("components", "").split())
            found += [
                Source(uri.rstrip("/"), suite, parts, keyring)
                for uri in stanza.get("uris", "").split()
                for suite in stanza.get("suites", "").split()
            ]
    return found


def _stanzas(text: str) -> list[dict[str, str]]:
    """The paragraphs of a deb822 file, keys in lower case, continuation lines joined."""
    stanzas: list[dict[str, str]] = [{}]
    key = ""
    for line in text.splitlines():
        if not line.strip():
            stanzas.append({})
        elif line.startswith("#"):
            continue
        elif line[0].isspace():
            stanzas[-1][key] = f"{stanzas[-1].get(key, '')} {line.strip()}"
        else:
            key, _, value = line.partition(":")
            key = key.strip().lower()
            stanzas[-1][key] = value.strip()
    return [stanza for stanza in stanzas if stanza]


def load_sources(apt: Path = APT) -> list[Source]:
    """Every source that apt reads on this machine."""
    lists = [apt / "sources.list", *sorted((apt / "sources.list.d").glob("*.list"))]
    found = [source for path in lists if path.is_file() for source in parse_one_line(path.read_text())]
    for path in sorted((apt / "sources.list.d").glob("*.sources")):
        found += parse_deb822(path.read_text())
    return found


def find_main(sources: Iterable[Source]) -> Source:
    """The source of Debian itself: the first plain suite with component main on an address that ends in /debian."""
    plain = [source for source in sources if "main" in source.components and "/" not in source.suite]
    plain = [source for source in plain if not source.suite.endswith(("-security", "-updates", "-backports"))]
    for source in plain:
        if source.uri.endswith("/debian"):
            return source
    raise RigError(
        "No Debian mirror was found in this machine's apt sources.",
        "no entry in /etc/apt has component main and an address that ends in /debian",
        "run the rig on Debian, or add a line such as: deb https://deb.debian.org/debian bookworm main",
    )


def find_security(sources: Iterable[Source]) -> Source | None:
    """The source of Debian's security updates, None when the machine has none."""
    for source in sources:
        if source.suite.endswith("-security") and "main" in source.components:
            return source
    return None


def with_suite(source: Source, suite: str) -> Source:
    """The same mirror, another suite, component main only."""
    return Source(source.uri, suite, ("main",), source.signed_by)
