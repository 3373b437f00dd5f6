"""Who took over the documents of customers that are gone from the ERP: the trace that a merge of partners leaves.

Odoo's wizard deletes one partner and points its documents at the other; nothing says so afterwards but the documents.
Which documents a vanished customer had is noted before the changes of a pull are stored, and kept through a crash; once
they are stored, the documents tell where they went.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import duckdb

from kam_connector.mirror import state

DOCUMENTS = ("sale_order", "account_move", "account_move_line", "account_payment")


class Merge(NamedTuple):
    """The customer `vanished` stands under the customer `survivor`; `moment`: when a pull found it (server's time)."""

    vanished: int
    survivor: int
    moment: datetime


def note_documents(db: duckdb.DuckDBPyConnection, vanished: Sequence[int]) -> None:
    """The documents that the mirror shows of these partners are noted; a contact of somebody else has none noted."""
    for table in DOCUMENTS if vanished else ():
        db.execute(
            f'INSERT INTO _pointer SELECT doc.partner_id, ?, doc.id FROM "{table}" doc'  # noqa: S608
            " JOIN res_partner partner ON partner.id = doc.partner_id"
            " WHERE NOT doc._deleted AND doc.partner_id IN (SELECT unnest(?))"
            " AND coalesce(partner.commercial_partner_id, partner.id) = partner.id"
            " EXCEPT SELECT vanished, name, id FROM _pointer",
            [table, list(vanished)],
        )


def has_noted(db: duckdb.DuckDBPyConnection) -> bool:
    """Whether documents of any customer are noted."""
    return db.execute("SELECT 1 FROM _pointer LIMIT 1").fetchone() is not None


def find_heirs(db: duckdb.DuckDBPyConnection) -> dict[int, Counter[int]]:
    """By noted customer that is gone (by id): the customers that its documents belong to now, with how many.

    The customer itself is among them while a document was not read again. Documents that are gone too count nowhere.
    """
    gone = db.execute(
        "SELECT DISTINCT vanished FROM _pointer WHERE vanished NOT IN (SELECT id FROM res_partner WHERE NOT _deleted)"
        " ORDER BY vanished"
    ).fetchall()
    heirs: dict[int, Counter[int]] = {int(vanished): Counter() for (vanished,) in gone}
    for table in DOCUMENTS if heirs else ():
        found = db.execute(
            "SELECT pointer.vanished, coalesce(partner.commercial_partner_id, doc.partner_id), count(*)"  # noqa: S608
            f' FROM _pointer pointer JOIN "{table}" doc'
            " ON pointer.name = ? AND pointer.id = doc.id AND NOT doc._deleted"
            " LEFT JOIN res_partner partner ON partner.id = doc.partner_id AND NOT partner._deleted"
            " WHERE doc.partner_id IS NOT NULL GROUP BY ALL",
            [table],
        ).fetchall()
        for vanished, heir, count in found:
            if vanished in heirs:
                heirs[vanished][int(heir)] += int(count)
    return heirs


def forget_documents(db: duckdb.DuckDBPyConnection, vanished: Sequence[int]) -> None:
    """Nothing is noted of these customers any more, nor of those that are there again."""
    db.execute(
        "DELETE FROM _pointer WHERE vanished IN (SELECT unnest(?))"
        " OR vanished IN (SELECT id FROM res_partner WHERE NOT _deleted)",
        [list(vanished)],
    )


def note_merge(db: duckdb.DuckDBPyConnection, merge: Merge) -> None:
    """The merge is one of `found_merges`."""
    db.execute("INSERT INTO _merged VALUES (?, ?, ?)", [merge.vanished, merge.survivor, state.text(merge.moment)])


def found_merges(db: duckdb.DuckDBPyConnection) -> list[Merge]:
    """Every merge that pulls have found since the mirror was made, the earliest first."""
    rows = db.execute("SELECT vanished, survivor, moment FROM _merged ORDER BY moment, vanished").fetchall()
    moments = ((int(row[0]), int(row[1]), state.parse_moment(row[2])) for row in rows)
    return [Merge(vanished, survivor, moment) for vanished, survivor, moment in moments if moment is not None]
