"""Which servers run: one per version serves all databases; it runs on when the script ends.

`ensure(19)` is what tests call. A server started from a wheel is a second one, beside the one of the checkout.
"""

import hashlib
import os
import subprocess
import time
import urllib.request
import xmlrpc.client
from dataclasses import dataclass
from pathlib import Path

from rig import locks, odoo, places, postgres, processes, stamps, states, versions, wheels
from rig.errors import RigError

START_SECONDS = 180
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # loopback is never behind a proxy


@dataclass(frozen=True, slots=True)
class Server:
    """A running Odoo: where it answers, and as which process."""

    url: str
    version: int
    port: int
    pid: int
    workers: int
    log: str


def instance(version: int, wheel: Path | None = None) -> str:
    """The name of a server: its version, and for a wheel's server a part of the wheel's hash."""
    versions.find_version(version)
    if wheel is None:
        return f"server-{version}"
    return f"server-{version}-wheel-{hashlib.sha256(Path(wheel).read_bytes()).hexdigest()[:8]}"


def find(version: int, wheel: Path | None = None) -> Server | None:
    """The running server, None when it is down."""
    state = states.read(instance(version, wheel))
    return _server(version, state) if state else None


def _server(version: int, state: states.State) -> Server:
    """The server that a state records."""
    url = f"http://127.0.0.1:{state.port}"
    return Server(url, version, state.port, state.pid, state.workers, state.log)


def ensure(version: int, *, wheel: Path | None = None, workers: int | None = None) -> Server:
    """The running server, installed and started if need be.

    It is restarted for another number of workers, and when its PostgreSQL is gone and another one runs.
    """
    name = instance(version, wheel)
    odoo.install(version)
    with locks.lock(name):
        postgres.ensure()
        state = states.read(name)
        if state and workers in (None, state.workers) and state.database_server == postgres.mark():
            return _answering(version, state)
        if state:
            processes.stop(state.pid, state.mark)
        if workers is None:
            workers = state.workers if state else 0
        return _answering(version, _launch(version, name, workers, wheel))


def restart(version: int, *, wheel: Path | None = None) -> Server:
    """The server, started anew with as many workers as before: it has loaded the code as it is now."""
    state = states.read(instance(version, wheel))
    stop(version, wheel=wheel)
    return ensure(version, wheel=wheel, workers=state.workers if state else None)


def ensure_current(version: int) -> Server:
    """The running server, restarted if it had loaded the checkout's addon from files that have changed since."""
    server = ensure(version)
    return restart(version) if is_stale(version) else server


def stop(version: int, *, wheel: Path | None = None) -> bool:
    """The server is down; False when it was down before."""
    name = instance(version, wheel)
    with locks.lock(name):
        return _stop_named(name)


def stop_all(version: int | None = None) -> list[str]:
    """The names of the servers that were stopped: all, or all of a version, the wheels' included."""
    names = states.names("server-" if version is None else instance(version))
    return [name for name in names if _stop_named(name)]


def _stop_named(name: str) -> bool:
    """The server of that name is down; False when it was down before."""
    state = states.read(name)
    if state:
        processes.stop(state.pid, state.mark)
    return state is not None


def find_all() -> dict[str, Server]:
    """Every running server by its name."""
    found = {name: states.read(name) for name in states.names("server-")}
    return {name: _server(int(name.split("-")[1]), state) for name, state in found.items() if state}


def code_key() -> str:
    """The hash of the checkout's addon as it is now."""
    return stamps.hash_files(places.CHECKOUT / "addon_manifest")


def is_stale(version: int) -> bool:
    """Whether the running server has loaded the addon from files that have changed since."""
    state = states.read(instance(version))
    return bool(state and versions.find_version(version).has_addon and state.code != code_key())


def _launch(version: int, name: str, workers: int, wheel: Path | None) -> states.State:
    """The state of a server that was just started, detached from this process."""
    last = states.last_port(name)
    port = last if last and postgres.is_free(last) else postgres.free_port()
    log = places.log_file(name)
    if log.exists():
        log.rename(log.with_suffix(".log.1"))
    ports = [f"--http-port={port}", f"--{versions.find_version(version).evented_port.replace('_', '-')}"]
    ports[-1] += f"={postgres.free_port()}"
    python = wheels.environment(Path(wheel)) if wheel else None
    words = odoo.command(version, "server", *ports, f"--workers={workers}", python=python)
    with log.open("w") as stream:
        process = subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
            start_new_session=True,
            env={**os.environ, **odoo.environment(version)},
            cwd="/",
        )
    mark = processes.birth_mark(process.pid) or ""
    state = states.State(process.pid, mark, port, workers, code_key(), postgres.mark(), str(log))
    states.write(name, state)
    return state


def _answering(version: int, state: states.State) -> Server:
    """The server of the state, once it answers; a RigError when it dies or stays silent."""
    server = _server(version, state)
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if answers(server.url):
            return server
        if not processes.is_alive(state.pid, state.mark):
            raise RigError(f"Odoo {version} does not start.", _last_lines(state.log), f"look at {state.log}")
        time.sleep(0.2)
    raise RigError(f"Odoo {version} does not answer.", f"{START_SECONDS} s were over", f"look at {state.log}")


def answers(url: str) -> bool:
    """Whether an Odoo answers at the address within some seconds (no database is asked)."""
    call = xmlrpc.client.dumps((), "version").encode()
    request = urllib.request.Request(f"{url}/xmlrpc/2/common", call, {"Content-Type": "text/xml"})  # noqa: S310
    try:
        with _direct.open(request, timeout=10) as response:
            return b"server_version" in response.read()
    except OSError:
        return False


def warm(server: Server, database: str) -> None:
    """The server has loaded the database, so that the first test on it does not wait for that."""
    common = xmlrpc.client.ServerProxy(f"{server.url}/xmlrpc/2/common")
    common.authenticate(database, versions.LOGIN, versions.PASSWORD, {})


def _last_lines(log: str) -> str:
    """The last lines of a server's log."""
    lines = Path(log).read_text(errors="replace").splitlines()[-processes.LAST_LINES :]
    return "\n".join(["its process ended; its last lines:", *(f"        | {line}" for line in lines)])
