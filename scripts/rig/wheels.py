"""How a server finds the addon in a wheel: a second environment into which the wheel is really installed.

It sees everything of the first one, plus the wheel. The first one stays without it: there the addon comes from the
checkout, and of two folders `odoo/addons/kam_connector` one would hide the other.
"""

from pathlib import Path

from rig import locks, odoo19, places, processes, stamps
from rig.errors import RigError


def environment(wheel: Path) -> Path:
    """The interpreter of an environment of Odoo 19 in which the wheel is installed."""
    if not wheel.is_file():
        raise RigError(
            f"There is no wheel {wheel}.",
            "the file does not exist",
            "build one: python -m pip wheel --no-deps -w dist .",
        )
    key = stamps.make_key([wheel.name, wheel.read_bytes(), odoo19.environment_key()])
    folder = places.home() / "wheels" / key
    with locks.lock("wheels"):
        stamps.build_folder(folder, key, lambda partial: _fill(partial, wheel.resolve()))
    return folder / "bin" / "python"


def _fill(folder: Path, wheel: Path) -> None:
    """The folder is an environment on top of Odoo's, with the wheel installed and nothing that it depends on."""
    what = f"Cannot install {wheel.name} into an environment of Odoo."
    base = odoo19.python()
    processes.run([base, "-m", "venv", "--without-pip", folder], what=what)
    odoo19.name_odoo(folder)
    site = next((folder / "lib").glob("python3.*")) / "site-packages"
    inherited = next((places.environment_folder(19) / "lib").glob("python3.*")) / "site-packages"
    (site / "base.pth").write_text(f"{inherited}\n")
    processes.run(
        [
            base,
            "-m",
            "pip",
            "--python",
            folder / "bin" / "python",
            "install",
            "--quiet",
            "--no-deps",
            "--no-index",
            wheel,
        ],
        what=what,
    )
