"""The mark of a question: a word that stays the same as long as nothing was written to what its answer rests on.

Whoever asks every night what a million rows come to can name the mark that the last answer had; where it is still the
same, so is the answer, and nobody adds up anything. A mark is made of the query itself (rights, record rules and
companies stand in it) and of each table that PostgreSQL would read for it: how many rows it shows, the sum of the
numbers of the transactions that wrote them, and that of those that shaped its columns (a column that is dropped and
added again has other values, and no row was written). Whatever writes a row, Odoo or SQL, gives it another number;
these stand before the columns of a row, so that to add them up costs a fifth of adding up the columns.
"""

import hashlib
import json

from odoo.tools import SQL

NO_TABLES = frozenset({"Foreign Scan", "Function Scan", "Table Function Scan", "Custom Scan"})
ORDINARY = "r"
SHAPE = """
    SELECT c.relkind, c.oid::bigint, sum(a.xmin::text::bigint)::text
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE n.nspname = %s AND c.relname = %s GROUP BY c.oid, c.relkind
"""


def find_mark(cr, query, words, counted):
    """Return the mark of the query and of the other words of its question; None where something else is read.

    `counted` keeps by table what was found in this transaction, which sees the same rows all the time.
    """
    tables = _find_tables(cr, query)
    if tables is None:
        return None
    for table in tables - counted.keys():
        counted[table] = _count(cr, table)
    if any(counted[table] is None for table in tables):
        return None
    text = cr.mogrify(query).decode()
    parts = [words, text, sorted((*table, *counted[table]) for table in tables)]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]


def _find_tables(cr, query):
    """Return (schema, table) of all that PostgreSQL would read; None for what is not the rows of tables."""
    cr.execute(SQL("EXPLAIN (FORMAT JSON, VERBOSE) %s", query))
    [[[plan]]] = cr.fetchall()
    nodes, tables = [plan["Plan"]], set()
    while nodes:
        node = nodes.pop()
        if node["Node Type"] in NO_TABLES:
            return None
        nodes += node.get("Plans", ())
        if "Relation Name" in node:
            tables.add((node["Schema"], node["Relation Name"]))
    return tables


def _count(cr, table):
    """Return the table's shape, its rows and the sum of their transactions; None for what is no ordinary table."""
    cr.execute(SQL(SHAPE, *table))
    kind, *shape = cr.fetchone()
    if kind != ORDINARY:
        return None
    name = SQL("%s.%s", *map(SQL.identifier, table))
    cr.execute(SQL("SELECT count(*), coalesce(sum(xmin::text::bigint), 0)::text FROM %s", name))
    return (*shape, *cr.fetchone())
