"""How modules of the Odoo community get into a database: unpacked into the cache, linked beside our addon."""

from pathlib import Path

from rig import locks, odoo, odoo19, places, processes, stamps
from rig.errors import RigError

REQUIREMENTS = Path(__file__).with_name("odoo19-community.txt")
MODULES = ("crm_claim", "helpdesk_mgmt")


def install(database: str) -> None:
    """The modules are installed in that database of Odoo 19."""
    link()
    what = f"The community's modules cannot be installed in {database}."
    odoo.run(19, database, "-i", ",".join(MODULES), what=what)


def link() -> None:
    """Odoo 19 finds the modules: they lie in the folder of addons as links."""
    with locks.lock("community"):
        odoo19.install()
        stamps.build_folder(folder(), stamps.make_key([REQUIREMENTS.read_bytes()]), _fill)
        for module in MODULES:
            target = folder() / "odoo" / "addons" / module
            if not (target / "__manifest__.py").exists():
                raise RigError(
                    f"The community's module {module} was not unpacked.",
                    f"{target} has no manifest",
                    f"look at {REQUIREMENTS.name}",
                )
            place = odoo.addons_folder() / module
            if not place.is_symlink() or place.readlink() != target:
                places.put_link(place, target)


def folder() -> Path:
    """Where the modules are unpacked (it may not exist yet)."""
    return places.home() / "odoo19-community"


def _fill(partial: Path) -> None:
    words = ["-m", "pip", "install", "--quiet", "--no-deps", "--target", partial, "-r", REQUIREMENTS]
    processes.run(
        [odoo19.python(), *words],
        what="Cannot fetch the community's modules.",
        next_step="check the network and pip's index (pip config list), then run the same command again",
        log=places.log_file("pip"),
    )
