"""The test rig: real Odoo 19 and 14, PostgreSQL and Chromium on one Debian machine.

Which file answers what:

| file | question |
|---|---|
| `places.py` | where does everything lie? |
| `versions.py` | how do the two Odoo versions differ, as a table? |
| `mirror.py` | which Debian mirror does this machine use? |
| `debian.py` | how is a Debian package fetched or installed? |
| `odoo19.py`, `odoo14.py`, `chromium.py`, `postgres.py` | how is each part installed and found? |
| `odoo.py` | how is Odoo's own command line called, with which settings? |
| `databases.py` | which databases are there; make, copy, drop, ask one |
| `templates.py` | which databases stand ready to be copied? |
| `sample.py` | how does the sample company get into one? |
| `addon.py` | how does the addon get into one? |
| `servers.py` | which servers run; start, stop, wait for one |
| `wheels.py` | how does a server find the addon in a wheel? |
| `checks.py` | why can a server not run here? |
| `cli.py` | what may be asked on the command line? |

How it goes: an Odoo is unpacked once into the cache folder, a *template* database is initialised once with it and
sealed, every test gets a copy of a template in about a second, and one server per version serves all copies.

Tests use `servers.ensure(19)`, `templates.base_template(19)`, `databases.fresh_database(19, template)`.
Only the standard library is needed (`databases.query` alone wants psycopg, of the project's test extra).
"""
