"""How Odoo 14 is installed: a small Debian bullseye in the cache, entered by chroot.

Each command gets a mount namespace of its own, in which /proc is mounted: nothing stays mounted when it ends,
so the folder can always be removed.
"""

import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from rig import debian, locks, mirror, places, processes, stamps, versions
from rig.errors import RigError

ENTER = 'mount -t proc proc "$0/proc" && exec chroot "$0" "$@"'
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
LOST = re.compile(r"Failed to fetch \S*/([a-z0-9][a-z0-9+.-]*)_[^/\s]*\.deb\s+404")
WHAT = "Cannot install Odoo 14."


def install() -> None:
    """Odoo 14 lies in its own small Debian in the cache."""
    if is_installed():
        return
    with locks.lock("install-14"):
        row = versions.find_version(14)
        debian.require_root(WHAT)
        debian.require_space(row.free_gib, WHAT)
        if not shutil.which("debootstrap"):
            debian.install(["debootstrap"])
        stamps.build_folder(places.cache_folder(14), key(), _fill)


def key() -> str:
    """The key of the install."""
    row = versions.find_version(14)
    return stamps.make_key([row.suite, row.package])


def is_installed() -> bool:
    """Whether the folder is complete."""
    return stamps.read_stamp(places.cache_folder(14)) == key()


def enter(root: Path, args: Sequence[str | Path]) -> list[str]:
    """The command that runs the arguments inside the root, with /proc, leaving no mount behind."""
    return ["unshare", "--mount", "sh", "-c", ENTER, str(root), *map(str, args)]


def _fill(root: Path) -> None:
    """The root is a bullseye with Odoo 14."""
    main = mirror.with_suite(mirror.find_main(mirror.load_sources()), versions.find_version(14).suite)
    keyring = [f"--keyring={main.signed_by}"] if main.signed_by.endswith(".gpg") else []
    processes.run(
        ["debootstrap", "--variant=minbase", *keyring, main.suite, root, main.uri],
        what=WHAT,
        next_step=debian.NEXT,
        log=places.log_file("odoo14-install"),
    )
    _prepare(root, main)
    _apt(root, "update")
    _install_package(root, main.suite)
    _apt(root, "clean")


def _prepare(root: Path, main: mirror.Source) -> None:
    """The root's apt reaches the same mirror as the system's, and starts no service."""
    security = mirror.find_security(mirror.load_sources())
    lines = [f"deb {main.uri} {main.suite} main"]
    if security:
        lines.append(f"deb {security.uri} {main.suite}-security main")
    (root / "etc/apt/sources.list").write_text("\n".join(lines) + "\n")
    (root / "etc/apt/apt.conf.d/90rig").write_text(debian.acquire_settings())
    policy = root / "usr/sbin/policy-rc.d"
    policy.write_text("#!/bin/sh\nexit 101\n")
    policy.chmod(0o755)
    for name in ("etc/resolv.conf", "etc/ssl/certs/ca-certificates.crt"):
        if Path("/", name).exists():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(Path("/", name), root / name)


def _apt(root: Path, *args: str) -> None:
    """The root's apt-get did this."""
    processes.run(
        enter(root, ["apt-get", *args]),
        what=WHAT,
        next_step=debian.NEXT,
        env={**debian.QUIET, "PATH": PATH},
        log=places.log_file("odoo14-install"),
    )


def _install_package(root: Path, suite: str) -> None:
    """Odoo 14 is installed; packages that the security suite lists but no longer has come from the main suite."""
    command = ("install", "-y", "--no-install-recommends", versions.find_version(14).package)
    try:
        _apt(root, *command)
    except RigError as error:
        lost = find_lost(error.why)
        if not lost:
            raise
        _apt(root, *command, *(f"{name}/{suite}" for name in lost))


def find_lost(output: str) -> list[str]:
    """The names of the packages that the mirror lists but answers with 404."""
    return sorted(set(LOST.findall(output)))
