"""How Odoo 19 is installed: Debian's package unpacked into the cache, run by a virtual environment beside it."""

import sys
from pathlib import Path

from rig import debian, locks, mirror, places, processes, stamps, versions
from rig.errors import RigError

# The web client's pages answer 500 without the first three; the fonts are what its links point at.
PACKAGES = (
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
    "fonts-glyphicons-halflings",
    "fonts-inconsolata",
    "fonts-montserrat",
    "fonts-roboto-unhinted",
    "fonts-ocr-b",
)
SYSTEM_PACKAGES = ("fonts-font-awesome",)  # sid's has other file names than Odoo's links
REQUIREMENTS = Path(__file__).with_name("odoo19-requirements.txt")
PYTHONS = ((3, 11), (3, 13))
MODULE_FOLDER = Path("usr/lib/python3/dist-packages")


def install() -> None:
    """Odoo 19 is unpacked in the cache and its environment is complete."""
    if is_installed():
        return
    with locks.lock("install-19"):
        what = "Cannot install Odoo 19."
        row = versions.find_version(19)
        if stamps.read_stamp(places.cache_folder(19)) is None:
            debian.require_space(row.free_gib, what)
        if not python().exists():  # its Python was removed from the system
            stamps.remove(places.environment_folder(19))
        stamps.build_folder(places.cache_folder(19), files_key(), _fill_files)
        stamps.build_folder(places.environment_folder(19), environment_key(), _fill_environment)


def is_installed() -> bool:
    """Whether both folders are complete."""
    has_files = stamps.read_stamp(places.cache_folder(19)) == files_key()
    return has_files and python().exists() and stamps.read_stamp(places.environment_folder(19)) == environment_key()


def files_key() -> str:
    """The key of the unpacked packages."""
    return stamps.make_key([versions.find_version(19).package, *PACKAGES])


def environment_key() -> str:
    """The key of the environment: it is rebuilt for another list of requirements, and in another place."""
    return stamps.make_key([str(places.home()), REQUIREMENTS.read_bytes()])


def python() -> Path:
    """The interpreter that runs Odoo 19."""
    return places.environment_folder(19) / "bin" / "python"


def module_folder() -> Path:
    """The folder that holds Odoo's Python packages."""
    return places.cache_folder(19) / MODULE_FOLDER


def _fill_files(folder: Path) -> None:
    """The folder holds the unpacked Odoo."""
    apt = folder / "apt"
    apt.mkdir()
    suite = mirror.with_suite(mirror.find_main(mirror.load_sources()), versions.find_version(19).suite)
    flags = debian.private_apt(apt, suite)
    debian.download([versions.find_version(19).package, *PACKAGES], apt, flags)
    _download_from_system(apt)
    debian.unpack(apt, folder)
    stamps.remove(apt)


def _download_from_system(folder: Path) -> None:
    """The packages of the system's own suite lie in the folder; the system's lists are fetched if they are old."""
    try:
        debian.download(SYSTEM_PACKAGES, folder)
    except RigError:
        debian.require_root("Cannot fetch the system's package lists.")
        debian.update()
        debian.download(SYSTEM_PACKAGES, folder)


def _fill_environment(folder: Path) -> None:
    """The folder is a virtual environment that finds Odoo and all that it needs."""
    _require_python()
    next_step = "check the network and pip's index (pip config list), then run the same command again"
    processes.run([sys.executable, "-m", "venv", folder], what="Cannot make Odoo's environment.", next_step=next_step)
    processes.run(
        [folder / "bin" / "python", "-m", "pip", "install", "--quiet", "-r", REQUIREMENTS],
        what="Cannot install what Odoo 19 needs.",
        next_step=next_step,
        log=places.log_file("pip"),
    )
    name_odoo(folder)


def name_odoo(environment: Path) -> None:
    """The environment finds Odoo's packages by a path file."""
    site = next((environment / "lib").glob("python3.*")) / "site-packages"
    (site / "odoo19.pth").write_text(f"{module_folder()}\n")


def _require_python() -> None:
    """Nothing, when this Python can run Odoo 19; else a RigError."""
    low, high = PYTHONS
    if not low <= sys.version_info[:2] <= high:
        raise RigError(
            "Cannot install Odoo 19.",
            f"this is Python {sys.version_info[0]}.{sys.version_info[1]}; it runs on 3.{low[1]} to 3.{high[1]}",
            "call scripts/odoo_server with such a Python, e.g. python3.11 scripts/odoo_server install 19",
        )
