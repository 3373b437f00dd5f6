"""The ways of reading rows of one model: the connector's lanes, other clients as people use them, SQL as the floor.

Run as a program, it reads one way once and prints a JSON object: rows, seconds, calls, peak memory in MiB.
"""

from __future__ import annotations

import json
import resource
import sys
import time
import xmlrpc.client
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

PAGE = 2000


@dataclass(frozen=True, slots=True)
class Reading:
    """What to read, and where: `enough` rows end it (0: all of them)."""

    way: str
    model: str
    domain: list[Any]
    fields: list[str]
    enough: int
    url: str
    database: str
    api_key: str
    password: str
    mirror: str = ""


def read(reading: Reading) -> dict[str, float]:
    """Rows, seconds, calls and peak memory of one reading."""
    calls = _count_calls()
    start = time.perf_counter()
    rows = WAYS[reading.way](reading)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"rows": rows, "seconds": seconds, "calls": len(calls), "peak": peak}


def _count_calls() -> list[str]:
    import requests

    calls: list[str] = []
    send = requests.Session.send

    def counting(session: Any, request: Any, **more: Any) -> Any:
        calls.append(str(request.url))
        return send(session, request, **more)

    requests.Session.send = counting  # type: ignore[method-assign]
    return calls


def _session(reading: Reading, transport: str) -> Any:
    from kam_connector.erp import ErpAccess, connect

    key = reading.api_key if transport == "json2" else reading.password
    access = ErpAccess(url=reading.url, database=reading.database, login="admin", key=key, timeout_read=600)
    return connect(replace(access, transport=transport, timeout_total=1200))


def _by_lane(transport: str, lane: str) -> Callable[[Reading], int]:
    def reader(reading: Reading) -> int:
        from kam_connector.erp.lanes import Lanes, Wish

        with _session(reading, transport) as session:
            lanes = Lanes(session, only=(lane, "rows"))  # type: ignore[arg-type]
            rows = 0
            for page in lanes.pages(Wish(reading.model, reading.domain, tuple(reading.fields))):
                rows += page.table.num_rows
                if 0 < reading.enough <= rows:
                    break
            if lanes.lane_of(reading.model) != lane:
                raise RuntimeError(f"the lane {lane} was left: {lanes.notes}")
            return rows

    return reader


def _by_xmlrpc_client(reading: Reading) -> int:
    server = xmlrpc.client.ServerProxy(f"{reading.url}/xmlrpc/2/object")
    common = xmlrpc.client.ServerProxy(f"{reading.url}/xmlrpc/2/common")
    uid = common.authenticate(reading.database, "admin", reading.password, {})
    rows = 0
    while True:
        options = {"fields": reading.fields, "offset": rows, "limit": PAGE, "order": "id"}
        words = (reading.database, uid, reading.password, reading.model, "search_read", [reading.domain], options)
        page: Any = server.execute_kw(*words)
        rows += len(page)
        if len(page) < PAGE or 0 < reading.enough <= rows:
            return rows


def _by_odoorpc(reading: Reading) -> int:
    import odoorpc

    host, port = reading.url.removeprefix("http://").split(":")
    client = odoorpc.ODOO(host, port=int(port), timeout=600)
    client.login(reading.database, "admin", reading.password)
    model, rows = client.env[reading.model], 0
    while True:
        page = model.search_read(reading.domain, reading.fields, offset=rows, limit=PAGE, order="id")
        rows += len(page)
        if len(page) < PAGE or 0 < reading.enough <= rows:
            return rows


def _by_copy(reading: Reading) -> int:
    import io

    from pyarrow import csv
    from rig import databases

    where = " AND ".join(f"{field} = '{value}'" for field, _, value in reading.domain) or "true"
    table, columns = reading.model.replace(".", "_"), ", ".join(["id", *reading.fields])
    content = io.BytesIO()
    with databases.connect(19, reading.database) as connection, connection.cursor() as cursor:
        statement = f"COPY (SELECT {columns} FROM {table} WHERE {where} ORDER BY id) TO STDOUT (FORMAT csv)"  # noqa: S608
        with cursor.copy(statement) as copy:
            for piece in copy:
                content.write(piece)
    content.seek(0)
    found = csv.read_csv(content, read_options=csv.ReadOptions(column_names=["id", *reading.fields]))
    return int(found.num_rows)


def _pull(transport: str) -> Callable[[Reading], int]:
    """A pull into the mirror: whole when that is new, an idle night when nothing changed since the last."""

    def puller(reading: Reading) -> int:
        from kam_connector import mirror, sync

        with _session(reading, transport) as session, mirror.open(Path(reading.mirror)) as store:
            report = sync.pull(session, store, run="bench")
            bad = [finding.message for finding in report.findings if finding.severity == "error"]
            if bad:
                raise RuntimeError("; ".join(bad[:3]))
            return sum(model.read for model in report.models)

    return puller


WAYS: dict[str, Callable[[Reading], int]] = {
    "addon over XML-RPC": _by_lane("xmlrpc", "addon"),
    "addon over JSON-2": _by_lane("json2", "addon"),
    "columns over JSON-2": _by_lane("json2", "columns"),
    "rows over JSON-2": _by_lane("json2", "rows"),
    "rows over XML-RPC": _by_lane("xmlrpc", "rows"),
    "odoorpc, search_read": _by_odoorpc,
    "xmlrpc.client, search_read": _by_xmlrpc_client,
    "SQL COPY, parsed": _by_copy,
    "pull over XML-RPC": _pull("xmlrpc"),
    "pull over JSON-2": _pull("json2"),
}


def to_json(reading: Reading) -> str:
    """The reading as the program takes it."""
    return json.dumps(asdict(reading))


if __name__ == "__main__":
    print(json.dumps(read(Reading(**json.loads(sys.argv[1])))))
