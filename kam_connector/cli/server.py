"""`kam erp`: the ERP itself: what it is, and what an administrator makes there once, or takes away."""

from __future__ import annotations

import os

import click

from kam_connector import credentials, erp_setup, settings
from kam_connector import erp as systems
from kam_connector.cli.init import ask_secret
from kam_connector.cli.options import answers, confirmed, find_settings, finish, home_folder
from kam_connector.cli.speech import talk
from kam_connector.erp import ErpAccess
from kam_connector.errors import SettingsError
from kam_connector.runs import keykeeping, setup
from kam_connector.runs.place_checks import place_questions
from kam_connector.runs.result import Result
from kam_connector.runs.workspace import access
from kam_connector.settings import ErpSettings

SERVICE = "kam-connector"
ADMIN = click.option("--admin", metavar="LOGIN", help="The administrator; without it the login of the settings.")
YES = click.option("--yes", is_flag=True, help="Do not ask.")
DRY_RUN = click.option("--dry-run", is_flag=True, help="Only say what would be done.")


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
    chosen = find_settings()
    checks = systems.check_connection(access(chosen), place_questions(chosen))
    rows = [{"check": one.name, "ok": one.ok, "detail": one.detail, "next_step": one.next_step} for one in checks]
    finish(Result("erp check", rows=rows), output_format)
    return 0 if all(one.ok for one in checks) else 1


@erp.command()
@ADMIN
@click.option("--login", help="Login of the service user that is made; without it that of kam.toml, or kam-connector.")
@click.option("--company", "companies", type=int, multiple=True, help="A company (id) it works for; default: all.")
@click.option("--key-days", type=click.IntRange(1, 365), default=365, show_default=True, help="How long the key lasts.")
@click.option("--new-key", is_flag=True, help="Make a new key, put it in place, revoke the former ones.")
@click.option("--no-key", is_flag=True, help="Make no key: somebody makes it by hand.")
@DRY_RUN
@YES
@answers
def prepare(
    admin: str | None,
    login: str | None,
    companies: tuple[int, ...],
    key_days: int,
    new_key: bool,
    no_key: bool,
    dry_run: bool,
    yes: bool,
    output_format: str,
) -> int:
    """Make, once and as an administrator, the service user of the nights with the least rights that they need.

    Without the addon also its group, the rights of the group and the x_kam_* fields of customers; with "tags" in
    tier_places (kam.toml) a partner tag for each tier. The user's key is
    made and kept in the key file. Run again, it makes only what is missing. The administrator's key or password is
    asked at a hidden prompt, or taken from KAM_ERP_KEY.

    \b
    Example:
      kam erp prepare --admin admin --dry-run
      kam erp prepare --admin admin
    """
    chosen = find_settings()
    reached = _administrator(chosen, admin)
    with systems.connect(reached) as session:
        named = login or _service_login(chosen, reached)
        wanted = setup.wanted_setup(session, chosen, named, companies or session.login.companies)
        planned = erp_setup.plan_setup(session, wanted)
        if dry_run or not _agreed(planned, no_key=no_key, yes=yes):
            return finish(Result("erp prepare", rows=setup.plan_rows(planned)), output_format)
        order = setup.KeyOrder(not no_key, new_key, key_days)
        result = setup.carry_out(session, reached, planned, home_folder(), chosen, order)
    return finish(result, output_format)


@erp.command()
@ADMIN
@click.option("--leftovers", is_flag=True, help="Also activities that nobody has touched, and attached workbooks.")
@DRY_RUN
@YES
@answers
def unprepare(admin: str | None, leftovers: bool, dry_run: bool, yes: bool, output_format: str) -> int:
    """Take away, as an administrator, what `kam erp prepare` made; what people wrote stays.

    The x_kam_* fields go with their figures, the service user is archived and its keys are revoked. An installed
    addon stays: uninstall it in Odoo.

    \b
    Example:
      kam erp unprepare --admin admin --dry-run
    """
    reached = _administrator(find_settings(), admin)
    with systems.connect(reached) as session:
        removals = erp_setup.plan_removal(session, leftovers=leftovers)
        question = "Take away what was prepared in the ERP ({count})?"
        agreed = bool(removals) and not dry_run and confirmed(question, yes, count=len(removals))
        if agreed:
            erp_setup.remove(session, reached, removals)
    return finish(Result("erp unprepare", rows=setup.removal_rows(removals, done=agreed)), output_format)


def _agreed(planned: erp_setup.Setup, *, no_key: bool, yes: bool) -> bool:
    """Whether to go on; what would be made is told first."""
    for step in planned.open_steps:
        talk("  {state}: {record}", state=setup.STATES[step.state], record=step.piece.title)
    question = "Prepare the ERP for {login} (to be made: {count})?"
    if not planned.open_steps and no_key:
        return True
    return confirmed(question, yes, login=planned.wanted.login, count=len(planned.open_steps))


def _administrator(chosen: ErpSettings, admin: str | None) -> ErpAccess:
    """The way in for the administrator, whose key is asked unless it is at hand."""
    login = admin or chosen.login
    if login == chosen.login and (os.environ.get("KAM_ERP_KEY") or chosen.places.key.exists()):
        return keykeeping.reach(chosen, login, credentials.read_key(chosen))
    key = os.environ.get("KAM_ERP_KEY") or ask_secret("Key or password of the administrator")
    return keykeeping.reach(chosen, login, key)


def _service_login(chosen: ErpSettings, reached: ErpAccess) -> str:
    """The login of kam.toml where it is not the administrator's own, else the usual one."""
    try:
        named = settings.load(home_folder(), chosen.name, {}).login
    except SettingsError:
        return SERVICE
    return named if named != reached.login else SERVICE
