"""A small ERP that speaks Odoo 19's XML-RPC, JSON-RPC and JSON-2 over real HTTP: for the demo, and for tests of faults.

It answers exactly what the connector sends and raises on anything else, in Odoo's own words where the connector
sorts by them. It must not grow into a second Odoo: one contract suite (`tests/contract`) runs on it and on real
servers, and where it differs it is wrong.

    with serve(sample.build("small", date(2026, 6, 30))) as erp:
        connect(ErpAccess(url=erp.url, database=erp.database, login=erp.login, key=erp.password))

How a request passes through the files:

- `server`      `serve` and `SandboxServer`: start, look inside, stop
- `door`        one HTTP POST in, one answer out
- `protocols`   XML-RPC, JSON-RPC, JSON-2: from a request to a call, from its outcome to an answer
- `wire`        XML-RPC bytes to values and back, in the form that Odoo 19 writes
- `disturb`     what a test wants to go wrong: dropped answers, error pages, cut bodies
- `dispatch`    login, database, context; which method of which model; commit or roll back
- `reading`     search, read, search_read, search_count, fields_get, has_access
- `groups`      formatted_read_group
- `writing`     create, write, unlink, with Odoo's checks of names and values
- `derived`     fields that Odoo computes on writing
- `gateway`     the addon's endpoint `kam.gateway`
- `writer`      which connector writes: the generations of `kam.gateway.register`
- `many`        web_save_multi and load: many records with values of their own
- `domains`     a search domain to a test of a row
- `store`       the rows, who may see them, undo of a failed call
- `founding`    a store from a company's tables, with what every Odoo has beside them
- `login`       who is calling, for which companies, with which rights
- `statefile`   changes kept on disk, so that a killed process starts again where it was
- `schema`, `models_base`, `models_trade`, `models_kam`    which models and fields there are
- `faults`      errors in Odoo's shape
- `__main__`    the same as a process: `python -m kam_connector.sandbox`
"""

from __future__ import annotations

from .disturb import Disturbance
from .server import SandboxServer, serve

__all__ = ["Disturbance", "SandboxServer", "serve"]
