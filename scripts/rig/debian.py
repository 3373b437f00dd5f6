"""How Debian packages are fetched and installed, on the system or apart from it."""

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from rig import locks, mirror, places, processes
from rig.errors import RigError

QUIET = {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}
NEXT = "check the network and the apt sources (apt-get update), then run the same command again"


def require_root(what: str) -> None:
    """Nothing, when the user is root; else a RigError."""
    if os.geteuid() != 0:
        raise RigError(what, "only root may install packages and change root folders", "run it as root (sudo)")


def require_tool(name: str) -> str:
    """The path of a program of a Debian system."""
    path = shutil.which(name)
    if not path:
        raise RigError(f"The program {name} is missing.", "the rig needs a Debian machine", f"install {name}")
    return path


def update() -> None:
    """The system's package lists are fresh."""
    processes.run(
        ["apt-get", "update"],
        what="The package lists could not be fetched.",
        next_step=NEXT,
        env=QUIET,
        log=places.log_file("apt"),
    )


def install(packages: Iterable[str]) -> None:
    """The packages are installed on the system, from its own suite."""
    names = list(packages)
    require_root(f"Cannot install {', '.join(names)}.")
    require_tool("apt-get")
    with locks.lock("apt"):
        update()
        processes.run(
            ["apt-get", "install", "-y", "--no-install-recommends", *names],
            what=f"Cannot install {', '.join(names)}.",
            next_step=NEXT,
            env=QUIET,
            log=places.log_file("apt"),
        )


def is_installed(package: str) -> bool:
    """Whether the package is installed on the system."""
    if not shutil.which("dpkg-query"):
        return False
    try:
        shown = processes.run(["dpkg-query", "-W", "-f", "${Status}", package], what="")
    except RigError:
        return False
    return shown.strip().endswith("ok installed")


def private_apt(folder: Path, source: mirror.Source) -> list[str]:
    """The apt options that read only this source and keep everything in the folder; its lists are fetched."""
    (folder / "lists" / "partial").mkdir(parents=True)
    (folder / "cache" / "archives" / "partial").mkdir(parents=True)
    (folder / "sources.list").write_text(source.line() + "\n")
    options = {
        "Dir::Etc::SourceList": folder / "sources.list",
        "Dir::Etc::SourceParts": "/dev/null",
        "Dir::State::Lists": folder / "lists",
        "Dir::Cache": folder / "cache",
        "Dir::State::status": "/dev/null",
        "APT::Update::Error-Mode": "any",  # else a mirror that does not answer is only a warning
        "APT::Sandbox::User": "root",  # the cache folder may be closed to the user _apt
    }
    flags = [word for key, value in options.items() for word in ("-o", f"{key}={value}")]
    processes.run(
        ["apt-get", *flags, "update"],
        what=f"The package list of {source.suite} could not be fetched.",
        next_step=NEXT,
        env=QUIET,
        log=places.log_file("apt"),
    )
    return flags


def download(packages: Iterable[str], folder: Path, flags: Iterable[str] = ()) -> None:
    """The packages' files lie in the folder; nothing is installed."""
    names = list(packages)
    processes.run(
        ["apt-get", "-o", "APT::Sandbox::User=root", *flags, "download", *names],
        what=f"Cannot download {', '.join(names)}.",
        next_step=NEXT,
        env=QUIET,
        cwd=folder,
        log=places.log_file("apt"),
    )


def unpack(folder: Path, into: Path) -> None:
    """Every package file of the folder is unpacked into the other folder."""
    for package in sorted(folder.glob("*.deb")):
        processes.run(
            ["dpkg", "-x", package, into],
            what=f"Cannot unpack {package.name}.",
            next_step="free some disk space (df -h), then run the same command again",
        )


def acquire_settings() -> str:
    """The system's apt settings about proxies and transports, for an apt in another root."""
    shown = processes.run(["apt-config", "dump"], what="Cannot read apt's settings.")
    kept = ("Acquire::http", "Acquire::https", "Acquire::ftp", "Acquire::Retries")
    return "".join(f"{line}\n" for line in shown.splitlines() if line.startswith(kept))


def require_space(gib: int, what: str) -> None:
    """Nothing, when the cache folder's disk has that much room; else a RigError."""
    free = shutil.disk_usage(places.folder()).free / 2**30
    if free < gib:
        raise RigError(
            what,
            f"{places.home()} has {free:.1f} GiB free, {gib} GiB are needed",
            "free some space, or name a folder on another disk in KAM_RIG_HOME",
        )
