"""The whole content of a mirror, in a form that two mirrors can be compared in."""

from __future__ import annotations

from typing import Any

from kam_connector.mirror import Mirror
from kam_connector.mirror.tables import TABLES

Content = dict[str, list[tuple[Any, ...]]]
DERIVED = ("control_total", "partner_group")


def content(store: Mirror, *, runs: bool = False) -> Content:
    """Live rows by table, without the run that brought them; with `runs` everything, tombstones too."""
    found: Content = {}
    for table in TABLES:
        what = '"_seen_run", "_deleted", ' if runs else ""
        where = "" if runs else "WHERE NOT _deleted"
        columns = ", ".join(f'"{column.name}"::VARCHAR' for column in table.columns)
        query = f'SELECT id, {what} "_write_date"::VARCHAR, {columns} FROM "{table.name}" {where} ORDER BY id'
        found[table.name] = store.db.execute(query).fetchall()
    for name in DERIVED:
        found[name] = store.db.execute(f"SELECT COLUMNS(*)::VARCHAR FROM {name} ORDER BY ALL").fetchall()
    found["quarantine"] = store.db.execute("SELECT model, id, field, reason FROM quarantine ORDER BY ALL").fetchall()
    if runs:
        found["_pull"] = store.db.execute("SELECT * FROM _pull ORDER BY model").fetchall()
        found["_meta"] = store.db.execute("SELECT * FROM _meta ORDER BY key").fetchall()
    return found
