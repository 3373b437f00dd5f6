"""A real server's database as it was before the first night: kept once beside its own tables, put back between kills.

A copy of a whole database costs the server seconds each time, most of them to learn the new database. What a night
writes is known: the tables of the addon, and the messages, followers and activities on its records. They are kept in a
schema of their own and put back in one transaction, which is as good for what these tests compare.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

OWN = """SELECT tablename AS name FROM pg_tables
          WHERE schemaname = 'public' AND tablename LIKE 'kam\\_%%' ORDER BY tablename"""
LINKS = """SELECT conrelid::regclass::text AS child, confrelid::regclass::text AS parent
             FROM pg_constraint WHERE contype = 'f' AND confrelid::regclass::text LIKE 'kam\\_%%'
              AND conrelid <> confrelid"""
MAIL = {"mail_message": "model", "mail_followers": "res_model", "mail_activity": "res_model"}


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The kept tables, parents before children."""

    version: int
    database: str
    tables: tuple[str, ...]

    def put_back(self) -> None:
        """The database holds what it held when the snapshot was made."""
        emptied = ", ".join(self.tables)
        filled = "".join(f"INSERT INTO {name} SELECT * FROM kept.{name};" for name in self.tables)
        mail = "".join(
            f"DELETE FROM {name} WHERE {column} LIKE 'kam.%' AND id NOT IN (SELECT id FROM kept.{name});"
            for name, column in MAIL.items()
        )
        self._run(f"TRUNCATE {emptied}; {filled} {mail}")

    def _run(self, script: str) -> None:
        from rig import databases

        with databases.connect(self.version, self.database) as connection:
            connection.execute(script)


def keep(version: int, database: str) -> Snapshot:
    """A snapshot of what a night may write in this database."""
    from rig import databases

    names = [row["name"] for row in databases.query(version, database, OWN)]
    links = databases.query(version, database, LINKS)
    snapshot = Snapshot(version, database, tuple(_parents_first(names, links)))
    copies = "".join(f"CREATE TABLE kept.{name} AS TABLE public.{name};" for name in (*names, *MAIL))
    snapshot._run(f"CREATE SCHEMA kept; {copies}")
    return snapshot


def _parents_first(names: list[str], links: list[dict[str, Any]]) -> list[str]:
    ordered: list[str] = []
    while left := [name for name in names if name not in ordered]:
        ready = [
            name
            for name in left
            if all(link["parent"] in ordered for link in links if link["child"] == name and link["parent"] in names)
        ]
        assert ready, f"the tables {left} point at each other in a circle"
        ordered += ready
    return ordered
