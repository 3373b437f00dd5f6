"""How to talk to an Odoo of any version, 14 to 19, over XML-RPC, JSON-RPC or JSON-2.

`connect(ErpAccess(...))` answers a `Session`; that is all that other packages need:

    session = connect(ErpAccess(url=..., database=..., login=..., key=...))
    for page in session.pages("res.partner", [], ["name", "write_date"]): ...

How a call passes through the files, top to bottom:

- `access`        where the ERP is and who we are there: `ErpAccess`
- `connecting`    transport and version, login, companies: a `Session`
- `choosing`      which transport this server and this key can use
- `session`       reads by pages, sums by groups, creates, writes, unlinks; one small method each
- `lanes`         whole models, fast: tables instead of rows
- `capabilities`  which models, fields, rights, companies and addon this login meets, asked once each
- `keys`          when the API key ends
- `versions`      what differs between Odoo 14 and 19, as one table
- `values`        an answer's cells in one form (`False` that means "empty" becomes None, many2one an id)
- `calls`         one call: retries for reads, `UnknownOutcome` for writes whose answer was lost
- `faults`        Odoo's faults sorted into `kam_connector.errors` by one table, whatever the transport
- `xmlrpc`, `jsonrpc`, `json2`    the transports: a call to a request, an answer to a value or a fault
- `arguments`     the names of arguments, which JSON-2 wants
- `wire`          our values in the form that every transport carries alike
- `answers`       XML-RPC bytes to values: a fast parser, and a hardened one behind it
- `json_answers`  JSON bytes to values: cleaned, within limits
- `channel`       bytes over HTTP: deadlines, size cap, no redirects, no proxies, TLS always verified
- `budget`        how many calls a second
- `checks`        what `kam doctor` asks, each with the next step
- `webclient`     a login as the web client has it, for what Odoo does only there: API keys

Errors: only those of `kam_connector.errors`; no message, repr or traceback holds the key.
"""

from __future__ import annotations

from .access import TRANSPORTS, ErpAccess, TransportChoice, transport_choice
from .capabilities import Capabilities, Rights
from .checks import Check, Question, check_connection, failed
from .connecting import connect
from .fields import Field
from .keys import key_expiry
from .session import Session
from .webclient import WebClient, log_in_as_web_client

__all__ = [
    "TRANSPORTS",
    "Capabilities",
    "Check",
    "ErpAccess",
    "Field",
    "Question",
    "Rights",
    "Session",
    "TransportChoice",
    "WebClient",
    "check_connection",
    "connect",
    "failed",
    "key_expiry",
    "log_in_as_web_client",
    "transport_choice",
]
