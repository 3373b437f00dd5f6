"""`kam erp`: the ERP itself."""

from __future__ import annotations

import click

from kam_connector import erp as systems
from kam_connector import writeback
from kam_connector.cli.options import answers, confirmed, find_settings, finish
from kam_connector.runs.result import Result
from kam_connector.runs.workspace import access


@click.group()
def erp() -> None:
    """The ERP: what it is, what this login may do, what has to be made once."""


@erp.command()
@answers
def check(output_format: str) -> int:
    """Check the connection and every right that a run needs.

    \b
    Example:
      kam erp check
    """
    checks = systems.check_connection(access(find_settings()))
    rows = [{"check": one.name, "ok": one.ok, "detail": one.detail, "next_step": one.next_step} for one in checks]
    finish(Result("erp check", rows=rows), output_format)
    return 0 if all(one.ok for one in checks) else 1


@erp.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
@answers
def prepare(yes: bool, output_format: str) -> int:
    """Make, as an administrator, what the nightly login must not: the custom fields of an ERP without the addon.

    \b
    Example:
      KAM_ERP_LOGIN=admin kam erp prepare --yes
    """
    with systems.connect(access(find_settings())) as session:
        has_addon = writeback.route_of(session) == "addon"
        if not has_addon and not confirmed("Make the x_kam_* fields of customers and their page on the form?", yes):
            return 0
        made = writeback.prepare(session, has_addon=has_addon)
    rows = [{"record": name, "state": "made"} for name in made.made]
    rows += [{"record": name, "state": "present"} for name in made.present]
    return finish(Result("erp prepare", rows=rows), output_format)
