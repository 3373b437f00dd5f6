"""Where everything of the rig lies: one cache folder outside the checkout."""

import os
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]


def home() -> Path:
    """The rig's cache folder: $KAM_RIG_HOME, else kam-connector in the user's cache folder."""
    named = os.environ.get("KAM_RIG_HOME")
    if named:
        return Path(named).expanduser().resolve()
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache").resolve() / "kam-connector"


def folder(*parts: str) -> Path:
    """A folder in the cache, made if missing."""
    path = home().joinpath(*parts)
    path.mkdir(parents=True, exist_ok=True)
    return path


def log_file(name: str) -> Path:
    """The log file of that name, in the cache's log folder."""
    return folder("logs") / f"{name}.log"


def state_file(name: str) -> Path:
    """The file that records a running process of that name."""
    return folder("run") / f"{name}.json"


def cache_folder(version: int) -> Path:
    """The folder that holds the unpacked Odoo of that version (it may not exist yet)."""
    return home() / f"odoo{version}"


def environment_folder(version: int) -> Path:
    """The folder of the virtual environment that runs that Odoo (19 only)."""
    return home() / f"odoo{version}-venv"
