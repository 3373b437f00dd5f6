"""How PostgreSQL runs: a throw-away cluster of the rig's own, on loopback, with Debian's binaries.

It trusts every local user (no passwords) and does not wait for the disk (fsync off): right for tests, for
nothing else. When root starts it, it runs as the system user `postgres`; a cache folder below /root is closed
to that user, and then the cluster lies in /var/lib/postgresql instead.
"""

import json
import os
import pwd
import socket
from collections.abc import Mapping
from pathlib import Path

from rig import debian, locks, places, processes, stamps
from rig.errors import RigError

# One role a version: an Odoo looks at every database that its role owns, and a 14 that opened one of 19 would
# load it with the wrong code. The rig's own statements run as the cluster's superuser.
ROLES = {14: "odoo14", 19: "odoo19"}
SUPERUSER = "postgres"
SETTINGS = {
    "listen_addresses": "'127.0.0.1'",
    "unix_socket_directories": "''",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "'2GB'",
    "shared_buffers": "'512MB'",
    "work_mem": "'16MB'",
    "maintenance_work_mem": "'128MB'",
    "max_connections": "200",
    "autovacuum_naptime": "'5min'",
    "jit": "off",
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
}


def find_binaries() -> Path | None:
    """The folder of the server binaries: the version that made the cluster, else the newest; None without any."""
    found = {path.parent.parent.name: path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/postgres")}
    made_by = cluster() / "data" / "PG_VERSION"
    if made_by.exists() and made_by.read_text().strip() in found:
        return found[made_by.read_text().strip()]
    return found[max(found, key=float)] if found else None


def install() -> Path:
    """The folder of the server binaries, installed if they were missing."""
    found = find_binaries()
    if not found:
        debian.install(["postgresql", "postgresql-contrib"])
        found = find_binaries()
    if not found:
        raise RigError("PostgreSQL is missing.", "Debian's package brought no binaries", "apt-get install postgresql")
    return found


def owner() -> str:
    """The system user that runs the cluster: postgres for root, else oneself."""
    return "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name


def is_open_to_all(folder: Path) -> bool:
    """Whether every user may pass through the folder and those above it."""
    return all(path.stat().st_mode & 0o001 for path in (folder, *folder.parents))


def cluster() -> Path:
    """The folder of the cluster (it may not exist yet)."""
    if os.geteuid() != 0 or is_open_to_all(places.folder()):
        return places.home() / "postgres"
    return Path("/var/lib/postgresql") / f"kam-connector-{stamps.make_key([str(places.home())])}"


def _as_owner(args: list[str | Path]) -> list[str | Path]:
    """The command, run by the owner of the cluster."""
    return ["runuser", "-u", owner(), "--", *args] if os.geteuid() == 0 else args


def _make_cluster(binaries: Path) -> None:
    """The cluster exists, with a role for each Odoo, which is no superuser but may make databases."""
    where = cluster()
    if (where / ".kam-ready").exists():
        return
    if where.exists():
        stamps.remove(where)  # an interrupted beginning
    _initialise(binaries, where)
    with (where / "data" / "postgresql.conf").open("a") as stream:
        stream.writelines(f"{key} = {value}\n" for key, value in SETTINGS.items())
    _launch(binaries, free_port())
    execute("".join(f"CREATE ROLE {role} LOGIN CREATEDB;\n" for role in ROLES.values()))
    (where / ".kam-ready").write_text("")


def _initialise(binaries: Path, where: Path) -> None:
    """The folder holds a new cluster with PostgreSQL's own settings."""
    where.mkdir(mode=0o700, parents=True)
    record = pwd.getpwnam(owner())
    os.chown(where, record.pw_uid, record.pw_gid)
    flags = ["-U", SUPERUSER, "--auth=trust", "--no-locale", "--encoding=UTF8", "--no-sync"]
    processes.run(
        _as_owner([binaries / "initdb", "-D", where / "data", *flags]),
        what="Cannot make the PostgreSQL cluster.",
        cwd=Path("/"),
        next_step=f"look at {where} and its disk (df -h)",
    )


def free_port() -> int:
    """A port of the loopback address that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_free(port: int) -> bool:
    """Whether nobody listens on that port of the loopback address."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def ensure() -> int:
    """The port of the running cluster, made and started if need be."""
    with locks.lock("postgres"):
        running = find_running()
        if running and (cluster() / ".kam-ready").exists():
            return running
        binaries = install()
        _make_cluster(binaries)
        return find_running() or _launch(binaries, _last_port())


def find_running() -> int | None:
    """The port of the running cluster, None when it is down or its pid file is a left-over."""
    lines = _pid_file_lines()
    if len(lines) < 4 or not _is_ours(int(lines[0])):
        return None
    port = int(lines[3])
    with socket.socket() as probe:
        probe.settimeout(2)
        return port if probe.connect_ex(("127.0.0.1", port)) == 0 else None


def mark() -> str:
    """What tells the running cluster from an earlier one; '' when it is down."""
    lines = _pid_file_lines()
    return (processes.birth_mark(int(lines[0])) if lines else None) or ""


def _pid_file_lines() -> list[str]:
    """The lines of the cluster's pid file; none when there is no such file."""
    try:
        return (cluster() / "data" / "postmaster.pid").read_text().splitlines()
    except OSError:
        return []


def _is_ours(pid: int) -> bool:
    """Whether that process is a PostgreSQL server of our cluster."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return False
    return any(word.endswith("postgres") for word in words[:1]) and str(cluster() / "data") in words


def _last_port() -> int:
    """The port of the last start while it is free, so that open settings stay right; else a free one."""
    try:
        last = int(json.loads(places.state_file("postgres").read_text())["port"])
    except (OSError, ValueError, KeyError):
        return free_port()
    return last if is_free(last) else free_port()


def _launch(binaries: Path, port: int) -> int:
    """The cluster runs on that port. A pid file that no process of ours stands behind is removed first."""
    where = cluster()
    lines = _pid_file_lines()
    if lines and not _is_ours(int(lines[0])):
        (where / "data" / "postmaster.pid").unlink()
    log = where / "server.log"
    processes.run(
        _as_owner(
            [binaries / "pg_ctl", "-D", where / "data", "-l", log, "-w", "-t", "120", "-o", f"-p {port}", "start"]
        ),
        what="PostgreSQL does not start.",
        cwd=Path("/"),
        next_step=f"look at {log}; a broken cluster is thrown away with: scripts/odoo_server reset postgres",
    )
    places.state_file("postgres").write_text(json.dumps({"port": port, "cluster": str(where)}))
    return port


def stop() -> bool:
    """The cluster is down; False when it was down before."""
    with locks.lock("postgres"):
        if not find_running():
            return False
        binaries = install()
        processes.run(
            _as_owner([binaries / "pg_ctl", "-D", cluster() / "data", "-m", "fast", "-w", "stop"]),
            what="PostgreSQL does not stop.",
            cwd=Path("/"),
            next_step=f"look at {cluster() / 'server.log'}",
        )
        return True


def reset() -> None:
    """The cluster and every database in it are gone; the next use makes a new one."""
    stop()
    stamps.remove(cluster())


def execute(
    sql: str,
    *,
    database: str = "postgres",
    user: str = SUPERUSER,
    form: tuple[str, ...] = ("-A", "-t", "-F", "\t"),
    values: Mapping[str, str] | None = None,
) -> str:
    """What psql printed for the statements: by default rows of fields between tabs, without headings.

    Values stand in the statements as `:'name'` (a text) or `:"name"` (an identifier); psql quotes them.
    """
    port = find_running() or ensure()
    binaries = find_binaries() or install()
    where = ["-h", "127.0.0.1", "-p", str(port), "-U", user, "-d", database]
    variables = {"ON_ERROR_STOP": "1", **(values or {})}
    flags = [word for name, value in variables.items() for word in ("-v", f"{name}={value}")]
    return processes.run(
        [binaries / "psql", *where, "-X", "-q", *form, *flags, "-f", "-"],
        stdin=sql,
        what=f"The database {database} refused a statement.",
        next_step="check the statement; scripts/odoo_server list shows the databases",
    )
