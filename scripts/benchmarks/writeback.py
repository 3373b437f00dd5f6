"""Writing the figures of many customers: the addon's endpoint, and each way without it, beside single writes and SQL.

Every way runs in a forked process of its own, so that its peak of memory is its own. What is measured is what a night
does: the journal before and after each call is in it, the plan stands in a line of its own. All values differ from row
to row unless the way says otherwise. Single writes and `load` are measured on a part: more rows are not slower.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rig import addon, databases, postgres, servers, templates, versions

from benchmarks import document

CUSTOMERS = 50_000
FEW_VALUES = 5
PARTS = {"load": 2_000, "single": 400}
PARTNERS = """
INSERT INTO res_partner (name, complete_name, active, is_company, company_id, type, autopost_bills)
SELECT 'Bench ' || g, 'Bench ' || g, true, true, NULL, 'contact', 'ask' FROM generate_series(1, {count}) g;
UPDATE res_partner SET commercial_partner_id = id WHERE name LIKE 'Bench %';
ANALYZE res_partner;
"""
SQL_ADDON = """
UPDATE kam_customer SET score = (id % 9999) / 100.0, d1_30 = id / 7.0, not_due = id / 3.0, receivable_total = id / 2.0,
 revenue_12m = id * 3.0, overdue = id / 9.0, kam_version = kam_version + 1, kam_run = 'sql', write_date = now()
"""
SQL_PLAIN = """
UPDATE res_partner SET x_kam_score = (id % 9999) / 100.0, x_kam_receivable = id / 3.0, x_kam_overdue = id / 7.0,
 write_date = now() WHERE name LIKE 'Bench %'
"""
MONEY = (
    "revenue_12m", "revenue_prev_12m", "receivable_total", "overdue", "not_due", "d1_30", "d31_60", "d61_90", "d91_180",
    "d181_plus", "unapplied", "pending", "disputed", "doubtful",
)  # fmt: skip
POINTS = ("score", "score_contribution", "score_loyalty", "score_growth", "score_risk")


@dataclass(frozen=True, slots=True)
class Measure:
    """What one way took: rows, seconds, peak memory in MiB."""

    rows: int
    seconds: float
    peak: float

    @property
    def speed(self) -> float:
        return self.rows / self.seconds


def measure(rounds: int) -> str:
    """The tables, in Markdown."""
    machine = document.machine()
    with tempfile.TemporaryDirectory() as folder:
        with _database(with_addon=True) as database:
            with_addon = [_addon_round(database, Path(folder), turn) for turn in range(rounds)]
        with _database(with_addon=False) as database:
            without = [_plain_round(database, Path(folder), turn) for turn in range(rounds)]
    return "\n".join(
        [
            "## Writing back",
            "",
            f"Odoo 19, {CUSTOMERS:,} customers, medians of {rounds}. {machine}.",
            "",
            *_table("With the addon: 27 fields a customer, 12 a history row", with_addon, "one `write` a record"),
            "",
            *_table("Without it: 3 custom fields a customer", without, "one `write` a record"),
        ]
    )


def _table(title: str, turns: list[dict[str, Measure]], base: str) -> list[str]:
    lines = [f"### {title}", "", "| way | rows | rows/s | to one write a record | peak MiB |", "|---|---|---|---|---|"]
    middle = {name: statistics.median(turn[name].speed for turn in turns) for name in turns[0]}
    for name, one in turns[0].items():
        peak = max(turn[name].peak for turn in turns)
        ratio = f"{middle[name] / middle[base]:,.1f}"
        lines.append(f"| {name} | {one.rows:,} | {middle[name]:,.0f} | {ratio} | {f'{peak:,.0f}' if peak else '-'} |")
    return lines


# --- A database and its customers ------------------------------------------------------------------------------------


@contextmanager
def _database(*, with_addon: bool) -> Iterator[str]:
    """A copy with the customers in it and an administrator who may be the connector; dropped afterwards."""
    template = addon.addon_template(19) if with_addon else templates.base_template(19)
    database = databases.fresh_database(19, template)
    try:
        postgres.execute(PARTNERS.replace("{count}", str(CUSTOMERS)), database=database)
        with _session(database) as session:
            if with_addon:
                data = [("module", "=", "kam_connector"), ("name", "=", "group_connector")]
                group = session.search_read("ir.model.data", data, ["res_id"])[0]["res_id"]
                session.write("res.users", [session.uid], {"group_ids": [[4, group, 0]]})
            else:
                _make_fields(session)
        yield database
    finally:
        databases.drop_database(19, database)


@contextmanager
def _session(database: str) -> Iterator[Any]:
    from kam_connector.erp import ErpAccess, connect

    address = servers.ensure(19).url
    access = ErpAccess(url=address, database=database, login=versions.LOGIN, key=versions.PASSWORD, timeout_read=600)
    with connect(access) as session:
        yield session


def _make_fields(session: Any) -> None:
    from kam_connector.writeback.destinations import PARTNER

    kinds = {"number": "float", "date": "date", "text": "char"}
    model = session.search_read("ir.model", [("model", "=", "res.partner")], ["model"])[0]["id"]
    rows = [
        {"name": field.name, "ttype": kinds[field.kind], "model_id": model, "field_description": "KAM"}
        for field in PARTNER.fields
    ]
    session.create("ir.model.fields", rows)


def _partners(session: Any) -> list[int]:
    found: list[int] = session.search_ids("res.partner", [("name", "like", "Bench ")])
    return found


def _alone(way: Callable[[], tuple[int, float]]) -> Measure:
    """The way in a forked process: rows and seconds as it says, and its peak of memory."""
    reading, writing = os.pipe()
    if (child := os.fork()) == 0:
        try:
            rows, seconds = way()
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            os.write(writing, json.dumps([rows, seconds, peak]).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as answer:
        text = answer.read()
    os.waitpid(child, 0)
    return Measure(*json.loads(text))


def _sql(statement: str, database: str) -> Measure:
    begun = time.perf_counter()
    postgres.execute(statement, database=database)
    return Measure(CUSTOMERS, time.perf_counter() - begun, 0.0)


def _whole(outcome: Any, rows: int) -> int:
    """The number of rows; RuntimeError when one of them was not written."""
    if outcome.written != rows:
        raise RuntimeError(f"{outcome.written} of {rows} rows were written: {outcome.answers[:1]}")
    return rows


# --- With the addon --------------------------------------------------------------------------------------------------


def _addon_round(database: str, folder: Path, turn: int) -> dict[str, Measure]:
    postgres.execute("TRUNCATE kam_customer, kam_score CASCADE; DELETE FROM kam_writer", database=database)
    home = folder / f"addon{turn}"

    def plan() -> tuple[int, float]:
        return _push_figures(database, home / "plan", (), only_plan=True)

    def make() -> tuple[int, float]:
        return _push_figures(database, home / "night", (0,))

    def change() -> tuple[int, float]:
        return _push_figures(database, home / "night", (1,), before=0)

    def add_history() -> tuple[int, float]:
        return _push_history(database, home / "history")

    found = {
        "the plan alone (no ERP)": _alone(plan),
        "endpoint, new customers, all values different": _alone(make),
        "endpoint, changed customers, all values different": _alone(change),
        "endpoint, new history rows": _alone(add_history),
        "one `write` a record": _alone(lambda: _single_writes(database, "kam.customer", "score")),
        "bare SQL UPDATE of 6 columns": _sql(SQL_ADDON, database),
    }
    shutil.rmtree(home)
    return found


def _figures(partners: list[int], step: int) -> Any:
    """A frame of wanted figures; another `step` gives other values in every field."""
    import numpy as np
    import pandas as pd

    number = np.arange(len(partners), dtype=np.int64) + step * 977
    frame = pd.DataFrame({"company_id": 1, "partner_id": partners, "status": "rated", "as_of": "2026-06-30"})
    frame["kam_key"] = [f"customer:{partner}" for partner in partners]
    for place, name in enumerate(MONEY):
        frame[f"{name}_minor"] = number * (place + 3) % 99_999_999
    for place, name in enumerate(POINTS):
        frame[name] = number * (place + 7) % 10_000 / 100
    frame["coverage"] = number % 10_000 / 10_000
    frame["oldest_due"] = "2026-05-01" if step == 0 else "2026-05-02"
    frame["reason_code"] = "tier.entered"
    frame["reason_args"] = [f'{{"score":"{value}"}}' for value in frame["score"]]
    return frame


def _push_figures(
    database: str, home: Path, steps: tuple[int, ...], *, before: int | None = None, only_plan: bool = False
) -> tuple[int, float]:
    """Rows and seconds of the push with its journal (or of the plan); `before`: the values that the ERP holds."""
    import ibis

    from kam_connector import ledger
    from kam_connector.writeback.planning import plan_records
    from kam_connector.writeback.plans import Desired
    from kam_connector.writeback.pushing import push

    with _session(database) as session, ledger.open(home / "ledger.sqlite") as book:
        partners = _partners(session)
        con = ibis.duckdb.connect()
        if before is not None:
            rows = session.search_read("kam.customer", [], ["partner_id"], limit=CUSTOMERS)
            ids = {row["partner_id"]: row["id"] for row in rows}
            mirrored = _figures(partners, before)
            mirrored["id"] = [ids[partner] for partner in partners]
            con.create_table("kam_customer", mirrored.assign(kam_version=1, _deleted=False))
        desired = Desired("kam.customer", _figures(partners, steps[0] if steps else 0))
        begun = time.perf_counter()
        plan = plan_records([desired], con, book)
        if only_plan:
            return len(plan.changes), time.perf_counter() - begun
        begun = time.perf_counter()
        outcome = push(plan, session, book, run=f"bench-{steps[0]}")
        return _whole(outcome, len(partners)), time.perf_counter() - begun


def _push_history(database: str, home: Path) -> tuple[int, float]:
    import ibis

    from kam_connector import ledger
    from kam_connector.writeback.planning import plan_records
    from kam_connector.writeback.plans import Desired
    from kam_connector.writeback.pushing import push

    with _session(database) as session, ledger.open(home / "ledger.sqlite") as book:
        frame = _figures(_partners(session), 0).assign(valid_from="2026-06-30")
        frame["kam_key"] = [f"score:{partner}:2026-06-30" for partner in frame["partner_id"]]
        plan = plan_records([Desired("kam.score", frame)], ibis.duckdb.connect(), book)
        begun = time.perf_counter()
        outcome = push(plan, session, book, run="bench-history")
        return _whole(outcome, len(frame)), time.perf_counter() - begun


def _single_writes(database: str, model: str, field: str) -> tuple[int, float]:
    with _session(database) as session:
        ids = session.search_ids(model, [] if model != "res.partner" else [("name", "like", "Bench ")])
        ids = ids[: PARTS["single"]]
        begun = time.perf_counter()
        for place, number in enumerate(ids):
            session.write(model, [number], {field: place / 100})
        return len(ids), time.perf_counter() - begun


# --- Without it ------------------------------------------------------------------------------------------------------


def _plain_round(database: str, folder: Path, turn: int) -> dict[str, Measure]:
    base = turn * 10
    return {
        f"grouped writes, {FEW_VALUES} different values": _alone(
            lambda: _push_fields(database, folder / f"p{base}", base + 1, different=FEW_VALUES)
        ),
        "`web_save_multi`, all values different": _alone(
            lambda: _push_fields(database, folder / f"p{base + 1}", base + 2)
        ),
        "`load`, all values different": _alone(
            lambda: _push_fields(database, folder / f"p{base + 2}", base + 3, part=PARTS["load"], by_load=True)
        ),
        "one `write` a record": _alone(lambda: _single_writes(database, "res.partner", "x_kam_score")),
        "bare SQL UPDATE of 3 columns": _sql(SQL_PLAIN, database),
    }


def _push_fields(
    database: str, home: Path, step: int, *, different: int = 0, part: int = CUSTOMERS, by_load: bool = False
) -> tuple[int, float]:
    """Rows and seconds of a push of custom fields with its journal; `by_load` as on an Odoo before 19."""
    from kam_connector import ledger
    from kam_connector.ledger import fingerprint
    from kam_connector.writeback.field_writes import FieldWrites
    from kam_connector.writeback.plans import Change, Plan
    from kam_connector.writeback.pushing import push

    names = ("x_kam_overdue", "x_kam_receivable", "x_kam_score")
    with _session(database) as session, ledger.open(home / "ledger.sqlite") as book:
        rows = {}
        for page in session.pages("res.partner", [("name", "like", "Bench ")], list(names)):
            rows |= {row["id"]: {name: row[name] for name in names} for row in page}
        changes = []
        for place, (number, former) in enumerate(list(rows.items())[:part]):
            figure = step * 1000 + (place % different if different else place) + 1
            values = {name: figure / (position + 2) for position, name in enumerate(names)}
            values = {name: round(value, 2) for name, value in values.items()}
            mark = fingerprint({"step": step, "place": place})
            changes.append(Change("res.partner", 0, str(number), "update", values, mark, number, former=former))
        if by_load:
            FieldWrites._save_multi = FieldWrites._load  # type: ignore[method-assign]
        begun = time.perf_counter()
        outcome = push(Plan("plain", tuple(changes)), session, book, run=f"bench-{step}")
        return _whole(outcome, len(changes)), time.perf_counter() - begun
