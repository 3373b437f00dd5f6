"""Where the browser is: Debian's Chromium, with a font for Chinese."""

import shutil

from rig import debian, locks
from rig.errors import RigError

PACKAGES = ("chromium", "fonts-noto-cjk")
# As root, and on a machine without network, Chromium needs these to start and to keep quiet.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find() -> str | None:
    """The path of the browser, None when it is not installed."""
    return shutil.which("chromium")


def install() -> str:
    """The path of the browser, installed with a Chinese font if one of them was missing."""
    with locks.lock("install-chromium"):
        missing = [name for name in PACKAGES if not debian.is_installed(name)]
        if missing:
            debian.install(missing)
    path = find()
    if not path:
        raise RigError("Chromium is missing.", "Debian's package brought no program", "apt-get install chromium")
    return path
