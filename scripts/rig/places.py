"""Where everything of the rig lies: one cache folder outside the checkout."""

import os
import tempfile
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


def put(target: Path, text: str) -> None:
    """`target` holds that text, whole or not at all; several processes may write it at the same moment."""
    descriptor, draft = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(text)
    Path(draft).chmod(0o644)  # Odoo 14 reads its settings as a user of its own
    Path(draft).replace(target)


def put_link(link: Path, target: Path) -> None:
    """`link` leads to `target`; there is no moment at which it is missing."""
    draft = Path(tempfile.mkdtemp(prefix=f".{link.name}.", dir=link.parent))
    (draft / link.name).symlink_to(target)
    (draft / link.name).replace(link)
    draft.rmdir()
