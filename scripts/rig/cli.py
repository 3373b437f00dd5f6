"""What may be asked on the command line of scripts/odoo_server: one function a command."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rig import (
    addon,
    checks,
    chromium,
    databases,
    keys,
    odoo,
    places,
    postgres,
    sample,
    servers,
    templates,
    versions,
)
from rig.errors import RigError

EXAMPLES = """\
examples:
  scripts/odoo_server install all                     PostgreSQL, Odoo 19 and 14, Chromium
  scripts/odoo_server start 19                        a server for all databases of version 19
  scripts/odoo_server create 19 play                  a fresh database in a second; log in as admin / admin
  scripts/odoo_server addon 19 play                   the checkout's addon in it
  scripts/odoo_server sql 19 play "SELECT count(*) FROM res_partner"
  scripts/odoo_server status                          what runs where
docs/testing.md tells more. Everything lies in $KAM_RIG_HOME, else in ~/.cache/kam-connector.
"""


def main(argv: list[str]) -> int:
    """The exit code: 0 done, 1 an expected failure (its text is on stderr), 2 wrong usage, 130 interrupted."""
    options = make_parser().parse_args(argv)
    try:
        return int(options.command(options) or 0)
    except RigError as error:
        print(f"odoo_server: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("odoo_server: interrupted; run the same command again to go on", file=sys.stderr)
        return 130
    except BrokenPipeError:
        return 0


def make_parser() -> argparse.ArgumentParser:
    """The parser of the whole command line."""
    parser = argparse.ArgumentParser(
        prog="odoo_server",
        description="Real Odoo 19 and 14 on this machine, for tests and for people.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True, metavar="command")
    _add_building(commands)
    _add_database(commands)
    _add_server(commands)
    return parser


FORMAT: dict[str, Any] = {"choices": ["table", "json"], "default": "table"}

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]


def _add(
    commands: Commands, name: str, function: Callable[..., int | None], text: str, *, version: bool = True
) -> argparse.ArgumentParser:
    """The parser of one command."""
    parser = commands.add_parser(name, help=text, description=text)
    parser.set_defaults(command=function)
    if version:
        parser.add_argument("version", type=int, choices=sorted(versions.VERSIONS), help="Odoo's version")
    return parser


def _add_building(commands: Commands) -> None:
    """The commands that install and prepare."""
    parser = _add(commands, "install", install, "install servers and browser (once)", version=False)
    parser.add_argument("part", choices=["19", "14", "chromium", "postgres", "all"])
    parser = _add(commands, "template", template, "make the base template, print its name")
    parser.add_argument("--demo", action="store_true", help="with Odoo's demo data")
    parser.add_argument("--again", action="store_true", help="drop that version's templates first")
    parser = _add(commands, "load-sample", load_sample, "make a template with the sample company, print its name")
    parser.add_argument("--size", choices=sample.SIZES, default="small")
    parser.add_argument("--anchor", default=sample.ANCHOR, help="the sample's last day (default %(default)s)")
    parser.add_argument("--with-addon", action="store_true", help="install the checkout's addon as well")
    parser = _add(commands, "reset", reset, "stop everything and throw it away", version=False)
    parser.add_argument("part", choices=["postgres"], help="postgres: the cluster with every database")


def _add_database(commands: Commands) -> None:
    """The commands about one database."""
    parser = _add(commands, "create", create, "make a database from a template, print where to log in")
    parser.add_argument("name")
    parser.add_argument("--from", dest="template", help="a template's name (default: the base template)")
    _add(commands, "drop", drop, "drop a database").add_argument("name")
    _add(commands, "list", show_list, "show the databases", version=False).add_argument("--format", **FORMAT)
    parser = _add(commands, "addon", install_addon, "install or upgrade the addon in a database")
    parser.add_argument("name")
    parser.add_argument("--wheel", type=Path, help="take it from this wheel, on a server of its own")
    parser = _add(commands, "sql", sql, "run a statement in a database")
    parser.add_argument("name")
    parser.add_argument("statement", help="- reads it from standard input")
    _add(commands, "shell", shell, "run Python from standard input in odoo shell").add_argument("name")
    parser = _add(commands, "key", key, "make an API key of a user, print it")
    parser.add_argument("name")
    parser.add_argument("--login", default=versions.LOGIN)


def _add_server(commands: Commands) -> None:
    """The commands about running servers."""
    parser = _add(commands, "start", start, "start the server, print its address")
    parser.add_argument("--database", help="load this database at once")
    parser.add_argument("--workers", type=int, help="so many processes instead of threads in one")
    parser.add_argument("--wheel", type=Path, help="the server that has the addon of this wheel")
    parser = _add(commands, "stop", stop, "stop servers", version=False)
    parser.add_argument("which", choices=["19", "14", "postgres", "all"])
    parser = _add(commands, "status", status, "show what runs where", version=False)
    parser.add_argument("--format", **FORMAT)
    parser.add_argument("--check", action="store_true", help="say whether servers can run here; 1 if one cannot")


def install(options: argparse.Namespace) -> None:
    """The part is installed."""
    parts: dict[str, Callable[[], object]] = {
        "postgres": postgres.ensure,
        "19": lambda: odoo.install(19),
        "14": lambda: odoo.install(14),
        "chromium": chromium.install,
    }
    for part in parts if options.part == "all" else [options.part]:
        print(f"installing {part} ...", file=sys.stderr)
        parts[part]()
    print(f"installed in {places.home()}")


def template(options: argparse.Namespace) -> None:
    """The base template exists."""
    if options.again:
        templates.remove(options.version)
    print(templates.base_template(options.version, demo=options.demo))


def load_sample(options: argparse.Namespace) -> None:
    """The template with the sample company exists."""
    print(sample.sample_template(options.version, options.size, options.with_addon, anchor=options.anchor))


def reset(options: argparse.Namespace) -> None:
    """Nothing runs, and no database is left."""
    for name in servers.stop_all():
        print(f"stopped {name}")
    postgres.reset()
    print("every database is gone; the next command makes a new cluster")


def create(options: argparse.Namespace) -> None:
    """The database exists."""
    source = options.template or templates.base_template(options.version)
    databases.fresh_database(options.version, source, name=options.name)
    server = servers.find(options.version)
    print(f"made {options.name} from {source}; login admin, password admin")
    print(_where(server, options.name) if server else f"next: scripts/odoo_server start {options.version}")


def _where(server: servers.Server, name: str) -> str:
    """The address at which people log in to a database."""
    return f"{server.url}/web/login?db={name}"


def drop(options: argparse.Namespace) -> None:
    """The database is gone."""
    databases.require_owned(options.version, options.name)
    databases.drop_database(options.version, options.name)
    print(f"dropped {options.name}")


def show_list(options: argparse.Namespace) -> None:
    """The databases are shown."""
    rows = [asdict(found) for found in databases.find_all()]
    if options.format == "json":
        print(json.dumps(rows, indent=1))
        return
    print(f"{'name':<44} {'version':>7} {'kind':<9} {'MiB':>6}")
    for row in rows:
        print(f"{row['name']:<44} {row['version']:>7} {row['kind']:<9} {row['size'] / 2**20:>6.0f}")


def install_addon(options: argparse.Namespace) -> None:
    """The addon is installed."""
    databases.require_owned(options.version, options.name)
    addon.install(options.version, options.name, wheel=options.wheel)
    print(f"the addon is installed in {options.name}")
    if options.wheel:
        print(f"next: scripts/odoo_server start {options.version} --wheel {options.wheel}")


def sql(options: argparse.Namespace) -> None:
    """The rows are printed."""
    databases.require_owned(options.version, options.name)
    statement = sys.stdin.read() if options.statement == "-" else options.statement
    user = postgres.ROLES[options.version]
    print(postgres.execute(statement, database=options.name, user=user, form=("--csv",)), end="")


def shell(options: argparse.Namespace) -> None:
    """What the script printed is printed."""
    databases.require_owned(options.version, options.name)
    what = f"The script failed in {options.name}."
    print(odoo.run_shell(options.version, options.name, sys.stdin.read(), what=what), end="")


def key(options: argparse.Namespace) -> None:
    """A new key is printed."""
    databases.require_owned(options.version, options.name)
    print(keys.make_api_key(options.version, options.name, options.login))


def start(options: argparse.Namespace) -> None:
    """The server answers."""
    server = servers.ensure(options.version, wheel=options.wheel, workers=options.workers)
    print(server.url)
    if options.database:
        databases.require_owned(options.version, options.database)
        servers.warm(server, options.database)
        print(_where(server, options.database))


def stop(options: argparse.Namespace) -> None:
    """The servers are down."""
    version = int(options.which) if options.which.isdigit() else None
    stopped = servers.stop_all(version)
    if version is None and postgres.stop():
        stopped.append("postgres")
    print(f"stopped {', '.join(stopped)}" if stopped else "nothing ran")


def status(options: argparse.Namespace) -> int:
    """1, when --check finds a version that cannot run here; else 0."""
    report = make_report(check=options.check)
    if options.format == "json":
        print(json.dumps(report, indent=1))
    else:
        _print_report(report)
    return int(options.check and any(report["why_not"].values()))


def make_report(*, check: bool) -> dict[str, Any]:
    """What is installed, what runs, which databases there are; with check, what stands against each part."""
    port = postgres.find_running()
    report: dict[str, Any] = {
        "home": str(places.home()),
        "installed": {str(number): odoo.is_installed(number) for number in versions.VERSIONS},
        "browser": chromium.find(),
        "postgres": {"port": port, "cluster": str(postgres.cluster())},
        "servers": {name: asdict(server) for name, server in servers.find_all().items()},
        "databases": [asdict(found) for found in databases.find_all()] if port else [],
        "logs": str(places.folder("logs")),
    }
    if check:
        reasons = {str(number): checks.why_not(number, ask_network=True) for number in versions.VERSIONS}
        report["why_not"] = {**reasons, "chromium": checks.why_no_browser()}
    return report


def _print_report(report: dict[str, Any]) -> None:
    """The report is printed for people."""
    for number, done in report["installed"].items():
        print(f"Odoo {number:<10} {'installed' if done else 'not installed'}")
    print(f"{'Chromium':<15} {report['browser'] or 'not installed'}")
    port = report["postgres"]["port"]
    print(f"{'PostgreSQL':<15} {f'127.0.0.1:{port}' if port else 'down'}")
    for name, server in report["servers"].items():
        print(f"{name:<15} {server['url']}  pid {server['pid']}  workers {server['workers']}  log {server['log']}")
    for found in report["databases"]:
        print(f"  {found['name']:<44} {found['version']}  {found['kind']}")
    for part, reason in report.get("why_not", {}).items():
        print(f"check {part:<9} {reason or 'can run here'}")
