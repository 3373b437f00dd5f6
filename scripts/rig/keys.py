"""How a test gets an API key: people make theirs in the preferences, a test in Odoo's shell."""

from rig import odoo, versions
from rig.errors import RigError

SCRIPT = """
import datetime, inspect
keys = env['res.users.apikeys'].with_user(env['res.users'].search([('login', '=', {login!r})], limit=1))
wants_date = 'expiration_date' in inspect.signature(keys._generate).parameters
rest = [datetime.datetime.now() + datetime.timedelta(days=30)] if wants_date else []
print('KEY', keys._generate('rpc', 'rig', *rest))
env.cr.commit()
"""


def make_api_key(version: int, database: str, login: str = versions.LOGIN) -> str:
    """A new API key of that user, good for XML-RPC, JSON-RPC and (19) JSON-2 for 30 days."""
    what = f"Cannot make an API key for {login}."
    shown = odoo.run_shell(version, database, SCRIPT.format(login=login), what=what)
    key = odoo.printed_after(shown, "KEY")
    if not key:
        raise RigError(what, "Odoo's shell printed none", "see the log of odoo commands (scripts/odoo_server status)")
    return key
