"""How to talk to an Odoo of any version, 14 to 19, over XML-RPC.

`connect(ErpAccess(...))` answers a `Session`; that is all that other packages need:

    session = connect(ErpAccess(url=..., database=..., login=..., key=...))
    for page in session.pages("res.partner", [], ["name", "write_date"]): ...

How a call passes through the files, top to bottom:

- `access`        where the ERP is and who we are there: `ErpAccess`
- `connecting`    version, login, companies, language: a `Session`
- `session`       reads by pages, sums by groups, creates, writes, unlinks; one small method each
- `capabilities`  which models, fields, rights, companies and addon this login meets, asked once each
- `versions`      what differs between Odoo 14 and 19, as one table
- `values`        an answer's cells in one form (`False` that means "empty" becomes None, many2one an id)
- `calls`         one call: retries for reads, `UnknownOutcome` for writes whose answer was lost
- `faults`        Odoo's faults sorted into `kam_connector.errors` by one table
- `wire`          our values to XML-RPC bytes
- `answers`       XML-RPC bytes to values: a fast parser, and a hardened one behind it
- `channel`       bytes over HTTP: deadlines, size cap, no redirects, no proxies, TLS always verified
- `checks`        what `kam doctor` asks, each with the next step

Errors: only those of `kam_connector.errors`; no message, repr or traceback holds the key.
"""

from __future__ import annotations

from .access import ErpAccess
from .capabilities import Capabilities, Rights
from .checks import Check, check_connection
from .connecting import connect
from .fields import Field
from .session import Session

__all__ = ["Capabilities", "Check", "ErpAccess", "Field", "Rights", "Session", "check_connection", "connect"]
