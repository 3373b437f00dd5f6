"""An Odoo 19 of the benchmark's own, so that nobody else restarts it or asks it meanwhile."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rig import odoo, places, postgres, servers, versions
from rig.errors import RigError

VERSION = 19
_SECONDS = 180


@contextmanager
def own_server(database: str) -> Iterator[str]:
    """The address of a threaded server that has the database loaded; it ends with the block."""
    port = postgres.free_port()
    log = places.log_file("benchmark-server")
    ports = [f"--http-port={port}", f"--{versions.find_version(VERSION).evented_port.replace('_', '-')}"]
    ports[-1] += f"={postgres.free_port()}"
    words = odoo.command(VERSION, "server", *ports, "-d", database)
    environment = {**os.environ, **odoo.environment(VERSION)}
    with log.open("w") as output:
        process = subprocess.Popen(words, stdout=output, stderr=output, env=environment, cwd="/")
        try:
            url = f"http://127.0.0.1:{port}"
            _wait(process, url, str(log))
            yield url
        finally:
            process.terminate()
            process.wait()


def _wait(process: subprocess.Popen[bytes], url: str, log: str) -> None:
    end = time.monotonic() + _SECONDS
    while not servers.answers(url):
        if process.poll() is not None or time.monotonic() > end:
            raise RigError("The benchmark's Odoo does not start.", f"exit code {process.poll()}", f"look at {log}")
        time.sleep(0.5)
