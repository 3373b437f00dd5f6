"""Reading a large Odoo 19: each lane beside other clients and SQL, then a whole pull and an idle night.

All ways are measured in turn, round after round, so that each meets the same machine; the slow ones read a part.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from rig import addon, databases, keys, odoo, sample, versions

from benchmarks import document, enlarging, serving
from benchmarks.measuring import Measure, median, run
from benchmarks.ways import Reading

FLOOR = "SQL COPY, parsed"
COMMON = "odoorpc, search_read"
ENOUGH = {
    "addon over XML-RPC": 0,
    "addon over JSON-2": 0,
    "columns over JSON-2": 100_000,
    "rows over JSON-2": 40_000,
    "rows over XML-RPC": 20_000,
    COMMON: 20_000,
    "xmlrpc.client, search_read": 10_000,
    FLOOR: 0,
}


@dataclass(frozen=True, slots=True)
class Subject:
    """What is read of one model, and the speeds aimed at, by way."""

    title: str
    model: str
    domain: tuple[tuple[str, str, str], ...]
    fields: tuple[str, ...]
    aims: dict[str, int]


PARTNERS = Subject(
    "Partners, 12 fields",
    "res.partner",
    (),
    (
        "name", "ref", "vat", "lang", "is_company", "active", "parent_id", "commercial_partner_id", "user_id",
        "company_id", "customer_rank", "write_date",
    ),
    {"addon over XML-RPC": 150_000, "addon over JSON-2": 150_000, "columns over JSON-2": 80_000},
)  # fmt: skip
INVOICES = Subject(
    "Posted invoices, 20 fields",
    "account.move",
    (("move_type", "=", "out_invoice"), ("state", "=", "posted")),
    (
        "name", "ref", "move_type", "state", "payment_state", "invoice_origin", "partner_id", "commercial_partner_id",
        "invoice_user_id", "team_id", "invoice_date", "invoice_date_due", "date", "amount_untaxed", "amount_total",
        "amount_residual", "amount_total_signed", "currency_id", "company_id", "write_date",
    ),
    {
        "addon over XML-RPC": 100_000,
        "addon over JSON-2": 100_000,
        "columns over JSON-2": 40_000,
        "rows over XML-RPC": 6_900,
    },
)  # fmt: skip


def measure(rounds: int, *, quick: bool = False) -> str:
    """The tables, in Markdown; `quick` tries everything on the small sample, which measures nothing."""
    machine = document.machine()
    template = sample.sample_template(serving.VERSION, "small") if quick else enlarging.large_template()
    with _database(template, with_addon=True) as place:
        sizes = _sizes(place.database)
        tables = [_lanes_table(subject, place, rounds) for subject in (PARTNERS, INVOICES)]
        pulls = _pulls(place, ("JSON-2", "XML-RPC"), "with the addon", rounds)
    with _database(template, with_addon=False) as place:
        pulls += _pulls(place, ("JSON-2",), "without it", rounds)
    head = f"Measured: {machine}. Odoo 19 (threaded) and PostgreSQL on the same machine; {sizes}."
    return "\n\n".join([head, *tables, _pulls_table(pulls)])


@contextmanager
def _database(template: str, *, with_addon: bool) -> Iterator[Reading]:
    """A copy of the template on a server of its own, as a reading whose subject is still to be filled in."""
    name = databases.fresh_database(serving.VERSION, template)
    try:
        if with_addon:
            _tell("Installing the addon")
            odoo.run(serving.VERSION, name, "-i", addon.ADDON, what="The addon cannot be installed.")
            databases.query(serving.VERSION, name, _JOIN)
        key = keys.make_api_key(serving.VERSION, name, versions.LOGIN)
        with serving.own_server(name) as url:
            yield Reading("", "", [], [], 0, url, name, key, versions.PASSWORD)
    finally:
        databases.drop_database(serving.VERSION, name)


_JOIN = """
INSERT INTO res_groups_users_rel (gid, uid)
SELECT data.res_id, users.id FROM ir_model_data data, res_users users
WHERE data.module = 'kam_connector' AND data.name = 'group_connector' AND users.login = 'admin'
ON CONFLICT DO NOTHING
"""


def _sizes(database: str) -> str:
    counted = databases.query(
        serving.VERSION,
        database,
        "SELECT (SELECT count(*) FROM res_partner) AS partners, (SELECT count(*) FROM account_move"
        " WHERE move_type = 'out_invoice' AND state = 'posted') AS invoices,"
        " (SELECT count(*) FROM account_move_line) AS items",
    )[0]
    return "{partners:,} partners, {invoices:,} posted invoices, {items:,} journal items".format(**counted)


def _lanes_table(subject: Subject, place: Reading, rounds: int) -> str:
    asked = replace(place, model=subject.model, domain=[list(leaf) for leaf in subject.domain])
    asked = replace(asked, fields=list(subject.fields))
    run(replace(asked, way=FLOOR))  # the tables are in PostgreSQL's memory for all ways alike
    found: dict[str, list[Measure]] = {way: [] for way in ENOUGH}
    for number in range(rounds):
        for way, enough in ENOUGH.items():
            _tell(f"{subject.title}, round {number + 1}: {way}")
            found[way].append(run(replace(asked, way=way, enough=enough)))
    medians = {way: median(measures) for way, measures in found.items()}
    lines = [_line(way, one, medians, subject.aims.get(way)) for way, one in medians.items()]
    head = ["way", "rows/s", "aim", "x odoorpc", "x xmlrpc.client", "of SQL COPY", "peak MiB", "rows read"]
    return f"### {subject.title}\n\n" + _table(head, lines)


def _line(way: str, one: Measure, medians: dict[str, Measure], aim: int | None) -> list[str]:
    ratios = [one.speed / medians[other].speed for other in (COMMON, "xmlrpc.client, search_read", FLOOR)]
    return [
        way,
        f"{one.speed:,.0f}",
        f"{aim:,}" if aim else "",
        f"{ratios[0]:.1f}",
        f"{ratios[1]:.1f}",
        f"{ratios[2]:.2f}",
        f"{one.peak:.0f}",
        f"{one.rows:,}",
    ]


def _pulls(place: Reading, transports: Sequence[str], title: str, rounds: int) -> list[tuple[str, Measure, Measure]]:
    """For each transport: title, the whole pull, the median idle night."""
    found = []
    for transport in transports:
        way = f"pull over {transport}"
        with tempfile.TemporaryDirectory() as folder:
            asked = replace(place, way=way, mirror=str(Path(folder) / "mirror.duckdb"))
            _tell(f"Whole {way}, {title}")
            whole = run(asked)
            _tell(f"Idle {way}, {title}")
            nights = sorted((run(asked) for _ in range(rounds)), key=lambda one: one.seconds)
        found.append((f"{transport}, {title}", whole, nights[(rounds - 1) // 2]))
    return found


def _pulls_table(pulls: list[tuple[str, Measure, Measure]]) -> str:
    head = ["transport", "whole pull, s", "rows", "rows/s", "calls", "peak MiB", "idle night, s", "calls", "peak MiB"]
    lines = [
        [
            title,
            f"{whole.seconds:.1f}",
            f"{whole.rows:,}",
            f"{whole.speed:,.0f}",
            f"{whole.calls}",
            f"{whole.peak:.0f}",
            f"{idle.seconds:.1f}",
            f"{idle.calls}",
            f"{idle.peak:.0f}",
        ]
        for title, whole, idle in pulls
    ]
    return "### The whole pull (all models, into the mirror) and an idle night\n\n" + _table(head, lines)


def _table(head: list[str], lines: list[list[str]]) -> str:
    rows = [head, ["---", *["--:"] * (len(head) - 1)], *lines]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _tell(what: str) -> None:
    print(f"{what} ...", file=sys.stderr, flush=True)
