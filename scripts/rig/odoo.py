"""How Odoo's own command line is called: its settings file, its command, its shell."""

from collections.abc import Iterable
from pathlib import Path

from rig import odoo14, odoo19, places, postgres, processes, versions
from rig.errors import RigError

GIB = 2**30
# Far above what a heavy test takes: a threaded server that passes one of these restarts itself.
LIMITS = {
    "limit_time_real": "7200",
    "limit_time_cpu": "7200",
    "limit_memory_soft": str(8 * GIB),
    "limit_memory_hard": str(12 * GIB),
    "limit_request": "1000000",
}
# XML-RPC and JSON-RPC each log a warning per call on 19; registries of many databases are loaded all day.
QUIET_LOGGERS = (
    "odoo.addons.rpc.controllers.xmlrpc:ERROR",
    "odoo.addons.rpc.controllers.jsonrpc:ERROR",
    "py.warnings:ERROR",
    "odoo.modules.loading:WARNING",
    "odoo.modules.registry:WARNING",
)


_install = {19: odoo19.install, 14: odoo14.install}
_is_installed = {19: odoo19.is_installed, 14: odoo14.is_installed}


def install(version: int) -> None:
    """That Odoo is installed."""
    _install[versions.find_version(version).number]()


def is_installed(version: int) -> bool:
    """Whether that Odoo is installed."""
    return _is_installed[versions.find_version(version).number]()


def addons_folder() -> Path:
    """The folder in which Odoo 19 finds the checkout's addon: a link named kam_connector."""
    path = places.folder("addons")
    link, target = path / "kam_connector", places.CHECKOUT / "addon_manifest"
    if not (target / "__manifest__.py").exists():
        link.unlink(missing_ok=True)
    elif not link.is_symlink() or link.readlink() != target:
        places.put_link(link, target)
    return path


def settings(version: int, port: int, *, wheel: bool = False) -> dict[str, str]:
    """The settings of that Odoo for a database server on the port.

    From a wheel, the checkout's addon is left out: Odoo takes the first kam_connector that it finds, and the addons
    folder would come first.
    """
    row = versions.find_version(version)
    shared = {
        "db_host": "127.0.0.1",
        "db_port": str(port),
        "db_user": postgres.ROLES[version],
        "db_maxconn": "64",
        "http_interface": "127.0.0.1",
        "dbfilter": r"^(?!t\d+_building_)",  # a database that is being made is nobody's default
        "max_cron_threads": "0",
        "smtp_server": "127.0.0.1",  # nobody listens on port 9: no mail leaves this machine
        "smtp_port": "9",
        "list_db": "True",
        "admin_passwd": "rig",
        **LIMITS,
    }
    if row.number == 14:
        return {**shared, "data_dir": "/var/lib/odoo"}
    has_addon = not wheel and (addons_folder() / "kam_connector").exists()
    addons = {"addons_path": str(addons_folder())} if has_addon else {}
    return {**shared, "data_dir": str(places.folder("filestore", str(version))), **addons}


def write_settings(version: int, *, wheel: bool = False) -> str:
    """The path, as that Odoo sees it, of its settings file, written anew."""
    lines = [f"{key} = {value}\n" for key, value in settings(version, postgres.ensure(), wheel=wheel).items()]
    name = f"odoo{version}-wheel.conf" if wheel else f"odoo{version}.conf"
    root = places.cache_folder(14) if version == 14 else Path("/")
    inside = Path("/etc/odoo", name) if version == 14 else places.folder("run") / name
    places.put(root / inside.relative_to("/"), "".join(["[options]\n", *lines]))
    return str(inside)


def command(version: int, action: str, *args: str, python: Path | None = None) -> list[str]:
    """The words that call that Odoo's command line; another Python means: with the addon of a wheel."""
    flags = ["-c", write_settings(version, wheel=python is not None)]
    flags += [word for logger in QUIET_LOGGERS for word in ("--log-handler", logger)]
    if version == 14:
        return odoo14.enter(places.cache_folder(14), ["odoo", action, *flags, *args])
    return [str(python or odoo19.python()), "-m", "odoo", action, *flags, *args]


def environment(version: int) -> dict[str, str]:
    """The environment variables that Odoo runs with: the rig's language and, in 14's root, its own path."""
    shared = {"LC_ALL": "C.UTF-8", "TZ": "UTC", "PYTHONUNBUFFERED": "1", "PYTHONPATH": ""}
    return {**shared, "PATH": odoo14.PATH} if version == 14 else shared


def run(version: int, database: str, *args: str, what: str, python: Path | None = None) -> str:
    """What Odoo printed while it did this to a database and ended."""
    words = command(version, "server", "-d", database, "--no-http", "--stop-after-init", *args, python=python)
    log = places.log_file(f"odoo{version}-commands")
    shown = processes.run(words, what=what, env=environment(version), log=log, next_step=f"look at {log}")
    refuse_errors(shown, what, log)
    return shown


def refuse_errors(shown: str, what: str, log: Path) -> None:
    """Nothing; a RigError when Odoo logged an error although its exit code was 0."""
    errors = [line for line in shown.splitlines() if " ERROR " in line or " CRITICAL " in line]
    if errors:
        raise RigError(what, "\n        | ".join(["Odoo logged errors", *errors[:5]]), f"look at {log}")


def run_shell(version: int, database: str, script: str, *, what: str, python: Path | None = None) -> str:
    """What a Python script printed that ran in `odoo shell` with `env` of the database; it must commit by itself."""
    words = command(version, "shell", "-d", database, "--no-http", "--log-level", "warn", python=python)
    log = places.log_file(f"odoo{version}-commands")
    return processes.run(words, what=what, stdin=script, env=environment(version), log=log, next_step=f"look at {log}")


def printed_after(shown: str, mark: str) -> str:
    """What a shell script printed behind its mark, on the line that begins with it."""
    found: Iterable[str] = (line[len(mark) :].strip() for line in shown.splitlines() if line.startswith(mark))
    return next(iter(found), "")
