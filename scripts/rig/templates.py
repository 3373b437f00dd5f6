"""Which databases stand ready to be copied: templates, named by what they hold and the hash of their recipe.

A base template is an Odoo with sales, invoicing, CRM and contacts, a generic chart of accounts, English and
Chinese, and no demo data. Prepared so that copies are whole and quiet:

- attachments are moved into the database (`ir_attachment.location = db`): a copy needs no filestore;
- scheduled jobs are switched off (tests decide what runs, and when), the servers run no cron thread either;
- mail goes to a closed port of this machine (see `odoo.settings`), and so do Odoo's paid services (enrichment, ...);
- the introduction tour (19) does not point at things in the pictures.
"""

from collections.abc import Callable

from rig import databases, locks, odoo, postgres, stamps, versions
from rig.errors import RigError

PREPARE = """
settings = env['ir.config_parameter'].sudo()
settings.set_param('ir_attachment.location', 'db')
env['ir.attachment'].sudo().force_storage()
for service in ('iap', 'enrich', 'reveal', 'partner_autocomplete', 'iap.partner_autocomplete', 'snailmail', 'sms'):
    settings.set_param(service + '.endpoint', 'http://127.0.0.1:9')
admin = env.ref('base.user_admin')
admin.write({'lang': 'en_US', 'tz': 'UTC'})
if 'tour_enabled' in admin._fields:
    admin.write({'tour_enabled': False})
env.cr.commit()
if 'chart_template' in env['res.company']._fields:
    chart = env.company.chart_template
else:
    chart = env.company.chart_template_id.name
print('CHART', chart, env['account.account'].search_count([]), env['account.journal'].search_count([]))
env.cr.rollback()
"""
# Odoo 14's force_storage passes over the attachments behind fields (flags, pictures).
PREPARE_14 = """
behind_fields = [('store_fname', '!=', False), ('res_field', '!=', False)]
for attachment in env['ir.attachment'].sudo().search(behind_fields):
    attachment.write({'raw': attachment.raw, 'mimetype': attachment.mimetype})
env.cr.commit()
"""
ASSETS = """
pages = env['ir.qweb']
for bundle in ('web.assets_web', 'web.assets_web_print', 'web.assets_frontend'):
    pages._get_asset_bundle(bundle, css=True, js=False).css()
for bundle in ('web.assets_web', 'web.assets_frontend_minimal', 'web.assets_frontend_lazy',
               'bus.websocket_worker_assets'):
    pages._get_asset_bundle(bundle, css=False, js=True).js()
env.cr.commit()
"""
KEPT_DAYS = 14
QUIET_SQL = "UPDATE ir_cron SET active = false WHERE active;\n"


def base_key(version: int, *, demo: bool = False) -> str:
    """The key of the base template: its name changes when the recipe does."""
    row = versions.find_version(version)
    parts = [row.package, versions.MODULES[version], versions.LANGUAGES, _preparation(version), QUIET_SQL, str(demo)]
    return stamps.make_key(parts)[:8]


def _preparation(version: int) -> str:
    """The script that makes a new database fit to be copied."""
    return PREPARE + (PREPARE_14 if version == 14 else "")


def base_name(version: int, *, demo: bool = False) -> str:
    """The name of the base template (it may not exist yet)."""
    return f"kam{version}_{'demo' if demo else 'base'}_{base_key(version, demo=demo)}"


def base_template(version: int, *, demo: bool = False) -> str:
    """The name of the sealed base template, made if it is missing (1 to 2 minutes)."""

    def fill(name: str) -> None:
        _initialise(version, name, demo=demo)

    odoo.install(version)
    return make(version, base_name(version, demo=demo), fill)


def make(version: int, template: str, fill: Callable[[str], None]) -> str:
    """The name of the template; if it is missing, fill makes it in a database of another name, then it is sealed.

    What was superseded goes then, too: templates that nobody has copied for KEPT_DAYS.
    """
    if databases.exists(template):
        return template
    with locks.lock(template):  # its own: who needs another template does not wait for this one
        if databases.exists(template):
            return template
        databases.drop_unfinished(version, template)  # we hold the lock: nobody is making it any more
        name = databases.building_name(version, template)
        try:
            fill(name)
            databases.seal(name, template)
            databases.drop_unused(version, KEPT_DAYS)
        except BaseException:
            databases.drop(name)
            raise
    return template


def _initialise(version: int, name: str, *, demo: bool) -> None:
    """The database, made by Odoo itself, is a prepared Odoo."""
    row = versions.find_version(version)
    what = f"Odoo {version} could not initialise a database."
    flags = [flag for flag in [row.demo if demo else row.no_demo] if flag]
    odoo.run(version, name, "-i", versions.MODULES[version], f"--load-language={versions.LANGUAGES}", *flags, what=what)
    shown = odoo.run_shell(version, name, _preparation(version) + (ASSETS if version == 19 else ""), what=what)
    quieten(name)
    chart, accounts, journals = odoo.printed_after(shown, "CHART").rsplit(" ", 2)
    if int(accounts) < 20 or int(journals) < 4:
        raise RigError(what, f"chart {chart}: {accounts} accounts, {journals} journals", f"see template {version}")


def bundle_assets(version: int, name: str) -> None:
    """The web client's scripts and styles are compiled (19): a browser sees the first page of a copy at once.

    Only the bundles of the login page and the client itself: all of them would take half a minute more.
    """
    odoo.run_shell(version, name, ASSETS, what="Odoo could not compile the web client's styles.")


def quieten(name: str) -> None:
    """No scheduled job of the database is active."""
    postgres.execute(QUIET_SQL, database=name)


def remove(version: int) -> list[str]:
    """The names of that version's templates, all dropped; the next use makes them anew."""
    found = [known.name for known in databases.find_all() if known.version == version and known.kind == "template"]
    for name in found:
        databases.drop(name)
    return found
