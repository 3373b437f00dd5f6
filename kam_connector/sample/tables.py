"""The sample company as rows of an Odoo 19, all models together."""

from __future__ import annotations

from kam_connector.sample import table_addon, table_books, table_firm, table_partners, table_sales
from kam_connector.sample.books import Books
from kam_connector.sample.matching import Matches
from kam_connector.sample.papers import Documents
from kam_connector.sample.tabular import Ids, Sources, Tables

_PARTS = (table_firm, table_partners, table_sales, table_books, table_addon)


def build_tables(documents: Documents, books: Books, matches: Matches) -> Tables:
    """All models of the sync catalogue, plus `kam.complaint` and `kam.target` as the addon would hold them."""
    sources = Sources(documents, books, matches, Ids({"res.partner": 20, "res.users": 5}))
    tables: Tables = {}
    for part in _PARTS:
        tables.update(part.build_rows(sources))
    return tables
